//! The last line: what was decided, what was looked at, how long it took.

use super::fill::fill;
use crate::outcome::{Outcome, Verdict};
use crate::report::{Stage, View, plain};

pub(super) fn last_line(outcome: &Outcome, sorted: &plain::Sorted<'_>, view: &View<'_>) -> String {
    let stats = &outcome.stats;
    let what = match view.stage {
        Stage::Index => plain::count(
            usize::try_from(stats.contents).unwrap_or(usize::MAX),
            "staged file",
            "staged files",
        ),
        Stage::Message => "the message".to_owned(),
        Stage::LocalCommits | Stage::Pushed | Stage::History => plain::count(
            usize::try_from(stats.commits).unwrap_or(usize::MAX),
            "commit",
            "commits",
        ),
        Stage::Files => plain::count(
            usize::try_from(stats.contents).unwrap_or(usize::MAX),
            "file",
            "files",
        ),
    };
    let places: usize = sorted.blocking.iter().map(|f| f.places.len()).sum();
    let head = match outcome.verdict {
        Verdict::Block => format!(
            "blocked: {} in {}",
            plain::count(sorted.blocking.len(), "secret", "secrets"),
            plain::count(places, "place", "places")
        ),
        Verdict::Undecided => "undecided: not everything could be scanned".to_owned(),
        Verdict::Pass if !sorted.blocking.is_empty() => {
            format!(
                "warned: {}",
                plain::count(sorted.blocking.len(), "secret", "secrets")
            )
        }
        Verdict::Pass => "passed".to_owned(),
    };
    let mut extra = String::new();
    if !sorted.warnings.is_empty() {
        extra.push_str(&format!(
            "; {}",
            plain::count(sorted.warnings.len(), "warning", "warnings")
        ));
    }
    if !sorted.suppressed.is_empty() {
        extra.push_str(&format!("; {} allowed", sorted.suppressed.len()));
    }
    if !outcome.gaps.is_empty() {
        extra.push_str(&format!("; {} not scanned", outcome.gaps.len()));
    }
    let nothing = if stats.bytes == 0 {
        "; there was nothing to scan"
    } else {
        ""
    };
    let line = format!(
        "{head}{extra}; {what}, {}, {}; nothing left this machine{nothing}",
        plain::bytes(stats.bytes),
        plain::elapsed(stats.elapsed)
    );
    fill(&line, view.width, 0) + "\n"
}
