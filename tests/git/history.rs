//! What is already there: histories, what `HEAD` tracks, folders.

use crate::sandbox::{Repo, Sandbox, refused, said, token};

/// Exit code and places (`path:line`) of a scan, sorted.
#[track_caller]
fn places(repo: &Repo, args: &[&str]) -> (i32, Vec<String>) {
    let output = repo.keysieve(&[&["scan", "--format", "jsonl"], args].concat());
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut places: Vec<String> = text
        .lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(!line.contains("ghp_0"), "whole: {line}");
            format!("{}:{}", value["file"].as_str().unwrap(), value["line"])
        })
        .collect();
    places.sort();
    (output.status.code().unwrap(), places)
}

#[track_caller]
fn check(repo: &Repo, args: &[&str], code: i32, expected: &[&str]) {
    let (got, places) = places(repo, args);
    assert_eq!(
        (got, places),
        (code, expected.iter().map(|&s| s.to_owned()).collect()),
        "{args:?}"
    );
}

#[test]
fn a_history_tells_each_place_where_a_value_came_in() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    check(&repo, &["--history", "."], 0, &[]);
    let first = repo.commit("a", "clean\n");
    repo.commit("a", format!("clean\n{}\n", token("a")));
    repo.commit("a", format!("clean\n\n{}\nmoved\n", token("a")));
    repo.commit("a", "removed\n");
    repo.commit("b", format!("{}\n", token("b")));
    repo.git(&["mv", "b", "c"]);
    repo.git(&["commit", "-qm", "rename"]);
    check(&repo, &["--history", "."], 1, &["a:2", "b:1"]);
    check(
        &repo,
        &["--history", ".", &format!("{first}..HEAD~3")],
        1,
        &["a:2"],
    );
    check(&repo, &["--history", ".", "HEAD~1..HEAD"], 0, &[]);
    check(&repo, &["--all-files"], 1, &["c:1"]);
    let mut outside = repo.clone();
    outside.dir = sandbox.path("home");
    check(&outside, &["--history", "../r"], 1, &["a:2", "b:1"]);
    for bad in ["nothing..HEAD", "--output=x"] {
        let output = repo.keysieve(&["scan", "--history", ".", bad]);
        assert_eq!(output.status.code(), Some(2), "{bad}");
        assert!(!repo.dir.join("x").exists());
    }
    assert_eq!(
        outside.keysieve(&["scan", "--history", "."]).status.code(),
        Some(2)
    );
}

#[test]
fn all_refs_tags_and_stashes_are_a_history() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.commit("a", "x");
    repo.write("a", token("stash"));
    repo.git(&["stash", "-q"]);
    repo.git(&["tag", "-a", "-m", &token("tag"), "v1"]);
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("s", token("side"));
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["checkout", "-q", "--orphan", "apart"]);
    repo.commit("o", token("orphan"));
    check(
        &repo,
        &["--history", "."],
        1,
        &["a:1", "o:1", "s:1", "tag message:5"],
    );
}

#[test]
fn merges_in_a_history_count_only_what_no_parent_has() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.commit("a", "base\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("s", token("side"));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("m", "x");
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    repo.stage("evil", token("evil"));
    repo.git(&["commit", "-qm", "merge"]);
    check(&repo, &["--history", "."], 1, &["evil:1", "s:1"]);
}

#[test]
fn a_partial_clone_tells_that_it_lacks_something() {
    let sandbox = Sandbox::new();
    let origin = sandbox.repo("origin");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.commit("a", "old");
    origin.commit("a", "new");
    let url = format!("file://{}", origin.dir.display());
    origin.git(&["clone", "-q", "--filter=blob:none", &url, "../partial"]);
    let output = sandbox.at("partial").keysieve(&["scan", "--history", "."]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("partial clone"), "{}", said(&output));
}

#[test]
fn a_folder_is_read_whole_but_for_git_s_own() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.write(".gitignore", "ignored\n");
    repo.write("ignored", token("ignored"));
    repo.write(".hidden/x", token("hidden"));
    repo.write("b", token("b"));
    repo.write("B", token("b"));
    repo.write(".git/own", token("git"));
    repo.write("sub/.git", "gitdir: nowhere\n");
    std::os::unix::fs::symlink("b", repo.dir.join("link")).unwrap();
    std::os::unix::fs::symlink(".", repo.dir.join("loop")).unwrap();
    check(
        &repo,
        &["."],
        1,
        &[".hidden/x:1", "B:1", "b:1", "ignored:1"],
    );
    check(&repo, &["link"], 1, &["link:1"]);
    check(&repo, &["b", "ignored"], 1, &["b:1", "ignored:1"]);
    let output = repo.keysieve(&["scan", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("nowhere"));
}

#[test]
fn what_cannot_be_read_in_a_folder_is_told() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.write("clean", "x");
    let fifo = repo.command("mkfifo").arg("pipe").status().unwrap();
    assert!(fifo.success());
    let output = repo.keysieve(&["scan", "."]);
    assert!(said(&output).contains("pipe"), "{}", said(&output));
}

#[test]
fn standard_input_is_a_content() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let output = repo.keysieve_input(&["scan", "-"], format!("x\n{}\n", token("in")).as_bytes());
    assert_eq!(output.status.code(), Some(1));
    refused(&output, &[&token("in")]);
    assert_eq!(
        repo.keysieve_input(&["scan", "-"], b"clean").status.code(),
        Some(0)
    );
}
