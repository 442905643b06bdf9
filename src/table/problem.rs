//! What is wrong in a text that a person wrote, each thing with its place and without what may be a secret.

use std::fmt;

/// Something wrong in a text that a person wrote: where, and what to do. `at` is a byte offset into the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub at: usize,
    pub message: String,
}

/// The problems of one file, printed as `file:line:column: message`, one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    pub file: String,
    /// Line and column (both from 1) with the message.
    pub list: Vec<(usize, usize, String)>,
}

impl Problems {
    /// Turns offsets into lines; the columns count bytes.
    #[must_use]
    pub fn new(file: &str, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|problem| problem.at);
        let place = |at: usize| {
            let before = text
                .as_bytes()
                .get(..at.min(text.len()))
                .unwrap_or_default();
            let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
            let column = before.iter().rev().take_while(|&&b| b != b'\n').count() + 1;
            (line, column)
        };
        let list = list
            .into_iter()
            .map(|problem| {
                let (line, column) = place(problem.at);
                (line, column, without_values(&problem.message))
            })
            .collect();
        Self {
            file: file.to_owned(),
            list,
        }
    }
}

/// The lines of a text that say something, without blanks around them, each with where its line begins: neither empty ones
/// nor those that begin with `#`.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split_inclusive('\n').filter_map(move |whole| {
        let at = next;
        next += whole.len();
        let line = whole.trim();
        (!line.is_empty() && !line.starts_with('#')).then_some((at, line))
    })
}

/// What stands at a place, short enough for a message and without what is assigned there, which nobody judged yet.
pub fn standing_at(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..)?.lines().next()?.trim();
    let key = line.split_once('=').map_or(line, |(key, _)| key).trim();
    let is_told = !key.is_empty() && !key.contains(['"', '\'']);
    is_told.then(|| shortened(key))
}

/// The beginning of a text.
pub fn shortened(text: &str) -> &str {
    let end = text.char_indices().nth(40).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// The message without what may be a secret: a stretch of letters and digits that is longer than a finding's id keeps its
/// first four.
pub fn without_values(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for piece in message.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let stretch = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let has = |kind: fn(&u8) -> bool| stretch.bytes().any(|b| kind(&b));
        let is_value =
            stretch.len() > 16 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
        match (is_value, stretch.get(..4), piece.get(stretch.len()..)) {
            (true, Some(start), Some(end)) => {
                out.push_str(start);
                out.push('…');
                out.push_str(end);
            }
            _ => out.push_str(piece),
        }
    }
    out
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (line, column, message)) in self.list.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{line}:{column}: {message}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_at_a_place_is_told_without_what_is_assigned() {
        let text = "[policy\na . b = \"hunter2\"\n\"quoted\n";
        assert_eq!(standing_at(text, 3), Some("[policy"));
        assert_eq!(standing_at(text, 7), Some("[policy"));
        assert_eq!(standing_at(text, 18), Some("a . b"));
        assert_eq!(standing_at(text, text.len() - 2), None);
        assert_eq!(standing_at(text, text.len()), None);
        assert_eq!(shortened(&"\u{e9}".repeat(50)).chars().count(), 40);
    }
}
