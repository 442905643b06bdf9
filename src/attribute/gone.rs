//! Values in what a change removes: a match whose value is among them only moved.

use std::collections::HashSet;
use std::rc::Rc;

use anyhow::Result;
use git2::Oid;

use super::{REMOVED_LIMIT, Review};
use crate::finding::{Scanned, Secret};
use crate::source::{Change, compare};

/// Values in what one change removes, read as far as its files ask for them: once, however many files ask.
#[derive(Default)]
pub(super) struct Gone {
    pub(super) values: HashSet<Secret>,
    /// How much of what is removed was looked at.
    n_read: usize,
    /// Removed directories among that, not opened yet.
    trees: Vec<(Vec<u8>, Oid)>,
    /// What stood in them, the next one last.
    blobs: Vec<(Vec<u8>, Oid)>,
}

impl Gone {
    /// What is in the next blob that was not looked at yet.
    pub(super) fn next(
        &mut self,
        review: &mut Review<'_>,
        change: &Change,
    ) -> Result<Option<Rc<Scanned>>> {
        while let Some(removed) = change.removed.get(self.n_read) {
            self.n_read += 1;
            if removed.tree {
                let folder = [&removed.path[..], b"/"].concat();
                self.trees.push((folder, removed.id));
            } else {
                let old = review.scan_old(removed.id, &removed.path)?;
                return Ok(Some(self.add(old)));
            }
        }
        let trees = std::mem::take(&mut self.trees);
        if !trees.is_empty() {
            compare::blobs(review.repo, trees, &mut |path, id| {
                self.blobs.push((path, id));
                self.blobs.len() < REMOVED_LIMIT
            })?;
            self.blobs.reverse();
        }
        let Some((path, id)) = self.blobs.pop() else {
            return Ok(None);
        };
        if review.out_of_time(&path) {
            return Ok(None);
        }
        let old = review.scan_old(id, &path)?;
        Ok(Some(self.add(old)))
    }

    fn add(&mut self, old: Rc<Scanned>) -> Rc<Scanned> {
        let values = old.matches.iter().map(|found| found.secret.clone());
        self.values.extend(values);
        old
    }
}
