//! Base32 of RFC 4648: a run that `base64` came upon and whose characters are all of this alphabet. A value that is
//! decoded by a program, such as the seed of one-time passwords, is hardly ever text and stays what it is.

use std::ops::Range;

use super::{Decoded, Map, base64, worth};
use crate::finding::Step;

/// 20 decoded bytes, less than any token that a rule can find without its name beside it.
const MIN: usize = 32;

/// What the run, and the lines that continue it, are the base32 of, if that is text.
pub(super) fn decoded(text: &[u8], first: &Range<usize>, limit: usize) -> Option<Decoded> {
    let digits = text.get(first.clone())?;
    (digits.len() >= MIN).then_some(())?;
    let mut beginning = Vec::with_capacity(MIN);
    decode(digits.get(..MIN)?, &mut Bits::default(), &mut beginning)?;
    worth::is_worth(&beginning).then_some(())?;
    let mut bytes = Vec::with_capacity(digits.len() / 8 * 5 + 5);
    let mut map = Map::default();
    let mut bits = Bits::default();
    let mut end = None;
    base64::lines(text, first.clone(), limit, |line| {
        let from = bytes.len();
        let digits = text.get(line.clone()).unwrap_or_default();
        // Whole groups of 8 characters stand for 5 bytes; what is left may be shorter.
        let groups = if bits.count == 0 { digits.len() / 8 } else { 0 };
        if decode(digits, &mut bits, &mut bytes).is_none() {
            bytes.truncate(from);
            return false;
        }
        map.push(from, line.start);
        if groups > 0 {
            map.push(from + groups * 5, line.start + groups * 8);
        }
        map.push(bytes.len(), line.end);
        end = Some(line.end);
        true
    });
    Some(Decoded {
        span: first.start..end?,
        bytes,
        step: Step::Decoded("base32"),
        map,
    })
}

/// Bits read but not yet written.
#[derive(Default)]
struct Bits {
    value: u32,
    count: u32,
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    }
}

/// Decodes the characters of one line, carrying bits over to the next; nothing where one is not of the alphabet.
fn decode(digits: &[u8], bits: &mut Bits, out: &mut Vec<u8>) -> Option<()> {
    for &digit in digits {
        bits.value = bits.value << 5 | u32::from(value(digit)?);
        bits.count += 5;
        if bits.count >= 8 {
            bits.count -= 8;
            let [.., low] = (bits.value >> bits.count).to_be_bytes();
            out.push(low);
        }
    }
    Some(())
}
