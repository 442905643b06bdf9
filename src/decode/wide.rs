//! UTF-16 and UTF-32, either byte order, with or without a mark: a whole content, or strings inside a binary.

use memchr::memchr;

use super::{Decoded, Decoder, Map, Marks};
use crate::finding::Step;
use crate::sets::{self, Set};

pub(super) const DECODER: Decoder = Decoder {
    name: "utf-16",
    find,
};

/// How much of the beginning tells what the whole is.
const SAMPLE: usize = 4 << 10;
/// The shortest string looked at in a binary, in characters.
const MIN: usize = 12;

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    let mut seen = None;
    if let Some((form, mark)) = recognise(text) {
        sink(whole(text, form, mark));
        // Letters that stand as the form has them were read. A mark can lie, and a byte too many moves what comes after it.
        seen = (form.width == 2).then_some((mark + usize::from(form.is_big)) % 2);
    }
    if marks.has_zero {
        strings(text, seen, sink);
    }
}

/// Whether the whole content is of this kind.
pub(super) fn is_whole(text: &[u8]) -> bool {
    recognise(text).is_some()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    /// Bytes of a code unit, 2 or 4.
    width: usize,
    is_big: bool,
}

impl Form {
    fn name(self) -> &'static str {
        if self.width == 2 { "utf-16" } else { "utf-32" }
    }

    fn unit(self, bytes: &[u8]) -> u32 {
        let shift = |value: u32, &byte: &u8| value << 8 | u32::from(byte);
        if self.is_big {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        }
    }
}

/// The form of a content and the length of its mark.
fn recognise(text: &[u8]) -> Option<(Form, usize)> {
    let form = |width, is_big| Form { width, is_big };
    match text {
        [0xff, 0xfe, 0, 0, ..] => return Some((form(4, false), 4)),
        [0, 0, 0xfe, 0xff, ..] => return Some((form(4, true), 4)),
        [0xff, 0xfe, ..] => return Some((form(2, false), 2)),
        [0xfe, 0xff, ..] => return Some((form(2, true), 2)),
        _ => {}
    }
    let sample = text.get(..SAMPLE).unwrap_or(text);
    memchr(0, sample)?;
    [form(4, false), form(4, true), form(2, false), form(2, true)]
        .into_iter()
        .find(|form| {
            let units = sample.chunks_exact(form.width);
            let count = units.len();
            let texts = units.filter(|unit| is_ascii_text(form.unit(unit))).count();
            count >= MIN && texts * 10 >= count * 7
        })
        .map(|form| (form, 0))
}

fn is_ascii_text(unit: u32) -> bool {
    matches!(unit, 0x20..=0x7e | 9 | 10 | 13)
}

/// The whole content as UTF-8; what is no character becomes U+FFFD.
fn whole(text: &[u8], form: Form, mark: usize) -> Decoded {
    let body = text.get(mark..).unwrap_or_default();
    let mut out = String::with_capacity(body.len() / form.width + 16);
    let mut map = Map::default();
    let mut units = body.chunks_exact(form.width).map(|unit| form.unit(unit));
    let mut at = mark;
    let mut last = None;
    while let Some(unit) = units.next() {
        let (char, len) = match char::from_u32(unit) {
            Some(char) => (char, form.width),
            None if form.width == 2 && (0xd800..0xdc00).contains(&unit) => {
                let low = units
                    .clone()
                    .next()
                    .filter(|low| (0xdc00..0xe000).contains(low));
                match low.and_then(|low| {
                    char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
                }) {
                    Some(char) => {
                        units.next();
                        (char, 4)
                    }
                    None => (char::REPLACEMENT_CHARACTER, 2),
                }
            }
            None => (char::REPLACEMENT_CHARACTER, form.width),
        };
        // A new piece of the map only where the proportion changes.
        let proportion = (char.len_utf8(), len);
        if last != Some(proportion) {
            map.push(out.len(), at);
            last = Some(proportion);
        }
        out.push(char);
        at += len;
    }
    map.push(out.len(), at);
    Decoded {
        span: 0..text.len(),
        bytes: out.into_bytes(),
        step: Step::Decoded(form.name()),
        map,
    }
}

/// ASCII strings in UTF-16 inside other bytes. Both byte orders look alike from the inside: letters with zeros between.
/// Those whose letters stand at even or odd places, as `seen` says, were read.
fn strings(text: &[u8], seen: Option<usize>, sink: &mut dyn FnMut(Decoded)) {
    let mut starts = Starts::default();
    let mut done = 0;
    let mut read = |start: usize| {
        if start < done {
            return;
        }
        let count = letters(text, start).count();
        done = start + 2 * count;
        if seen != Some(start % 2) {
            let string = string(text, start, count);
            done = string.span.end;
            sink(string);
        }
    };
    let mut last = None;
    sets::tell(&[LETTERS, ZERO], text, |at, masks| {
        let [letters, zeros] = masks.held;
        if let Some((at, letters, behind)) = last.replace((at, letters, zeros >> 1)) {
            starts.take(at, letters & (behind | zeros << 63), &mut read);
        }
    });
    if let Some((at, letters, behind)) = last {
        starts.take(at, letters & behind, &mut read);
    }
}

