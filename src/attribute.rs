//! Decides what in a change is new, and gathers it: one finding per secret, with all its places.
//!
//! Each new blob is scanned whole, once. Only where something was found are older blobs looked at: a match counts when its
//! value is in none of the parents' blobs at that path, nor in a blob that the same change removes (a rename with edit), and
//! when its blob is not known to the source. Values are compared, not lines: moved and re-indented lines are not new.
//! Whatever was not examined is a gap in the result.

pub mod bulk;
mod gather;
mod gone;
mod hidden;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use anyhow::{Context as _, Result};
use git2::{ObjectType, Oid};

use crate::finding::{Gap, GapReason, Scanned, Secret};
use crate::outcome::Origin;
use crate::source::repo::GitRepo;
use crate::source::{Change, ChangeOrigin, FileChange, Known, compare};

pub use gather::{Gatherer, Hush, Reviewed, Tools, in_names};
use gone::Gone;
pub use hidden::Hidden;

/// A path, and what a blob holds there.
type AtPath = (Rc<[u8]>, Rc<Scanned>);

/// Judges the changes of one run.
pub struct Review<'r> {
    repo: &'r GitRepo,
    tools: Tools<'r>,
    gathered: Gatherer<'r>,
    /// What is in a blob at a path; blobs without matches and gaps are all the same nothing.
    scanned: HashMap<Oid, Vec<AtPath>>,
    /// Matches in them.
    n_kept: usize,
    nothing: Rc<Scanned>,
    /// What was scanned in bulk before.
    scans: Option<Rc<bulk::Scans>>,
    expired: bool,
    /// What was found before the time was up is told all the same.
    overtime: bool,
    /// The first path that a partial clone lacks, and how many there are.
    absent: Option<Vec<u8>>,
    n_absent: u64,
    n_unread: usize,
}

impl<'r> Review<'r> {
    #[must_use]
    pub fn new(repo: &'r GitRepo, tools: Tools<'r>) -> Self {
        Self {
            repo,
            tools,
            gathered: Gatherer::new(tools),
            scanned: HashMap::new(),
            n_kept: 0,
            nothing: Rc::default(),
            scans: None,
            expired: false,
            overtime: false,
            absent: None,
            n_absent: 0,
            n_unread: 0,
        }
    }

    /// Judges one change.
    pub fn add(&mut self, change: &Change) -> Result<()> {
        if let ChangeOrigin::Commit(_) = change.origin {
            self.gathered.count_commit();
        }
        self.names(change)?;
        self.texts(change)?;
        let moved: HashSet<Oid> = self.removed_ids(change)?;
        let mut gone = Gone::default();
        for file in &change.files {
            if self.out_of_time(&file.path) && !self.overtime {
                break;
            }
            if !moved.contains(&file.new) {
                self.file(change, file, &mut gone)?;
            }
        }
        Ok(())
    }

    /// Counts a change in which nothing was found.
    fn pass(&mut self, is_commit: bool, text: u64) {
        if is_commit {
            self.gathered.count_commit();
        }
        self.gathered.count(0, text);
    }

    /// Whether something is found in a change's names or texts.
    fn tells(&self, change: &Change) -> bool {
        let tells = |bytes: &[u8]| {
            let scanned = (self.tools.scan)(b"", bytes);
            !scanned.matches.is_empty() || !scanned.gaps.is_empty()
        };
        !change.names.is_empty() && tells(&change.names.join(&b'\n'))
            || change
                .texts
                .iter()
                .any(|text| text.bytes.len() as u64 > self.tools.max_blob || tells(&text.bytes))
    }

    /// The result of all changes.
    #[must_use]
    pub fn finish(mut self) -> Reviewed {
        if let Some(path) = self.absent {
            let why = format!("not in this partial clone, with {} more", self.n_absent - 1);
            self.gathered.gaps([Gap {
                path,
                why: GapReason::Unreadable(why),
            }]);
        }
        self.gathered.finish()
    }

    fn out_of_time(&mut self, path: &[u8]) -> bool {
        if !self.expired && (self.tools.expired)() {
            self.expired = true;
            self.gathered.gaps([Gap {
                path: path.to_vec(),
                why: GapReason::Time,
            }]);
        }
        self.expired
    }

