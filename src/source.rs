//! Where content comes from: each source yields [`Change`]s, which name the blobs and texts that may be new.
//! A source never judges: whether a match in them is new is [`crate::attribute`]'s to say.
//!
//! The layers from the bottom: [`object`] parses, [`updates`] reads the lines that git gives a hook, [`repo`] opens the
//! repository and reads objects and refs, [`plumbing`] runs git for what only git can read, [`compare`] walks trees,
//! [`commit`] and `walk` order commits. The sources: [`index`], [`receive`], [`outgoing`], [`history`], [`message`],
//! [`files`].

mod ahead;
pub mod commit;
pub mod compare;
pub mod files;
pub mod history;
pub mod index;
pub mod message;
pub mod object;
pub mod outgoing;
pub mod plumbing;
pub mod provenance;
pub mod receive;
pub mod repo;
pub mod updates;
mod walk;

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use anyhow::Result;
use git2::Oid;

use self::plumbing::Reach;
use self::repo::GitRepo;

use crate::outcome::{CommitRef, Origin};

/// What one commit (or the index, or a bare object) adds.
#[derive(Debug, Clone)]
pub struct Change {
    pub origin: ChangeOrigin,
    /// Paths whose blob is in none of the parents at that path.
    pub files: Vec<FileChange>,
    /// Paths that no parent has.
    pub names: Vec<Vec<u8>>,
    /// What the parents had and this does not: a renamed file's old blob is here.
    pub removed: Vec<Removed>,
    /// Messages, headers, tag objects, ref names.
    pub texts: Vec<Text>,
    /// The parents' trees.
    pub parents: Vec<Oid>,
    /// Objects that are not new, whatever the parents say.
    pub known: Arc<Known>,
}

impl Change {
    /// A change of nothing yet.
    #[must_use]
    pub fn new(origin: ChangeOrigin) -> Self {
        Self {
            origin,
            files: Vec::new(),
            names: Vec::new(),
            removed: Vec::new(),
            texts: Vec::new(),
            parents: Vec::new(),
            known: Arc::new(Known::Nothing),
        }
    }
}

/// What a change is: it decides the origin of a finding in one of its files.
#[derive(Debug, Clone)]
pub enum ChangeOrigin {
    Index,
    Commit(CommitRef),
    /// A tagged blob or tree, or an object that nothing names, by its id in hex.
    Object(String),
    /// Only texts: names of refs, tags.
    Texts,
}

impl ChangeOrigin {
    /// The origin of a file of this change.
    #[must_use]
    pub fn of_file(&self) -> Origin {
        match self {
            Self::Index => Origin::Index,
            Self::Commit(commit) => Origin::Commit(commit.clone()),
            Self::Object(id) => Origin::Object(id.clone()),
            Self::Texts => Origin::Name,
        }
    }
}

/// A blob that no parent has at this path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    pub path: Vec<u8>,
    pub new: Oid,
    /// The parents' blobs at this path.
    pub old: Vec<Oid>,
}

/// An entry of a parent's tree that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    pub path: Vec<u8>,
    pub id: Oid,
    /// A whole directory: `id` is a tree.
    pub tree: bool,
}

/// Bytes that are no file.
#[derive(Debug, Clone)]
pub struct Text {
    pub origin: Origin,
    /// The words for it in a report.
    pub label: Vec<u8>,
    pub bytes: Vec<u8>,
    /// The object that holds it, if it is one's whole text.
    pub object: Option<Oid>,
}

/// Which objects count as known beyond the parents' blobs at the same path. Asked only where something was found.
#[derive(Debug)]
pub enum Known {
    /// The source has left out what is known, or there is no such thing.
    Nothing,
    /// Whatever stands anywhere in a parent's tree: a copied file.
    InParents,
    /// What git reaches from these revisions.
    Reachable {
        from: Reach,
        objects: OnceLock<HashSet<Oid>>,
    },
}

impl Known {
    /// Known is what these revisions reach.
    #[must_use]
    pub fn reachable(from: Reach) -> Self {
        Self::Reachable {
            from,
            objects: OnceLock::new(),
        }
    }

    /// Whether an object is known.
    pub fn has(&self, repo: &GitRepo, parents: &[Oid], id: Oid) -> Result<bool> {
        match self {
            Self::Nothing => Ok(false),
            Self::InParents => compare::stands_in(repo, parents, id),
            Self::Reachable { from, objects } => {
                if let Some(objects) = objects.get() {
                    return Ok(objects.contains(&id));
                }
                let listed = repo.git()?.objects(from, repo.format)?;
                let listed = listed.into_iter().collect();
                Ok(objects.get_or_init(|| listed).contains(&id))
            }
        }
    }
}

/// What a source hands its changes to; an error stops the run.
pub trait Sink {
    fn take(&mut self, change: Change) -> Result<()>;

    /// Whether the source is to go on: asked now and then where it takes long before the next change is made.
    fn go_on(&mut self) -> Result<()> {
        Ok(())
    }
}

impl<F: FnMut(Change) -> Result<()>> Sink for F {
    fn take(&mut self, change: Change) -> Result<()> {
        self(change)
    }
}

/// Steps of a walk between two questions whether to go on.
const STEPS: usize = 1024;
