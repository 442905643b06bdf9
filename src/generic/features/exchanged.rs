//! What two sides of a protocol say to each other in the open, and what base64 only wraps.

use super::trivial;
use crate::generic::candidate::Candidate;
use crate::known;

/// Whether a name calls its value a part of a handshake: WebAuthn's (W3C, 5.2 and 6.1), WebSocket's (RFC 6455, 4.1), PKCE's (RFC 7636).
/// The name is given as letters and digits alone, all small.
pub(super) fn is_said_in_the_open(name: &[u8]) -> bool {
    const WORDS: [&[u8]; 10] = [
        b"authenticatordata",
        b"attestationobject",
        b"clientdatajson",
        b"credentialid",
        b"allowcredentials",
        b"allowedcredentials",
        b"codechallenge",
        b"secwebsocket",
        b"verifierkey",
        b"certificateauthority",
    ];
    WORDS
        .iter()
        .any(|word| memchr::memmem::find(name, word).is_some())
}

/// Whether base64 wraps what is judged by itself or is nothing alone: a PEM block, the first part of a JSON Web Token.
pub(super) fn wraps_another(text: &[u8]) -> bool {
    known::begins_pem(text)
        || text.starts_with(b"eyJ")
            && known::unveil(text).is_some_and(|plain| {
                plain.starts_with(b"{") && memchr::memmem::find(&plain, b"\"alg\"").is_some()
            })
}

/// Whether base64 wraps an object of JSON that holds nothing which could be a key: `{"name":"client","version":"1.5.0"}`.
pub(super) fn wraps_words(text: &[u8]) -> bool {
    /// From here on a run of letters and digits could be one.
    const KEY: usize = 16;
    text.starts_with(b"eyJ")
        && known::unveil(text).is_some_and(|plain| {
            let mut runs = plain.split(|b| !b.is_ascii_alphanumeric());
            plain.starts_with(b"{")
                && plain.ends_with(b"}")
                && !runs.any(|run| run.len() >= KEY && run.iter().any(u8::is_ascii_digit))
        })
}

/// Whether the value is a public member of a JSON Web Key (RFC 7517 and 7518): `"kty":"RSA","n":"…"`.
pub(super) fn is_member_of_key(candidate: &Candidate<'_>) -> bool {
    const PUBLIC: [&[u8]; 6] = [b"n", b"x", b"y", b"kid", b"x5t", b"x5c"];
    let window = candidate.window;
    let from = candidate.local.start.saturating_sub(16);
    let before = window.get(from..candidate.local.start).unwrap_or_default();
    let end = before.iter().rposition(u8::is_ascii_alphanumeric);
    let name = end.and_then(|end| before.get(..=end)).unwrap_or_default();
    let name = name.rsplit(|b| !b.is_ascii_alphanumeric()).next();
    name.is_some_and(|name| PUBLIC.contains(&name))
        // Also in a string of a program.
        && [&b"\"kty\""[..], b"\"kty\\\""]
            .iter()
            .any(|member| memchr::memmem::find(window, member).is_some())
}

/// What kind of placeholder a value is, as it stands or as base64 of one.
pub(super) fn trivial(text: &[u8]) -> Option<&'static str> {
    let veiled = || {
        let plain = known::unveil(text)?;
        // Of `user:password` the password counts.
        let at = plain.iter().position(|&b| b == b':').map_or(0, |at| at + 1);
        let judged = plain.get(at..)?;
        if judged.is_empty() {
            return Some("weak");
        }
        let is_marked = judged.contains(&b'<') && !judged.ends_with(b">");
        // Bytes that happen to be digits and marks say nothing.
        trivial::trivial(judged).filter(|told| !is_marked && *told != "no-letter")
    };
    trivial::trivial(text).or_else(veiled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_words_are_told_from_those_with_keys() {
        let key = crate::template::Seed::new(6).text(b"abcdefghijklmnopqrstuvwxyz0123456789", 24);
        for (text, words) in [
            (r#"{"name":"acme-web","version":"1.5.0"}"#.to_owned(), true),
            (format!(r#"{{"name":"acme-web","nonce":"{key}"}}"#), false),
            (r#"{"name":"acme-web","version"#.to_owned(), false),
        ] {
            assert_eq!(wraps_words(&base64(&text)), words, "{text}");
        }
    }

    fn base64(text: &str) -> Vec<u8> {
        data_encoding::BASE64.encode(text.as_bytes()).into_bytes()
    }

    #[test]
    fn public_members_of_keys_are_no_secrets() {
        let value =
            crate::template::Seed::new(6).text(b"abcdefghjkmnpqrstuvwxyzABCDEFGHJK23456789", 43);
        for (text, is_public) in [
            (
                format!("keys = [{{\"kty\": \"EC\", \"x\": \"{value}\"}}]"),
                true,
            ),
            (
                format!("KEY = \"{{\\\"kty\\\":\\\"RSA\\\",\\\"n\\\":\\\"{value}\\\"}}\""),
                true,
            ),
            (format!("\"key\": \"{value}\", \"kty\": \"oct\""), false),
        ] {
            let at = text.to_ascii_lowercase().find("key").unwrap();
            crate::generic::candidates_at(
                text.as_bytes(),
                at..at + 3,
                &crate::generic::File::new(b"a.json"),
                &mut |c| {
                    assert_eq!(is_member_of_key(&c), is_public, "{text}");
                },
            );
        }
    }

    #[test]
    fn what_base64_wraps_is_judged_by_its_words() {
        assert_eq!(trivial(&base64("password\n")), Some("weak"));
        assert_eq!(trivial(&base64("your-token-here")), Some("placeholder"));
        assert_eq!(trivial(&base64("zq7vLm!2w")), None);
        assert_eq!(trivial(&base64("12345678901")), None);
        assert_eq!(trivial(&base64("your-name:zq7v<Lm!2w")), None);
        assert_eq!(trivial(&base64("zq7v!2w:secret")), Some("weak"));
        assert!(wraps_another(&base64(
            "{\"typ\":\"JWT\",\"alg\":\"HS256\"}"
        )));
        assert!(!wraps_another(&base64(
            "{\"user\":\"me\",\"groups\":[1, 2]}"
        )));
    }
}
