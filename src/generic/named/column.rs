//! Values below their name: the column of a table in CSV, Markdown or a scenario, and of an `INSERT` in SQL.

use std::ops::Range;

use super::{Place, literal};
use crate::generic::candidate::{
    Candidate, NameClass, Syntax, byte, is_blank, is_word, skip_while,
};
use crate::generic::class::FileClass;
use crate::generic::context::class_of;

/// Most bytes of a list of columns on either side of the name.
const HEAD: usize = 240;
/// Most rows that are judged.
const ROWS: usize = 8;

/// Hands the values of the column that the name in `place` heads to `each`.
pub(super) fn at(place: &Place<'_>, each: &mut dyn FnMut(Candidate<'_>)) {
    let window = place.window;
    let next = skip_while(window, place.name.end, 1, |b| b"\"'`]".contains(&b));
    let after = skip_while(window, next, 24, is_blank);
    let each = &mut |candidate: Candidate<'_>| {
        // Columns of passwords mostly hold their hashes.
        if !is_digest(candidate.text()) {
            each(candidate);
        }
    };
    match byte(window, after) {
        b',' | b')' => {
            if let Some((nth, values)) = inserted(window, place.name.start, after) {
                rows_of_values(place, nth, values, each);
            } else if byte(window, after) == b',' && after == next {
                of_records(place, b',', each);
            }
        }
        b';' | b'\t' | b'\n' | b'\r' => of_records(place, byte(window, after), each),
        b'|' => of_records(place, b'|', each),
        _ => {}
    }
}

/// Whether a text is as a hash is written: hex, or base64 of as many bytes as a hash has, or with a mark of its kind.
fn is_digest(text: &[u8]) -> bool {
    let hex = text.strip_prefix(b"*").unwrap_or(text);
    let coded = text
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    hex.iter().all(u8::is_ascii_hexdigit) && matches!(hex.len(), 32 | 40 | 56 | 64 | 96 | 128)
        || coded && text.ends_with(b"=") && matches!(text.len(), 24 | 28 | 44 | 88)
        || text.starts_with(b"$")
        || text.starts_with(b"pbkdf2")
        || text.starts_with(b"{")
}

/// Whether columns of the name's class hold secrets: tokens and keys of tables are most often words and numbers.
fn is_told(place: &Place<'_>) -> bool {
    matches!(
        class_of(place.window, &place.name),
        NameClass::Password | NameClass::Secret | NameClass::ApiKey
    )
}

/// `(id, name, password) VALUES (`: which of the columns the name is, and where the first row begins.
fn inserted(window: &[u8], name: usize, after: usize) -> Option<(usize, usize)> {
    // What ends the list is looked for first: most names stand among arguments, which are many.
    let list = window.get(after..window.len().min(after + HEAD))?;
    let close = after + memchr::memchr(b')', list)?;
    let values = skip_while(window, close + 1, 40, |b| b.is_ascii_whitespace());
    if !window
        .get(values..values + 6)?
        .eq_ignore_ascii_case(b"values")
    {
        return None;
    }
    let is_column = |b: u8| is_word(b) || b.is_ascii_whitespace() || b"`\"[],.".contains(&b);
    if !window.get(after..close)?.iter().all(|&b| is_column(b)) {
        return None;
    }
    let row = skip_while(window, values + 6, 40, |b| b.is_ascii_whitespace());
    let head = window.get(name.saturating_sub(HEAD)..name)?;
    let open = memchr::memrchr(b'(', head)?;
    let before = head.get(open + 1..)?;
    (byte(window, row) == b'(' && before.iter().all(|&b| is_column(b)))
        .then(|| (before.iter().filter(|&&b| b == b',').count(), row))
}

/// Value `nth` of every row in parentheses from `row` on.
fn rows_of_values(place: &Place<'_>, nth: usize, row: usize, each: &mut dyn FnMut(Candidate<'_>)) {
    let window = place.window;
    let mut i = row;
    for _ in 0..ROWS {
        if byte(window, i) != b'(' {
            return;
        }
        i += 1;
        let mut column = 0;
        loop {
            i = skip_while(window, i, 40, |b| b.is_ascii_whitespace());
            // `N'x'`, `E'x'`
            if byte(window, i + 1) == b'\'' && byte(window, i).is_ascii_alphabetic() {
                i += 1;
            }
            let quote = byte(window, i);
            let quoted = b"'\"".contains(&quote);
            if quoted && column == nth {
                literal::all(place, Syntax::Assign, i, each);
            }
            i = if quoted {
                1 + skip_while(window, i + 1, 255, |b| b != quote && b != b'\n')
            } else {
                skip_while(window, i, 64, |b| !b",()'\"\n".contains(&b))
            };
            i = skip_while(window, i, 8, |b| b.is_ascii_whitespace());
            match byte(window, i) {
                b',' => i += 1,
                b')' => break,
                _ => return,
            }
            column += 1;
        }
        i = skip_while(window, i + 1, 40, |b| b.is_ascii_whitespace() || b == b',');
    }
}

/// The cells below the name, which stands in the first line of a table whose cells `mark` parts.
fn of_records(place: &Place<'_>, mark: u8, each: &mut dyn FnMut(Candidate<'_>)) {
    let window = place.window;
    let in_text = || matches!(place.file.class(), FileClass::Docs | FileClass::Unknown);
    if mark == b'|' && !in_text() || mark != b'|' && !place.file.is_table() || !is_told(place) {
        return;
    }
    let from = place.name.start.saturating_sub(HEAD);
    let head = window.get(from..place.name.start).unwrap_or_default();
    let line = from + memchr::memrchr(b'\n', head).map_or(0, |at| at + 1);
    let end = skip_while(window, place.name.end, HEAD, |b| b != b'\n');
    let header = window.get(line..end).unwrap_or_default();
    // Names alone, of which the first file's line or a bar tells that they head something.
    let names =
        (header.iter()).all(|&b| b.is_ascii_alphabetic() || b" _-.\"|,;\t\r*`".contains(&b));
    let mark = if matches!(mark, b'\n' | b'\r') {
        [b',', b';', b'\t']
            .into_iter()
            .find(|mark| header.contains(mark))
            .unwrap_or(b',')
    } else {
        mark
    };
    let heads = if mark != b'|' {
        line == 0
    } else if place.file.class() == FileClass::Docs {
        let rule = skip_while(window, end, 8, |b| b" \n|:".contains(&b));
        window.get(rule..rule + 2) == Some(b"--")
    } else {
        // A scenario's table: no row stands above it.
        !(window.get(..line).unwrap_or_default().trim_ascii_end()).ends_with(b"|")
    };
    if !names || !heads || byte(window, end) != b'\n' {
        return;
    }
    let before = window.get(line..place.name.start).unwrap_or_default();
    let nth = before.iter().filter(|&&b| b == mark).count();
    let mut i = end + 1;
    for _ in 0..ROWS {
        let end = skip_while(window, i, 512, |b| b != b'\n');
        if end == i {
            return;
        }
        if let Some(cell) = cell(window, i..end, mark, nth) {
            literal::all(place, Syntax::Table, cell, each);
        } else {
            return;
        }
        i = end + 1;
    }
}

/// Where cell `nth` of a row begins.
fn cell(window: &[u8], row: Range<usize>, mark: u8, nth: usize) -> Option<usize> {
    let (mut i, mut quoted, mut seen) = (row.start, false, 0);
    while seen < nth {
        let b = byte(window, i);
        if i >= row.end {
            return None;
        }
        quoted ^= b == b'"';
        seen += usize::from(b == mark && !quoted);
        i += 1;
    }
    Some(i)
}
