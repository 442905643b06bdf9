//! Where a match stands, for people: line and column, a masked excerpt of its line.

use std::ops::Range;

use crate::finding::{Around, Excerpt, Position, Secret};

/// Longest part of a line that an excerpt keeps, in bytes.
const EXCERPT: usize = 240;
/// How far from the value its line is kept, in bytes.
const NEAR: usize = 4096;
/// Counts lines of a text going forward, so that many matches cost one pass.
#[derive(Clone)]
pub(super) struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    /// Line of `at`, from 1, and the offset at which it starts.
    line: u32,
    start: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            start: 0,
        }
    }

    /// Line from 1 and column from 0 of an offset.
    fn locate(&mut self, offset: usize) -> (u32, u32) {
        if offset < self.at {
            *self = Self::new(self.text);
        }
        let between = self
            .text
            .get(self.at..offset.min(self.text.len()))
            .unwrap_or_default();
        for newline in memchr::memchr_iter(b'\n', between) {
            self.line = self.line.saturating_add(1);
            self.start = self.at + newline + 1;
        }
        self.at = offset.min(self.text.len());
        (
            self.line,
            u32::try_from(offset.saturating_sub(self.start)).unwrap_or(u32::MAX),
        )
    }

    pub(super) fn position(&mut self, span: &Range<usize>) -> Position {
        let (line, column) = self.locate(span.start);
        // The next match may begin before this one ends: counting goes on from its start.
        let (line_end, column_end) = self.clone().locate(span.end);
        Position {
            line,
            column,
            line_end,
            column_end,
        }
    }
}

/// The line on which `at` stands, without its end.
pub(super) fn line_around(text: &[u8], at: usize) -> Range<usize> {
    line_near(text, at, text.len())
}

/// The same, or the part of a long line that is within `far` bytes: a line full of values is not looked through for each.
fn line_near(text: &[u8], at: usize, far: usize) -> Range<usize> {
    let (from, to) = (
        at.saturating_sub(far),
        at.saturating_add(far).min(text.len()),
    );
    let before = text.get(from..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(from, |i| from + i + 1);
    let after = text.get(at..to).unwrap_or_default();
    let end = memchr::memchr(b'\n', after).map_or(to, |i| at + i);
    let end = if end > start && text.get(end - 1) == Some(&b'\r') {
        end - 1
    } else {
        end
    };
    start..end.max(start)
}

/// What hides each match of a content in excerpts.
pub(super) struct Masks {
    /// In order of their starts, longer ones first.
    masks: Vec<(Range<usize>, String)>,
    /// The farthest end of each and of those before it: a line asks for its own among very many.
    ends: Vec<usize>,
}

impl Masks {
    pub(super) fn new(mut masks: Vec<(Range<usize>, String)>) -> Self {
        masks.sort_by(|a, b| (a.0.start, b.0.end).cmp(&(b.0.start, a.0.end)));
        let mut farthest = 0;
        let ends = masks.iter().map(|(mask, _)| {
            farthest = farthest.max(mask.end);
            farthest
        });
        Self {
            ends: ends.collect(),
            masks,
        }
    }

    /// Those that touch a part of the content.
    fn within(&self, part: &Range<usize>) -> impl Iterator<Item = &(Range<usize>, String)> {
        let first = self.ends.partition_point(|&end| end <= part.start);
        let masks = self.masks.get(first..).unwrap_or_default();
        let (from, to) = (part.start, part.end);
        let near = masks.iter().take_while(move |(mask, _)| mask.start < to);
        near.filter(move |(mask, _)| mask.end > from)
    }
}

/// The line of `span` with every masked span in it replaced; `masks` hold `span`.
pub(super) fn excerpt(
    text: &[u8],
    span: &Range<usize>,
    position: &Position,
    masks: &Masks,
) -> Excerpt {
    let line = line_near(text, span.start, 2 * EXCERPT);
    let from = line.start.max(span.start.saturating_sub(EXCERPT / 2));
    // A value may begin with the end of its line: its mask is shown all the same.
    let to = line
        .end
        .min(span.end.min(span.start + EXCERPT) + EXCERPT / 2)
        .max(from)
        .max(text.len().min(span.start + 1));
    let mut shown = String::new();
    let mut mark = 0..0;
    if from > line.start {
        shown.push('…');
    }
    let mut at = from;
    for (mask, label) in masks.within(&(from..to)) {
        // Overlapping masks: what was shown already stays shown, the rest of this one is covered.
        if mask.start > at {
            push_clean(&mut shown, text.get(at..mask.start).unwrap_or_default());
        }
        let begin = shown.len();
        if mask.end > at {
            shown.push_str(label);
        }
        // The mask that covers the value's start is the one to point at.
        if mask.start <= span.start && mask.end > span.start && mark.is_empty() {
            mark = begin..shown.len();
        }
        at = at.max(mask.end);
    }
    if at < to {
        push_clean(&mut shown, text.get(at..to).unwrap_or_default());
    }
    if to < line.end {
        shown.push('…');
    }
    Excerpt {
        line: position.line,
        lines: vec![shown],
        mark: (0, mark),
    }
}

/// Appends bytes as text that cannot move a cursor, reorder a line or start a new one.
fn push_clean(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' => out.push_str("    "),
                c if c.is_control() || is_invisible(c) => out.push('\u{fffd}'),
                c => out.push(c),
            }
        }
        if !chunk.invalid().is_empty() {
            out.push('\u{fffd}');
        }
    }
}

