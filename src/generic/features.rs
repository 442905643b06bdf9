//! What the model sees of a candidate: named features, each a group and what was found for it, such as `shape=hex` or
//! `class*quote=password|none`. The trainer and the detector call the same function.

use super::candidate::{Candidate, NameClass, Quote, Syntax, byte, find_fold, is_word};
use super::class::FileClass;
use super::file::File;
use super::model::KnownWords;
use super::value::array;
use super::weights;
use super::word_set::Words;
use super::words;

mod doubt;
mod exchanged;
mod hashed;
pub mod measures;
mod other;
mod public;
mod role;
mod searched;
mod shape;
mod text;
mod trivial;

pub use doubt::{Doubt, doubt, is_weak};
use text::{
    Lower, count, count_of, each_word, entropy, last_word, lower, pair_bucket, previous_word, ratio,
};
pub(super) use text::{MAX_WORD, small};
pub(super) use trivial::is_guessed;

/// What a feature is about, with the hash of that.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    pub name: &'static str,
    pub(super) hash: u64,
}

impl Group {
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        let hash = weights::hash(name.as_bytes());
        Self { name, hash }
    }
}

/// A group of which each word of a text is a feature.
#[derive(Debug)]
pub struct WordGroup {
    pub(super) group: Group,
    pub(super) known: KnownWords,
}

/// The same as [`group!`] for a [`WordGroup`].
macro_rules! words {
    ($name:literal) => {
        const {
            &WordGroup {
                group: Group::new($name),
                known: KnownWords::of($name),
            }
        }
    };
}

/// A group by its name; the compiler hashes that.
macro_rules! group {
    ($name:literal) => {
        const { Group::new($name) }
    };
}
use group;

/// Receives features.
pub trait Sink {
    /// `group` with the parts of its value.
    fn feature(&mut self, group: Group, parts: &[&[u8]]);

    /// Takes in what the path tells, which [`of_file`] hands over, if it remembers it.
    fn remembers(&mut self, file: &File<'_>) -> bool {
        let _ = file;
        false
    }

    /// Whether it needs no more features, where those to come weigh at most so much.
    fn is_settled(&self, most: i32) -> bool {
        let _ = most;
        false
    }

    /// `group` with a word in any case. Most words are of no account, which may be told before they are written small.
    fn word(&mut self, group: &WordGroup, word: &[u8]) {
        self.feature(group.group, &[small(word).get()]);
    }
}

