//! Escapes of CSS: a backslash, the number of a character in hexadecimal, and a blank where another digit could follow.

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks, run};

pub(super) const DECODER: Decoder = Decoder { name: "css", find };

/// The most digits that count.
const DIGITS: usize = 6;

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| run::byte(text, range, b'\\'),
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.css, sink);
}

/// Whether such an escape of a character of ASCII may begin with a backslash, by the byte after it.
pub(super) fn may_begin(next: u8) -> bool {
    matches!(next, b'0' | b'2'..=b'7')
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let (byte, len) = escape(text, at)?;
    let mut count = window::token_before(text, at) + 1;
    let mut end = at + len;
    while !window::is_enough(count) {
        end += match (text.get(end), escape(text, end)) {
            (_, Some((_, len))) => len,
            (Some(&b), None) if window::is_token(b) => 1,
            (_, None) => break,
        };
        count += 1;
    }
    Some(Unit::byte(len, byte).telling_if(window::is_enough(count)))
}

/// The character of a token that is written at a place, and how many bytes it takes.
fn escape(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let digits = text.get(at..)?.strip_prefix(b"\\")?;
    may_begin(*digits.first()?).then_some(())?;
    let mut number = 0u32;
    let mut count = 0;
    for &digit in digits.iter().take(DIGITS) {
        let Some(digit) = char::from(digit).to_digit(16) else {
            break;
        };
        number = number << 4 | digit;
        count += 1;
    }
    let byte = u8::try_from(number).ok()?;
    let blank = usize::from(digits.get(count) == Some(&b' '));
    window::is_token(byte).then_some((byte, 1 + count + blank))
}
