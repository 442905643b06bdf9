//! Finding what may be encoded at little cost: long runs of one class of bytes, and pairs of bytes.
//!
//! The tests of bytes given here must be free of branches (`&`, `|` instead of `&&`, `||`): then the compiler tests many
//! bytes at once.

use std::ops::Range;

/// Bytes tested at once.
const BLOCK: usize = 64;

/// The first run of at least `min` bytes, of which `is` is true, that begins at `from` or later and before `to`.
/// `is` may be true of `+`, letters and what lies between them only; `min` is at least 23.
///
/// Wherever such a run begins, it fills two neighbouring words of 8 bytes, and one of any two is the first of its pair:
/// only every other word is looked at, and that coarsely, until one is full.
pub(super) fn next(
    text: &[u8],
    from: usize,
    to: usize,
    min: usize,
    is: impl Fn(u8) -> bool + Copy,
) -> Option<Range<usize>> {
    debug_assert!(min >= 23, "a shorter run need not fill two words");
    let mut at = from;
    // Without a branch a byte, so that all are tested at once.
    let full = |word: Option<&[u8; WORD]>| {
        word.is_some_and(|word| word.iter().fold(true, |all, &b| all & is(b)))
    };
    // The first word that a run fills is at most seven bytes from its beginning, the other one of the pair eight more.
    let last = to.saturating_add(2 * WORD);
    while at < last {
        let (pairs, _) = text.get(at..).unwrap_or_default().as_chunks();
        let is_candidate = |pair: &[u8; 2 * WORD]| pair.first_chunk().is_some_and(may_be_full);
        let Some(skipped) = pairs.iter().position(is_candidate) else {
            at += pairs.len() * 2 * WORD;
            let begin = start(text, at, min.min(at - from), is);
            return next_slowly(text, begin, to, min, is);
        };
        at += skipped * 2 * WORD;
        if at >= last {
            break;
        }
        let word_at = |at: usize| text.get(at..).and_then(|rest| rest.first_chunk());
        if !full(word_at(at)) {
            at += 2 * WORD;
            continue;
        }
        let before = (at.checked_sub(WORD)).filter(|&before| before >= from);
        if !full(word_at(at + WORD)) && !full(before.and_then(word_at)) {
            at += 2 * WORD;
            continue;
        }
        let run = start(text, at, at - from, is)..end(text, at, is);
        if run.len() >= min {
            return (run.start < to).then_some(run);
        }
        at = run.end.max(at + 1);
    }
    None
}

/// Bytes of a word.
const WORD: usize = 8;

/// Whether no byte of a word is below `+` or beyond ASCII: the blanks, quotes and brackets of source code are.
fn may_be_full(word: &[u8; WORD]) -> bool {
    const EACH: u64 = u64::from_ne_bytes([1; WORD]);
    let word = u64::from_le_bytes(*word);
    let below = word.wrapping_sub(EACH * u64::from(b'+')) & !word;
    (below | word) & (EACH << 7) == 0
}

/// The same, byte by byte.
fn next_slowly(
    text: &[u8],
    from: usize,
    to: usize,
    min: usize,
    is: impl Fn(u8) -> bool + Copy,
) -> Option<Range<usize>> {
    let mut at = from;
    while at < to {
        let run = at..end(text, at, is);
        if run.len() >= min {
            return Some(run);
        }
        at = run.end + 1;
    }
    None
}

/// The result for each byte as 0 or 1, eight to a word, the first byte lowest.
fn flags(block: &[u8; BLOCK], is: impl Fn(u8) -> bool + Copy) -> [u64; BLOCK / 8] {
    let mut flags = [0u8; BLOCK];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        *flag = u8::from(is(byte));
    }
    let mut words = [0; BLOCK / 8];
    for (word, flags) in words.iter_mut().zip(flags.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*flags);
    }
    words
}

