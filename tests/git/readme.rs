//! README and docs say what is so: their commands run, their messages are the real ones.

use std::path::Path;

use crate::sandbox::{Repo, Sandbox, said, token};

const README: &str = include_str!("../../README.md");

/// Blocks of a Markdown text between ```` ```KIND ```` and ```` ``` ````.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(opened)) => open = Some((opened == kind, String::new())),
            (None, None) => {}
            (Some(_), Some(_)) => {
                let (wanted, block) = open.take().unwrap();
                found.extend(wanted.then_some(block));
            }
            (Some((_, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    found
}

/// What keysieve measured is another thing each time.
pub fn untimed(text: &str) -> String {
    let mut said = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        for (at, word) in words.iter().enumerate() {
            let timed = words.get(at + 1).is_some_and(|next| next.starts_with("ms"));
            said.push_str(if timed { "1" } else { word });
            said.push(if at + 1 == words.len() { '\n' } else { ' ' });
        }
    }
    said
}

/// The repository of the examples: one token, in one place.
pub fn example(sandbox: &Sandbox) -> Repo {
    let repo = sandbox
        .repo("project")
        .with("GIT_AUTHOR_DATE", "2026-11-24T12:00:00Z")
        .with("GIT_COMMITTER_DATE", "2026-11-24T12:00:00Z");
    repo.commit("README.md", "# A project\n");
    repo.stage(
        "src/client.py",
        format!(
            "import api\n\n\ndef client():\n    return api.Client(token=\"{}\")\n",
            token("readme")
        ),
    );
    repo
}

#[test]
fn the_refused_commit_looks_like_this() {
    let sandbox = Sandbox::new();
    let repo = example(&sandbox);
    said(&repo.keysieve(&["install", "--repo", "."]));
    let real = format!(
        "$ git commit -m \"Add the client\"\n{}",
        untimed(&said(&repo.try_git(&["commit", "-qm", "Add the client"])))
    );
    let shown = blocks(README, "text").remove(0);
    assert_eq!(
        shown, real,
        "README.md shows another message than this:\n{real}"
    );
}

#[test]
fn the_refused_push_looks_like_this() {
    let sandbox = Sandbox::new();
    let repo = example(&sandbox);
    let server = sandbox.repo_with("server.git", &["--bare"]);
    said(&server.keysieve(&["install", "--server", "."]));
    repo.git(&["commit", "-q", "--no-verify", "-m", "Add the client"]);
    repo.git(&["remote", "add", "origin", "../server.git"]);
    let remote: String = said(&repo.try_git(&["push", "-q", "origin", "main"]))
        .lines()
        .filter(|line| line.starts_with("remote: "))
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    let real = format!("$ git push origin main\n{}", untimed(&remote));
    let shown = blocks(README, "text").remove(1);
    assert_eq!(
        shown, real,
        "README.md shows another message than this:\n{real}"
    );
}

/// Commands that a test does not run, and where they are tried instead.
const ELSEWHERE: [&str; 2] = [
    // Builds the release: tried by hand and by whoever installs.
    "./install.sh",
    // Runs this test.
    "cargo test",
];

/// Every command in README and docs runs in a repository with a finding, and none fails as an error.
#[test]
fn every_command_shown_works() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut texts = vec![("README.md".to_owned(), README.to_owned())];
    for entry in std::fs::read_dir(docs).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "md") {
            let text = std::fs::read_to_string(&path).unwrap();
            texts.push((path.display().to_string(), text));
        }
    }
    let mut ran = 0;
    for (name, text) in texts {
        for block in blocks(&text, "sh") {
            let sandbox = Sandbox::new();
            let repo = example(&sandbox);
            let server = sandbox.repo_with("project.git", &["--bare"]);
            let id = id_of_the_finding(&repo);
            repo.write(
                ".gitleaks.toml",
                "[[rules]]\nid = \"acme\"\nregex = 'acme_[0-9a-f]{16}'\n",
            );
            let binary = env!("CARGO_BIN_EXE_keysieve");
            for line in block.lines() {
                let command = line.split(" #").next().unwrap().trim();
                if command.is_empty() || ELSEWHERE.contains(&command) {
                    continue;
                }
                let script = command
                    .replace("/srv/git/project.git", &server.dir.display().to_string())
                    .replace(" ID ", &format!(" {id} "));
                let Some(arguments) = script.strip_prefix("keysieve ") else {
                    panic!("{name}: a test cannot run `{command}`; list it or show it otherwise");
                };
                let output = repo.input("sh", &["-c", &format!("\"{binary}\" {arguments}")], b"");
                let code = output.status.code();
                assert!(
                    matches!(code, Some(0 | 1)),
                    "{name}: `{command}` ends with {code:?}: {}",
                    said(&output)
                );
                ran += 1;
            }
        }
    }
    assert!(ran >= 9, "only {ran} commands were found");
}

fn id_of_the_finding(repo: &Repo) -> String {
    let found = said(&repo.keysieve(&["scan", "--staged", "--format", "jsonl"]));
    let (_, rest) = found.split_once("\"id\":\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}
