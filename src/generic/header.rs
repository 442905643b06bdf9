//! HTTP authentication: `Basic …`, `Bearer …` wherever it stands.

use std::ops::Range;

use super::candidate::{Candidate, NameClass, Quote, Syntax, byte, is_word, skip_while};
use super::file::File;

/// `hit` is the scheme with the blank after it.
pub(super) fn at(
    window: &[u8],
    hit: Range<usize>,
    file: &File<'_>,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    if hit.start > 0 && is_word(byte(window, hit.start - 1)) && !after_escape(window, hit.start) {
        return;
    }
    let from = skip_while(window, hit.end, 3, |b| b == b' ');
    let from = joined(window, from).unwrap_or(from);
    let end = skip_while(window, from, 512, |b| {
        b.is_ascii_alphanumeric() || b"-._~+/=%|:!".contains(&b)
    });
    let text = window.get(from..end).unwrap_or_default();
    // A word of prose, or cut by whoever wrote it, not a credential.
    if text.len() < 8
        || text.ends_with(b"...")
        || text
            .iter()
            .all(|b| b.is_ascii_lowercase() || b"-.:!".contains(b))
    {
        return;
    }
    each(Candidate {
        window,
        local: from..end,
        value: from..end,
        name: hit.start..hit.end - 1,
        class: NameClass::Auth,
        syntax: Syntax::Header,
        quote: Quote::None,
        wrap: &[],
        nth: 0,
        name_quoted: false,
        file,
    });
}

/// Where the literal begins that is joined to the scheme's: `'Bearer ' + '…'`, `"Bearer " . "…"`.
fn joined(window: &[u8], i: usize) -> Option<usize> {
    let is_quote = |b: u8| matches!(b, b'"' | b'\'');
    let blank = |i: usize| skip_while(window, i, 4, |b| b == b' ');
    let joint = blank(i + usize::from(is_quote(byte(window, i))));
    let end = skip_while(window, joint, 2, |b| b"+.&~<>".contains(&b));
    let quote = blank(end);
    (is_quote(byte(window, i)) && end > joint && is_quote(byte(window, quote))).then_some(quote + 1)
}

/// `hit` is the flag `-u` or `--user` with the blank after it: `curl -u user:password`.
pub(super) fn flag(
    window: &[u8],
    hit: Range<usize>,
    file: &File<'_>,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let start = skip_while(window, hit.end, 3, |b| b == b' ');
    let quote = byte(window, start);
    let quoted = matches!(quote, b'"' | b'\'');
    let from = start + usize::from(quoted);
    let colon = skip_while(window, from, 64, |b| {
        b.is_ascii_alphanumeric() || b"-._@%+".contains(&b) || quoted && b == b'!'
    });
    if byte(window, colon) != b':' {
        beside(window, &hit, from..colon, file, each);
        return;
    }
    // A token takes the place of the user, `-u "token:"`: the password is empty, or a letter that fills its place.
    let filled = colon + 1 + usize::from(matches!(byte(window, colon + 1), b'x' | b'X'));
    if byte(window, filled) == if quoted { quote } else { b' ' } && (quoted || filled > colon + 1) {
        token(window, &hit, from..colon, file, each);
        return;
    }
    each_password(
        window,
        &hit,
        colon + 1,
        quoted.then_some(quote),
        from..colon,
        file,
        each,
    );
}

/// The password at `from`, up to its quote or a blank.
fn each_password(
    window: &[u8],
    hit: &Range<usize>,
    from: usize,
    quote: Option<u8>,
    user: Range<usize>,
    file: &File<'_>,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let end = skip_while(window, from, 128, |b| {
        b > b' ' && quote.map_or(!b"\"'`;|<>)".contains(&b), |quote| b != quote)
    });
    let Some(text) = window.get(from..end) else {
        return;
    };
    if !super::value::plausible(text, false) || text.iter().all(u8::is_ascii_digit) {
        return;
    }
    each(of_flag(
        window,
        hit,
        from..end,
        window.get(user).unwrap_or_default(),
        file,
    ));
}

/// What the flag at `hit` leads to, `wrap` being the user beside it.
fn of_flag<'a>(
    window: &'a [u8],
    hit: &Range<usize>,
    value: Range<usize>,
    wrap: &'a [u8],
    file: &'a File<'a>,
) -> Candidate<'a> {
    Candidate {
        window,
        local: value.clone(),
        value,
        name: hit.start..hit.end - 1,
        class: NameClass::Password,
        syntax: Syntax::Userinfo,
        quote: Quote::None,
        wrap,
        nth: 0,
        name_quoted: false,
        file,
    }
}

/// `-u name -p x`, `-U name -P x`: the password in an argument of its own.
fn beside(
    window: &[u8],
    hit: &Range<usize>,
    user: Range<usize>,
    file: &File<'_>,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let quotes = |b: u8| b == b'"' || b == b'\'';
    // MySQL's programs ask for a password after `-p` alone; what follows is a database.
    let line = window
        .get(hit.start.saturating_sub(80)..hit.start)
        .unwrap_or_default();
    let line = line.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    let asks = memchr::memmem::find(line, b"mysql").is_some();
    let i = skip_while(window, user.end, 1, quotes);
    let flag = skip_while(window, i, 4, |b| b == b' ');
    let is_flag = matches!(window.get(flag..flag + 2), Some(b"-p" | b"-P"));
    if user.is_empty() || flag == i || !is_flag || asks && byte(window, flag + 2) == b' ' {
        return;
    }
    let start = skip_while(window, flag + 2, 4, |b| b == b' ');
    let from = skip_while(window, start, 1, quotes);
    let end = skip_while(window, from, 128, |b| {
        b > b' ' && !b"\"'`;|<>)".contains(&b)
    });
    let text = window.get(from..end).unwrap_or_default();
    // A port, a path, another flag.
    if text.iter().all(|b| b.is_ascii_digit() || b":.".contains(b))
        || b"/-~.".contains(&byte(text, 0))
        || text.contains(&b'=')
        || !super::value::plausible(text, false)
    {
        return;
    }
    each(of_flag(
        window,
        hit,
        from..end,
        window.get(user).unwrap_or_default(),
        file,
    ));
}

/// A token in the user's place.
fn token(
    window: &[u8],
    hit: &Range<usize>,
    range: Range<usize>,
    file: &File<'_>,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let text = window.get(range.clone()).unwrap_or_default();
    let mixed = text.iter().any(u8::is_ascii_digit) && text.iter().any(u8::is_ascii_alphabetic);
    if text.len() < 10 || !mixed || !super::value::plausible(text, false) {
        return;
    }
    each(of_flag(window, hit, range, &[], file));
}

/// The byte before `i` belongs to an escape such as `\n`.
pub(super) fn after_escape(window: &[u8], i: usize) -> bool {
    i >= 2 && byte(window, i - 2) == b'\\' && b"nrt".contains(&byte(window, i - 1))
}
