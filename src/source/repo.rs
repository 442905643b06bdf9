//! The repository: where its parts are and what its object store holds. It is opened in one function, [`GitRepo::open`], by
//! git's variables where git started us, so that the index and the objects are those git means (a temporary index, a
//! push's quarantine).
//!
//! Loose objects are read here, packed ones by libgit2's object database, made for exactly the directories that count. Its repository object
//! is not used: it refuses reference tables and other extensions that do not concern objects, resolves some work trees
//! wrongly, honours grafts, and reads configuration that is not needed here.

mod locate;
mod loose;
mod read;
mod refs;
mod settled;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use git2::{ObjectFormat, ObjectType, Odb, OdbLookupFlags, Oid};

use super::object::{self, Commit};
use super::plumbing::Git;
use crate::host::GitEnv;
use crate::outcome::CommitRef;
use crate::pack;

pub use loose::Blob;
pub use read::Object;
pub use settled::Settled;

/// Where to look for the repository.
#[derive(Debug, Clone, Copy)]
pub enum Place<'p> {
    /// As git says by its variables, or the one the current directory is in.
    Here,
    /// The one at, or around, a path that a person gave. Git's variables do not count.
    At(&'p Path),
}

/// An opened repository, for reading only.
pub struct GitRepo {
    pub git_dir: PathBuf,
    pub common_dir: PathBuf,
    pub index_file: PathBuf,
    pub format: ObjectFormat,
    pub env: GitEnv,
    /// Every object that can be seen, a push's quarantine included.
    odb: Odb<'static>,
    /// Directories behind `odb`.
    object_dirs: Vec<PathBuf>,
    ref_tables: bool,
    trees: RefCell<HashMap<Oid, Rc<Vec<u8>>, pack::IdState>>,
    trees_bytes: Cell<usize>,
    promisor: Cell<Option<bool>>,
    loose: loose::Loose,
    /// Objects in a row that did not lie loose.
    not_loose: Cell<u32>,
    packs: OnceCell<Option<Arc<pack::Store>>>,
    /// What was read of the packs last.
    made: RefCell<pack::Cache>,
    /// What the packs told of how objects of a push are stored.
    ways: RefCell<pack::Ways>,
}

/// Where the parts of a repository are.
struct Parts {
    git_dir: PathBuf,
    common_dir: PathBuf,
    index_file: PathBuf,
    format: ObjectFormat,
    env: GitEnv,
    object_dirs: Vec<PathBuf>,
    ref_tables: bool,
}

/// Larger trees are not read: a million entries.
const LARGEST_TREE: usize = 48 << 20;

/// Bytes of trees that are kept: a commit's new tree is the next one's old tree.
const TREE_CACHE: usize = 2 << 20;

impl GitRepo {
    /// Opens the repository. The only place where one is opened.
    pub fn open(place: Place<'_>, env: &GitEnv) -> Result<Self> {
        let mut env = env.clone();
        let git_dir = match (place, &env.git_dir) {
            (Place::Here, Some(dir)) => locate::git_dir(dir)
                .with_context(|| format!("`GIT_DIR` names no repository: `{}`", dir.display()))?,
            (Place::Here, None) => locate::discover(Path::new("."))?,
            (Place::At(path), _) => {
                env = GitEnv {
                    path: env.path,
                    ..GitEnv::default()
                };
                locate::discover(path)?
            }
        };
        let common_dir = match &env.common_dir {
            Some(dir) => dir.clone(),
            None => locate::common_dir(&git_dir)?,
        };
        let config = locate::Format::read(&common_dir)?;
        let objects = env
            .object_directory
            .clone()
            .unwrap_or_else(|| common_dir.join("objects"));
        let alternates = listed(&env);
        let object_dirs =
            locate::object_dirs(std::iter::once(objects).chain(alternates.iter().cloned()))?;
        git2::opts::strict_hash_verification(false);
        Self::of(Parts {
            index_file: env
                .index_file
                .clone()
                .unwrap_or_else(|| git_dir.join("index")),
            format: config.format,
            ref_tables: config.ref_tables,
            git_dir,
            common_dir,
            env,
            object_dirs,
        })
    }

