//! Decoding in place: a text with some escaped characters, unescaped together with the line around them, so that a
//! value of which a part is escaped stands there as one.

use std::ops::Range;

use memchr::{memchr2, memrchr};

use super::{Decoded, Map, reach, touches};
use crate::finding::Step;

/// How much of the line is kept before the first and after the last escaped character.
const CONTEXT: usize = 256;

/// One escaped character: how many bytes it takes and what it stands for.
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
}

/// A way of escaping single characters.
pub(super) struct Syntax {
    pub(super) name: &'static str,
    /// The first byte of every unit.
    pub(super) lead: u8,
    /// The next place in a range where a telling unit may begin.
    pub(super) mark: fn(&[u8], Range<usize>) -> Option<usize>,
    /// The unit at the beginning of a text, which begins with `lead`.
    pub(super) unit: fn(&[u8]) -> Option<Unit>,
}

/// Yields the parts of lines that hold telling units and touch `range`.
pub(super) fn find(
    syntax: &Syntax,
    text: &[u8],
    range: Range<usize>,
    sink: &mut dyn FnMut(Decoded),
) {
    let window = reach(text, &range);
    let mut at = window.start;
    let mut done = window.start;
    while let Some(mark) = (syntax.mark)(text, at..window.end) {
        let unit = text.get(mark..).and_then(syntax.unit);
        if !unit.is_some_and(|unit| unit.is_telling) {
            at = mark + 1;
            continue;
        }
        let start = line_start(text, mark, done.max(mark.saturating_sub(CONTEXT)));
        let decoded = decode(syntax, text, start, mark);
        done = decoded.span.end;
        at = done;
        if touches(&decoded.span, &range) {
            sink(decoded);
        }
    }
}

fn line_start(text: &[u8], at: usize, limit: usize) -> usize {
    let before = text.get(limit..at).unwrap_or_default();
    limit + memrchr(b'\n', before).map_or(0, |i| i + 1)
}

/// Unescapes from `start` until the line ends or no unit has come for [`CONTEXT`] bytes; the first is at `mark`.
fn decode(syntax: &Syntax, text: &[u8], start: usize, mark: usize) -> Decoded {
    let mut bytes = Vec::with_capacity(2 * CONTEXT);
    let mut map = Map::default();
    let mut at = start;
    let mut stop = mark + CONTEXT;
    map.push(0, start);
    while at < stop.min(text.len()) {
        let rest = text.get(at..stop.min(text.len())).unwrap_or_default();
        let plain = memchr2(syntax.lead, b'\n', rest).unwrap_or(rest.len());
        bytes.extend_from_slice(rest.get(..plain).unwrap_or_default());
        at += plain;
        match text.get(at) {
            Some(&lead) if lead == syntax.lead && plain < rest.len() => {
                if let Some(unit) = text.get(at..).and_then(syntax.unit) {
                    map.push(bytes.len(), at);
                    bytes.extend(unit.bytes.iter().take(unit.size));
                    at += unit.len;
                    map.push(bytes.len(), at);
                    stop = stop.max(at + CONTEXT);
                } else {
                    bytes.push(lead);
                    at += 1;
                }
            }
            _ => break,
        }
    }
    let at = at.min(text.len());
    map.push(bytes.len(), at);
    Decoded {
        span: start..at,
        bytes,
        step: Step::Decoded(syntax.name),
        map,
    }
}
