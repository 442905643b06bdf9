//! Hashes of passwords, told by how they are written.

use crate::generic::candidate::byte;

/// Whether the text is one: `$2b$…`, `pbkdf2…`, `sha1:salt:…`, `{SSHA}…`.
pub(super) fn is_hash(text: &[u8]) -> bool {
    byte(text, 0) == b'$' && text.iter().filter(|&&b| b == b'$').count() >= 3
        || text.starts_with(b"pbkdf2")
        || text.starts_with(b"sha256$")
        || text.starts_with(b"sha512$")
        || is_salted(text)
        || is_of_ldap(text)
}

/// A hash with its kind and its salt before it, as Jupyter keeps a password: `sha1:aae8…:9507…`.
fn is_salted(text: &[u8]) -> bool {
    let mut parts = text.split(|&b| b == b':');
    let is_hex = |part: Option<&[u8]>, n: usize| {
        part.is_some_and(|part| part.len() >= n && part.iter().all(u8::is_ascii_hexdigit))
    };
    matches!(parts.next(), Some(b"sha1" | b"sha256" | b"sha512"))
        && is_hex(parts.next(), 4)
        && is_hex(parts.next(), 40)
        && parts.next().is_none()
}

/// A hash with its scheme before it, as directories and Spring keep them (RFC 2307): `{SSHA}…`. What `{noop}` leads is plain.
fn is_of_ldap(text: &[u8]) -> bool {
    const SCHEMES: [&[u8]; 7] = [
        b"sha", b"ssha", b"smd5", b"md5", b"crypt", b"pbkdf2", b"bcrypt",
    ];
    let scheme = text
        .strip_prefix(b"{")
        .and_then(|rest| rest.split(|&b| b == b'}').next());
    scheme.is_some_and(|scheme| {
        text.len() >= 24
            && SCHEMES.iter().any(|known| {
                let head = scheme.get(..known.len());
                head.is_some_and(|head| head.eq_ignore_ascii_case(known))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_told_by_their_scheme() {
        let hex = "0123456789abcdef".repeat(3);
        for text in [
            "$2b$12$abcdefghijklmnopqrstuu".to_owned(),
            format!("sha1:{hex:.8}:{hex:.40}"),
            format!("{{SSHA}}{hex}"),
            format!("{{pbkdf2}}{hex}"),
        ] {
            assert!(is_hash(text.as_bytes()), "{text}");
        }
        for text in [
            format!("{{noop}}{hex}"),
            "{SSHA}short".to_owned(),
            hex,
            "$HOME".to_owned(),
        ] {
            assert!(!is_hash(text.as_bytes()), "{text}");
        }
    }
}
