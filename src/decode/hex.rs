//! Hexadecimal text of bytes: a run of at least 32 digits that decodes to text.

use std::ops::Range;

use super::{Decoded, Decoder, Map, reach, run, touches, worth};
use crate::finding::Step;

pub(super) const DECODER: Decoder = Decoder { name: "hex", find };

/// 16 decoded bytes; that a hash of this size looks like text has a chance below one in a million.
const MIN: usize = 32;
const MAX_BACK: usize = 1 << 20;

fn is_digit(byte: u8) -> bool {
    (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6)
}

fn find(text: &[u8], range: Range<usize>, sink: &mut dyn FnMut(Decoded)) {
    let window = reach(text, &range);
    let mut at = run::start(text, window.start, MAX_BACK, is_digit);
    while let Some(digits) = run::next(text, at, window.end, MIN, is_digit) {
        at = digits.end;
        let span = digits.start..digits.end - digits.len() % 2;
        let sample_end = span.end.min(span.start + worth::SAMPLE * 2);
        if !worth::is_worth(&decode(text, span.start..sample_end)) || !touches(&span, &range) {
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
