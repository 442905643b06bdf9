//! What a scan says: matches with their secret, how sure and how bad, and what was not looked at.
//! A [`Secret`] cannot be printed: it has no `Display`, and its `Debug` tells only the size.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::rule::{Rule, RuleRef};

/// The bytes of a credential. Only [`Secret::masked`] and the fingerprint ever leave it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Secret(Box<[u8]>);

impl Secret {
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The raw value, for comparing and hashing; never for output.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every byte is ASCII, so that columns count characters and bytes alike.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// The value with all but the rule's public prefix and, from 20 bytes on, the last four replaced by `dot`s.
    /// Bytes outside printable ASCII are never shown.
    #[must_use]
    pub fn masked(&self, rule: &Rule, dot: char) -> String {
        mask(&self.0, rule.prefix(), dot)
    }
}

/// See [`Secret::masked`]. The dots do not tell the length.
#[must_use]
pub fn mask(secret: &[u8], public_prefix: &str, dot: char) -> String {
    let dots = |n: usize| std::iter::repeat_n(dot, n).collect::<String>();
    let prefix = if secret.starts_with(public_prefix.as_bytes()) {
        public_prefix
    } else {
        ""
    };
    let hidden = secret.len().saturating_sub(prefix.len());
    let tail = secret
        .get(secret.len().saturating_sub(4)..)
        .unwrap_or_default();
    let tells = tail.iter().any(u8::is_ascii_alphanumeric);
    if hidden >= 20 && tells && tail.iter().all(u8::is_ascii_graphic) {
        format!("{prefix}{}{}", dots(12), String::from_utf8_lossy(tail))
    } else {
        format!("{prefix}{}", dots(8))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// How bad a credential of this kind is when it is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// How likely it is that a match is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    Low,
    Medium,
    High,
    Certain,
}

/// Gives an enum its names: `NAMES` in order, `as_str`, and `parse`.
macro_rules! named {
    ($type:ident { $($case:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every name, in order.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$case => $name),+ }
            }

            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$case),)+ _ => None }
            }
        }
    };
}
pub(crate) use named;

named!(Severity { Low = "low", Medium = "medium", High = "high", Critical = "critical" });
named!(Confidence { Low = "low", Medium = "medium", High = "high", Certain = "certain" });

/// One reason for a confidence, in words for a person: "CRC32 checksum valid". Never holds matched bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Evidence(pub Cow<'static, str>);

impl Evidence {
    #[must_use]
    pub const fn new(words: &'static str) -> Self {
        Self(Cow::Borrowed(words))
    }
}

/// Where a value stands in the text of its container. Lines from 1, columns in bytes from 0, the end outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Position {
    pub line: u32,
    pub column: u32,
    pub line_end: u32,
    pub column_end: u32,
}

/// One step on the way from a file's bytes to the value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A decoding within the text: `base64`, `hex`, `percent`, `escape`, `utf-16`…
    Decoded(&'static str),
    /// A member of an archive or a stream of a document, by its (escaped) name.
    Member(Box<str>),
}

/// A masked copy of the lines around a value, safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// Number of the first line kept, from 1.
    pub line: u32,
    /// Whole lines, without their end, every match in them masked; control characters are replaced.
    pub lines: Vec<String>,
    /// Which of `lines` has the value, and the byte range of its mask in it.
    pub mark: (usize, Range<usize>),
}

impl Excerpt {
    /// Bytes of its lines.
    pub(crate) fn len(&self) -> usize {
        self.lines.iter().map(String::len).sum()
    }
}

/// Bytes of excerpts that are kept of one content, and three times as much of a run. A match beyond has none: its line may
/// be hundreds of masks.
pub(crate) const EXCERPTS: usize = 8 << 20;

/// A comment on the value's line that asks to let it stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineAllow {
    pub reason: Box<str>,
    /// Another scanner's marker, which gives no reason.
    pub foreign: bool,
}

/// The text around a value, for allow entries that ask for it; as little for output as the value.
#[derive(Debug, Clone)]
pub struct Around {
    /// The whole match of the rule.
    pub whole: Secret,
    /// The line, or what of a long one is near.
    pub line: Secret,
}

/// A value that a rule confirmed, in one content.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Match {
    pub rule: RuleRef,
    pub secret: Secret,
    /// Bytes of the scanned content that hold the value, or its outermost encoding.
    pub span: Range<usize>,
    pub position: Position,
    /// From the file inwards; empty where the value stands in the file as it is.
    pub route: Vec<Step>,
    pub severity: Severity,
    pub confidence: Confidence,
    pub evidence: Vec<Evidence>,
    /// The reason given on the line itself by an inline allow, if there is one.
    pub inline_allow: Option<InlineAllow>,
    /// Kept only where the scanner was told to.
    #[doc(hidden)]
    pub around: Option<Box<Around>>,
    pub excerpt: Excerpt,
}

/// Something that was not examined, and why; it belongs to the result like a finding does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Gap {
    /// The path, with archive members (`a.zip!/b`); escaped by the reporter.
    pub path: Vec<u8>,
    pub why: GapReason,
}

/// The limit that is met where more is found than is kept.
pub(crate) const MANY: &str = "number of findings";

/// Why something was not examined.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum GapReason {
    /// Larger than the permitted size, in bytes. `text` tells whether it looks like text.
    TooLarge { size: u64, limit: u64, text: bool },
    /// Nested deeper than the permitted number of decodings.
    TooDeep,
    /// A limit on decoded size, count or ratio was met.
    Limit(&'static str),
    /// An archive or encoding whose inside could not be read; its own bytes were scanned.
    Corrupt(String),
    /// An object or file that could not be read at all.
    Unreadable(String),
    /// The time budget ran out before this was looked at.
    Time,
}

/// The result of scanning one content.
#[derive(Debug, Default)]
pub struct Scanned {
    pub matches: Vec<Match>,
    pub gaps: Vec<Gap>,
}

impl Scanned {
    /// How much memory it takes, in matches with a short excerpt.
    pub(crate) fn weight(&self) -> usize {
        let weight = |found: &Match| 1 + found.excerpt.len() / 256;
        self.matches.iter().map(weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_secret_tells_only_its_size() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2")), "Secret(7 bytes)");
    }

    #[test]
    fn mask_keeps_prefix_and_tail_of_long_values_only() {
        assert_eq!(
            mask(b"tok_0123456789abcdefghijWXYZ", "tok_", '*'),
            "tok_************WXYZ"
        );
        assert_eq!(mask(b"tok_short", "tok_", '*'), "tok_********");
        assert_eq!(mask(b"", "tok_", '*'), "********");
    }
}
