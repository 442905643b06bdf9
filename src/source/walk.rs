//! From tips to what they reach and is new: commits, tags of anything, blobs and trees that no commit holds.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid};

use super::ahead::{self, Made};
use super::commit::{Commits, parents_first};
use super::compare::{self, New};
use super::object;
use super::plumbing::Reach;
use super::repo::GitRepo;
use super::{Change, ChangeOrigin, FileChange, Known, STEPS, Sink, Text};
use crate::outcome::Origin;
use crate::pack::IdState;

/// New is what `others` do not reach.
pub(super) fn by_reachability(
    repo: &GitRepo,
    tips: &[Oid],
    others: Reach,
    sink: &mut dyn Sink,
) -> Result<()> {
    let known = Arc::new(Known::reachable(others.clone()));
    let mut walk = Walk::new(repo);
    let tips = walk.peel(tips, &|_| false, &known, sink)?;
    if tips.is_empty() {
        return Ok(());
    }
    let mut commits = Commits::new(repo);
    for id in repo.git()?.new_commits(&tips, &others, repo.format)? {
        let (mut change, _) = commits.change(id)?;
        change.known = Arc::clone(&known);
        sink.take(change)?;
    }
    Ok(())
}

pub(super) struct Walk<'r> {
    repo: &'r GitRepo,
    /// How many threads may read commits.
    threads: usize,
    /// New objects that were handed over or passed through.
    reached: HashSet<Oid, IdState>,
}

impl<'r> Walk<'r> {
    pub(super) fn new(repo: &'r GitRepo) -> Self {
        Self {
            repo,
            threads: 1,
            reached: HashSet::default(),
        }
    }

    /// The same with more threads, each of which takes memory for itself.
    pub(super) fn on_threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Follows tags. Commits are returned; tags, and blobs and trees that only a tag or ref names, are handed over.
    pub(super) fn peel(
        &mut self,
        tips: &[Oid],
        known: &dyn Fn(Oid) -> bool,
        lazily: &Arc<Known>,
        sink: &mut dyn Sink,
    ) -> Result<Vec<Oid>> {
        let mut commits = Vec::new();
        for (number, tip) in tips.iter().enumerate() {
            if number % STEPS == STEPS - 1 {
                sink.go_on()?;
            }
            let mut id = *tip;
            let mut depth = 0;
            loop {
                if known(id) || self.reached.contains(&id) {
                    break;
                }
                let object = self
                    .repo
                    .read(id)?
                    .with_context(|| format!("object {id} is missing"))?;
                let kind = object.kind();
                if kind != ObjectType::Tag {
                    if kind == ObjectType::Commit {
                        commits.push(id);
                    } else {
                        self.bare(id, kind, known, lazily, sink)?;
                    }
                    break;
                }
                depth += 1;
                if depth > object::TAG_DEPTH {
                    bail!("tags are nested deeper than {}", object::TAG_DEPTH);
                }
                let tag = object::parse_tag(object.bytes(), self.repo.format)
                    .with_context(|| format!("tag {id} is malformed"))?;
                self.reached.insert(id);
                let mut change = Change::new(ChangeOrigin::Texts);
                change.known = Arc::clone(lazily);
                change.texts.push(Text {
                    origin: Origin::Tag(id.to_string()),
                    label: b"tag message".to_vec(),
                    bytes: tag.text,
                    object: Some(id),
                });
                sink.take(change)?;
                id = tag.target;
            }
        }
        Ok(commits)
    }

    /// A blob or tree that stands in no commit.
    fn bare(
        &mut self,
        id: Oid,
        kind: ObjectType,
        known: &dyn Fn(Oid) -> bool,
        lazily: &Arc<Known>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let mut change = Change::new(ChangeOrigin::Object(id.to_string()));
        change.known = Arc::clone(lazily);
        if kind == ObjectType::Tree {
            let read = compare::compare(self.repo, New::Tree(id), &[], &mut change)?;
            self.reached.extend(read);
            self.leave_out(&mut change, known);
        } else {
            self.reached.insert(id);
            change.files.push(FileChange {
                path: format!("object {id}").into_bytes(),
                new: id,
                old: Vec::new(),
            });
        }
        sink.take(change)
    }

    /// Hands over commits and what they reach.
    pub(super) fn commits(
        &mut self,
        tips: &[Oid],
        known: &dyn Fn(Oid) -> bool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let passed = |id: Oid| known(id) || self.reached.contains(&id);
        let (order, trees) = parents_first(self.repo, tips, &passed, sink)?;
        ahead::each(self.repo, &order, &trees, self.threads, &mut |made| {
            let Made {
                id,
                mut change,
                read,
            } = made;
            self.reached.insert(id);
            self.reached.extend(read);
            self.leave_out(&mut change, known);
            sink.take(change)
        })
    }

    /// Files whose blob was there before the push are not new, wherever they now stand.
    fn leave_out(&mut self, change: &mut Change, known: &dyn Fn(Oid) -> bool) {
        change.files.retain(|file| {
            if self.reached.contains(&file.new) {
                return true;
            }
            let new = !known(file.new);
            if new {
                self.reached.insert(file.new);
            }
            new
        });
    }

    /// Hands over what lies in the quarantine and was not reached.
    pub(super) fn unreached(
        &mut self,
        known: &dyn Fn(Oid) -> bool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let Some(quarantine) = self.repo.quarantined()? else {
            return Ok(());
        };
        let mut listed = Vec::new();
        quarantine
            .foreach(|id| {
                listed.push(*id);
                true
            })
            .context("cannot list the pushed objects")?;
        let mut rest = Vec::new();
        for (number, id) in listed.into_iter().enumerate() {
            if number % STEPS == STEPS - 1 {
                sink.go_on()?;
            }
            // Libgit2 leaves bytes behind a short id undefined here, and they count in a hash.
            let id = Oid::from_bytes(id.as_bytes())?;
            if !self.reached.contains(&id) && !known(id) {
                rest.push(id);
            }
        }
        rest.sort();
        let lazily = Arc::new(Known::Nothing);
        let mut blobs = Vec::new();
        for (number, id) in rest.into_iter().enumerate() {
            if number % STEPS == STEPS - 1 {
                sink.go_on()?;
            }
            let (_, kind) = self
                .repo
                .header(id)?
                .with_context(|| format!("object {id} is missing"))?;
            match kind {
                ObjectType::Commit | ObjectType::Tag => {
                    let commits = self.peel(&[id], known, &lazily, sink)?;
                    self.commits(&commits, known, sink)?;
                }
                // Whatever new blobs a tree holds are listed themselves.
                ObjectType::Tree => {}
                ObjectType::Blob | ObjectType::Any => blobs.push(id),
            }
        }
        // Last, as commits give their files a path.
        for id in blobs {
            if !self.reached.contains(&id) {
                self.bare(id, ObjectType::Blob, known, &lazily, sink)?;
            }
        }
        Ok(())
    }
}
