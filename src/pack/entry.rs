//! One entry of a pack: its header, and the inflating of what follows.

use libdeflater::Decompressor;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    pub(super) fn parse(name: &[u8]) -> Option<Self> {
        match name {
            b"commit" => Some(Self::Commit),
            b"tree" => Some(Self::Tree),
            b"blob" => Some(Self::Blob),
            b"tag" => Some(Self::Tag),
            _ => None,
        }
    }
}

/// The first bytes of what is deflated.
pub fn beginning(deflated: impl std::io::Read, n: usize) -> Vec<u8> {
    use std::io::Read as _;
    let mut head = Vec::with_capacity(n);
    let read = flate2::read::ZlibDecoder::new(deflated)
        .take(n as u64)
        .read_to_end(&mut head);
    // An error further on is met again, and reported, when the whole is inflated.
    drop(read);
    head
}

/// How an entry is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored<'p> {
    Whole(Kind),
    /// A delta on the entry at this offset of the same pack.
    OnOffset(u64),
    /// A delta on the object with this id.
    OnId(&'p [u8]),
}

/// The header of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'p> {
    pub(super) stored: Stored<'p>,
    /// Inflated size: of the object, or of the delta.
    pub(super) size: u64,
    /// Where the deflated bytes begin in the pack.
    pub(super) start: usize,
}

impl<'p> Header<'p> {
    /// Parses the entry at `offset`; `None` when that is not the beginning of one.
    pub(super) fn parse(pack: &'p [u8], offset: u64, hash: usize) -> Option<Self> {
        let Ok(mut at) = usize::try_from(offset) else {
            return None;
        };
        let mut next = || {
            let byte = pack.get(at).copied();
            at += 1;
            byte
        };
        let first = next()?;
        let mut size = u64::from(first & 15);
        let mut shift = 4;
        let mut byte = first;
        while byte & 0x80 != 0 {
            byte = next()?;
            let bits = u64::from(byte & 0x7f);
            if shift > 57 {
                return None;
            }
            size |= bits << shift;
            shift += 7;
        }
        let stored = match first >> 4 & 7 {
            1 => Stored::Whole(Kind::Commit),
            2 => Stored::Whole(Kind::Tree),
            3 => Stored::Whole(Kind::Blob),
            4 => Stored::Whole(Kind::Tag),
            6 => {
                let mut byte = next()?;
                let mut distance = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = next()?;
                    distance = (distance + 1).checked_mul(128)? | u64::from(byte & 0x7f);
                }
                Stored::OnOffset(offset.checked_sub(distance).filter(|&base| base < offset)?)
            }
            7 => {
                let id = pack.get(at..at + hash)?;
                at += hash;
                Stored::OnId(id)
            }
            _ => return None,
        };
        Some(Self {
            stored,
            size,
            start: at,
        })
    }
}

/// Inflates a zlib stream of known size into `out`, whose earlier content is overwritten.
pub(super) fn inflate(
    inflater: &mut Decompressor,
    deflated: &[u8],
    size: usize,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    // Not cleared first: bytes that are there already need no zeroing.
    out.resize(size, 0);
    match inflater.zlib_decompress(deflated, out) {
        Ok(n) if n == size => Ok(()),
        Ok(_) => Err("an object is shorter than its header says"),
        Err(_) => Err("an object's deflated data are corrupt"),
    }
}
