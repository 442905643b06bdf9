//! Made-up histories, compared with the plainest way to answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::pack::{HashKind, Store};

const PATHS: [&str; 8] = ["a", "b", "d/a", "d/b", "d/e/a", "d/e/b", "f/a", "f/g/h/a"];

/// A commit as a test makes it: its parents by their numbers, and what it changes.
#[derive(Debug, Clone)]
struct Step {
    parents: Vec<usize>,
    /// A path, and the number of its content or `None` to remove it.
    edits: Vec<(usize, Option<u8>)>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let edit = (0..PATHS.len(), prop::option::weighted(0.8, 0..6_u8));
    let step = (
        prop::collection::vec(0..4_usize, 0..3),
        prop::collection::vec(edit, 0..4),
    );
    prop::collection::vec(step, 1..14).prop_map(|steps| {
        let made = steps.into_iter().enumerate().map(|(at, (back, edits))| {
            let parents: BTreeSet<usize> = back
                .iter()
                .filter_map(|back| at.checked_sub(back + 1))
                .collect();
            Step {
                parents: parents.into_iter().collect(),
                edits,
            }
        });
        made.collect()
    })
}

struct History {
    dir: tempfile::TempDir,
    commits: Vec<Oid>,
    /// All files of each commit.
    files: Vec<BTreeMap<&'static str, Oid>>,
}

fn content(number: u8) -> Vec<u8> {
    format!("content {number}\n").into_bytes()
}

fn make(steps: &[Step]) -> History {
    let dir = tempfile::tempdir().unwrap();
    let repo = git2::Repository::init(dir.path()).unwrap();
    let who = git2::Signature::new("a", "a@example.com", &git2::Time::new(0, 0)).unwrap();
    let mut commits: Vec<git2::Oid> = Vec::new();
    let mut files: Vec<BTreeMap<&'static str, Oid>> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let mut now: BTreeMap<&'static str, Oid> = step
            .parents
            .first()
            .map_or_else(BTreeMap::new, |&p| files[p].clone());
        // A merge takes the other side's files where it has none.
        for parent in step.parents.iter().skip(1) {
            for (path, id) in &files[*parent] {
                now.entry(path).or_insert(*id);
            }
        }
        for &(path, number) in &step.edits {
            match number {
                Some(number) => {
                    now.insert(PATHS[path], repo.blob(&content(number)).unwrap().into())
                }
                None => now.remove(PATHS[path]),
            };
        }
        let mut update = git2::build::TreeUpdateBuilder::new();
        for (path, id) in &now {
            update.upsert(*path, id.to_git2().unwrap(), git2::FileMode::Blob);
        }
        let empty = repo.treebuilder(None).unwrap().write().unwrap();
        let empty = repo.find_tree(empty).unwrap();
        let tree = repo
            .find_tree(update.create_updated(&repo, &empty).unwrap())
            .unwrap();
        let parents: Vec<_> = step
            .parents
            .iter()
            .map(|&p| repo.find_commit(commits[p]).unwrap())
            .collect();
        let parents: Vec<_> = parents.iter().collect();
        commits.push(
            repo.commit(None, &who, &who, &format!("commit {at}"), &tree, &parents)
                .unwrap(),
        );
        files.push(now);
    }
    for (at, commit) in commits.iter().enumerate() {
        repo.reference(&format!("refs/heads/b{at}"), *commit, true, "")
            .unwrap();
    }
    let commits = commits.into_iter().map(Oid::from).collect();
    History {
        dir,
        commits,
        files,
    }
}

impl History {
    fn objects(&self) -> PathBuf {
        self.dir.path().join(".git/objects")
    }

    fn store(&self) -> Store {
        Store::open(&[self.objects()], &[], HashKind::Sha1).unwrap()
    }

    fn repack(&self) {
        let status = Command::new("git")
            .args(["repack", "-a", "-d", "-q"])
            .current_dir(self.dir.path())
            .status();
        assert!(status.unwrap().success());
    }

    /// By all files of each commit and of its parents.
    fn naive(&self, steps: &[Step], wanted: &HashSet<Oid>) -> BTreeSet<Introduction> {
        let mut found = BTreeSet::new();
        for (at, step) in steps.iter().enumerate() {
            for (path, id) in &self.files[at] {
                let old = step
                    .parents
                    .iter()
                    .any(|&parent| self.files[parent].get(path) == Some(id));
                if wanted.contains(id) && !old {
                    let path = path.as_bytes().to_vec();
                    found.insert(Introduction {
                        commit: self.commits[at],
                        path,
                        id: *id,
                    });
                }
            }
        }
        found
    }
}

