//! The `.idx` of a pack, version 1 and 2: which ids it has, and where.

use std::path::Path;

use anyhow::{Context as _, ensure};

use super::HashKind;
use super::map::Map;

const MAGIC: &[u8] = b"\xfftOc";
const FANOUT: usize = 256 * 4;

/// A mapped index whose tables are known to lie inside the file.
pub(super) struct Index {
    map: Map,
    hash: usize,
    n: usize,
    version: Version,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Index {
    pub(super) fn open(path: &Path, hash: HashKind) -> anyhow::Result<Self> {
        let name = || format!("read `{}`", path.display());
        let map = Map::open(path).with_context(name)?;
        let version = if map.bytes().starts_with(MAGIC) {
            ensure!(
                number(map.bytes(), 4) == Some(2),
                "`{}` has an unknown version",
                path.display()
            );
            Version::Two
        } else {
            Version::One
        };
        let mut index = Self {
            map,
            hash: hash.width(),
            n: 0,
            version,
        };
        let counts = (0..256)
            .map(|first| index.fanout(first))
            .collect::<Option<Vec<_>>>();
        let counts = counts.with_context(|| format!("`{}` is too short", path.display()))?;
        ensure!(
            counts.is_sorted(),
            "`{}` has an unsorted fan-out table",
            path.display()
        );
        index.n = counts.last().copied().unwrap_or_default();
        let entry = match version {
            Version::One => 4 + index.hash,
            Version::Two => 4 + 4 + index.hash,
        };
        let needed = index
            .n
            .checked_mul(entry)
            .map(|table| table + index.names() + 2 * index.hash);
        ensure!(
            needed.is_some_and(|needed| needed <= index.map.bytes().len()),
            "`{}` is too short for its {} objects",
            path.display(),
            index.n
        );
        Ok(index)
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> usize {
        self.n
    }

    /// Raw id of the object at a position in id order.
    pub(super) fn id(&self, position: usize) -> &[u8] {
        let at = match self.version {
            Version::One => self.names() + position * (4 + self.hash) + 4,
            Version::Two => self.names() + position * self.hash,
        };
        self.map.bytes().get(at..at + self.hash).unwrap_or_default()
    }

    /// Offset in the pack of the object at a position in id order.
    pub(super) fn offset(&self, position: usize) -> Option<u64> {
        let bytes = self.map.bytes();
        match self.version {
            Version::One => number(bytes, self.names() + position * (4 + self.hash)).map(u64::from),
            Version::Two => {
                let table = self.names() + self.n * (self.hash + 4);
                let offset = number(bytes, table + position * 4)?;
                if offset & 0x8000_0000 == 0 {
                    return Some(u64::from(offset));
                }
                let large = usize::try_from(offset & 0x7fff_ffff).unwrap_or(usize::MAX);
                let at = table + self.n * 4 + large.checked_mul(8)?;
                let raw = bytes.get(at..)?.first_chunk::<8>()?;
                Some(u64::from_be_bytes(*raw))
            }
        }
    }

    /// Position of an id.
    pub(super) fn find(&self, id: &[u8]) -> Option<usize> {
        let first = usize::from(*id.first()?);
        let mut low = match first.checked_sub(1) {
            Some(before) => self.fanout(before)?,
            None => 0,
        };
        let mut high = self.fanout(first)?;
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn fanout(&self, first: usize) -> Option<usize> {
        let count = number(self.map.bytes(), self.names() - FANOUT + first * 4)?;
        Some(count as usize)
    }

    /// Where the table of ids begins.
    fn names(&self) -> usize {
        match self.version {
            Version::One => FANOUT,
            Version::Two => FANOUT + 8,
        }
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let raw = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*raw))
}
