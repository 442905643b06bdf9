//! The few shapes of text that credential files have: lines, assignments, JSON members, XML elements. All give byte
//! ranges into the file; none checks that the file is well formed. They are read one by one: a file may be nothing else.

use std::ops::Range;

/// A name and the value assigned to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair<'b> {
    pub(super) name: &'b [u8],
    pub(super) value: Range<usize>,
}

impl Pair<'_> {
    pub(super) fn is(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.name.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// Lines without their end, by range.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    bytes.split(|&b| b == b'\n').map(move |line| {
        let at = start;
        start += line.len() + 1;
        let end = line.strip_suffix(b"\r").unwrap_or(line).len();
        at..at + end
    })
}

/// The range without blanks on either side.
pub(super) fn trim(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let text = bytes.get(range.clone()).unwrap_or_default();
    let front = text.len() - text.trim_ascii_start().len();
    let kept = text.trim_ascii().len();
    range.start + front..range.start + front + kept
}

/// The range without one pair of quotes around it.
pub(super) fn unquote(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    match bytes.get(range.clone()) {
        Some([open @ (b'"' | b'\'' | b'`'), .., close]) if open == close => {
            range.start + 1..range.end - 1
        }
        _ => range,
    }
}

/// Assignments, one a line: a name, one of the separators, a value, perhaps in quotes. Comments are left out.
pub(super) fn assignments<'b>(
    bytes: &'b [u8],
    separators: &'b [u8],
) -> impl Iterator<Item = Pair<'b>> {
    lines(bytes).filter_map(move |line| assignment(bytes, line, separators))
}

fn assignment<'b>(bytes: &'b [u8], line: Range<usize>, separators: &[u8]) -> Option<Pair<'b>> {
    let line = trim(bytes, line);
    let text = bytes.get(line.clone())?;
    if matches!(text.first(), None | Some(b'#' | b';' | b'[' | b'!')) || text.starts_with(b"//#") {
        return None;
    }
    let skipped = [&b"export "[..], b"set ", b"- ", b"setenv "]
        .iter()
        .find_map(|word| text.strip_prefix(*word))
        .map_or(0, |rest| text.len() - rest.len());
    let text = text.get(skipped..)?;
    let at = text.iter().position(|b| separators.contains(b))?;
    let name = text.get(..at)?.trim_ascii();
    let name = name.strip_prefix(b":").unwrap_or(name).trim_ascii_start();
    let name = match name {
        [b'"' | b'\'', inner @ .., b'"' | b'\''] => inner,
        _ => name,
    };
    // Something else with the separator in it, such as an expression.
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-./:@".contains(b);
    let value = line.start + skipped + at + 1..line.end;
    name.iter().all(is_name).then(|| Pair {
        name,
        value: plain_value(bytes, value),
    })
}

/// The value of an assignment: what its quotes hold, or the rest of the line up to a comment.
fn plain_value(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let range = trim(bytes, range);
    let text = bytes.get(range.clone()).unwrap_or_default();
    if let Some((&quote @ (b'"' | b'\''), rest)) = text.split_first()
        && let Some(end) = rest.iter().position(|&b| b == quote)
    {
        return range.start + 1..range.start + 1 + end;
    }
    let comment = text
        .windows(2)
        .position(|w| matches!(w, [b' ' | b'\t', b'#' | b';']));
    let end = comment.unwrap_or(text.len());
    let text = text.get(..end).unwrap_or_default().trim_ascii_end();
    let text = text.strip_suffix(b",").unwrap_or(text);
    range.start..range.start + text.len()
}

/// Members of JSON objects whose value is a string, at any depth.
pub(super) fn json_members(bytes: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = next_quote(bytes, at)?;
            let end = string_end(bytes, open + 1)?;
            at = end + 1;
            let Some(value) = member_value(bytes, at) else {
                continue;
            };
            if let Some(close) = string_end(bytes, value) {
                at = close + 1;
                return Some(Pair {
                    name: bytes.get(open + 1..end)?,
                    value: value..close,
                });
            }
        }
    })
}

