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

/// A public key in hex: `SubjectPublicKeyInfo` (RFC 5280, 4.1) or its algorithm alone, or a packet of OpenPGP (RFC 9580, 5.5.1).
pub(super) fn is_in_hex(text: &[u8]) -> bool {
    // A sequence whose first member is a sequence that begins with an identifier of an algorithm of keys.
    const ALGORITHMS: [&[u8]; 4] = [
        b"06092a864886f70d0101",
        b"06072a8648ce3d02",
        b"06072a8648ce3804",
        b"06032b65",
    ];
    let mut head = [0; 64];
    let Some(from) = text.get(..64.min(text.len())).filter(|_| text.len() >= 24) else {
        return false;
    };
    if !text.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let Some(head) = head.get_mut(..from.len()) else {
        return false;
    };
    head.copy_from_slice(from);
    head.make_ascii_lowercase();
    let is_algorithm = |inner: &[u8]| ALGORITHMS.iter().any(|oid| inner.starts_with(oid));
    let within = in_sequence(head);
    within.is_some_and(|inner| is_algorithm(inner) || in_sequence(inner).is_some_and(is_algorithm))
        || is_of_pgp(head)
}

/// What follows the head of a sequence of DER, in small hex.
fn in_sequence(hex: &[u8]) -> Option<&[u8]> {
    let rest = hex.strip_prefix(b"30")?;
    let len = match rest {
        [b'8', n @ b'1'..=b'4', ..] => 2 + 2 * usize::from(n - b'0'),
        [b'0'..=b'7', ..] => 2,
        _ => return None,
    };
    rest.get(len..)
}

/// A packet of a public key or subkey, of the fourth version, by its tag; secret ones have tags of their own.
fn is_of_pgp(hex: &[u8]) -> bool {
    let (tag, rest) = hex.split_at_checked(2).unwrap_or_default();
    let len = match (tag, rest.first()) {
        (b"98" | b"b8", _) => 2,
        (b"99" | b"b9", _) => 4,
        (b"c6" | b"ce", Some(b'c'..=b'd')) => 4,
        (b"c6" | b"ce", _) => 2,
        _ => return false,
    };
    // The version, four bytes of time, the algorithm.
    let packet = rest.get(len..).unwrap_or_default();
    packet.starts_with(b"04")
        && matches!(
            packet.get(10..12),
            Some(b"01" | b"11" | b"12" | b"13" | b"16" | b"19" | b"1b")
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_keys_in_hex_are_told_from_private_ones() {
        let rest = "5b".repeat(60);
        for (head, is_public) in [
            ("30819f300d06092a864886f70d010101050003818d00", true),
            ("3059301306072a8648ce3d020106082a8648ce3d0301", true),
            ("301306072a8648ce3d020106082a8648ce3d0301", true),
            ("98520456e5b83813082a8648ce3d0301", true),
            ("99010d0456e5b8380108", true),
            ("c6c04d0456e5b8380108", true),
            // PKCS #8, PKCS #1, a secret packet.
            ("30820276020100300d06092a864886f70d010101", false),
            ("3082025d02010002818100", false),
            ("94a50456e5b83813082a8648ce3d0301", false),
            ("5b5b", false),
        ] {
            assert_eq!(
                is_in_hex(format!("{head}{rest}").as_bytes()),
                is_public,
                "{head}"
            );
        }
    }

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
