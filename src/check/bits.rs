//! Encodings and cyclic codes that the checks share: digits of a base, bits packed into characters, CRCs.

pub(super) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(super) const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
pub(super) const BASE64: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(super) const BASE64URL: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
pub(super) const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(super) const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// `n` in the base of these digits, most significant first, at least `width` long.
pub(super) fn digits(mut n: u64, alphabet: &[u8], width: usize) -> String {
    let base = alphabet.len() as u64;
    let mut reversed = Vec::new();
    while n > 0 || reversed.len() < width {
        let digit = usize::try_from(n % base).unwrap_or_default();
        reversed.push(alphabet.get(digit).copied().unwrap_or(b'?'));
        n /= base;
    }
    reversed.iter().rev().map(|&b| char::from(b)).collect()
}

/// The number that these digits write, if each is a digit and it fits.
pub(super) fn number(text: &[u8], alphabet: &[u8]) -> Option<u64> {
    text.iter().try_fold(0_u64, |n, &b| {
        let digit = position(alphabet, b)?;
        n.checked_mul(alphabet.len() as u64)?
            .checked_add(u64::from(digit))
    })
}

fn position(alphabet: &[u8], b: u8) -> Option<u8> {
    // Alphabets are far shorter than 256.
    alphabet.iter().position(|&a| a == b).map(|at| at as u8)
}

/// The value of a base64 character of either alphabet.
pub(super) fn sextet(b: u8) -> Option<u8> {
    match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn quintet(b: u8) -> Option<u8> {
    match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'2'..=b'7' => Some(b - b'2' + 26),
        _ => None,
    }
}

/// Bytes of which each character holds some bits; bits left over at the end are dropped.
fn unpack(text: &[u8], width: u32, value: impl Fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut buffer, mut held) = (0_u32, 0_u32);
    for &b in text {
        buffer = (buffer << width) | u32::from(value(b)?);
        held += width;
        if held >= 8 {
            held -= 8;
            out.push((buffer >> held) as u8);
            buffer &= (1 << held) - 1;
        }
    }
    Some(out)
}

/// Decodes base64 of either alphabet, padded or not.
pub(super) fn unbase64(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|&&b| b == b'=').count();
    let text = text.get(..text.len() - padding)?;
    if padding > 2 || text.len() % 4 == 1 {
        return None;
    }
    unpack(text, 6, sextet)
}

/// Decodes upper-case base32 of RFC 4648 without padding.
pub(super) fn unbase32(text: &[u8]) -> Option<Vec<u8>> {
    unpack(text, 5, quintet)
}

/// The values of a Bech32 text's characters.
pub(super) fn unbech32(text: &[u8]) -> Option<Vec<u8>> {
    text.iter().map(|&b| position(BECH32, b)).collect()
}

/// Writes bytes with an alphabet of `1 << width` characters, without padding.
pub(super) fn pack(bytes: &[u8], width: u32, alphabet: &[u8]) -> String {
    let mut out = String::new();
    let (mut buffer, mut held) = (0_u32, 0_u32);
    let mut push = |value: u32| {
        let value = usize::try_from(value & ((1 << width) - 1)).unwrap_or_default();
        out.push(alphabet.get(value).map_or('?', |&b| char::from(b)));
    };
    for &b in bytes {
        buffer = (buffer << 8) | u32::from(b);
        held += 8;
        while held >= width {
            held -= width;
            push(buffer >> held);
            buffer &= (1 << held) - 1;
        }
    }
    if held > 0 {
        push(buffer << (width - held));
    }
    out
}

/// Padded base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = pack(bytes, 6, BASE64);
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

/// CRC-16/XMODEM.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &b| {
        (0..8).fold(crc ^ (u16::from(b) << 8), |c, _| {
            if c & 0x8000 == 0 {
                c << 1
            } else {
                (c << 1) ^ 0x1021
            }
        })
    })
}

/// The checksum of OpenPGP's armor.
pub(super) fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |crc, &b| {
        (0..8).fold(crc ^ (u32::from(b) << 16), |c, _| {
            if c & 0x0080_0000 == 0 {
                c << 1
            } else {
                (c << 1) ^ 0x0186_4cfb
            }
        }) & 0x00ff_ffff
    })
}

/// Bech32's checksum polynomial over 5-bit values.
pub(super) fn bech32_polymod(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    values.fold(1, |c, value| {
        let top = c >> 25;
        GENERATOR.iter().enumerate().fold(
            ((c & 0x01ff_ffff) << 5) ^ u32::from(value),
            |c, (i, g)| {
                if (top >> i) & 1 == 1 { c ^ g } else { c }
            },
        )
    })
}
