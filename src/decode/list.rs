//! Parts of a value in a list that a program joins: `''.join(['abc', 'def'])`, `["abc", "def"].join("")`, `concat("abc",
//! "def")`. Looked for only where such a word stands; the parts are literals of token characters.

use std::ops::Range;

use super::window::{is_enough, is_token};
use super::{Decoded, Decoder, Map, Marks};
use crate::finding::Step;

mod named;
mod word;

use word::Word;

pub(super) const DECODER: Decoder = Decoder { name: "list", find };

/// Between the word and the first part.
const MAX_HEAD: usize = 48;
/// Blanks and ends of lines between two parts.
const MAX_GAP: usize = 120;
const MAX_PARTS: usize = 256;

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    let mut done = 0;
    for &bracket in &marks.lists {
        let Some((word, list)) =
            Word::before(text, bracket).and_then(|word| list(text, &word).map(|list| (word, list)))
        else {
            continue;
        };
        let decoded = decoded(text, &list, &word);
        if decoded.span.start >= done {
            done = decoded.span.end;
            sink(decoded);
        }
    }
}

/// The parts in order, and what is put between them.
struct List {
    parts: Vec<Range<usize>>,
    between: Range<usize>,
}

/// The list that a word joins.
fn list(text: &[u8], word: &Word) -> Option<List> {
    written(text, word).or_else(|| {
        let named = named::list(text, word)?;
        (named.is_plain(text) && is_joined(text, &named.parts)).then_some(named)
    })
}

/// The list that stands beside the word.
fn written(text: &[u8], word: &Word) -> Option<List> {
    let before = parts_before(text, word).filter(|parts| is_joined(text, parts));
    if let Some(parts) = before {
        let between = word.argument(text).unwrap_or_default();
        return Some(List { parts, between }).filter(|list| list.is_plain(text));
    }
    let mut parts = parts_after(text, word)?;
    let between = if word.is_concat {
        if let Some(first) = word.object(text) {
            parts.insert(0, first);
        }
        None
    } else if word.is_method(text) {
        word.object(text)
            .or_else(|| word.last_argument(text, parts.last()?.end + 1))
    } else if parts.len() > 2 && word.begins_with(text, parts.first()?.start) {
        // The first is no part: `join('', 'a', 'b')`.
        Some(parts.remove(0))
    } else {
        word.last_argument(text, parts.last()?.end + 1)
    };
    let list = List {
        parts,
        between: between.unwrap_or_default(),
    };
    (list.is_plain(text) && is_joined(text, &list.parts)).then_some(list)
}

impl List {
    /// Whether what stands between the parts can stand in a token.
    fn is_plain(&self, text: &[u8]) -> bool {
        let between = text.get(self.between.clone()).unwrap_or_default();
        between.iter().all(|&b| is_token(b))
    }
}

/// Whether the parts together could be a token. Names of folders and columns hardly ever have digits.
fn is_joined(text: &[u8], parts: &[Range<usize>]) -> bool {
    let full = parts.iter().filter(|part| !part.is_empty()).count();
    let total: usize = parts.iter().map(Range::len).sum();
    let has_digit = |part: &Range<usize>| {
        let part = text.get(part.clone()).unwrap_or_default();
        part.iter().any(u8::is_ascii_digit)
    };
    full >= 2 && is_enough(total) && parts.iter().any(has_digit)
}

fn decoded(text: &[u8], list: &List, word: &Word) -> Decoded {
    let mut bytes = Vec::new();
    let mut map = Map::default();
    for (n, part) in list.parts.iter().enumerate() {
        if n > 0 {
            bytes.extend_from_slice(text.get(list.between.clone()).unwrap_or_default());
        }
        map.push(bytes.len(), part.start);
        bytes.extend_from_slice(text.get(part.clone()).unwrap_or_default());
        map.push(bytes.len(), part.end);
    }
    let parts = &list.parts;
    let start = parts.first().map_or(word.start, |part| part.start);
    let end = parts.last().map_or(word.after, |part| part.end);
    Decoded {
        span: start.min(word.start)..end.max(word.after),
        bytes,
        step: Step::Decoded(DECODER.name),
        map,
    }
}

/// The literals after the word: `join(['a', 'b'])`, `Join([]string{"a", "b"}, "")`, `join('', 'a', 'b')`.
fn parts_after(text: &[u8], word: &Word) -> Option<Vec<Range<usize>>> {
    let word = word.after;
    let rest = text.get(word..)?;
    let head = rest.get(..MAX_HEAD).unwrap_or(rest);
    let len = head.iter().position(|&b| is_quote(b))?;
    let head = head.get(..len)?;
    is_head(text.get(..word)?, head).then_some(())?;
    let mut at = word + len;
    let mut parts = Vec::new();
    while parts.len() < MAX_PARTS
        && follows_list(text, at)
        && let Some(part) = literal_at(text, at)
    {
        at = part.end + 1;
        parts.push(part);
        let Some(next) = next_literal(text, at) else {
            break;
        };
        at = next;
    }
    Some(parts)
}

