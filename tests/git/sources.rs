//! The sources themselves, without the command line.

use std::ffi::OsString;
use std::path::Path;

use keysieve::attribute::{Review, Reviewed, Tools};
use keysieve::finding::Scanned;
use keysieve::host::{GitEnv, parse_updates};
use keysieve::outcome::Origin;
use keysieve::scan::Scanner;
use keysieve::source::Change;
use keysieve::source::history::{self, Revisions};
use keysieve::source::index::{self, Parents};
use keysieve::source::receive::{self, Novelty};
use keysieve::source::repo::{GitRepo, Place};

use crate::sandbox::{Repo, Sandbox, makes, token};

static SCANNER: std::sync::LazyLock<Scanner> = std::sync::LazyLock::new(Scanner::default);

fn scan(path: &[u8], bytes: &[u8]) -> Scanned {
    SCANNER.scan(path, bytes)
}

pub fn tools() -> Tools<'static> {
    Tools {
        scan: &scan,
        quiet: &|path, bytes, over, seen| SCANNER.quiet(path, bytes, over, seen),
        fingerprint: &|_, secret| {
            format!(
                "{:?}{}",
                secret,
                secret.masked(keysieve::rule::find("github-pat").unwrap(), '*')
            )
        },
        expect: &|_| {},
        expired: &|| false,
        max_blob: 1 << 20,
        most: 1 << 20,
    }
}

pub fn env(vars: &[(&str, &Path)]) -> GitEnv {
    let mut all: Vec<(OsString, OsString)> = vars
        .iter()
        .map(|(name, value)| ((*name).into(), value.as_os_str().into()))
        .collect();
    all.push(("PATH".into(), std::env::var_os("PATH").unwrap()));
    GitEnv::from_vars(all)
}

fn staged(repo: &Repo) -> Reviewed {
    let opened = GitRepo::open(Place::Here, &env(&[("GIT_DIR", &repo.git_dir())])).unwrap();
    let change = index::change(&opened, Parents::Head).unwrap();
    let mut review = Review::new(&opened, tools());
    review.add(&change).unwrap();
    review.finish()
}

/// Paths of all places, sorted.
#[track_caller]
fn check(reviewed: &Reviewed, expected: &[&str]) {
    let mut paths: Vec<String> = reviewed
        .findings
        .iter()
        .flat_map(|finding| &finding.places)
        .map(|place| String::from_utf8_lossy(&place.path).into_owned())
        .collect();
    paths.sort();
    assert_eq!(paths, expected);
}

/// What a repository is made with, and what is run in it once it has commits.
const KINDS: &[(&[&str], &[&str])] = &[
    (&[], &["status"]),
    (&[], &["update-index", "--index-version", "4"]),
    (&["--object-format=sha256"], &["status"]),
    (&["--ref-format=reftable"], &["status"]),
    (&[], &["update-index", "--split-index"]),
    (&[], &["gc", "-q"]),
    (&[], &["update-index", "--force-untracked-cache"]),
];

#[test]
fn every_kind_of_index_gives_the_same_answer() {
    for (options, set_up) in KINDS {
        if !makes(options) {
            continue;
        }
        let sandbox = Sandbox::new();
        let repo = sandbox.repo_with("r", options);
        let (old, new) = (token("old"), token("new"));
        check(&staged(&repo), &[]);
        repo.stage("first", &new);
        check(&staged(&repo), &["first"]);
        repo.git(&["rm", "-q", "--cached", "first"]);
        repo.commit("dir/sub/old", format!("{old}\nx\n"));
        repo.commit("dir/z", "clean");
        repo.git(set_up);
        check(&staged(&repo), &[]);
        repo.stage("dir/sub/old", format!("y\n\n{old}\nx\nz"));
        check(&staged(&repo), &[]);
        repo.stage("dir/sub/old", format!("y\n\n{old}\n{new}\nz"));
        repo.stage("dir.x", "clean");
        repo.stage("dir/sub0", &new);
        check(&staged(&repo), &["dir/sub/old", "dir/sub0"]);
        repo.git(&["reset", "-q", "--hard"]);
        repo.git(&["mv", "dir/sub/old", "moved"]);
        repo.stage("moved", format!("edited\n{old}\n"));
        check(&staged(&repo), &[]);
        repo.stage("copy", format!("{old}\nx\n"));
        check(&staged(&repo), &[]);
        repo.write("later", &new);
        repo.git(&["add", "-N", "later"]);
        check(&staged(&repo), &[]);
        repo.stage("dir/z", &new);
        check(&staged(&repo), &["dir/z"]);
    }
}

