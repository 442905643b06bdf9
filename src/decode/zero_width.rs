//! Characters that show nothing, put inside a value: zero-width spaces and joiners, soft hyphens, byte order marks.

use std::ops::Range;

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, run};

pub(super) const DECODER: Decoder = Decoder {
    name: "zero-width",
    find,
};

fn find(text: &[u8], range: Range<usize>, sink: &mut dyn FnMut(Decoded)) {
    let syntax = Syntax {
        name: DECODER.name,
        next: |text, range| {
            run::pair(text, range, |a, b| {
                ((a == 0xe2) & ((b == 0x80) | (b == 0x81)))
                    | ((a == 0xef) & (b == 0xbb))
                    | ((a == 0xc2) & (b == 0xad))
            })
        },
        unit,
    };
    window::find_beyond_ascii(&syntax, text, range, sink);
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let len = match text.get(at..)? {
        [0xe2, 0x80, 0x8b..=0x8d, ..] | [0xe2, 0x81, 0xa0, ..] | [0xef, 0xbb, 0xbf, ..] => 3,
        [0xc2, 0xad, ..] => 2,
        _ => return None,
    };
    let is_inside = window::token_before(text, at) > 0 && window::token_after(text, at + len) > 0;
    Some(Unit::nothing(len, is_inside))
}
