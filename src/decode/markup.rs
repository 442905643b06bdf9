//! Tags and comments of HTML inside a token: what highlights a source, marks what was searched for, or allows a line to
//! break.

use memchr::memmem;

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks, run};

pub(super) const DECODER: Decoder = Decoder {
    name: "markup",
    find,
};

/// The longest tag or comment.
const LONGEST: usize = 256;
/// Tags in a row, as where one text ends and the next begins.
const MOST: usize = 8;

/// Elements that stand within a line and show nothing of their own.
const ELEMENTS: &[&[u8]] = &[
    b"a", b"abbr", b"b", b"bdi", b"bdo", b"big", b"cite", b"code", b"del", b"dfn", b"em", b"font",
    b"i", b"ins", b"kbd", b"mark", b"nobr", b"q", b"s", b"samp", b"small", b"span", b"strike",
    b"strong", b"sub", b"sup", b"tt", b"u", b"var", b"wbr",
];

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| run::byte(text, range, b'<'),
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.markup, sink);
}

/// Whether a tag or comment inside a token may begin with `<`, by the bytes beside it.
pub(super) fn may_begin(before: u8, next: u8) -> bool {
    (next.is_ascii_alphabetic() | (next == b'/') | (next == b'!')) && window::is_token(before)
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let before = window::token_before(text, at);
    let len = (before > 0).then(|| joint(text, at))??;
    let tells = window::is_joined(text, before, at + len, joint);
    (window::token_after(text, at + len) > 0).then(|| Unit::nothing(len, tells))
}

/// Length of the tags and comments at a place.
fn joint(text: &[u8], at: usize) -> Option<usize> {
    let mut len = tag(text, at)?;
    for _ in 1..MOST {
        match tag(text, at + len) {
            Some(more) => len += more,
            None => break,
        }
    }
    Some(len)
}

/// Length of one, on one line.
fn tag(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(b"<")?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    if let Some(comment) = rest.strip_prefix(b"!--") {
        let len = memmem::find(comment, b"-->")?;
        let is_one_line = !comment.get(..len)?.contains(&b'\n');
        return is_one_line.then_some(4 + len + 3);
    }
    let name = rest.strip_prefix(b"/").unwrap_or(rest);
    let letters = name.iter().take(8).take_while(|b| b.is_ascii_alphabetic());
    let (name, attributes) = name.split_at_checked(letters.count())?;
    let is_element = ELEMENTS.iter().any(|one| one.eq_ignore_ascii_case(name));
    is_element.then_some(())?;
    let end = attributes
        .iter()
        .position(|b| matches!(b, b'<' | b'>' | b'\n'))?;
    let is_ended = attributes.get(end) == Some(&b'>');
    let is_name = matches!(attributes.first()?, b'>' | b'/' | b' ' | b'\t');
    let before = rest.len() - attributes.len();
    (is_ended && is_name).then_some(1 + before + end + 1)
}
