//! What of a literal is the value: less than the whole where a scheme, a user's name, further quotes or a template stand
//! around it.

use std::ops::Range;

use crate::generic::candidate::{byte, is_word, skip_while};
use crate::generic::value;

/// Schemes with which credentials begin, and how openssl is told that a password follows.
const SCHEMES: [&[u8]; 4] = [b"bearer ", b"basic ", b"token ", b"pass:"];
/// A key that a test presses after it typed a password.
const PRESSED: &[u8] = b"{enter}";

/// The part of the literal at `range` that is the value which `name` announces.
pub(super) fn to_value(window: &[u8], mut range: Range<usize>, name: &[u8]) -> Range<usize> {
    let text = |range: &Range<usize>| window.get(range.clone()).unwrap_or_default();
    // `Bearer x`, `Basic x`, `Token x` in a value: the credential is what follows.
    for scheme in SCHEMES {
        let whole = text(&range);
        let (head, rest) = whole.split_at_checked(scheme.len()).unwrap_or_default();
        // `Basic authentication password` are words.
        if head.eq_ignore_ascii_case(scheme) && !rest.contains(&b' ') {
            range.start += scheme.len();
        }
    }
    // Quotes within quotes, of what is written into code: `'"x"'`, `"\"x\""`.
    for quote in [b"\\\"".as_slice(), b"\""] {
        let inner = (text(&range).strip_prefix(quote)).and_then(|t| t.strip_suffix(quote));
        if inner.is_some_and(|t| !t.is_empty() && !t.contains(&b'"')) {
            range = range.start + quote.len()..range.end - quote.len();
            break;
        }
    }
    match byte(window, range.start) {
        // JSON within a string: its longest literal stands for it.
        b'{' => {
            if let Some(inner) = value::inner(window, range.clone()) {
                range = inner;
            }
        }
        b'$' => range = otherwise(window, &range).unwrap_or(range),
        _ => {}
    }
    if text(&range).ends_with(PRESSED) {
        range.end -= PRESSED.len();
    }
    if name.ends_with(b"OPT_USERPWD")
        && let Some(colon) = memchr::memchr(b':', text(&range))
    {
        range.start += colon + 1;
    }
    range
}

/// What holds where the variable of a template or a shell has no value, the whole literal being such: `${1:-x}`, `${A:x}`.
fn otherwise(window: &[u8], range: &Range<usize>) -> Option<Range<usize>> {
    let text = window.get(range.clone())?;
    let inner = text.strip_prefix(b"${")?.strip_suffix(b"}")?;
    let colon = skip_while(inner, 0, 60, is_name);
    let mark = if inner.get(colon..)?.starts_with(b":-") || inner.get(colon..)?.starts_with(b":=") {
        2
    } else {
        usize::from(byte(inner, colon) == b':')
    };
    let value = inner.get(colon + mark..)?;
    // Another look-up, a message, what replaces a value, a part of one.
    let other = value.iter().any(|b| b"${}".contains(b))
        || matches!(value.first(), None | Some(b'?' | b'+' | b'#'))
        || mark == 1 && value.iter().all(|b| b.is_ascii_digit() || *b == b':');
    (mark > 0 && !other).then(|| range.start + 2 + colon + mark..range.end - 1)
}

fn is_name(b: u8) -> bool {
    is_word(b) || b == b'.' || b == b'-'
}
