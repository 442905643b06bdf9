//! What is new, beside a comparison of all paths of all trees.

use std::collections::BTreeMap;

use git2::{ObjectType, Oid};
use proptest::prelude::*;

use super::*;
use crate::host::GitEnv;
use crate::source::ChangeOrigin;
use crate::source::repo::Place;

const PATHS: [&str; 9] = [
    "a", "b", "b-", "b/c", "b0", "d/e/f", "d/e/g", "d/h", "i/j/k/l",
];

/// By path: whether it is a submodule, and a byte of which its id is made.
type Tree = BTreeMap<&'static str, (bool, u8)>;

fn tree() -> impl Strategy<Value = Tree> {
    let entry = (0..PATHS.len(), any::<bool>(), 1u8..4);
    proptest::collection::vec(entry, 0..12).prop_map(|entries| {
        let mut tree = Tree::new();
        for (at, is_module, id) in entries {
            // A file and a directory of the same name do not go together.
            let path = PATHS[at];
            tree.retain(|other, _| {
                !other.starts_with(&format!("{path}/")) && !path.starts_with(&format!("{other}/"))
            });
            tree.insert(path, (is_module && id == 3, id));
        }
        tree
    })
}

/// Writes a tree below a prefix.
fn write(odb: &git2::Odb<'_>, tree: &Tree, prefix: &str) -> Oid {
    let mut entries: BTreeMap<Vec<u8>, (String, &str, Oid)> = BTreeMap::new();
    for (path, (is_module, id)) in tree {
        let Some(rest) = path.strip_prefix(prefix) else {
            continue;
        };
        if let Some((name, _)) = rest.split_once('/') {
            let id = write(odb, tree, &format!("{prefix}{name}/"));
            let sorted_as = format!("{name}/").into_bytes();
            entries.insert(sorted_as, (name.to_owned(), "40000", id));
        } else {
            let mode = if *is_module { "160000" } else { "100644" };
            let id = Oid::from_bytes(&[*id; 20]).unwrap();
            entries.insert(rest.as_bytes().to_vec(), (rest.to_owned(), mode, id));
        }
    }
    let raw: Vec<u8> = entries
        .values()
        .flat_map(|(name, mode, id)| {
            [mode.as_bytes(), b" ", name.as_bytes(), b"\0", id.as_bytes()].concat()
        })
        .collect();
    odb.write(ObjectType::Tree, &raw).unwrap()
}

/// A repository for all cases, as making one takes longer than a case.
struct Shared {
    made: git2::Repository,
    repo: GitRepo,
    _dir: tempfile::TempDir,
}

thread_local! {
    static SHARED: Shared = {
        let dir = tempfile::tempdir().unwrap();
        let made = git2::Repository::init_bare(dir.path()).unwrap();
        let repo = GitRepo::open(Place::At(dir.path()), &GitEnv::default()).unwrap();
        Shared { made, repo, _dir: dir }
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]
    #[test]
    fn new_is_what_no_parent_has(
        parents in proptest::collection::vec(tree(), 0..4),
        own in tree(),
        from in proptest::collection::vec((0..PATHS.len(), 0usize..4), 0..10),
        is_clean: bool,
    ) {
        // Like a merge: every path from one of the parents, and perhaps something else.
        let mut new = if is_clean { Tree::new() } else { own };
        for (at, parent) in from {
            let path = PATHS[at];
            if let Some(entry) = parents.get(parent).and_then(|parent| parent.get(path)) {
                new.retain(|other, _| {
                    !other.starts_with(&format!("{path}/")) && !path.starts_with(&format!("{other}/"))
                });
                new.insert(path, *entry);
            }
        }
        SHARED.with(|Shared { made, repo, .. }| {
            let odb = made.odb().unwrap();
            let ids: Vec<Oid> = parents.iter().map(|parent| write(&odb, parent, "")).collect();
            let id = write(&odb, &new, "");
            let mut change = Change::new(ChangeOrigin::Texts);
            compare(repo, New::Tree(id), &ids, &mut change).unwrap();

            let has = |path: &str, entry: &(bool, u8)| parents.iter().any(|parent| parent.get(path) == Some(entry));
            let files = new.iter().filter(|(path, entry)| !entry.0 && !has(path, entry));
            let found = change.files.iter().map(|file| file.path.as_slice());
            prop_assert!(files.map(|(path, _)| path.as_bytes()).eq(found));

            let mut names: Vec<&[u8]> = change.names.iter().map(Vec::as_slice).collect();
            names.sort();
            let is_named = |path: &&&str| parents.iter().any(|parent| parent.contains_key(**path));
            let fresh = new.keys().filter(|path| !is_named(path)).map(|path| path.as_bytes());
            // The empty tree of a commit without parents has no name.
            prop_assert!(fresh.eq(names.iter().copied().filter(|name| !name.is_empty())));

            let mut removed: Vec<Vec<u8>> = Vec::new();
            for gone in &change.removed {
                let path = String::from_utf8(gone.path.clone()).unwrap();
                if gone.tree {
                    let prefix = format!("{path}/");
                    let below = |tree: &Tree| tree.keys().any(|path| path.starts_with(&prefix));
                    prop_assert!(!below(&new) && parents.iter().any(below));
                    let all = parents.iter().flat_map(|parent| parent.iter());
                    let all = all.filter(|(path, (is_module, _))| path.starts_with(&prefix) && !is_module);
                    removed.extend(all.map(|(path, _)| path.as_bytes().to_vec()));
                } else {
                    removed.push(path.into_bytes());
                }
            }
            removed.sort();
            removed.dedup();
            // What is gone from directories that no parent has as they are.
            let below = |tree: &Tree, prefix: &str| -> Tree {
                tree.iter().filter(|(path, _)| path.starts_with(prefix)).map(|(path, entry)| (*path, *entry)).collect()
            };
            let is_compared = |path: &str| {
                let ends = path.match_indices('/').map(|(at, _)| at + 1);
                std::iter::once(0).chain(ends).all(|end| {
                    let (prefix, _) = path.split_at(end);
                    let own = below(&new, prefix);
                    let is_gone = !prefix.is_empty() && own.is_empty();
                    is_gone || parents.iter().all(|parent| below(parent, prefix) != own)
                })
            };
            let mut all: Vec<&[u8]> = parents
                .iter()
                .flat_map(|parent| parent.iter())
                .filter(|(path, (is_module, _))| !is_module && !new.contains_key(*path) && is_compared(path))
                .map(|(path, _)| path.as_bytes())
                .collect();
            all.sort();
            all.dedup();
            prop_assert_eq!(all, removed.iter().map(Vec::as_slice).collect::<Vec<_>>());
            Ok(())
        })?;
    }
}
