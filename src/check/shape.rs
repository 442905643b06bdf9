//! Tokens whose structure can be decoded, or that carry their issuer's mark, without a check value proper.

use super::Proof;
use super::bits::{sextet, unbase32, unbase64};
use crate::finding::Evidence;
use crate::known::looks_like_placeholder;

/// A structure that a placeholder can have too: proof only where the value does not look like one.
fn structure(value: &[u8], holds: bool, words: &'static str) -> Proof {
    if holds && looks_like_placeholder(value) {
        return Proof::Unknown;
    }
    Proof::when(holds, words)
}

fn is_token(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-'
}

/// The fine-grained GitHub token: `github_pat_`, 22 characters that begin `11` and ten upper-case letters and digits,
/// `_`, 59 characters.
pub(super) fn github_fine_grained(value: &[u8]) -> Proof {
    let Some(rest) = value.strip_prefix(b"github_pat_") else {
        return Proof::Unknown;
    };
    let (Some((first, second)), 82) = (rest.split_at_checked(22), rest.len()) else {
        return Proof::Invalid;
    };
    let upper = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let holds = first.starts_with(b"11")
        && first.get(..10).is_some_and(|f| f.iter().all(upper))
        && first.iter().all(u8::is_ascii_alphanumeric)
        && second
            .strip_prefix(b"_")
            .is_some_and(|s| s.iter().all(u8::is_ascii_alphanumeric));
    structure(
        value,
        holds,
        "has the structure of a fine-grained GitHub token",
    )
}

/// The 12 digits of the account that an access key id made since 2019 belongs to.
fn aws_account(id: &[u8]) -> Option<u64> {
    let bytes = unbase32(id)?;
    let number = bytes
        .get(..6)?
        .iter()
        .fold(0_u64, |n, &b| (n << 8) | u64::from(b));
    let account = (number & 0x7fff_ffff_ff80) >> 7;
    (account <= 999_999_999_999).then_some(account)
}

/// AWS access key ids: base32 after the prefix. Ids made since 2019 have the account in them.
pub(super) fn aws_key_id(value: &[u8]) -> Proof {
    let (Some((_, id)), 20) = (value.split_at_checked(4), value.len()) else {
        return Proof::Unknown;
    };
    if unbase32(id).is_none() {
        return Proof::Invalid;
    }
    // The top bit tells ids that hold an account from the older, random ones.
    if id.first().is_some_and(|b| (b'A'..=b'P').contains(b)) || looks_like_placeholder(value) {
        return Proof::Unknown;
    }
    match aws_account(id) {
        Some(account) => Proof::Valid(Evidence(
            format!(
                "decodes to an AWS account ending in {:04}",
                account % 10_000
            )
            .into(),
        )),
        None => Proof::Invalid,
    }
}

/// Amazon Bedrock's API keys, long-lived and short-lived.
pub(super) fn aws_bedrock(value: &[u8]) -> Proof {
    if let Some(rest) = value.strip_prefix(b"ABSK") {
        let holds = unbase64(rest).is_some_and(|bytes| {
            bytes.strip_prefix(b"BedrockAPIKey-").is_some_and(|rest| {
                let account = rest.windows(4).position(|w| w == b"-at-");
                let digits = account.and_then(|at| rest.get(at + 4..at + 16));
                digits.is_some_and(|d| d.iter().all(u8::is_ascii_digit)) && rest.contains(&b':')
            })
        });
        return Proof::when(holds, "decodes to an Amazon Bedrock API key");
    }
    let Some(rest) = value.strip_prefix(b"bedrock-api-key-") else {
        return Proof::Unknown;
    };
    let holds = unbase64(rest).is_some_and(|bytes| bytes.starts_with(b"bedrock.amazonaws.com"));
    Proof::when(holds, "decodes to a short-lived Amazon Bedrock API key")
}

/// Personal access tokens of Jira, Confluence and Bitbucket Data Center: base64 of a number, `:` and 20 bytes.
pub(super) fn jira_data_center(value: &[u8]) -> Proof {
    let text = value.strip_prefix(b"BBDC-").unwrap_or(value);
    if text.len() != 44 {
        return Proof::Unknown;
    }
    let Some(bytes) = unbase64(text) else {
        return Proof::Invalid;
    };
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let holds = digits > 0 && bytes.get(digits) == Some(&b':') && bytes.len() == digits + 21;
    Proof::when(holds, "decodes to an Atlassian Data Center token")
}

