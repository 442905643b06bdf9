//! Colours and other control sequences of a terminal in captured logs: they stand right before, behind or within a
//! value and hide where it begins (ECMA-48, section 5.4: `ESC [`, parameters, intermediates, a final byte).

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks};

pub(super) const DECODER: Decoder = Decoder {
    name: "terminal",
    find,
};

const ESCAPE: u8 = 0x1b;
/// Longest sequence that is left out; `ESC [ 38 ; 2 ; 255 ; 255 ; 255 m` has 19.
const LONGEST: usize = 40;

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| memchr::memchr(ESCAPE, text.get(range.clone())?).map(|at| range.start + at),
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.terminal, sink);
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let body = text.get(at..)?.strip_prefix(&[ESCAPE, b'['])?;
    let last = body
        .iter()
        .take(LONGEST)
        .position(|b| !matches!(b, 0x20..=0x3f))?;
    if !matches!(body.get(last)?, 0x40..=0x7e) {
        return None;
    }
    let len = 2 + last + 1;
    let touches = window::token_before(text, at) > 0 || window::token_after(text, at + len) > 0;
    Some(Unit::nothing(len, touches))
}
