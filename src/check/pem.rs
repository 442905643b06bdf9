//! PEM blocks as they stand in files: plain, indented, with escaped line ends, quoted and concatenated. The body is
//! decoded far enough to tell a private key in the clear from an encrypted, public, cut or made-up one.

use std::borrow::Cow;

use super::bits::{sextet, unbase64};
use super::der::{self, Der};
use super::{Proof, pgp};
use crate::finding::Evidence;
use crate::known::looks_like_placeholder;

/// A PEM block with the dressing taken off.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// Between `BEGIN` and the hyphens.
    pub(super) label: Vec<u8>,
    /// The base64 characters, without padding.
    pub(super) body: Vec<u8>,
    /// In how many pieces they stand.
    pub(super) n_pieces: usize,
    /// The characters of OpenPGP's checksum line.
    pub(super) checksum: Option<Vec<u8>>,
    /// A header says that the body is encrypted.
    pub(super) encrypted: bool,
    /// The `END` line is there.
    pub(super) ended: bool,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const SSH2_BEGIN: &[u8] = b"---- BEGIN ";

/// Characters of base64 below which a body is documentation.
const SHORTEST_BODY: usize = 60;

/// Characters of a piece of a body; words of prose that follow a mere mention are shorter.
const SHORTEST_PIECE: usize = 10;

/// Reads the first PEM block of a private key, or else the first block, of a text.
pub(super) fn normalise(text: &[u8]) -> Option<Block> {
    let (marker, hyphens): (&[u8], &[u8]) = if memchr::memmem::find(text, BEGIN).is_some() {
        (BEGIN, b"-----")
    } else {
        (SSH2_BEGIN, b" ----")
    };
    // A certificate or a block of parameters may stand before the key.
    let mut marks = memchr::memmem::find_iter(text, marker).map(|at| at + marker.len());
    let first = marks.clone().next()?;
    let at = marks
        .find(|&at| {
            let label = text.get(at..(at + 40).min(text.len())).unwrap_or_default();
            memchr::memmem::find(label, b"PRIVATE").is_some()
        })
        .unwrap_or(first);
    let rest = text.get(at..)?;
    let label_end = memchr::memmem::find(rest, hyphens)?;
    let mut block = Block {
        label: rest.get(..label_end)?.to_vec(),
        ..Block::default()
    };
    let rest = rest.get(label_end + hyphens.len()..)?;
    let end = [&b"-----END"[..], b"---- END"]
        .iter()
        .filter_map(|mark| memchr::memmem::find(rest, mark))
        .min();
    block.ended = end.is_some();
    let lines = unescape(rest.get(..end.unwrap_or(rest.len()))?);
    let mut continued = false;
    for line in lines.split(|&b| b == b'\n') {
        // A header, `Proc-Type: 4,ENCRYPTED`; base64 has no colon. SSH2's may continue after a backslash.
        if line.contains(&b':') || continued {
            block.encrypted |= memchr::memmem::find(line, b"ENCRYPTED").is_some();
            continued = line.ends_with(b"\\");
            continue;
        }
        for token in line.split(|b| sextet(*b).is_none() && *b != b'=') {
            block.take(token);
        }
    }
    Some(block)
}

/// The base64 characters of a text's first private key block.
pub(crate) fn body(text: &[u8]) -> Option<Vec<u8>> {
    Some(normalise(text)?.body)
}

impl Block {
    fn take(&mut self, token: &[u8]) {
        if let (Some(check), 5) = (token.strip_prefix(b"="), token.len()) {
            self.checksum = Some(check.to_vec());
            return;
        }
        // Operators that join strings, and rulers, are made of characters of base64 too.
        if token.iter().any(u8::is_ascii_alphanumeric) {
            let text = token.iter().filter(|&&b| b != b'=');
            self.body.extend(text);
            self.n_pieces += 1;
        }
    }
}

/// Turns escaped line ends into line ends and other escapes into what they stand for.
fn unescape(text: &[u8]) -> Vec<u8> {
    const ESCAPES: &[(&[u8], u8)] = &[
        (b"n", b'\n'),
        (b"r", b'\n'),
        (b"t", b' '),
        (b"u000a", b'\n'),
        (b"u000A", b'\n'),
        (b"u000d", b'\n'),
        (b"x0a", b'\n'),
        (b"u002b", b'+'),
        (b"u002B", b'+'),
        (b"u002f", b'/'),
        (b"u002F", b'/'),
        (b"u003d", b'='),
        (b"u003D", b'='),
        (b"/", b'/'),
        (b"+", b'+'),
        (b"=", b'='),
    ];
    const ENTITIES: &[(&[u8], u8)] = &[
        (b"&#10;", b'\n'),
        (b"&#13;", b'\n'),
        (b"&#xA;", b'\n'),
        (b"&#xD;", b'\n'),
        (b"%0A", b'\n'),
        (b"%0a", b'\n'),
        (b"%0D", b'\n'),
        (b"%2B", b'+'),
        (b"%2b", b'+'),
        (b"%2F", b'/'),
        (b"%2f", b'/'),
        (b"%3D", b'='),
        (b"%3d", b'='),
        (b"%20", b' '),
    ];
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&b, after)) = rest.split_first() {
        let (table, tail) = match b {
            b'\\' => {
                let slashes = rest.iter().take_while(|&&b| b == b'\\').count();
                (ESCAPES, rest.get(slashes..).unwrap_or_default())
            }
            b'&' | b'%' => (ENTITIES, rest),
            _ => (&[][..], after),
        };
        let escape = table
            .iter()
            .find_map(|(name, byte)| Some((*byte, tail.strip_prefix(*name)?)));
        let (byte, next) = match escape {
            Some((byte, next)) => (byte, next),
            None if b == b'\r' => (b'\n', after),
            None => (b, after),
        };
        out.push(byte);
        rest = next;
    }
    out
}