    fn of(parts: Parts) -> Result<Self> {
        Ok(Self {
            odb: open_odb(&parts.object_dirs, parts.format)?,
            git_dir: parts.git_dir,
            common_dir: parts.common_dir,
            index_file: parts.index_file,
            format: parts.format,
            env: parts.env,
            object_dirs: parts.object_dirs,
            ref_tables: parts.ref_tables,
            trees: RefCell::default(),
            trees_bytes: Cell::new(0),
            promisor: Cell::new(None),
            loose: loose::Loose::default(),
            not_loose: Cell::new(0),
            packs: OnceCell::new(),
            made: RefCell::default(),
            ways: RefCell::default(),
        })
    }

    /// Opens the same repository, for another thread, with the packs that are open here.
    pub fn again(&self) -> impl FnOnce() -> Result<Self> + Send + use<> {
        let parts = Parts {
            git_dir: self.git_dir.clone(),
            common_dir: self.common_dir.clone(),
            index_file: self.index_file.clone(),
            format: self.format,
            env: self.env.clone(),
            object_dirs: self.object_dirs.clone(),
            ref_tables: self.ref_tables,
        };
        self.packs();
        let packs = self.packs.get().cloned();
        move || {
            let repo = Self::of(parts)?;
            Ok(Self {
                packs: packs.map_or_else(OnceCell::new, OnceCell::from),
                ..repo
            })
        }
    }

    /// Only what a push brought.
    pub fn quarantined(&self) -> Result<Option<Odb<'static>>> {
        let Some(quarantine) = &self.env.quarantine else {
            return Ok(None);
        };
        Ok(Some(open_odb(
            std::slice::from_ref(quarantine),
            self.format,
        )?))
    }

    /// Where objects may be new, and where those are that were there before a push.
    #[must_use]
    pub fn new_and_old_dirs(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        match &self.env.quarantine {
            Some(quarantine) => (vec![quarantine.clone()], self.object_dirs.clone()),
            None => (self.object_dirs.clone(), Vec::new()),
        }
    }

    /// Runs git in this repository.
    pub fn git(&self) -> Result<Git> {
        Git::find(&self.env, &self.git_dir)
    }

    /// All packs, for our own reader.
    pub(super) fn packs(&self) -> Option<&pack::Store> {
        self.packs
            .get_or_init(|| {
                let packs = pack::Store::open(&[], &self.object_dirs, self.format.into());
                packs.ok().map(Arc::new)
            })
            .as_deref()
    }

    /// A blob that lies loose where new objects go, if it is at most `limit` bytes long. `None` says nothing about it.
    #[must_use]
    pub fn loose_blob(&self, id: Oid, limit: u64) -> Option<Blob> {
        self.loose.blob(self.object_dirs.first()?, id, limit)
    }

    /// Size and type without the bytes, or `None` if there is no such object here.
    pub fn header(&self, id: Oid) -> Result<Option<(u64, ObjectType)>> {
        // `git2` panics at the header of a damaged entry that has no type, so packs are asked by our own reader.
        let found = self.packs().zip(pack::Oid::from_raw(id.as_bytes()));
        if let Some((packs, id)) = found
            && let Ok(Some((kind, size))) = packs.reader().header(&id)
        {
            return Ok(Some((size, kind_of(kind))));
        }
        let mut dirs = self.object_dirs.iter();
        if let Some(size) = dirs.find_map(|dir| loose::blob_size(dir, id)) {
            return Ok(Some((size, ObjectType::Blob)));
        }
        let object = self.read(id)?;
        Ok(object.map(|object| (object.bytes().len() as u64, object.kind())))
    }

    /// The first bytes of a blob that is too large to be read whole.
    pub fn head_of(&self, id: Oid, n: usize) -> Result<Vec<u8>> {
        // Of those in packs, only git can read the beginning alone.
        let mut dirs = self.object_dirs.iter();
        match dirs.find_map(|dir| loose::blob_head(dir, id, n)) {
            Some(head) => Ok(head),
            None => self.git()?.blob_head(id, n),
        }
    }

    /// Whether the object is here.
    pub fn exists(&self, id: Oid) -> bool {
        self.is_known_packed(id) || exists(&self.odb, id)
    }

    /// A tree's bytes, or `None` if there is no such object here. The bytes of an object that is no tree are an error.
    pub fn tree(&self, id: Oid) -> Result<Option<Rc<Vec<u8>>>> {
        if let Some(tree) = self.trees.borrow().get(&id) {
            return Ok(Some(Rc::clone(tree)));
        }
        let Some(object) = self.read(id)? else {
            return Ok(empty_tree(id, self.format)?.then(Rc::default));
        };
        if object.kind() != ObjectType::Tree {
            bail!("object {id} is not a tree");
        }
        if object.bytes().len() > LARGEST_TREE {
            bail!(
                "tree {id} has {} MiB: too large to be read",
                object.bytes().len() >> 20
            );
        }
        let bytes = object.into_bytes();
        let size = self.trees_bytes.get().saturating_add(bytes.len());
        if size > TREE_CACHE {
            self.trees.borrow_mut().clear();
            self.trees_bytes.set(bytes.len());
        } else {
            self.trees_bytes.set(size);
        }
        self.trees.borrow_mut().insert(id, Rc::clone(&bytes));
        Ok(Some(bytes))
    }

    /// A commit, or `None` if there is no such object here.
    pub fn commit(&self, id: Oid) -> Result<Option<Commit>> {
        let Some(object) = self.read(id)? else {
            return Ok(None);
        };
        if object.kind() != ObjectType::Commit {
            bail!("object {id} is not a commit");
        }
        object::parse_commit(object.bytes(), self.format)
            .with_context(|| format!("commit {id} is malformed"))
            .map(Some)
    }

    /// Follows tags to the commit they mean; `None` if they mean something else or the object is not here.
    pub fn peel_to_commit(&self, id: Oid) -> Result<Option<Oid>> {
        let mut id = id;
        for _ in 0..object::TAG_DEPTH {
            let Some(object) = self.read(id)? else {
                return Ok(None);
            };
            match object.kind() {
                ObjectType::Commit => return Ok(Some(id)),
                ObjectType::Tag => {
                    id = object::parse_tag(object.bytes(), self.format)
                        .with_context(|| format!("tag {id} is malformed"))?
                        .target;
                }
                ObjectType::Any | ObjectType::Tree | ObjectType::Blob => return Ok(None),
            }
        }
        bail!("tags are nested deeper than {}", object::TAG_DEPTH)
    }

    /// Whether objects may be missing because a server promised them (a partial clone).
    pub fn is_partial(&self) -> bool {
        if let Some(partial) = self.promisor.get() {
            return partial;
        }
        let partial = self.object_dirs.iter().any(|dir| {
            std::fs::read_dir(dir.join("pack")).is_ok_and(|entries| {
                entries.flatten().any(|entry| {
                    Path::new(&entry.file_name())
                        .extension()
                        .is_some_and(|extension| extension == "promisor")
                })
            })
        });
        self.promisor.set(Some(partial));
        partial
    }

    /// How a report names a commit.
    #[must_use]
    pub fn commit_ref(id: Oid, commit: &Commit) -> CommitRef {
        CommitRef {
            id: id.to_string(),
            time: commit.time,
            author: commit.author.clone(),
            root: commit.parents.is_empty(),
            merge: commit.parents.len() > 1,
        }
    }
}

