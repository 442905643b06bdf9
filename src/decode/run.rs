//! Finding what may be encoded at little cost: long runs of one class of bytes, and pairs of bytes.

use std::ops::Range;

/// A set of byte values.
pub(super) type Class = [bool; 256];

/// The class of the listed bytes.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at build time, where a wrong index is an error"
)]
pub(super) const fn class(members: &[u8]) -> Class {
    let mut class = [false; 256];
    let mut rest = members;
    while let [first, others @ ..] = rest {
        class[*first as usize] = true;
        rest = others;
    }
    class
}

pub(super) fn is_in(class: &Class, byte: u8) -> bool {
    class.get(usize::from(byte)).is_some_and(|&is| is)
}

/// The first run of at least `min` bytes of `class` that begins at `from` or later and before `to`.
///
/// Looks at the byte where a run from here would be long enough, then backwards: a byte of another class rules out all
/// starts before it, so most bytes are never looked at.
pub(super) fn next(
    text: &[u8],
    from: usize,
    to: usize,
    min: usize,
    class: &Class,
) -> Option<Range<usize>> {
    let mut start = from;
    while start < to {
        let window = text.get(start..start.checked_add(min)?)?;
        match window.iter().rposition(|&b| !is_in(class, b)) {
            Some(other) => start += other + 1,
            None => return Some(start..end(text, start + min, class)),
        }
    }
    None
}

/// Where the run of `class` that holds `from` ends.
pub(super) fn end(text: &[u8], from: usize, class: &Class) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|&b| !is_in(class, b))
        .unwrap_or(rest.len())
}

/// Where the run of `class` that ends before `to` begins, looking back at most `limit` bytes.
pub(super) fn start(text: &[u8], to: usize, limit: usize, class: &Class) -> usize {
    let before = text.get(to.saturating_sub(limit)..to).unwrap_or_default();
    to - before
        .iter()
        .rev()
        .position(|&b| !is_in(class, b))
        .unwrap_or(before.len())
}

/// The first position in `range` that holds `byte`.
pub(super) fn byte(text: &[u8], range: Range<usize>, byte: u8) -> Option<usize> {
    let start = range.start;
    memchr::memchr(byte, text.get(range)?).map(|i| start + i)
}

/// The first position in `range` whose byte and the one after it satisfy `is`.
///
/// `is` must be free of branches (`&`, `|` instead of `&&`, `||`): then the compiler tests many bytes at once.
pub(super) fn pair(
    text: &[u8],
    range: Range<usize>,
    is: impl Fn(u8, u8) -> bool + Copy,
) -> Option<usize> {
    const BLOCK: usize = 64;
    let end = range.end.min(text.len().saturating_sub(1));
    let mut at = range.start;
    let firsts = text.get(..end)?.get(at..)?;
    let seconds = text.get(at + 1..)?;
    for (a, b) in firsts.chunks_exact(BLOCK).zip(seconds.chunks(BLOCK)) {
        let found = a
            .iter()
            .zip(b)
            .fold(0u8, |found, (&a, &b)| found | u8::from(is(a, b)));
        if found != 0 {
            return a
                .iter()
                .zip(b)
                .position(|(&a, &b)| is(a, b))
                .map(|i| at + i);
        }
        at += BLOCK;
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

    const LETTERS: Class = class(b"abc");

    proptest! {
        #[test]
        fn runs_are_those_of_a_plain_walk(text in "[abc.]{0,200}", min in 1usize..9) {
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
            while let Some(run) = next(text, at, text.len(), min, &LETTERS) {
                at = run.end;
                found.push(run);
            }
            prop_assert_eq!(found, plain);
        }

        #[test]
        fn pairs_are_those_of_windows(text in "[ab]{0,200}", from in 0usize..200, to in 0usize..200) {
            let text = text.as_bytes();
            let plain = text.windows(2).enumerate()
                .position(|(i, pair)| i >= from && i < to && pair == b"ab");
            prop_assert_eq!(pair(text, from..to, |a, b| (a == b'a') & (b == b'b')), plain);
        }
    }
}
