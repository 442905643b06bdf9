//! The entries of a tree in git's order, and the way through a parent's beside the new ones.

use std::cmp::Ordering;

use anyhow::Result;
use git2::Oid;

use crate::source::index::Slice;
use crate::source::object::Kind;
use crate::source::{Change, Removed};

pub(super) struct Child<'c> {
    pub(super) name: &'c [u8],
    pub(super) kind: Kind,
    /// Raw; empty for a directory of the index whose tree is not known.
    pub(super) id: &'c [u8],
    /// Of a directory of the index.
    pub(super) slice: Option<Slice>,
}

/// The order of a tree: a directory sorts as if its name ended in `/`.
pub(super) fn order(a: &Child<'_>, b: &Child<'_>) -> Ordering {
    let common = a.name.len().min(b.name.len());
    let end = |child: &Child<'_>| {
        child
            .name
            .get(common)
            .copied()
            .or((child.kind == Kind::Tree).then_some(b'/'))
    };
    a.name
        .get(..common)
        .cmp(&b.name.get(..common))
        .then_with(|| end(a).cmp(&end(b)))
        .then_with(|| a.name.len().cmp(&b.name.len()))
}

/// A parent's entries, passed once from front to back.
pub(super) struct Cursor<'c> {
    pub(super) entries: Vec<Child<'c>>,
    pub(super) at: usize,
    /// The entry at `at` is still there on the new side; it stays until its successor comes, as a forged tree may
    /// name it twice.
    pub(super) kept: bool,
}

impl Cursor<'_> {
    /// Whether the next entry is the child as it is, which is so for most; then it stays.
    pub(super) fn keeps(&mut self, child: &Child<'_>) -> bool {
        let next = self.at + usize::from(self.kept);
        let same = self
            .entries
            .get(next)
            .is_some_and(|old| (old.kind, old.id, old.name) == (child.kind, child.id, child.name));
        if same {
            self.at = next;
            self.kept = true;
        }
        same
    }

    /// Passes the entries before `child`: they are gone.
    pub(super) fn drop_before(
        &mut self,
        child: &Child<'_>,
        prefix: &[u8],
        change: &mut Change,
    ) -> Result<()> {
        while let Some(old) = self.entries.get(self.at)
            && order(old, child).is_lt()
        {
            if !std::mem::take(&mut self.kept) {
                gone(old, prefix, change)?;
            }
            self.at += 1;
        }
        Ok(())
    }

    pub(super) fn drop_rest(&mut self, prefix: &[u8], change: &mut Change) -> Result<()> {
        for old in self.entries.iter().skip(self.at + usize::from(self.kept)) {
            gone(old, prefix, change)?;
        }
        Ok(())
    }
}

fn gone(old: &Child<'_>, prefix: &[u8], change: &mut Change) -> Result<()> {
    if old.kind != Kind::Submodule {
        change.removed.push(Removed {
            path: [prefix, old.name].concat(),
            id: Oid::from_bytes(old.id)?,
            tree: old.kind == Kind::Tree,
        });
    }
    Ok(())
}
