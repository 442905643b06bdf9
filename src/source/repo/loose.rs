//! Loose objects: one zlib stream a file, inflated at once. What a commit adds is loose, so this is the whole reading of a
//! small commit; libgit2 opens each object twice, inflates it in small steps, and does not come back from one that is cut
//! off.

use std::cell::RefCell;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid};
use libdeflater::{DecompressionError, Decompressor};
use memmap2::MmapMut;

use super::kind_of;
use crate::pack::loose::{HEADER, header};
use crate::pack::{Kind, beginning, loose};

/// Room for most objects, so that one call inflates them together with their header.
const ROOM: usize = 1 << 16;
/// No byte of a stream stands for more bytes than these.
const MOST_DEFLATED: usize = 1_040;

/// Inflates loose blobs of one directory.
#[derive(Default)]
pub(super) struct Loose {
    parts: RefCell<Option<Parts>>,
}

struct Parts {
    inflater: Decompressor,
    room: Vec<u8>,
}

/// A blob with the header that stands before it.
pub struct Blob {
    bytes: Inflated,
    start: usize,
}

impl Blob {
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        let bytes = match &self.bytes {
            Inflated::Small(bytes) => bytes,
            Inflated::Large(map) => &map[..],
        };
        bytes.get(self.start..).unwrap_or_default()
    }
}

/// Where an object was inflated to.
enum Inflated {
    Small(Vec<u8>),
    Large(MmapMut),
}

/// From so many bytes on memory is asked for in large pages: the system takes as long to hand over many small ones as a
/// scan takes for some of its looks at all bytes.
const LARGE: usize = 4 << 20;

impl Inflated {
    /// Room for so many bytes.
    fn with_room(n: usize) -> Option<Self> {
        if n < LARGE {
            return Some(Self::Small(vec![0; n]));
        }
        let map = MmapMut::map_anon(n).ok()?;
        // Where there are none, small ones do.
        #[cfg(target_os = "linux")]
        drop(map.advise(memmap2::Advice::HugePage));
        Some(Self::Large(map))
    }

    fn room(&mut self) -> &mut [u8] {
        match self {
            Self::Small(bytes) => bytes,
            Self::Large(map) => map,
        }
    }
}

impl Loose {
    /// The blob, if it is loose in this directory, whole, and not larger than `limit`; else others say what is the matter.
    pub(super) fn blob(&self, dir: &Path, id: Oid, limit: u64) -> Option<Blob> {
        let mut parts = self.parts.borrow_mut();
        let Parts { inflater, room } = parts.get_or_insert_with(Parts::new);
        let deflated = read(dir, id)?;
        match inflater.zlib_decompress(&deflated, room) {
            Ok(n) => {
                let bytes = room.get(..n)?;
                let (size, start) = blob_header(bytes)?;
                (size <= limit && size == (n - start) as u64).then(|| Blob {
                    bytes: Inflated::Small(bytes.to_vec()),
                    start,
                })
            }
            Err(DecompressionError::InsufficientSpace) => {
                let (size, start) = blob_header(&beginning(&deflated[..], HEADER))?;
                let whole = usize::try_from(size).ok()?.checked_add(start)?;
                if size > limit {
                    return None;
                }
                let mut bytes = Inflated::with_room(whole)?;
                let n = inflater.zlib_decompress(&deflated, bytes.room()).ok()?;
                (n == whole).then_some(Blob { bytes, start })
            }
            Err(DecompressionError::BadData) => None,
        }
    }

