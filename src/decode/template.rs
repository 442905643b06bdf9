//! Literals inside the braces of a template literal: `${'abc'}${"def"}`, `abc${'def'}`.

use std::ops::Range;

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks};

pub(super) const DECODER: Decoder = Decoder {
    name: "template",
    find,
};

/// The longest literal that is looked at.
const LONGEST: usize = 256;
/// What opens a literal, and what ends it.
const OPEN: usize = 3;
const CLOSE: usize = 2;

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| {
        let start = range.start;
        let mut bytes = text.get(range)?.iter();
        let at = bytes.position(|&b| b == b'$' || is_quote(b))?;
        Some(start + at)
    },
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.template, sink);
}

/// One unit goes before the literal and one behind it.
fn unit(text: &[u8], at: usize) -> Option<Unit> {
    if text.get(at) == Some(&b'$') {
        literal(text, at)?;
        return Some(Unit::nothing(OPEN, is_token(text, at)));
    }
    let inside = text.get(at.saturating_sub(LONGEST)..at)?;
    let len = inside.iter().rev().take_while(|&&b| window::is_token(b));
    let start = (at - len.count()).checked_sub(OPEN)?;
    let is_end = literal(text, start).is_some_and(|literal| literal.end == at);
    is_end.then(|| Unit::nothing(CLOSE, false))
}

/// The inside of a literal in braces that begin at a place.
fn literal(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?.strip_prefix(b"${")?;
    let (&quote, inside) = rest.split_first()?;
    is_quote(quote).then_some(())?;
    let len = inside
        .iter()
        .take(LONGEST)
        .take_while(|&&b| window::is_token(b))
        .count();
    inside
        .get(len..)?
        .starts_with(&[quote, b'}'])
        .then_some(())?;
    Some(at + OPEN..at + OPEN + len)
}

/// Whether the literal at a place, with what stands beside it, could be a token. One by itself is seen as it is.
fn is_token(text: &[u8], at: usize) -> bool {
    let mut total = window::token_before(text, at);
    let mut parts = usize::from(total > 0);
    let mut at = at;
    while !(window::is_enough(total) && parts > 1) {
        let literal = literal(text, at).filter(|literal| !literal.is_empty());
        let end = literal.as_ref().map_or(at, |literal| literal.end + CLOSE);
        let len = literal.map_or_else(|| window::token_after(text, at), |literal| literal.len());
        if len == 0 || window::is_enough(parts) {
            return false;
        }
        at = end.max(at + len);
        total += len;
        parts += 1;
    }
    true
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}