    /// Blobs that only moved. Removed directories are opened where files appeared that may come from them.
    fn removed_ids(&self, change: &Change) -> Result<HashSet<Oid>> {
        let mut ids: HashSet<Oid> = HashSet::new();
        let mut trees = Vec::new();
        for removed in &change.removed {
            if removed.tree {
                trees.push((Vec::new(), removed.id));
            } else {
                ids.insert(removed.id);
            }
        }
        if !trees.is_empty() && change.files.iter().any(|file| file.old.is_empty()) {
            compare::blobs(self.repo, trees, &mut |_, id| {
                ids.insert(id);
                ids.len() < REMOVED_LIMIT
            })?;
        }
        Ok(ids)
    }

    fn file(&mut self, change: &Change, file: &FileChange, gone: &mut Gone) -> Result<()> {
        let scanned = match self.scan_blob(change, file) {
            Err(error) if self.n_unread < UNREAD_LIMIT => {
                self.n_unread += 1;
                self.gathered.gaps([Gap {
                    path: file.path.clone(),
                    why: GapReason::Unreadable(format!("{error:#}")),
                }]);
                return Ok(());
            }
            scanned => scanned.with_context(|| format!("in blob {}", file.new))?,
        };
        if scanned.matches.is_empty() && scanned.gaps.is_empty() {
            return Ok(());
        }
        self.gathered.gaps(scanned.gaps.iter().cloned());
        let mut new: HashSet<&Secret> = scanned.matches.iter().map(|m| &m.secret).collect();
        for old in &file.old {
            if new.is_empty() {
                return Ok(());
            }
            let old = self.scan_old(*old, &file.path)?;
            leave_out(&mut new, &old);
        }
        if new.is_empty() || change.known.has(self.repo, &change.parents, file.new)? {
            return Ok(());
        }
        new.retain(|secret| !gone.values.contains(*secret));
        while !new.is_empty()
            && let Some(old) = gone.next(self, change)?
        {
            leave_out(&mut new, &old);
        }
        for found in scanned.matches.iter().filter(|m| new.contains(&m.secret)) {
            self.gathered
                .add_match(change.origin.of_file(), &file.path, found.clone());
        }
        Ok(())
    }

    /// Scans an older blob. What cannot be read is no old content.
    fn scan_old(&mut self, id: Oid, path: &[u8]) -> Result<Rc<Scanned>> {
        match self.repo.header(id)? {
            Some((size, ObjectType::Blob)) if size <= self.tools.max_blob => {
                self.scan_stored(id, path)
            }
            _ => Ok(Rc::clone(&self.nothing)),
        }
    }

    /// Scans a new blob, or says why not.
    fn scan_blob(&mut self, change: &Change, file: &FileChange) -> Result<Rc<Scanned>> {
        let (id, path) = (file.new, file.path.as_slice());
        let gap = |why| {
            Ok(Rc::new(Scanned {
                matches: Vec::new(),
                gaps: vec![Gap {
                    path: path.to_vec(),
                    why,
                }],
            }))
        };
        if self.scans.is_none()
            && !self.scanned.contains_key(&id)
            && let Some(blob) = self.repo.loose_blob(id, self.tools.max_blob)
        {
            return Ok(self.scan_bytes(id, path, blob.bytes()));
        }
        match self.repo.header(id)? {
            // A clone that left blobs on the server: what is not here was not made here, but a history has it.
            None if self.repo.is_partial() => {
                if matches!(*change.known, Known::Nothing) {
                    self.n_absent += 1;
                    self.absent.get_or_insert_with(|| path.to_vec());
                }
                Ok(Rc::clone(&self.nothing))
            }
            None => anyhow::bail!("object {id} is missing"),
            Some((_, kind)) if kind != ObjectType::Blob => {
                anyhow::bail!("object {id} is not a blob")
            }
            Some((size, _)) if size > self.tools.max_blob => gap(GapReason::TooLarge {
                size,
                limit: self.tools.max_blob,
                text: self
                    .repo
                    .head_of(id, HEAD)
                    .map_or(true, |head| looks_like_text(&head)),
            }),
            Some(_) => self.scan_stored(id, path),
        }
    }

