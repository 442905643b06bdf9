//! `pre-receive`: the pushes of a repository's life.

use crate::pushed::{check_passes, check_refused, let_in, pair, push};
use crate::sandbox::{Sandbox, said, token};

#[test]
fn a_push_that_adds_a_secret_is_refused_and_says_where() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", "clean");
    check_passes(&work, &["main"]);
    let commit = work.commit("dir/b.py", format!("x\nt = \"{}\"\n", token("b")));
    work.commit("dir/b.py", "removed on top\n");
    let said = check_refused(&work, &server, &["main"], &token("b"));
    assert!(
        said.contains("dir/b.py:2") && said.contains(&commit[..7]),
        "{said}"
    );
    assert!(!said.contains("--no-verify"));
    // Rewritten, it passes.
    work.git(&["reset", "-q", "--hard", "HEAD~2"]);
    work.commit("dir/b.py", "clean");
    check_passes(&work, &["main"]);
}

#[test]
fn the_first_push_is_judged_in_full() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    let server = sandbox.repo_with("server.git", &["--bare"]);
    server.hooks_in(&server.dir.join("hooks"), &["pre-receive"]);
    work.git(&["remote", "add", "origin", "../server.git"]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
    work.git(&["update-ref", "-d", "HEAD"]);
    work.commit("a", "clean");
    check_passes(&work, &["main"]);
}

#[test]
fn new_branches_fast_forwards_and_forced_pushes() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
    check_refused(&work, &server, &["main:refs/heads/new"], &token("a"));
    work.git(&["commit", "-q", "--amend", "-m", "amended"]);
    check_refused(&work, &server, &["-f", "main"], &token("a"));
}

#[test]
fn commits_that_are_there_pass_under_any_name() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["branch", "ahead"]);
    work.git(&["checkout", "-q", "ahead"]);
    work.commit("a", token("a"));
    let_in(&work, &server, &["ahead"]);
    // Another branch moves forward to it, new names, a tag, a forced step back.
    check_passes(&work, &["ahead:main"]);
    check_passes(&work, &["ahead:refs/heads/again", "ahead:refs/tags/light"]);
    check_passes(&work, &["-f", "ahead~1:refs/heads/ahead"]);
    // Left over from a deleted branch.
    server.git(&["config", "receive.denyDeleteCurrent", "ignore"]);
    work.git(&[
        "push",
        "-q",
        "origin",
        ":main",
        ":again",
        ":refs/tags/light",
    ]);
    check_passes(&work, &["ahead:refs/heads/back"]);
}

#[test]
fn deletions_pass_whatever_the_name() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let name = format!("refs/heads/{}", token("ref"));
    server.git(&["update-ref", &name, "main"]);
    server.git(&["config", "receive.denyDeleteCurrent", "ignore"]);
    for name in [name.as_str(), "refs/heads/main"] {
        let output = push(&work, &[&format!(":{name}")]);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(server.tip(name), "");
    }
}

#[test]
fn many_refs_are_one_push_with_one_verdict() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", "clean");
    let mut specs: Vec<String> = (0..300).map(|i| format!("HEAD:refs/heads/b{i}")).collect();
    let refs: Vec<&str> = specs.iter().map(String::as_str).collect();
    check_passes(&work, &refs);
    let commit = work.commit("b", token("b"));
    specs = (0..50).map(|i| format!("HEAD:refs/heads/c{i}")).collect();
    let mut refs: Vec<&str> = specs.iter().map(String::as_str).collect();
    refs.push("HEAD~1:refs/heads/clean");
    let said = check_refused(&work, &server, &refs, &token("b"));
    assert_eq!(said.matches("b:1").count(), 1, "once a place: {said}");
    assert!(said.contains(&commit[..7]));
    refs.push("--atomic");
    check_refused(&work, &server, &refs, &token("b"));
}
