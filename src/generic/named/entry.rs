//! Where an entry has its value when that is not what follows the name: in a member called `value` beside the name or in
//! the block that it opens, in the content of its tag, in the next element; and which names begin a record.

use crate::generic::candidate::{byte, is_blank, is_word, skip_while};
use crate::generic::context::is_name;
use crate::generic::file::File;

/// Most bytes between a name and the member of its block that holds the value.
const BLOCK: usize = 200;
/// Lines of a YAML mapping that are asked for its value.
const LINES: usize = 4;
/// What members are called that hold the value of what their block is about.
const MEMBERS: &[&[u8]] = &[b"value", b"default", b"defaultvalue", b"default_value"];

/// `name: API_KEY, value: x`, `<add key="Password" value="x"/>`, `<name>…</name><value>x`, `<string name="key" a="b">x`,
/// `--name KEY --value x`: where `x` begins, what follows the name and its closing marks being at `next`.
pub(super) fn beside(window: &[u8], next: usize) -> Option<usize> {
    if byte(window, next) == b'<' && byte(window, next + 1) == b'/' {
        return element(window, next + 2);
    }
    let mut i = skip_while(window, next, 60, |b| b.is_ascii_whitespace() || b == b',');
    if i == next {
        return None;
    }
    if let Some(content) = content(window, next, i) {
        return Some(content);
    }
    let is_flag = window.get(i..i + 2) == Some(b"--");
    i = skip_while(window, i, 3, |b| b"\"'\\:-".contains(&b));
    // `android:value`
    let prefix = skip_while(window, i, 10, |b| b.is_ascii_lowercase());
    if prefix > i && byte(window, prefix) == b':' && byte(window, prefix + 1) == b'v' {
        i = prefix + 1;
    }
    let word = window.get(i..i + 5)?;
    if !word.eq_ignore_ascii_case(b"value") {
        return None;
    }
    i = skip_while(window, i + 5, 3, |b| b"\"'\\".contains(&b));
    let from = skip_while(window, i, 12, is_blank);
    let end = skip_while(window, from, 2, |b| b"=:>".contains(&b));
    (end > from || is_flag && from > i).then_some(end)
}

/// The text of the element behind `</name`.
fn element(window: &[u8], i: usize) -> Option<usize> {
    let mut i = skip_while(window, i, 40, |b| is_name(b) || b == b':');
    if byte(window, i) != b'>' {
        return None;
    }
    i = skip_while(window, i + 1, 40, |b| b.is_ascii_whitespace());
    if byte(window, i) != b'<' || byte(window, i + 1) == b'/' {
        return None;
    }
    i = skip_while(window, i + 1, 30, is_name);
    if is_blank(byte(window, i)) {
        i = skip_while(window, i, 60, |b| !b"<>\n".contains(&b));
    }
    (byte(window, i) == b'>').then_some(i + 1)
}

/// The content of a tag that goes on at `i` with other attributes than the one that ends at `next` and gives the name.
fn content(window: &[u8], next: usize, i: usize) -> Option<usize> {
    if !b"\"'".contains(&byte(window, next.checked_sub(1)?)) {
        return None;
    }
    let mut i = i;
    for _ in 0..3 {
        let equals = skip_while(window, i, 32, |b| is_name(b) || b == b':');
        let quote = byte(window, equals + 1);
        // `<input name="password" value="x">` has its value in itself, and no content.
        if equals > i && window.get(i..equals + 1) == Some(b"value=") {
            return None;
        }
        if equals == i || byte(window, equals) != b'=' || !b"\"'".contains(&quote) {
            return None;
        }
        let end = skip_while(window, equals + 2, 40, |b| b != quote && b != b'\n');
        if byte(window, end) != quote {
            return None;
        }
        i = skip_while(window, end + 1, 8, |b| b.is_ascii_whitespace());
        if byte(window, i) == b'>' {
            return Some(i + 1);
        }
    }
    None
}