/// PyPI's tokens: a version-2 macaroon whose location is PyPI, with a signature of 32 bytes.
pub(super) fn pypi(value: &[u8]) -> Proof {
    let Some(text) = value.strip_prefix(b"pypi-") else {
        return Proof::Unknown;
    };
    let holds = unbase64(text).is_some_and(|bytes| macaroon(&bytes).is_some());
    Proof::when(holds, "structure decoded: PyPI macaroon")
}

/// A PyPI token of which the end is missing: documentation cuts tokens short.
pub(super) fn pypi_whole(value: &[u8]) -> Proof {
    let Some(text) = value.strip_prefix(b"pypi-") else {
        return Proof::Unknown;
    };
    // What remains of the last quantum of base64 does not matter.
    let quanta = text.get(..text.len() / 4 * 4).unwrap_or_default();
    match unbase64(text).or_else(|| unbase64(quanta)) {
        Some(bytes) if macaroon(&bytes).is_some() => {
            Proof::Valid(Evidence::new("whole to the signature at its end"))
        }
        Some(bytes) if is_cut(&bytes) => Proof::Invalid,
        Some(_) | None => Proof::Unknown,
    }
}

/// Whether the fields of a macaroon hold to their order up to the last, which is not whole or no signature.
fn is_cut(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(&[2]) else {
        return false;
    };
    // Location, identifier, end, then caveats of an identifier each, end, signature.
    for kind in [1, 2, 0] {
        let Some((&got, mut after)) = rest.split_first() else {
            return true;
        };
        if got != kind {
            return false;
        }
        if kind != 0 && varint_field(&mut after).is_none() {
            return true;
        }
        rest = after;
    }
    rest.len() < 34
}

fn macaroon(bytes: &[u8]) -> Option<()> {
    const END: u8 = 0;
    const LOCATION: u8 = 1;
    const SIGNATURE: u8 = 6;
    let mut rest = bytes.strip_prefix(&[2])?;
    let mut kinds = Vec::new();
    while let Some((&kind, mut after)) = rest.split_first() {
        kinds.push(kind);
        if kind != END {
            let field = varint_field(&mut after)?;
            let located = matches!(field, b"pypi.org" | b"test.pypi.org");
            if (kind == LOCATION && !located) || (kind == SIGNATURE && field.len() != 32) {
                return None;
            }
        }
        rest = after;
    }
    (kinds.first() == Some(&LOCATION) && kinds.last() == Some(&SIGNATURE)).then_some(())
}

/// A length in base 128 and that many bytes, taken off `rest`.
fn varint_field<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let mut n = 0_usize;
    for shift in [0, 7, 14, 21] {
        let (&b, after) = rest.split_first()?;
        *rest = after;
        n |= usize::from(b & 127) << shift;
        if b & 128 == 0 {
            let (field, after) = rest.split_at_checked(n)?;
            *rest = after;
            return Some(field);
        }
    }
    None
}

/// SendGrid: 16 and 32 bytes in base64url, so the last character of each part has spare bits, all 0.
pub(super) fn sendgrid(value: &[u8]) -> Proof {
    let Some(rest) = value.strip_prefix(b"SG.") else {
        return Proof::Unknown;
    };
    let mut parts = rest.split(|&b| b == b'.');
    let (Some(id), Some(key), None) = (parts.next(), parts.next(), parts.next()) else {
        return Proof::Unknown;
    };
    if (id.len(), key.len()) != (22, 43) {
        return Proof::Unknown;
    }
    let spare = |part: &[u8], bits: u32| {
        part.iter().all(is_token)
            && part
                .last()
                .and_then(|&b| sextet(b))
                .is_some_and(|v| v.trailing_zeros() >= bits)
    };
    structure(
        value,
        spare(id, 4) && spare(key, 2),
        "has the structure of a SendGrid key",
    )
}

