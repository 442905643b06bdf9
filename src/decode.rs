//! Encoded text as new content: base64, hex, percent and others, each one row of [`DECODERS`].
//!
//! A decoder is pure: bad input is "no match", never an error. It yields only what is worth a scan (text, or bytes with
//! a known magic), so hashes, images and identifiers cost a look and nothing more. Nesting is the caller's: it hands
//! [`Decoded::bytes`] to [`find_all`] again until [`MAX_DEPTH`]. Archives are `archive`'s.

use std::ops::Range;

use crate::finding::Step;

mod backtick;
mod base32;
mod base64;
mod block;
mod byte_list;
mod css;
mod entity;
mod escape;
mod full_width;
mod hex;
mod join;
mod list;
mod look_alike;
mod manifest;
mod map;
mod marks;
mod markup;
mod office;
mod percent;
mod run;
mod template;
mod terminal;
mod wide;
mod window;
mod worth;
mod zero_width;

pub use map::Map;
pub use marks::Marks;

/// How often content may be decoded again: base64 in base64 in a zip in a zip.
pub const MAX_DEPTH: usize = 4;

/// A text that was decoded.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// Bytes of the parent that hold the encoded text, with its surroundings where these were kept.
    pub span: Range<usize>,
    pub bytes: Vec<u8>,
    pub step: Step,
    /// Where in the parent each decoded byte comes from.
    pub map: Map,
}

impl Decoded {
    /// Whether the content cannot be seen at all without decoding. In escaped text nearly all stands there as it is.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        match self.step {
            Step::Decoded(name) => matches!(
                name,
                "base64" | "base32" | "hex" | "byte-list" | "utf-16" | "utf-32"
            ),
            Step::Member(_) => true,
        }
    }
}

/// What a decoder does: content, what was seen in it, where results go.
pub type Find = fn(&[u8], &Marks, &mut dyn FnMut(Decoded));

/// One kind of encoding.
pub struct Decoder {
    pub name: &'static str,
    /// Yields the encoded texts of the content, in order; parts of a very long one overlap.
    pub find: Find,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every decoder.
pub static DECODERS: &[Decoder] = &[
    wide::DECODER,
    base64::DECODER,
    manifest::DECODER,
    hex::DECODER,
    percent::DECODER,
    escape::DECODER,
    entity::DECODER,
    join::DECODER,
    byte_list::DECODER,
    list::DECODER,
    zero_width::DECODER,
    full_width::DECODER,
    look_alike::DECODER,
    office::DECODER,
    terminal::DECODER,
    markup::DECODER,
    css::DECODER,
    template::DECODER,
    backtick::DECODER,
    block::DECODER,
];

/// What all decoders find in `text`.
pub fn find_all(text: &[u8], sink: &mut dyn FnMut(Decoded)) {
    let marks = Marks::of(text);
    for decoder in DECODERS {
        (decoder.find)(text, &marks, sink);
    }
}

/// Whether a decoder takes `text` as a whole, so that nothing can be said of its parts.
#[must_use]
pub fn is_whole(text: &[u8]) -> bool {
    wide::is_whole(text) || office::is_document(text)
}

/// Whether short values are decoded because of what stands elsewhere in `text`.
#[must_use]
pub fn is_manifest(text: &[u8]) -> bool {
    manifest::is_secret(text)
}

/// Whether the lines after this one may hold parts of the same list or block.
#[must_use]
pub fn is_list_open(line: &[u8]) -> bool {
    byte_list::is_open(line) || list::is_open(line) || block::is_open(line)
}

#[cfg(test)]
mod tests;
