//! Cuts: beginnings of lines that no encoded text crosses, so that the decoders say of the parts on both sides what they
//! say of the whole. The line before a cut is proof of it: where something in it is fresh, what follows is looked at as well.
//!
//! Few decoders cross lines at all. `join` needs a quote, an operator or a backslash before the blanks in which a line
//! ends; `base64` goes on after a line only from a run of its digits, of a length that is looked at; lists go on after a
//! comma that follows one of their items; blocks of YAML below their head, and after a line that is nothing but a part of
//! a token. The others stop at the line's end, or their contents are none that can be taken apart.

use std::ops::Range;

use crate::decode;

/// The shortest run of digits that `base64` looks at.
const RUN: usize = 24;

/// The fresh ranges, which are in order, widened to cuts: in order and apart.
pub(super) fn parts(bytes: &[u8], fresh: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for range in fresh {
        let limit = parts.last().map_or(0, |last| last.end);
        if limit == bytes.len() && limit > 0 {
            break;
        }
        // The line in which the range ends is no proof of a cut.
        let rest = bytes.get(range.end..).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).map_or(bytes.len(), |i| range.end + i + 1);
        let end = after(bytes, line, |_, _| true).max(limit);
        let start = before(bytes, range.start, limit, |_, _| true);
        match parts.last_mut() {
            Some(last) if last.end >= start => last.end = end,
            Some(_) | None => parts.push(start..end),
        }
    }
    parts
}

/// The last cut at or before a place of those that are asked for by content and the end of their line, or `limit` if there is
/// none after it.
pub(super) fn before(
    bytes: &[u8],
    at: usize,
    limit: usize,
    counts: impl Fn(&[u8], usize) -> bool,
) -> usize {
    let mut end = at;
    while end > limit {
        let text = bytes.get(limit..end).unwrap_or_default();
        let Some(newline) = memchr::memrchr(b'\n', text) else {
            return limit;
        };
        let newline = limit + newline;
        if counts(bytes, newline) && is_closed(line_of(bytes, newline)) {
            return newline + 1;
        }
        end = newline;
    }
    limit
}

/// The first such cut after a place, or the end of all.
pub(super) fn after(bytes: &[u8], at: usize, counts: impl Fn(&[u8], usize) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    for newline in memchr::memchr_iter(b'\n', rest) {
        let newline = at + newline;
        if counts(bytes, newline) && is_closed(line_of(bytes, newline)) {
            return newline + 1;
        }
    }
    bytes.len()
}

/// Where the line begins in which a place is, or that ends there.
pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |i| i + 1)
}

/// The line that ends at a place.
fn line_of(bytes: &[u8], newline: usize) -> &[u8] {
    let start = line_start(bytes, newline);
    bytes.get(start..newline).unwrap_or_default()
}

/// Whether nothing goes on after this line.
pub(super) fn is_closed(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let is_joint = |b: &u8| b"\"'`\\.|+<>&~".contains(b);
    let (text, n_plus) = without_end(line);
    // A line of nothing but signs, such as a lone `#`, may stand between the lines of one text.
    !text.is_empty()
        && !line.last().is_some_and(is_joint)
        && n_plus + digits_at_end(text) < RUN
        && !decode::is_list_open(line)
}

/// A line without what may stand between digits of base64 and the line's end, and how many `+` that was: digits as well as
/// operators.
fn without_end(line: &[u8]) -> (&[u8], usize) {
    let mut rest = line;
    let mut n_plus = 0;
    loop {
        rest = match rest {
            [before @ .., b'\\', b'n' | b'r'] => before,
            [before @ .., b'+'] => {
                n_plus += 1;
                before
            }
            [before @ .., last] if b"\"'` \t\r\\>#.,&|".contains(last) => before,
            _ => return (rest, n_plus),
        };
    }
}

/// With how many digits of base64 a text ends, as far as it matters.
fn digits_at_end(text: &[u8]) -> usize {
    let is_digit = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'/' | b'+' | b'-' | b'_');
    text.iter().rev().take(RUN).take_while(is_digit).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::text;
    use super::*;

    /// Where encoded texts stand, and what they are.
    fn items(text: &[u8], from: usize) -> Vec<(usize, usize, Vec<u8>)> {
        let mut items = Vec::new();
        decode::find_all(text, &mut |found| {
            items.push((found.span.start + from, found.span.end + from, found.bytes));
        });
        items
    }

    /// Where the line after that of `at` begins.
    fn line_end(text: &[u8], at: usize) -> Option<usize> {
        let newline = text[at..].iter().position(|b| *b == b'\n');
        newline.map(|i| at + i + 1)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]
        #[test]
        fn no_encoded_text_crosses_a_cut(text in text()) {
            let is_in_parts = !text.contains(&0) && !decode::is_manifest(&text) && !decode::is_whole(&text);
            prop_assume!(is_in_parts);
            let mut whole = items(&text, 0);
            whole.sort();
            let mut line = 0;
            while let Some(cut) = line_end(&text, line) {
                if is_closed(&text[line..cut - 1]) {
                    let mut parts = items(&text[..cut], 0);
                    parts.extend(items(&text[cut..], cut));
                    parts.sort();
                    prop_assert_eq!(&parts, &whole, "cut at {} of {:?}", cut, String::from_utf8_lossy(&text));
                }
                line = cut;
            }
        }
    }

    #[test]
    fn lines_after_which_something_goes_on_are_not_closed() {
        for (line, expected) in [
            ("return 0;", true),
            ("a plain sentence of several words", true),
            ("", false),
            ("  ", false),
            ("#", false),
            ("> # \\n", false),
            ("x = \"abc\"", false),
            ("x = \"abc\" +", false),
            ("x = 'abc' \\", false),
            ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldY", false),
            ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldY \\n", false),
            ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldY #", false),
            ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldY;", true),
            ("QUJDREVGR0hJSktMTU5P", true),
            ("0x41, 0x42,", false),
            ("call(value,", true),
            ("  'abc',", false),
            ("  x: 'abc',", true),
            ("''.join([", false),
            ("call(", true),
            ("p = ['abc', 'def']", false),
            ("p = ['abc', 'def',];", false),
            ("p = [abc, def]", true),
            ("key: |", false),
            ("key: >-", false),
            ("- |2+", false),
            ("a = b - 1", true),
            ("    Abcdefgh1", false),
            ("    abcdefgh1;", true),
            ("    abcdefgh", true),
            ("    end", true),
            ("Abcdefgh1", true),
        ] {
            assert_eq!(is_closed(line.as_bytes()), expected, "{line}");
        }
    }
}
