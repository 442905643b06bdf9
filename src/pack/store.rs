//! The packs and loose objects of a repository and its alternates, and the reading of single objects.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context as _, bail, ensure};
use libdeflater::Decompressor;

use super::delta::{self, Script};
use super::entry::{Header, Kind, Stored, inflate};
use super::forest::Entries;
use super::index::Index;
use super::loose;
use super::map::{self, Map};
use super::{HashKind, Oid};
use crate::source::object::unquote_prefix;

/// Larger objects are not made, not even as the base of another: two threads hold two each at a time.
pub(super) const LARGEST: u64 = 128 << 20;

/// Why they are not; `git2` must not be asked for them either, since it would make them.
pub(super) const HUGE: Why = "it is, or is stored as a change to, an object that is too large";

/// Alternates of alternates, as git limits them.
const DEEPEST_ALTERNATE: usize = 5;

/// More bases outside of the pack than this in one chain are taken for a circle.
pub(super) const MOST_DETOURS: usize = 16;

/// Why a chain without a root cannot be read; `git2` must not be asked for it, since it would not come back.
pub(super) const CIRCLE: Why = "deltas go round in circles";

/// What stands in a chain where nothing can be read.
pub(super) type Why = &'static str;

/// The object directories of a repository, opened for reading.
pub struct Store {
    pub(super) hash: HashKind,
    /// Packs to visit come first.
    pub(super) packs: Vec<Pack>,
    pub(super) dirs: Vec<Dir>,
}

/// An `objects` directory.
pub(super) struct Dir {
    pub(super) path: PathBuf,
    pub(super) visited: bool,
}

/// A mapped pack with its index.
pub(super) struct Pack {
    pub(super) path: PathBuf,
    pub(super) map: Map,
    pub(super) index: Index,
    pub(super) hash: usize,
    pub(super) visited: bool,
    entries: OnceLock<Entries>,
}

impl Store {
    /// Opens `objects` directories with their alternates. Objects of `visited` are enumerated by `visit`; those of `others`
    /// serve as bases and can be read by id: on a server, the quarantine is visited and the repository's own are the others.
    pub fn open(visited: &[PathBuf], others: &[PathBuf], hash: HashKind) -> anyhow::Result<Self> {
        let mut store = Self {
            hash,
            packs: Vec::new(),
            dirs: Vec::new(),
        };
        let mut seen = HashSet::new();
        for (dirs, visited) in [(visited, true), (others, false)] {
            for dir in dirs {
                store.add(dir, visited, 0, &mut seen)?;
            }
        }
        store.keep(0);
        Ok(store)
    }

    /// Lets the usual number of bytes of its packs stay in memory, or so many if that is more, and gives back what is there.
    pub fn keep(&self, at_least: usize) {
        map::keep(self.packs.iter().map(|pack| &pack.map), at_least);
    }

    /// How many packed objects are to visit, and how many are read by id only.
    #[must_use]
    pub fn packed(&self) -> (usize, usize) {
        let count = |visited| {
            let packs = self.packs.iter().filter(|pack| pack.visited == visited);
            packs.map(|pack| pack.index.len()).sum()
        };
        (count(true), count(false))
    }

    /// Whether an object is in a pack.
    #[must_use]
    pub fn is_packed(&self, id: &Oid) -> bool {
        let mut packs = self.packs.iter();
        packs.any(|pack| pack.index.find(id.as_bytes()).is_some())
    }

    /// Whether an object is there, in a pack or loose.
    #[must_use]
    pub fn contains(&self, id: &Oid) -> bool {
        self.is_packed(id)
            || self
                .dirs
                .iter()
                .any(|dir| loose::path(&dir.path, id).exists())
    }

