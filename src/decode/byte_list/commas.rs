//! Values between commas, on one line or on many.

use super::{COMMAS, LOOK, List, MAX, MIN_STRETCH, STRIDE, Value, kinds, value};

/// Blanks and the end of a line between two values.
const MAX_GAP: usize = 80;
/// How far a comma is looked for from a place in what can stand in a list.
const AHEAD: usize = 24;
/// What may separate two values so that there always is one: a value is shorter than the rest.
const NEAR: usize = AHEAD - LOOK;

/// The list that a place lies in.
pub(super) fn around(text: &[u8], at: usize, floor: usize) -> List {
    let rest = text.get(at..).unwrap_or_default();
    let ahead = rest.get(..AHEAD).unwrap_or(rest);
    // Most of what comes here is a line's indentation.
    let white = ahead.iter().take_while(|b| b.is_ascii_whitespace()).count();
    if white > 0 && !ahead.get(white).is_some_and(u8::is_ascii_digit) {
        return List::default();
    }
    let mut after = ahead.iter().skip(white);
    let comma = after.find(|&&b| kinds(b) & COMMAS == 0 || b == b',');
    if comma != Some(&b',') {
        return List::default();
    }
    let values = values(text, at, floor);
    List {
        is_met: is_met(text, &values),
        end: values.last().map_or(at, |one| one.span.end),
        values,
    }
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b'x'
}

/// The values of the list that `at` lies in, from `floor` on, and not more than are decoded at once.
fn values(text: &[u8], at: usize, floor: usize) -> Vec<Value> {
    let mut start = at;
    while start > floor && text.get(start - 1).is_some_and(|&b| is_digit(b)) && at - start < LOOK {
        start -= 1;
    }
    // The place may be a comma or a blank: what comes first then.
    while text
        .get(start)
        .is_some_and(|&b| b == b',' || b.is_ascii_whitespace())
        && start - at < AHEAD
    {
        start += 1;
    }
    let mut values = Vec::new();
    let Some(first) = value(text, start) else {
        return values;
    };
    let mut back = first.span.start;
    while values.len() + 1 < MAX
        && let Some(one) = before(text, back)
        && one.span.start >= floor
    {
        back = one.span.start;
        values.push(one);
    }
    values.reverse();
    let mut end = first.span.end;
    values.push(first);
    while values.len() < MAX
        && let Some(one) = after(text, end)
    {
        end = one.span.end;
        values.push(one);
    }
    values
}

/// Whether the list is met wherever the search began: one line of it is long enough, or many of them that are near to each
/// other are.
fn is_met(text: &[u8], values: &[Value]) -> bool {
    let first = values.first().map_or(0, |one| one.span.start);
    let (mut line, mut stretch, mut last) = (first, first, first);
    values.iter().any(|one| {
        let gap = text.get(last..one.span.start);
        if !matches!(gap, Some(b"" | b"," | b", ")) {
            line = one.span.start;
        }
        if gap.is_none_or(|gap| gap.len() > NEAR) {
            stretch = one.span.start;
        }
        last = one.span.end;
        last - line >= MIN_STRETCH || last - stretch >= STRIDE + AHEAD
    })
}

/// The value after a comma at `end`.
fn after(text: &[u8], end: usize) -> Option<Value> {
    let rest = text.get(end..)?.strip_prefix(b",")?;
    let gap = rest
        .iter()
        .take(MAX_GAP)
        .take_while(|b| b.is_ascii_whitespace());
    value(text, end + 1 + gap.count())
}

/// The value before the one that begins at `start`, and the comma between.
fn before(text: &[u8], start: usize) -> Option<Value> {
    let head = text.get(..start)?;
    let gap = head
        .iter()
        .rev()
        .take(MAX_GAP)
        .take_while(|b| b.is_ascii_whitespace());
    let head = head.get(..start - gap.count())?.strip_suffix(b",")?;
    let len = head
        .iter()
        .rev()
        .take(5)
        .take_while(|&&b| is_digit(b))
        .count();
    let one = value(text, head.len() - len)?;
    (one.span.end == head.len()).then_some(one)
}

/// Whether a list may go on after this line.
pub(super) fn is_open(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    before(line, line.len()).is_some()
}
