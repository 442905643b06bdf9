//! A list that has a name, joined on the line below: `p = ['abc', 'def']`, `t = ''.join(p)`.

use std::ops::Range;

use super::word::Word;
use super::{List, literal_before, literals_before, trim_blanks, trim_gap};

/// How far from the beginning of its line the word may stand, and its argument from there.
const MAX_LINE: usize = 256;

/// The list whose last line stands before that of the word, if its name stands on that one.
pub(super) fn list(text: &[u8], word: &Word) -> Option<List> {
    let before = text.get(word.start.saturating_sub(MAX_LINE)..word.start)?;
    let line = word.start - before.iter().rev().position(|&b| b == b'\n')?;
    let (parts, head) = literals_before(text, inside(trim_gap(text.get(..line)?))?);
    let head = trim_blanks(trim_blanks(head).strip_suffix(b"[")?);
    let head = trim_blanks(head.strip_suffix(b"=")?);
    let head = trim_blanks(head.strip_suffix(b":").unwrap_or(head));
    let rest = text.get(line..)?;
    let rest = rest.get(..2 * MAX_LINE).unwrap_or(rest);
    let rest = rest.split(|&b| b == b'\n').next()?;
    has_word(rest, name(head)?).then_some(())?;
    let between = if word.is_method(text) {
        word.object(text).or_else(|| word.argument(text))
    } else {
        None
    };
    Some(List {
        parts,
        between: between.unwrap_or_default(),
    })
}

/// Whether such a list may end with this line.
pub(super) fn may_end(line: &[u8]) -> bool {
    inside(line).is_some_and(|list| literal_before(line, list.len()).is_some())
}

/// A list without its closing bracket and what stands beside that.
fn inside(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_suffix(b";").unwrap_or(text);
    let text = trim_blanks(text.strip_suffix(b"]")?);
    Some(trim_blanks(text.strip_suffix(b",").unwrap_or(text)))
}

fn name(text: &[u8]) -> Option<&[u8]> {
    let is_name = |b: &&u8| is_name(**b);
    let len = text.iter().rev().take(MAX_LINE).take_while(is_name).count();
    text.get(text.len() - len..).filter(|name| !name.is_empty())
}

/// Whether a word stands in a line by itself.
fn has_word(line: &[u8], word: &[u8]) -> bool {
    let ends = |at: Option<&u8>| at.is_none_or(|&b| !is_name(b));
    let stands = |at: Range<usize>| {
        let before = at.start.checked_sub(1).and_then(|at| line.get(at));
        ends(before) && ends(line.get(at.end))
    };
    memchr::memmem::find_iter(line, word).any(|at| stands(at..at + word.len()))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
