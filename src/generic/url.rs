//! Credentials in a URL: `scheme://user:password@host`, and tokens in the user's place: `https://TOKEN@host`.

use std::ops::Range;

use super::candidate::{Candidate, NameClass, Quote, Syntax, byte, skip_while};
use super::file::File;
use super::words;

/// Longest userinfo that is looked at.
const MAX: usize = 256;

/// `hit` is the `://`.
pub(super) fn at(
    window: &[u8],
    hit: Range<usize>,
    file: &File<'_>,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let from = hit.end;
    let end = skip_while(window, from, MAX, |b| {
        b.is_ascii_graphic() && !b"/\"'`<>\\;|".contains(&b) || b >= 0x80
    });
    let userinfo = window.get(from..end).unwrap_or_default();
    let Some(at) = userinfo.iter().rposition(|&b| b == b'@') else {
        return;
    };
    let colon = userinfo.iter().take(at).position(|&b| b == b':');
    let user = from..from + colon.unwrap_or(at);
    let password = colon.map_or(at..at, |colon| colon + 1..at);
    let token = is_token(window.get(user.clone()).unwrap_or_default())
        && FILLERS.contains(&userinfo.get(password.clone()).unwrap_or_default())
        && !names_a_project(window, from + at + 1);
    if colon.is_none() && !token {
        return;
    }
    let local = if token {
        user.clone()
    } else {
        from + password.start..from + password.end
    };
    // A host must follow.
    if local.is_empty()
        || !byte(window, from + at + 1).is_ascii_alphanumeric()
            && !b"[${%<".contains(&byte(window, from + at + 1))
    {
        return;
    }
    let mut start = hit.start;
    while start > 0 && hit.start - start < 20 && byte(window, start - 1).is_ascii_alphanumeric()
        || start > 0 && b"+-.".contains(&byte(window, start - 1))
    {
        start -= 1;
    }
    each(Candidate {
        window,
        value: local.clone(),
        local,
        name: start..hit.start,
        class: NameClass::Other,
        syntax: Syntax::Url,
        quote: Quote::None,
        wrap: if token {
            &[]
        } else {
            window.get(user).unwrap_or_default()
        },
        nth: 0,
        name_quoted: false,
        file,
    });
}

/// What stands in the password's place beside a token: nothing, or a word that says so.
const FILLERS: [&[u8]; 5] = [b"", b"x", b"X", b"x-oauth-basic", b"x-token-auth"];
/// Shortest token that is told from a user's name.
const SHORTEST: usize = 20;

/// Whether a user's name is a token: long, of letters and digits in no order that a name has.
fn is_token(user: &[u8]) -> bool {
    let has = |f: fn(&u8) -> bool| user.iter().filter(|b| f(b)).count();
    user.len() >= SHORTEST
        && user
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(b))
        && has(u8::is_ascii_digit) >= 3
        && has(u8::is_ascii_alphabetic) >= 3
        && !has_long_words(user)
}

/// Whether most letters stand in words, as in `deploy-user-2024-staging`.
fn has_long_words(user: &[u8]) -> bool {
    let words::Cover {
        covered, letters, ..
    } = words::cover(user);
    covered * 3 >= letters * 2
}

/// `https://KEY@host/42`: an address to which anyone may report errors. Its key is public, its path a project's number.
fn names_a_project(window: &[u8], host: usize) -> bool {
    let end = skip_while(window, host, 128, |b| {
        b.is_ascii_alphanumeric() || b"-.:".contains(&b)
    });
    let digits = skip_while(window, end + 1, 20, |b| b.is_ascii_digit());
    byte(window, end) == b'/'
        && digits > end + 1
        && !byte(window, digits).is_ascii_alphanumeric()
        && !b"/-_.".contains(&byte(window, digits))
}
