//! Characters that show nothing, put inside a value: zero-width spaces and joiners, soft hyphens, byte order marks, marks of
//! the direction of writing, selectors of variants, tags.

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks, run};

pub(super) const DECODER: Decoder = Decoder {
    name: "zero-width",
    find,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    let syntax = Syntax {
        name: DECODER.name,
        next: |text, range| {
            run::pair(text, range, |a, b| {
                ((a == 0xe2) & ((b == 0x80) | (b == 0x81)))
                    | ((a == 0xef) & ((b == 0xbb) | (b == 0xb8)))
                    | ((a == 0xc2) & (b == 0xad))
                    | ((a == 0xcd) & (b == 0x8f))
                    | ((a == 0xd8) & (b == 0x9c))
                    | ((a == 0xf3) & (b == 0xa0))
            })
        },
        unit,
    };
    // Most text has nothing beyond ASCII.
    if !marks.is_ascii {
        window::find(&syntax, text, sink);
    }
}

/// Several that follow each other are one unit where a token goes on behind them.
fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let one = character(text, at)?;
    // Asked first: then the rest of a long row is not looked through from each of its characters.
    if window::token_before(text, at) == 0 {
        return Some(Unit::nothing(one, false));
    }
    let mut len = one;
    while let Some(next) = character(text, at + len) {
        len += next;
    }
    let is_inside = window::token_after(text, at + len) > 0;
    Some(Unit::nothing(if is_inside { len } else { one }, is_inside))
}

/// Length of the character at a place, if it shows nothing.
fn character(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at..)? {
        [0xe2, 0x80, 0x8b..=0x8f | 0xaa..=0xae, ..]
        | [0xe2, 0x81, 0xa0..=0xa9, ..]
        | [0xef, 0xb8, 0x80..=0x8f, ..]
        | [0xef, 0xbb, 0xbf, ..] => Some(3),
        [0xc2, 0xad, ..] | [0xcd, 0x8f, ..] | [0xd8, 0x9c, ..] => Some(2),
        [0xf3, 0xa0, 0x80..=0x87, _, ..] => Some(4),
        _ => None,
    }
}

/// A character that is written otherwise, in `len` bytes at a place: one that shows nothing is nothing inside a token.
pub(super) fn written(text: &[u8], at: usize, len: usize, char: char) -> Unit {
    let mut bytes = [0; 4];
    let shows = character(char.encode_utf8(&mut bytes).as_bytes(), 0).is_none();
    if shows {
        return Unit::char(len, char);
    }
    let is_inside = window::token_before(text, at) > 0 && window::token_after(text, at + len) > 0;
    Unit::nothing(len, is_inside)
}
