//! Scans blobs in the order of their pack, each at the paths where it is new, and keeps what was found.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use git2::Oid;

use crate::attribute::Tools;
use crate::finding::Scanned;
use crate::pack::{self, Kind, Object, Options, Store, Visitor, visit};
use crate::scan::{Copied, Over, Quiet, Seen};
use crate::source::FileChange;
use crate::source::repo::GitRepo;

/// A blob at more paths is left to [`super::Review`], which knows when to stop.
const MOST_PATHS: usize = 12;

/// Matches that one thread keeps.
const MOST_FOUND: usize = 1 << 16;

/// Bulk reading lists all of a pack's objects: that has to pay.
const LEAST_PART: usize = 512;

/// Which blobs are new, and where.
struct Plan {
    /// Of all changes, one after the other: path and blob.
    files: Vec<(u32, u32)>,
    paths: HashMap<Box<[u8]>, u32>,
    blobs: HashMap<pack::Oid, u32, pack::IdState>,
    /// By blob: where its paths begin in `places`.
    starts: Vec<u32>,
    places: Vec<u32>,
}

/// What stands in the blobs that were scanned.
pub(in crate::attribute) struct Scans {
    plan: Plan,
    /// By blob.
    found: Vec<Found>,
    pub(super) contents: u64,
    pub(super) bytes: u64,
}

/// What is known of a blob.
enum Found {
    /// It was not scanned: it was not there, too large, or the time was up.
    Unknown,
    /// Nothing at any of its paths.
    Nothing,
    /// Something at these.
    At(Vec<(u32, Rc<Scanned>)>),
}

impl Scans {
    /// Scans; what cannot be read in bulk stays unknown.
    pub(super) fn make(
        repo: &GitRepo,
        tools: Tools<'_>,
        files: Vec<(u32, u32)>,
        paths: HashMap<Box<[u8]>, u32>,
        blobs: HashMap<pack::Oid, u32, pack::IdState>,
    ) -> Self {
        let (starts, places) = by_blob(&files, blobs.len());
        let mut found: Vec<Found> = Vec::new();
        found.resize_with(blobs.len(), || Found::Unknown);
        let mut scans = Self {
            plan: Plan {
                files,
                paths,
                blobs,
                starts,
                places,
            },
            found,
            contents: 0,
            bytes: 0,
        };
        for part in scans.plan.read(repo, tools).unwrap_or_default() {
            scans.contents += part.contents;
            scans.bytes += part.bytes;
            for (blob, at) in part.found {
                let at: Vec<_> = at
                    .into_iter()
                    .map(|(path, scanned)| (path, Rc::new(scanned)))
                    .collect();
                if let Some(found) = scans.found.get_mut(blob as usize) {
                    *found = if at.is_empty() {
                        Found::Nothing
                    } else {
                        Found::At(at)
                    };
                }
            }
        }
        scans
    }

    /// The files of a change in which there is something, or, where `unknown` ones count, may be.
    pub(super) fn telling(&self, files: &Range<usize>, unknown: bool) -> HashSet<(u32, u32)> {
        let files = self.plan.files.get(files.clone()).unwrap_or_default();
        let tells = |&&(path, blob): &&(u32, u32)| match self.found.get(blob as usize) {
            Some(Found::Nothing) => false,
            Some(Found::At(at)) => at.iter().any(|(at, _)| *at == path),
            Some(Found::Unknown) | None => unknown,
        };
        files.iter().filter(tells).copied().collect()
    }

    /// Numbers of path and blob.
    pub(super) fn numbers(&self, file: &FileChange) -> Option<(u32, u32)> {
        let path = self.plan.paths.get(file.path.as_slice())?;
        let blob = self.plan.blobs.get(&file.new.into())?;
        Some((*path, *blob))
    }

    /// What was found in a blob at a path, if it was scanned there: `Some(None)` is nothing.
    pub(in crate::attribute) fn get(&self, id: Oid, path: &[u8]) -> Option<Option<&Rc<Scanned>>> {
        let path = *self.plan.paths.get(path)?;
        let blob = *self.plan.blobs.get(&id.into())?;
        let here = || self.plan.places(blob).contains(&path);
        match self.found.get(blob as usize)? {
            Found::Unknown => None,
            Found::Nothing => here().then_some(None),
            Found::At(at) => match at.iter().find(|(at, _)| *at == path) {
                Some((_, scanned)) => Some(Some(scanned)),
                None => here().then_some(None),
            },
        }
    }
}

