//! Commits as changes: the order they come in, and what each adds to its parents.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result, bail};
use git2::Oid;

use super::compare::{self, New};
use super::object::Commit;
use super::repo::GitRepo;
use super::{Change, ChangeOrigin, STEPS, Sink, Text};
use crate::outcome::Origin;
use crate::pack::IdState;

/// The trees of commits.
pub(super) type Trees = HashMap<Oid, Oid, IdState>;

/// Reads commits one after the other and remembers their trees, as each is the next one's parent.
pub struct Commits<'r> {
    repo: &'r GitRepo,
    trees: Trees,
    /// Those that were known before.
    told: Option<&'r Trees>,
    shallow: Option<HashSet<Oid>>,
}

impl<'r> Commits<'r> {
    #[must_use]
    pub fn new(repo: &'r GitRepo) -> Self {
        Self {
            repo,
            trees: HashMap::default(),
            told: None,
            shallow: None,
        }
    }

    /// The same where the trees of most are known.
    pub(super) fn told(repo: &'r GitRepo, trees: &'r Trees) -> Self {
        Self {
            told: Some(trees),
            ..Self::new(repo)
        }
    }

    /// What a commit adds, its own text included, and the trees that were read for it.
    pub fn change(&mut self, id: Oid) -> Result<(Change, Vec<Oid>)> {
        let commit = self
            .repo
            .commit(id)?
            .with_context(|| format!("commit {id} is missing"))?;
        let parents = self.parent_trees(id, &commit)?;
        let name = GitRepo::commit_ref(id, &commit);
        self.note(id, commit.tree);
        let mut change = Change::new(ChangeOrigin::Commit(name.clone()));
        let read = compare::compare(self.repo, New::Tree(commit.tree), &parents, &mut change)
            .with_context(|| format!("in commit {id}"))?;
        change.parents = parents;
        for (label, bytes) in [
            ("commit message", commit.message),
            ("commit header", commit.header),
        ] {
            change.texts.push(Text {
                origin: Origin::Message(name.clone()),
                label: label.into(),
                bytes,
                object: Some(id),
            });
        }
        Ok((change, read))
    }

    fn parent_trees(&mut self, id: Oid, commit: &Commit) -> Result<Vec<Oid>> {
        let mut trees = Vec::with_capacity(commit.parents.len());
        for parent in &commit.parents {
            let told = self.told.and_then(|told| told.get(parent));
            let tree = match told.or_else(|| self.trees.get(parent)) {
                Some(tree) => *tree,
                None => match self.repo.commit(*parent)? {
                    Some(commit) => {
                        self.note(*parent, commit.tree);
                        commit.tree
                    }
                    None if self.is_shallow(id)? => continue,
                    None => bail!("commit {parent}, a parent of {id}, is missing"),
                },
            };
            if !trees.contains(&tree) {
                trees.push(tree);
            }
        }
        Ok(trees)
    }

    fn note(&mut self, commit: Oid, tree: Oid) {
        if self.told.is_none_or(|told| !told.contains_key(&commit)) {
            self.trees.insert(commit, tree);
        }
    }

    fn is_shallow(&mut self, id: Oid) -> Result<bool> {
        let shallow = match self.shallow.take() {
            Some(shallow) => shallow,
            None => self.repo.shallow()?,
        };
        Ok(self.shallow.insert(shallow).contains(&id))
    }
}

/// The commits that `tips` (commits) reach without passing `known` ones, each after all its parents, and their trees. A commit
/// whose parents are cut off by a shallow clone has none. Before the first of very many is known, `sink` is asked whether to go on.
pub(super) fn parents_first(
    repo: &GitRepo,
    tips: &[Oid],
    known: &dyn Fn(Oid) -> bool,
    sink: &mut dyn Sink,
) -> Result<(Vec<Oid>, Trees)> {
    enum Step {
        Enter(Oid),
        Leave(Oid),
    }
    let mut order = Vec::new();
    let mut trees = Trees::default();
    let mut shallow = None;
    let mut steps: Vec<Step> = tips.iter().rev().map(|tip| Step::Enter(*tip)).collect();
    while let Some(step) = steps.pop() {
        let id = match step {
            Step::Leave(id) => {
                order.push(id);
                continue;
            }
            Step::Enter(id) => id,
        };
        if trees.contains_key(&id) || known(id) {
            continue;
        }
        let commit = repo
            .commit(id)?
            .with_context(|| format!("commit {id} is missing"))?;
        trees.insert(id, commit.tree);
        if trees.len().is_multiple_of(STEPS) {
            sink.go_on()?;
        }
        steps.push(Step::Leave(id));
        for parent in commit.parents.iter().rev() {
            if trees.contains_key(parent) {
                continue;
            }
            if !repo.exists(*parent) && !known(*parent) {
                let shallow = match shallow.take() {
                    Some(ids) => shallow.insert(ids),
                    None => shallow.insert(repo.shallow()?),
                };
                if !shallow.contains(&id) {
                    bail!("commit {parent}, a parent of {id}, is missing");
                }
                continue;
            }
            steps.push(Step::Enter(*parent));
        }
    }
    Ok((order, trees))
}
