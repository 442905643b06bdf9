//! What the path of a file tells of the values in it: its kind, its language, and what the model makes of it.

use std::cell::OnceCell;

use super::class::{self, FileClass};
use super::model::Learnt;

/// A file by its path. What is asked for every keyword and every candidate in it is found out once.
#[derive(Debug)]
pub struct File<'p> {
    path: &'p [u8],
    class: OnceCell<FileClass>,
    learnt: OnceCell<Learnt>,
}

impl<'p> File<'p> {
    #[must_use]
    pub fn new(path: &'p [u8]) -> Self {
        Self {
            path,
            class: OnceCell::new(),
            learnt: OnceCell::new(),
        }
    }

    #[must_use]
    pub fn path(&self) -> &'p [u8] {
        self.path
    }

    #[must_use]
    pub fn class(&self) -> FileClass {
        *self
            .class
            .get_or_init(|| class::of_extension(self.extension()))
    }

    /// What the features of the path weigh.
    pub(super) fn learnt(&self, learn: impl FnOnce() -> Learnt) -> &Learnt {
        self.learnt.get_or_init(learn)
    }

    /// The extension of the path: what follows the last dot of its name, or the whole name without one; at most 16 bytes.
    #[must_use]
    pub(super) fn extension(&self) -> &'p [u8] {
        let last = |text: &'_ [u8], mark| memchr::memrchr(mark, text).map_or(0, |at| at + 1);
        let name = self.path.get(last(self.path, b'/')..).unwrap_or_default();
        let extension = name.get(last(name, b'.')..).unwrap_or_default();
        if extension.len() > 16 { &[] } else { extension }
    }

    /// Whether it has one of these extensions, in any case.
    fn is_one_of(&self, extensions: &[&[u8]]) -> bool {
        let extension = self.extension();
        extensions.iter().any(|e| e.eq_ignore_ascii_case(extension))
    }

    /// Whether `$name` within double quotes is filled in by the language: shells, Perl, PHP, Kotlin and their kin. A path
    /// without a known extension may be one of these.
    pub(super) fn fills_in(&self) -> bool {
        const LANGUAGES: &[&[u8]] = &[
            b"php", b"phtml", b"pl", b"pm", b"t", b"tcl", b"groovy", b"gradle", b"kt", b"kts",
            b"dart", b"scala", b"jl", b"inc",
        ];
        self.is_one_of(LANGUAGES) || self.class() == FileClass::Shell
    }

    /// Go, whose formatter leaves no doubt which lines are code.
    pub(super) fn is_go(&self) -> bool {
        self.is_one_of(&[b"go"])
    }

    /// Erlang, whose settings are pairs in braces.
    pub(super) fn is_erlang(&self) -> bool {
        self.is_one_of(&[b"erl", b"hrl", b"config", b"eterm", b"escript"])
    }

    /// A record a line, its cells parted by commas, semicolons or tabs.
    pub(super) fn is_table(&self) -> bool {
        self.is_one_of(&[b"csv", b"tsv"])
    }

    /// Languages in which `x!` is an expression.
    pub(super) fn shouts(&self) -> bool {
        self.is_one_of(&[b"ts", b"tsx", b"swift", b"kt", b"cs", b"vue", b"dart"])
    }

    /// Texts of Java in another language: `login_de.properties`, `login_pt_BR.properties`.
    pub(super) fn is_bundle(&self) -> bool {
        let Some(stem) = self.path.strip_suffix(b".properties") else {
            return false;
        };
        let mut parts = stem.rsplit(|&b| b == b'_');
        let is_region = |part: &[u8]| part.len() == 2 && part.iter().all(u8::is_ascii_uppercase);
        let last = parts.next().unwrap_or_default();
        let language = if is_region(last) {
            parts.next().unwrap_or_default()
        } else {
            last
        };
        parts.next().is_some() && LANGUAGES.contains(&language)
    }
}

/// The languages that programs are most often translated to (ISO 639-1).
const LANGUAGES: &[&[u8]] = &[
    b"ar", b"bg", b"bn", b"ca", b"cs", b"da", b"de", b"el", b"en", b"eo", b"es", b"et", b"eu",
    b"fa", b"fi", b"fr", b"ga", b"gl", b"he", b"hi", b"hr", b"hu", b"id", b"is", b"it", b"iw",
    b"ja", b"ka", b"kk", b"ko", b"lt", b"lv", b"mk", b"mr", b"ms", b"nb", b"nl", b"nn", b"no",
    b"oc", b"pa", b"pl", b"pt", b"ro", b"ru", b"sk", b"sl", b"sq", b"sr", b"sv", b"ta", b"te",
    b"th", b"tr", b"uk", b"ur", b"uz", b"vi", b"zh",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_are_told_by_their_language() {
        for path in ["a/login_de.properties", "login_pt_BR.properties"] {
            assert!(File::new(path.as_bytes()).is_bundle(), "{path}");
        }
        for path in [
            "de.properties",
            "a/db_qa.properties",
            "a_de.yml",
            "a_BR.properties",
        ] {
            assert!(!File::new(path.as_bytes()).is_bundle(), "{path}");
        }
    }

    #[test]
    fn what_has_no_known_extension_is_unknown() {
        for path in [b"a/b.nothing".as_slice(), b"", b"a/b."] {
            assert_eq!(File::new(path).class(), FileClass::Unknown);
        }
        assert_eq!(File::new(b"a.b/Dockerfile").class(), FileClass::Shell);
    }
}