#[test]
fn names_are_scanned_and_masked() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let secret = token("name");
    repo.stage(&format!("a/{secret}/b"), "clean");
    let reviewed = staged(&repo);
    assert_eq!(reviewed.findings.len(), 1);
    let place = &reviewed.findings[0].places[0];
    assert_eq!(place.origin, Origin::Name);
    assert!(
        !place
            .path
            .windows(secret.len())
            .any(|part| part == secret.as_bytes())
    );
    assert_eq!(place.position.column, 2);
    repo.git(&["commit", "-q", "-m", "x"]);
    repo.stage(&format!("a/{secret}/c"), "clean");
    check(&staged(&repo), &[]);
}

/// A server, and objects that lie before it in a quarantine.
pub struct Push {
    server: Repo,
    quarantine: std::path::PathBuf,
}

impl Push {
    pub fn new(sandbox: &Sandbox, work: &Repo, revisions: &str) -> Self {
        let server = sandbox.at("server.git");
        let quarantine = sandbox.path("server.git/objects/tmp_objdir-incoming-x");
        drop(std::fs::remove_dir_all(&quarantine));
        std::fs::create_dir_all(quarantine.join("pack")).unwrap();
        let pack = work
            .command("sh")
            .args(["-c", "git pack-objects --revs --stdout -q | git --git-dir=\"$1\" index-pack --stdin --fix-thin", "x"])
            .arg(&server.dir)
            .env("GIT_OBJECT_DIRECTORY", &quarantine)
            .env(
                "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                format!("{}:{}", work.git_dir().join("objects").display(), server.dir.join("objects").display()),
            )
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn();
        let mut pack = pack.unwrap();
        use std::io::Write as _;
        pack.stdin
            .take()
            .unwrap()
            .write_all(revisions.as_bytes())
            .unwrap();
        assert!(pack.wait().unwrap().success());
        Self { server, quarantine }
    }

    pub fn open(&self) -> anyhow::Result<GitRepo> {
        let objects = self.server.dir.join("objects");
        let env = env(&[
            ("GIT_DIR", &self.server.dir),
            ("GIT_QUARANTINE_PATH", &self.quarantine),
            ("GIT_OBJECT_DIRECTORY", &self.quarantine),
            ("GIT_ALTERNATE_OBJECT_DIRECTORIES", &objects),
        ]);
        GitRepo::open(Place::Here, &env)
    }

    fn review(&self, lines: &str, novelty: Novelty) -> anyhow::Result<Reviewed> {
        let opened = self.open()?;
        let updates = parse_updates(lines.as_bytes(), opened.format)?;
        let mut review = Review::new(&opened, tools());
        receive::changes(&opened, &updates, novelty, &mut |change: Change| {
            review.add(&change)
        })?;
        Ok(review.finish())
    }
}

#[test]
fn a_push_is_judged_by_what_the_server_lacks() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    let old = work.commit("old", token("old"));
    work.git(&["clone", "-q", "--bare", ".", "../server.git"]);
    let first = work.commit("a", token("a"));
    let second = work.commit("a", format!("{}\nmoved\n", token("a")));
    let third = work.commit("b/c", format!("{} {}", token("old"), token("c")));
    let push = Push::new(&sandbox, &work, &format!("{third}\n^{old}\n"));
    for novelty in [Novelty::Objects, Novelty::Reachability] {
        let reviewed = push
            .review(&format!("{old} {third} refs/heads/main\n"), novelty)
            .unwrap();
        check(&reviewed, &["a", "b/c", "b/c"]);
        let Origin::Commit(commit) = &reviewed.findings[0].places[0].origin else {
            panic!("not in a commit")
        };
        assert_eq!(commit.id, first);
        assert_eq!(reviewed.stats.commits, 3);
        assert_ne!(first, second);
    }
}

