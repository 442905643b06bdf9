//! OpenPGP's secret key packets: whether the secret part is there, and whether it is under a passphrase.

use super::bits::{crc24, unbase64};
use super::{Proof, pem};

/// How the secret part of a key packet is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    None,
    Passphrase,
    /// A stub: the secret part is on a card or was left out.
    Absent,
}

/// The armor's checksum line.
pub(super) fn armor(value: &[u8]) -> Proof {
    let Some(block) = pem::normalise(value) else {
        return Proof::Unknown;
    };
    let Some(check) = block.checksum else {
        return Proof::Unknown;
    };
    let (Some(bytes), Some(check)) = (unbase64(&block.body), unbase64(&check)) else {
        return Proof::Invalid;
    };
    let want = crc24(&bytes).to_be_bytes();
    Proof::when(
        want.get(1..) == Some(check.as_slice()),
        "CRC24 checksum valid",
    )
}

const SECRET_KEY: u8 = 5;

/// The content of the first packet, if it is a secret key.
fn secret_key_packet(bytes: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = bytes.split_first()?;
    if first & 0xc0 == 0xc0 {
        if first & 0x3f != SECRET_KEY {
            return None;
        }
        let (&n, after) = rest.split_first()?;
        return match n {
            0..192 => Some(after),
            192..224 => after.get(1..),
            255 => after.get(4..),
            224..255 => None,
        };
    }
    if first & 0x80 == 0 || (first >> 2) & 0xf != SECRET_KEY {
        return None;
    }
    rest.get(
        match first & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return None,
        }..,
    )
}

/// Reads the public part of a version 4 to 6 packet, then how the secret part is kept.
pub(super) fn protection(bytes: &[u8]) -> Option<Protection> {
    let (&version, rest) = secret_key_packet(bytes)?.split_first()?;
    let (&[.., algorithm], mut rest) = rest.split_first_chunk::<5>()?;
    match version {
        4 => {}
        5 | 6 => rest = rest.get(4..)?,
        _ => return None,
    }
    let numbers = match algorithm {
        1..=3 => 2,
        16 => 3,
        17 => 4,
        18 | 19 | 22 => {
            let (&n, after) = rest.split_first()?;
            rest = after.get(usize::from(n)..)?;
            1
        }
        25 | 27 => {
            rest = rest.get(32..)?;
            0
        }
        26 => {
            rest = rest.get(56..)?;
            0
        }
        28 => {
            rest = rest.get(57..)?;
            0
        }
        _ => return None,
    };
    for _ in 0..numbers {
        let (bits, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_be_bytes(*bits)).div_ceil(8)..)?;
    }
    if algorithm == 18 {
        let (&n, after) = rest.split_first()?;
        rest = after.get(usize::from(n)..)?;
    }
    // GnuPG's stub: usage 255 or 254, a cipher, string-to-key 101.
    match rest {
        [0, ..] => Some(Protection::None),
        [253..=255, _, 101, ..] => Some(Protection::Absent),
        [_, ..] => Some(Protection::Passphrase),
        [] => None,
    }
}