fn next_quote(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr(b'"', bytes.get(from..)?).map(|at| from + at)
}

/// Where the string that begins at `from` ends.
fn string_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// After `:` and a quote: where the string's content begins.
fn member_value(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let after = rest.trim_ascii_start().strip_prefix(b":")?;
    let content = after.trim_ascii_start().strip_prefix(b"\"")?;
    Some(bytes.len() - content.len())
}

/// An XML start tag with the text that follows it.
#[derive(Debug)]
pub(super) struct Element<'b> {
    pub(super) name: &'b [u8],
    /// Between the name and `>`.
    pub(super) attributes: Range<usize>,
    /// Up to the next `<`, trimmed.
    pub(super) text: Range<usize>,
}

impl Element<'_> {
    pub(super) fn is(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.name.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// Start tags of an XML text; comments are left out.
pub(super) fn elements(bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut at = 0;
    let mut section = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + memchr::memchr(b'<', bytes.get(at..)?)? + 1;
            let rest = bytes.get(start..)?;
            if rest.starts_with(b"!--") {
                at = start + memchr::memmem::find(rest, b"-->")?;
                continue;
            }
            let close = tag_end(rest)?;
            let tag = rest.get(..close)?;
            let end = tag
                .iter()
                .position(|b| b.is_ascii_whitespace() || *b == b'/')
                .unwrap_or(tag.len());
            at = start + close + 1;
            if end > 0 {
                return Some(Element {
                    name: tag.get(..end)?,
                    attributes: start + end..start + close,
                    text: element_text(bytes, at, &mut section),
                });
            }
        }
    })
}

/// What stands between a tag and the next one, or in a section of plain text there. `section` is where the last such section
/// ends: there is none in another, which would be read to its end again for each.
fn element_text(bytes: &[u8], start: usize, section: &mut usize) -> Range<usize> {
    let text = bytes.get(start..).unwrap_or_default();
    let plain = text.trim_ascii_start().strip_prefix(b"<![CDATA[");
    let (text, length) = match plain.filter(|_| start >= *section) {
        Some(plain) => (plain, memchr::memmem::find(plain, b"]]>")),
        None => (text, memchr::memchr(b'<', text)),
    };
    let start = bytes.len() - text.len();
    let end = start + length.unwrap_or(text.len());
    if plain.is_some() {
        *section = (*section).max(end);
    }
    trim(bytes, start..end)
}

/// The `>` that ends a tag, outside its attributes' quotes.
fn tag_end(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, &b) in tag.iter().enumerate() {
        match (quote, b) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(open), b) if open == b => quote = None,
            (None | Some(_), _) => {}
        }
    }
    None
}

/// Attributes of one tag that are looked at.
const MAX_ATTRIBUTES: usize = 256;

/// Attributes of a tag: `name="value"`.
pub(super) fn attributes<'b>(bytes: &'b [u8], element: &Element<'_>) -> Vec<Pair<'b>> {
    let mut out = Vec::new();
    let mut at = element.attributes.start;
    while out.len() < MAX_ATTRIBUTES
        && let Some(rest) = bytes.get(at..element.attributes.end)
    {
        let Some(equals) = memchr::memchr(b'=', rest) else {
            break;
        };
        let name = rest.get(..equals).unwrap_or_default().trim_ascii();
        let after = rest.get(equals + 1..).unwrap_or_default();
        let blanks = after.len() - after.trim_ascii_start().len();
        let Some((&quote @ (b'"' | b'\''), inner)) = after.trim_ascii_start().split_first() else {
            break;
        };
        let Some(length) = memchr::memchr(quote, inner) else {
            break;
        };
        let start = at + equals + 1 + blanks + 1;
        out.push(Pair {
            name,
            value: start..start + length,
        });
        at = start + length + 1;
    }
    out
}
