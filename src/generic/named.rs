//! Values announced by a name: assignment, map entry, argument, flag, element, comparison, prose.

mod behind;
mod code;
mod column;
mod entry;
mod literal;
mod narrow;
mod prose;

use std::ops::Range;

use super::candidate::{Candidate, Syntax, byte, find_fold, is_blank, is_word, skip_while};
use super::class::FileClass;
use super::context::{
    after_authorization, after_scheme, entity_quote, in_statement, is_name, opens_tag, stores,
    tag_end, typed,
};
use super::file::File;
use super::header::after_escape;
use super::value;

/// Longest part of an identifier on either side of the keyword; a longer run is encoded data or minified code.
const MAX_NAME: usize = 48;

/// What is known before a literal was found.
struct Place<'a> {
    window: &'a [u8],
    file: &'a File<'a>,
    name: Range<usize>,
    name_quoted: bool,
}

impl<'a> Place<'a> {
    fn name_text(&self) -> &'a [u8] {
        self.window.get(self.name.clone()).unwrap_or_default()
    }
}

pub(super) fn at(
    window: &[u8],
    hit: Range<usize>,
    file: &File<'_>,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let Some(name) = name_around(window, &hit) else {
        return;
    };
    // User and password of a URL are judged at its `://`.
    let slashes = name.start.checked_sub(2).map(|i| i..name.start);
    if byte(window, name.end) == b':' && slashes.and_then(|r| window.get(r)) == Some(b"//") {
        return;
    }
    let (next, name_quoted, closed) = skip_closers(window, &name);
    let place = Place {
        window,
        file,
        name,
        name_quoted,
    };
    let after = skip_while(window, next, 40, is_blank);
    match separator(&place, next, after, closed) {
        Some((Syntax::Table, _)) | None if ends_line(window, after) => behind::at(&place, each),
        Some((syntax, from)) => literal::all(&place, syntax, from, each),
        None => {}
    }
    // `fn token() {` opens no block of settings, `variable "token" {` does.
    let is_body = byte(window, after) == b'{' && !name_quoted;
    let entry = entry::beside(window, next)
        .or_else(|| (!is_body).then(|| entry::inside(window, after)).flatten());
    if let Some(from) = entry {
        literal::all(&place, Syntax::Map, from, each);
    }
    if let Some((syntax, from)) = code::between(&place, next, after) {
        literal::all(&place, syntax, from, each);
    }
    column::at(&place, each);
}

/// Whether what follows a name ends its line: nothing, the end of a comment or of a table's row.
fn ends_line(window: &[u8], i: usize) -> bool {
    let end = skip_while(window, i, 8, |b| b" \t|*/.->)}];".contains(&b));
    matches!(byte(window, end), b'\n' | b'\r' | 0)
}

/// The identifier around the keyword, `None` where the run is too long to be one.
fn name_around(window: &[u8], hit: &Range<usize>) -> Option<Range<usize>> {
    let mut start = hit.start;
    while start > 0 && is_name(byte(window, start - 1)) {
        start -= 1;
        if hit.start - start > MAX_NAME {
            return None;
        }
    }
    if start < hit.start
        && start > 0
        && byte(window, start - 1) == b'\\'
        && after_escape(window, start + 1)
    {
        start += 1;
    }
    while start < hit.start && b"-.".contains(&byte(window, start)) {
        start += 1;
    }
    let mut end = skip_while(window, hit.end, MAX_NAME + 1, is_name);
    if end > hit.end + MAX_NAME {
        return None;
    }
    while end > hit.end && b"-.".contains(&byte(window, end - 1)) {
        end -= 1;
    }
    Some(start..end)
}

