//! Object ids of both hash kinds.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use anyhow::Context as _;

/// The hash a repository names its objects with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashKind {
    Sha1,
    Sha256,
}

impl HashKind {
    /// Length of an id in bytes.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    pub(super) fn format(self) -> git2::ObjectFormat {
        match self {
            Self::Sha1 => git2::ObjectFormat::Sha1,
            Self::Sha256 => git2::ObjectFormat::Sha256,
        }
    }
}

impl From<git2::ObjectFormat> for HashKind {
    fn from(format: git2::ObjectFormat) -> Self {
        match format {
            git2::ObjectFormat::Sha1 => Self::Sha1,
            git2::ObjectFormat::Sha256 => Self::Sha256,
        }
    }
}

/// The id of an object: 20 or 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oid {
    bytes: [u8; 32],
    len: u8,
}

impl Oid {
    /// The id whose raw bytes these are; `None` unless there are 20 or 32.
    #[must_use]
    pub fn from_raw(raw: &[u8]) -> Option<Self> {
        let len = match raw.len() {
            20 => 20,
            32 => 32,
            _ => return None,
        };
        let mut bytes = [0; 32];
        bytes.get_mut(..raw.len())?.copy_from_slice(raw);
        Some(Self { bytes, len })
    }

    /// The id written in hex.
    #[must_use]
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        let mut raw = [0; 32];
        let n = hex.len() / 2;
        let (pairs, rest) = hex.as_chunks::<2>();
        if !rest.is_empty() || n > raw.len() {
            return None;
        }
        for (byte, &[high, low]) in raw.iter_mut().zip(pairs) {
            *byte = (digit(high)? << 4) | digit(low)?;
        }
        Self::from_raw(raw.get(..n)?)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The same id as `git2` has it.
    pub fn to_git2(self) -> anyhow::Result<git2::Oid> {
        git2::Oid::from_bytes(self.as_bytes()).context("convert an object id")
    }
}

impl From<git2::Oid> for Oid {
    fn from(id: git2::Oid) -> Self {
        Self::from_raw(id.as_bytes()).expect("libgit2's ids have 20 or 32 bytes")
    }
}

impl Hash for Oid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // An id is a hash already; eight of its bytes are enough for a table.
        let first = self.bytes.first_chunk::<8>().copied().unwrap_or_default();
        state.write_u64(u64::from_le_bytes(first));
    }
}

/// Makes tables of ids cheap: an id is a hash already, of which eight bytes, stirred with numbers that are drawn for each
/// table, tell the place. Who makes ids that share these eight bytes has worked for each as for a broken password of 64 bits.
#[derive(Debug, Clone)]
pub struct IdState {
    keys: [u64; 2],
}

impl Default for IdState {
    fn default() -> Self {
        let random = RandomState::new();
        Self {
            keys: [random.hash_one(0u8), random.hash_one(1u8) | 1],
        }
    }
}

impl BuildHasher for IdState {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        IdHasher {
            keys: self.keys,
            first: 0,
        }
    }
}

/// The hasher of [`IdState`]: of either library's ids, and of offsets in packs.
#[derive(Debug)]
pub struct IdHasher {
    keys: [u64; 2],
    first: u64,
}

impl Hasher for IdHasher {
    fn write(&mut self, id: &[u8]) {
        let first = id.first_chunk::<8>().copied().unwrap_or_default();
        self.first ^= u64::from_le_bytes(first);
    }

    fn write_u64(&mut self, first: u64) {
        self.first ^= first;
    }

    /// The length that slices are preceded by tells nothing of ids, nor does the pack's number of an offset.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        let [add, times] = self.keys;
        let product = u128::from(self.first ^ add) * u128::from(times);
        product as u64 ^ (product >> 64) as u64
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

fn digit(hex: u8) -> Option<u8> {
    match hex {
        b'0'..=b'9' => Some(hex - b'0'),
        b'a'..=b'f' => Some(hex - b'a' + 10),
        b'A'..=b'F' => Some(hex - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_both_libraries_have_places_of_their_own() {
        let state = IdState::default();
        let mut places = std::collections::HashSet::new();
        for n in 0..1000u32 {
            let id = Oid::from_hex(
                format!("{n:040x}")
                    .chars()
                    .rev()
                    .collect::<String>()
                    .as_bytes(),
            );
            let id = id.unwrap();
            let place = state.hash_one(id);
            assert_eq!(place, state.hash_one(id.to_git2().unwrap()));
            places.insert(place);
        }
        assert_eq!(places.len(), 1000);
        // Other tables have other places.
        let id = Oid::from_hex(&[b'a'; 40]).unwrap();
        assert_ne!(state.hash_one(id), IdState::default().hash_one(id));
    }

    #[test]
    fn hex_goes_there_and_back() {
        for n in [20, 32] {
            let hex: String = (0..n).map(|i| format!("{:02x}", i * 7)).collect();
            assert_eq!(Oid::from_hex(hex.as_bytes()).unwrap().to_string(), hex);
        }
        assert_eq!(Oid::from_hex(b"abc"), None);
        assert_eq!(Oid::from_hex(&[b'a'; 38]), None);
        assert_eq!(Oid::from_hex(&[b'g'; 40]), None);
    }
}
