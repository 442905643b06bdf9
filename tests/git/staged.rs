//! A repository with client hooks, and what a commit in it must come to.

use crate::sandbox::{Repo, Sandbox, passed, refused};

pub fn repo(sandbox: &Sandbox) -> Repo {
    let repo = sandbox.repo("r").with_client_hooks();
    repo.commit("kept", "kept\n");
    repo
}

/// The commit is refused, names the file, and leaves `HEAD` where it was.
#[track_caller]
pub fn check_refused(repo: &Repo, args: &[&str], path: &str, secret: &str) {
    let head = repo.tip("HEAD");
    let output = repo.try_commit(args);
    let said = refused(&output, &[secret]);
    assert!(said.contains(path), "{path} is not named: {said}");
    assert!(said.contains("keysieve allow "), "no way out: {said}");
    assert!(!said.contains("--no-verify"));
    assert_eq!(repo.tip("HEAD"), head);
}

#[track_caller]
pub fn check_passes(repo: &Repo, args: &[&str]) {
    let head = repo.tip("HEAD");
    passed(&repo.try_commit(args));
    assert_ne!(repo.tip("HEAD"), head);
}