    fn add(
        &mut self,
        dir: &Path,
        visited: bool,
        depth: usize,
        seen: &mut HashSet<PathBuf>,
    ) -> anyhow::Result<()> {
        let canonical = match dir.canonicalize() {
            Ok(canonical) => canonical,
            // Git, too, goes on without an alternate that is gone.
            Err(error) if error.kind() == io::ErrorKind::NotFound && depth > 0 => return Ok(()),
            Err(error) => {
                return Err(error).with_context(|| format!("open `{}`", dir.display()));
            }
        };
        if !seen.insert(canonical) {
            return Ok(());
        }
        self.add_packs(&dir.join("pack"), visited)?;
        self.dirs.push(Dir {
            path: dir.to_owned(),
            visited,
        });
        let list = dir.join("info/alternates");
        let alternates = match fs::read(&list) {
            Ok(alternates) => alternates,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(error).with_context(|| format!("read `{}`", list.display()));
            }
        };
        ensure!(
            depth < DEEPEST_ALTERNATE,
            "alternates of `{}` are nested too deep",
            dir.display()
        );
        for line in alternates.split(|&byte| byte == b'\n') {
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            let path = alternate(line)
                .with_context(|| format!("`{}` has a malformed line", list.display()))?;
            self.add(&dir.join(path), visited, depth + 1, seen)?;
        }
        Ok(())
    }

    fn add_packs(&mut self, dir: &Path, visited: bool) -> anyhow::Result<()> {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(error).with_context(|| format!("list `{}`", dir.display()));
            }
        };
        let mut packs = Vec::new();
        for entry in entries {
            let path = entry
                .with_context(|| format!("list `{}`", dir.display()))?
                .path();
            // A pack without its index is one that is being written, or garbage; git ignores it as well.
            if path.extension() == Some(OsStr::new("pack")) && path.with_extension("idx").exists() {
                packs.push(path);
            }
        }
        packs.sort();
        for path in packs {
            self.packs.push(Pack::open(path, self.hash, visited)?);
        }
        Ok(())
    }
}

impl Pack {
    fn open(path: PathBuf, hash: HashKind, visited: bool) -> anyhow::Result<Self> {
        let index = Index::open(&path.with_extension("idx"), hash)?;
        let map = Map::open(&path).with_context(|| format!("read `{}`", path.display()))?;
        let head = map.bytes().first_chunk::<12>();
        let Some([b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, count @ ..]) = head else {
            bail!("`{}` is no pack of version 2 or 3", path.display());
        };
        ensure!(
            u32::from_be_bytes(*count) as usize == index.len(),
            "`{}` and its index differ in their number of objects",
            path.display()
        );
        Ok(Self {
            path,
            map,
            index,
            hash: hash.width(),
            visited,
            entries: OnceLock::new(),
        })
    }

    /// All entries; read when first asked for.
    pub(super) fn entries(&self, store: &Store) -> anyhow::Result<&Entries> {
        if let Some(entries) = self.entries.get() {
            return Ok(entries);
        }
        let entries = Entries::read(self, &mut store.reader())?;
        Ok(self.entries.get_or_init(|| entries))
    }

    /// The header of the entry at an offset.
    pub(super) fn header(&self, offset: u64) -> Result<Header<'_>, Why> {
        if let Ok(at) = usize::try_from(offset) {
            self.map.note(at);
        }
        Header::parse(self.map.bytes(), offset, self.hash)
            .ok_or("an entry of the pack is malformed")
    }

    /// Inflates what follows a header.
    pub(super) fn inflate(
        &self,
        inflater: &mut Decompressor,
        header: &Header<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Why> {
        if header.size > LARGEST {
            return Err(HUGE);
        }
        self.map.note(header.start);
        let bytes = self.map.bytes();
        let end = bytes.len().saturating_sub(self.hash);
        let deflated = bytes.get(header.start..end).unwrap_or_default();
        inflate(inflater, deflated, header.size as usize, out)
    }

    pub(super) fn offset_of(&self, id: &[u8]) -> Option<u64> {
        self.index.offset(self.index.find(id)?)
    }
}

/// Reads single objects by id.
pub struct Reader<'s> {
    pub(super) store: &'s Store,
    pub(super) inflater: Decompressor,
    script: Script,
}

impl Store {
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            store: self,
            inflater: Decompressor::new(),
            script: Script::default(),
        }
    }
}

