//! Decoding in place: a text with some escaped characters, unescaped together with the line around them, so that a
//! value of which a part is escaped stands there as one.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::{Decoded, Map};
use crate::finding::Step;
use crate::sets::Set;

/// How much of the line is kept before the first and after the last escaped character.
const CONTEXT: usize = 256;
/// The shortest run of token characters that a rule could find without a name beside it.
pub(super) const MIN_TOKEN: usize = 16;
/// Pieces of a map that are made at once: what leads back to their places takes more room than the text itself.
const MAX_PIECES: usize = 1 << 20;
/// Pieces before the end of one such part that stand in the next as well: more than any value has bytes.
const OVERLAP: usize = 64 << 10;

/// One escaped character, or something to be left out: how many bytes it takes and what it stands for.
pub(super) struct Unit {
    pub(super) len: usize,
    bytes: [u8; 4],
    size: usize,
    /// Worth decoding the surroundings for.
    pub(super) is_telling: bool,
}

impl Unit {
    /// An escaped byte; printable ones are telling.
    pub(super) fn byte(len: usize, byte: u8) -> Self {
        Self {
            len,
            bytes: [byte, 0, 0, 0],
            size: 1,
            is_telling: matches!(byte, b' '..=b'~'),
        }
    }

    /// An escaped character; ASCII ones are telling.
    pub(super) fn char(len: usize, char: char) -> Self {
        let mut bytes = [0; 4];
        let size = char.encode_utf8(&mut bytes).len();
        Self {
            len,
            bytes,
            size,
            is_telling: matches!(char, ' '..='~'),
        }
    }

    /// Bytes that stand for nothing.
    pub(super) fn nothing(len: usize, is_telling: bool) -> Self {
        Self {
            len,
            bytes: [0; 4],
            size: 0,
            is_telling,
        }
    }

    pub(super) fn telling_if(self, is_telling: bool) -> Self {
        Self { is_telling, ..self }
    }
}

/// A way of writing single characters.
pub(super) struct Syntax {
    pub(super) name: &'static str,
    /// The next place in a range where a unit may begin.
    pub(super) next: fn(&[u8], Range<usize>) -> Option<usize>,
    /// The unit that begins at a place.
    pub(super) unit: fn(&[u8], usize) -> Option<Unit>,
}

impl Syntax {
    /// Whether the text around this place is worth undoing.
    pub(super) fn tells(&self, text: &[u8], at: usize) -> bool {
        (self.unit)(text, at).is_some_and(|unit| unit.is_telling)
    }
}

/// Yields the parts of lines that hold telling units; of very long ones several that overlap.
pub(super) fn find(syntax: &Syntax, text: &[u8], sink: &mut dyn FnMut(Decoded)) {
    let mut at = 0;
    let mut done = 0;
    while let Some(mark) = (syntax.next)(text, at..text.len()) {
        if syntax.tells(text, mark) {
            done = yield_from(syntax, text, done, mark, sink);
            at = done;
        } else {
            // Not past the unit: what it hides may be undone in another order, as in `\\u0041`.
            at = mark + 1;
        }
    }
}

/// The same where it is known at which places units tell: see [`Marks`](super::marks::Marks).
pub(super) fn find_at(
    syntax: &Syntax,
    text: &[u8],
    marks: &[usize],
    sink: &mut dyn FnMut(Decoded),
) {
    let mut done = 0;
    for &mark in marks {
        if mark >= done {
            done = yield_from(syntax, text, done, mark, sink);
        }
    }
}

/// Yields the part of a line around a telling unit at `mark`, and tells where to go on.
fn yield_from(
    syntax: &Syntax,
    text: &[u8],
    done: usize,
    mark: usize,
    sink: &mut dyn FnMut(Decoded),
) -> usize {
    let (decoded, next) = decode(syntax, text, line_start(text, mark, done), mark);
    sink(decoded);
    next
}

fn line_start(text: &[u8], at: usize, limit: usize) -> usize {
    let limit = limit.max(at.saturating_sub(CONTEXT));
    let before = text.get(limit..at).unwrap_or_default();
    limit + memrchr(b'\n', before).map_or(0, |i| i + 1)
}

/// The end of the line, or of the context.
fn line_end(text: &[u8], at: usize) -> usize {
    let end = text.len().min(at.saturating_add(CONTEXT));
    let after = text.get(at..end).unwrap_or_default();
    memchr(b'\n', after).map_or(end.max(at), |i| at + i)
}

/// Unescapes from `start` until the line ends or no unit has come for [`CONTEXT`] bytes; a telling one is at `mark`. Also
/// tells where to go on.
fn decode(syntax: &Syntax, text: &[u8], start: usize, mark: usize) -> (Decoded, usize) {
    let mut bytes = Vec::with_capacity(2 * CONTEXT);
    let mut map = Map::default();
    let mut at = start;
    let mut end = line_end(text, mark);
    let mut next_part = None;
    map.push(0, start);
    while let Some(next) = (syntax.next)(text, at..end) {
        bytes.extend_from_slice(text.get(at..next).unwrap_or_default());
        at = next;
        if let Some(unit) = (syntax.unit)(text, at) {
            map.push(bytes.len(), at);
            bytes.extend(unit.bytes.iter().take(unit.size));
            at += unit.len.max(1);
            map.push(bytes.len(), at);
            if map.pieces() >= MAX_PIECES - OVERLAP {
                next_part.get_or_insert(at);
            }
            if map.pieces() >= MAX_PIECES {
                end = at;
                break;
            }
            // A line can be long and have many units: look only as far as the context goes.
            end = line_end(text, at.max(mark));
        } else {
            bytes.extend(text.get(at));
            at += 1;
        }
    }
    let end = end.max(at).min(text.len());
    bytes.extend_from_slice(text.get(at..end).unwrap_or_default());
    map.push(bytes.len(), end);
    let next = next_part.filter(|_| map.pieces() >= MAX_PIECES);
    let decoded = Decoded {
        span: start..end,
        bytes,
        step: Step::Decoded(syntax.name),
        map,
    };
    (decoded, next.unwrap_or(end))
}

/// The bytes that occur inside tokens.
pub(super) const TOKENS: Set =
    Set::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/.=~");

/// Whether a byte occurs inside tokens.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'.' | b'=' | b'~')
}

/// Number of token characters from `at` on, counted to what is enough.
pub(super) fn token_after(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.iter()
        .take(MIN_TOKEN)
        .take_while(|&&b| is_token(b))
        .count()
}

/// Number of token characters before `at`, counted to what is enough.
pub(super) fn token_before(text: &[u8], at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before
        .iter()
        .rev()
        .take(MIN_TOKEN)
        .take_while(|&&b| is_token(b))
        .count()
}

/// Whether what is joined from `at` on, after `before` characters, could be a token: many short pieces can. `joint` tells the
/// length of what stands between two pieces.
pub(super) fn is_joined(
    text: &[u8],
    before: usize,
    at: usize,
    joint: impl Fn(&[u8], usize) -> Option<usize>,
) -> bool {
    let mut total = before;
    let mut at = at;
    loop {
        let piece = token_after(text, at);
        if piece == 0 {
            return false;
        }
        total += piece;
        if is_enough(total) {
            return true;
        }
        match joint(text, at + piece) {
            Some(len) => at += piece + len,
            None => return false,
        }
    }
}

/// Whether so many characters could be a token.
pub(super) fn is_enough(n_characters: usize) -> bool {
    n_characters >= MIN_TOKEN
}
