//! Key stores and key files told by their first bytes: Java, PKCS#12, KeePass, DER, GnuPG, git-crypt, Kerberos,
//! minisign.

use super::KeyfileMatch;
use crate::check::{is_pkcs12, private_der};
use crate::finding::{Confidence, Evidence};

/// Reports the file as a whole where its first bytes are those of a key store.
pub(super) fn scan(path: &[u8], bytes: &[u8], out: &mut Vec<KeyfileMatch>) {
    let Some(head) = bytes.first_chunk::<4>() else {
        return;
    };
    let whole = 0..bytes.len();
    let found = match *head {
        [0xfe, 0xed, 0xfe, 0xed] | [0xce, 0xce, 0xce, 0xce] => java(bytes),
        [0x03, 0xd9, 0xa2, 0x9a] => Some(("keepass-database", "a KeePass database")),
        [0x30, ..] => der(bytes),
        [0x05, 0x02, ..] if path.ends_with(b".keytab") => {
            Some(("kerberos-keytab", "a Kerberos key table"))
        }
        [0, b'G', b'I', b'T'] if bytes.starts_with(b"\0GITCRYPTKEY") => {
            Some(("git-crypt-key", "a key of git-crypt"))
        }
        [b'P', b'W', b'S', b'3'] => Some(("password-safe-file", "a Password Safe database")),
        [b'=', b'=', b' ', b'e'] if bytes.starts_with(b"== ed25519v1-secret: type0 ==") => {
            Some(("tor-onion-key", "the key of an onion service"))
        }
        [b'[', ..] if path.ends_with(b".json") => solana(bytes),
        [b'(', b'1' | b'2', ..] => gnupg(bytes),
        [0x94 | 0x95, ..] if path.ends_with(b"secring.gpg") => {
            Some(("gnupg-private-key", "GnuPG's secret keyring"))
        }
        [b'u', b'n', b't', b'r'] => {
            minisign(bytes, out);
            None
        }
        _ => None,
    };
    if let Some((rule, words)) = found {
        out.push(KeyfileMatch {
            value: whole,
            rule,
            confidence: Confidence::High,
            evidence: vec![Evidence::new(words)],
        });
    }
}

type Named = (&'static str, &'static str);

/// A Java key store, unless it holds nothing but certificates.
fn java(bytes: &[u8]) -> Option<Named> {
    let found = Some(("java-keystore", "a Java key store with a private key"));
    match java_has_key(bytes) {
        Some(false) => None,
        Some(true) => found,
        None => Some(("java-keystore", "a Java key store")),
    }
}

/// Reads the entries: kind, alias, date, then a key with its certificates or one certificate.
fn java_has_key(bytes: &[u8]) -> Option<bool> {
    const CERTIFICATE: u32 = 2;
    let mut rest = bytes.get(4..)?;
    let version = take_u32(&mut rest)?;
    let entries = take_u32(&mut rest)?;
    if !matches!(version, 1 | 2) {
        return None;
    }
    for _ in 0..entries.min(10_000) {
        if take_u32(&mut rest)? != CERTIFICATE {
            return Some(true);
        }
        skip_text(&mut rest)?;
        rest = rest.get(8..)?;
        if version == 2 {
            skip_text(&mut rest)?;
        }
        let length = take_u32(&mut rest)?;
        rest = rest.get(length as usize..)?;
    }
    Some(false)
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_be_bytes(*number))
}

fn skip_text(rest: &mut &[u8]) -> Option<()> {
    let (length, after) = rest.split_first_chunk::<2>()?;
    *rest = after.get(usize::from(u16::from_be_bytes(*length))..)?;
    Some(())
}

fn der(bytes: &[u8]) -> Option<Named> {
    if is_pkcs12(bytes) {
        return Some(("pkcs12-file", "a PKCS#12 store"));
    }
    // A key is small; a large file that begins with a sequence is something else.
    (bytes.len() <= 20_000 && private_der(bytes))
        .then_some(("der-private-key-file", "a private key in DER"))
}

/// A key pair of Solana's command line: an array of 64 bytes and nothing else.
fn solana(bytes: &[u8]) -> Option<Named> {
    const LONGEST: usize = 400;
    let text = bytes.get(..LONGEST.min(bytes.len()))?.trim_ascii();
    let inner = text.strip_prefix(b"[")?.strip_suffix(b"]")?;
    let mut seen = [false; 256];
    let mut n = 0;
    for number in inner.split(|&b| b == b',') {
        let number = std::str::from_utf8(number.trim_ascii()).ok()?;
        *seen.get_mut(usize::from(number.parse::<u8>().ok()?))? = true;
        n += 1;
    }
    // Counting, or a pattern, is no key.
    let n_distinct = seen.iter().filter(|seen| **seen).count();
    let counts = seen
        .array_windows::<64>()
        .any(|run| run.iter().all(|seen| *seen));
    (n == 64 && n_distinct >= 40 && !counts)
        .then_some(("solana-keypair-file", "a key pair of Solana"))
}

/// GnuPG's key files: S-expressions.
fn gnupg(bytes: &[u8]) -> Option<Named> {
    let kinds: [(&[u8], &str); 3] = [
        (b"(11:private-key", "a GnuPG private key in the clear"),
        (
            b"(21:protected-private-key",
            "a GnuPG private key under a passphrase",
        ),
        (b"(20:shadowed-private-key", ""),
    ];
    let (_, words) = kinds.iter().find(|(start, _)| bytes.starts_with(start))?;
    (!words.is_empty()).then_some(("gnupg-private-key", words))
}

/// Secret keys of minisign and signify: a comment line, then base64 that begins with the algorithm.
fn minisign(bytes: &[u8], out: &mut Vec<KeyfileMatch>) {
    if !bytes.starts_with(b"untrusted comment:") {
        return;
    }
    let mut lines = super::text::lines(bytes);
    let (Some(comment), Some(key)) = (lines.next(), lines.next()) else {
        return;
    };
    let comment = bytes.get(comment).unwrap_or_default();
    let key = super::text::trim(bytes, key);
    let text = bytes.get(key.clone()).unwrap_or_default();
    let says_secret = memchr::memmem::find(comment, b"secret key").is_some();
    // A signature or a public key is shorter.
    if (says_secret && text.len() >= 100) || text.len() >= 200 {
        out.push(KeyfileMatch {
            value: key,
            rule: "minisign-secret-key",
            confidence: Confidence::High,
            evidence: vec![Evidence::new("a secret key of minisign or signify")],
        });
    }
}