    /// Any object of at most `limit` bytes, or `None` if it does not lie loose in this directory.
    pub(super) fn object(
        &self,
        dir: &Path,
        id: Oid,
        limit: u64,
    ) -> Result<Option<(ObjectType, Vec<u8>)>> {
        let mut deflated = Vec::new();
        match File::open(path(dir, id)) {
            Ok(mut file) => file.read_to_end(&mut deflated)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut parts = self.parts.borrow_mut();
        let Parts { inflater, room } = parts.get_or_insert_with(Parts::new);
        match inflater.zlib_decompress(&deflated, room) {
            Ok(n) => {
                let bytes = room.get(..n).unwrap_or_default();
                let (kind, size, start) = header(bytes).context(NO_OBJECT)?;
                let bytes = bytes.get(start..).unwrap_or_default();
                if bytes.len() as u64 != size {
                    bail!(SHORTER);
                }
                return Ok(Some((kind_of(kind), bytes.to_vec())));
            }
            Err(DecompressionError::InsufficientSpace) => {}
            Err(DecompressionError::BadData) => bail!(DAMAGED),
        }
        let (kind, size, start) = header(&beginning(&deflated[..], HEADER)).context(NO_OBJECT)?;
        if size > limit {
            bail!("it has {} MiB: too large to be read", size >> 20);
        }
        let whole = usize::try_from(size)
            .ok()
            .and_then(|n| n.checked_add(start))
            .filter(|n| n / MOST_DEFLATED <= deflated.len())
            .context(SHORTER)?;
        let mut bytes = vec![0; whole];
        match inflater.zlib_decompress(&deflated, &mut bytes) {
            Ok(n) if n == whole => {}
            Ok(_) => bail!(SHORTER),
            Err(_) => bail!(DAMAGED),
        }
        bytes.drain(..start);
        Ok(Some((kind_of(kind), bytes)))
    }
}

const NO_OBJECT: &str = "its file is no loose object";
const SHORTER: &str = "its file is shorter than its header says";
const DAMAGED: &str = "its file is damaged or cut off";

impl Parts {
    fn new() -> Self {
        Self {
            inflater: Decompressor::new(),
            room: vec![0; ROOM],
        }
    }
}

/// The first bytes of a blob that lies loose in this directory.
pub(super) fn blob_head(dir: &Path, id: Oid, n: usize) -> Option<Vec<u8>> {
    let mut head = beginning(File::open(path(dir, id)).ok()?, n + HEADER);
    let (_, start) = blob_header(&head)?;
    head.drain(..start);
    head.truncate(n);
    Some(head)
}

fn path(dir: &Path, id: Oid) -> PathBuf {
    loose::path(dir, &id.into())
}

fn read(dir: &Path, id: Oid) -> Option<Vec<u8>> {
    let file = File::open(path(dir, id)).ok()?;
    let size = file.metadata().ok()?.len();
    let mut deflated = Vec::with_capacity(usize::try_from(size).ok()?);
    file.take(size).read_to_end(&mut deflated).ok()?;
    Some(deflated)
}

/// The size of a loose blob, read from its header alone.
pub(super) fn blob_size(dir: &Path, id: Oid) -> Option<u64> {
    blob_header(&beginning(File::open(path(dir, id)).ok()?, HEADER)).map(|(size, _)| size)
}

/// Size and length of a blob's header.
fn blob_header(bytes: &[u8]) -> Option<(u64, usize)> {
    let (kind, size, start) = header(bytes)?;
    (kind == Kind::Blob).then_some((size, start))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;

    /// Writes an object's file as git would and tells its id.
    fn write(dir: &Path, header: &str, bytes: &[u8]) -> Oid {
        let id = Oid::hash_object(ObjectType::Blob, bytes).unwrap();
        let path = path(dir, id);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = File::create(path).unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(file, flate2::Compression::default());
        zlib.write_all(header.as_bytes()).unwrap();
        zlib.write_all(bytes).unwrap();
        zlib.finish().unwrap();
        id
    }

    #[test]
    fn blobs_of_any_size_are_read_whole() {
        let dir = tempfile::tempdir().unwrap();
        let loose = Loose::default();
        for n in [0, 1, 100, ROOM - 11, ROOM - 10, ROOM, 3 * ROOM] {
            let bytes: Vec<u8> = (0..n).map(|i| (i * i % 251) as u8).collect();
            let id = write(dir.path(), &format!("blob {n}\0"), &bytes);
            let blob = loose.blob(dir.path(), id, u64::MAX);
            assert_eq!(blob.unwrap().bytes(), bytes, "{n}");
            assert!(n == 0 || loose.blob(dir.path(), id, n as u64 - 1).is_none());
        }
    }

    #[test]
    fn what_is_not_a_whole_blob_is_left_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let loose = Loose::default();
        let missing = Oid::hash_object(ObjectType::Blob, b"missing").unwrap();
        assert!(loose.blob(dir.path(), missing, u64::MAX).is_none());
        for header in [
            "tree 5\0",
            "blob 6\0",
            "blob 4\0",
            "blob 05\0",
            "blob \0",
            "blob 5",
        ] {
            let id = write(dir.path(), header, b"bytes");
            assert!(loose.blob(dir.path(), id, u64::MAX).is_none(), "{header}");
        }
        let id = write(dir.path(), "blob 5\0", b"bytes");
        let file = path(dir.path(), id);
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..whole.len() - 1]).unwrap();
        assert!(loose.blob(dir.path(), id, u64::MAX).is_none());
    }

    #[test]
    fn what_is_cut_off_or_forged_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let loose = Loose::default();
        let noise: Vec<u8> = (0..5_000_u32).map(|i| ((i * i) >> 7) as u8).collect();
        let id = write(dir.path(), "tree 5000\0", &noise);
        let found = loose.object(dir.path(), id, u64::MAX).unwrap();
        assert_eq!(found, Some((ObjectType::Tree, noise.clone())));
        let file = path(dir.path(), id);
        let whole = fs::read(&file).unwrap();
        for n in 0..whole.len() {
            fs::write(&file, &whole[..n]).unwrap();
            assert!(loose.object(dir.path(), id, u64::MAX).is_err(), "{n}");
        }
        for header in [
            "tree 4999\0",
            "tree 5001\0",
            "tree 99999999999999\0",
            "tree 18446744073709551615\0",
            "tree 05000\0",
            "tree -1\0",
            "trie 5000\0",
            "tree 5000",
            "",
        ] {
            let id = write(dir.path(), header, &noise);
            assert!(
                loose.object(dir.path(), id, u64::MAX).is_err(),
                "{header:?}"
            );
        }
        let absent = Oid::hash_object(ObjectType::Blob, b"absent").unwrap();
        assert_eq!(loose.object(dir.path(), absent, u64::MAX).unwrap(), None);
    }
}
