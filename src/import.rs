//! Other scanners' files, read into entries of a configuration of ours: what each of their entries becomes, or why not.
//! Nothing is scanned or written here; what only a look at the repository can tell is a [`Fate::Place`] or
//! [`Fate::Value`].

mod baseline;
mod gitconfig;
mod gitguardian;
mod gitleaks;
mod lists;
mod node;
mod pattern;
mod secretlint;
mod write;

use std::path::Path;

pub use write::{Additions, with_entries};

use crate::finding::{Secret, named};
use crate::suppress::Target;
use crate::table::Problems;

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Gitleaks,
    GitleaksIgnore,
    GitleaksBaseline,
    DetectSecrets,
    Trufflehog,
    Ripsecrets,
    Secretlint,
    GitSecrets,
    GitSecretsAllowed,
    GitGuardian,
}
named!(Format {
    Gitleaks = "gitleaks",
    GitleaksIgnore = "gitleaksignore",
    GitleaksBaseline = "gitleaks-baseline",
    DetectSecrets = "detect-secrets",
    Trufflehog = "trufflehog",
    Ripsecrets = "ripsecrets",
    Secretlint = "secretlint",
    GitSecrets = "git-secrets",
    GitSecretsAllowed = "gitallowed",
    GitGuardian = "gitguardian",
});

/// One entry of a foreign file.
#[derive(Debug)]
pub struct Entry {
    /// Where it stands, a byte offset.
    pub at: usize,
    /// What it is, in words.
    pub what: String,
    pub fate: Vec<Fate>,
}

/// What becomes of an entry, or of a part of it.
#[derive(Debug)]
pub enum Fate {
    Rule(NewRule),
    Allow(NewAllow),
    /// A built-in rule is switched off.
    Disable(String),
    /// A finding that is known by its place: it is looked up there.
    Place(KnownPlace),
    /// A finding that is known by its value: it is looked for.
    Value(KnownValue),
    /// Another file that this one builds on, as it names it.
    Extends(String),
    /// Nothing has to be taken over, and why.
    Covered(String),
    /// It is not taken over, and why.
    Lost(String),
}

/// A rule to write.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewRule {
    pub id: String,
    pub name: String,
    pub pattern: Option<String>,
    pub path: Option<String>,
    pub keywords: Vec<String>,
    pub entropy: Option<f64>,
    /// What other files call it.
    pub alias: Option<String>,
}

/// An allow entry to write.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewAllow {
    pub id: Option<String>,
    pub rule: Vec<String>,
    pub path: Vec<String>,
    pub value: Vec<String>,
    pub target: Target,
    pub words: Vec<String>,
    pub commit: Vec<String>,
    pub reason: String,
}

impl NewAllow {
    /// One entry a criterion; `base` has none.
    fn parts(self, base: &Self) -> Vec<Self> {
        let Self {
            id: _,
            rule: _,
            path,
            value,
            target,
            words,
            commit,
            reason: _,
        } = self;
        vec![
            Self {
                path,
                ..base.clone()
            },
            Self {
                value,
                target,
                ..base.clone()
            },
            Self {
                words,
                ..base.clone()
            },
            Self {
                commit,
                ..base.clone()
            },
        ]
    }

    /// Whether it asks for more than a rule.
    fn asks(&self) -> bool {
        self.id.is_some()
            || !(self.path.is_empty()
                && self.value.is_empty()
                && self.words.is_empty()
                && self.commit.is_empty())
    }
}

/// Where a finding is known to stand.
#[derive(Debug)]
pub struct KnownPlace {
    pub commit: Option<String>,
    pub path: String,
    /// First and last line; `None` where it may stand on any.
    pub lines: Option<(u32, u32)>,
    pub proof: Proof,
    pub into: Into,
}

/// What tells that a finding is the one that is meant.
#[derive(Debug)]
pub enum Proof {
    /// The place alone.
    None,
    Value(Secret),
    /// SHA-1 of the value, in hex.
    Sha1(String),
}

/// A value that may stay.
#[derive(Debug)]
pub struct KnownValue {
    pub value: Secret,
    pub reason: String,
}

/// Where the id of a known finding goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Into {
    /// An allow entry with this reason.
    Allow(String),
    Baseline,
}

