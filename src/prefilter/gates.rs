//! Where the literals of gated rules are looked for: near long runs of token characters. A value without a mark of its own,
//! beside a name that any text may hold, counts only if it is such a run and does not read as words; most tokens with a mark
//! are long runs themselves. `rule::gate` says which rules are so.
//!
//! Of words the same is asked as by `judge::reads_as_words`, but of all that may surround a value: where a run reads as words,
//! every value in it does, though not the other way round.

use std::ops::Range;

use crate::rule::gate::{BYTES, Gate, Kind, LEAST, LONG};
use crate::sets::{self, Runs, Set};

mod humps;

/// How many kinds of run there are.
pub(super) const N_GATES: usize = 3;

/// Where literals may start near the runs that lie in some parts of a text, for each of the gates: in order and apart. No
/// part may cut a run: see [`uncut`].
pub(super) fn near(
    text: &[u8],
    parts: impl IntoIterator<Item = Range<usize>>,
    gates: &[Gate; N_GATES],
) -> [Vec<Range<usize>>; N_GATES] {
    let mut near = [const { Vec::new() }; N_GATES];
    let mut add = |run: Range<usize>| {
        let bytes = text.get(run.clone()).unwrap_or_default();
        let is_telling = tells(text, &run);
        for (near, gate) in near.iter_mut().zip(gates) {
            match gate.kind {
                Kind::Narrow if is_telling => {
                    for part in narrow(bytes, run.start) {
                        if part == run || tells(text, &part) {
                            widen(near, &part, gate, text.len());
                        }
                    }
                }
                Kind::Telling if is_telling => widen(near, &run, gate, text.len()),
                Kind::Long if bytes.len() >= LONG => widen(near, &run, gate, text.len()),
                Kind::Narrow | Kind::Telling | Kind::Long => {}
            }
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

/// The long enough narrow parts of a run that begins at a place.
fn narrow(run: &[u8], start: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = start;
    let parts = run.split(|&byte| humps::is_wide(byte)).map(move |part| {
        let range = at..at + part.len();
        at = range.end + 1;
        range
    });
    parts.filter(|part| part.len() >= LEAST)
}

/// Ranges that are closer are searched as one: each costs as much as a hundred bytes.
const APART: usize = 100;

/// Adds a run with its reach.
fn widen(near: &mut Vec<Range<usize>>, run: &Range<usize>, gate: &Gate, len: usize) {
    let start = run.start.saturating_sub(gate.reach.before);
    let end = (run.end + gate.reach.behind).min(len);
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

/// Whether a value in a run may not read as words.
fn tells(text: &[u8], run: &Range<usize>) -> bool {
    let bytes = text.get(run.clone()).unwrap_or_default();
    // Behind a backslash the first letter may belong to it, and the value begin after that.
    let is_escaped = run.start.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'\\');
    is_varied(bytes) && (is_escaped || !humps::reads_as_words(bytes))
}

/// Whether some part of a run, at least [`LEAST`] long, may have a digit, or changes of case at every fourth byte. Eight bytes
/// at a time; the last ones may count twice, which errs to the side of yes.
fn is_varied(run: &[u8]) -> bool {
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
    use crate::rule::gate::Reach;

    fn text() -> impl Strategy<Value = String> {
        "([ (]{1,30}|[a-z]{1,30}|[.:=]|[a-z]{18,22}[0-9]{0,2}){0,30}"
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
        // Most runs that are made up tell.
        #![proptest_config(ProptestConfig { max_global_rejects: 1 << 20, ..ProptestConfig::default() })]
        #[test]
        fn what_does_not_tell_holds_no_value(run in "[a-c]{0,9}([A-Ca-c_.-]{1,4}|[a-c]{4,9}|[A-C]{1,9}|[0-9]?){0,9}", from: usize, len in LEAST..60) {
            prop_assume!(run.len() >= LEAST && !is_varied(run.as_bytes()));
            let from = from % (run.len() - LEAST + 1);
            let value = run.as_bytes().get(from..(from + len).min(run.len())).unwrap();
            prop_assert!(judge::reads_as_words(value));
        }

        #[test]
        fn every_place_from_which_a_run_can_be_reached_is_near(text in text(), before in 0usize..40, behind in 0usize..9) {
            let text = text.as_bytes();
            let reach = Reach { before, behind };
            let gate = |kind| Gate { kind, reach, matched: reach };
            let gates = [Kind::Narrow, Kind::Telling, Kind::Long].map(gate);
            let near = near(text, std::iter::once(0..text.len()), &gates);
            let is_near = |kind: usize, run: &Range<usize>| {
                let places = run.start.max(before) - before..(run.end + behind).min(text.len());
                places.into_iter().all(|place| near[kind].iter().any(|range| range.contains(&place)))
            };
            for run in plain_runs(text) {
                prop_assert!(is_near(1, &run) || !tells(text, &run));
                prop_assert!(is_near(2, &run) || run.len() < LONG);
                for part in narrow(&text[run.clone()], run.start) {
                    prop_assert!(is_near(0, &part) || !tells(text, &part));
                }
            }
            for near in near {
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
