//! Base32 of RFC 4648: a run that `base64` came upon and whose characters are all of this alphabet. A value that is
//! decoded by a program, such as the seed of one-time passwords, is hardly ever text and stays what it is.

use std::ops::Range;

use super::{Decoded, Map, worth};
use crate::finding::Step;

/// 20 decoded bytes, less than any token that a rule can find without its name beside it.
const MIN: usize = 32;

/// What the run is the base32 of, if that is text.
pub(super) fn decoded(text: &[u8], run: &Range<usize>) -> Option<Decoded> {
    let digits = text.get(run.clone())?;
    (digits.len() >= MIN).then_some(())?;
    let beginning = bytes(digits.get(..MIN)?)?;
    worth::is_worth(&beginning).then_some(())?;
    let bytes = bytes(digits)?;
    let mut map = Map::default();
    // Whole groups of 8 characters stand for 5 bytes; the last may be shorter.
    let groups = bytes.len() / 5;
    map.push(0, run.start);
    map.push(groups * 5, run.start + groups * 8);
    map.push(bytes.len(), run.end);
    Some(Decoded {
        span: run.clone(),
        bytes,
        step: Step::Decoded("base32"),
        map,
    })
}

fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(digits.len() / 8 * 5 + 5);
    let (mut bits, mut count) = (0u32, 0);
    for &digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            let [.., low] = (bits >> count).to_be_bytes();
            out.push(low);
        }
    }
    Some(out)
}
