//! Percent encoding (`%2F`) of URLs and forms, joined with the text around it.

use std::ops::Range;

use super::hex::digit;
use super::window::{Syntax, Unit};
use super::{Decoded, Decoder, run, window};

pub(super) const DECODER: Decoder = Decoder {
    name: "percent",
    find,
};

fn find(text: &[u8], range: Range<usize>, sink: &mut dyn FnMut(Decoded)) {
    let syntax = Syntax {
        name: DECODER.name,
        next: |text, range| run::byte(text, range, b'%'),
        unit,
    };
    window::find(&syntax, text, range, sink);
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    match text.get(at + 1..)? {
        [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            Some(Unit::byte(3, digit(*high) << 4 | digit(*low)))
        }
        _ => None,
    }
}
