//! Keys written as numbers: `[]byte{0x07, 0x51, …}`, `{206, 219, …}`.

use std::ops::Range;

use super::Literal;
use crate::generic::candidate::{Quote, byte, skip_while};

/// How many bytes a key has.
const KEY: std::ops::RangeInclusive<usize> = 16..=64;
/// Room for the longest key in hex.
pub(in crate::generic) const ROOM: usize = 128;
/// Longest text of an array that is read.
const MAX: usize = 512;

/// The list of bytes that begins at `i`, if it is as long as a key.
pub(in crate::generic) fn at(window: &[u8], i: usize) -> Option<Literal> {
    let mut n = 0;
    let mut last = i..i;
    let (mut before, mut step, mut counted) = (0u8, 0u8, true);
    for item in (Items {
        text: window.get(..(i + MAX).min(window.len()))?,
        at: i,
    }) {
        let stepped = item.0.wrapping_sub(before);
        // Counted off: `1, 2, 3, …`.
        counted &= n < 2 || stepped == step;
        (before, step) = (item.0, stepped);
        last = item.1;
        n += 1;
    }
    let end = skip_while(window, last.end, 60, |b| {
        b.is_ascii_whitespace() || b == b','
    });
    let whole = matches!(byte(window, end), b'}' | b']' | b')');
    (whole && KEY.contains(&n) && !counted).then_some(Literal {
        range: i..last.end,
        quote: Quote::Array,
        end,
    })
}

/// The bytes of an array in hex.
pub(in crate::generic) fn hex<'b>(text: &[u8], room: &'b mut [u8; ROOM]) -> &'b [u8] {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let mut n = 0;
    for (pair, (value, _)) in room.chunks_exact_mut(2).zip(Items { text, at: 0 }) {
        for (slot, nibble) in pair.iter_mut().zip([value >> 4, value & 15]) {
            *slot = byte(&DIGITS, usize::from(nibble));
        }
        n += 2;
    }
    room.get(..n).unwrap_or_default()
}

/// Numbers below 256 with commas in between, and where they stand.
struct Items<'a> {
    text: &'a [u8],
    at: usize,
}

impl Iterator for Items<'_> {
    type Item = (u8, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.text;
        let from = skip_while(text, self.at, 60, |b| b.is_ascii_whitespace());
        let hex = byte(text, from) == b'0' && matches!(byte(text, from + 1), b'x' | b'X');
        let (digits, radix) = if hex { (from + 2, 16) } else { (from, 10) };
        let end = skip_while(text, digits, 4, |b| b.is_ascii_hexdigit());
        let number = std::str::from_utf8(text.get(digits..end)?).ok()?;
        let value = u8::from_str_radix(number, radix).ok()?;
        let comma = skip_while(text, end, 8, |b| b.is_ascii_whitespace());
        self.at = if byte(text, comma) == b',' {
            comma + 1
        } else {
            // Nothing can follow.
            text.len()
        };
        Some((value, from..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(n: u8, item: impl Fn(u8) -> String) -> String {
        let items: Vec<String> = (0..n).map(item).collect();
        format!("{}}}", items.join(", "))
    }

    #[test]
    fn a_list_of_bytes_is_read_as_hex() {
        for item in [(|i| format!("0x{:02X}", i * i)) as fn(u8) -> String, |i| {
            format!("{}", i * i)
        }] {
            let text = list(16, item);
            let literal = at(text.as_bytes(), 0).unwrap();
            assert_eq!(literal.range, 0..text.len() - 1);
            let mut room = [0; ROOM];
            let hex = hex(&text.as_bytes()[literal.range], &mut room);
            let expected: String = (0..16u8).map(|i| format!("{:02x}", i * i)).collect();
            assert_eq!(hex, expected.as_bytes());
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        for text in [
            list(15, |i| format!("{}", i * i)),
            list(65, |i| format!("{}", i.wrapping_mul(i))),
            list(16, |i| format!("{}", 250 + u16::from(i) * u16::from(i))),
            list(16, |i| format!("{}", i * i)).replace('}', ";"),
            list(16, |i| format!("{}", 40 + i)),
            list(16, |i| format!("{}", 140 - 3 * i)),
            String::from("x"),
        ] {
            assert!(at(text.as_bytes(), 0).is_none(), "{text}");
        }
    }
}
