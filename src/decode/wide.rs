//! UTF-16 and UTF-32, either byte order, with or without a mark: a whole content, or strings inside a binary.

use memchr::memchr;

use super::{Decoded, Decoder, Map, Marks};
use crate::finding::Step;

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
    let mut at = 0;
    while let Some(zero) = text
        .get(at..)
        .and_then(|rest| memchr(0, rest))
        .map(|i| at + i)
    {
        let start = zero.saturating_sub(1).max(at);
        let rest = text.get(start..).unwrap_or_default();
        let (pairs, _) = rest.as_chunks::<2>();
        let is_pair = |&[letter, zero]: &[u8; 2]| zero == 0 && is_ascii_text(u32::from(letter));
        let count = pairs.iter().take_while(|pair| is_pair(pair)).count();
        if count < MIN {
            let zeros = text.get(zero..).unwrap_or_default();
            let zeros = zeros.iter().take_while(|&&b| b == 0).count();
            at = zero.max(start + 2 * count) + if count > 1 { 0 } else { zeros };
            at = at.max(zero + 1);
            continue;
        }
        if seen == Some(start % 2) {
            at = start + 2 * count;
            continue;
        }
        let mut bytes: Vec<u8> = pairs
            .iter()
            .take(count)
            .map(|&[letter, _]| letter)
            .collect();
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
        at = end;
        let span = start..end;
        sink(Decoded {
            span,
            bytes,
            step: Step::Decoded("utf-16"),
            map,
        });
    }
}