/// Whether a list may begin after what stands between the word and a quote: brackets, a type, after an opening bracket the
/// end of a line.
fn is_head(before: &[u8], head: &[u8]) -> bool {
    let mut lines = head.split(|&b| b == b'\n');
    let first = lines.next().unwrap_or_default().trim_ascii_end();
    let is_open = || first.last().or(before.last()).is_some_and(|&b| opens(b));
    let is_near = lines.next().is_none() || (is_open() && lines.next().is_none());
    // `[]string{` has a closing bracket.
    is_near && (head.contains(&b'{') || !head.iter().any(|b| b")];".contains(b)))
}

/// The literals before the word: `['a', 'b'].join('')`.
fn parts_before(text: &[u8], word: &Word) -> Option<Vec<Range<usize>>> {
    let head = trim_gap(text.get(..word.start)?).strip_suffix(b".")?;
    // On its line: a lone bracket does not tell that something goes on.
    let head = trim_gap(trim_blanks(head).strip_suffix(b"]")?);
    let head = trim_gap(head.strip_suffix(b",").unwrap_or(head));
    Some(literals_before(text, head).0)
}

/// The literals of a list that ends with a text, and what stands before the first of them.
fn literals_before<'t>(text: &[u8], head: &'t [u8]) -> (Vec<Range<usize>>, &'t [u8]) {
    let mut head = head;
    let mut first = head;
    let mut parts = Vec::new();
    while parts.len() < MAX_PARTS
        && let Some(part) = literal_before(text, head.len())
    {
        let start = part.start - 1;
        if !follows_list(text, start) {
            break;
        }
        parts.push(part);
        first = head.get(..start).unwrap_or_default();
        let Some(before) = trim_gap(first).strip_suffix(b",") else {
            break;
        };
        head = trim_gap(before);
    }
    parts.reverse();
    (parts, first)
}

/// Whether such a word may end with two bytes.
pub(super) fn may_end(last: &[u8]) -> bool {
    last == b"in" || last == b"at"
}

/// Whether a word that joins a list stands before an opening bracket.
pub(super) fn is_joined_at(text: &[u8], bracket: usize) -> bool {
    Word::before(text, bracket).is_some()
}

/// Whether a list may go on after this line: it ends in a literal of one, opens one after the word, or closes one that may have
/// a name.
pub(super) fn is_open(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    match line.split_last() {
        Some((b',', before)) => literal_before(line, before.len())
            .is_some_and(|part| follows_list(line, part.start - 1)),
        Some((&last, _)) if opens(last) => Word::stands_in(line),
        Some((b']' | b';', _)) => named::may_end(line),
        Some(_) | None => false,
    }
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

fn opens(byte: u8) -> bool {
    matches!(byte, b'(' | b'[' | b'{')
}

/// Whether the literal that begins at a quote is one of a list: it stands first on its line, or after a comma or bracket.
fn follows_list(text: &[u8], quote: usize) -> bool {
    let head = text.get(..quote).unwrap_or_default();
    let gap = head
        .iter()
        .rev()
        .take(MAX_GAP)
        .take_while(|b| matches!(b, b' ' | b'\t'));
    let head = head.get(..quote - gap.count()).unwrap_or_default();
    head.last()
        .is_none_or(|&b| b == b'\n' || b == b',' || opens(b))
}

/// The inside of the literal whose opening quote stands at a place.
fn literal_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let (&quote, inside) = rest.split_first()?;
    is_quote(quote).then_some(())?;
    let len = inside.iter().take_while(|&&b| is_token(b)).count();
    (inside.get(len) == Some(&quote)).then_some(at + 1..at + 1 + len)
}

/// The inside of the literal whose closing quote stands before a place.
fn literal_before(text: &[u8], end: usize) -> Option<Range<usize>> {
    let (&quote, inside) = text.get(..end)?.split_last()?;
    is_quote(quote).then_some(())?;
    let len = inside.iter().rev().take_while(|&&b| is_token(b)).count();
    let start = inside.len() - len;
    (inside.get(start.checked_sub(1)?) == Some(&quote)).then_some(start..inside.len())
}

/// Where the next literal of the list begins: after a comma, blanks, ends of lines, and a bracket where `join('', [` has one.
fn next_literal(text: &[u8], end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let rest = rest.get(..MAX_GAP).unwrap_or(rest);
    let after = skip_gap(rest).strip_prefix(b",")?;
    let after = skip_gap(after);
    let after = after.strip_prefix(b"array").unwrap_or(after);
    let inner = after.strip_prefix(b"[").or(after.strip_prefix(b"("));
    let after = inner.unwrap_or(after);
    is_quote(*after.first()?).then(|| end + rest.len() - after.len())
}

fn skip_gap(text: &[u8]) -> &[u8] {
    let gap = text.iter().take_while(|b| b.is_ascii_whitespace());
    text.get(gap.count()..).unwrap_or_default()
}

/// The text without the blanks and ends of lines at its end.
fn trim_gap(text: &[u8]) -> &[u8] {
    let gap = text
        .iter()
        .rev()
        .take(MAX_GAP)
        .take_while(|b| b.is_ascii_whitespace());
    text.get(..text.len() - gap.count()).unwrap_or_default()
}

fn trim_blanks(text: &[u8]) -> &[u8] {
    let gap = text
        .iter()
        .rev()
        .take(MAX_GAP)
        .take_while(|b| matches!(b, b' ' | b'\t'));
    text.get(..text.len() - gap.count()).unwrap_or_default()
}
