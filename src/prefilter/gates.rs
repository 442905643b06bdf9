//! Where the literals of gated rules are looked for: near long runs of token characters. A value without a mark of its own,
//! beside a name that any text may hold, counts only if it is such a run and does not read as words; most tokens with a mark
//! are long runs themselves. `rule::gate` says which rules are so.
//!
//! Of words the same is asked as by `judge::reads_as_words`, but of all that may surround a value: where a run reads as words,
//! every value in it does, though not the other way round.

use std::ops::Range;

use crate::rule::gate::{BYTES, LEAST, LONG, Reach};
use crate::sets::{self, Runs, Set};

/// Where literals may start, in order and apart: those that need a telling run, and those that need a long one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Near {
    pub(super) telling: Vec<Range<usize>>,
    pub(super) long: Vec<Range<usize>>,
}

/// How far from runs of either kind literals may start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reaches {
    pub(super) telling: Reach,
    pub(super) long: Reach,
}

/// Where literals may start near the runs that lie in some parts of a text. No part may cut a run: see [`uncut`].
pub(super) fn near(
    text: &[u8],
    parts: impl IntoIterator<Item = Range<usize>>,
    reaches: &Reaches,
) -> Near {
    let mut near = Near::default();
    let mut add = |run: Range<usize>| {
        let bytes = text.get(run.clone()).unwrap_or_default();
        if bytes.len() >= LONG {
            widen(&mut near.long, &run, reaches.long, text.len());
        }
        if tells(bytes) {
            widen(&mut near.telling, &run, reaches.telling, text.len());
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

/// Ranges that are closer are searched as one: each costs as much as a hundred bytes.
const APART: usize = 100;

/// Adds a run with its reach.
fn widen(near: &mut Vec<Range<usize>>, run: &Range<usize>, reach: Reach, len: usize) {
    let start = run.start.saturating_sub(reach.before);
    let end = (run.end + reach.behind).min(len);
    match near.last_mut() {
        Some(last) if last.end + APART >= start => last.end = end,
        Some(_) | None => near.push(start..end),
    }
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

/// Whether some part of a run, at least [`LEAST`] long, may have a digit, or changes of case at every fourth byte. Eight bytes
/// at a time; the last ones may count twice, which errs to the side of yes.
fn tells(run: &[u8]) -> bool {
    let mut changes = 0;
    let mut at = 0;
    let last = run.len().saturating_sub(8);
    loop {
        // Neighbouring words share a byte, so that each pair of bytes is in one.
        let Some(word) = run.get(at..).and_then(<[u8]>::first_chunk) else {
            return true;
        };
        let word = u64::from_le_bytes(*word);
        // Every byte is below 0x80: the upper bit of each is free to tell.
        let digits = (word + each(0x80 - b'0')) & !(word + each(0x80 - b':'));
        if digits & each(0x80) != 0 {
            return true;
        }
        let small = word | each(0x20);
        let letters = (small + each(0x80 - b'a')) & !(small + each(0x80 - b'{'));
        let case = (word & each(0x20)) << 2;
        let both = letters & letters >> 8 & (case ^ case >> 8) & (each(0x80) >> 8);
        changes += both.count_ones();
        if at == last {
            return changes as usize >= LEAST / 4;
        }
        at = (at + 7).min(last);
    }
}

/// A word of eight such bytes.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
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
        fn every_place_from_which_a_run_can_be_reached_is_near(text in text(), before in 0usize..40, behind in 0usize..9) {
            let text = text.as_bytes();
            let reach = Reach { before, behind };
            let Near { telling, long } = near(text, std::iter::once(0..text.len()), &Reaches { telling: reach, long: reach });
            for run in plain_runs(text) {
                let held = &text[run.clone()];
                for place in run.start.max(before) - before..(run.end + behind).min(text.len()) {
                    let is_near = |near: &[Range<usize>]| near.iter().any(|range| range.contains(&place));
                    prop_assert!(is_near(&telling) || !tells(held));
                    prop_assert!(is_near(&long) || held.len() < LONG);
                }
            }
            for near in [telling, long] {
                prop_assert!(near.windows(2).all(|two| two[0].end < two[1].start));
            }
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
