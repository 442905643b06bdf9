//! Words for people, shared by the text and server reports: escaped names, places, what was not examined.

use std::time::Duration;

use crate::finding::{Gap, GapReason, Step};
use crate::outcome::{Finding, Origin, Outcome, Place, Status};
use crate::policy::{self, Policy};

/// A path or name from a repository, without a character that can move a cursor, start a line or turn text around.
pub(super) fn clean(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() || crate::scan::is_invisible(c) {
                out.extend(c.escape_default());
            } else {
                out.push(c);
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// The same in printable ASCII only.
pub(super) fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c.to_string()
            } else {
                c.escape_default().to_string()
            }
        })
        .collect()
}

/// `path!/member` of a place.
pub(super) fn path(place: &Place) -> String {
    let mut out = clean(&place.path);
    for step in &place.route {
        if let Step::Member(name) = step {
            out.push_str("!/");
            out.push_str(&clean(name.as_bytes()));
        }
    }
    out
}

/// The column of a place in characters, from 1. What is not shown before it, or masked, is taken for ASCII.
pub(super) fn column(place: &Place) -> usize {
    let (line, mark) = &place.excerpt.mark;
    let line = place.excerpt.lines.get(*line).map_or("", String::as_str);
    let before = line.get(..mark.start).unwrap_or_default();
    // Where a line is cut, this stands in place of its beginning.
    let before = before.strip_prefix('…').unwrap_or(before);
    let more: usize = before
        .chars()
        .filter(|c| *c != '•')
        .map(|c| c.len_utf8() - 1)
        .sum();
    (place.position.column as usize + 1)
        .saturating_sub(more)
        .max(1)
}

/// `base64, gzip`: the decodings of a place; empty where the value stands there as it is.
pub(super) fn decodings(place: &Place) -> String {
    let names: Vec<&str> = place
        .route
        .iter()
        .filter_map(|step| match step {
            Step::Decoded(name) => Some(*name),
            Step::Member(_) => None,
        })
        .collect();
    names.join(", ")
}

/// What holds the place, in a few words: `commit 1a2b3c4d`, `staged content`.
pub(super) fn origin(place: &Place) -> String {
    match &place.origin {
        Origin::Index => "staged content".to_owned(),
        Origin::Commit(commit) => format!("commit {}", short(&commit.id)),
        Origin::Message(commit) => format!("the message of commit {}", short(&commit.id)),
        Origin::Tag(id) => format!("tag {}", short(id)),
        Origin::Object(id) => format!("object {}", short(id)),
        Origin::Name => "a name".to_owned(),
        Origin::MessageFile => "the commit message".to_owned(),
        Origin::File => "a file".to_owned(),
        Origin::Stdin => "standard input".to_owned(),
    }
}

/// The commit of a place, short.
pub(super) fn commit(place: &Place) -> Option<&str> {
    place.origin.commit().map(|commit| short(&commit.id))
}

pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// Why something was not examined.
pub(super) fn gap(gap: &Gap) -> String {
    let path = clean(&gap.path);
    let path = if path.is_empty() {
        "the run".to_owned()
    } else {
        path
    };
    let why = match &gap.why {
        GapReason::TooLarge { size, limit, .. } => {
            format!(
                "{} is over the limit of {} (max_blob)",
                bytes(*size),
                bytes(*limit)
            )
        }
        GapReason::TooDeep => "nested deeper than the limit (max_depth)".to_owned(),
        GapReason::Limit(what) => format!("limit on {what}"),
        GapReason::Corrupt(what) => {
            format!("its inside cannot be read: {}", clean(what.as_bytes()))
        }
        GapReason::Unreadable(what) => format!("cannot be read: {}", clean(what.as_bytes())),
        GapReason::Time => "the time budget ran out (timeout)".to_owned(),
    };
    format!("not scanned: {path}: {why}")
}

/// Whether something is missing or damaged, not merely too large for the policy.
pub(super) fn is_damage(gap: &Gap) -> bool {
    matches!(gap.why, GapReason::Unreadable(_))
}

/// `3 bytes`, `1.5 MB`.
pub(super) fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

pub(super) fn elapsed(time: Duration) -> String {
    if time.as_millis() < 10_000 {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {many}")
    }
}

/// Findings split by what happens to them.
pub(super) struct Sorted<'o> {
    pub(super) blocking: Vec<&'o Finding>,
    pub(super) warnings: Vec<&'o Finding>,
    pub(super) suppressed: Vec<&'o Finding>,
}

pub(super) fn sort<'o>(policy: &Policy, outcome: &'o Outcome) -> Sorted<'o> {
    let mut sorted = Sorted {
        blocking: Vec::new(),
        warnings: Vec::new(),
        suppressed: Vec::new(),
    };
    for finding in &outcome.findings {
        match &finding.status {
            Status::Suppressed(_) => sorted.suppressed.push(finding),
            Status::Open if policy::blocks(policy, finding) => sorted.blocking.push(finding),
            Status::Open => sorted.warnings.push(finding),
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_forge_output() {
        assert_eq!(
            clean(b"a\nerror: ok\x1b[0m\xff"),
            "a\\nerror: ok\\u{1b}[0m\\xff"
        );
        assert_eq!(clean("x\u{202e}y".as_bytes()), "x\\u{202e}y");
        assert_eq!(ascii("caf\u{e9}"), "caf\\u{e9}");
    }
}