#[test]
fn what_no_pushed_ref_reaches_is_looked_at() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    let old = work.commit("old", "x");
    work.git(&["clone", "-q", "--bare", ".", "../server.git"]);
    let hidden = work.commit("a", token("a"));
    work.git(&["reset", "-q", "--hard", &old]);
    let clean = work.commit("b", "clean");
    let push = Push::new(&sandbox, &work, &format!("{clean}\n{hidden}\n^{old}\n"));
    let line = format!("{old} {clean} refs/heads/main\n");
    check(&push.review(&line, Novelty::Objects).unwrap(), &["a"]);
}

#[test]
fn history_is_told_commit_by_commit() {
    for options in [
        &[][..],
        &["--object-format=sha256"],
        &["--ref-format=reftable"],
    ] {
        if !makes(options) {
            continue;
        }
        let sandbox = Sandbox::new();
        let work = sandbox.repo_with("work", options);
        work.commit("a", token("a"));
        let second = work.commit("b", token("b"));
        work.git(&["checkout", "-q", "-b", "side"]);
        work.commit("c", token("c"));
        work.git(&["tag", "-a", "-m", &token("tag"), "v1"]);
        work.git(&["checkout", "-q", "main"]);
        let opened = GitRepo::open(Place::At(&work.dir), &env(&[])).unwrap();
        for (revisions, expected) in [
            (Revisions::Head, vec!["a", "b"]),
            (Revisions::All, vec!["a", "b", "c", "tag message"]),
            (Revisions::Range(vec![format!("{second}..side")]), vec!["c"]),
        ] {
            let mut review = Review::new(&opened, tools());
            history::changes(&opened, &revisions, &mut |change: Change| {
                review.add(&change)
            })
            .unwrap();
            check(&review.finish(), &expected);
        }
        let bad = Revisions::Range(vec!["nothing..here".into()]);
        assert!(history::changes(&opened, &bad, &mut |_| Ok(())).is_err());
    }
}

/// Random edits: the same state of the index, read in three ways, says the same. The first by its entries and cached
/// trees, the second by entries alone, the third by git.
#[test]
fn however_the_index_is_read_it_says_the_same() {
    use keysieve::template::Seed;
    for round in 0..12 {
        let sandbox = Sandbox::new();
        let repo = sandbox.repo("r");
        let mut seed = Seed::new(round);
        let path = |seed: &mut Seed| {
            let part = |seed: &mut Seed| ["a", "b", "a.b", "a0", "c-d"][seed.below(5)].to_owned();
            let depth = 1 + seed.below(3);
            // A name of its own for files, so that none is a directory elsewhere.
            let dirs: Vec<String> = (0..depth).map(|_| part(seed)).collect();
            format!("{}/f{}", dirs.join("/"), seed.below(3))
        };
        let edit = |seed: &mut Seed| {
            for _ in 0..6 {
                let at = path(seed);
                if seed.below(4) == 0 {
                    drop(repo.try_git(&["rm", "-qf", &at]));
                } else {
                    repo.stage(&at, format!("text {}", seed.below(4)));
                }
            }
        };
        for _ in 0..3 {
            edit(&mut seed);
            drop(repo.try_git(&["commit", "-q", "-m", "m"]));
        }
        repo.git(&["branch", "side", "HEAD~1"]);
        edit(&mut seed);
        if round % 2 == 1 {
            std::fs::write(
                repo.dir.join(".git/MERGE_HEAD"),
                repo.git(&["rev-parse", "side"]),
            )
            .unwrap();
        }
        let read = || {
            let opened = GitRepo::open(Place::Here, &env(&[("GIT_DIR", &repo.git_dir())])).unwrap();
            let mut change = index::change(&opened, Parents::Head).unwrap();
            change.names.sort();
            for file in &mut change.files {
                file.old.sort();
                file.old.dedup();
            }
            (change.files, change.names)
        };
        let plain = read();
        let listing = repo.git(&["ls-files", "-s"]);
        repo.git(&["write-tree"]);
        let with_trees = read();
        repo.git(&["update-index", "--split-index"]);
        assert_eq!(repo.git(&["ls-files", "-s"]), listing);
        let by_git = read();
        assert_eq!(plain, with_trees, "round {round}");
        assert_eq!(plain, by_git, "round {round}");
    }
}
