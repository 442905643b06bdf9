//! Credentials in a URL: `scheme://user:password@host`.

use std::ops::Range;

use super::candidate::{Candidate, NameClass, Quote, Syntax, byte, skip_while};

/// Longest userinfo that is looked at.
const MAX: usize = 256;

/// `hit` is the `://`.
pub(super) fn at(
    window: &[u8],
    hit: Range<usize>,
    path: &[u8],
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
    let Some(colon) = userinfo.iter().take(at).position(|&b| b == b':') else {
        return;
    };
    let local = from + colon + 1..from + at;
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
        wrap: window.get(from..from + colon).unwrap_or_default(),
        nth: 0,
        name_quoted: false,
        path,
    });
}
