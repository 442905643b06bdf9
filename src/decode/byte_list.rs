//! Bytes written one by one: `103, 104, 112`, `0x67, 0x68, 0x70`. A list that is looked at has on one of its lines enough
//! values that a look at every [`STRIDE`]th byte meets them: on other text that is all it costs.

use std::ops::Range;

use super::{Decoded, Decoder, Map, Marks, window};
use crate::finding::Step;

pub(super) const DECODER: Decoder = Decoder {
    name: "byte-list",
    find,
};

/// Between the places that are looked at.
const STRIDE: usize = 40;
/// Longer than any value and what separates it from the next on its line: so many bytes hold a comma.
const LOOK: usize = 6;
/// What the values on one line take at least, so that a place that is looked at lies among them.
const MIN_LINE: usize = STRIDE + LOOK;
/// Values that could be a token.
const MIN: usize = 16;
/// Values that are decoded at once: what leads back to their places takes more room than they do.
const MAX: usize = 32 << 10;
/// Values before the end of one such part that stand in the next as well.
const OVERLAP: usize = 512;
/// Blanks and the end of a line between two values.
const MAX_GAP: usize = 80;

/// What can stand in a list on one line.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at build time, where a wrong index is an error"
)]
const ON_LINE: [bool; 256] = {
    let mut table = [false; 256];
    let mut rest: &[u8] = b"0123456789abcdefABCDEFx, ";
    while let [first, others @ ..] = rest {
        table[*first as usize] = true;
        rest = others;
    }
    table
};

/// One value and where it stands.
struct Value {
    byte: u8,
    span: Range<usize>,
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b'x'
}

fn find(text: &[u8], _: &Marks, sink: &mut dyn FnMut(Decoded)) {
    let mut at = 0;
    // What stands before was taken with a part before; a list may be as long as the content.
    let mut floor = 0;
    while at < text.len() {
        let Some(look) = text.get(at..).and_then(|rest| rest.first_chunk::<LOOK>()) else {
            break;
        };
        if !is_list(look) {
            at += STRIDE;
            continue;
        }
        let part = values(text, at, floor);
        let end = part.last().map_or(at, |one| one.span.end);
        if is_wide(text, &part) && is_token(&part) {
            sink(decoded(&part));
        }
        match part.get(MAX - OVERLAP) {
            Some(next) if part.len() == MAX => {
                at = next.span.start;
                floor = at;
            }
            Some(_) | None => at = end.max(at + STRIDE),
        }
    }
}

/// Whether all that is seen can stand in a list, and a comma does.
fn is_list(look: &[u8; LOOK]) -> bool {
    let can_stand = |&b: &u8| ON_LINE.get(usize::from(b)).is_some_and(|&is| is);
    look.iter().all(can_stand) && look.contains(&b',')
}

/// The values of the list that `at` lies in, from `floor` on, and not more than are decoded at once.
fn values(text: &[u8], at: usize, floor: usize) -> Vec<Value> {
    let mut start = at;
    while start > floor && text.get(start - 1).is_some_and(|&b| is_digit(b)) && at - start < LOOK {
        start -= 1;
    }
    // The place may be a comma or a blank: what comes first then.
    while text.get(start).is_some_and(|b| matches!(b, b',' | b' ')) {
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

/// Whether one line of a list is long enough to be met wherever the search began.
fn is_wide(text: &[u8], values: &[Value]) -> bool {
    let mut line = values.first().map_or(0, |one| one.span.start);
    let mut last = line;
    values.iter().any(|one| {
        if !matches!(text.get(last..one.span.start), Some(b"" | b"," | b", ")) {
            line = one.span.start;
        }
        last = one.span.end;
        last - line >= MIN_LINE
    })
}

/// The value that begins at a place, if it is of a printable character or ends a line.
fn value(text: &[u8], start: usize) -> Option<Value> {
    let rest = text.get(start..)?;
    let len = rest.iter().take(5).take_while(|&&b| is_digit(b)).count();
    let digits = rest.get(..len)?;
    let number = match digits {
        [b'0', b'x', digits @ ..] if (1..=2).contains(&digits.len()) => number(digits, 16),
        [b'0'..=b'9'] | [b'0'..=b'9', _] | [b'0'..=b'9', _, _] => number(digits, 10),
        _ => None,
    }?;
    let byte = u8::try_from(number).ok()?;
    let is_text = matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    is_text.then_some(Value {
        byte,
        span: start..start + len,
    })
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0, |number, &digit| {
        Some(number * radix + char::from(digit).to_digit(radix)?)
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

/// Whether some of the values stand for what could be a token.
fn is_token(values: &[Value]) -> bool {
    let mut run = 0;
    values.iter().any(|one| {
        run = if window::is_token(one.byte) {
            run + 1
        } else {
            0
        };
        run >= MIN
    })
}

fn decoded(values: &[Value]) -> Decoded {
    let mut map = Map::default();
    for (at, one) in values.iter().enumerate() {
        map.push(at, one.span.start);
        map.push(at + 1, one.span.end);
    }
    let start = values.first().map_or(0, |one| one.span.start);
    let end = values.last().map_or(start, |one| one.span.end);
    Decoded {
        span: start..end,
        bytes: values.iter().map(|one| one.byte).collect(),
        step: Step::Decoded(DECODER.name),
        map,
    }
}
