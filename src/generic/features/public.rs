//! Public keys, told by their form.

use crate::generic::candidate::byte;

/// A public key of NATS: an operator, account, user, server or cluster. Seeds begin with `S`.
pub(super) fn is_nkey(text: &[u8]) -> bool {
    text.len() == 56
        && b"OAUNCX".contains(&byte(text, 0))
        && text.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
}

/// The body of a public key of SSH, whole or its first line: base64 of the length of its kind and the kind (RFC 4253, 6.6).
/// Private ones begin with words of their own.
pub(super) fn is_ssh(text: &[u8]) -> bool {
    const KINDS: [&[u8]; 3] = [b"ssh-", b"ecdsa-", b"sk-"];
    let first = text.get(..16).filter(|text| text.starts_with(b"AAAA"));
    let decoded = first.and_then(|text| data_encoding::BASE64.decode(text).ok());
    decoded.is_some_and(|bytes| {
        let kind = bytes.get(4..).unwrap_or_default();
        KINDS.iter().any(|name| kind.starts_with(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_keys_of_ssh_begin_with_their_kind() {
        for (kind, is_key) in [
            ("ssh-rsa", true),
            ("ssh-ed25519", true),
            ("ecdsa-sha2-nistp256", true),
            ("sk-ssh-ed25519@openssh.com", true),
            ("another-thing", false),
        ] {
            let len = u32::try_from(kind.len()).unwrap().to_be_bytes();
            let body = data_encoding::BASE64.encode(&[&len, kind.as_bytes(), &[7; 24]].concat());
            assert_eq!(is_ssh(body.as_bytes()), is_key, "{kind}");
        }
    }
}