/// Marks that change the direction or width of text without being seen.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' | '\u{2028}' | '\u{2029}')
}

/// The match and its line, or the part of a long one that is near.
pub(super) fn around(text: &[u8], value: &Range<usize>, whole: &Range<usize>) -> Around {
    let line = line_near(text, value.start, value.len().saturating_add(NEAR));
    let from = line.start.max(value.start.saturating_sub(NEAR));
    let to = line.end.min(value.end.saturating_add(NEAR)).max(from);
    let part = |range: Range<usize>| Secret::new(text.get(range).unwrap_or_default());
    Around {
        whole: part(whole.clone()),
        line: part(from..to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpt_masks_every_match_on_the_line() {
        let text = b"first\na = SECRET1, b = SECRET2;\nlast";
        let span = 10..17;
        let masks = Masks::new(vec![
            (23..30, "++++".to_owned()),
            (10..17, "****".to_owned()),
        ]);
        let position = Lines::new(text).position(&span);
        let got = excerpt(text, &span, &position, &masks);
        assert_eq!(
            got,
            Excerpt {
                line: 2,
                lines: vec!["a = ****, b = ++++;".into()],
                mark: (0, 4..8)
            }
        );
    }

    #[test]
    fn a_value_that_begins_with_the_end_of_its_line_is_masked_there() {
        let text = b"a = ```\nSECRET```";
        let masks = Masks::new(vec![(7..14, "****".to_owned())]);
        let position = Lines::new(text).position(&(7..14));
        let got = excerpt(text, &(7..14), &position, &masks);
        assert_eq!(got.lines, ["a = ```****"]);
        assert_eq!(got.mark, (0, 7..11));
    }

    #[test]
    fn overlapping_matches_are_counted_from_their_starts() {
        let text = b"ab\ncd\nef\ngh";
        let mut lines = Lines::new(text);
        for span in [0..7, 1..10, 3..4, 7..8, 0..1] {
            let fresh = Lines::new(text).position(&span);
            assert_eq!(lines.position(&span), fresh, "{span:?}");
        }
    }

    #[test]
    fn near_parts_of_a_line_are_parts_of_it() {
        let text = b"first\r\nsecond line\r\n\nlast";
        for at in 0..text.len() {
            let whole = line_around(text, at);
            for far in 0..text.len() {
                let near = line_near(text, at, far);
                let from = whole.start.max(at.saturating_sub(far));
                let to = whole.end.min(at + far).max(from);
                assert_eq!(near, from..to, "{at} {far}");
            }
        }
    }

    #[test]
    fn lines_and_columns() {
        let mut lines = Lines::new(b"ab\ncd\nef");
        assert_eq!(
            lines.position(&(3..5)),
            Position {
                line: 2,
                column: 0,
                line_end: 2,
                column_end: 2
            }
        );
        assert_eq!(
            lines.position(&(1..7)),
            Position {
                line: 1,
                column: 1,
                line_end: 3,
                column_end: 1
            }
        );
    }
}
