//! Azure's keys: common annotated keys, the older identifiable keys, and personal access tokens of Azure DevOps.

use super::Proof;
use super::bits::{BASE62, base64, digits, unbase32, unbase64};

/// Marvin32 of some bytes.
pub(super) fn marvin32(data: &[u8], seed: u64) -> u32 {
    fn mix(a: &mut u32, b: &mut u32) {
        *b ^= *a;
        *a = a.rotate_left(20).wrapping_add(*b);
        *b = b.rotate_left(9) ^ *a;
        *a = a.rotate_left(27).wrapping_add(*b);
        *b = b.rotate_left(19);
    }
    let (mut a, mut b) = (seed as u32, (seed >> 32) as u32);
    let (words, tail) = data.as_chunks::<4>();
    for word in words {
        a = a.wrapping_add(u32::from_le_bytes(*word));
        mix(&mut a, &mut b);
    }
    let last = tail
        .iter()
        .chain(&[0x80])
        .enumerate()
        .fold(0_u32, |n, (i, &byte)| n | (u32::from(byte) << (8 * i)));
    a = a.wrapping_add(last);
    mix(&mut a, &mut b);
    mix(&mut a, &mut b);
    a ^ b
}

/// The seed of a kind of key: its name of 8 characters.
pub(super) fn seed(kind: [u8; 8]) -> u64 {
    u64::from_be_bytes(kind)
}

pub(super) const DEFAULT: [u8; 8] = *b"Default0";

/// The four characters at the end of a common annotated key with these 60 bytes.
pub(super) fn cask_check(front: &[u8]) -> String {
    let hash = marvin32(front, seed(DEFAULT)).swap_bytes();
    let mut text = digits(u64::from(hash), BASE62, 0);
    while text.len() < 6 {
        text.push('0');
    }
    text.truncate(4);
    text
}

/// Common annotated security keys of 84 or 88 characters.
pub(super) fn cask(value: &[u8]) -> Proof {
    let has_mark = matches!(
        value.get(52..58),
        Some([b'J', b'Q', b'Q', b'J', b'9', b'9' | b'D' | b'H'])
    );
    if !has_mark || !matches!(value.len(), 84 | 88) {
        return Proof::Unknown;
    }
    let (Some(bytes), Some(check)) = (unbase64(value), value.get(80..84)) else {
        return Proof::Invalid;
    };
    let Some(front) = bytes.get(..60) else {
        return Proof::Invalid;
    };
    let hash = marvin32(front, seed(DEFAULT)).to_le_bytes();
    let plain = base64(hash.get(..3).unwrap_or_default());
    Proof::when(
        check == cask_check(front).as_bytes() || check == plain.as_bytes(),
        "checksum of an Azure key valid",
    )
}

/// A kind of older key: the signature in its last characters, the seeds, and the words for a person.
type Kind = (&'static [u8], &'static [&'static [u8; 8]], &'static str);

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    (b"+ASt", &[b"Default0"], "checksum of an Azure Storage key valid"),
    (b"ACDb", &[b"SysAll00", b"Resour00", b"MastRO00", b"SystRO00", b"Encryp00", b"MastRW00", b"SystRW00"],
        "checksum of an Azure Cosmos DB key valid"),
    (b"+ABa", &[b"AbAcct00"], "checksum of an Azure Batch key valid"),
    (b"APIM", &[b"Tenant00", b"IotHub00", b"Gateway0", b"GitKey00"],
        "checksum of an Azure API Management key valid"),
    (b"+ASb", SHARED_ACCESS, "checksum of an Azure Service Bus key valid"),
    (b"+AEh", SHARED_ACCESS, "checksum of an Azure Event Hubs key valid"),
    (b"+ARm", SHARED_ACCESS, "checksum of an Azure Relay key valid"),
    (b"AIoT", &[b"IotHub00", b"DpsKey00", b"Device00"], "checksum of an Azure IoT key valid"),
    (b"AzFu", &[b"Master00", b"System00", b"Functi00"], "checksum of an Azure Functions key valid"),
    (b"AzSe", &[b"Query000", b"PAdmin00"], "checksum of an Azure AI Search key valid"),
    (b"+ACR", &[b"ACRDflt0"], "checksum of an Azure Container Registry key valid"),
    (b"AzCa", &[b"Access00"], "checksum of an Azure Cache for Redis key valid"),
];
const SHARED_ACCESS: &[&[u8; 8]] = &[
    b"Unknown0",
    b"Send0000",
    b"Manage00",
    b"Listen00",
    b"System00",
];

/// Azure's older identifiable keys: the last 4 bytes are the Marvin32 of the others.
pub(super) fn identifiable(value: &[u8]) -> Proof {
    let tail = value
        .get(value.len().saturating_sub(14)..)
        .unwrap_or_default();
    let mut kinds = KINDS
        .iter()
        .filter(|(signature, ..)| tail.windows(4).any(|w| w == *signature))
        .peekable();
    if kinds.peek().is_none() {
        return Proof::Unknown;
    }
    let Some(bytes) = unbase64(value) else {
        return Proof::Invalid;
    };
    let Some((front, check)) = bytes.split_last_chunk::<4>() else {
        return Proof::Invalid;
    };
    let check = u32::from_le_bytes(*check);
    for (_, seeds, words) in kinds {
        if seeds
            .iter()
            .any(|kind| marvin32(front, seed(**kind)) == check)
        {
            return Proof::when(true, words);
        }
    }
    Proof::Invalid
}

/// Where the CRC of an older personal access token of Azure DevOps stands in its 32 bytes, lowest byte first.
pub(super) const DEVOPS_CRC_AT: [usize; 4] = [22, 8, 7, 2];
pub(super) const DEVOPS_USER: u32 = 0xe0b9_692d;
const DEVOPS_APPLICATION: u32 = 0x1019_f92e;

/// The CRC-32 of the 28 bytes that are not the check value.
pub(super) fn devops_crc(bytes: &[u8]) -> u32 {
    let rest: Vec<u8> = bytes
        .iter()
        .enumerate()
        .filter(|(i, _)| !DEVOPS_CRC_AT.contains(i))
        .map(|(_, &b)| b)
        .collect();
    crc32fast::hash(&rest)
}

/// Azure DevOps' older personal access token: 52 characters of lower-case base32.
pub(super) fn devops_pat(value: &[u8]) -> Proof {
    let is_digit = |b: &u8| b.is_ascii_lowercase() || (b'2'..=b'7').contains(b);
    if value.len() != 52 || !value.iter().all(is_digit) {
        return Proof::Unknown;
    }
    let Some(bytes) = unbase32(&value.to_ascii_uppercase()) else {
        return Proof::Invalid;
    };
    let check = DEVOPS_CRC_AT.iter().rev().fold(0_u32, |n, &at| {
        (n << 8) | u32::from(bytes.get(at).copied().unwrap_or_default())
    });
    let mask = check ^ devops_crc(&bytes);
    // 52 characters hold 4 bits more than 32 bytes; they are 0.
    let spare = value.ends_with(b"a") || value.ends_with(b"q");
    Proof::when(
        spare && (mask == DEVOPS_USER || mask == DEVOPS_APPLICATION),
        "checksum of an Azure DevOps token valid",
    )
}