impl Proof {
    /// Whether a finding's value is the one that is meant; the place alone proves any.
    #[must_use]
    pub fn holds(&self, secret: &Secret) -> bool {
        match self {
            Self::None => true,
            Self::Value(value) => value == secret,
            Self::Sha1(hex) => baseline::sha1_hex(secret.expose()).eq_ignore_ascii_case(hex),
        }
    }
}

impl KnownValue {
    /// Whether a finding's value is this one, or a part of it.
    #[must_use]
    pub fn is(&self, secret: &Secret) -> bool {
        memchr::memmem::find(secret.expose(), self.value.expose()).is_some()
    }
}

/// Tells whose file it is, by its name and then by what is in it.
#[must_use]
pub fn detect(path: &Path, text: &str) -> Option<Format> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let name = name.as_str();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".gitleaksignore", ".betterleaksignore"]) {
        return Some(Format::GitleaksIgnore);
    }
    if name == ".secretsignore" {
        return Some(Format::Ripsecrets);
    }
    if name == ".gitallowed" {
        return Some(Format::GitSecretsAllowed);
    }
    if name.starts_with(".secretlintrc") {
        return Some(Format::Secretlint);
    }
    if name.contains("gitguardian") || name.contains("ggshield") {
        return Some(Format::GitGuardian);
    }
    if ends(&[".toml"]) {
        return Some(Format::Gitleaks);
    }
    if ends(&[".secrets.baseline"]) {
        return Some(Format::DetectSecrets);
    }
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with(['{', '[']) && !start.starts_with("[secrets]") {
        let has = |key: &str| text.contains(&format!("\"{key}\""));
        if has("RuleID") || has("Fingerprint") || start.starts_with("[]") {
            return Some(Format::GitleaksBaseline);
        }
        if has("results") && (has("plugins_used") || has("generated_at")) {
            return Some(Format::DetectSecrets);
        }
        if has("rules") {
            return Some(Format::Secretlint);
        }
    }
    if matches!(name, "config" | ".gitconfig" | "gitconfig") || gitconfig::has_secrets(text) {
        return Some(Format::GitSecrets);
    }
    let is_list = ["exclude", "trufflehog", "ignore"];
    is_list
        .iter()
        .any(|word| name.contains(word))
        .then_some(Format::Trufflehog)
}

/// Reads a file of a format; `name` is used in messages and reasons.
pub fn read(format: Format, name: &str, text: &str) -> Result<Vec<Entry>, Problems> {
    match format {
        Format::Gitleaks => gitleaks::read(name, text),
        Format::GitleaksIgnore => baseline::gitleaks_ignore(name, text),
        Format::GitleaksBaseline => baseline::gitleaks(name, text),
        Format::DetectSecrets => baseline::detect_secrets(name, text),
        Format::Trufflehog => Ok(lists::trufflehog(name, text)),
        Format::Ripsecrets => Ok(lists::ripsecrets(name, text)),
        Format::Secretlint => secretlint::read(name, text),
        Format::GitSecrets => gitconfig::read(name, text),
        Format::GitSecretsAllowed => Ok(lists::git_allowed(name, text)),
        Format::GitGuardian => gitguardian::read(name, text),
    }
}

/// A reason for an entry whose file gives none.
fn reason(name: &str) -> String {
    let file = Path::new(name).file_name().unwrap_or_default();
    format!("imported from {}", file.to_string_lossy())
}

/// A pattern that is nothing but one value: it is kept by its id, since its text would be a finding of its own.
fn is_plain_value(pattern: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-/+=".contains(&b);
    let has = |kind: fn(&u8) -> bool| pattern.bytes().any(|b| kind(&b));
    pattern.len() >= 12
        && pattern.bytes().all(plain)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
}

/// Words of `a-z0-9` joined by `-`, from any name.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    let mut lower_before = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && lower_before {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        lower_before = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() {
        "imported".to_owned()
    } else {
        out.to_owned()
    }
}

/// The id under which a rule of this foreign name is written: not a built-in rule's.
fn free_id(foreign: &str, tool: &str) -> String {
    let id = kebab(foreign);
    if crate::rule::find(&id).is_some() {
        format!("{tool}-{id}")
    } else {
        id
    }
}

#[cfg(test)]
mod tests;
