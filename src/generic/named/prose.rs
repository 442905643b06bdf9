//! Words between a name and its value: a sentence that says more of the name, a step of a test, a picture of COBOL.

use std::ops::Range;

use super::Place;
use crate::generic::candidate::{Syntax, byte, is_blank, skip_while};
use crate::generic::class::FileClass;

/// Most bytes of what is said between a name and its value.
const SAID: usize = 48;

/// Where the value begins behind the words that follow a name, the first of them at `word` and what follows it at `follows`.
pub(super) fn told(
    place: &Place<'_>,
    word: Range<usize>,
    follows: usize,
) -> Option<(Syntax, usize)> {
    let window = place.window;
    let quoted = |i: usize| b"\"'`".contains(&byte(window, i));
    match window.get(word.clone())? {
        // `fill in "Password" with "x"`
        b"with" if place.name_quoted && quoted(follows) => Some((Syntax::Is, follows)),
        // `password of the account is x`, `password for admin: x`
        b"of" | b"for" => {
            let end = skip_while(window, follows, SAID, |b| {
                b.is_ascii_alphabetic() || b == b' ' || b == b'-'
            });
            let said = window.get(follows..end)?;
            let value = skip_while(window, end + 1, 4, is_blank);
            if byte(window, end) == b':' && value > end + 1 && !said.is_empty() {
                return Some((Syntax::Is, value));
            }
            let is = memchr::memmem::find(said, b" is ")?;
            Some((Syntax::Is, follows + is + b" is ".len()))
        }
        // `PASSWORD PIC X(12) VALUE "x"`
        b"PIC" | b"pic" => {
            let rest = window.get(follows..(follows + SAID).min(window.len()))?;
            let value = memchr::memmem::find(rest, b"VALUE ")
                .or_else(|| memchr::memmem::find(rest, b"value "))?;
            let value = follows + value + b"VALUE ".len();
            quoted(value).then_some((Syntax::Assign, value))
        }
        // `wifi password - x`, the last of its line.
        b"" if byte(window, word.start) == b'-' && place.file.class() == FileClass::Docs => {
            let value = skip_while(window, word.start + 1, 4, is_blank);
            let end = skip_while(window, value, 64, |b| b > b' ');
            let text = window.get(value..end)?;
            let mixed = text.iter().any(u8::is_ascii_digit)
                && text.iter().any(u8::is_ascii_alphabetic)
                && !text.contains(&b'(')
                && !b"@#".contains(&byte(text, 0));
            // Not the end of a sentence.
            let head = (place.name.start.saturating_sub(24)..place.name.start)
                .rev()
                .find(|&at| at == 0 || byte(window, at - 1) == b'\n');
            (head.is_some()
                && value > word.start + 1
                && mixed
                && b"\r\n\0".contains(&byte(window, end)))
            .then_some((Syntax::Colon, value))
        }
        _ => None,
    }
}
