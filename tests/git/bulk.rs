//! Many changes at once say what the same changes say one by one.

use std::fmt::Write as _;

use keysieve::attribute::bulk::Bulk;
use keysieve::attribute::{Review, Reviewed};
use keysieve::host::parse_updates;
use keysieve::source::history::{self, Revisions};
use keysieve::source::outgoing::{self, Remote};
use keysieve::source::receive::{self, Novelty};
use keysieve::source::repo::{GitRepo, Place};
use keysieve::source::{Change, Sink};
use keysieve::template::{Seed, expand};

use crate::sandbox::{Repo, Sandbox};
use crate::sources::{Push, env, tools};

const PATHS: &[&str] = &[
    "a",
    "b.py",
    "d/a",
    "d/e/config.yml",
    "d/e/x",
    "f/.pgpass",
    "f/id_rsa",
    "g.env",
    "h/i/j.json",
    "z.txt",
];

/// Lines of files: most are clean, some hold a secret as it is, encoded, or beside a name.
fn line(seed: &mut Seed) -> String {
    let template = match seed.below(24) {
        0 => "t = '{make:github:ghp_}'",
        1 => "password = \"{base62:20}\"",
        2 => "host:5432:db:user:{base62:14}",
        3 => "aws_secret_access_key = {base64:40}",
        4 => "url = postgres://user:{base62:16}@db.example.com/x",
        5 => "key: {hex:32}",
        6 => {
            let inner = expand("token = '{make:github:ghp_}' and so on", seed).unwrap();
            return format!("data: {}", data_encoding::BASE64.encode(inner.as_bytes()));
        }
        7 => {
            let inner = expand("{make:github:ghp_}", seed).unwrap();
            return inner.replace("ghp_", "\\u0067hp_");
        }
        8 => "\"{make:github:ghp_}\" # keysieve:allow a test of allowing",
        _ => "line {base62:12} of {digits:5}",
    };
    expand(template, seed).unwrap()
}

struct Made {
    stream: Vec<u8>,
    seed: Seed,
    /// By commit: path and content of its files.
    trees: Vec<std::collections::BTreeMap<&'static str, Vec<String>>>,
}

impl Made {
    fn data(&mut self, bytes: &[u8]) {
        self.stream
            .extend_from_slice(format!("data {}\n", bytes.len()).as_bytes());
        self.stream.extend_from_slice(bytes);
        self.stream.push(b'\n');
    }

    fn say(&mut self, text: &str) {
        self.stream.extend_from_slice(text.as_bytes());
        self.stream.push(b'\n');
    }

    fn file(&mut self, mode: &str, path: &str, text: &str) {
        self.say(&format!("M {mode} inline {path}"));
        self.data(text.as_bytes());
    }

    /// One commit: some parents, some edits.
    fn commit(&mut self, at: usize) {
        let mut parents = Vec::new();
        if at > 0 && self.seed.below(12) != 0 {
            let n_parents = [1, 1, 1, 2, 2, 3][self.seed.below(6)];
            for _ in 0..n_parents {
                let parent = at - 1 - self.seed.below(at.min(4));
                if !parents.contains(&parent) {
                    parents.push(parent);
                }
            }
        }
        self.say(&format!("commit refs/heads/b{at}\nmark :{}", at + 1));
        self.say(&format!(
            "author A <a@example.com> {at} +0000\ncommitter C <c@example.com> {at} +0000"
        ));
        let message = match self.seed.below(10) {
            0 => line(&mut self.seed),
            _ => format!("commit {at}"),
        };
        self.data(message.as_bytes());
        for (nth, parent) in parents.iter().enumerate() {
            let word = if nth == 0 { "from" } else { "merge" };
            self.say(&format!("{word} :{}", parent + 1));
        }
        if parents.is_empty() {
            self.say("deleteall");
        }
        let mut tree = parents
            .first()
            .map_or_else(Default::default, |&p| self.trees[p].clone());
        for parent in parents.iter().skip(1) {
            for (path, lines) in self.trees[*parent].clone() {
                if let std::collections::btree_map::Entry::Vacant(place) = tree.entry(path) {
                    place.insert(lines.clone());
                    self.file("100644", path, &lines.join("\n"));
                }
            }
        }
        for _ in 0..self.seed.below(5) {
            let path = PATHS[self.seed.below(PATHS.len())];
            let other = PATHS[self.seed.below(PATHS.len())];
            match self.seed.below(9) {
                0 => {
                    tree.remove(path);
                    self.say(&format!("D {path}"));
                }
                // The same blob at one more path, moved, with or without an edit.
                kind @ 1..=3 => {
                    let Some(mut lines) = tree.get(other).cloned() else {
                        continue;
                    };
                    if kind >= 2 {
                        tree.remove(other);
                        self.say(&format!("D {other}"));
                    }
                    if kind == 3 {
                        lines.push(line(&mut self.seed));
                    }
                    self.file("100644", path, &lines.join("\n"));
                    tree.insert(path, lines);
                }
                4 => {
                    let text = line(&mut self.seed);
                    let mut name = String::new();
                    write!(name, "n/{}", text.replace(['"', '\\', ' ', '/'], "-")).unwrap();
                    let mode = ["120000", "100755"][self.seed.below(2)];
                    self.file(mode, &name, &text);
                }
                5 => {
                    let id = format!("{:040x}", self.seed.number());
                    self.say(&format!("M 160000 {id} module"));
                }
                _ => {
                    let mut lines = tree.get(path).cloned().unwrap_or_default();
                    for _ in 0..=self.seed.below(3) {
                        let place = self.seed.below(lines.len() + 1);
                        match self.seed.below(5) {
                            0 if place < lines.len() => drop(lines.remove(place)),
                            1 if place < lines.len() => {
                                let moved = lines.remove(place);
                                let to = self.seed.below(lines.len() + 1);
                                lines.insert(to, moved);
                            }
                            2 => {
                                let some: Vec<_> = (0..30).map(|_| line(&mut self.seed)).collect();
                                lines.extend(
                                    some.into_iter().filter(|line| line.starts_with("line")),
                                );
                            }
                            _ => lines.insert(place, line(&mut self.seed)),
                        }
                    }
                    self.file("100644", path, &lines.join("\n"));
                    tree.insert(path, lines);
                }
            }
        }
        self.trees.push(tree);
    }
}