/// A WireGuard private key: 32 bytes, clamped for Curve25519. Public and preshared keys are not.
pub(super) fn wireguard(value: &[u8]) -> Proof {
    let (Some(bytes), 44) = (unbase64(value), value.len()) else {
        return Proof::Unknown;
    };
    let ends = (bytes.first(), bytes.last(), bytes.len());
    let (Some(first), Some(last), 32) = ends else {
        return Proof::Unknown;
    };
    let holds = first & 7 == 0 && last & 0xc0 == 0x40;
    structure(value, holds, "clamped like a WireGuard private key")
}

/// Discord's bot tokens: the first part is base64 of the bot's id, a number of 17 to 20 digits.
pub(super) fn discord(value: &[u8]) -> Proof {
    let mut parts = value.split(|&b| b == b'.');
    let (Some(id), Some(time), Some(key), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Proof::Unknown;
    };
    if time.len() != 6 || key.len() < 27 {
        return Proof::Unknown;
    }
    let holds = unbase64(id).is_some_and(|bytes| {
        (16..=20).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit)
    });
    Proof::when(holds, "decodes to the id of a Discord bot")
}

/// JFrog's reference tokens: base64 of `reftkn:01:EXPIRY:…`.
pub(super) fn jfrog_reference(value: &[u8]) -> Proof {
    if !value.starts_with(b"cmVmdGtu") {
        return Proof::Unknown;
    }
    let holds = unbase64(value).is_some_and(|bytes| {
        let mut parts = bytes.split(|&b| b == b':');
        let digits = |part: Option<&[u8]>| {
            part.is_some_and(|p| !p.is_empty() && p.iter().all(u8::is_ascii_digit))
        };
        parts.next() == Some(b"reftkn")
            && digits(parts.next())
            && digits(parts.next())
            && parts.next().is_some_and(|key| key.len() >= 20)
    });
    Proof::when(holds, "decodes to a JFrog reference token")
}

/// HTTP Basic, Docker's `auth`, npm's `_auth`: base64 of a printable `user:password`.
pub(super) fn basic_auth(value: &[u8]) -> Proof {
    let Some(bytes) = unbase64(value) else {
        return Proof::Invalid;
    };
    let Some(colon) = bytes.iter().position(|&b| b == b':') else {
        return Proof::Invalid;
    };
    let printable = bytes.iter().all(|b| (0x20..0x7f).contains(b) || *b >= 0x80)
        && std::str::from_utf8(&bytes).is_ok();
    let password = bytes.get(colon + 1..).unwrap_or_default();
    if printable && looks_like_placeholder(password) {
        return Proof::Unknown;
    }
    Proof::when(
        printable && !password.is_empty(),
        "decodes to a user and a password",
    )
}

const OPENAI: &[u8] = b"T3BlbkFJ";

/// OpenAI's keys: `T3BlbkFJ`, base64 of "OpenAI", exactly in the middle.
pub(super) fn openai(value: &[u8]) -> Proof {
    let body = ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-", "sk-"]
        .iter()
        .find_map(|prefix| value.strip_prefix(prefix.as_bytes()));
    let Some(body) = body else {
        return Proof::Unknown;
    };
    let Some(at) = body.windows(OPENAI.len()).position(|w| w == OPENAI) else {
        return Proof::Unknown;
    };
    let after = body.len() - at - OPENAI.len();
    let holds = at == after && matches!(at, 20 | 58 | 74) && body.iter().all(is_token);
    structure(value, holds, "carries OpenAI's mark")
}

/// Anthropic's keys: 93 characters, then `AA`.
pub(super) fn anthropic(value: &[u8]) -> Proof {
    let Some(body) = value.strip_prefix(b"sk-ant-").and_then(|rest| {
        rest.iter()
            .position(|&b| b == b'-')
            .and_then(|at| rest.get(at + 1..))
    }) else {
        return Proof::Unknown;
    };
    let holds = body.len() == 95 && body.ends_with(b"AA") && body.iter().all(is_token);
    structure(value, holds, "carries Anthropic's mark")
}

/// Groq's keys: most have `WGdyb3FY` after 20 characters; without it the check says nothing.
pub(super) fn groq(value: &[u8]) -> Proof {
    let body = value.strip_prefix(b"gsk_").unwrap_or_default();
    if body.len() == 52 && body.get(20..28) == Some(b"WGdyb3FY") {
        return structure(value, true, "carries Groq's mark");
    }
    Proof::Unknown
}
