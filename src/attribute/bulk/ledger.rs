//! Takes changes down: what each is, whether its names or texts tell something, and its files as numbers.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use git2::Oid;

use super::scans::Scans;
use crate::attribute::{Review, Tools};
use crate::pack;
use crate::source::object::parse_oid;
use crate::source::repo::GitRepo;
use crate::source::{Change, ChangeOrigin, Known};

/// A change to come back to.
pub(super) struct Item {
    pub(super) made: Made,
    /// Something was found in its names or texts.
    pub(super) told: bool,
    /// Its part of the files that were taken down.
    pub(super) files: Range<usize>,
    /// Bytes of its texts.
    pub(super) text: u64,
}

/// How a change is had again.
pub(super) enum Made {
    Commit { id: Oid, known: Arc<Known> },
    Kept(Box<Change>),
}

/// Everything that was taken down.
#[derive(Default)]
pub(super) struct Ledger {
    items: Vec<Item>,
    /// Numbers of path and blob, in the order of `items`.
    files: Vec<(u32, u32)>,
    paths: HashMap<Box<[u8]>, u32>,
    blobs: HashMap<pack::Oid, u32, pack::IdState>,
}

impl Ledger {
    /// Takes a change down; its names and texts are looked at now.
    pub(super) fn note(&mut self, review: &mut Review<'_>, mut change: Change) -> Result<()> {
        let gone = review.removed_ids(&change)?;
        change.files.retain(|file| !gone.contains(&file.new));
        let told = review.tells(&change);
        let start = self.files.len();
        for file in &change.files {
            let next = u32::try_from(self.blobs.len()).context("too many blobs")?;
            let blob = *self.blobs.entry(file.new.into()).or_insert(next);
            let path = match self.paths.get(file.path.as_slice()) {
                Some(path) => *path,
                None => {
                    let next = u32::try_from(self.paths.len()).context("too many paths")?;
                    self.paths.insert(file.path.as_slice().into(), next);
                    next
                }
            };
            self.files.push((path, blob));
        }
        let files = start..self.files.len();
        let text = change
            .texts
            .iter()
            .map(|text| text.bytes.len() as u64)
            .sum();
        if files.is_empty() && !told {
            review.pass(matches!(change.origin, ChangeOrigin::Commit(_)), text);
            return Ok(());
        }
        let made = match &change.origin {
            ChangeOrigin::Commit(commit) => Made::Commit {
                id: parse_oid(commit.id.as_bytes(), review.repo.format)?,
                known: Arc::clone(&change.known),
            },
            ChangeOrigin::Index | ChangeOrigin::Object(_) | ChangeOrigin::Texts => {
                Made::Kept(Box::new(change))
            }
        };
        self.items.push(Item {
            made,
            told,
            files,
            text,
        });
        Ok(())
    }

    /// Scans every blob, each at its paths.
    pub(super) fn scan(self, repo: &GitRepo, tools: Tools<'_>) -> (Vec<Item>, Scans) {
        let Self {
            items,
            files,
            paths,
            blobs,
        } = self;
        (items, Scans::make(repo, tools, files, paths, blobs))
    }
}
