//! Texts that stand in a secret's place and are none: templates that something fills in, what joins two literals, and what is
//! encrypted to be kept in a repository.

use crate::generic::candidate::{byte, is_word};
use crate::generic::word_set::Words;

/// A text that is filled in elsewhere: `${VAR}`, `{{ x }}`, `<token>`, `%s`, `$VAR`, `%VAR%`, `[token]`.
pub(super) fn is_filled_in(text: &[u8]) -> bool {
    let first = byte(text, 0);
    let last = text.last().copied().unwrap_or(0);
    let inner = text
        .get(1..text.len().saturating_sub(1))
        .unwrap_or_default();
    let worded = inner.iter().all(|&b| is_word(b) || b" -.:/|@".contains(&b));
    match first {
        b'$' if text
            .iter()
            .skip(1)
            .all(|&b| is_word(b) || b".:->[]()'\"".contains(&b))
            && byte(text, 1).is_ascii_alphabetic() =>
        {
            return true;
        }
        b'<' if last == b'>' => return true,
        b'{' if last == b'}' && worded => return true,
        b'[' if last == b']' && worded => return true,
        b'%' if last == b'%' && worded => return true,
        b'(' if last == b')' && worded => return true,
        b'@' if last == b'@' && worded && !inner.iter().any(u8::is_ascii_lowercase) => return true,
        _ => {}
    }
    if (first == b'%' || first == b':') && text.len() <= 3 {
        return true;
    }
    MARKS.any_in(text) || has_slot(text)
}

/// Whether a text ends in a slot for so many characters: `prefix_{hex:32}`, `{name:16}`.
fn has_slot(text: &[u8]) -> bool {
    let slot = text.strip_suffix(b"}").and_then(|text| {
        let open = memchr::memrchr(b'{', text)?;
        text.get(open + 1..)
    });
    let parts = slot.and_then(|slot| Some(slot.split_at(memchr::memchr(b':', slot)?)));
    parts.is_some_and(|(name, size)| {
        let size = size.get(1..).unwrap_or_default();
        name.len() > 1
            && name.first().is_some_and(u8::is_ascii_lowercase)
            && name
                .iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && !size.is_empty()
            && size.iter().all(u8::is_ascii_digit)
    })
}

/// What templates are marked with.
static MARKS: Words<11> = Words::new([
    b"${", b"{{", b"}}", b"<%", b"$(", b"#{", b"%(", b"@{", b"&lt;", b"$[", b"%{",
]);

/// What stands between two literals that are joined around it: `" + password + "`, `' . $password . '`, with or without the
/// quotes.
pub(super) fn is_joined(text: &[u8]) -> bool {
    let quoted = match text {
        [first, inner @ .., last] if first == last && b"\"'`".contains(first) => Some(inner),
        _ => None,
    };
    let inner = quoted.unwrap_or(text).trim_ascii();
    let [first, name @ .., last] = inner else {
        return false;
    };
    // Without quotes blanks tell operators from what a password ends with.
    let apart = |b: Option<&u8>| b.is_some_and(u8::is_ascii_whitespace);
    first == last
        && b"+.&|".contains(first)
        && name.iter().any(u8::is_ascii_alphanumeric)
        && (quoted.is_some() || apart(name.first()) && apart(name.last()))
}

/// How values begin that SOPS and eyaml, Jasypt, Ansible, Vault's transit engine, Spring Cloud Config, dotenvx or a key
/// service of AWS encrypted, and tags of YAML that decrypt or look up.
const CIPHERTEXTS: &[&[u8]] = &[
    b"ENC[",
    b"ENC(",
    b"$ANSIBLE_VAULT;",
    b"vault:v",
    b"{cipher}",
    b"encrypted:",
    b"AQICAH",
    b"!vault",
    b"!secret",
    b"!encrypted",
];

/// Whether the text is encrypted so that it can be committed; whoever reads it lacks the key.
pub(super) fn is_ciphertext(text: &[u8]) -> bool {
    // A sealed secret of Kubernetes: two bytes tell the length of a session key, that key encrypted follows.
    let sealed = text.len() >= 400
        && text.starts_with(b"Ag")
        && text
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    sealed || is_maven(text) || CIPHERTEXTS.iter().any(|start| text.starts_with(start))
}

/// What Maven's settings hold of an encrypted password: base64 between braces.
fn is_maven(text: &[u8]) -> bool {
    let inner = text.strip_prefix(b"{").and_then(|t| t.strip_suffix(b"}"));
    inner.is_some_and(|inner| {
        inner.len() >= 24
            && inner.len().is_multiple_of(4)
            && (inner.iter()).all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b))
    })
}

/// A checksum with its kind before it: `sha256:…`, `sha384-…`.
pub(super) fn is_checksum(text: &[u8]) -> bool {
    const KINDS: [(&[u8], usize); 5] = [
        (b"md5", 32),
        (b"sha1", 40),
        (b"sha256", 64),
        (b"sha384", 96),
        (b"sha512", 128),
    ];
    KINDS.iter().any(|(kind, digits)| {
        let sum = match text.strip_prefix(*kind) {
            Some([b':' | b'-' | b'=', sum @ ..]) => sum,
            _ => return false,
        };
        sum.len() == *digits && sum.iter().all(u8::is_ascii_hexdigit)
            || sum.len() == (digits / 2).div_ceil(3) * 4
                && (sum.iter()).all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_in() {
        for text in ["acme.v1.{hex:64}", "{name:16}", "{pick:a|b}{base64:42}"] {
            assert!(is_filled_in(text.as_bytes()), "{text}");
        }
        for text in ["acme{7:64}", "zQ7{vLm:}", "zQ7{v:64", "zQ7{:64}"] {
            assert!(!is_filled_in(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn literals_joined_around_a_name_are_no_value() {
        for text in [
            "\" + pw + \"",
            "' . $pw . '",
            "`+pw+`",
            "'||pw||'",
            " + pw + ",
        ] {
            assert!(is_joined(text.as_bytes()), "{text}");
        }
        for text in ["\"Zq7vLm\"", "'+'", "zQ+7v+Lm", "+zQ7vLm+", "' Zq7vLm + '"] {
            assert!(!is_joined(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_encrypted_to_be_committed_is_no_value() {
        let sealed = format!("AgB{}", "x9Z/".repeat(120));
        for text in [
            "ENC[AES256_GCM,data:zQ7v",
            "{cipher}0123456789abcdef",
            "vault:v1:zQ7v",
            &sealed,
            &format!("{{{}}}", "x9Z/".repeat(11)),
        ] {
            assert!(is_ciphertext(text.as_bytes()), "{text}");
        }
        for text in [
            "{zQ7vLm2xK9zQ7vLm2xK9zQ7vLm}",
            "AgBzQ7vLm2xK9",
            "encrypt-me-7",
            "vaulted:v1",
        ] {
            assert!(!is_ciphertext(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn checksums_are_told_by_their_kind_and_length() {
        for (kind, sum) in [
            ("sha256:", "7c4f".repeat(16)),
            ("sha1-", "7c4f".repeat(10)),
            ("sha384-", "x9Z/".repeat(16)),
            ("md5:", "7c4f".repeat(8)),
        ] {
            assert!(is_checksum(format!("{kind}{sum}").as_bytes()), "{kind}");
            assert!(!is_checksum(format!("{kind}{sum}7").as_bytes()), "{kind}");
            assert!(!is_checksum(sum.as_bytes()), "{kind}");
        }
    }
}
