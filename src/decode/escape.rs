//! Backslash escapes of string literals, JSON and properties files: `\x41`, `\u0041`, `\u{41}`, `\101`, `\n`, `\"`, `\/`.

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks, run, zero_width};

pub(super) const DECODER: Decoder = Decoder {
    name: "escape",
    find,
};

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| run::byte(text, range, b'\\'),
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.escape, sink);
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let rest = text.get(at + 1..)?;
    match rest {
        [b'x' | b'u' | b'U', b'{', digits @ ..] => {
            let count = digits.iter().take(6).take_while(|b| b.is_ascii_hexdigit());
            let count = count.count();
            (digits.get(count) == Some(&b'}')).then_some(())?;
            let char = char::from_u32(number(digits, count, 16)?)?;
            Some(zero_width::written(text, at, count + 4, char))
        }
        [b'x', digits @ ..] => {
            let byte = u8::try_from(number(digits, 2, 16)?).unwrap_or_default();
            Some(Unit::byte(4, byte))
        }
        [b'u', digits @ ..] => utf16(text, at, digits),
        [b'U', digits @ ..] => Some(Unit::char(10, char::from_u32(number(digits, 8, 16)?)?)),
        [b'0'..=b'3', _, _, ..] => {
            let byte = u8::try_from(number(rest, 3, 8)?).unwrap_or_default();
            Some(Unit::byte(4, byte))
        }
        [letter @ (b'n' | b't' | b'r' | b'b' | b'f'), ..] => {
            let byte = match letter {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                _ => b' ',
            };
            // The letter would stand before a token as if it were a part of it.
            let is_token = window::is_enough(window::token_after(text, at + 2));
            Some(Unit::byte(2, byte).telling_if(is_token || names_a_token(text, at + 2)))
        }
        [mark @ (b'/' | b'=' | b':' | b'_' | b'+'), next, ..] => {
            let is_inside = window::is_token(*next) && window::token_before(text, at) > 0;
            Some(Unit::byte(2, *mark).telling_if(is_inside))
        }
        [b'"', ..] => {
            // JSON in a string: names and values of the inner text get their quotes back.
            let is_name = rest.get(1).is_some_and(|b| b.is_ascii_alphabetic());
            Some(Unit::byte(2, b'"').telling_if(is_name))
        }
        [mark, ..] if mark.is_ascii_punctuation() => Some(Unit::byte(2, *mark).telling_if(false)),
        _ => None,
    }
}

/// Whether a name begins at `at` behind which a token stands: of `\napi_key: \"…` it is `api_key`, no `napi_key`.
fn names_a_token(text: &[u8], at: usize) -> bool {
    let behind_name = at + window::token_after(text, at);
    let rest = text.get(behind_name..).unwrap_or_default();
    let separators = rest.iter().take(6);
    let n_between = separators.take_while(|b| b" :\\\"'".contains(b)).count();
    behind_name > at
        && n_between > 0
        && window::is_enough(window::token_after(text, behind_name + n_between))
}

/// `\uXXXX`, or two that are a surrogate pair.
fn utf16(text: &[u8], at: usize, digits: &[u8]) -> Option<Unit> {
    let first = number(digits, 4, 16)?;
    if let Some(char) = char::from_u32(first) {
        return Some(zero_width::written(text, at, 6, char));
    }
    let second = number(digits.get(4..)?.strip_prefix(b"\\u")?, 4, 16)?;
    let is_pair = (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second);
    is_pair.then_some(())?;
    let char = char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?;
    Some(Unit::char(12, char))
}

/// The number that the first `count` digits are, if all of them are digits.
fn number(digits: &[u8], count: usize, radix: u32) -> Option<u32> {
    (count > 0).then_some(())?;
    digits.get(..count)?.iter().try_fold(0u32, |number, &b| {
        number
            .checked_mul(radix)?
            .checked_add(char::from(b).to_digit(radix)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_before_a_name_and_its_token_is_telling() {
        let tells = |text: &str| unit(text.as_bytes(), 0).is_some_and(|unit| unit.is_telling);
        let seed = &mut crate::template::Seed::new(4);
        let token = crate::template::expand("{base62:16}4Qz7", seed).unwrap();
        for text in ["\\n@", "\\nacme_key: \\\"@\\\"", "\\nacme: @", "\\tkey '@'"] {
            assert!(tells(&text.replace('@', &token)), "{text}");
        }
        for text in [
            "\\nacme_key: \\\"short\\\"",
            "\\n: @",
            "\\nacme, @",
            "\\nacme",
        ] {
            assert!(!tells(&text.replace('@', &token)), "{text}");
        }
    }
}
