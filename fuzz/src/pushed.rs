//! A repository and a push, made piece by piece: every value that the push brings is found, none that it does not, and many
//! changes at once say what the same changes say one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid};
use keysieve::attribute::bulk::Bulk;
use keysieve::attribute::{Review, Reviewed};
use keysieve::finding::Secret;
use keysieve::host::{GitEnv, parse_updates};
use keysieve::rule::{self, RuleRef};
use keysieve::source::Change;
use keysieve::source::receive::{self, Novelty};
use keysieve::source::repo::{GitRepo, Place};
use keysieve::template::{Seed, expand};

use super::bytes::Bytes;
use super::reported::tools;
use super::scanned::deflate;

const NAMES: &[&str] = &["a", "b.py", "c.json", ".env", "d", "e", "n\u{e9}w", "x y"];

/// A value that a rule is certain of.
fn token(number: u8) -> String {
    expand(
        "{make:github:ghp_}",
        &mut Seed::of(&format!("push {number}")),
    )
    .unwrap()
}

/// Where objects are written, and which values stand in them.
struct Made {
    objects: PathBuf,
    brought: BTreeSet<u8>,
    /// Objects that were there before.
    settled: BTreeSet<Oid>,
}

impl Made {
    fn write(&mut self, kind: ObjectType, bytes: &[u8]) -> Oid {
        let id = Oid::hash_object(kind, bytes).unwrap();
        if self.settled.contains(&id) {
            return id;
        }
        let hex = id.to_string();
        let dir = self.objects.join(&hex[..2]);
        fs::create_dir_all(&dir).unwrap();
        let head = format!("{} {}\0", kind.str(), bytes.len());
        fs::write(
            dir.join(&hex[2..]),
            deflate(&[head.as_bytes(), bytes].concat()),
        )
        .unwrap();
        id
    }

    /// A text that may hold a value; the value counts as brought if its object is new.
    fn text(&mut self, input: &mut Bytes<'_>, kind: ObjectType, around: (&str, &str)) -> Oid {
        let how = input.byte();
        let n = input.below(24);
        let mut text = around.0.as_bytes().to_vec();
        // Not what would become a part of the value.
        text.extend(
            input
                .take(n)
                .iter()
                .map(|b| b" \n.,x(){}=\"'"[usize::from(b % 12)]),
        );
        let number = how % 8;
        if how & 0x18 == 0 {
            text.extend(format!("\n{}\n", token(number)).bytes());
        }
        text.extend(around.1.bytes());
        let id = Oid::hash_object(kind, &text).unwrap();
        if how & 0x18 == 0 && !self.settled.contains(&id) {
            self.brought.insert(number);
        }
        self.write(kind, &text)
    }

    fn tree(&mut self, input: &mut Bytes<'_>, depth: usize, blobs: &mut Vec<Oid>) -> Oid {
        let mut entries: BTreeMap<Vec<u8>, (&str, &str, Oid)> = BTreeMap::new();
        for _ in 0..1 + input.below(4) {
            let name = NAMES[input.below(NAMES.len())];
            let how = input.byte();
            if how.is_multiple_of(5) && depth < 3 {
                let id = self.tree(input, depth + 1, blobs);
                // Git sorts folders as if their name ended in a slash.
                entries.remove(name.as_bytes());
                entries.insert([name.as_bytes(), b"/"].concat(), ("40000", name, id));
            } else {
                let id = match blobs.get(usize::from(how) % (blobs.len() + 3)) {
                    Some(&id) => id,
                    None => self.text(input, ObjectType::Blob, ("", "")),
                };
                blobs.push(id);
                let mode = ["100644", "100755", "120000"][usize::from(how) % 3];
                entries.remove([name.as_bytes(), b"/"].concat().as_slice());
                entries.insert(name.as_bytes().to_vec(), (mode, name, id));
            }
        }
        let mut raw = Vec::new();
        for (mode, name, id) in entries.into_values() {
            raw.extend(format!("{mode} {name}\0").bytes());
            raw.extend(id.as_bytes());
        }
        self.write(ObjectType::Tree, &raw)
    }

    fn commit(&mut self, input: &mut Bytes<'_>, parents: &[Oid], blobs: &mut Vec<Oid>) -> Oid {
        let tree = self.tree(input, 0, blobs);
        let mut head = format!("tree {tree}\n");
        for parent in parents {
            head.push_str(&format!("parent {parent}\n"));
        }
        head.push_str("author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\n");
        self.text(input, ObjectType::Commit, (&head, "end\n"))
    }
}