/// A repository with made-up history, packed or not.
fn history(sandbox: &Sandbox, seed: u64, n_commits: usize) -> Repo {
    let repo = sandbox.repo("work");
    let mut made = Made {
        stream: Vec::new(),
        seed: Seed::new(seed),
        trees: Vec::new(),
    };
    for at in 0..n_commits {
        made.commit(at);
    }
    made.say(&format!(
        "tag v1\nfrom :{n_commits}\ntagger T <t@example.com> 1 +0000"
    ));
    let text = line(&mut made.seed);
    made.data(text.as_bytes());
    repo.git_input(&["fast-import", "--quiet", "--force"], &made.stream);
    let text = line(&mut made.seed);
    repo.git(&["tag", "-a", "-m", &text, "tree", "v1^{tree}"]);
    if !seed.is_multiple_of(3) {
        repo.git(&[
            "repack",
            "-q",
            "-a",
            "-d",
            "-f",
            "--depth=50",
            "--window=50",
        ]);
    }
    repo
}

/// All that was found and not examined.
fn told(reviewed: &Reviewed) -> String {
    let mut text = String::new();
    for finding in &reviewed.findings {
        writeln!(text, "{finding:#?}").unwrap();
    }
    write!(
        text,
        "{:#?} {} commits",
        reviewed.gaps, reviewed.stats.commits
    )
    .unwrap();
    text
}

/// One by one and in bulk; gives the number of findings.
#[track_caller]
fn compare(
    repo: &GitRepo,
    source: &dyn Fn(&mut dyn Sink) -> anyhow::Result<()>,
    label: &str,
) -> usize {
    let mut review = Review::new(repo, tools());
    source(&mut |change: Change| review.add(&change)).unwrap();
    let one_by_one = review.finish();
    for few in [0, 20] {
        let mut bulk = Bulk::new(repo, tools()).with_few(few);
        source(&mut bulk).unwrap();
        assert_eq!(
            told(&bulk.finish().unwrap()),
            told(&one_by_one),
            "{label}, {few}"
        );
    }
    one_by_one.findings.len()
}

#[test]
fn made_up_histories_are_told_alike() {
    let mut n_findings = 0;
    for seed in 0..12 {
        let sandbox = Sandbox::new();
        let work = history(&sandbox, seed, 40);
        let repo = GitRepo::open(Place::Here, &env(&[("GIT_DIR", &work.git_dir())])).unwrap();
        for revisions in [Revisions::All, Revisions::Range(vec!["b10..b39".into()])] {
            let source = |sink: &mut dyn Sink| history::changes(&repo, &revisions, sink);
            n_findings += compare(&repo, &source, &format!("history {seed} {revisions:?}"));
        }
    }
    assert!(n_findings > 200, "{n_findings}");
}

