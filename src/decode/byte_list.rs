//! Bytes written one by one: `103, 104, 112`, `0x67, 0x68, 0x70`, `chr(103) . chr(104)`, a dump in hexadecimal. What is
//! looked at has a stretch that a look at every [`STRIDE`]th byte meets: on other text that is all it costs.

use std::ops::Range;

use super::{Decoded, Decoder, Map, Marks, window};
use crate::finding::Step;

mod calls;
mod commas;
mod dump;

pub(super) const DECODER: Decoder = Decoder {
    name: "byte-list",
    find,
};

/// Between the places that are looked at.
const STRIDE: usize = 40;
/// How many bytes are looked at. Longer than any value and what separates it from the next in a list on one line: so many
/// bytes hold a comma.
const LOOK: usize = 6;
/// What a stretch takes at least that has only bytes of one kind, so that a place that is looked at lies in it.
const MIN_STRETCH: usize = STRIDE + LOOK - 1;
/// Values that could be a token.
const MIN: usize = 16;
/// Values that are decoded at once: what leads back to their places takes more room than they do.
const MAX: usize = 32 << 10;
/// Values before the end of one such part that stand in the next as well.
const OVERLAP: usize = 512;

/// Values between commas.
const COMMAS: u8 = 1;
/// Calls that make a character of a number.
const CALLS: u8 = 2;
/// Rows of pairs of digits.
const DUMP: u8 = 4;
/// Blanks and ends of lines: where nothing else is seen, only a list between commas is looked for.
const WHITE: u8 = 8;

/// Of which kinds of list a byte can be.
const KINDS: [u8; 256] = {
    let mut table = [0; 256];
    add(&mut table, COMMAS, b"0123456789abcdefABCDEFx, \t\r\n");
    add(
        &mut table,
        CALLS,
        b"0123456789abcdefABCDEFxXhHnNrRwW()[].+&|, \t\r\n",
    );
    add(&mut table, DUMP, b"0123456789abcdefABCDEF: ");
    add(&mut table, WHITE, b" \t\r\n");
    table
};

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at build time, where a wrong index is an error"
)]
const fn add(table: &mut [u8; 256], kind: u8, mut bytes: &[u8]) {
    while let [first, rest @ ..] = bytes {
        table[*first as usize] |= kind;
        bytes = rest;
    }
}

fn kinds(byte: u8) -> u8 {
    KINDS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Of which kinds of list all of the bytes can be.
fn kinds_of(look: &[u8; LOOK]) -> u8 {
    let &[a, b, c, d, e, f] = look;
    // Nearly always three say that it is none.
    let some = kinds(a) & kinds(d) & kinds(f);
    if some & !WHITE == 0 {
        return 0;
    }
    let all = some & kinds(b) & kinds(c) & kinds(e);
    if all & WHITE != 0 { COMMAS } else { all }
}

/// One value and where it stands.
#[derive(Debug)]
struct Value {
    byte: u8,
    span: Range<usize>,
}

/// Values that belong together, and whether a place that is looked at always lies among them.
#[derive(Debug, Default)]
struct List {
    values: Vec<Value>,
    is_met: bool,
    /// Where the search goes on, at least.
    end: usize,
}

/// The list of one kind that lies around a place, none of it before a floor.
type Around = fn(&[u8], usize, usize) -> List;

/// How the lists of each kind are read.
const AROUND: [(u8, Around); 3] = [
    (COMMAS, commas::around),
    (CALLS, calls::around),
    (DUMP, dump::around),
];

fn find(text: &[u8], _: &Marks, sink: &mut dyn FnMut(Decoded)) {
    let mut at = 0;
    // What stands before was taken with a part before; a list may be as long as the content.
    let mut floor = 0;
    while at < text.len() {
        let Some(look) = text.get(at..).and_then(|rest| rest.first_chunk::<LOOK>()) else {
            break;
        };
        let kinds = kinds_of(look);
        let mut next = at + STRIDE;
        if kinds == 0 {
            at = next;
            continue;
        }
        for (_, around) in AROUND.iter().filter(|(kind, _)| kinds & kind != 0) {
            let list = around(text, at, floor);
            if list.is_met && is_token(&list.values) {
                sink(decoded(&list.values));
            }
            if let Some(first) = list.values.get(MAX - OVERLAP)
                && list.values.len() == MAX
            {
                floor = first.span.start;
                next = floor;
                break;
            }
            next = next.max(list.end);
        }
        at = next;
    }
}

/// Whether a list may go on after this line.
pub(super) fn is_open(line: &[u8]) -> bool {
    commas::is_open(line) || dump::is_row(line)
}

/// The value that is written at a place, if it is of a printable character or ends a line.
fn value(text: &[u8], start: usize) -> Option<Value> {
    let rest = text.get(start..)?;
    let is_digit = |&&b: &&u8| b.is_ascii_hexdigit() || b == b'x';
    let len = rest.iter().take(5).take_while(is_digit).count();
    let digits = rest.get(..len)?;
    let number = match digits {
        [b'0', b'x', digits @ ..] if (1..=2).contains(&digits.len()) => number(digits, 16),
        [b'0'..=b'9'] | [b'0'..=b'9', _] | [b'0'..=b'9', _, _] => number(digits, 10),
        _ => None,
    }?;
    let byte = u8::try_from(number).ok()?;
    is_text(byte).then_some(Value {
        byte,
        span: start..start + len,
    })
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0, |number, &digit| {
        Some(number * radix + char::from(digit).to_digit(radix)?)
    })
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
