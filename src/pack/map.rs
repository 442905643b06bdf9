//! Read-only memory maps of packs and their indexes, the one place of this module with `unsafe`.
//! Pages that were read are given back once a budget is used up, so a large pack does not stay resident.
#![expect(unsafe_code, reason = "mapping a file, and giving its pages back")]

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use memmap2::{Mmap, UncheckedAdvice};

/// About what the kernel maps around a page that was missed: a whole folio of its cache.
const WINDOW: usize = 1 << 20;

/// Bytes of all packs that stay resident. Of small packs there may be more: what else a run keeps of their objects is little.
const USUAL: usize = 8 << 20;
const OF_SMALL: usize = 32 << 20;
/// Packs of so many bytes in all are small.
const SMALL: usize = 128 << 20;

/// Shares out among maps how many bytes may stay resident: the usual number, or so many if that is more. A small map beside a
/// large one is read as much, so half goes by number and half by size.
pub(super) fn keep<'m>(maps: impl Iterator<Item = &'m Map> + Clone, at_least: usize) {
    let all: usize = maps.clone().map(|map| map.bytes.len()).sum();
    let usual = if all <= SMALL { OF_SMALL } else { USUAL };
    let half = usual.max(at_least) / 2;
    let by_number = half / maps.clone().count().max(1);
    for map in maps {
        let by_size = half as u128 * map.bytes.len() as u128 / all.max(1) as u128;
        map.limit(by_number + usize::try_from(by_size).unwrap_or(half));
    }
}

/// A mapped file.
pub(super) struct Map {
    bytes: Mmap,
    /// One bit for each window that was touched since the last release.
    touched: Box<[AtomicU64]>,
    n_touched: AtomicUsize,
    budget: AtomicUsize,
}

impl Map {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: git writes packs and indexes under another name and renames them when complete; it never changes one in
        // place, so the bytes behind the map are constant. Git itself maps them on the same ground.
        let bytes = unsafe { Mmap::map(&file)? };
        let n_words = bytes.len() / WINDOW / 64 + 1;
        Ok(Self {
            bytes,
            touched: (0..n_words).map(|_| AtomicU64::new(0)).collect(),
            n_touched: AtomicUsize::new(0),
            budget: AtomicUsize::new(usize::MAX),
        })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Sets how many bytes may stay resident, and gives back what is there.
    fn limit(&self, bytes: usize) {
        self.budget
            .store((bytes / WINDOW).max(1), Ordering::Relaxed);
        if self.n_touched.load(Ordering::Relaxed) > 0 {
            self.release();
        }
    }

    /// Notes that the byte at `offset` and what follows is being read; gives all pages back when there are too many.
    pub(super) fn note(&self, offset: usize) {
        let window = offset / WINDOW;
        let Some(word) = self.touched.get(window / 64) else {
            return;
        };
        let bit = 1 << (window % 64);
        if word.load(Ordering::Relaxed) & bit != 0
            || word.fetch_or(bit, Ordering::Relaxed) & bit != 0
        {
            return;
        }
        if self.n_touched.fetch_add(1, Ordering::Relaxed) >= self.budget.load(Ordering::Relaxed) {
            self.release();
        }
    }

    /// Gives all pages back.
    fn release(&self) {
        self.n_touched.store(0, Ordering::Relaxed);
        for word in &self.touched {
            word.store(0, Ordering::Relaxed);
        }
        // SAFETY: the map is shared, read-only and backed by a file that does not change: a page given back is read again,
        // with the same content, by whoever touches it next.
        let advised = unsafe { self.bytes.unchecked_advise(UncheckedAdvice::DontNeed) };
        // Only a hint: when it is refused, memory stays higher and nothing else changes.
        drop(advised);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_their_release() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let bytes: Vec<u8> = (0..WINDOW * 5).map(|i| (i % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let map = Map::open(&path).unwrap();
        map.limit(WINDOW * 2);
        for _ in 0..3 {
            for at in (0..bytes.len()).step_by(997) {
                map.note(at);
                assert_eq!(map.bytes()[at], bytes[at]);
            }
        }
        // What was touched under another budget counts no more.
        map.limit(WINDOW * 9);
        map.note(0);
        assert_eq!(map.n_touched.load(Ordering::Relaxed), 1);
    }
}