/// `"NAME": {"value": "x"}`, `variable "name" { default = "x" }`, `Name:` with a line `Default: x` below it: where `x` begins,
/// what follows the name and blanks being at `i`.
pub(super) fn inside(window: &[u8], i: usize) -> Option<usize> {
    let colon = byte(window, i) == b':';
    let mut open = i + usize::from(colon || byte(window, i) == b'=');
    open = skip_while(window, open, 24, is_blank);
    match byte(window, open) {
        b'{' => block(window, open + 1),
        b'\n' | b'\r' if colon => mapping(window, open),
        _ => None,
    }
}

/// The member of the block that begins at `from`. What nests is another's.
fn block(window: &[u8], from: usize) -> Option<usize> {
    let mut i = from;
    while i < from + BLOCK {
        let b = byte(window, i);
        let (word, end) = match b {
            0 | b'{' | b'}' | b'[' => return None,
            b'"' | b'\'' => {
                let end = skip_while(window, i + 1, 120, |c| c != b && c != b'\n');
                (i + 1..end, end + 1)
            }
            b if is_word(b) => {
                let end = skip_while(window, i, 40, is_word);
                (i..end, end)
            }
            _ => {
                i += 1;
                continue;
            }
        };
        let separator = skip_while(window, end, 12, is_blank);
        let word = window.get(word)?;
        if matches!(byte(window, separator), b':' | b'=') && is_member(word) {
            return Some(separator + 1);
        }
        i = end;
    }
    None
}

/// The member among the lines below a name in YAML.
fn mapping(window: &[u8], line: usize) -> Option<usize> {
    let mut i = line;
    for _ in 0..LINES {
        i = skip_while(window, i, 2, |b| b"\r\n".contains(&b));
        let key = skip_while(window, i, 40, is_blank);
        let end = skip_while(window, key, 40, is_word);
        if key < i + 2 || end == key || byte(window, end) != b':' {
            return None;
        }
        if is_member(window.get(key..end)?) && is_blank(byte(window, end + 1)) {
            return Some(end + 1);
        }
        i = skip_while(window, end, 120, |b| b != b'\n');
    }
    None
}

fn is_member(word: &[u8]) -> bool {
    MEMBERS.iter().any(|m| m.eq_ignore_ascii_case(word))
}

/// Whether the name begins its line, in quotes or not.
pub(super) fn begins_line(window: &[u8], name: usize) -> bool {
    let head = window.get(..name).unwrap_or_default();
    let head = head.strip_suffix(b"\"").unwrap_or(head);
    matches!(head.last(), None | Some(b'\n'))
}

/// Whether the name is the first of a pair in Erlang: `{password, "x"}`, `-define(PASSWORD, "x")`.
pub(super) fn is_term(window: &[u8], name: usize, file: &File<'_>) -> bool {
    let head = window.get(..name).unwrap_or_default();
    file.is_erlang() && (head.ends_with(b"{") || head.ends_with(b"define("))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_the_member_that_holds_it() {
        let at = |text: &str| {
            let name = text.find("NAME").unwrap() + 4;
            let next = name + usize::from(text.as_bytes()[name] == b'"');
            let after = skip_while(text.as_bytes(), next, 40, is_blank);
            let from = beside(text.as_bytes(), next).or_else(|| inside(text.as_bytes(), after))?;
            Some(text.get(from..)?.trim_start().to_owned())
        };
        for text in [
            "\"NAME\": {\"description\": \"a default: b\", \"value\": \"x\"}",
            "\"NAME\": {\"type\": \"securestring\", \"defaultValue\": \"x\"}",
            "variable \"NAME\" {\n  type = string\n  default = \"x\"\n}",
            "NAME:\n    Type: String\n    Default: \"x\"\n}",
            "<item name=\"NAME\" translatable=\"false\">\"x\"",
            "<a b:name=\"NAME\"\n  b:value=\"x\"",
            "put --name NAME --value \"x\"",
            "name: NAME\n  value: \"x\"",
            "name: NAME\n  value:\"x\"",
        ] {
            let found = at(text).unwrap_or_else(|| panic!("{text}"));
            assert!(found.starts_with("\"x\""), "{text}: {found}");
        }
        for text in [
            "\"NAME\": {\"a\": {\"value\": \"x\"}}",
            "\"NAME\": {\"a\": 1}, \"value\": \"x\"",
            "NAME:\nDefault: \"x\"\n",
            "<a name=\"NAME\" b>\"x\"",
            "NAME --other \"x\"",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
