//! Content cut into chunks by what stands in it, so that the same text is cut the same way wherever it stands: at lines
//! after which no encoded text goes on ([`cut`](super::cut)), one in a few of them. What a chunk holds is decided by its
//! bytes and those within [`REACH`] of it, its window; a window that was quiet once is quiet again.

use std::ops::Range;

use super::cut::{self, is_closed, line_start};
use super::reach::{self, REACH};
use super::seen::{Key, Seen};
use crate::sets::{self, Set};

/// A chunk that has to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) range: Range<usize>,
    /// Something fresh is in it, or in the line that makes its beginning a cut.
    pub(super) is_fresh: bool,
    /// What tells its window from others, where the whole window was looked at.
    pub(super) key: Option<Key>,
}

/// The chunks of a content near something fresh whose windows are not among those that were quiet, in order. The path is given
/// by its hash.
pub(super) fn unseen(path: u64, bytes: &[u8], fresh: &[Range<usize>], seen: &Seen) -> Vec<Chunk> {
    let mut chunks = near(path, bytes, fresh, seen);
    // Asked together: the memory is slow, and answers several at a time.
    chunks.retain(|chunk| chunk.key.is_none_or(|key| !seen.holds(path, key)));
    chunks
}

/// Whether it pays to ask: up to a few changes are new ones rather than those of another content.
pub(super) fn may_be_seen(bytes: &[u8], fresh: &[Range<usize>]) -> bool {
    const FEW: usize = 4;
    fresh.len() > FEW || is_all(bytes, fresh)
}

fn is_all(bytes: &[u8], fresh: &[Range<usize>]) -> bool {
    fresh
        .first()
        .is_some_and(|fresh| fresh.len() == bytes.len())
}

/// All chunks near something fresh.
fn near(path: u64, bytes: &[u8], fresh: &[Range<usize>], seen: &Seen) -> Vec<Chunk> {
    let mut found = Vec::new();
    let mut next = 0;
    for zone in zones(bytes, fresh) {
        let cuts = cuts(bytes, &zone);
        let chunks = || cuts.iter().zip(cuts.iter().skip(1));
        let text = |(from, to): (&Cut, &Cut)| bytes.get(from.at..to.at).unwrap_or_default();
        let sums = seen.sums(chunks().map(text));
        // The chunks of a window: the first one, and that after the last.
        let (mut first, mut end) = (0, 0);
        for (nth, (from, to)) in chunks().enumerate() {
            let range = from.at..to.at;
            let since = from.line.min(range.start.saturating_sub(REACH));
            while fresh.get(next).is_some_and(|range| range.end < since) {
                next += 1;
            }
            let later = fresh.get(next..).unwrap_or_default();
            if later
                .first()
                .is_none_or(|fresh| fresh.start >= range.end + REACH)
            {
                continue;
            }
            let mut within = later.iter().take_while(|fresh| fresh.start <= range.end);
            let is_fresh = within.any(|fresh| fresh.end >= from.line);
            let at = |nth: usize| cuts.get(nth).map_or(bytes.len(), |cut| cut.at);
            while at(first + 1) + REACH <= range.start {
                first += 1;
            }
            end = end.max(nth + 1);
            while end + 1 < cuts.len() && at(end) < range.end + REACH {
                end += 1;
            }
            let (begins, ends) = (at(first) == 0, at(end) == bytes.len());
            let is_whole = (begins || at(first) + REACH <= range.start)
                && (ends || at(end) >= range.end + REACH);
            let key = is_whole.then(|| seen.key(path, &sums, first..end, nth, [begins, ends]));
            found.push(Chunk {
                range,
                is_fresh,
                key,
            });
        }
    }
    found
}

const NEWLINE: Set = Set::of(b"\n");

/// A cut, and where the line begins that is proof of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cut {
    at: usize,
    line: usize,
}

/// Parts between cuts that hold the windows of all chunks near something fresh; in order and apart.
fn zones(bytes: &[u8], fresh: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut zones: Vec<Range<usize>> = Vec::new();
    // Up to here chunks have their windows in the last zone.
    let mut done = 0;
    for near in reach::near(bytes.len(), fresh, REACH, REACH) {
        let limit = zones.last().map_or(0, |zone| zone.end);
        if limit > 0 && near.end < done || limit == bytes.len() {
            continue;
        }
        let start = cut::before(bytes, near.start, limit, is_cut);
        let start = cut::before(bytes, start.saturating_sub(REACH), limit, is_cut);
        done = cut::after(bytes, near.end, is_cut);
        let end = cut::after(bytes, done.saturating_add(REACH - 1), is_cut).max(limit);
        match zones.last_mut() {
            Some(zone) if zone.end >= start => zone.end = end,
            Some(_) | None => zones.push(start..end),
        }
    }
    zones
}