impl Reader<'_> {
    /// The kind and content of an object; `None` when it is not there.
    pub fn read(&mut self, id: &Oid) -> anyhow::Result<Option<(Kind, Vec<u8>)>> {
        self.by_id(id.as_bytes(), 0)
            .map_err(|why| anyhow::anyhow!("read object {id}: {why}"))
    }

    /// An object by its raw id.
    fn by_id(&mut self, id: &[u8], detours: usize) -> Result<Option<(Kind, Vec<u8>)>, Why> {
        let mut failed = None;
        for pack in &self.store.packs {
            let Some(offset) = pack.offset_of(id) else {
                continue;
            };
            match self.entry(pack, offset, detours) {
                Ok(found) => return Ok(Some(found)),
                // Another pack may have a sound copy.
                Err(why) => failed = Some(why),
            }
        }
        let id = Oid::from_raw(id).ok_or("an id has a wrong length")?;
        for dir in &self.store.dirs {
            let path = loose::path(&dir.path, &id);
            match loose::read(&path, &mut self.inflater, LARGEST) {
                Ok(loose::Found::Missing) => {}
                Ok(loose::Found::Object(kind, bytes)) => return Ok(Some((kind, bytes))),
                Ok(loose::Found::TooLarge(..)) => return Err(HUGE),
                Err(why) => failed = Some(why),
            }
        }
        failed.map_or(Ok(None), Err)
    }

    /// The object whose entry is at an offset of a pack.
    pub(super) fn entry(
        &mut self,
        pack: &Pack,
        offset: u64,
        detours: usize,
    ) -> Result<(Kind, Vec<u8>), Why> {
        let mut chain = Vec::new();
        let mut header = pack.header(offset)?;
        let (kind, mut bytes) = loop {
            let base = match header.stored {
                Stored::Whole(kind) => {
                    let mut bytes = Vec::new();
                    pack.inflate(&mut self.inflater, &header, &mut bytes)?;
                    break (kind, bytes);
                }
                Stored::OnOffset(base) => base,
                Stored::OnId(id) => match pack.offset_of(id) {
                    Some(base) => base,
                    None if detours >= MOST_DETOURS => return Err(CIRCLE),
                    None => {
                        chain.push(header);
                        break self
                            .by_id(id, detours + 1)?
                            .ok_or("the base of a delta is missing")?;
                    }
                },
            };
            chain.push(header);
            if chain.len() > pack.index.len() {
                return Err(CIRCLE);
            }
            header = pack.header(base)?;
        };
        let mut delta = Vec::new();
        for header in chain.iter().rev() {
            pack.inflate(&mut self.inflater, header, &mut delta)?;
            if delta::sizes(&delta).is_some_and(|(_, n, _)| n > LARGEST) {
                return Err(HUGE);
            }
            let mut out = Vec::new();
            delta::apply(&bytes, &delta, &mut out, &mut self.script)?;
            bytes = out;
        }
        Ok((kind, bytes))
    }

    /// The kind of a base that is not in its delta's own pack.
    pub(super) fn kind(&mut self, id: &[u8]) -> Result<Kind, Why> {
        // Such bases are rare; no need to save the reading.
        self.by_id(id, 1)?
            .map(|(kind, _)| kind)
            .ok_or("the base of a delta is missing")
    }

    pub(super) fn base(&mut self, id: &[u8]) -> Result<Vec<u8>, Why> {
        self.by_id(id, 1)?
            .map(|(_, bytes)| bytes)
            .ok_or("the base of a delta is missing")
    }
}

/// The path on a line of an `alternates` file, without quotes.
fn alternate(line: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    let path = if line.starts_with(b"\"") {
        let (path, rest) = unquote_prefix(line)?;
        rest.is_empty().then_some(path)?
    } else {
        line.to_vec()
    };
    Some(PathBuf::from(std::ffi::OsString::from_vec(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternates_are_unquoted_as_git_does() {
        let check = |line: &str, expected: Option<&str>| {
            assert_eq!(
                alternate(line.as_bytes()),
                expected.map(PathBuf::from),
                "{line}"
            );
        };
        check("/a/b c", Some("/a/b c"));
        check(r#""/a\"b\\c\303\251""#, Some("/a\"b\\cé"));
        check(r#""/open"#, None);
        check(r#""/a" b"#, None);
        check(r#""/a\q""#, None);
    }
}
