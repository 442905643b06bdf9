//! Merges: new is only what no parent has.

use crate::sandbox::{Repo, Sandbox, makes, passed, refused, token};

/// `main` and `side` differ in `a` (a conflict if `conflict`), and `side` has an old key.
fn diverged(sandbox: &Sandbox, conflict: bool) -> Repo {
    let repo = sandbox
        .repo("r")
        .with_client_hooks()
        .with("GIT_EDITOR", "true");
    repo.commit("a", "base\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("side", format!("{}\n", token("side")));
    if conflict {
        repo.commit("a", format!("side {}\n", token("both")));
    }
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("main", format!("{}\n", token("main")));
    if conflict {
        repo.commit("a", "main\n");
    }
    repo
}

#[test]
fn a_clean_merge_adds_nothing() {
    let sandbox = Sandbox::new();
    let repo = diverged(&sandbox, false);
    passed(&repo.try_git(&["merge", "-q", "--no-ff", "side"]));
    assert_eq!(repo.git(&["rev-list", "--count", "--merges", "HEAD"]), "1");
}

#[test]
fn a_merge_of_several_branches_adds_nothing() {
    let sandbox = Sandbox::new();
    let repo = diverged(&sandbox, false);
    repo.git(&["checkout", "-q", "-b", "third", "main~1"]);
    repo.commit("third", token("third"));
    repo.git(&["checkout", "-q", "main"]);
    let output = repo.try_git(&["merge", "-q", "side", "third"]);
    assert!(output.status.success(), "{}", crate::sandbox::said(&output));
}

#[test]
fn something_staged_into_a_merge_is_refused() {
    let sandbox = Sandbox::new();
    let repo = diverged(&sandbox, false);
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    passed(&repo.keysieve(&["scan", "--staged", "--quiet"]));
    repo.stage("evil", token("evil"));
    let said = refused(&repo.try_commit(&[]), &[&token("evil"), &token("side")]);
    assert!(said.contains("evil") && !said.contains("side:"), "{said}");
}

#[test]
fn a_resolution_that_takes_either_side_is_not_new() {
    let sandbox = Sandbox::new();
    for text in [
        "main\n".to_owned(),
        format!("main\nside {}\n", token("both")),
    ] {
        let sandbox_inner = Sandbox::new();
        let repo = diverged(&sandbox_inner, true);
        assert!(!repo.try_git(&["merge", "-q", "side"]).status.success());
        repo.stage("a", &text);
        passed(&repo.try_commit(&[]));
    }
    drop(sandbox);
}

#[test]
fn a_resolution_that_brings_something_new_is_refused() {
    let sandbox = Sandbox::new();
    let repo = diverged(&sandbox, true);
    assert!(!repo.try_git(&["merge", "-q", "side"]).status.success());
    repo.stage("a", format!("side {}\n{}\n", token("both"), token("evil")));
    let said = refused(&repo.try_commit(&[]), &[&token("evil"), &token("both")]);
    assert!(said.contains("a:2"), "{said}");
}

#[test]
fn a_squashed_merge_is_an_ordinary_commit() {
    let sandbox = Sandbox::new();
    let repo = diverged(&sandbox, false);
    repo.git(&["merge", "-q", "--squash", "side"]);
    refused(&repo.try_commit(&[]), &[&token("side")]);
}

#[test]
fn a_fast_forward_cannot_be_refused_and_runs_nothing() {
    let sandbox = Sandbox::new();
    let repo = diverged(&sandbox, false);
    repo.git(&["checkout", "-q", "-b", "behind", "side~1"]);
    passed(&repo.try_git(&["merge", "-q", "side"]));
}

#[test]
fn a_hook_that_a_merge_runs_in_place_of_its_own_knows_the_merged_commits() {
    let sandbox = Sandbox::new();
    let repo = diverged(&sandbox, false);
    // The pre-commit framework runs its entry for pre-commit at this stage.
    let hook = repo.dir.join(".git/hooks/pre-merge-commit");
    let text = std::fs::read_to_string(&hook)
        .unwrap()
        .replace("hook pre-merge-commit", "hook pre-commit");
    std::fs::write(&hook, text).unwrap();
    passed(&repo.try_git(&["merge", "-q", "--no-ff", "side"]));
}

#[test]
fn merges_in_a_repository_that_only_git_reads() {
    for options in [&["--ref-format=reftable"][..], &["--object-format=sha256"]] {
        if !makes(options) {
            continue;
        }
        let sandbox = Sandbox::new();
        let repo = sandbox
            .repo_with("r", options)
            .with_client_hooks()
            .with("GIT_EDITOR", "true");
        repo.git(&["config", "core.splitIndex", "true"]);
        repo.commit("a", "base\n");
        repo.git(&["checkout", "-q", "-b", "side"]);
        repo.commit("side", format!("{}\n", token("side")));
        repo.git(&["checkout", "-q", "main"]);
        repo.commit("main", "x");
        passed(&repo.try_git(&["merge", "-q", "--no-ff", "side"]));
        repo.git(&["checkout", "-q", "-b", "again", "main~1"]);
        repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
        repo.stage("evil", token("evil"));
        refused(&repo.try_commit(&[]), &[&token("evil")]);
    }
}