/// What [`is_ascii_text`] takes.
const LETTERS: Set = Set::of(
    b"\t\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
);
const ZERO: Set = Set::of(b"\0");

/// Finds, block after block, where at least [`MIN`] letters begin that have a zero behind each.
#[derive(Default)]
struct Starts {
    /// Of the letters at even places, and of those at odd ones, how many in a row end with the last block.
    open: [usize; 2],
    found: Vec<usize>,
}

impl Starts {
    /// Takes in which bytes of the block at `at` are letters with a zero behind, and hands over what has become long enough, in
    /// order.
    fn take(&mut self, at: usize, pairs: u64, each: &mut impl FnMut(usize)) {
        if pairs == 0 {
            self.open = [0; 2];
            return;
        }
        const { assert!(MIN == 12) };
        for (parity, open) in self.open.iter_mut().enumerate() {
            let places = (u64::MAX / 3) << parity;
            let own = pairs & places;
            // As if there were a letter at each place between.
            let filled = own | !places;
            let begins = filled.trailing_ones() as usize / 2;
            if *open < MIN && *open > 0 && *open + begins >= MIN {
                self.found.push(at + parity - 2 * *open);
            }
            let two = own & own >> 2;
            let four = two & two >> 4;
            let twelve = four & four >> 8 & four >> 16;
            let mut first = twelve & !(twelve << 2);
            if *open > 0 && *open + begins >= MIN {
                // They go on from the block before.
                first &= !(1 << parity);
            }
            while first != 0 {
                self.found.push(at + first.trailing_zeros() as usize);
                first &= first - 1;
            }
            *open = match filled {
                u64::MAX => *open + sets::BLOCK / 2,
                _ => filled.leading_ones() as usize / 2,
            };
        }
        self.found.sort_unstable();
        self.found.drain(..).for_each(each);
    }
}

/// The letters with a zero behind each that stand from a place on.
fn letters(text: &[u8], start: usize) -> impl Iterator<Item = u8> {
    let (pairs, _) = text.get(start..).unwrap_or_default().as_chunks::<2>();
    pairs.iter().map_while(|&[letter, zero]| {
        (zero == 0 && is_ascii_text(u32::from(letter))).then_some(letter)
    })
}

/// The string of so many letters from a place on.
fn string(text: &[u8], start: usize, count: usize) -> Decoded {
    let mut bytes = Vec::with_capacity(count + 1);
    bytes.extend(letters(text, start));
    let mut end = start + 2 * count;
    let mut map = Map::default();
    map.push(0, start);
    map.push(bytes.len(), end);
    // In the other order the last letter has its zero before it.
    if let Some(&letter) = text.get(end).filter(|&&b| is_ascii_text(u32::from(b))) {
        bytes.push(letter);
        end += 1;
        map.push(bytes.len(), end);
    }
    Decoded {
        span: start..end,
        bytes,
        step: Step::Decoded("utf-16"),
        map,
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::*;

    /// Where strings begin and end, found by looking at every place.
    fn plain(text: &[u8]) -> Vec<Range<usize>> {
        let is_pair = |at: usize| {
            text.get(at).is_some_and(|&b| is_ascii_text(u32::from(b)))
                && text.get(at + 1) == Some(&0)
        };
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let count = (0..).take_while(|i| is_pair(at + 2 * i)).count();
            if count < MIN {
                at += 1;
                continue;
            }
            let end = at + 2 * count;
            let is_more = text.get(end).is_some_and(|&b| is_ascii_text(u32::from(b)));
            found.push(at..end + usize::from(is_more));
            at = end;
        }
        found
    }

    #[test]
    fn letters_are_what_is_ascii_text() {
        for byte in 0..=u8::MAX {
            assert_eq!(
                LETTERS.holds(byte),
                is_ascii_text(u32::from(byte)),
                "{byte}"
            );
        }
    }

    proptest! {
        #[test]
        fn strings_are_found_wherever_they_stand(
            parts in prop::collection::vec(
                prop_oneof![
                    (0usize..80).prop_map(|n| b"a\0".repeat(n)),
                    (9usize..15).prop_map(|n| b"\0a".repeat(n)),
                    prop::collection::vec(prop_oneof![Just(0u8), Just(b'a'), Just(200u8)], 0..70),
                ],
                0..8,
            ),
        ) {
            let text = parts.concat();
            for seen in [None, Some(0), Some(1)] {
                let mut found = Vec::new();
                strings(&text, seen, &mut |decoded| found.push(decoded.span));
                let mut wanted = plain(&text);
                wanted.retain(|span| seen != Some(span.start % 2));
                prop_assert_eq!(found, wanted);
            }
        }
    }
}
