//! Commits by id, with their trees and parents.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result, bail, ensure};

use crate::pack::store::Reader;
use crate::pack::{Kind, Object, Oid, Options, Store, Visitor, visit};

/// What the order of commits and the comparing of trees need of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    pub tree: Oid,
    pub parents: Vec<Oid>,
}

/// Commits that were read, and the means to read more.
pub struct Commits<'s> {
    reader: Reader<'s>,
    read: HashMap<Oid, Commit>,
}

impl<'s> Commits<'s> {
    /// Reads each commit when it is asked for.
    #[must_use]
    pub fn lazy(store: &'s Store) -> Self {
        Self {
            reader: store.reader(),
            read: HashMap::new(),
        }
    }

    /// Reads all commits of the visited directories at once.
    pub fn all(store: &'s Store, threads: usize) -> Result<Self> {
        let options = Options {
            limit: u64::MAX,
            ..Options::new(Kind::Commit, threads)
        };
        let (parts, report) = visit(store, &options, &|_| true, &Parse::default)?;
        if let Some(unread) = report.unread.first() {
            bail!("read commit {}: {}", unread.id, unread.why);
        }
        let mut commits = Self::lazy(store);
        for part in parts {
            if let Some(id) = part.malformed {
                bail!("commit {id} is malformed");
            }
            commits.read.extend(part.read);
        }
        Ok(commits)
    }

    /// Ids of the commits that were read, in order.
    #[must_use]
    pub fn ids(&self) -> Vec<Oid> {
        let mut ids: Vec<Oid> = self.read.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// A commit; `None` when it is not there.
    pub fn find(&mut self, id: &Oid) -> Result<Option<&Commit>> {
        if !self.read.contains_key(id) {
            let Some((kind, bytes)) = self.reader.read(id)? else {
                return Ok(None);
            };
            ensure!(kind == Kind::Commit, "object {id} is no commit");
            let commit = parse(&bytes).with_context(|| format!("commit {id} is malformed"))?;
            self.read.insert(*id, commit);
        }
        Ok(self.read.get(id))
    }

    /// The commits that `tips` reach without passing `known` ones, each after all its parents. Parents may be missing of the
    /// `shallow` commits only.
    pub fn parents_first(
        &mut self,
        tips: &[Oid],
        known: &dyn Fn(&Oid) -> bool,
        shallow: &HashSet<Oid>,
    ) -> Result<Vec<Oid>> {
        enum Step {
            /// The commit, and the child it was reached from.
            Enter(Oid, Option<Oid>),
            Leave(Oid),
        }
        let mut order = Vec::new();
        let mut seen = HashSet::new();
        let mut steps: Vec<Step> = tips
            .iter()
            .rev()
            .map(|&tip| Step::Enter(tip, None))
            .collect();
        while let Some(step) = steps.pop() {
            let (id, child) = match step {
                Step::Leave(id) => {
                    order.push(id);
                    continue;
                }
                Step::Enter(id, child) => (id, child),
            };
            if seen.contains(&id) || known(&id) {
                continue;
            }
            let Some(commit) = self.find(&id)? else {
                match child {
                    Some(child) if shallow.contains(&child) => continue,
                    Some(child) => bail!("commit {id}, a parent of {child}, is missing"),
                    None => bail!("commit {id} is missing"),
                }
            };
            seen.insert(id);
            steps.push(Step::Leave(id));
            let parents = commit.parents.iter().rev();
            steps.extend(parents.map(|&parent| Step::Enter(parent, Some(id))));
        }
        Ok(order)
    }
}

/// The tree and the parents, which stand first in a commit.
fn parse(bytes: &[u8]) -> Option<Commit> {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let tree = Oid::from_hex(lines.next()?.strip_prefix(b"tree ")?)?;
    let parents = lines.map_while(|line| line.strip_prefix(b"parent "));
    let parents = parents.map(Oid::from_hex).collect::<Option<_>>()?;
    Some(Commit { tree, parents })
}

#[derive(Default)]
struct Parse {
    read: Vec<(Oid, Commit)>,
    malformed: Option<Oid>,
}

impl Visitor for Parse {
    type State = ();

    fn visit(&mut self, object: Object<'_>, _: Option<&()>) {
        match parse(object.bytes) {
            Some(commit) => self.read.push((object.id, commit)),
            None => self.malformed = Some(object.id),
        }
    }
}
