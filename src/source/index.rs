//! What is staged: the index that git names, against `HEAD` and the commits being merged.
//!
//! The index file is read here, since a commit must not cost more than git's own look at it: directories whose tree the
//! index knows (its cache of trees) and which equal a parent's are skipped without reading either. Split and sparse
//! indexes are left to git.

mod format;

use std::fs;
use std::io::ErrorKind;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid};

pub use format::{Index, Slice};

use super::compare::{self, New};
use super::object::{Kind, parse_oid};
use super::repo::GitRepo;
use super::{Change, ChangeOrigin, FileChange, Known, Removed};

/// Which commits the index will be a child of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parents {
    /// `HEAD` and, in a merge that stopped, the commits of `MERGE_HEAD`.
    Head,
    /// Also those that git names by `GITHEAD_<id>` while it merges (`pre-merge-commit`, which may run `pre-commit`).
    HeadAndMerged,
}

/// What the index adds.
pub fn change(repo: &GitRepo, parents: Parents) -> Result<Change> {
    let trees = parent_trees(repo, parents)?;
    let mut change = Change::new(ChangeOrigin::Index);
    let bytes = match fs::read(&repo.index_file) {
        // Git makes no such index and takes none.
        Ok(bytes) if bytes.is_empty() => {
            bail!("the index `{}` is empty", repo.index_file.display())
        }
        Ok(bytes) => bytes,
        // Nothing was ever added. A temporary index that git names always exists.
        Err(error) if error.kind() == ErrorKind::NotFound && repo.env.index_file.is_none() => {
            Vec::new()
        }
        Err(error) if error.kind() == ErrorKind::NotFound && trees.is_empty() => Vec::new(),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("cannot read the index `{}`", repo.index_file.display()));
        }
    };
    if !bytes.is_empty() {
        let index = Index::parse(bytes, repo.format)
            .with_context(|| format!("in the index `{}`", repo.index_file.display()))?;
        match index {
            Some(index) => {
                compare::compare(repo, New::Index(&index), &trees, &mut change)?;
            }
            None => by_git(repo, &trees, &mut change)
                .with_context(|| format!("in the index `{}`", repo.index_file.display()))?,
        }
    }
    change.parents = trees;
    change.known = Arc::new(Known::InParents);
    Ok(change)
}

fn parent_trees(repo: &GitRepo, parents: Parents) -> Result<Vec<Oid>> {
    let mut commits: Vec<Oid> = repo.head()?.into_iter().collect();
    commits.extend(repo.merge_heads()?);
    match parents {
        Parents::Head => {}
        Parents::HeadAndMerged => {
            for hex in &repo.env.merged {
                // Some of git's programs name trees by such variables: those are no parents.
                let id = parse_oid(hex.as_bytes(), repo.format)
                    .context("a `GITHEAD_` variable does not name an object")?;
                commits.extend(repo.peel_to_commit(id)?);
            }
        }
    }
    let mut trees = Vec::with_capacity(commits.len());
    for id in commits {
        let commit = repo
            .peel_to_commit(id)?
            .and_then(|id| repo.commit(id).transpose())
            .with_context(|| format!("commit {id}, a parent of what is staged, is missing"))??;
        if !trees.contains(&commit.tree) {
            trees.push(commit.tree);
        }
    }
    Ok(trees)
}

/// One path of `git diff-index --raw`.
struct Row {
    path: Vec<u8>,
    old_kind: Option<Kind>,
    old: Oid,
    new_kind: Option<Kind>,
    new: Oid,
}

/// The same as `compare`, for an index that only git can read.
fn by_git(repo: &GitRepo, trees: &[Oid], change: &mut Change) -> Result<()> {
    let git = repo.git()?;
    let empty = Oid::hash_object_ext(ObjectType::Tree, b"", repo.format)?;
    let trees = if trees.is_empty() { &[empty] } else { trees };
    let mut per_parent = Vec::with_capacity(trees.len());
    for tree in trees {
        per_parent.push(rows(&git.diff_index(*tree)?, repo)?);
    }
    let Some((first, others)) = per_parent.split_first() else {
        return Ok(());
    };
    for row in first {
        let mut same_path = vec![row];
        for rows in others {
            if let Ok(at) = rows.binary_search_by(|other| other.path.cmp(&row.path)) {
                same_path.extend(rows.get(at));
            }
        }
        if same_path.len() <= others.len() || row.new_kind.is_none() {
            continue;
        }
        if same_path.iter().all(|row| row.old_kind.is_none()) {
            change.names.push(row.path.clone());
        }
        let blobs = same_path
            .iter()
            .filter(|row| row.old_kind == Some(Kind::Blob));
        let old: Vec<Oid> = blobs.map(|row| row.old).collect();
        if row.new_kind == Some(Kind::Blob) && !old.contains(&row.new) {
            change.files.push(FileChange {
                path: row.path.clone(),
                new: row.new,
                old,
            });
        }
    }
    for row in per_parent.iter().flatten() {
        if row.new_kind.is_none() && row.old_kind == Some(Kind::Blob) {
            change.removed.push(Removed {
                path: row.path.clone(),
                id: row.old,
                tree: false,
            });
        }
    }
    Ok(())
}

/// Parses `:<mode> <mode> <id> <id> <status>NUL<path>NUL…`, sorted by path.
fn rows(output: &[u8], repo: &GitRepo) -> Result<Vec<Row>> {
    let mut fields = output.split(|&byte| byte == 0);
    let mut rows = Vec::new();
    while let Some(head) = fields.next()
        && !head.is_empty()
    {
        let path = fields.next().context("`git diff-index` stopped early")?;
        let head = head.strip_prefix(b":").unwrap_or(head);
        let mut parts = head.split(|&byte| byte == b' ');
        let mut next = || {
            parts
                .next()
                .context("`git diff-index` said something unknown")
        };
        let (old_mode, new_mode, old, new, status) = (next()?, next()?, next()?, next()?, next()?);
        if status.starts_with(b"U") {
            continue;
        }
        rows.push(Row {
            path: path.to_vec(),
            old_kind: kind(old_mode)?,
            old: parse_oid(old, repo.format)?,
            new_kind: kind(new_mode)?,
            new: parse_oid(new, repo.format)?,
        });
    }
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(rows)
}

fn kind(mode: &[u8]) -> Result<Option<Kind>> {
    let mut value = 0;
    for digit in mode {
        match digit {
            b'0'..=b'7' if value < 0o1_000_000 => value = (value << 3) | u32::from(digit - b'0'),
            _ => bail!("`git diff-index` said something unknown"),
        }
    }
    Ok((value != 0).then(|| Kind::of_mode(value)))
}
