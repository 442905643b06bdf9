//! Tokens that end in a CRC-32 of what stands before it.

use super::Proof;
use super::bits::{BASE36, BASE62, digits, number};

const CRC_VALID: &str = "CRC32 checksum valid";

/// `value` without one of these prefixes.
fn strip<'v>(value: &'v [u8], prefixes: &[&str]) -> Option<&'v [u8]> {
    prefixes
        .iter()
        .find_map(|prefix| value.strip_prefix(prefix.as_bytes()))
}

/// GitHub's classic tokens, npm's and NetBird's: 30 base-62 characters and their CRC in base 62, six digits.
pub(super) fn github(value: &[u8]) -> Proof {
    let prefixes = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_", "nbp_"];
    let Some(rest) = strip(value, &prefixes) else {
        return Proof::Unknown;
    };
    if rest.len() != 36 || !rest.iter().all(u8::is_ascii_alphanumeric) {
        return Proof::Unknown;
    }
    let Some((body, check)) = rest.split_at_checked(30) else {
        return Proof::Unknown;
    };
    let want = digits(u64::from(crc32fast::hash(body)), BASE62, 6);
    Proof::when(want.as_bytes() == check, CRC_VALID)
}

/// Matrix' tokens as Synapse makes them: the CRC of all before the last `_`, in base 62.
pub(super) fn matrix(value: &[u8]) -> Proof {
    if strip(value, &["syt_", "syr_"]).is_none() {
        return Proof::Unknown;
    }
    let Some((front, [b'_', check @ ..])) = value.split_last_chunk::<7>() else {
        return Proof::Unknown;
    };
    let want = digits(u64::from(crc32fast::hash(front)), BASE62, 6);
    Proof::when(want.as_bytes() == check, CRC_VALID)
}

/// Grafana's service account token: the CRC of `glsa_` and 32 characters, four bytes little-endian in hex.
pub(super) fn grafana(value: &[u8]) -> Proof {
    let (Some((front, rest)), true) = (value.split_at_checked(37), value.len() == 46) else {
        return Proof::Unknown;
    };
    let Some(check) = rest.strip_prefix(b"_") else {
        return Proof::Unknown;
    };
    if !front.starts_with(b"glsa_") {
        return Proof::Unknown;
    }
    let want = hex(&crc32fast::hash(front).to_le_bytes());
    Proof::when(check == want.as_bytes(), CRC_VALID)
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// Atlassian's API tokens and Bitbucket's app passwords: the last 8 characters are the CRC of all before, in upper-case
/// hex. The `=` before them may be escaped, as in URLs (`%3D`) and property files (`\=`).
pub(super) fn atlassian(value: &[u8]) -> Proof {
    if strip(value, &["ATATT3", "ATCTT3", "ATBB"]).is_none() {
        return Proof::Unknown;
    }
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&b, after)) = rest.split_first() {
        let escaped = [&b"%3D"[..], b"%3d", b"\\=", b"\\u003d"]
            .iter()
            .find_map(|escape| rest.strip_prefix(*escape));
        plain.push(if escaped.is_some() { b'=' } else { b });
        rest = escaped.unwrap_or(after);
    }
    let Some((front, check)) = plain.split_last_chunk::<8>() else {
        return Proof::Unknown;
    };
    let is_hex = |b: &u8| b.is_ascii_digit() || (b'A'..=b'F').contains(b);
    if !check.iter().all(is_hex) {
        // Older API tokens had no check value, but these prefixes always had one.
        return Proof::Invalid;
    }
    let want = format!("{:08X}", crc32fast::hash(front));
    Proof::when(want.as_bytes() == check, CRC_VALID)
}

/// Cloudflare's prefixed tokens: the CRC of the 40 characters after the prefix, in lower-case hex.
pub(super) fn cloudflare(value: &[u8]) -> Proof {
    let Some(rest) = strip(value, &["cfk_", "cfut_", "cfat_"]) else {
        return Proof::Unknown;
    };
    let (Some((body, check)), 48) = (rest.split_at_checked(40), rest.len()) else {
        return Proof::Unknown;
    };
    let want = format!("{:08x}", crc32fast::hash(body));
    Proof::when(want.as_bytes() == check, CRC_VALID)
}

/// Laravel Sanctum's tokens: a row's number, `|`, perhaps the application's own prefix, 40 characters and their CRC in
/// lower-case hex, which early versions did not add.
pub(super) fn sanctum(value: &[u8]) -> Proof {
    let Some(bar) = value.iter().position(|&b| b == b'|') else {
        return Proof::Unknown;
    };
    let token = value.get(bar + 1..).unwrap_or_default();
    let Some((front, check)) = token.split_last_chunk::<8>() else {
        return Proof::Unknown;
    };
    let is_hex = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
    let Some(body) = front
        .last_chunk::<40>()
        .filter(|_| check.iter().all(is_hex))
    else {
        return Proof::Unknown;
    };
    let want = format!("{:08x}", crc32fast::hash(body));
    Proof::when(want.as_bytes() == check, CRC_VALID)
}

/// GitLab's routable tokens: `PREFIX BODY.LLCCCCCCC`, where LL is the length of BODY and C… the CRC of all before it,
/// both in base 36; the versioned form has `.01` before the last dot. The classic form has no check value.
pub(super) fn gitlab_routable(value: &[u8]) -> Proof {
    if !value.starts_with(b"gl") {
        return Proof::Unknown;
    }
    let Some(dot) = value.iter().position(|&b| b == b'.') else {
        return Proof::Unknown;
    };
    let (Some(front), Some(tail)) = (value.get(..dot), value.get(dot + 1..)) else {
        return Proof::Unknown;
    };
    let tail = match tail.split_first_chunk::<3>() {
        Some(([b'0', b'0'..=b'9', b'.'], rest)) => rest,
        Some(_) | None => tail,
    };
    let Some((length, check)) = tail.split_at_checked(2).filter(|_| tail.len() == 9) else {
        return Proof::Unknown;
    };
    let Some(body) = gitlab_body(front) else {
        return Proof::Unknown;
    };
    let (Some(length), Some(check)) = (number(length, BASE36), number(check, BASE36)) else {
        return Proof::Invalid;
    };
    if length != body.len() as u64 {
        return Proof::Invalid;
    }
    let before = value.get(..value.len() - 7).unwrap_or_default();
    Proof::when(check == u64::from(crc32fast::hash(before)), CRC_VALID)
}

/// What follows `glpat-` or, with a type of runner, `glrt-t3_`.
fn gitlab_body(front: &[u8]) -> Option<&[u8]> {
    let at = front.iter().position(|&b| b == b'-')?;
    let body = front.get(at + 1..)?;
    match body.split_first_chunk::<3>() {
        Some(([b't', b'0'..=b'9', b'_'], rest)) => Some(rest),
        Some(_) | None => Some(body),
    }
}