/// All cuts of a zone, its beginning and its end among them.
fn cuts(bytes: &[u8], zone: &Range<usize>) -> Vec<Cut> {
    let start = Cut {
        at: zone.start,
        line: line_start(bytes, zone.start.saturating_sub(1)),
    };
    let mut cuts = vec![start];
    let text = bytes.get(zone.clone()).unwrap_or_default();
    let mut line = zone.start;
    sets::tell(&[NEWLINE], text, |at, masks| {
        let [mut newlines] = masks.held;
        while newlines != 0 {
            let newline = zone.start + at + newlines.trailing_zeros() as usize;
            newlines &= newlines - 1;
            if is_cut(bytes, newline) && is_closed(bytes.get(line..newline).unwrap_or_default()) {
                let at = newline + 1;
                cuts.push(Cut { at, line });
            }
            line = newline + 1;
        }
    });
    if cuts.last().is_some_and(|cut| cut.at < zone.end) {
        let at = zone.end;
        cuts.push(Cut { at, line });
    }
    cuts
}

/// Whether a line that ends at a place is one of the few after which a chunk begins, told by its last bytes.
fn is_cut(bytes: &[u8], newline: usize) -> bool {
    /// One in `1 << SHIFT`.
    const SHIFT: u32 = 3;
    let last = newline.checked_sub(8).and_then(|at| bytes.get(at..));
    last.and_then(<[u8]>::first_chunk).is_some_and(|last| {
        let mixed = u64::from_le_bytes(*last).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed >> (64 - SHIFT) == 0
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::tests::text;
    use super::*;

    /// Text of many lines, with some long ones.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let line = prop_oneof![
            12 => "[a-d ]{0,40};",
            2 => "[a-d ]{0,40} \\+",
            1 => "[a-d]{900,1200};"
        ];
        prop::collection::vec(line, 0..160).prop_map(|lines| lines.join("\n").into_bytes())
    }

    /// Places in thousandths of a text, as ranges that are in order and apart.
    fn ranges(len: usize, places: &[(usize, usize)]) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (gap, size) in places {
            let start = ranges.last().map_or(0, |last| last.end + 1) + gap * len / 1000;
            if start > len {
                break;
            }
            ranges.push(start..(start + size).min(len));
        }
        ranges
    }

    fn places() -> impl Strategy<Value = Vec<(usize, usize)>> {
        prop::collection::vec((0usize..600, 0usize..30), 1..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn all_that_is_near_something_fresh_is_in_a_chunk(text in lines(), places in places()) {
            let seen = Seen::with_room(0);
            let fresh = ranges(text.len(), &places);
            let chunks = unseen(0, &text, &fresh, &seen);
            for pair in chunks.windows(2) {
                prop_assert!(pair[0].range.end <= pair[1].range.start);
            }
            for at in 0..text.len() {
                let is_near = fresh.iter().any(|fresh| fresh.start < at + REACH && fresh.end + REACH > at);
                let chunk = chunks.iter().find(|chunk| chunk.range.contains(&at));
                prop_assert!(!is_near || chunk.is_some(), "{} {:?} {:?}", at, fresh, chunks);
                let is_fresh = fresh.iter().any(|fresh| fresh.contains(&at) || fresh.is_empty() && fresh.start == at);
                prop_assert!(!is_fresh || chunk.unwrap().is_fresh);
            }
            // Every window is whole, but behind a line that is longer than its reach.
            let is_long = text.split(|b| *b == b'\n').any(|line| line.len() > REACH);
            prop_assert!(chunks.iter().all(|chunk| chunk.key.is_some() || is_long));
        }

        #[test]
        fn a_key_tells_the_bytes_of_a_window(texts in prop::collection::vec(lines(), 1..4), cuts in prop::collection::vec(0usize..1000, 0..6)) {
            let seen = Seen::with_room(0);
            // Contents that have much of each other.
            let mut contents = texts.clone();
            for cut in &cuts {
                let part = |text: &[u8]| cut * text.len() / 1000;
                let (first, last) = (&texts[0], &texts[texts.len() - 1]);
                contents.push([&first[..part(first)], &last[part(last)..]].concat());
            }
            let mut told: HashMap<Key, Vec<u8>> = HashMap::new();
            for content in &contents {
                let all = 0..content.len();
                for chunk in unseen(0, content, std::slice::from_ref(&all), &seen) {
                    let window = chunk.range.start.saturating_sub(REACH)..(chunk.range.end + REACH).min(content.len());
                    let mut bytes = content[window.clone()].to_vec();
                    bytes.extend(format!("{} {} {}", chunk.range.start - window.start, chunk.range.len(), chunk.range.start < REACH).bytes());
                    let before = told.entry(chunk.key.unwrap()).or_insert_with(|| bytes.clone());
                    prop_assert_eq!(&*before, &bytes);
                }
            }
        }

        #[test]
        fn a_line_that_was_closed_may_be_open_now(text in text(), places in places()) {
            // Nothing is told of what follows a changed line by what stood there before.
            let seen = Seen::with_room(0);
            let fresh = ranges(text.len(), &places);
            let chunks = unseen(0, &text, &fresh, &seen);
            for chunk in &chunks {
                let line = chunk.range.start.checked_sub(1).map_or(0, |at| line_start(&text, at));
                let touches = |fresh: &Range<usize>| fresh.start <= chunk.range.end && fresh.end >= line;
                prop_assert_eq!(chunk.is_fresh, fresh.iter().any(touches));
            }
        }
    }
}
