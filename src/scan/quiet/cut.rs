//! Cuts: beginnings of lines that no encoded text crosses, so that the decoders say of the parts on both sides what they
//! say of the whole. The line before a cut is proof of it and belongs to both sides' common past: it must be old.
//!
//! Few decoders cross lines at all. `join` needs a quote, an operator or a backslash before the blanks in which a line
//! ends; `base64` goes on after a line only from a run of its digits, of a length that is looked at; lists go on after a
//! comma that follows one of their items. The others stop at the line's end, or their contents are none that can be taken
//! apart.

use std::ops::Range;

use crate::decode;

/// The shortest run of digits that `base64` looks at.
const RUN: usize = 24;

/// Without a cut within so many bytes, the part goes on to the content's end.
const FARTHEST: usize = 32 << 10;

/// The fresh ranges, widened to cuts, in order and apart.
pub(super) fn parts(bytes: &[u8], fresh: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for range in fresh {
        if parts.last().is_some_and(|last| last.end == bytes.len()) {
            break;
        }
        let end = after(bytes, range.end);
        match parts.last_mut() {
            Some(last) if last.end >= range.start => last.end = end,
            Some(last) => {
                let start = before(bytes, range.start, last.end);
                if start <= last.end {
                    last.end = end;
                } else {
                    parts.push(start..end);
                }
            }
            None => parts.push(before(bytes, range.start, 0)..end),
        }
    }
    parts
}

/// The last cut at or before a place, or `limit`, or the beginning of all.
fn before(bytes: &[u8], at: usize, limit: usize) -> usize {
    let mut cut = line_start(bytes, at);
    while cut > limit {
        if at - cut > FARTHEST {
            return 0;
        }
        let line = line_start(bytes, cut - 1);
        if line >= limit && is_closed(bytes.get(line..cut - 1).unwrap_or_default()) {
            return cut;
        }
        cut = line;
    }
    limit.min(cut)
}

/// The first cut whose line begins after a place, or the end of all.
fn after(bytes: &[u8], at: usize) -> usize {
    let Some(mut line) = line_end(bytes, at) else {
        return bytes.len();
    };
    while let Some(cut) = line_end(bytes, line) {
        if is_closed(bytes.get(line..cut - 1).unwrap_or_default()) {
            return cut;
        }
        if cut - at > FARTHEST {
            break;
        }
        line = cut;
    }
    bytes.len()
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |i| i + 1)
}

/// Where the line after that of `at` begins.
fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    memchr::memchr(b'\n', rest).map(|i| at + i + 1)
}

/// Whether nothing goes on after this line.
fn is_closed(line: &[u8]) -> bool {
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
        ] {
            assert_eq!(is_closed(line.as_bytes()), expected, "{line}");
        }
    }
}