fn kind_of(kind: pack::Kind) -> ObjectType {
    match kind {
        pack::Kind::Commit => ObjectType::Commit,
        pack::Kind::Tree => ObjectType::Tree,
        pack::Kind::Blob => ObjectType::Blob,
        pack::Kind::Tag => ObjectType::Tag,
    }
}

/// Whether a store has an object. A miss does not look for new packs: a hook's stores stand still.
#[must_use]
pub fn exists(odb: &Odb<'_>, id: Oid) -> bool {
    odb.exists_ext(id, OdbLookupFlags::NO_REFRESH)
}

fn listed(env: &GitEnv) -> Vec<PathBuf> {
    env.alternates
        .as_deref()
        .map(|list| object::split_alternates(list.as_encoded_bytes()))
        .unwrap_or_default()
        .into_iter()
        .map(locate::path)
        .collect()
}

fn open_odb(dirs: &[PathBuf], format: ObjectFormat) -> Result<Odb<'static>> {
    let odb = Odb::new_ext(format)?;
    for dir in dirs {
        let dir = locate::utf8(dir)?;
        odb.add_disk_alternate(&dir)
            .with_context(|| format!("cannot read the object directory `{dir}`"))?;
    }
    Ok(odb)
}

/// Git knows the empty tree even where it is not stored.
fn empty_tree(id: Oid, format: ObjectFormat) -> Result<bool> {
    Ok(Oid::hash_object_ext(ObjectType::Tree, b"", format)? == id)
}
