//! A work tree and a server with `pre-receive`, and what a push must come to.

use std::process::Output;

use crate::sandbox::{Repo, Sandbox, passed, refused, token};

/// A work tree, and `server.git` with `pre-receive` that has its first commit, an old key in it.
pub fn pair(sandbox: &Sandbox) -> (Repo, Repo) {
    pair_with(sandbox, &[])
}

pub fn pair_with(sandbox: &Sandbox, options: &[&str]) -> (Repo, Repo) {
    let (work, server) = cloned(sandbox, options);
    server.hooks_in(&server.dir.join("hooks"), &["pre-receive"]);
    (work, server)
}

/// The same without any hook.
pub fn cloned(sandbox: &Sandbox, options: &[&str]) -> (Repo, Repo) {
    let work = sandbox.repo_with("work", options);
    work.commit("old", format!("{}\n", token("old")));
    work.git(&["clone", "-q", "--bare", ".", "../server.git"]);
    work.git(&["remote", "add", "origin", "../server.git"]);
    (work, sandbox.at("server.git"))
}

/// Pushes past the hook.
#[track_caller]
pub fn let_in(work: &Repo, server: &Repo, args: &[&str]) {
    let [hook, off] = ["hooks/pre-receive", "hooks/off"].map(|name| server.dir.join(name));
    std::fs::rename(&hook, &off).unwrap();
    check_passes(work, args);
    std::fs::rename(&off, &hook).unwrap();
}

pub fn push(work: &Repo, args: &[&str]) -> Output {
    work.try_git(&[&["push", "-q", "origin"], args].concat())
}

/// The push is refused, no ref moves, no object stays, and what is said fits a terminal.
#[track_caller]
pub fn check_refused(work: &Repo, server: &Repo, args: &[&str], secret: &str) -> String {
    let objects = ["cat-file", "--batch-all-objects", "--batch-check"];
    let before = (server.git(&["for-each-ref"]), server.git(&objects));
    let said = refused(&push(work, args), &[secret]);
    assert_eq!(
        (server.git(&["for-each-ref"]), server.git(&objects)),
        before
    );
    assert!(said.contains("pre-receive hook declined"), "{said}");
    for line in said
        .lines()
        .filter_map(|line| line.strip_prefix("remote: "))
    {
        assert!(line.trim_end().len() <= 72, "too long: {line:?}");
        assert!(
            line.bytes().all(|b| (0x20..0x7f).contains(&b)),
            "not ASCII: {line:?}"
        );
    }
    said
}

#[track_caller]
pub fn check_passes(work: &Repo, args: &[&str]) {
    passed(&push(work, args));
}