impl Plan {
    /// Visits the blobs; `None` where the object store is none that can be read in bulk, or that would not pay.
    fn read(&self, repo: &GitRepo, tools: Tools<'_>) -> Option<Vec<Part>> {
        let (visited, others) = repo.new_and_old_dirs();
        let store = Store::open(&visited, &others, repo.format.into()).ok()?;
        if store.packed().0 / LEAST_PART > self.blobs.len() {
            return None;
        }
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let options = Options {
            limit: tools.max_blob,
            ..Options::new(Kind::Blob, n_threads.min(MOST_THREADS))
        };
        let mut paths: Vec<&[u8]> = vec![b""; self.paths.len()];
        for (path, number) in &self.paths {
            if let Some(slot) = paths.get_mut(*number as usize) {
                *slot = path;
            }
        }
        (tools.expect)(self.places.len());
        let want = |id: &pack::Oid| {
            let blob = self.blobs.get(id);
            blob.is_some_and(|blob| self.places(*blob).len() <= MOST_PATHS)
        };
        let make = || Scanning {
            plan: self,
            paths: &paths,
            tools,
            seen: Seen::with_room(WINDOWS * self.places.len()),
            part: Part::default(),
        };
        let (parts, _) = visit(&store, &options, &want, &make).ok()?;
        Some(parts.into_iter().map(|scanning| scanning.part).collect())
    }

    /// The paths of a blob.
    fn places(&self, blob: u32) -> &[u32] {
        let at = |i: usize| self.starts.get(i).map_or(0, |&start| start as usize);
        let range = at(blob as usize)..at(blob as usize + 1);
        self.places.get(range).unwrap_or_default()
    }
}

/// Threads that scan; more would need more memory.
const MOST_THREADS: usize = 2;

/// About so many windows are new in a blob.
const WINDOWS: usize = 16;

/// The paths of each blob, each once: where they begin, and all of them.
fn by_blob(files: &[(u32, u32)], n_blobs: usize) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = files.iter().map(|&(path, blob)| (blob, path)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut starts = Vec::with_capacity(n_blobs + 1);
    for (at, (blob, _)) in pairs.iter().enumerate() {
        while starts.len() <= *blob as usize {
            starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
    }
    starts.resize(n_blobs + 1, u32::try_from(pairs.len()).unwrap_or(u32::MAX));
    (starts, pairs.into_iter().map(|(_, path)| path).collect())
}

/// What one thread found.
#[derive(Default)]
struct Part {
    found: Vec<(u32, Vec<(u32, Scanned)>)>,
    n_found: usize,
    contents: u64,
    bytes: u64,
}

/// Scans what it is shown.
struct Scanning<'s> {
    plan: &'s Plan,
    paths: &'s [&'s [u8]],
    tools: Tools<'s>,
    seen: Seen,
    part: Part,
}

impl Scanning<'_> {
    /// What is in a blob at a path, and that it is quiet.
    fn look(&mut self, path: &[u8], bytes: &[u8], base: &Base<'_>) -> (Scanned, Option<Quiet>) {
        let mut quiet = |over| (self.tools.quiet)(path, bytes, over, &mut self.seen);
        let hushed = match base {
            Base::None => quiet(None),
            Base::Quiet(over) => quiet(Some(over)),
            Base::Loud => None,
        };
        if hushed.is_some() {
            return (Scanned::default(), hushed);
        }
        let scanned = (self.tools.scan)(path, bytes);
        // What made the base loud may be gone.
        let is_gone = matches!(base, Base::Loud) && is_empty(&scanned);
        let hushed = is_gone.then(|| quiet(None)).flatten();
        (scanned, hushed)
    }
}

fn is_empty(scanned: &Scanned) -> bool {
    scanned.matches.is_empty() && scanned.gaps.is_empty()
}

/// What is known of the blob that another is a delta on, at the same path.
enum Base<'b> {
    None,
    Quiet(Over<'b>),
    Loud,
}

impl Visitor for Scanning<'_> {
    /// The paths at which a blob was looked at, and whether it is quiet there.
    type State = Vec<(u32, Option<Quiet>)>;

    fn visit(&mut self, object: Object<'_>, base: Option<&Self::State>) -> Self::State {
        let mut state = Vec::new();
        let Some(&blob) = self.plan.blobs.get(&object.id) else {
            return state;
        };
        let mut copies = Vec::new();
        if let (Some(delta), Some(_)) = (&object.delta, base) {
            copies.extend(delta.copies.iter().map(|copy| Copied {
                from: copy.from,
                to: copy.to,
                len: copy.len,
            }));
        }
        let mut found = Vec::new();
        let mut n_found = 0;
        for &path in self.plan.places(blob) {
            let before = base.and_then(|base| base.iter().find(|(at, _)| *at == path));
            let before = match (before, &object.delta) {
                (Some((_, Some(base))), Some(delta)) => Base::Quiet(Over {
                    base,
                    copies: &copies,
                    fresh: delta.fresh,
                }),
                (Some((_, None)), Some(_)) => Base::Loud,
                (Some(_), None) | (None, _) => Base::None,
            };
            let name = self.paths.get(path as usize).copied().unwrap_or_default();
            let (scanned, quiet) = self.look(name, object.bytes, &before);
            n_found += scanned.weight();
            self.part.contents += 1;
            self.part.bytes += object.bytes.len() as u64;
            if !is_empty(&scanned) {
                found.push((path, scanned));
            }
            state.push((path, quiet));
        }
        // With very many matches a blob is left to `Review`, which keeps none.
        if n_found == 0 || self.part.n_found + n_found <= MOST_FOUND {
            self.part.n_found += n_found;
            self.part.found.push((blob, found));
        }
        state
    }

    fn stop(&self) -> bool {
        (self.tools.expired)()
    }
}