/// Hands every feature of `candidate` to `sink`.
pub fn extract(candidate: &Candidate<'_>, sink: &mut dyn Sink) {
    let mut room = [0; array::ROOM];
    let text = candidate.judged(&mut room);
    let name = candidate.name_text();
    let before = candidate.before();
    let after = candidate.after();
    let file = candidate.file.class();
    let place = place(candidate, before, file);

    let class = class_of(candidate).as_bytes();
    let syntax = candidate.syntax.as_str().as_bytes();
    let quote = if candidate.quote == Quote::None && odd(text) {
        // A bare word that no language reads as an expression is as good as quoted.
        "odd"
    } else {
        candidate.quote.as_str()
    }
    .as_bytes();
    let file = file.as_str().as_bytes();
    let shape = shape::of(text).as_bytes();
    let length = shape::length(text.len()).as_bytes();
    let words::Cover {
        covered, letters, ..
    } = words::cover(text);
    let cover = ratio(covered, letters).as_bytes();
    let words::Pairs {
        mean, n: n_pairs, ..
    } = words::pairs(text);
    let pairs = pair_bucket(mean, n_pairs).as_bytes();

    sink.feature(group!("bias"), &[]);
    sink.feature(group!("class"), &[class]);
    sink.feature(group!("syntax"), &[syntax]);
    sink.feature(group!("quote"), &[quote]);
    sink.feature(group!("file"), &[file]);
    sink.feature(group!("place"), &[place.as_bytes()]);
    sink.feature(group!("shape"), &[shape]);
    sink.feature(group!("length"), &[length]);
    sink.feature(group!("cover"), &[cover]);
    sink.feature(group!("pairs"), &[pairs]);
    sink.feature(group!("class*shape"), &[class, shape]);
    sink.feature(group!("class*length"), &[class, length]);
    sink.feature(group!("class*file"), &[class, file]);
    sink.feature(group!("class*cover"), &[class, cover]);
    sink.feature(group!("class*syntax"), &[class, syntax]);
    sink.feature(group!("shape*length"), &[shape, length]);
    sink.feature(group!("shape*cover"), &[shape, cover]);
    sink.feature(group!("shape*pairs"), &[shape, pairs]);
    sink.feature(group!("file*quote*syntax"), &[file, quote, syntax]);
    sink.feature(group!("file*quote*shape"), &[file, quote, shape]);
    sink.feature(group!("place*shape"), &[place.as_bytes(), shape]);
    sink.feature(group!("place*class"), &[place.as_bytes(), class]);

    let mut last = Lower::<MAX_WORD>::default();
    let mut n_words = 0;
    each_word(name, &mut |word| {
        sink.word(words!("name"), word);
        last = small(word);
        n_words += 1;
    });
    sink.feature(group!("last"), &[last.get()]);
    sink.feature(group!("last*shape"), &[last.get(), shape]);
    sink.feature(group!("words"), &[count(n_words).as_bytes()]);
    sink.feature(group!("case"), &[shape::case(name).as_bytes()]);
    sink.feature(group!("whole"), &[lower::<24>(name).get()]);
    let lead = [byte(candidate.window, candidate.name.start.wrapping_sub(1))];
    sink.feature(group!("lead"), &[called(&lead)]);
    sink.feature(group!("previous"), &[previous_word(before).get()]);
    sink.feature(group!("wrap"), &[last_word(candidate.wrap).get()]);
    sink.feature(
        group!("nth"),
        &[count(usize::from(candidate.nth)).as_bytes()],
    );
    let next = [after.first().copied().unwrap_or(b'\n')];
    sink.feature(group!("next"), &[called(&next)]);
    if candidate.name_quoted {
        sink.feature(group!("name-quoted"), &[file]);
    }

    each_word(text, &mut |word| {
        sink.word(words!("word"), word);
    });
    sink.feature(group!("value"), &[lower::<16>(text).get()]);
    sink.feature(group!("stem"), &[lower::<16>(shape::stem(text)).get()]);
    sink.feature(group!("entropy"), &[entropy(text).as_bytes()]);
    sink.feature(group!("first"), &[shape::kind(byte(text, 0)).as_bytes()]);
    sink.feature(
        group!("end"),
        &[shape::kind(text.last().copied().unwrap_or(0)).as_bytes()],
    );
    sink.feature(
        group!("steps"),
        &[ratio(shape::steps(text), text.len()).as_bytes()],
    );
    if shape::leet(text) {
        sink.feature(group!("leet"), &[class]);
    }
    sink.feature(
        group!("digits"),
        &[ratio(
            text.iter().filter(|b| b.is_ascii_digit()).count(),
            text.len(),
        )
        .as_bytes()],
    );
    let held = text
        .iter()
        .filter(|b| b.is_ascii())
        .fold(0u128, |held, b| held | 1 << b);
    for b in [
        b' ', b'.', b'/', b'-', b'_', b':', b'@', b'=', b'%', b'<', b'{', b'(', b'$', b'!', b'#',
        b',', b'\\', b'*', b'+', b'&', b'?', b'[', b'\'', b'|', b';', b'^', b'~',
    ] {
        if held >> b & 1 == 1 {
            sink.feature(group!("has"), &[called(&[b])]);
        }
    }
    related(candidate, name, text, class, sink);
    surroundings(candidate.file, before, after, sink);
    if !sink.is_settled(searched::MOST) {
        searched::searched(candidate, name, text, class, sink);
    }
}

/// What the features call the class of a candidate.
fn class_of(candidate: &Candidate<'_>) -> &'static str {
    if candidate.syntax == Syntax::Url {
        URL
    } else if candidate.syntax == Syntax::Header {
        HEADER
    } else {
        candidate.class.as_str()
    }
}

const URL: &str = "url";
const HEADER: &str = "header";
/// All that it can be called.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const CLASSES: [&str; 2 + NameClass::ALL.len()] = {
    let mut classes = [URL; 2 + NameClass::ALL.len()];
    classes[1] = HEADER;
    let mut i = 0;
    while i < NameClass::ALL.len() {
        classes[2 + i] = NameClass::ALL[i].as_str();
        i += 1;
    }
    classes
};

