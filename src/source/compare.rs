//! Compares a new tree (or the index) with its parents' trees: by id, so that equal parts cost nothing, with an explicit
//! stack, so that depth costs no stack, and each set of trees once, so that ten objects that stand for ten million paths
//! are ten steps.
//!
//! Only what differs from **all** parents is new: a clean merge adds nothing, an evil one what it alone has.

use std::collections::HashSet;
use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use git2::Oid;

use super::index::{Index, Slice};
use super::object::{self, Kind};
use super::repo::GitRepo;
use super::{Change, FileChange};

mod apart;
mod cursor;

use cursor::{Child, Cursor, order};

/// Directories nested deeper than this are refused; git's own default limit is half of it.
pub const DEPTH_LIMIT: usize = 4_096;

/// Paths longer than this are refused: depth and length of names together could fill the memory.
const PATH_LIMIT: usize = 1 << 20;

/// About as many bytes as the paths of one change may take in memory: some million files.
const ROOM: usize = 256 << 20;

/// What a path takes beside its bytes, which are there in three places.
const PATH_COST: usize = 200;

/// The side that may hold something new.
#[derive(Debug, Clone, Copy)]
pub enum New<'n> {
    Tree(Oid),
    Index(&'n Index),
}

/// Adds to `change` what `new` has that none of `parents` (trees) has. Says which trees it read on the new side.
pub fn compare(
    repo: &GitRepo,
    new: New<'_>,
    parents: &[Oid],
    change: &mut Change,
) -> Result<Vec<Oid>> {
    let (index, root) = match new {
        New::Tree(id) => (None, Dir::Tree(id)),
        New::Index(index) => (Some(index), Dir::Index(index.root())),
    };
    let mut seen = HashSet::new();
    let mut room = ROOM;
    let mut stack = vec![Visit {
        prefix: Vec::new(),
        depth: 0,
        new: root,
        old: parents.iter().copied().map(Some).collect(),
    }];
    while let Some(visit) = stack.pop() {
        if visit.depth > DEPTH_LIMIT {
            bail!("directories are nested deeper than {DEPTH_LIMIT}");
        }
        if visit.prefix.len() > PATH_LIMIT {
            bail!("a path is longer than {PATH_LIMIT} bytes");
        }
        let id = visit.new.id(index);
        if id.is_some_and(|id| visit.old.contains(&Some(id))) {
            continue;
        }
        if let Dir::Tree(id) = visit.new
            && !seen.insert((id, visit.old.clone()))
        {
            // Its content was compared under another name; this name is still one of its own.
            visit.name_itself(change);
            continue;
        }
        directory(repo, index, &visit, change, &mut stack, &mut room)?;
    }
    change.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(seen.into_iter().map(|(id, _)| id).collect())
}

/// Whether a blob stands anywhere in one of these trees.
pub fn stands_in(repo: &GitRepo, trees: &[Oid], id: Oid) -> Result<bool> {
    let mut found = false;
    blobs(
        repo,
        trees.iter().map(|tree| (Vec::new(), *tree)).collect(),
        &mut |_, blob| {
            found = blob == id;
            !found
        },
    )?;
    Ok(found)
}

/// Shows the blobs below some trees (path with a `/` at the end, tree), each tree once, until `each` says false. What a
/// partial clone lacks is passed over.
pub fn blobs(
    repo: &GitRepo,
    trees: Vec<(Vec<u8>, Oid)>,
    each: &mut dyn FnMut(Vec<u8>, Oid) -> bool,
) -> Result<()> {
    let mut seen = HashSet::new();
    let mut stack = trees;
    while let Some((prefix, id)) = stack.pop() {
        if !seen.insert(id) || prefix.len() > PATH_LIMIT {
            continue;
        }
        let Some(bytes) = old_tree(repo, Some(id))? else {
            continue;
        };
        for entry in object::parse_tree(&bytes, repo.format)? {
            let path = || [&prefix, entry.name].concat();
            match entry.kind {
                Kind::Blob => {
                    if !each(path(), Oid::from_bytes(entry.id)?) {
                        return Ok(());
                    }
                }
                Kind::Tree => {
                    stack.push((
                        [path().as_slice(), b"/"].concat(),
                        Oid::from_bytes(entry.id)?,
                    ));
                }
                Kind::Submodule => {}
            }
        }
    }
    Ok(())
}

/// What stands at a path of a tree, be it a file or a directory.
pub fn entry_at(repo: &GitRepo, tree: Oid, path: &[u8]) -> Result<Option<Oid>> {
    let mut id = tree;
    for name in path.split(|&byte| byte == b'/') {
        let Some(bytes) = old_tree(repo, Some(id))? else {
            return Ok(None);
        };
        let entries = object::parse_tree(&bytes, repo.format)?;
        let Some(entry) = entries.iter().find(|entry| entry.name == name) else {
            return Ok(None);
        };
        id = Oid::from_bytes(entry.id)?;
        if entry.kind != Kind::Tree && !path.ends_with(name) {
            return Ok(None);
        }
    }
    Ok(Some(id))
}

/// One directory that waits for its turn.
struct Visit {
    /// Its path with a `/` at the end, or empty.
    prefix: Vec<u8>,
    depth: usize,
    new: Dir,
    /// What each parent has at this path.
    old: Vec<Option<Oid>>,
}

impl Visit {
    /// A directory that no file's path will name.
    fn name_itself(&self, change: &mut Change) {
        if let Some(path) = self.prefix.strip_suffix(b"/")
            && self.old.iter().all(Option::is_none)
        {
            change.names.push(path.to_vec());
        }
    }
}

/// A directory on the new side.
#[derive(Debug, Clone, Copy)]
enum Dir {
    Tree(Oid),
    Index(Slice),
}

