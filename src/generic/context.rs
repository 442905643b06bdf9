//! What stands around a name: a string, a comment, a tag, a call, a type; and where a map entry has its value.

use std::ops::Range;

use super::candidate::{NameClass, byte, is_blank, is_word, skip_while};
use super::class::FileClass;
use super::file::File;
use super::word_set::Words;

/// `: Type = value`: where the value begins.
pub(super) fn typed(window: &[u8], i: usize) -> Option<usize> {
    let from = skip_while(window, i, 4, is_blank);
    let end = skip_while(window, from, 32, |b| {
        is_word(b) || b"<>[]&?*.|' ".contains(&b)
    });
    (end > from
        && byte(window, from).is_ascii_alphabetic() | b"&*[?".contains(&byte(window, from))
        && byte(window, end) == b'='
        && !b"=>~".contains(&byte(window, end + 1)))
    .then_some(end + 1)
}

/// The name stands in a start tag: `<password` or `<a name="password"`.
pub(super) fn opens_tag(window: &[u8], name: usize) -> bool {
    let from = name.saturating_sub(80);
    let head = window.get(from..name).unwrap_or_default();
    let open = head.iter().rposition(|&b| b == b'<');
    let close = head.iter().rposition(|&b| b == b'>' || b == b'\n');
    open.is_some_and(|open| close.is_none_or(|close| close < open))
}

/// Where the content of `<password kind="plain">` begins, its name at `name` and its first attribute at `i`.
pub(super) fn tag_end(window: &[u8], name: usize, i: usize) -> Option<usize> {
    if byte(window, name.wrapping_sub(1)) != b'<' {
        return None;
    }
    let end = skip_while(window, i, 120, |b| !b"<>\n".contains(&b));
    let whole = byte(window, end) == b'>' && byte(window, end - 1) != b'/';
    whole.then_some(end + 1)
}

/// The name is a scheme of the issuer's own: `Authorization: Api-Token …`.
pub(super) fn after_authorization(window: &[u8], name: usize) -> bool {
    let head = window.get(..name).unwrap_or_default();
    head.trim_ascii_end().ends_with(b"uthorization:")
}

/// Where the credential begins in `Authorization: Client-ID …`, whose name ends before `i`, the issuer's own scheme being a
/// word that announces nothing. Schemes that have keywords of their own, or sign requests, are left to others.
pub(super) fn after_scheme(window: &[u8], name: &Range<usize>, i: usize) -> Option<usize> {
    const LEAST: usize = 20;
    let is_header = (window.get(name.clone())?)
        .get(..13)
        .is_some_and(|head| head.eq_ignore_ascii_case(b"authorization"))
        && name.len() == 13;
    if !is_header {
        return None;
    }
    let from = skip_while(window, i, 2, |b| b == b' ');
    let end = skip_while(window, from, 16, |b| b.is_ascii_alphabetic() || b == b'-');
    let scheme = window.get(from..end)?;
    let known = [
        b"bearer".as_slice(),
        b"basic",
        b"digest",
        b"negotiate",
        b"ntlm",
        b"oauth",
        b"hawk",
        b"signature",
    ];
    if scheme.len() < 2
        || byte(window, end) != b' '
        || known.iter().any(|word| scheme.eq_ignore_ascii_case(word))
    {
        return None;
    }
    let token = end + 1;
    let close = skip_while(window, token, 512, |b| {
        b.is_ascii_alphanumeric() || b"-_.~+/=".contains(&b)
    });
    let text = window.get(token..close)?;
    let ends = matches!(byte(window, close), b'"' | b'\'' | b'`' | b'\n' | b'\r' | 0);
    (ends && text.len() >= LEAST && text.iter().any(u8::is_ascii_digit)).then_some(token)
}

/// Length of an escaped quote of HTML at `i`: `&quot;`, `&#39;`, `&#34;`.
pub(super) fn entity_quote(window: &[u8], i: usize) -> usize {
    [b"&quot;".as_slice(), b"&#39;", b"&#34;", b"&apos;"]
        .iter()
        .find(|mark| window.get(i..i + mark.len()) == Some(**mark))
        .map_or(0, |mark| mark.len())
}

/// Whether position `i` lies inside a string of its line: an odd number of quotes stands before it.
pub(super) fn in_string(window: &[u8], i: usize) -> bool {
    let head = window.get(i.saturating_sub(160)..i).unwrap_or_default();
    let (mut double, mut single) = (0, 0);
    for &b in head.iter().rev().take_while(|&&b| b != b'\n') {
        match b {
            b'"' => double += 1,
            b'\'' => single += 1,
            _ => {}
        }
    }
    double % 2 == 1 || single % 2 == 1
}

/// The class of the name; for a mere `key` that of the word before it: `access key`, `Secret Key`.
pub(super) fn class_of(window: &[u8], name: &Range<usize>) -> NameClass {
    let class = NameClass::of(window.get(name.clone()).unwrap_or_default());
    if class != NameClass::Key || byte(window, name.start.wrapping_sub(1)) != b' ' {
        return class;
    }
    let head = window
        .get(name.start.saturating_sub(16)..name.start - 1)
        .unwrap_or_default();
    let word = head.rsplit(|b| !is_word(*b)).next().unwrap_or_default();
    match NameClass::of(word) {
        NameClass::Secret => NameClass::Secret,
        NameClass::ApiKey | NameClass::Auth => NameClass::ApiKey,
        NameClass::Password
        | NameClass::Token
        | NameClass::Key
        | NameClass::Credential
        | NameClass::Salt
        | NameClass::Other => {
            if word.eq_ignore_ascii_case(b"api") {
                NameClass::ApiKey
            } else {
                class
            }
        }
    }
}

