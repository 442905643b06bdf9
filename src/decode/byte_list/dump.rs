//! Dumps in hexadecimal, as `xxd`, `hexdump -C` and `openssl` write them: rows of pairs of digits, perhaps an address before
//! and the text after them.

use memchr::{memchr, memchr2, memrchr};

use super::super::hex::digit;
use super::super::run;
use super::{DUMP, List, MAX, MIN_STRETCH, Value, is_text, kinds};

/// How far back the beginning of a row is looked for: the first place that lies in it is near to it.
const MAX_BACK: usize = 512;
/// Places that are tried for a row's beginning, each behind a blank or a colon.
const MAX_TRIES: usize = 4;
/// Digits of an address.
const ADDRESS: std::ops::RangeInclusive<usize> = 4..=16;
/// Bytes of a row without an address.
const MIN_ROW: usize = 8;
/// Digits among the bytes that are looked at.
const MIN_DIGITS: usize = 3;

/// A row, in the text that it was read from.
struct Row {
    bytes: Vec<Value>,
    /// What is of the kind that is looked for, the address as well.
    stretch: usize,
    /// Long enough, or with an address, to be a row by itself.
    is_certain: bool,
}

/// The dump that a place lies in.
pub(super) fn around(text: &[u8], at: usize, floor: usize) -> List {
    let look = text.get(at..).unwrap_or_default().iter().take(super::LOOK);
    if look.filter(|b| b.is_ascii_hexdigit()).count() < MIN_DIGITS {
        return List::default();
    }
    let back = MAX_BACK.min(at - floor.min(at));
    let begin = run::start(text, at, back, |b| kinds(b) & DUMP != 0);
    let Some(mut start) = first_row(text, begin, at) else {
        return List::default();
    };
    let is_line = start == begin && (begin == 0 || text.get(begin - 1) == Some(&b'\n'));
    while is_line
        && let Some(line) = line_before(text, start, floor)
        && row(text, line).is_some()
    {
        start = line;
    }
    let mut list = List::default();
    let mut line = Some(start);
    let mut width = 0;
    while let Some(start) = line
        && let Some(row) = any_row(text, start)
        && (row.is_certain || width > 0)
    {
        list.is_met |= row.stretch >= MIN_STRETCH;
        // The last one may be short.
        let is_last = row.bytes.len() < width;
        width = row.bytes.len();
        list.values.extend(row.bytes);
        if list.values.len() >= MAX {
            list.values.truncate(MAX);
            break;
        }
        line = if is_line && !is_last {
            line_after(text, start)
        } else {
            None
        };
    }
    list.end = list.values.last().map_or(at, |one| one.span.end);
    for one in &mut list.values {
        if !is_text(one.byte) {
            one.byte = b' ';
        }
    }
    list
}

/// Where a row begins that holds a place, in what can be of one.
fn first_row(text: &[u8], begin: usize, at: usize) -> Option<usize> {
    let mut start = begin;
    for _ in 0..MAX_TRIES {
        if row(text, start).is_some() {
            return Some(start);
        }
        let rest = text.get(start..at)?;
        start += memchr2(b' ', b':', rest)? + 1;
    }
    None
}

/// Whether a dump may go on after this line.
pub(super) fn is_row(line: &[u8]) -> bool {
    row(line, 0).is_some()
}

fn line_before(text: &[u8], line: usize, floor: usize) -> Option<usize> {
    let head = text.get(floor..line.checked_sub(1)?)?;
    Some(memrchr(b'\n', head).map_or(floor, |i| floor + i + 1))
}

fn line_after(text: &[u8], line: usize) -> Option<usize> {
    Some(line + memchr(b'\n', text.get(line..)?)? + 1)
}

/// The row that begins at a place, if it is one by itself.
fn row(text: &[u8], start: usize) -> Option<Row> {
    any_row(text, start).filter(|row| row.is_certain)
}

/// The row that begins at a place, be it that of a dump or a few digits.
fn any_row(text: &[u8], start: usize) -> Option<Row> {
    let digits = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        rest.iter()
            .take(*ADDRESS.end() + 1)
            .take_while(|b| b.is_ascii_hexdigit())
            .count()
    };
    let blanks = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        rest.iter().take(64).take_while(|&&b| b == b' ').count()
    };
    let mut at = start + blanks(start);
    let mut begin = at;
    let first = digits(at);
    let after = at + first + usize::from(text.get(at + first) == Some(&b':'));
    let next = after + blanks(after);
    let has_address = ADDRESS.contains(&first) && next > after && digits(next) != first;
    if has_address {
        at = next;
        // With more between them there are places at which too few digits are seen.
        if next - after > 2 {
            begin = next;
        }
    }
    let width = digits(at);
    matches!(width, 2 | 4 | 8).then_some(())?;
    let mut bytes: Vec<Value> = Vec::new();
    let mut end = at;
    loop {
        let len = digits(at);
        if len == 0 || len > width || len % 2 != 0 || bytes.len() >= MAX {
            break;
        }
        for at in (at..at + len).step_by(2) {
            let pair = text.get(at..at + 2)?;
            let byte = pair.iter().fold(0, |byte, &b| byte << 4 | digit(b));
            bytes.push(Value {
                byte,
                span: at..at + 2,
            });
        }
        at += len;
        end = at;
        let gap = match text.get(at) {
            Some(b':') => {
                end += 1;
                1
            }
            // Two blanks stand in the middle, or before the text.
            Some(b' ') => match blanks(at) {
                2 if width == 2 && bytes.len() == 8 => 2,
                1 => 1,
                _ => break,
            },
            Some(_) | None => break,
        };
        at += gap;
        if len < width {
            break;
        }
    }
    (!bytes.is_empty()).then_some(Row {
        is_certain: has_address || bytes.len() >= MIN_ROW,
        bytes,
        stretch: end - begin,
    })
}