    fn scan_stored(&mut self, id: Oid, path: &[u8]) -> Result<Rc<Scanned>> {
        if let Some(scanned) = self.scans.as_ref().and_then(|scans| scans.get(id, path)) {
            return Ok(Rc::clone(scanned.unwrap_or(&self.nothing)));
        }
        if let Some(known) = self.scanned.get(&id) {
            let many = known.len() >= PATHS_LIMIT;
            let same = |at: &[u8]| at == path || (many && extension(at) == extension(path));
            if let Some((_, scanned)) = known.iter().find(|(at, _)| same(at)) {
                return Ok(Rc::clone(scanned));
            }
        }
        let Some(object) = self.repo.read(id)? else {
            return Ok(Rc::clone(&self.nothing));
        };
        Ok(self.scan_bytes(id, path, object.bytes()))
    }

    fn scan_bytes(&mut self, id: Oid, path: &[u8], bytes: &[u8]) -> Rc<Scanned> {
        self.gathered.count(1, bytes.len() as u64);
        let scanned = (self.tools.scan)(path, bytes);
        let scanned = if scanned.matches.is_empty() && scanned.gaps.is_empty() {
            Rc::clone(&self.nothing)
        } else {
            Rc::new(scanned)
        };
        let weight = scanned.weight();
        self.n_kept += weight;
        if self.n_kept > MOST_KEPT {
            self.scanned.clear();
            self.n_kept = weight;
        }
        self.scanned
            .entry(id)
            .or_default()
            .push((path.into(), Rc::clone(&scanned)));
        scanned
    }

    /// Scans the new names, all in one go; a name is new where no parent has what holds the value in it.
    fn names(&mut self, change: &Change) -> Result<()> {
        if change.names.is_empty() {
            return Ok(());
        }
        let (gaps, found) = in_names(self.tools, &change.names);
        self.gathered.gaps(gaps);
        for (name, found) in found {
            let to = found.position.column_end as usize;
            if !self.name_is_old(change, name, to, &found.secret)? {
                self.gathered.add_match(Origin::Name, name, found);
            }
        }
        Ok(())
    }

    fn name_is_old(
        &self,
        change: &Change,
        name: &[u8],
        to: usize,
        secret: &Secret,
    ) -> Result<bool> {
        let rest = name.get(to..).unwrap_or_default();
        let end = memchr::memchr(b'/', rest).map_or(name.len(), |at| to + at);
        let holder = name.get(..end).unwrap_or(name);
        for parent in &change.parents {
            if compare::entry_at(self.repo, *parent, holder)?.is_some() {
                return Ok(true);
            }
        }
        Ok(change
            .removed
            .iter()
            .any(|removed| memchr::memmem::find(&removed.path, secret.expose()).is_some()))
    }

    fn texts(&mut self, change: &Change) -> Result<()> {
        for text in &change.texts {
            let size = text.bytes.len() as u64;
            if size > self.tools.max_blob {
                self.gathered.gaps([Gap {
                    path: text.label.clone(),
                    why: GapReason::TooLarge {
                        size,
                        limit: self.tools.max_blob,
                        text: true,
                    },
                }]);
                continue;
            }
            let scanned = (self.tools.scan)(b"", &text.bytes);
            self.gathered.count(0, text.bytes.len() as u64);
            if scanned.matches.is_empty() && scanned.gaps.is_empty() {
                continue;
            }
            if let Some(object) = text.object
                && change.known.has(self.repo, &[], object)?
            {
                continue;
            }
            self.gathered.add(&text.origin, &text.label, scanned);
        }
        Ok(())
    }
}

/// Matches of blobs that are kept in case a blob comes again; with more of them all are forgotten.
const MOST_KEPT: usize = 1 << 16;

/// Files that are told as unreadable by name. With more of them the repository as a whole is damaged.
const UNREAD_LIMIT: usize = 20;

/// Removed files that are looked at for one change.
const REMOVED_LIMIT: usize = 100_000;

/// A blob is scanned again for each path, as some rules look at it. From this many paths on, kinds of paths do: a forged
/// tree may name one blob a million times.
const PATHS_LIMIT: usize = 16;

/// The last part of a path's last name, if that has several.
fn extension(path: &[u8]) -> Option<&[u8]> {
    let at = memchr::memrchr2(b'.', b'/', path)?;
    path.get(at..).filter(|end| end.starts_with(b"."))
}

/// Bytes that tell whether a blob is text.
const HEAD: usize = 8_000;

fn leave_out(new: &mut HashSet<&Secret>, old: &Scanned) {
    for found in &old.matches {
        new.remove(&found.secret);
    }
}

/// Whether the first bytes of a content that is too large are text.
#[must_use]
pub fn looks_like_text(head: &[u8]) -> bool {
    !head.contains(&0) || head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff")
}
