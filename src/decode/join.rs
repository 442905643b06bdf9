//! String literals that are joined to one: `"abc" + "def"`, `'abc' . 'def'`, adjacent ones, and lines continued by a
//! backslash.

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks};

pub(super) const DECODER: Decoder = Decoder { name: "join", find };

/// What may stand between two literals: an operator, indentation.
const MAX_SEPARATOR: usize = 160;
/// Operators that join strings, longest first.
const OPERATORS: &[&[u8]] = &[b"..", b"||", b"++", b"<>", b"+", b".", b"&", b"~"];

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| {
        let start = range.start;
        let marks = memchr::memchr3_iter(b'"', b'\'', b'\\', text.get(range)?);
        marks.map(|i| start + i).find(|&at| {
            let Some(&[a, b]) = text.get(at..).and_then(|rest| rest.first_chunk()) else {
                return false;
            };
            may_begin(a, b)
        })
    },
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.join, sink);
}

/// Whether a sign, with the byte after it, can be where two literals are joined.
pub(super) fn may_begin(sign: u8, next: u8) -> bool {
    match sign {
        b'\\' => next <= b' ',
        // Blanks, quotes, operators: what is at or below `.`, without what follows most literals.
        b'"' | b'\'' => ((next <= b'.') & (next != b',') & (next != b')')) | (next == b'|'),
        _ => false,
    }
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let before = window::token_before(text, at);
    let len = (before > 0).then(|| joint(text, at))??;
    Some(Unit::nothing(len, is_token(text, before, at + len)))
}

/// Whether what is joined from `at` on, after `before` characters, could be a token: many short pieces can.
fn is_token(text: &[u8], before: usize, at: usize) -> bool {
    let mut total = before;
    let mut at = at;
    while !window::is_enough(total) {
        let piece = window::token_after(text, at);
        total += piece;
        at += piece;
        match joint(text, at) {
            Some(len) if piece > 0 => at += len,
            Some(_) | None => return piece > 0 && window::is_enough(total),
        }
    }
    window::token_after(text, at) > 0
}

/// Length of what stands between two parts that are not empty.
fn joint(text: &[u8], at: usize) -> Option<usize> {
    let mut len = separator(text, at)?;
    while let Some(more) = separator(text, at + len) {
        len += more;
    }
    Some(len)
}

/// Length of what stands between the two parts: quote, operator, quote; or backslash, line's end, indentation.
fn separator(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let rest = rest.get(..MAX_SEPARATOR).unwrap_or(rest);
    match rest {
        [b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..] => Some(1 + blank(rest.get(1..)?)),
        [quote @ (b'"' | b'\''), ..] => {
            let mut len = 1 + blank(rest.get(1..)?);
            let after = rest.get(len..)?;
            let operator = OPERATORS.iter().find(|op| after.starts_with(op));
            if let Some(operator) = operator {
                len += operator.len();
                len += blank(rest.get(len..)?);
            }
            // Python's `f"…"`, C#'s `@"…"`.
            if matches!(
                rest.get(len..)?,
                [b'f' | b'r' | b'b' | b'u' | b'@' | b'$', b'"' | b'\'', ..]
            ) {
                len += 1;
            }
            match rest.get(len)? {
                other if other == quote => Some(len + 1),
                b'"' | b'\'' if operator.is_some() => Some(len + 1),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Number of blanks and line ends, also those escaped by a backslash.
fn blank(text: &[u8]) -> usize {
    text.iter()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'\\'))
        .count()
}
