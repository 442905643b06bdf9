//! The comment that lets a value stay: `keysieve:allow REASON` on its line, or what other scanners' users wrote.

use std::ops::Range;

use super::place::{is_invisible, line_around};
use crate::finding::InlineAllow;

const MARKER: &str = "keysieve:allow";
/// Longest part of a line that is looked at, from its end, in bytes.
const LONGEST: usize = 4096;
/// Other scanners' markers, lower case, on the line of the value.
const FOREIGN: &[&str] = &[
    "gitleaks:allow",
    "betterleaks:allow",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "nosecret",
    "ggignore",
    "trufflehog:ignore",
    "kingfisher:ignore",
    "noseyparker:ignore",
    "secretlint-disable-line",
];
/// The same on the line before it.
const FOREIGN_BEFORE: &[&str] = &[
    "pragma: allowlist nextline secret",
    "pragma: whitelist nextline secret",
    "secretlint-disable-next-line",
];

/// What lines say of the values on them; many values on one line cost one look at it.
#[derive(Default)]
pub(super) struct Allows {
    last: Option<(Range<usize>, Option<InlineAllow>)>,
}

impl Allows {
    /// What the line of the value at `at` says.
    pub(super) fn at(&mut self, text: &[u8], at: usize) -> Option<InlineAllow> {
        if let Some((line, said)) = &self.last
            && line.contains(&at)
        {
            return said.clone();
        }
        let line = line_around(text, at);
        let said = allow(text, line.clone());
        self.last = Some((line, said.clone()));
        said
    }
}

/// What a line, or another scanner's marker on the line before, says.
fn allow(text: &[u8], line: Range<usize>) -> Option<InlineAllow> {
    let start = line.start;
    let bytes = last_part(text.get(line)?);
    if let Some(reason) = own(bytes) {
        return Some(InlineAllow {
            reason,
            foreign: false,
        });
    }
    let foreign = |bytes: &[u8], markers: &[&'static str]| {
        let folded = bytes.to_ascii_lowercase();
        let found = markers.iter().find(|marker| stands_in(&folded, marker));
        found.map(|marker| InlineAllow {
            reason: (*marker).into(),
            foreign: true,
        })
    };
    foreign(bytes, FOREIGN).or_else(|| {
        let before = text.get(line_around(text, start.checked_sub(1)?))?;
        foreign(last_part(before), FOREIGN_BEFORE)
    })
}

fn last_part(line: &[u8]) -> &[u8] {
    line.get(line.len().saturating_sub(LONGEST)..)
        .unwrap_or(line)
}

/// The reason after our own marker.
fn own(line: &[u8]) -> Option<Box<str>> {
    let found = memchr::memmem::find(line, MARKER.as_bytes())?;
    let reason = String::from_utf8_lossy(line.get(found + MARKER.len()..)?);
    let reason = reason
        .trim()
        .trim_start_matches(':')
        .trim_end_matches(['*', '/', '-', '>', '#', '}', ')'])
        .trim();
    let clean = |c: &char| !c.is_control() && !is_invisible(*c);
    let says = reason.chars().any(char::is_alphanumeric);
    says.then(|| reason.chars().filter(clean).take(200).collect())
}

/// Whether a marker stands in a line, not as a part of a longer word.
fn stands_in(line: &[u8], marker: &str) -> bool {
    let is_word = |at: Option<usize>| {
        at.and_then(|at| line.get(at))
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
    };
    memchr::memmem::find_iter(line, marker)
        .any(|at| !is_word(at.checked_sub(1)) && !is_word(Some(at + marker.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the line that holds `v` says.
    fn said(text: &str) -> Option<InlineAllow> {
        let at = text.find("'v'").unwrap();
        allow(text.as_bytes(), line_around(text.as_bytes(), at))
    }

    #[track_caller]
    fn check(text: &str, want: Option<(&str, bool)>) {
        let got = said(text);
        let got = got.as_ref().map(|allow| (&*allow.reason, allow.foreign));
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn lines_are_told_apart() {
        let text = b"a a # keysieve:allow one\nb\na # keysieve:allow two";
        let mut allows = Allows::default();
        for at in [0, 2, 25, 27, 0] {
            let fresh = allow(text, line_around(text, at));
            assert_eq!(allows.at(text, at), fresh, "{at}");
        }
    }

    #[test]
    fn our_own_needs_a_reason_in_any_comment() {
        for (open, close) in [
            ("#", ""),
            ("//", ""),
            ("--", ""),
            (";", ""),
            ("%", ""),
            ("\"", ""),
            ("'", ""),
            ("REM", ""),
            ("!", ""),
            ("{{!--", "--}}"),
            ("/*", "*/"),
            ("<!--", "-->"),
            ("{-", "-}"),
            ("(*", "*)"),
            ("{#", "#}"),
            ("=begin", ""),
            ("<%#", "%>"),
            ("...", ""),
            ("..", ""),
        ] {
            let line = format!("x = 'v' {open} keysieve:allow doc sample {close}");
            let got = said(&line).unwrap();
            assert!(
                !got.foreign && got.reason.starts_with("doc sample"),
                "{line}: {got:?}"
            );
            assert_eq!(
                said(&format!("x = 'v' {open} keysieve:allow {close}")),
                None
            );
        }
        check(
            "x = 'v' # keysieve:allow test fixture",
            Some(("test fixture", false)),
        );
        check(
            "x = 'v' /* keysieve:allow doc sample */",
            Some(("doc sample", false)),
        );
        check(
            "'v' <!-- keysieve:allow shown in the docs -->",
            Some(("shown in the docs", false)),
        );
        check("x = 'v' # keysieve:allow", None);
        check("x = 'v'\n# keysieve:allow next line", None);
        check("# keysieve:allow line before\nx = 'v'", None);
    }

    #[test]
    fn each_foreign_marker_holds_for_its_line() {
        for marker in FOREIGN {
            check(&format!("x = 'v' # {marker}"), Some((marker, true)));
            check(
                &format!("x = 'v' # {}", marker.to_uppercase()),
                Some((marker, true)),
            );
            check(&format!("x = 'v' # a{marker}"), None);
            check(&format!("x = 'v' # {marker}s"), None);
            check(&format!("# {marker}\nx = 'v'"), None);
        }
        for marker in FOREIGN_BEFORE {
            check(&format!("# {marker}\nx = 'v'"), Some((marker, true)));
            check(&format!("# {marker}\r\nx = 'v'"), Some((marker, true)));
            check(&format!("# {marker}\n\nx = 'v'"), None);
            check(&format!("x = 'v' # {marker}"), None);
        }
    }
}