/// Skips quotes, brackets and empty calls that close a name; tells whether a quote and whether a parenthesis was closed.
fn skip_closers(window: &[u8], name: &Range<usize>) -> (usize, bool, bool) {
    let (mut quoted, mut closed) = (false, false);
    let mut i = name.end;
    // `$ENV{NAME}` of Perl.
    let key = byte(window, name.start.wrapping_sub(1)) == b'{'
        && is_word(byte(window, name.start.wrapping_sub(2)));
    for _ in 0..5 {
        match byte(window, i) {
            b'"' | b'\'' | b'`' => quoted = true,
            b'\\' if matches!(byte(window, i + 1), b'"' | b'\'') => {
                quoted = true;
                i += 1;
            }
            b'&' if entity_quote(window, i) > 0 => {
                quoted = true;
                i += entity_quote(window, i) - 1;
            }
            b']' | b'*' | b'?' => {}
            b'}' if key => {}
            // `${PASSWORD}    x`, a variable of Robot Framework and its value.
            b'}' if window.get(i + 1..i + 3) == Some(b"  ")
                && name
                    .start
                    .checked_sub(2)
                    .and_then(|at| window.get(at..name.start))
                    == Some(b"${") => {}
            // The size of an array in C: `key[16] =`.
            b'[' if byte(window, size_end(window, i + 1)) == b']' => i = size_end(window, i + 1),
            b')' => closed = true,
            b'(' if byte(window, i + 1) == b')' => i += 1,
            _ => break,
        }
        i += 1;
    }
    (i, quoted, closed)
}

fn size_end(window: &[u8], i: usize) -> usize {
    skip_while(window, i, 24, |b| {
        b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'_'
    })
}

/// The separator at `i` (blanks before it skipped from `next`), and where the value may begin.
fn separator(place: &Place<'_>, next: usize, i: usize, closed: bool) -> Option<(Syntax, usize)> {
    let window = place.window;
    // A record of a table: what stands in its first cell is the name.
    if b",;\t".contains(&byte(window, next))
        && place.file.is_table()
        && entry::begins_line(window, place.name.start)
    {
        return Some((Syntax::Table, next + 1));
    }
    let (b, b1) = (byte(window, i), byte(window, i + 1));
    let found = match b {
        b'=' => {
            let end = skip_while(window, i, 3, |b| b == b'=' || b == b'>');
            match (b1, byte(window, end)) {
                (_, b'~') => return None,
                (b'>', _) => (Syntax::Arrow, end),
                (b'=', _) => (Syntax::Equal, end),
                _ => (Syntax::Assign, end),
            }
        }
        b'!' if b1 == b'=' => (Syntax::Equal, skip_while(window, i + 1, 2, |b| b == b'=')),
        b':' => {
            let end = skip_while(window, i, 4, |b| b == b':');
            if byte(window, end) == b'=' {
                (Syntax::Assign, end + 1)
            } else if end > i + 1 {
                return None;
            } else if let Some(token) = after_scheme(window, &place.name, end) {
                (Syntax::Header, token)
            } else if let Some(assigned) = typed(window, end) {
                (Syntax::Assign, assigned)
            } else {
                (Syntax::Colon, end)
            }
        }
        b'-' if b1 == b'>' => (Syntax::Arrow, i + 2),
        b'<' if b1 == b'-' => (Syntax::Assign, i + 2),
        b'+' | b'?' if b1 == b'=' => (Syntax::Assign, i + 2),
        b'|' if b1 == b'|' => (
            Syntax::Default,
            skip_while(window, i, 3, |b| b"|=".contains(&b)),
        ),
        b'?' if b1 == b'?' || b1 == b':' => (Syntax::Default, i + 2),
        b'|' => (Syntax::Table, i + 1),
        b',' if entry::is_term(window, place.name.start, place.file) => (Syntax::Assign, i + 1),
        b',' if place.name_quoted || byte(window, place.name.start.wrapping_sub(1)) == b':' => {
            if is_item(window, place.name.start, i + 1) {
                return None;
            }
            let syntax = if place.name_quoted && stores(window, place.name.start) {
                Syntax::Assign
            } else {
                Syntax::Comma
            };
            (syntax, i + 1)
        }
        b'(' if i == next => (Syntax::Call, i + 1),
        b'>' if i == next && opens_tag(window, place.name.start) => (Syntax::Element, i + 1),
        b'{' if closed => (Syntax::Block, i + 1),
        _ if i > next => {
            return match tag_end(window, place.name.start, i) {
                Some(content) => Some((Syntax::Element, content)),
                None => spaced(place, i),
            };
        }
        _ => return None,
    };
    Some(found)
}

