//! Private keys and seeds written with a check value: age, NATS, Stellar, Bitcoin.

use sha2::{Digest, Sha256};

use super::Proof;
use super::bits::{bech32_polymod, crc16, unbase32, unbech32};

pub(super) const AGE_PREFIX: &[u8] = b"age-secret-key-";

/// What Bech32's checksum covers of the human part.
pub(super) fn expand_prefix(prefix: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let high = prefix.iter().map(|b| b >> 5);
    high.chain([0]).chain(prefix.iter().map(|b| b & 31))
}

/// An age identity: Bech32 of 32 bytes, all upper case (or all lower).
pub(super) fn age(value: &[u8]) -> Proof {
    let lower = value.to_ascii_lowercase();
    let Some(rest) = lower
        .strip_prefix(AGE_PREFIX)
        .and_then(|r| r.strip_prefix(b"1"))
    else {
        return Proof::Unknown;
    };
    let one_case = value == lower || value == value.to_ascii_uppercase();
    let holds = one_case
        && rest.len() == 58
        && unbech32(rest)
            .is_some_and(|values| bech32_polymod(expand_prefix(AGE_PREFIX).chain(values)) == 1);
    Proof::when(holds, "Bech32 checksum valid")
}

/// base32 of some bytes and their CRC-16, low byte first; the bits left over are 0.
fn crc16_holds(value: &[u8]) -> bool {
    unbase32(value).is_some_and(|bytes| {
        bytes
            .split_last_chunk::<2>()
            .is_some_and(|(front, check)| crc16(front).to_le_bytes() == *check)
    })
}

const CRC16_VALID: &str = "CRC16 checksum valid";

/// A NATS seed: `S`, the kind, base32 of 36 bytes.
pub(super) fn nkey(value: &[u8]) -> Proof {
    let kind = value.get(1).is_some_and(|b| b"ACNOUPX".contains(b));
    if value.len() != 58 || value.first() != Some(&b'S') || !kind {
        return Proof::Unknown;
    }
    // 58 characters hold 290 bits, 2 more than 36 bytes.
    let spare = value.last().is_some_and(|b| b"AEIMQUY4".contains(b));
    Proof::when(spare && crc16_holds(value), CRC16_VALID)
}

/// A Stellar secret seed: `S`, base32 of 35 bytes.
pub(super) fn stellar(value: &[u8]) -> Proof {
    if value.len() != 56 || value.first() != Some(&b'S') {
        return Proof::Unknown;
    }
    let version = unbase32(value).is_some_and(|bytes| bytes.first() == Some(&(18 << 3)));
    Proof::when(version && crc16_holds(value), CRC16_VALID)
}

pub(super) const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The bytes that a base58 text writes.
fn unbase58(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::new();
    for b in text {
        let mut carry = BASE58.iter().position(|d| d == b)?;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.insert(0, (carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    let zeros = text.iter().take_while(|&&b| b == b'1').count();
    Some(std::iter::repeat_n(0, zeros).chain(bytes).collect())
}

/// The first four bytes of the doubled SHA-256.
pub(super) fn base58_check(payload: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(Sha256::digest(payload));
    let mut check = [0; 4];
    check.iter_mut().zip(hash).for_each(|(c, h)| *c = h);
    check
}

/// base58check, as in Bitcoin's wallet import format (WIF).
pub(super) fn base58check(value: &[u8]) -> Proof {
    if !(20..=120).contains(&value.len()) {
        return Proof::Unknown;
    }
    let holds = unbase58(value).is_some_and(|bytes| {
        bytes
            .split_last_chunk::<4>()
            .is_some_and(|(payload, check)| base58_check(payload) == *check)
    });
    Proof::when(holds, "base58 checksum valid")
}
