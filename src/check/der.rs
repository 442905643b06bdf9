//! As much of DER as it takes to tell a private key from a public one, and a plain one from an encrypted one.

use std::borrow::Cow;

/// What a DER structure is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Der {
    /// A private key in the clear, in words: "RSA private key of 2048 bits".
    Private(Cow<'static, str>),
    /// PKCS#8 under a password.
    Encrypted,
    /// A public key, certificate or request.
    Public,
    /// A structure of which less than half is here: documentation cuts keys short.
    Cut,
}

const INTEGER: u8 = 2;
const BIT_STRING: u8 = 3;
const OCTETS: u8 = 4;
const OID: u8 = 6;
const SEQUENCE: u8 = 0x30;

/// One element: tag, content, what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = header(bytes)?;
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// Tag and length of an element, and the bytes from its content on.
fn header(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (&[tag, first], rest) = bytes.split_first_chunk::<2>()?;
    let n = usize::from(first & 0x7f);
    match first {
        0..0x80 => Some((tag, n, rest)),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(n)?;
            let length = length.iter().fold(0, |sum, &b| (sum << 8) | usize::from(b));
            Some((tag, length, rest))
        }
        0x80 | 0x85..=0xff => None,
    }
}

/// All elements of a content; `None` if they do not fill it.
fn elements(mut content: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut out = Vec::new();
    while !content.is_empty() {
        let (tag, inner, rest) = element(content)?;
        out.push((tag, inner));
        content = rest;
    }
    Some(out)
}

/// Says what these bytes are; `None` if they are no DER of a key.
pub(super) fn judge(bytes: &[u8]) -> Option<Der> {
    let (SEQUENCE, length, content) = header(bytes)? else {
        return None;
    };
    if content.len() < length {
        let begins_like_a_key = matches!(content.first(), Some(&(INTEGER | SEQUENCE)));
        return (begins_like_a_key && content.len() < length / 2).then_some(Der::Cut);
    }
    let parts = elements(content.get(..length)?)?;
    match parts.as_slice() {
        [(INTEGER, [0 | 1]), (SEQUENCE, algorithm), (OCTETS, key), ..] => {
            Some(Der::Private(pkcs8(algorithm, key)?))
        }
        [(INTEGER, [1]), (OCTETS, key), ..] if (16..=72).contains(&key.len()) => {
            Some(Der::Private("EC private key".into()))
        }
        [(INTEGER, [0 | 1]), (INTEGER, n), rest @ ..]
            if rest
                .iter()
                .all(|(tag, _)| matches!(*tag, INTEGER | SEQUENCE)) =>
        {
            match rest.len() {
                7.. => Some(Der::Private(rsa(n))),
                4 => Some(Der::Private("DSA private key".into())),
                _ => None,
            }
        }
        [(INTEGER, _), (INTEGER, _)] => Some(Der::Public),
        [(SEQUENCE, algorithm), (OCTETS, _)] if is_password_based(algorithm) => {
            Some(Der::Encrypted)
        }
        [(SEQUENCE, _), (BIT_STRING, _)] | [(SEQUENCE, _), (SEQUENCE, _), (BIT_STRING, _)] => {
            Some(Der::Public)
        }
        _ => None,
    }
}

fn rsa(n: &[u8]) -> Cow<'static, str> {
    let n = n.strip_prefix(&[0]).unwrap_or(n);
    let zeros = n.first().map_or(0, |b| b.leading_zeros() as usize);
    format!("RSA private key of {} bits", n.len() * 8 - zeros).into()
}

/// Object identifiers of keys, and the words for them.
const ALGORITHMS: &[(&[u8], &str)] = &[
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1],
        "RSA private key",
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10],
        "RSA-PSS private key",
    ),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], "EC private key"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], "DSA private key"),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1],
        "DH private key",
    ),
    (&[0x2b, 0x65, 0x6e], "X25519 private key"),
    (&[0x2b, 0x65, 0x6f], "X448 private key"),
    (&[0x2b, 0x65, 0x70], "Ed25519 private key"),
    (&[0x2b, 0x65, 0x71], "Ed448 private key"),
];

/// First bytes of the identifiers of algorithms: national bodies (1.2), organisations (1.3), countries (2.16).
const REGISTRARS: &[u8] = &[0x2a, 0x2b, 0x60];

fn pkcs8(algorithm: &[u8], key: &[u8]) -> Option<Cow<'static, str>> {
    let (OID, oid, _) = element(algorithm)? else {
        return None;
    };
    if key.len() < 16 || !oid.first().is_some_and(|arcs| REGISTRARS.contains(arcs)) {
        return None;
    }
    // An RSA key tells its size.
    if let Some(Der::Private(words)) = judge(key) {
        return Some(words);
    }
    let words = ALGORITHMS.iter().find(|(known, _)| *known == oid);
    Some(words.map_or("private key", |(_, words)| words).into())
}

/// PKCS#5 or PKCS#12 encryption under a password.
fn is_password_based(algorithm: &[u8]) -> bool {
    let pkcs = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1];
    matches!(element(algorithm), Some((OID, oid, _))
        if oid.strip_prefix(&pkcs).is_some_and(|rest| matches!(rest.first(), Some(&(5 | 12)))))
}

/// Whether these bytes are a PKCS#12 store: version 3, then data.
pub(crate) fn is_pkcs12(bytes: &[u8]) -> bool {
    let data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let Some((SEQUENCE, _, content)) = header(bytes) else {
        return false;
    };
    let Some((INTEGER, [3], rest)) = element(content) else {
        return false;
    };
    let Some((SEQUENCE, _, info)) = header(rest) else {
        return false;
    };
    matches!(element(info), Some((OID, oid, _)) if oid == data)
}

/// Whether these bytes are a private key in the clear or under a password.
pub(crate) fn private_der(bytes: &[u8]) -> bool {
    matches!(judge(bytes), Some(Der::Private(_) | Der::Encrypted))
}
