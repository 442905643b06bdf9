//! Parts of a value in a list that a program joins: `''.join(['abc', 'def'])`, `["abc", "def"].join("")`. Looked for only
//! where that word stands; the parts are literals of token characters.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::window::{is_enough, is_token};
use super::{Decoded, Decoder, Map, Marks};
use crate::finding::Step;

pub(super) const DECODER: Decoder = Decoder { name: "list", find };

/// What `join(` and `Join(` have. Every other word would cost another look at all text.
static WORD: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("oin("));

/// Between the word and the first part.
const MAX_HEAD: usize = 48;
/// Blanks and ends of lines between two parts.
const MAX_GAP: usize = 120;
const MAX_PARTS: usize = 256;

fn find(text: &[u8], _: &Marks, sink: &mut dyn FnMut(Decoded)) {
    let mut done = 0;
    for word in WORD.find_iter(text) {
        let after = word + WORD.needle().len();
        let before = parts_before(text, word).filter(|parts| is_joined(text, parts));
        let parts =
            before.or_else(|| parts_after(text, after).filter(|parts| is_joined(text, parts)));
        let Some(parts) = parts else { continue };
        let decoded = decoded(text, &parts, &(word..after));
        if decoded.span.start >= done {
            done = decoded.span.end;
            sink(decoded);
        }
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

fn decoded(text: &[u8], parts: &[Range<usize>], word: &Range<usize>) -> Decoded {
    let mut bytes = Vec::new();
    let mut map = Map::default();
    for part in parts {
        map.push(bytes.len(), part.start);
        bytes.extend_from_slice(text.get(part.clone()).unwrap_or_default());
        map.push(bytes.len(), part.end);
    }
    let start = parts.first().map_or(word.start, |part| part.start);
    let end = parts.last().map_or(word.end, |part| part.end);
    Decoded {
        span: start.min(word.start)..end.max(word.end),
        bytes,
        step: Step::Decoded(DECODER.name),
        map,
    }
}

/// The literals after the word: `join(['a', 'b'])`, `Join([]string{"a", "b"}, "")`, `join('', 'a', 'b')`.
fn parts_after(text: &[u8], word: usize) -> Option<Vec<Range<usize>>> {
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
fn parts_before(text: &[u8], word: usize) -> Option<Vec<Range<usize>>> {
    // The word's first letter, and the dot.
    let head = text.get(..word)?;
    let head = head
        .strip_suffix(b"j")
        .or_else(|| head.strip_suffix(b"c"))?;
    let head = trim_gap(head).strip_suffix(b".")?;
    let head = trim_gap(trim_gap(head).strip_suffix(b"]")?);
    let mut head = trim_gap(head.strip_suffix(b",").unwrap_or(head));
    let mut parts = Vec::new();
    while parts.len() < MAX_PARTS
        && let Some(part) = literal_before(text, head.len())
    {
        let start = part.start - 1;
        if !follows_list(text, start) {
            break;
        }
        parts.push(part);
        head = trim_gap(text.get(..start)?);
        let Some(before) = head.strip_suffix(b",") else {
            break;
        };
        head = trim_gap(before);
    }
    parts.reverse();
    Some(parts)
}

/// Whether a list may go on after this line: it ends in a literal of one, or opens one after the word.
pub(super) fn is_open(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    match line.split_last() {
        Some((b',', before)) => literal_before(line, before.len())
            .is_some_and(|part| follows_list(line, part.start - 1)),
        Some((&last, _)) if opens(last) => WORD.find(line).is_some(),
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
    let mut after = skip_gap(after);
    if let [b'[' | b'(', inner @ ..] = after {
        after = inner;
    }
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
