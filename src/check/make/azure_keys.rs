//! Makers of Azure's keys, whose signature and check value stand in fixed places.

use crate::check::azure;
use crate::check::bits::{BASE32, BASE62, base64, pack, unbase64};
use crate::template::Seed;

pub(super) fn azure_cask(signature: &str, seed: &mut Seed) -> String {
    let front = format!(
        "{}JQQJ99B{}{}AAA{}",
        seed.text(BASE62, 52),
        seed.text(b"ABCDEFGHIJKL", 1),
        seed.text(BASE62, 13),
        signature
    );
    let bytes = unbase64(front.as_bytes()).unwrap_or_default();
    let check = azure::cask_check(&bytes);
    front + &check
}

/// A key of `n` bytes with its signature in the text, the last four bytes being the check value.
pub(super) fn identifiable(signature: &str, n: usize, kind: [u8; 8], seed: &mut Seed) -> String {
    let text = base64(&seed.bytes(n));
    // The signature begins ten characters before the padding.
    let at = text.trim_end_matches('=').len() - 10;
    let mut text = text.into_bytes();
    let places = text.iter_mut().skip(at);
    places
        .zip(signature.bytes())
        .for_each(|(place, b)| *place = b);
    let bytes = unbase64(&text).unwrap_or_default();
    let front = bytes.get(..n - 4).unwrap_or_default();
    let check = azure::marvin32(front, azure::seed(kind)).to_le_bytes();
    base64(&[front, &check].concat())
}

pub(super) fn devops_pat(seed: &mut Seed) -> String {
    let mut bytes = seed.bytes(32);
    let check = (azure::devops_crc(&bytes) ^ azure::DEVOPS_USER).to_le_bytes();
    for (at, b) in azure::DEVOPS_CRC_AT.into_iter().zip(check) {
        if let Some(place) = bytes.get_mut(at) {
            *place = b;
        }
    }
    pack(&bytes, 5, BASE32).to_ascii_lowercase()
}
