//! Values of Kubernetes Secrets: base64 however short, decoded beside their key, so that a password is seen as one.

use memchr::memmem;

use super::{Decoded, Decoder, Map, Marks, base64};
use crate::finding::Step;

pub(super) const DECODER: Decoder = Decoder {
    name: "manifest",
    find,
};

/// The longest key.
const MAX_KEY: usize = 253;

fn find(text: &[u8], _: &Marks, sink: &mut dyn FnMut(Decoded)) {
    if !is_secret(text) {
        return;
    }
    for colon in memchr::memchr_iter(b':', text) {
        if let Some(decoded) = entry(text, colon) {
            sink(decoded);
        }
    }
}

/// Whether the content has `kind: Secret`, in YAML or JSON.
pub(super) fn is_secret(text: &[u8]) -> bool {
    memmem::find_iter(text, b"Secret").any(|at| {
        let is_whole = text
            .get(at + b"Secret".len())
            .is_none_or(|b| !b.is_ascii_alphanumeric());
        let before = text.get(at.saturating_sub(12)..at).unwrap_or_default();
        let mark = |b: &u8| matches!(b, b' ' | b'\t' | b'"' | b'\'' | b':');
        let end = before.iter().rposition(|b| !mark(b)).map_or(0, |i| i + 1);
        is_whole
            && before
                .get(..end)
                .is_some_and(|name| name.ends_with(b"kind"))
    })
}

/// The decoded form of `key: value` whose colon is at a place, if the value is base64 of text.
fn entry(text: &[u8], colon: usize) -> Option<Decoded> {
    let is_key = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'');
    let before = text.get(colon.saturating_sub(MAX_KEY)..colon)?;
    let (key_end, before) = match before.split_last() {
        Some((last, rest)) if is_quote(last) => (colon - 1, rest),
        _ => (colon, before),
    };
    let count = before.iter().rev().take_while(|&&b| is_key(b)).count();
    let key_start = key_end - count;
    let key = text.get(key_start..key_end).filter(|key| !key.is_empty())?;
    let after = text.get(colon + 1..)?;
    let blanks = after.iter().take_while(|&&b| b == b' ').count();
    let quote = usize::from(after.get(blanks).is_some_and(is_quote));
    let start = colon + 1 + blanks + quote;
    let (bytes, end) = base64::decode_value(text, start)?;
    let is_text = |b: &u8| matches!(b, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    (bytes.len() >= 3 && bytes.iter().all(is_text)).then_some(())?;

    let mut out = [key, b": \""].concat();
    let mut map = Map::default();
    map.push(0, key_start);
    map.push(out.len(), start);
    out.extend(bytes);
    map.push(out.len(), end);
    out.push(b'"');
    map.push(out.len(), end);
    Some(Decoded {
        span: key_start..end,
        bytes: out,
        step: Step::Decoded("base64"),
        map,
    })
}
