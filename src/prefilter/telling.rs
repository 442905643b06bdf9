//! Where a value without a mark of its own may stand. Most names of providers are words that any text may hold; a rule
//! that goes by them alone counts only with a value that is a long run of token characters and does not read as words. Such
//! runs are few, so only near them are names looked for.
//!
//! The same judgement as `judge::reads_as_words`, asked of all that may surround a value: where it says that the value is
//! none, it says so here of its whole run, but not the other way round.

use std::ops::Range;

use crate::rule::gate::{BYTES, LEAST};
use crate::sets::{self, Runs, Set};

/// Where literals of gated rules may start near the runs that lie in some parts of a text, in order and apart: up to `reach`
/// bytes before a run, in it, and at the byte behind it, with which a match ends. No part may cut a run: see [`uncut`].
pub(super) fn near(
    text: &[u8],
    parts: impl IntoIterator<Item = Range<usize>>,
    reach: usize,
) -> Vec<Range<usize>> {
    let mut near: Vec<Range<usize>> = Vec::new();
    let mut add = |run: Range<usize>| {
        if !tells(text.get(run.clone()).unwrap_or_default()) {
            return;
        }
        let start = run.start.saturating_sub(reach);
        let end = (run.end + 1).min(text.len());
        match near.last_mut() {
            Some(last) if last.end >= start => last.end = end,
            Some(_) | None => near.push(start..end),
        }
    };
    for part in parts {
        let from = part.start;
        let bytes = text.get(part).unwrap_or_default();
        let mut runs = Runs::<LEAST>::default();
        sets::tell(&[SET], bytes, |at, masks| {
            let [held] = masks.held;
            runs.take(from + at, held, &mut add);
        });
        runs.finish(from + bytes.len().next_multiple_of(sets::BLOCK), &mut add);
    }
    near
}

const SET: Set = Set::of(BYTES);

/// Parts of a text, in order, widened so that none cuts a run, and apart.
pub(super) fn uncut(
    text: &[u8],
    parts: impl IntoIterator<Item = Range<usize>>,
) -> Vec<Range<usize>> {
    let is_held = |byte: &&u8| SET.holds(**byte);
    let mut uncut: Vec<Range<usize>> = Vec::new();
    for part in parts {
        let done = uncut.last().map_or(0, |last| last.end);
        if part.end < done {
            continue;
        }
        let before = text.get(done..part.start).unwrap_or_default();
        let start = part.start - before.iter().rev().take_while(is_held).count();
        let after = text.get(part.end..).unwrap_or_default();
        let end = part.end + after.iter().take_while(is_held).count();
        match uncut.last_mut() {
            Some(last) if last.end >= start => last.end = end,
            Some(_) | None => uncut.push(start..end),
        }
    }
    uncut
}

/// Whether some part of a run, at least [`LEAST`] long, has a digit, or changes of case at every fourth byte.
fn tells(run: &[u8]) -> bool {
    let changes = run
        .array_windows()
        .filter(|[a, b]| (a ^ b) & 0x20 != 0 && a.is_ascii_alphabetic() && b.is_ascii_alphabetic());
    run.iter().any(u8::is_ascii_digit) || changes.take(LEAST / 4).count() == LEAST / 4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::judge;

    fn text() -> impl Strategy<Value = String> {
        "([ (]{1,30}|[a-z]{1,30}|[a-z]{18,22}[0-9]{0,2}){0,30}"
    }

    fn plain_runs(text: &[u8]) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        let mut at = 0;
        for part in text.split(|b| !BYTES.contains(b)) {
            if part.len() >= LEAST {
                runs.push(at..at + part.len());
            }
            at += part.len() + 1;
        }
        runs
    }

    proptest! {
        #[test]
        fn what_does_not_tell_holds_no_value(run in "[a-c]{0,9}([A-Ca-c_.-]{1,4}|[a-c]{4,9}|[A-C]{1,9}|[0-9]?){0,9}", from: usize, len in LEAST..60) {
            prop_assume!(run.len() >= LEAST && !tells(run.as_bytes()));
            let from = from % (run.len() - LEAST + 1);
            let value = run.as_bytes().get(from..(from + len).min(run.len())).unwrap();
            prop_assert!(judge::reads_as_words(value));
        }

        #[test]
        fn every_place_from_which_a_telling_run_can_be_reached_is_near(text in text(), reach in 0usize..40) {
            let text = text.as_bytes();
            let near = near(text, [0..text.len()], reach);
            for run in plain_runs(text).iter().filter(|run| tells(&text[(*run).clone()])) {
                for place in run.start.max(reach) - reach..(run.end + 1).min(text.len()) {
                    prop_assert!(near.iter().any(|range| range.contains(&place)));
                }
            }
            prop_assert!(near.windows(2).all(|two| two[0].end < two[1].start));
        }

        #[test]
        fn widened_parts_cut_no_run(text in text(), cuts in proptest::collection::vec(0usize..600, 0..8)) {
            let text = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let parts: Vec<_> = cuts.chunks_exact(2).map(|two| two[0]..two[1]).collect();
            let uncut = uncut(text, parts.iter().cloned());
            for part in &parts {
                prop_assert!(uncut.iter().any(|whole| whole.start <= part.start && part.end <= whole.end));
            }
            for run in plain_runs(text) {
                let is_cut = |part: &Range<usize>| run.contains(&part.start) && run.start < part.start
                    || run.contains(&part.end) && run.start < part.end;
                prop_assert!(!uncut.iter().any(is_cut), "{:?} {:?}", run, uncut);
            }
            prop_assert!(uncut.windows(2).all(|two| two[0].end < two[1].start));
        }
    }
}
