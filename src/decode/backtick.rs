//! A backtick inside a token: PowerShell leaves it out of what it quotes.

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks, run};

pub(super) const DECODER: Decoder = Decoder {
    name: "backtick",
    find,
};

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| run::byte(text, range, b'`'),
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.backtick, sink);
}

/// Whether one may stand inside a token, by the bytes beside it.
pub(super) fn may_stand(before: u8, next: u8) -> bool {
    let is_inside = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    is_inside(before) && is_inside(next)
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let len = joint(text, at)?;
    let before = window::token_before(text, at);
    let tells = window::is_joined(text, before, at + len, joint);
    Some(Unit::nothing(len, tells))
}

fn joint(text: &[u8], at: usize) -> Option<usize> {
    let [before, b'`', next] = *text.get(at.checked_sub(1)?..)?.first_chunk()? else {
        return None;
    };
    may_stand(before, next).then_some(1)
}