/// What a block turned out to be.
enum Seen {
    /// A private key in the clear, in words.
    Plain(Cow<'static, str>),
    Protected(&'static str),
    /// No private key: public, cut short, a placeholder.
    Nothing,
    /// Long enough, but not to be decoded; whether the label or a header claims encryption.
    Unclear {
        encrypted: bool,
    },
}

fn inspect(value: &[u8]) -> Option<Seen> {
    let block = normalise(value)?;
    let has = |word: &[u8]| memchr::memmem::find(&block.label, word).is_some();
    let is_short = block.body.len() < SHORTEST_BODY.max(block.n_pieces * SHORTEST_PIECE);
    if !has(b"PRIVATE") || is_short || looks_like_placeholder(&block.body) {
        return Some(Seen::Nothing);
    }
    let claims = block.encrypted || has(b"ENCRYPTED");
    if claims {
        let words = "the key is encrypted under a passphrase";
        return Some(Seen::Protected(words));
    }
    let unclear = Seen::Unclear { encrypted: claims };
    let Some(bytes) = unbase64(&block.body) else {
        return Some(unclear);
    };
    if has(b"PGP") {
        return Some(match pgp::protection(&bytes) {
            Some(pgp::Protection::None) => Seen::Plain("OpenPGP private key".into()),
            Some(pgp::Protection::Passphrase) => {
                Seen::Protected("the OpenPGP key is encrypted under a passphrase")
            }
            Some(pgp::Protection::Absent) => Seen::Nothing,
            None => unclear,
        });
    }
    if let Some(rest) = bytes.strip_prefix(b"openssh-key-v1\0") {
        return Some(openssh(rest));
    }
    Some(match der::judge(&bytes) {
        Some(Der::Private(words)) => Seen::Plain(words),
        Some(Der::Encrypted) => Seen::Protected("the key is encrypted under a passphrase"),
        Some(Der::Public | Der::Cut) => Seen::Nothing,
        None => unclear,
    })
}

/// OpenSSH's own format: the first field names the cipher.
fn openssh(rest: &[u8]) -> Seen {
    match rest.strip_prefix(&[0, 0, 0, 4]) {
        Some(cipher) if cipher.starts_with(b"none") => {
            let kinds: [(&[u8], &str); 4] = [
                (b"ssh-ed25519", "OpenSSH private key (Ed25519)"),
                (b"ssh-rsa", "OpenSSH private key (RSA)"),
                (b"ecdsa-sha2", "OpenSSH private key (ECDSA)"),
                (b"sk-", "OpenSSH private key (hardware token's handle)"),
            ];
            let head = rest.get(..80.min(rest.len())).unwrap_or_default();
            let kind = kinds
                .iter()
                .find(|(name, _)| memchr::memmem::find(head, name).is_some());
            Seen::Plain(
                kind.map_or("OpenSSH private key", |(_, words)| words)
                    .into(),
            )
        }
        Some(_) | None => Seen::Protected("the OpenSSH key is encrypted under a passphrase"),
    }
}

fn decoded(words: &str) -> Proof {
    Proof::Valid(Evidence(format!("decodes to: {words}").into()))
}

/// A private key in the clear. Encrypted, public, cut and made-up ones are invalid; what cannot be decoded is unknown.
pub(super) fn plain(value: &[u8]) -> Proof {
    match inspect(value) {
        Some(Seen::Plain(words)) => decoded(&words),
        Some(Seen::Unclear { encrypted: false }) => Proof::Unknown,
        Some(Seen::Protected(_) | Seen::Nothing | Seen::Unclear { encrypted: true }) => {
            Proof::Invalid
        }
        None => Proof::Unknown,
    }
}

/// A private key under a passphrase.
pub(super) fn encrypted(value: &[u8]) -> Proof {
    match inspect(value) {
        Some(Seen::Protected(words)) => Proof::Sealed(Evidence::new(words)),
        Some(Seen::Unclear { encrypted: true }) => Proof::Unknown,
        Some(Seen::Plain(_) | Seen::Nothing | Seen::Unclear { encrypted: false }) => Proof::Invalid,
        None => Proof::Unknown,
    }
}

/// Drops line ends, real and escaped, of wrapped base64.
fn joined(value: &[u8]) -> Vec<u8> {
    let mut text = unescape(value);
    text.retain(|b| sextet(*b).is_some() || *b == b'=');
    text
}

/// base64 of a whole PEM block, as in Kubernetes secrets and kubeconfig's `client-key-data`.
pub(super) fn base64_of_pem(value: &[u8]) -> Proof {
    let Some(text) = unbase64(&joined(value)) else {
        return Proof::Invalid;
    };
    match inspect(&text) {
        Some(Seen::Plain(words)) => decoded(&format!("PEM, {words}")),
        Some(Seen::Unclear { encrypted: false }) => Proof::Unknown,
        Some(Seen::Protected(_) | Seen::Nothing | Seen::Unclear { encrypted: true }) | None => {
            Proof::Invalid
        }
    }
}

/// base64 of a private key's DER without the PEM lines.
pub(super) fn der_base64(value: &[u8]) -> Proof {
    let bytes = unbase64(&joined(value));
    match bytes.as_deref().and_then(der::judge) {
        Some(Der::Private(words)) => decoded(&words),
        Some(Der::Encrypted | Der::Public | Der::Cut) | None => Proof::Invalid,
    }
}