impl Dir {
    fn id(self, index: Option<&Index>) -> Option<Oid> {
        match self {
            Self::Tree(id) => Some(id),
            Self::Index(slice) => index.and_then(|index| index.tree_of(slice)),
        }
    }
}

fn directory(
    repo: &GitRepo,
    index: Option<&Index>,
    visit: &Visit,
    change: &mut Change,
    stack: &mut Vec<Visit>,
    room: &mut usize,
) -> Result<()> {
    let (held, few);
    let old = visit
        .old
        .iter()
        .map(|id| old_tree(repo, *id))
        .collect::<Result<Vec<_>>>()?;
    let mut old: Vec<Option<&[u8]>> = old
        .iter()
        .map(|old| old.as_deref().map(Vec::as_slice))
        .collect();
    let is_empty;
    let children = match (visit.new, index) {
        (Dir::Tree(id), _) => {
            held = repo
                .tree(id)?
                .with_context(|| format!("tree {id} is missing"))?;
            is_empty = held.is_empty();
            let mut new = held.as_slice();
            if let Some(parts) = apart::apart(new, &old, object::hex_len(repo.format) / 2) {
                few = parts;
                new = &few.new;
                old = few.olds.iter().map(Option::as_deref).collect();
            }
            tree_children(repo, new, Some(id))?
        }
        (Dir::Index(slice), index) => {
            let children = index.into_iter().flat_map(|index| index.children(slice));
            let children: Vec<Child<'_>> = children
                .map(|child| Child {
                    name: child.name,
                    kind: child.kind,
                    id: child.id,
                    slice: child.slice,
                })
                .collect();
            is_empty = children.is_empty();
            children
        }
    };
    if is_empty {
        visit.name_itself(change);
    }
    let mut parents = old
        .iter()
        .zip(&visit.old)
        .map(|(bytes, id)| {
            let entries = bytes.map_or(Ok(Vec::new()), |bytes| tree_children(repo, bytes, *id))?;
            Ok(Cursor {
                entries,
                at: 0,
                kept: false,
            })
        })
        .collect::<Result<Vec<_>>>()?;

    let has_parents = !parents.is_empty();
    for child in &children {
        let mut all = parents.iter_mut();
        if has_parents && !child.id.is_empty() && all.all(|parent| parent.keeps(child)) {
            continue;
        }
        // What each parent has under this very name and as the same kind of thing (a file or a directory).
        let mut same = Vec::with_capacity(parents.len());
        for parent in &mut parents {
            parent.drop_before(child, &visit.prefix, change)?;
            same.push(
                parent
                    .entries
                    .get(parent.at)
                    .filter(|old| order(old, child).is_eq()),
            );
            parent.kept |= same.last().is_some_and(Option::is_some);
        }
        let cost = 3 * (visit.prefix.len() + child.name.len()) + PATH_COST;
        let mut olds = same.iter().flatten();
        let is_same =
            !child.id.is_empty() && olds.any(|old| (old.kind, old.id) == (child.kind, child.id));
        if !is_same {
            *room = room.checked_sub(cost).with_context(|| {
                format!("the paths of one change need more than {} MiB", ROOM >> 20)
            })?;
        }
        match child.kind {
            Kind::Tree => {
                if is_same {
                    continue;
                }
                let olds = same
                    .iter()
                    .map(|old| old.map(|old| Oid::from_bytes(old.id)).transpose())
                    .collect::<Result<_, _>>()?;
                stack.push(Visit {
                    prefix: [&visit.prefix, child.name, b"/"].concat(),
                    depth: visit.depth.saturating_add(1),
                    new: match child.slice {
                        Some(slice) => Dir::Index(slice),
                        None => Dir::Tree(Oid::from_bytes(child.id)?),
                    },
                    old: olds,
                });
            }
            Kind::Blob | Kind::Submodule => {
                let path = || [&visit.prefix, child.name].concat();
                if same.iter().all(Option::is_none) {
                    change.names.push(path());
                }
                if child.kind == Kind::Blob && !is_same {
                    let olds = same.iter().flatten().filter(|old| old.kind == Kind::Blob);
                    change.files.push(FileChange {
                        path: path(),
                        new: Oid::from_bytes(child.id)?,
                        old: olds
                            .map(|old| Oid::from_bytes(old.id))
                            .collect::<Result<_, _>>()?,
                    });
                }
            }
        }
    }
    for parent in &mut parents {
        parent.drop_rest(&visit.prefix, change)?;
    }
    Ok(())
}

/// A parent's tree. One that a partial clone lacks is no old content.
fn old_tree(repo: &GitRepo, id: Option<Oid>) -> Result<Option<Rc<Vec<u8>>>> {
    let Some(id) = id else { return Ok(None) };
    match repo.tree(id)? {
        None if repo.is_partial() => Ok(None),
        None => bail!("tree {id} of a parent is missing"),
        found => Ok(found),
    }
}

fn tree_children<'t>(repo: &GitRepo, bytes: &'t [u8], id: Option<Oid>) -> Result<Vec<Child<'t>>> {
    let entries = object::parse_tree(bytes, repo.format).with_context(|| match id {
        Some(id) => format!("tree {id} cannot be read"),
        None => "a tree cannot be read".to_owned(),
    })?;
    let mut children: Vec<Child<'_>> = entries
        .into_iter()
        .map(|entry| Child {
            name: entry.name,
            kind: entry.kind,
            id: entry.id,
            slice: None,
        })
        .collect();
    // Git writes them so; whoever forges a tree may not.
    if !children.is_sorted_by(|a, b| order(a, b).is_le()) {
        children.sort_by(order);
    }
    Ok(children)
}

#[cfg(test)]
mod tests;
