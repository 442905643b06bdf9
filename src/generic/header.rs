//! HTTP authentication: `Basic …`, `Bearer …` wherever it stands.

use std::ops::Range;

use super::candidate::{Candidate, NameClass, Quote, Syntax, byte, is_word, skip_while};

/// `hit` is the scheme with the blank after it.
pub(super) fn at(
    window: &[u8],
    hit: Range<usize>,
    path: &[u8],
    each: &mut dyn FnMut(Candidate<'_>),
) {
    if hit.start > 0 && is_word(byte(window, hit.start - 1)) && !after_escape(window, hit.start) {
        return;
    }
    let from = skip_while(window, hit.end, 3, |b| b == b' ');
    let end = skip_while(window, from, 512, |b| {
        b.is_ascii_alphanumeric() || b"-._~+/=%|:!".contains(&b)
    });
    let text = window.get(from..end).unwrap_or_default();
    // A word of prose, not a credential.
    if text.len() < 8
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
        path,
    });
}

/// The byte before `i` belongs to an escape such as `\n`.
pub(super) fn after_escape(window: &[u8], i: usize) -> bool {
    i >= 2 && byte(window, i - 2) == b'\\' && b"nrt".contains(&byte(window, i - 1))
}
