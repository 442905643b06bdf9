//! A token over several lines of a block of YAML: `key: >-` or `key: |`, and below it lines of token characters only.

use super::window;
use super::{Decoded, Decoder, Map, Marks};
use crate::finding::Step;

pub(super) const DECODER: Decoder = Decoder {
    name: "block",
    find,
};

/// Of a longer text the beginning is enough: tokens are short, and base64 of many lines is looked at by itself.
const LONGEST: usize = 4 << 10;
/// Shorter lines, but for the last one, are words of a script or of a list; those of lower-case letters up to the second.
const SHORTEST: usize = 8;
const SHORTEST_LOWER: usize = 20;
/// What may stand behind the mark: how to treat the last newline, how deep the text is indented.
const INDICATORS: &[u8] = b"+-123456789";

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    for &mark in &marks.blocks {
        if let Some(decoded) = decoded(text, mark) {
            sink(decoded);
        }
    }
}

/// Whether the mark at a place, which a blank goes before, ends the head of a block.
pub(super) fn is_head_at(text: &[u8], at: usize) -> bool {
    let (before, from) = text.split_at_checked(at).unwrap_or_default();
    let near = from.get(1..).unwrap_or_default();
    let near = near.get(..4).unwrap_or(near);
    let (line, is_ended) = match memchr::memchr(b'\n', near) {
        Some(end) => near.split_at(end),
        None => return false,
    };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    !is_ended.is_empty()
        && line.iter().all(|b| INDICATORS.contains(b))
        && (before.ends_with(b": ") || before.ends_with(b"- "))
}

/// What the lines below the head are together, if that could be a token.
fn decoded(text: &[u8], mark: usize) -> Option<Decoded> {
    let mut at = next_line(text, mark)?;
    let mut bytes = Vec::new();
    let mut map = Map::default();
    let start = at;
    let mut end = at;
    let mut lines = 0;
    while bytes.len() < LONGEST
        && let Some((indent, len)) = part(text.get(at..)?)
    {
        let from = at + indent;
        let line = text.get(from..from + len)?;
        map.push(bytes.len(), from);
        bytes.extend_from_slice(line);
        end = from + len;
        map.push(bytes.len(), end);
        lines += 1;
        let Some(next) = next_line(text, end).filter(|_| is_long(line)) else {
            break;
        };
        at = next;
    }
    let is_token = window::is_enough(bytes.len()) && bytes.iter().any(u8::is_ascii_digit);
    (lines > 1 && is_token).then_some(Decoded {
        span: start..end,
        bytes,
        step: Step::Decoded(DECODER.name),
        map,
    })
}

/// Indentation and length of the line that a text begins with, if it is indented and all token characters.
fn part(text: &[u8]) -> Option<(usize, usize)> {
    let text = text.get(..LONGEST).unwrap_or(text);
    let indent = text.iter().take_while(|b| matches!(b, b' ' | b'\t'));
    let indent = indent.count();
    let line = text.get(indent..)?;
    let len = line.iter().take_while(|&&b| window::is_token(b)).count();
    let rest = line.get(len..)?;
    let gap = rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\r'));
    let gap = gap.count();
    let is_ended = rest.get(gap).is_none_or(|&b| b == b'\n');
    (indent > 0 && len > 0 && is_ended).then_some((indent, len))
}

/// Whether a line can be of a token that goes on.
fn is_long(line: &[u8]) -> bool {
    let is_word = || line.iter().all(u8::is_ascii_lowercase);
    line.len() >= SHORTEST_LOWER || line.len() >= SHORTEST && !is_word()
}

fn next_line(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    memchr::memchr(b'\n', rest).map(|newline| at + newline + 1)
}

/// Whether a block may go on after this line, or begin. Blanks at its end are taken away.
pub(super) fn is_open(line: &[u8]) -> bool {
    // Asked of every line: nearly all end with another byte, or begin with one.
    let Some((&first, &last)) = line.first().zip(line.last()) else {
        return false;
    };
    if matches!(last, b'>' | b'|') {
        return true;
    }
    if !window::is_token(last) {
        return false;
    }
    let indicators = line.iter().rev().take_while(|b| INDICATORS.contains(b));
    let head = line.get(..line.len() - indicators.take(2).count());
    if head.is_some_and(|head| head.ends_with(b" >") || head.ends_with(b" |")) {
        return true;
    }
    let is_indented = matches!(first, b' ' | b'\t');
    is_indented
        && part(line).is_some_and(|(indent, len)| {
            let line = line.get(indent..indent + len);
            line.is_some_and(is_long)
        })
}