/// Whether a quoted name is the first argument of a call that stores the second under it: `define('X', 'y')`.
pub(super) fn stores(window: &[u8], name: usize) -> bool {
    let head = window
        .get(name.saturating_sub(40)..name)
        .unwrap_or_default()
        .trim_ascii_end();
    let head = head
        .strip_suffix(b"'")
        .or(head.strip_suffix(b"\""))
        .unwrap_or(head);
    if is_build_field(head) {
        return true;
    }
    let head = head.trim_ascii_end();
    let Some(head) = head.strip_suffix(b"(").or_else(|| before_argument(head)) else {
        return false;
    };
    let head = head.trim_ascii_end();
    let word = head.rsplit(|b| !is_word(*b)).next().unwrap_or_default();
    [
        b"getordefault".as_slice(),
        b"getorelse",
        b"getenv",
        b"fromenvironment",
        b"buildconfigfield",
        b"resvalue",
        b"values",
        b"option",
        b"define",
        b"put",
        b"set",
        b"add",
        b"env",
        b"const",
        b"with",
        b"prop",
    ]
    .iter()
    .any(|start| {
        word.get(..start.len())
            .is_some_and(|w| w.eq_ignore_ascii_case(start))
    })
}

/// What stands before a call's parenthesis and the one literal behind that: `set("section", ` is `set`.
fn before_argument(head: &[u8]) -> Option<&[u8]> {
    let first = head.strip_suffix(b",")?.trim_ascii_end();
    let (quote, first) = first.split_last()?;
    let open = memchr::memrchr(*quote, first)?;
    b"\"'"
        .contains(quote)
        .then(|| first.get(..open)?.strip_suffix(b"("))?
}

/// Whether a name is the first argument of a call of one of `names`.
pub(super) fn calls(window: &[u8], name: usize, names: &[&[u8]]) -> bool {
    let head = window
        .get(name.saturating_sub(48)..name)
        .unwrap_or_default();
    // `&`, `login->`
    let path = |b: &u8| is_word(*b) || b"&*->. ".contains(b);
    let open = head.iter().rposition(|b| !path(b));
    let Some(head) = open.and_then(|open| head.get(..=open)?.strip_suffix(b"(")) else {
        return false;
    };
    let word = head.rsplit(|b| !is_word(*b)).next().unwrap_or_default();
    names.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a field of an Android build is named next: `buildConfigField "String", "…`, `resValue("string", "…`.
fn is_build_field(head: &[u8]) -> bool {
    let Some(head) = head.trim_ascii_end().strip_suffix(b",") else {
        return false;
    };
    [
        b"\"String\"".as_slice(),
        b"'String'",
        b"\"string\"",
        b"'string'",
    ]
    .iter()
    .filter_map(|kind| head.trim_ascii_end().strip_suffix(*kind))
    .map(|head| head.trim_ascii_end())
    .map(|head| head.strip_suffix(b"(").unwrap_or(head))
    .any(|head| head.ends_with(b"buildConfigField") || head.ends_with(b"resValue"))
}

/// Whether the line of position `i` begins with a mark of comments.
pub(super) fn in_comment(window: &[u8], i: usize) -> bool {
    let head = window.get(i.saturating_sub(160)..i).unwrap_or_default();
    let line = head.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    let line = line.trim_ascii_start();
    [b"//".as_slice(), b"#", b"*", b"--", b"/*", b"<!--"]
        .iter()
        .any(|mark| line.starts_with(mark))
}

/// How statements of SQL begin that give a password, and what only they say.
static STATEMENTS: Words<11> = Words::new([
    b"create user",
    b"create role",
    b"create login",
    b"create or replace user",
    b"alter user",
    b"alter role",
    b"alter login",
    b"set password",
    b"grant ",
    b"identified",
    b"encrypted",
]);
/// How far before a password its statement begins.
const STATEMENT: usize = 160;

/// Whether a name stands in a statement of SQL, `ALTER ROLE a WITH PASSWORD 'x'`, and not in prose, `the password "x"`.
pub(super) fn in_statement(window: &[u8], name: &Range<usize>, file: &File<'_>) -> bool {
    let from = name.start.saturating_sub(STATEMENT);
    let statement = window.get(from..name.end).unwrap_or_default();
    file.class() == FileClass::Sql || STATEMENTS.any_in(statement)
}

pub(super) fn is_name(b: u8) -> bool {
    is_word(b) || b == b'-' || b == b'.'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_from_prose() {
        let stated = |text: &str, path: &str| {
            let from = text.to_ascii_lowercase().find("password").unwrap();
            in_statement(
                text.as_bytes(),
                &(from..from + 8),
                &File::new(path.as_bytes()),
            )
        };
        for text in [
            "CREATE ROLE joe WITH LOGIN PASSWORD 'x'",
            "alter user joe\n  with encrypted password 'x'",
            "CREATE USER IF NOT EXISTS joe PASSWORD 'x'",
        ] {
            assert!(stated(text, "a.py"), "{text}");
        }
        for text in ["with the password \"x\"", "the default password `x`"] {
            assert!(!stated(text, "a.md"), "{text}");
            assert!(stated(text, "a.sql"), "{text}");
        }
    }
}
