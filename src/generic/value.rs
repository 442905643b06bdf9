//! Literals: the quoted or bare text at a place, and whether it can be a value at all.

pub(super) mod array;
mod element;
mod look_up;
mod template;

use std::ops::Range;

pub(super) use element::element;
pub(super) use look_up::is_looked_up;

use super::candidate::{Quote, byte, is_word, skip_while};
use super::class::FileClass;
use super::words;

/// Longest and shortest literal that is judged.
const MAX: usize = 512;
const MIN: usize = 3;

/// A literal and where the text after it begins.
pub(super) struct Literal {
    pub(super) range: Range<usize>,
    pub(super) quote: Quote,
    pub(super) end: usize,
}

/// The quoted literal that begins at `i`, if one does.
pub(super) fn quoted(window: &[u8], i: usize) -> Option<Literal> {
    let first = byte(window, i);
    if first == b'\\' && matches!(byte(window, i + 1), b'"' | b'\'') {
        return escaped(window, i);
    }
    if !matches!(first, b'"' | b'\'' | b'`') {
        return None;
    }
    if byte(window, i + 1) == first && byte(window, i + 2) == first {
        let from = i + 3;
        let mut end = from;
        while end < from + MAX && end < window.len() {
            if byte(window, end) == first
                && byte(window, end + 1) == first
                && byte(window, end + 2) == first
            {
                return Some(Literal {
                    range: from..end,
                    quote: Quote::Triple,
                    end: end + 3,
                });
            }
            end += 1;
        }
        let line = skip_while(window, from, MAX, |b| b != b'\n');
        return open(window, from..line);
    }
    let from = i + 1;
    let mut end = from;
    while end < from + MAX {
        match byte(window, end) {
            b if b == first => {
                let quote = match first {
                    b'"' => Quote::Double,
                    b'\'' => Quote::Single,
                    _ => Quote::Backtick,
                };
                return Some(Literal {
                    range: from..end,
                    quote,
                    end: end + 1,
                });
            }
            // The first line of a longer literal.
            b'\\' if matches!(byte(window, end + 1), b'\n' | 0) => return open(window, from..end),
            b'\n' | 0 => return open(window, from..end),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    open(window, from..end)
}

/// A literal in Perl's or Ruby's own quotes, `q{x}`, the word before them at `word`.
pub(super) fn perl_quoted(window: &[u8], word: Range<usize>) -> Option<Literal> {
    if !matches!(window.get(word.clone())?, b"q" | b"qq") {
        return None;
    }
    let close = match byte(window, word.end) {
        b'{' => b'}',
        b'(' => b')',
        b'[' => b']',
        mark @ (b'/' | b'|' | b'!') => mark,
        _ => return None,
    };
    let from = word.end + 1;
    let end = skip_while(window, from, MAX, |b| b != close && b != b'\n');
    (byte(window, end) == close).then_some(Literal {
        range: from..end,
        quote: Quote::Single,
        end: end + 1,
    })
}

/// What a literal that goes on in the next line has in its first: a long run without blanks, else nothing.
fn open(window: &[u8], range: Range<usize>) -> Option<Literal> {
    let text = window.get(range.clone())?;
    let run = text.len() >= 24
        && text
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(b));
    run.then_some(Literal {
        end: range.end,
        range,
        quote: Quote::Open,
    })
}

/// A literal between `\"` and `\"`, as in JSON within a string.
fn escaped(window: &[u8], i: usize) -> Option<Literal> {
    let quote = byte(window, i + 1);
    if byte(window, i) != b'\\' || !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let from = i + 2;
    let mut end = from;
    while end < from + MAX {
        match byte(window, end) {
            b'\\' if byte(window, end + 1) == quote => {
                return Some(Literal {
                    range: from..end,
                    quote: Quote::Escaped,
                    end: end + 2,
                });
            }
            b'\n' | 0 => return None,
            b if b == quote => return None,
            _ => end += 1,
        }
    }
    None
}

/// The longest literal between `\"` in a string that holds JSON.
pub(super) fn inner(window: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let mut best: Option<Range<usize>> = None;
    let mut i = range.start;
    while i < range.end {
        if let Some(literal) = escaped(window, i).filter(|l| l.end <= range.end) {
            if best.as_ref().is_none_or(|b| b.len() < literal.range.len()) {
                best = Some(literal.range.clone());
            }
            i = literal.end;
        } else {
            i += 1;
        }
    }
    best.filter(|b| b.len() >= 12)
}

/// A literal between two escaped quotes of HTML, the first of which is `quote` bytes long.
pub(super) fn until_entity(window: &[u8], i: usize, quote: usize) -> Option<Literal> {
    let mark = window.get(i..i + quote)?;
    let from = i + quote;
    let length = window
        .get(from..)?
        .windows(quote)
        .take(MAX)
        .take_while(|part| part.first() != Some(&b'\n'))
        .position(|part| part == mark)?;
    Some(Literal {
        range: from..from + length,
        quote: Quote::Entity,
        end: from + length + quote,
    })
}

/// The bare word at `i`; what ends it depends on the kind of file.
pub(super) fn bare(window: &[u8], i: usize, file: FileClass, in_text: bool) -> Option<Literal> {
    let open = matches!(
        file,
        FileClass::Config | FileClass::Shell | FileClass::Unknown
    ) && !in_text;
    let mut end = i;
    loop {
        end = skip_while(window, end, MAX, |b| {
            b > b' ' && b != 0x7f && !b"\"'`,;<>\\|".contains(&b) && (open || !b")]}&".contains(&b))
        });
        // In settings a quote, a comma or a semicolon within a password belongs to it.
        let inside = open
            && end > i
            && end < i + MAX
            && b"\"',;<>|`".contains(&byte(window, end))
            && is_word(byte(window, end - 1))
            && is_word(byte(window, end + 1))
            && mixes(window.get(i..end).unwrap_or_default());
        if !inside {
            break;
        }
        end += 1;
    }
    if end >= i + MAX {
        return None;
    }
    // Cut by whoever wrote it: `eyJh...`.
    if end >= i + 3 && window.get(end - 3..end) == Some(b"...") {
        return None;
    }
    let mut last = end;
    while last > i && b".,:;".contains(&byte(window, last - 1)) {
        last -= 1;
    }
    Some(Literal {
        range: i..last,
        quote: Quote::None,
        end,
    })
}

/// Letters and digits mixed, as in a password but not in a list of words.
fn mixes(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
        && !text.contains(&b'=')
}

/// Whether a text can be a secret at all: long enough, no template, no look-up, not one character repeated.
/// `literal`: the text stands in quotes of a language that fills in no `$name`.
pub(super) fn plausible(text: &[u8], literal: bool) -> bool {
    if text.len() < MIN || is_binary(text) {
        return false;
    }
    let Some(&first) = text.first() else {
        return false;
    };
    if text.iter().all(|&b| b == first)
        || text.iter().all(|b| !b.is_ascii_alphanumeric() && *b < 0x80)
    {
        return false;
    }
    // `String!` is a type of GraphQL.
    let word = text.strip_suffix(b"!").unwrap_or(text);
    if WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
        || OTHER_KINDS.iter().any(|start| text.starts_with(start))
    {
        return false;
    }
    // Masked or cut: `ab****`, `ab••••`, `eyJh...`.
    let cut = [
        b"***".as_slice(),
        b"...",
        b"\xe2\x80\xa6",
        "\u{2022}\u{2022}".as_bytes(),
        b"xxxxxx",
        b"XXXXXX",
    ];
    // Their first bytes are rare.
    let begins = |mark: &[u8]| mark.first().is_some_and(|first| text.contains(first));
    if cut
        .iter()
        .any(|mark| begins(mark) && text.windows(mark.len()).any(|part| part == *mark))
    {
        return false;
    }
    if template::is_ciphertext(text) || template::is_checksum(text) || template::is_joined(text) {
        return false;
    }
    !template::is_filled_in(text) || literal && dollar_first(text)
}

/// Whether more than a quarter is text in no encoding that matters: letters of a name stand by chance in any font.
fn is_binary(text: &[u8]) -> bool {
    let odd: usize = text.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    odd * 4 > text.len()
}

/// `$ecret7`: a dollar in place of a letter. A variable of whatever reads the text later is written in capitals or words.
fn dollar_first(text: &[u8]) -> bool {
    let words::Cover {
        covered, letters, ..
    } = words::cover(text);
    byte(text, 0) == b'$'
        && text.iter().skip(1).all(|&b| is_word(b))
        && text.iter().any(u8::is_ascii_lowercase)
        && covered * 5 < letters * 4
}

/// Constants and types that stand where a value would.
const WORDS: &[&[u8]] = &[
    b"null",
    b"nil",
    b"none",
    b"true",
    b"false",
    b"undefined",
    b"string",
    b"str",
    b"yes",
    b"bytes",
    b"bool",
    b"boolean",
    b"int",
    b"integer",
    b"n/a",
    b"empty",
    b"optional",
    b"required",
    b"redacted",
    b"any",
    b"ascii",
    b"utf8",
    b"utf-8",
    b"latin1",
    b"base64",
    b"hex",
];

/// What begins a comment, a public key of SSH, a distinguished name.
const OTHER_KINDS: &[&[u8]] = &[
    b"//",
    b"ssh-rsa ",
    b"ssh-ed25519 ",
    b"ssh-dss ",
    b"ecdsa-sha2-",
    b"cn=",
    b"ou=",
    b"dc=",
    b"uid=",
    b"CN=",
    b"OU=",
    b"DC=",
];

/// Digits between letters of both cases, and few words, or a case that changes at every second letter: no identifier
/// that a person would choose.
fn random(text: &[u8]) -> bool {
    let words::Cover {
        covered, letters, ..
    } = words::cover(text);
    text.len() >= 10
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
        && (covered * 2 < letters || changes_of_case(text) * 2 >= letters)
}

fn changes_of_case(text: &[u8]) -> usize {
    let letters = |a: &u8, b: &u8| a.is_ascii_alphabetic() && b.is_ascii_alphabetic();
    text.array_windows()
        .filter(|[a, b]| letters(a, b) && a.is_ascii_lowercase() != b.is_ascii_lowercase())
        .count()
}

/// A bare word of source code that names something instead of being a literal: `config.token`, `getToken(x)`, `null`.
/// `shouts`: in this language a `!` may follow an expression.
pub(super) fn is_expression(text: &[u8], shouts: bool) -> bool {
    let first = byte(text, 0);
    if !(first.is_ascii_alphabetic() || b"_$@&*(![{:+-~".contains(&first)) {
        return false;
    }
    // No operator ends an expression.
    let (last, text) = match text.split_last() {
        Some((b'!', rest)) if !shouts => (b'!', rest),
        _ => (0, text),
    };
    if last == b'!' && text.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    let calls = text.iter().any(|b| b"([".contains(b));
    let path = text
        .iter()
        .all(|&b| is_word(b) || b".:->?!&*$@".contains(&b));
    let letters_only = text.iter().all(|&b| is_word(b));
    calls || path && !letters_only || letters_only && digits * 5 < text.len() && !random(text)
}
