//! Hexadecimal text of bytes: a run of at least 32 digits that decodes to text.

use std::ops::Range;

use super::{Decoded, Decoder, Map, Marks, run, worth};
use crate::finding::Step;

pub(super) const DECODER: Decoder = Decoder { name: "hex", find };

/// 16 decoded bytes; that a hash of this size looks like text has a chance below one in a million.
const MIN: usize = 32;

fn is_digit(byte: u8) -> bool {
    (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6)
}

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    // Its digits are such of base64 as well.
    for digits in marks.runs.iter().flat_map(|run| digits_in(text, run)) {
        let span = digits.start..digits.end - digits.len() % 2;
        let sample_end = span.end.min(span.start + worth::SAMPLE * 2);
        if !worth::is_worth(&decode(text, span.start..sample_end)) {
            continue;
        }
        let bytes = decode(text, span.clone());
        let mut map = Map::default();
        map.push(0, span.start);
        map.push(bytes.len(), span.end);
        sink(Decoded {
            span,
            bytes,
            step: Step::Decoded("hex"),
            map,
        });
    }
}

/// Long enough runs of hexadecimal digits in a run of other ones.
fn digits_in(text: &[u8], run: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = run.start;
    let end = run.end;
    std::iter::from_fn(move || {
        let digits = run::next(text, at, end, MIN, is_digit)?;
        at = digits.end;
        Some(digits)
    })
}

fn decode(text: &[u8], digits: Range<usize>) -> Vec<u8> {
    let (pairs, _) = text.get(digits).unwrap_or_default().as_chunks::<2>();
    pairs
        .iter()
        .map(|&[high, low]| digit(high) << 4 | digit(low))
        .collect()
}

/// The value of a hexadecimal digit; 0 for another byte.
pub(super) fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 0,
    }
}
