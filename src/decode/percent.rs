//! Percent encoding (`%2F`) of URLs and forms, joined with the text around it.

use super::hex::digit;
use super::window::{Syntax, Unit};
use super::{Decoded, Decoder, Marks, run, window};

pub(super) const DECODER: Decoder = Decoder {
    name: "percent",
    find,
};

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| run::byte(text, range, b'%'),
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.percent, sink);
}

/// Whether this byte can follow the sign of a unit.
pub(super) fn may_begin(next: u8) -> bool {
    next.is_ascii_hexdigit()
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    match text.get(at + 1..)? {
        [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            Some(Unit::byte(3, digit(*high) << 4 | digit(*low)))
        }
        _ => None,
    }
}