/// A quoted name that is one of a list with an item a line: what follows its comma at `next` is another item.
fn is_item(window: &[u8], name: usize, next: usize) -> bool {
    let head = window.get(..name.saturating_sub(1)).unwrap_or_default();
    let line = skip_while(window, next, 8, is_blank);
    matches!(byte(window, line), b'\n' | b'\r') && head.trim_ascii_end().ends_with(b",")
}

/// Blanks alone, or words, between name and value.
fn spaced(place: &Place<'_>, i: usize) -> Option<(Syntax, usize)> {
    let window = place.window;
    let name = window.get(place.name.clone()).unwrap_or_default();
    let before = byte(window, place.name.start.wrapping_sub(1));
    if after_authorization(window, place.name.start) {
        return Some((Syntax::Header, i));
    }
    let sql = name.eq_ignore_ascii_case(b"password")
        || name.eq_ignore_ascii_case(b"by")
        || find_fold(name, b"identified").is_some();
    // `IDENTIFIED WITH mysql_native_password BY 'x'`
    let plugin = name.ends_with(b"_password");
    let b = byte(window, i);
    let literal = b == b'@' && byte(window, i + 1) == b'"';
    if literal || matches!(b, b'"' | b'\'' | b'`' | b'\\') {
        let syntax = if before == b'-' {
            Syntax::Flag
        } else if sql && !place.name_quoted && in_statement(window, &place.name, place.file) {
            Syntax::Sql
        } else {
            Syntax::Space
        };
        return Some((syntax, i));
    }
    if before == b'-' {
        return Some((Syntax::Flag, i));
    }
    // The value's own parameter: `ConvertTo-SecureString -String 'x'`.
    let parameter = skip_while(window, i, 12, |b| b == b'-' || b.is_ascii_alphabetic());
    if b == b'-' && find_fold(name, b"securestring").is_some() {
        return Some((Syntax::Flag, skip_while(window, parameter, 4, is_blank)));
    }
    let end = skip_while(window, i, 24, |b| is_word(b) || b".*[]".contains(&b));
    let word = window.get(i..end)?;
    let follows = skip_while(window, end, 8, is_blank);
    let next = byte(window, follows);
    if follows > end && next == b'=' && !b"=~>".contains(&byte(window, follows + 1)) && end > i {
        return Some((Syntax::Assign, follows + 1));
    }
    // `Const PASSWORD As String = "x"`
    if word.eq_ignore_ascii_case(b"as")
        && let Some(assigned) = typed(window, end)
    {
        return Some((Syntax::Assign, assigned));
    }
    if let Some(found) = prose::told(place, i..end, follows) {
        return Some(found);
    }
    if follows > end
        && (word == b"is"
            || word == b"was"
            || word == b"as"
            || word == b"to"
            || word == b"of"
            || word == b"or"
            || (sql || plugin) && word.eq_ignore_ascii_case(b"by"))
    {
        let follows = if next == b':' {
            skip_while(window, follows + 1, 4, is_blank)
        } else {
            follows
        };
        return Some((
            if word == b"or" {
                Syntax::Default
            } else if word.eq_ignore_ascii_case(b"by") {
                Syntax::Sql
            } else {
                Syntax::Is
            },
            follows,
        ));
    }
    if find_fold(name, b"identified").is_some() || name.eq_ignore_ascii_case(b"by") {
        return Some((Syntax::Sql, i));
    }
    // `requirepass x`, `password x` of a settings file: the name begins the line.
    let file = place.file.class();
    let text = value::bare(window, i, file, false)?;
    let text = window.get(text.range)?;
    (matches!(
        file,
        FileClass::Config
            | FileClass::Shell
            | FileClass::Docs
            | FileClass::Unknown
            | FileClass::Sql
    ) && !place.name_quoted
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic))
    .then_some((Syntax::Space, i))
}
