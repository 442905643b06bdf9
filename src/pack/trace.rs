//! Finds the commits that brought in some objects.
//!
//! A commit introduces an object at a path when its tree has the object there and no parent's tree has the same. All trees
//! are read once, in delta order; from each only its subtrees and the wanted objects are kept, as numbers, and then only
//! what leads to a wanted object. So the cost does not depend on how many commits there are to compare.

mod commits;
mod trees;

use std::collections::HashSet;

use anyhow::{Result, bail};

use super::{Oid, Store};
pub use commits::{Commit, Commits};
use trees::Trees;

/// Directories nested deeper than this are refused.
const DEPTH_LIMIT: usize = 4_096;

/// Longer paths are refused: depth and length of names together could fill the memory.
const PATH_LIMIT: usize = 1 << 20;

/// An object that is in a commit's tree and in none of its parents' at that path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Introduction {
    pub commit: Oid,
    pub path: Vec<u8>,
    pub id: Oid,
}

/// Where wanted objects, blobs or trees, come in: in the order of `order`, and in each commit by path. A directory that stands
/// at several new paths of one commit is opened at one of them.
pub fn trace(
    store: &Store,
    commits: &mut Commits<'_>,
    order: &[Oid],
    wanted: &HashSet<Oid>,
) -> Result<Vec<Introduction>> {
    let mut trees = Trees::read(store, wanted)?;
    let mut introductions = Vec::new();
    for id in order {
        let Some(commit) = commits.find(id)? else {
            bail!("commit {id} is missing");
        };
        let tree = commit.tree;
        let mut parents = Vec::new();
        for parent in commit.parents.clone() {
            // What a shallow clone has cut off is no old content.
            if let Some(parent) = commits.find(&parent)? {
                parents.push(Some(trees.number(&parent.tree)));
            }
        }
        let tree = trees.number(&tree);
        let start = introductions.len();
        compare(&mut trees, id, tree, parents, &mut introductions)?;
        if let Some(new) = introductions.get_mut(start..) {
            new.sort_unstable();
        }
    }
    Ok(introductions)
}

/// A directory that waits for its turn.
struct Visit {
    prefix: Vec<u8>,
    depth: usize,
    new: u32,
    /// What each parent has at this path.
    old: Vec<Option<u32>>,
}

fn compare(
    trees: &mut Trees<'_>,
    commit: &Oid,
    tree: u32,
    parents: Vec<Option<u32>>,
    into: &mut Vec<Introduction>,
) -> Result<()> {
    let root = Visit {
        prefix: Vec::new(),
        depth: 0,
        new: tree,
        old: parents,
    };
    if let Some(id) = trees
        .wanted(tree)
        .filter(|_| !root.old.contains(&Some(tree)))
    {
        into.push(Introduction {
            commit: *commit,
            path: Vec::new(),
            id,
        });
    }
    let mut seen = HashSet::new();
    let mut stack = vec![root];
    while let Some(visit) = stack.pop() {
        if visit.old.contains(&Some(visit.new)) || !trees.leads(visit.new)? {
            continue;
        }
        if visit.depth > DEPTH_LIMIT || visit.prefix.len() > PATH_LIMIT {
            bail!("directories of commit {commit} are nested too deep");
        }
        if !seen.insert((visit.new, visit.old.clone())) {
            continue;
        }
        for old in visit.old.iter().flatten() {
            trees.load(*old)?;
        }
        for child in trees.children(visit.new) {
            let same = |old: &Option<u32>| {
                let mut children = trees.children((*old)?).iter();
                children.find(|old| old.name == child.name && old.is_tree == child.is_tree)
            };
            let old: Vec<Option<u32>> = visit
                .old
                .iter()
                .map(|old| same(old).map(|child| child.node))
                .collect();
            if old.contains(&Some(child.node)) {
                continue;
            }
            let path = || [&visit.prefix, trees.name(child.name)].concat();
            if let Some(id) = trees.wanted(child.node) {
                into.push(Introduction {
                    commit: *commit,
                    path: path(),
                    id,
                });
            }
            if child.is_tree && trees.may_lead(child.node) {
                stack.push(Visit {
                    prefix: [path().as_slice(), b"/"].concat(),
                    depth: visit.depth + 1,
                    new: child.node,
                    old,
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