/// Whether a bare word has marks as passwords have, not as expressions: `Zq7!`, `aB#3d@`; or looks like random text.
fn odd(text: &[u8]) -> bool {
    let marks = text.iter().skip(1).any(|b| b"!#@%^~?".contains(b));
    let digit = text.iter().any(u8::is_ascii_digit);
    let lower = text.iter().any(u8::is_ascii_lowercase);
    let upper = text.iter().skip(1).any(u8::is_ascii_uppercase);
    let plain = !text.iter().any(|b| b"()[]{}<>/=:.,".contains(b));
    plain && (marks && (digit || lower) || digit && lower && upper && text.len() >= 8)
}

/// Words of the line and of the path.
fn surroundings(file: &File<'_>, before: &[u8], after: &[u8], sink: &mut dyn Sink) {
    let head = before
        .get(before.len().saturating_sub(80)..)
        .unwrap_or_default();
    each_word(head, &mut |word| {
        sink.word(words!("line"), word);
    });
    each_word(after, &mut |word| {
        sink.word(words!("rest"), word);
    });
    if !sink.remembers(file) {
        of_file(file, sink);
    }
}

/// What the path tells, of all candidates alike.
pub(super) fn of_file(file: &File<'_>, sink: &mut dyn Sink) {
    let extension = lower::<16>(file.extension());
    sink.feature(group!("extension"), &[extension.get()]);
    each_word(file.path(), &mut |word| {
        sink.word(words!("path"), word);
    });
    for word in FOLDERS.all_in(file.path()) {
        sink.feature(group!("folder"), &[word]);
    }
}

/// Parts of paths that say what their files are for.
static FOLDERS: Words<11> = Words::new([
    b"config", b"doc", b"example", b"fixture", b"main", b"mock", b"readme", b"sample", b"spec",
    b"src", b"test",
]);
/// How name and value repeat each other, and whether the value repeats itself.
fn related(candidate: &Candidate<'_>, name: &[u8], text: &[u8], class: &[u8], sink: &mut dyn Sink) {
    if text.eq_ignore_ascii_case(name) {
        sink.feature(group!("same"), &[class]);
    } else if !name.is_empty()
        && text.len() > name.len()
        && find_fold(text, &name.to_ascii_lowercase()).is_some()
    {
        sink.feature(group!("name-inside"), &[class]);
    } else if text.len() >= 3
        && name.len() > text.len()
        && find_fold(name, &text.to_ascii_lowercase()).is_some()
    {
        sink.feature(group!("value-inside"), &[class]);
    }
    if shape::decodes(text) {
        sink.feature(group!("decodes"), &[class]);
    }
    if candidate.syntax == Syntax::Url {
        if candidate.wrap == text {
            sink.feature(group!("same"), &[b"user"]);
        }
        sink.feature(group!("scheme"), &[lower::<16>(name).get()]);
        sink.feature(group!("user"), &[lower::<16>(candidate.wrap).get()]);
        let host = candidate
            .window
            .get(candidate.local.end + 1..)
            .unwrap_or_default();
        let end = host
            .iter()
            .position(|&b| !(is_word(b) || b == b'-'))
            .unwrap_or(host.len());
        sink.feature(
            group!("host"),
            &[lower::<16>(host.get(..end).unwrap_or_default()).get()],
        );
    }
}

/// Parts of paths of tests.
static TESTS: Words<4> = Words::new([b"test", b"spec", b"mock", b"fixture"]);

/// Where on its line and in what kind of path the candidate stands.
fn place(candidate: &Candidate<'_>, before: &[u8], file: FileClass) -> &'static str {
    let head = before.trim_ascii_start();
    let comment = match file {
        FileClass::Docs => head.starts_with(b"#") || head.starts_with(b"//"),
        FileClass::Code
        | FileClass::Shell
        | FileClass::Config
        | FileClass::Json
        | FileClass::Markup
        | FileClass::Sql
        | FileClass::Data
        | FileClass::Unknown => {
            [
                b"//".as_slice(),
                b"#",
                b"*",
                b"--",
                b"/*",
                b"<!--",
                b";",
                b"%",
            ]
            .iter()
            .any(|mark| head.starts_with(mark))
                || find_fold(before, b" // ").is_some()
        }
    };
    let path = candidate.file.path();
    let test = TESTS.any_in(path);
    match (comment, test) {
        (true, _) => "comment",
        (false, true) => "test",
        (false, false) => "plain",
    }
}

/// One character as the data file names it.
fn called(b: &[u8; 1]) -> &[u8] {
    match b {
        [b' ' | b'\t'] => b"blank",
        [b'\n' | b'\r' | 0] => b"end",
        [0x21..=0x7e] => b,
        _ => b"other",
    }
}
