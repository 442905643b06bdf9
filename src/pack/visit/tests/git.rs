//! Packs that git writes, against what git says of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::*;

/// A directory with a repository, and git called in it.
struct Git(tempfile::TempDir);

impl Git {
    fn new(format: &str) -> Self {
        let git = Self(tempfile::tempdir().unwrap());
        git.run(&["init", "-q", "--object-format", format, "."]);
        git
    }

    fn run(&self, args: &[&str]) -> Vec<u8> {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@example.com",
                "-c",
                "gc.auto=0",
            ])
            .args(args)
            .current_dir(self.0.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    /// Commits `n` versions of a few files that grow and shrink.
    fn grow(&self, from: usize, n: usize) {
        for version in from..from + n {
            for file in 0..3 {
                let lines = (0..200_usize).map(|line| {
                    let changed = if line % 17 == version % 17 {
                        version
                    } else {
                        version / 20
                    };
                    format!("{file} {} {line} {changed}\n", line * line * 7919)
                });
                let text: String = lines.skip(version % 3).collect();
                fs::write(self.0.path().join(format!("file{file}")), text).unwrap();
            }
            self.run(&["add", "."]);
            self.run(&["commit", "-q", "-m", "version"]);
        }
    }

    fn objects(&self) -> PathBuf {
        self.0.path().join(".git/objects")
    }

    /// Every blob by git's own word.
    fn blobs(&self) -> BTreeMap<Oid, Vec<u8>> {
        let list = self.run(&["cat-file", "--batch-all-objects", "--batch-check"]);
        let lines = String::from_utf8(list).unwrap();
        let blobs = lines.lines().filter_map(|line| {
            let (id, rest) = line.split_once(' ')?;
            rest.starts_with("blob").then_some(id)
        });
        blobs
            .map(|id| {
                (
                    Oid::from_hex(id.as_bytes()).unwrap(),
                    self.run(&["cat-file", "blob", id]),
                )
            })
            .collect()
    }

    #[track_caller]
    fn check(&self, hash: HashKind) -> usize {
        let store = Store::open(&[self.objects()], &[], hash).unwrap();
        let (seen, report, n_inherited) = seen(&store, &Options::new(Kind::Blob, 2), &|_| true);
        assert_eq!(report.unread, []);
        assert!(seen == self.blobs());
        n_inherited
    }
}

#[test]
fn packs_of_git_are_read_in_all_their_forms() {
    let git = Git::new("sha1");
    git.grow(0, 8);
    git.check(HashKind::Sha1);
    git.run(&["repack", "-q", "-d"]);
    assert!(git.check(HashKind::Sha1) > 5);
    git.grow(8, 4);
    git.run(&["repack", "-q", "-d"]);
    git.grow(12, 2);
    git.check(HashKind::Sha1);
    // Offsets behind ids, the first version of the index, one pack.
    let old = [
        "-c",
        "pack.indexVersion=1",
        "-c",
        "repack.useDeltaBaseOffset=false",
    ];
    git.run(&[&old[..], &["repack", "-q", "-a", "-d", "-f"]].concat());
    assert!(git.check(HashKind::Sha1) > 5);
    git.run(&["multi-pack-index", "write"]);
    git.check(HashKind::Sha1);
}

#[test]
fn sha_256_repositories_are_read() {
    let git = Git::new("sha256");
    git.grow(0, 6);
    git.check(HashKind::Sha256);
    git.run(&["repack", "-q", "-a", "-d"]);
    assert!(git.check(HashKind::Sha256) > 3);
}

#[test]
fn alternates_are_followed() {
    let git = Git::new("sha1");
    git.grow(0, 4);
    git.run(&["repack", "-q", "-d"]);
    git.grow(4, 1);
    let borrower = Git::new("sha1");
    let list = format!(
        "# a comment\n/nowhere/to/be/found\n{}\n",
        git.objects().display()
    );
    fs::write(borrower.objects().join("info/alternates"), list).unwrap();
    borrower.grow(20, 1);
    borrower.check(HashKind::Sha1);
}

#[test]
fn a_damaged_index_is_named() {
    let git = Git::new("sha1");
    git.grow(0, 1);
    git.run(&["repack", "-q", "-d"]);
    let pack = fs::read_dir(git.objects().join("pack")).unwrap();
    let index = pack
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "idx"))
        .unwrap();
    let bytes = fs::read(&index).unwrap();
    fs::remove_file(&index).unwrap();
    fs::write(&index, &bytes[..bytes.len() - 100]).unwrap();
    let error = Store::open(&[git.objects()], &[], HashKind::Sha1)
        .err()
        .unwrap();
    assert!(
        format!("{error:#}").contains(index.to_str().unwrap()),
        "{error:#}"
    );
}
