//! Archives that are known and not opened: a gap says so, so that they do not pass as if they had been looked into.

use super::{Budget, Found, Sink, corrupt};

/// First bytes, and what is said.
const KINDS: &[(&[u8], &str)] = &[
    (b"7z\xbc\xaf\x27\x1c", "7z is not opened"),
    (b"Rar!\x1a\x07", "rar is not opened"),
    (b"\x04\x22\x4d\x18", "lz4 is not opened"),
    (b"LZIP\x01", "lzip is not opened"),
    (b"\x89LZO\0\r\n\x1a\n", "lzop is not opened"),
    (b"\x1f\x9d", "compress is not opened"),
    (b"MSCF\0\0\0\0", "cabinets are not opened"),
    (b"\xed\xab\xee\xdb", "rpm is not opened"),
    (b"hsqs", "squashfs is not opened"),
    (b"xar!\0\x1c", "xar is not opened"),
    (b"age-encryption.org/v1\n", "encrypted"),
];

pub(super) const FORMAT: super::Format = super::Format {
    name: "archive",
    is: |bytes| what(bytes).is_some(),
    open: |bytes, _: &Budget, sink: &mut Sink<'_>| {
        if let Some(words) = what(bytes) {
            sink(Found::Gap {
                name: Box::default(),
                why: corrupt(words),
            });
        }
    },
};

fn what(bytes: &[u8]) -> Option<&'static str> {
    let (_, words) = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    // Text that begins with a format's name is text.
    bytes
        .get(..64)
        .unwrap_or(bytes)
        .iter()
        .any(|b| !b.is_ascii() || *b == 0)
        .then_some(words)
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, open};
    use super::*;

    #[test]
    fn what_is_not_opened_is_told() {
        for (magic, words) in KINDS {
            let mut said = Vec::new();
            let bytes = [magic, &[0, 0x80, 7][..]].concat();
            let budget = Budget::new(Limits::default(), None);
            assert!(open(&bytes, &budget, &mut |found| match found {
                Found::Gap { why, .. } => said.push(why),
                Found::Content { .. } => panic!("opened"),
            }));
            assert_eq!(said, [corrupt(words)]);
        }
        let budget = Budget::new(Limits::default(), None);
        for text in ["hsqs is a word here", "LZIP\u{1} a text", "Rar!"] {
            assert!(!open(text.as_bytes(), &budget, &mut |_| {}), "{text}");
        }
    }
}
