//! What a value says that is written in base64, as Kubernetes and HTTP write even `password`.

/// From here on a value is a key or a file rather than a word.
const LONGEST: usize = 512;

/// The text that a value is in base64, either alphabet, padded or not, without the end of a line; `None` where it is no base64 of
/// printable ASCII.
#[must_use]
pub fn unveil(value: &[u8]) -> Option<Vec<u8>> {
    let body = value.trim_ascii_end();
    let end = body.iter().rposition(|&b| b != b'=').map_or(0, |at| at + 1);
    let body = body.get(..end)?;
    if !(6..=LONGEST).contains(&body.len()) {
        return None;
    }
    let alphabet = if body.iter().any(|b| b"-_".contains(b)) {
        data_encoding::BASE64URL_NOPAD
    } else {
        data_encoding::BASE64_NOPAD
    };
    let mut text = alphabet.decode(body).ok()?;
    text.truncate(text.trim_ascii_end().len());
    let is_text = text.len() >= 4 && text.iter().all(|b| matches!(b, b' '..=b'~' | b'\n'));
    is_text.then_some(text)
}

/// Whether base64 of the head of a PEM block begins the value: what is in the block says whether it is a key.
#[must_use]
pub fn begins_pem(value: &[u8]) -> bool {
    value.starts_with(HEAD)
}

/// `-----BEGIN ` and the two bits that all capitals begin with.
const HEAD: &[u8] = b"LS0tLS1CRUdJTiB";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_keys_are_not() {
        let veil = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
        for text in ["password", "change-me\n", "one two", "abcd"] {
            let veiled = veil(text);
            let bare = veiled.trim_end_matches('=');
            assert_eq!(
                unveil(veiled.as_bytes()).unwrap(),
                text.trim_end().as_bytes()
            );
            assert_eq!(unveil(bare.as_bytes()).unwrap(), text.trim_end().as_bytes());
        }
        let mut seed = crate::template::Seed::new(5);
        let key = data_encoding::BASE64.encode(seed.text(b"\x01\x02\x7f!abc", 32).as_bytes());
        assert_eq!(unveil(key.as_bytes()), None);
        for text in ["password", "", "====", "a"] {
            assert_eq!(unveil(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn heads_of_pem_blocks_are_seen_in_base64() {
        for (kind, begins) in [
            ("CERTIFICATE", true),
            ("RSA PRIVATE KEY", true),
            ("", false),
        ] {
            let block = format!("{}BEGIN {kind}-----\nabc", "-".repeat(5));
            let veiled = data_encoding::BASE64.encode(block.as_bytes());
            assert_eq!(begins_pem(veiled.as_bytes()), begins, "{kind}");
        }
    }
}
