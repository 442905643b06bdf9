//! What a push brings to a server (`pre-receive`).
//!
//! New is what the server's object store lacks: the push's objects lie apart in a quarantine, so that one look-up each tells,
//! without reading any ref. In strict mode, and where a host gives no quarantine, git says what no ref reaches.
//!
//! Everything in the quarantine is looked at, also what no pushed ref reaches: it would be on the server afterwards, and the
//! next push could name it as something known.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Result;
use git2::Oid;

use super::plumbing::Reach;
use super::repo::{GitRepo, Settled};
use super::walk::{self, Walk};
use super::{Change, ChangeOrigin, Known, Sink};
use crate::host::RefUpdate;

/// How to tell what is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// What the object store lacks.
    Objects,
    /// What no ref reaches: also what is left over from a deleted branch.
    Reachability,
}

/// Hands over what a push brings, parents before children.
pub fn changes(
    repo: &GitRepo,
    updates: &[RefUpdate],
    novelty: Novelty,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut tips: Vec<Oid> = Vec::new();
    let mut seen = HashSet::new();
    let mut names = Change::new(ChangeOrigin::Texts);
    for update in updates {
        if update.is_deletion() {
            continue;
        }
        if update.is_creation() {
            names.names.push(update.name.clone());
        }
        if seen.insert(update.new) {
            tips.push(update.new);
        }
    }
    if tips.is_empty() {
        return Ok(());
    }
    sink.take(names)?;
    let ids = match (novelty, repo.settled()?) {
        (Novelty::Objects, Some(settled)) => return by_objects(repo, &settled, &tips, sink),
        // What a fork shares with others is on the server, whichever of them has a ref to it.
        (Novelty::Objects, None) => repo.alternate_tips(),
        (Novelty::Reachability, _) => Vec::new(),
    };
    let others = Reach {
        flags: vec!["--all".into()],
        ids,
    };
    walk::by_reachability(repo, &tips, others, sink)
}

/// New is what `settled` lacks.
fn by_objects(repo: &GitRepo, settled: &Settled, tips: &[Oid], sink: &mut dyn Sink) -> Result<()> {
    let known = |id: Oid| settled.has(id);
    let mut walk = Walk::new(repo);
    let commits = walk.peel(tips, &known, &Arc::new(Known::Nothing), sink)?;
    walk.commits(&commits, &known, sink)?;
    walk.unreached(&known, sink)
}