pub fn run(data: &[u8]) {
    let mut input = Bytes(data);
    let dir = tempfile::tempdir().unwrap();
    let server = dir.path();
    let quarantine = server.join("objects/incoming");
    for folder in ["refs", "objects/pack", "objects/info"] {
        fs::create_dir_all(server.join(folder)).unwrap();
    }
    fs::create_dir_all(&quarantine).unwrap();
    fs::write(server.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(
        server.join("config"),
        "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
    )
    .unwrap();
    let mut made = Made {
        objects: server.join("objects"),
        brought: BTreeSet::new(),
        settled: BTreeSet::new(),
    };
    let mut blobs = Vec::new();
    let mut commits = vec![made.commit(&mut input, &[], &mut blobs)];
    // What was there: everything written until now, and its values are old.
    made.settled = listed(&made.objects);
    let old = std::mem::take(&mut made.brought);
    made.objects = quarantine.clone();
    for _ in 0..1 + input.below(5) {
        let mut parents = Vec::new();
        for _ in 0..input.below(3) {
            let parent = commits[input.below(commits.len())];
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        let commit = made.commit(&mut input, &parents, &mut blobs);
        commits.push(commit);
    }
    let tip = *commits.last().unwrap();
    if input.byte() & 1 == 0 {
        let head = format!("object {tip}\ntype commit\ntag t\ntagger A <a@b> 1 +0000\n\n");
        let tag = made.text(&mut input, ObjectType::Tag, (&head, "end\n"));
        check(server, &quarantine, tag, &made.brought, &old);
    } else {
        check(server, &quarantine, tip, &made.brought, &old);
    }
}

fn listed(objects: &Path) -> BTreeSet<Oid> {
    let mut ids = BTreeSet::new();
    for dir in fs::read_dir(objects).unwrap() {
        let dir = dir.unwrap();
        let first = dir.file_name().into_string().unwrap();
        if first.len() == 2 {
            for file in fs::read_dir(dir.path()).unwrap() {
                let rest = file.unwrap().file_name().into_string().unwrap();
                ids.insert(Oid::from_str(&format!("{first}{rest}")).unwrap());
            }
        }
    }
    ids
}

fn check(server: &Path, quarantine: &Path, tip: Oid, brought: &BTreeSet<u8>, old: &BTreeSet<u8>) {
    let var = |name: &str, value: &Path| -> (OsString, OsString) { (name.into(), value.into()) };
    let env = GitEnv::from_vars([
        var("GIT_DIR", server),
        var("GIT_QUARANTINE_PATH", quarantine),
        var("GIT_OBJECT_DIRECTORY", quarantine),
        var("GIT_ALTERNATE_OBJECT_DIRECTORIES", &server.join("objects")),
    ]);
    let repo = GitRepo::open(Place::Here, &env).unwrap();
    let line = format!("{} {tip} refs/heads/new\n", "0".repeat(40));
    let updates = parse_updates(line.as_bytes(), repo.format).unwrap();
    let mut changes: Vec<Change> = Vec::new();
    receive::changes(&repo, &updates, Novelty::Objects, &mut |change: Change| {
        changes.push(change);
        Ok(())
    })
    .unwrap();
    let mut review = Review::new(&repo, tools());
    let mut bulk = Bulk::new(&repo, tools()).with_few(0);
    for change in changes {
        review.add(&change).unwrap();
        bulk.add(change).unwrap();
    }
    let (slow, fast) = (said(&review.finish()), said(&bulk.finish().unwrap()));
    assert!(slow == fast, "many at once say otherwise");
    let github = RuleRef::BuiltIn(rule::find("github-pat").unwrap());
    let found: BTreeSet<&str> = slow.iter().map(|(id, ..)| id.as_str()).collect();
    for number in 0..8 {
        let id = (tools().fingerprint)(&github, &Secret::new(token(number).as_bytes()));
        let has = found.contains(id.as_str());
        assert!(
            has || !brought.contains(&number) || old.contains(&number),
            "a value was let in"
        );
        assert!(
            !has || brought.contains(&number),
            "a value was found that was not brought"
        );
    }
}

/// Findings with their places, in an order of their own.
fn said(reviewed: &Reviewed) -> BTreeSet<(String, String, Vec<u8>, u32)> {
    reviewed
        .findings
        .iter()
        .flat_map(|finding| {
            finding.places.iter().map(|place| {
                let origin = format!("{:?}", place.origin);
                (
                    finding.id.clone(),
                    origin,
                    place.path.clone(),
                    place.position.line,
                )
            })
        })
        .collect()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seed = Seed::new(13);
    (0..40).map(|i| seed.bytes(40 + 10 * i)).collect()
}
