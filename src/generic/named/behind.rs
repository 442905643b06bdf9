//! Values that stand before what they are called: `"zQ7v…" // api key`, `| zQ7v… | api key |`, `"zQ7v…" => api_key`,
//! `set("zQ7v…", forKey: "apiKey")`.

use std::ops::Range;

use super::Place;
use crate::generic::candidate::{Candidate, NameClass, Quote, Syntax, byte, is_word};
use crate::generic::context::class_of;
use crate::generic::file::File;
use crate::generic::value;

/// Shortest value that is taken so; a word before a comment is rarely what the comment speaks of.
const SHORTEST: usize = 16;
/// Most bytes between the mark of a comment and the name in it.
const WORDS: usize = 24;
/// Marks with which comments begin behind code.
const MARKS: &[&[u8]] = &[b"//", b"/*", b"#", b"--", b"<!--", b";"];

/// Hands the value before the name to `each`, where the rest of the line, a comment or a cell of a table, is its name.
pub(super) fn at(place: &Place<'_>, each: &mut dyn FnMut(Candidate<'_>)) {
    let window = place.window;
    let class = class_of(window, &place.name);
    // `'…', -- his password` and `'…' # its salt` tell what a hash was made of.
    if !matches!(
        class,
        NameClass::ApiKey | NameClass::Key | NameClass::Secret | NameClass::Token
    ) {
        return;
    }
    let from = place.name.start.saturating_sub(256);
    let head = window.get(from..place.name.start).unwrap_or_default();
    let line = from + head.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let line = line..place.name.start;
    // A value has a digit and its length: most lines need no look at where they may end.
    let before = window.get(line.clone()).unwrap_or_default();
    if before.len() < SHORTEST || !before.iter().any(u8::is_ascii_digit) {
        return;
    }
    let Some(end) =
        code_end(window, line.clone()).or_else(|| joint(window, line.clone(), place.file))
    else {
        return;
    };
    let Some((range, quote)) = last_value(window, line.start..end) else {
        return;
    };
    let text = window.get(range.clone()).unwrap_or_default();
    let has = |f: fn(&u8) -> bool| text.iter().any(f);
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    if text.len() < SHORTEST || !mixed || !value::plausible(text, false) {
        return;
    }
    each(Candidate {
        window,
        value: range.clone(),
        local: range,
        name: place.name.clone(),
        class,
        syntax: Syntax::Is,
        quote,
        wrap: &[],
        nth: 0,
        name_quoted: false,
        file: place.file,
    });
}

/// Where the code of a line ends whose comment, or whose last cell, is little more than the name at the end of `line`.
fn code_end(window: &[u8], line: Range<usize>) -> Option<usize> {
    let from = line.end.saturating_sub(WORDS).max(line.start);
    let near = window.get(from..line.end)?;
    let blank_before = |at: usize| at > line.start && byte(window, at - 1).is_ascii_whitespace();
    let comment = (MARKS.iter())
        .filter_map(|mark| memchr::memmem::rfind(near, mark))
        .map(|at| from + at)
        .find(|&at| blank_before(at) && said_of_it(window, at, line.end));
    let cell = || {
        let bar = from + near.iter().rposition(|&b| b == b'|')?;
        said_of_it(window, bar, line.end).then_some(bar)
    };
    comment.or_else(cell)
}

/// Labels of an argument that names the one before it, in Swift and Objective-C.
const KEYS: &[&[u8]] = &[b"forHTTPHeaderField", b"forKey", b"forKeyPath", b"withKey"];

/// Where the value ends that a mark joins to the name at the end of `line`: `x => name`, `x: name`, `x (name)`, `x - name`,
/// in a table `x,name`, and an argument that names the one before it.
fn joint(window: &[u8], line: Range<usize>, file: &File<'_>) -> Option<usize> {
    let from = line.end.saturating_sub(WORDS).max(line.start);
    let near = window.get(from..line.end)?;
    let at = near.iter().rposition(|b| b":>(-,;".contains(b))?;
    let (mut at, mut mark) = (from + at, byte(window, from + at));
    // The colon of a symbol in Ruby: `"x" => :name`.
    let head = window.get(line.start..at)?;
    if mark == b':' && at + 1 == line.end && head.ends_with(b" ") {
        at = line.start + head.trim_ascii_end().len().checked_sub(1)?;
        mark = byte(window, at);
    }
    let between = window.get(at + 1..line.end)?;
    let only_words = (between.iter()).all(|&b| b.is_ascii_alphabetic() || b" '\"@:`-".contains(&b));
    if !only_words {
        return None;
    }
    let head = window.get(line.start..at)?;
    let last = *head.last()?;
    match mark {
        b':' => {
            let word = head.iter().rposition(|&b| !is_word(b)).map_or(0, |i| i + 1);
            if KEYS.contains(&head.get(word..)?) {
                let head = head.get(..word)?.trim_ascii_end();
                return Some(line.start + head.strip_suffix(b",").unwrap_or(head).len());
            }
            Some(at)
        }
        b'>' => (last == b'=').then(|| at - 1),
        b'(' => (last == b' ').then_some(at),
        b'-' => (last == b' ' && byte(window, at + 1) == b' ').then_some(at),
        b',' | b';' => file.is_table().then_some(at),
        _ => None,
    }
}

/// Whether nothing but words stands between the mark at `at` and the name at `name`: no other value, no code.
fn said_of_it(window: &[u8], at: usize, name: usize) -> bool {
    let between = window.get(at..name).unwrap_or_default();
    (between.iter().skip_while(|b| !b.is_ascii_alphanumeric()))
        .all(|&b| b.is_ascii_alphabetic() || b" -'".contains(&b))
}

/// The literal, or the bare word of letters and digits, with which the code in `line` ends.
fn last_value(window: &[u8], line: Range<usize>) -> Option<(Range<usize>, Quote)> {
    let code = window.get(line.clone())?;
    let code = code.trim_ascii_end();
    let closed = code.iter().rposition(|b| !b",;)]}".contains(b))?;
    let code = code.get(..=closed)?;
    let (&last, inner) = code.split_last()?;
    let quote = match last {
        b'"' => Quote::Double,
        b'\'' => Quote::Single,
        b'`' => Quote::Backtick,
        _ => {
            let from = (code.iter())
                .rposition(|&b| !is_word(b) && !b"+/=.-".contains(&b))
                .map_or(0, |i| i + 1);
            // A bare word is the whole of its line or cell; else it is a part of code.
            let alone = (code.get(..from)?.iter()).all(|b| b" \t|*-".contains(b));
            return alone.then_some((line.start + from..line.start + code.len(), Quote::None));
        }
    };
    let open = inner.iter().rposition(|&b| b == last)?;
    Some((line.start + open + 1..line.start + inner.len(), quote))
}