#[test]
fn made_up_pushes_are_told_alike() {
    let mut n_findings = 0;
    for seed in 20..26 {
        let sandbox = Sandbox::new();
        let work = history(&sandbox, seed, 40);
        work.git(&[
            "clone",
            "-q",
            "--bare",
            "--single-branch",
            "-b",
            "b12",
            ".",
            "../server.git",
        ]);
        let old = work.git(&["rev-parse", "b12"]);
        let new = work.git(&["rev-parse", "b39"]);
        let tag = work.git(&["rev-parse", "tree"]);
        let push = Push::new(&sandbox, &work, &format!("{new}\n{tag}\n^{old}\n"));
        let repo = push.open().unwrap();
        let zero = "0".repeat(old.len());
        let lines = format!("{zero} {new} refs/heads/b39\n{zero} {tag} refs/tags/tree\n");
        let updates = parse_updates(lines.as_bytes(), repo.format).unwrap();
        for novelty in [Novelty::Objects, Novelty::Reachability] {
            let source = |sink: &mut dyn Sink| receive::changes(&repo, &updates, novelty, sink);
            n_findings += compare(&repo, &source, &format!("push {seed} {novelty:?}"));
        }
        let repo = GitRepo::open(Place::Here, &env(&[("GIT_DIR", &work.git_dir())])).unwrap();
        let line = format!("refs/heads/b39 {new} refs/heads/b39 {zero}\n");
        let refs = keysieve::host::parse_outgoing(line.as_bytes(), repo.format).unwrap();
        let remote = Remote {
            name: "nowhere".into(),
            url: "nowhere".into(),
        };
        let source = |sink: &mut dyn Sink| outgoing::changes(&repo, &remote, &refs, sink);
        n_findings += compare(&repo, &source, &format!("outgoing {seed}"));
    }
    assert!(n_findings > 40, "{n_findings}");
}

#[test]
fn when_time_is_up_in_bulk_something_is_not_examined() {
    let sandbox = Sandbox::new();
    let work = history(&sandbox, 50, 30);
    let repo = GitRepo::open(Place::Here, &env(&[("GIT_DIR", &work.git_dir())])).unwrap();
    let tools = keysieve::attribute::Tools {
        expired: &|| true,
        ..tools()
    };
    let mut bulk = Bulk::new(&repo, tools).with_few(0);
    let made = history::changes(&repo, &Revisions::All, &mut bulk);
    assert!(made.is_err(), "no reason to stop");
    Bulk::unless_late(made).unwrap();
    let gaps = bulk.finish().unwrap().gaps;
    assert!(format!("{gaps:?}").contains("Time"), "{gaps:?}");
}

/// Takes all changes, and wants no more when it is asked once too often.
struct Asked {
    taken: usize,
    patience: usize,
}

impl Sink for Asked {
    fn take(&mut self, _: Change) -> anyhow::Result<()> {
        self.taken += 1;
        Ok(())
    }

    fn go_on(&mut self) -> anyhow::Result<()> {
        let patience = self.patience.checked_sub(1);
        self.patience = patience.ok_or_else(|| anyhow::anyhow!("no time is left"))?;
        Ok(())
    }
}

#[test]
fn very_many_commits_refs_and_objects_ask_whether_to_go_on() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    let mut stream = String::new();
    for n in 0..1100 {
        let (blob, commit) = (2 * n + 1, 2 * n + 2);
        _ = write!(
            stream,
            "blob\nmark :{blob}\ndata 4\n{n:04}\ncommit refs/heads/main\nmark :{commit}\ncommitter A <a@b.example> 1 +0000\ndata 1\nm\nM 644 :{blob} a\n",
        );
    }
    work.git_input(&["fast-import", "--quiet"], stream.as_bytes());
    let opened = GitRepo::open(Place::Here, &env(&[("GIT_DIR", &work.git_dir())])).unwrap();
    let (taken, patience) = (0, 0);
    let mut sink = Asked { taken, patience };
    let made = history::changes(&opened, &Revisions::All, &mut sink);
    assert!(format!("{made:?}").contains("no time is left"), "{made:?}");
    assert_eq!(sink.taken, 0, "a commit came before the order was known");

    work.git(&["init", "-q", "--bare", "../server.git"]);
    let commits = work.git(&["rev-list", "main"]);
    let push = Push::new(&sandbox, &work, "main\n");
    let opened = push.open().unwrap();
    let zero = "0".repeat(40);
    let line = |n: usize, id: &str| format!("{zero} {id} refs/heads/b{n}\n");
    let many: String = commits
        .lines()
        .enumerate()
        .map(|(n, id)| line(n, id))
        .collect();
    let one = line(0, commits.lines().last().unwrap());
    // The names of refs are taken first, and with one ref its commit. Many tips are a question, and their order another.
    for (lines, patience, expected) in [(many, 1, 1), (one, 0, 2)] {
        let updates = parse_updates(lines.as_bytes(), opened.format).unwrap();
        let mut sink = Asked { taken, patience };
        let made = receive::changes(&opened, &updates, Novelty::Objects, &mut sink);
        assert!(format!("{made:?}").contains("no time is left"), "{made:?}");
        assert_eq!(sink.taken, expected, "{}", lines.lines().count());
    }
}