/// The same as single bits.
fn gather(flags: [u64; BLOCK / 8]) -> u64 {
    // Moves the low bit of each byte, the lowest first, to the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    flags
        .iter()
        .rev()
        .fold(0, |bits, word| bits << 8 | word.wrapping_mul(GATHER) >> 56)
}

/// Where the run that holds `from` ends.
pub(super) fn end(text: &[u8], from: usize, is: impl Fn(u8) -> bool + Copy) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let (blocks, tail) = rest.as_chunks::<BLOCK>();
    let mut at = from;
    for block in blocks {
        let count = gather(flags(block, is)).trailing_ones() as usize;
        at += count;
        if count < BLOCK {
            return at;
        }
    }
    at + tail.iter().position(|&b| !is(b)).unwrap_or(tail.len())
}

/// Where the run that ends before `to` begins, looking back at most `limit` bytes.
pub(super) fn start(text: &[u8], to: usize, limit: usize, is: impl Fn(u8) -> bool + Copy) -> usize {
    let before = text.get(to.saturating_sub(limit)..to).unwrap_or_default();
    to - before
        .iter()
        .rev()
        .position(|&b| !is(b))
        .unwrap_or(before.len())
}

/// The first position in `range` that holds `byte`.
pub(super) fn byte(text: &[u8], range: Range<usize>, byte: u8) -> Option<usize> {
    let start = range.start;
    memchr::memchr(byte, text.get(range)?).map(|i| start + i)
}

/// The first position in `range` whose byte, one beyond ASCII, and the one after it satisfy `is`.
pub(super) fn pair(
    text: &[u8],
    range: Range<usize>,
    is: impl Fn(u8, u8) -> bool + Copy,
) -> Option<usize> {
    let end = range.end.min(text.len().saturating_sub(1));
    let mut at = range.start;
    let firsts = text.get(..end)?.get(at..)?;
    let seconds = text.get(at + 1..)?;
    let blocks = firsts.as_chunks::<BLOCK>().0;
    for (a, b) in blocks.iter().zip(seconds.as_chunks::<BLOCK>().0) {
        if a.is_ascii() {
            at += BLOCK;
            continue;
        }
        let mut found = [0u8; BLOCK];
        for (flag, (&a, &b)) in found.iter_mut().zip(a.iter().zip(b)) {
            *flag = if is(a, b) { 0xff } else { 0 };
        }
        for word in found.as_chunks::<8>().0 {
            let word = u64::from_le_bytes(*word);
            if word != 0 {
                return Some(at + word.trailing_zeros() as usize / 8);
            }
            at += 8;
        }
    }
    let tail = text.get(at..=end).unwrap_or_default();
    tail.iter()
        .zip(tail.get(1..).unwrap_or_default())
        .position(|(&a, &b)| is(a, b))
        .map(|i| at + i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_those_of_a_plain_walk(text in "([abc]{0,40}\\.{1,9}){0,20}", min in 23usize..=32) {
            let text = text.as_bytes();
            let mut plain = Vec::new();
            let mut at = 0;
            for part in text.split(|&b| b == b'.') {
                if part.len() >= min {
                    plain.push(at..at + part.len());
                }
                at += part.len() + 1;
            }
            let mut found = Vec::new();
            let mut at = 0;
            while let Some(run) = next(text, at, text.len(), min, |b| b != b'.') {
                at = run.end;
                found.push(run);
            }
            prop_assert_eq!(found, plain);
        }

        #[test]
        fn pairs_are_those_of_windows(text in "[a\u{e4}\u{e5}]{0,200}|a{0,150}[a\u{e4}\u{e5}]{0,9}a{0,90}", from in 0usize..200, to in 0usize..200) {
            let text = text.as_bytes();
            let plain = text.windows(2).enumerate()
                .position(|(i, pair)| i >= from && i < to && pair == b"\xc3\xa4");
            prop_assert_eq!(pair(text, from..to, |a, b| (a == 0xc3) & (b == 0xa4)), plain);
        }
    }
}
