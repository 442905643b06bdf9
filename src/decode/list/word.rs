//! The word that joins a list, and what it says of how.

use std::ops::Range;

use super::{is_quote, literal_before, skip_gap, trim_gap};

/// What calls that join are called but for the first letter and its case, and whether they put nothing between.
const WORDS: [(&[u8], bool); 2] = [(b"oin", false), (b"oncat", true)];
/// The longest text between parts that is looked at.
const MAX_BETWEEN: usize = 4;

pub(super) struct Word {
    pub(super) start: usize,
    /// Behind the bracket.
    pub(super) after: usize,
    pub(super) is_concat: bool,
}

impl Word {
    /// The word before an opening bracket.
    pub(super) fn before(text: &[u8], bracket: usize) -> Option<Self> {
        let head = text.get(..bracket)?;
        let (word, is_concat) = WORDS.into_iter().find(|(word, _)| head.ends_with(word))?;
        Some(Self {
            start: (bracket - word.len()).saturating_sub(1),
            after: bracket + 1,
            is_concat,
        })
    }

    pub(super) fn stands_in(line: &[u8]) -> bool {
        memchr::memchr_iter(b'(', line).any(|bracket| Self::before(line, bracket).is_some())
    }

    /// Whether it is called on something.
    pub(super) fn is_method(&self, text: &[u8]) -> bool {
        let head = text.get(..self.start).unwrap_or_default();
        trim_gap(head).ends_with(b".")
    }

    /// Whether the literal of which the inside begins at a place is the first argument, and no part of a list that is.
    pub(super) fn begins_with(&self, text: &[u8], inside: usize) -> bool {
        let head = text.get(self.after..inside).unwrap_or_default();
        matches!(head.trim_ascii(), [_])
    }

    /// The literal that it is called on: what Python puts between, the first part of `"a".concat("b")`.
    pub(super) fn object(&self, text: &[u8]) -> Option<Range<usize>> {
        let head = trim_gap(text.get(..self.start)?).strip_suffix(b".")?;
        if self.is_concat {
            return literal_before(text, head.len());
        }
        let (&quote, inside) = head.split_last()?;
        is_quote(quote).then_some(())?;
        let near = inside.get(inside.len().saturating_sub(MAX_BETWEEN + 1)..)?;
        let len = near.iter().rev().position(|&b| b == quote)?;
        Some(inside.len() - len..inside.len())
    }

    /// The first argument, as in `["a", "b"].join("")`.
    pub(super) fn argument(&self, text: &[u8]) -> Option<Range<usize>> {
        literal(text, self.after)
    }

    /// The last argument, as in `Join([]string{"a", "b"}, "")`, after the list that ends at a place.
    pub(super) fn last_argument(&self, text: &[u8], end: usize) -> Option<Range<usize>> {
        let rest = text.get(end..)?;
        let rest = rest.get(..super::MAX_GAP).unwrap_or(rest);
        let inner = skip_gap(rest);
        let inner = skip_gap(inner.strip_prefix(b",").unwrap_or(inner));
        // From here on its line: a bracket does not tell that something goes on.
        let (_, after) = inner.split_first().filter(|(b, _)| b"}])".contains(b))?;
        let argument = skip_blanks(skip_blanks(after).strip_prefix(b",")?);
        literal(text, end + rest.len() - argument.len())
    }
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let gap = text.iter().take_while(|b| matches!(b, b' ' | b'\t'));
    text.get(gap.count()..).unwrap_or_default()
}

/// The inside of the short literal that begins at a place, whatever it is.
fn literal(text: &[u8], at: usize) -> Option<Range<usize>> {
    let (&quote, inside) = text.get(at..)?.split_first()?;
    is_quote(quote).then_some(())?;
    let near = inside.get(..MAX_BETWEEN + 1).unwrap_or(inside);
    let len = near.iter().position(|&b| b == quote)?;
    Some(at + 1..at + 1 + len)
}