fn numbers(found: &BTreeSet<Introduction>) -> BTreeSet<(Oid, Oid)> {
    found.iter().map(|one| (one.commit, one.id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn answers_are_those_of_the_plainest_way(steps in steps(), wanted in prop::collection::btree_set(0..6_u8, 0..4), packed: bool, bulk: bool) {
        let history = make(&steps);
        if packed {
            history.repack();
        }
        let ids = wanted.iter().map(|&number| git2::Oid::hash_object(git2::ObjectType::Blob, &content(number)).unwrap());
        let wanted: HashSet<Oid> = ids.map(Oid::from).collect();
        let store = history.store();
        // Where nothing is visited, everything is read on demand.
        let unvisited = Store::open(&[], &[history.objects()], HashKind::Sha1).unwrap();
        let store = if bulk { &store } else { &unvisited };
        let mut commits = if bulk { Commits::all(store, 1).unwrap() } else { Commits::lazy(store) };
        let order = commits.parents_first(&history.commits, &|_| false, &HashSet::new()).unwrap();
        prop_assert_eq!(order.len(), history.commits.iter().collect::<HashSet<_>>().len());
        let traced = trace(store, &mut commits, &order, &wanted).unwrap();
        let place = |commit: &Oid| order.iter().position(|id| id == commit);
        prop_assert!(traced.is_sorted_by_key(|one| place(&one.commit)));
        let traced: BTreeSet<Introduction> = traced.into_iter().collect();
        let naive = history.naive(&steps, &wanted);
        prop_assert!(traced.is_subset(&naive), "{traced:?} {naive:?}");
        // A directory at two new paths is opened at one of them.
        prop_assert_eq!(numbers(&traced), numbers(&naive));
    }

    #[test]
    fn parents_come_first(steps in steps()) {
        let history = make(&steps);
        let store = history.store();
        let mut commits = Commits::all(&store, 2).unwrap();
        let order = commits.parents_first(&history.commits, &|_| false, &HashSet::new()).unwrap();
        let mut seen = HashSet::new();
        for id in order {
            let commit = commits.find(&id).unwrap().unwrap();
            prop_assert!(commit.parents.iter().all(|parent| seen.contains(parent)));
            seen.insert(id);
        }
    }
}

#[test]
fn wanted_trees_are_traced_as_well() {
    let edit = |path, number| Step {
        parents: Vec::new(),
        edits: vec![(path, Some(number))],
    };
    let mut steps = vec![edit(4, 1), edit(0, 2)];
    steps[1].parents = vec![0];
    let history = make(&steps);
    let repo = git2::Repository::init(history.dir.path()).unwrap();
    let commit = repo
        .find_commit(history.commits[0].to_git2().unwrap())
        .unwrap();
    let tree = commit.tree().unwrap();
    let id = tree.get_path(std::path::Path::new("d/e")).unwrap().id();
    let store = history.store();
    let mut commits = Commits::all(&store, 1).unwrap();
    let order = commits
        .parents_first(&history.commits, &|_| false, &HashSet::new())
        .unwrap();
    let found = trace(&store, &mut commits, &order, &HashSet::from([id.into()])).unwrap();
    let expected = Introduction {
        commit: history.commits[0],
        path: b"d/e".to_vec(),
        id: id.into(),
    };
    assert_eq!(found, [expected]);
}

#[test]
fn a_missing_parent_is_an_error_unless_the_clone_is_shallow() {
    let steps = [
        Step {
            parents: Vec::new(),
            edits: vec![(0, Some(1))],
        },
        Step {
            parents: vec![0],
            edits: Vec::new(),
        },
    ];
    let history = make(&steps);
    let path = crate::pack::loose::path(&history.objects(), &history.commits[0]);
    std::fs::remove_file(path).unwrap();
    let store = history.store();
    let mut commits = Commits::all(&store, 1).unwrap();
    let tips = [history.commits[1]];
    assert!(
        commits
            .parents_first(&tips, &|_| false, &HashSet::new())
            .is_err()
    );
    let order = commits
        .parents_first(&tips, &|_| false, &HashSet::from(tips))
        .unwrap();
    assert_eq!(order, tips);
}
