//! Whether decoded bytes are worth a scan: text in any encoding, or content that can be opened or is a key.

/// How much of the beginning is enough to tell.
pub(super) const SAMPLE: usize = 48;

/// First bytes of what `archive` opens and of key files.
const MAGICS: &[&[u8]] = &[
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ\0",
    b"BZh",
    b"\x78\x9c",
    b"\x78\xda",
    b"SQLite format 3\0",
    b"%PDF-",
    b"openssh-key-v1\0",
    b"\xfe\xed\xfe\xed",
    b"\xce\xce\xce\xce",
    b"PuTTY-User-Key",
    b"\xff\xfe",
    b"\xfe\xff",
];

/// Whether bytes that begin like this are worth a scan. At least 12 bytes are needed to say yes to text.
pub(super) fn is_worth(beginning: &[u8]) -> bool {
    let sample = beginning.get(..SAMPLE).unwrap_or(beginning);
    is_text(sample) || is_wide(sample) || is_key(sample) || is_known(sample)
}

/// A first look at fewer bytes that says no to most of what is not worth a scan, and hardly ever to what is.
pub(super) fn may_be(few: &[u8; 12]) -> bool {
    let plain = few.iter().filter(|&&b| is_printable(b)).count();
    let high = few.iter().filter(|&&b| b >= 0x80).count();
    plain >= 10
        || plain + high == 12 && is_text(few)
        || is_wide(few)
        || is_key(few)
        || is_known(few)
}

fn is_known(sample: &[u8]) -> bool {
    MAGICS.iter().any(|magic| sample.starts_with(magic))
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// UTF-8 without control characters, or nearly all printable ASCII.
fn is_text(sample: &[u8]) -> bool {
    let printable = sample.iter().filter(|&&b| is_printable(b)).count();
    if printable * 8 >= sample.len() * 7 {
        return true;
    }
    let control = sample.iter().filter(|&&b| b < b' ').count() + printable;
    let valid = match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    valid && control == printable && printable * 4 >= sample.len()
}

/// UTF-16 of ASCII in either byte order.
fn is_wide(sample: &[u8]) -> bool {
    let (pairs, _) = sample.as_chunks::<2>();
    let every = |is: fn(&[u8; 2]) -> bool| pairs.len() >= 6 && pairs.iter().all(is);
    every(|&[a, b]| is_printable(a) && b == 0) || every(|&[a, b]| a == 0 && is_printable(b))
}

/// DER of a private key or of PKCS#12: a SEQUENCE that begins with the INTEGER 0, 1 or 3. Certificates begin otherwise.
fn is_key(sample: &[u8]) -> bool {
    let body = match sample {
        [0x30, 0x82, _, _, body @ ..] | [0x30, 0x81, _, body @ ..] => body,
        [0x30, 0x00..=0x7f, body @ ..] => body,
        _ => return false,
    };
    matches!(body, [2, 1, 0 | 1 | 3, 0x02 | 0x04 | 0x30, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keys_and_archives_are_worth_it() {
        assert!(is_worth(b"user:correct horse"));
        assert!(is_worth("Schl\u{fc}ssel: wert".as_bytes()));
        assert!(is_worth(b"t\0o\0k\0e\0n\0 \0:\0"));
        assert!(is_worth(&[
            0x30, 0x82, 4, 0xa3, 2, 1, 0, 2, 0x82, 1, 1, 0, 0xd9, 7, 1, 9
        ]));
        assert!(is_worth(b"\x1f\x8b\x08\0\0\0\0\0\0\x03"));
    }

    #[test]
    fn images_hashes_and_certificates_are_not() {
        assert!(!is_worth(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0"));
        assert!(!is_worth(&[
            0x30, 0x82, 3, 0x8d, 0x30, 0x82, 2, 0x75, 0xa0, 3, 2, 1
        ]));
        assert!(!is_worth(&[
            0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0, 0xb2, 4, 0xe9, 0x80, 9, 0x98
        ]));
    }
}
