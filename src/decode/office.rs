//! The text of office documents: editors cut a word into several elements, here it is in one piece again.

use memchr::{memchr, memmem};

use super::{Decoded, Decoder, Map, Marks};
use crate::finding::Step;

pub(super) const DECODER: Decoder = Decoder {
    name: "office",
    find,
};

/// How much of the beginning tells that a content is one.
const SAMPLE: usize = 64 << 10;
/// Elements that hold text, of word processing, presentations and OpenDocument.
const MARKS: [&[u8]; 3] = [b"<w:t", b"<a:t>", b"<text:p"];
/// Elements that end a line.
const BREAKS: [&[u8]; 7] = [
    b"/w:p>",
    b"/a:p>",
    b"/text:p>",
    b"/text:h>",
    b"w:br",
    b"w:tab/",
    b"a:br",
];

/// Whether the content is an office document's text.
pub(super) fn is_document(text: &[u8]) -> bool {
    let sample = text.get(..SAMPLE).unwrap_or(text);
    text.starts_with(b"<?xml")
        && MARKS
            .iter()
            .any(|mark| memmem::find(sample, mark).is_some())
}

fn find(text: &[u8], _: &Marks, sink: &mut dyn FnMut(Decoded)) {
    if !is_document(text) {
        return;
    }
    let mut bytes = Vec::new();
    let mut map = Map::default();
    let mut at = 0;
    while let Some(tag) = text.get(at..).and_then(|rest| memchr(b'<', rest)) {
        map.push(bytes.len(), at);
        bytes.extend_from_slice(text.get(at..at + tag).unwrap_or_default());
        at += tag;
        map.push(bytes.len(), at);
        let rest = text.get(at + 1..).unwrap_or_default();
        if BREAKS.iter().any(|tag| rest.starts_with(tag)) {
            bytes.push(b'\n');
        }
        at += memchr(b'>', rest).map_or(rest.len(), |i| i + 1) + 1;
        at = at.min(text.len());
    }
    map.push(bytes.len(), at);
    bytes.extend_from_slice(text.get(at..).unwrap_or_default());
    map.push(bytes.len(), text.len());
    sink(Decoded {
        span: 0..text.len(),
        bytes,
        step: Step::Decoded("document text"),
        map,
    });
}
