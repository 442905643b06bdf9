//! Letters and digits in their full-width forms (U+FF01 to U+FF5E), which look like wider ASCII.

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks, run};

pub(super) const DECODER: Decoder = Decoder {
    name: "full-width",
    find,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    let syntax = Syntax {
        name: DECODER.name,
        next: |text, range| {
            run::pair(text, range, |a, b| {
                (a == 0xef) & ((b == 0xbc) | (b == 0xbd))
            })
        },
        unit,
    };
    // Most text has nothing beyond ASCII.
    if !marks.is_ascii {
        window::find(&syntax, text, sink);
    }
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let ascii = plain(text, at)?;
    // Punctuation of this form is common in Chinese and Japanese, several letters in a row are not.
    let is_row = [0, 3, 6, 9]
        .iter()
        .all(|i| plain(text, at + i).is_some_and(|b| b.is_ascii_alphanumeric()));
    Some(Unit::byte(3, ascii).telling_if(is_row))
}

/// The ASCII character whose full-width form stands at a place.
fn plain(text: &[u8], at: usize) -> Option<u8> {
    match text.get(at..)? {
        [0xef, 0xbc, low @ 0x81..=0xbf, ..] => Some(low - 0x81 + b'!'),
        [0xef, 0xbd, low @ 0x80..=0x9e, ..] => Some(low - 0x80 + b'`'),
        _ => None,
    }
}
