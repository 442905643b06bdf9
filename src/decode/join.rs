//! String literals that are joined to one: `"abc" + "def"`, `'abc' . 'def'`, adjacent ones, also with a macro between them,
//! and lines continued by a backslash.

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks};

pub(super) const DECODER: Decoder = Decoder { name: "join", find };

/// What may stand between two literals: an operator, indentation.
const MAX_SEPARATOR: usize = 160;
/// Words in capitals between two literals that are no macro but a keyword, of SQL.
const KEYWORDS: &[&[u8]] = &[
    b"AND", b"AS", b"BY", b"ELSE", b"END", b"ESCAPE", b"FROM", b"IN", b"IS", b"LIKE", b"NOT",
    b"OR", b"THEN", b"TO", b"WHEN", b"WITH",
];
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
    let tells = window::is_joined(text, before, at + len, joint);
    Some(Unit::nothing(len, tells))
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
            } else if let Some(name) = macro_in(after) {
                // On its line: a name does not tell that something goes on.
                len += name;
                let gap = rest.get(len..)?.iter();
                len += gap.take_while(|b| matches!(b, b' ' | b'\t')).count();
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

/// Length of the name of a macro at the beginning, as C has it between literals.
fn macro_in(text: &[u8]) -> Option<usize> {
    let is_name = |b: &&u8| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'_');
    let len = text.iter().take_while(is_name).count();
    let name = text.get(..len)?;
    let begins = name.first().is_some_and(|b| !b.is_ascii_digit());
    (begins && len > 1 && !KEYWORDS.contains(&name)).then_some(len)
}

/// Number of blanks and line ends, also those escaped by a backslash.
fn blank(text: &[u8]) -> usize {
    text.iter()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'\\'))
        .count()
}
