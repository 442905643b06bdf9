//! The ways to a commit: which index counts, and which hook runs.

use crate::sandbox::{Sandbox, passed, refused, said, token};
use crate::staged::{check_passes, check_refused, repo};

#[test]
fn a_staged_secret_is_refused_and_a_clean_commit_is_silent() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("clean", "x");
    check_passes(&repo, &[]);
    repo.stage("a.py", format!("t = \"{}\"\n", token("a")));
    check_refused(&repo, &[], "a.py", &token("a"));
    // In the work tree it may stay, if it is not staged.
    repo.git(&["reset", "-q"]);
    repo.stage("clean", "y");
    check_passes(&repo, &[]);
}

#[test]
fn the_first_commit_is_judged() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r").with_client_hooks();
    passed(&repo.try_commit(&["--allow-empty"]));
    let repo = sandbox.repo("second").with_client_hooks();
    repo.stage("a.py", token("a"));
    check_refused(&repo, &[], "a.py", &token("a"));
    repo.stage("a.py", "clean");
    check_passes(&repo, &[]);
}

#[test]
fn a_commit_from_a_sub_directory_and_from_outside_is_judged() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("sub/a.py", token("a"));
    let mut below = repo.clone();
    below.dir = repo.dir.join("sub");
    check_refused(&below, &[], "sub/a.py", &token("a"));
    let mut outside = repo.clone();
    outside.dir = sandbox.path("home");
    let output = outside.try_git(&["-C", "../r", "commit", "-q", "-m", "m"]);
    assert!(refused(&output, &[&token("a")]).contains("sub/a.py"));
}

#[test]
fn commit_a_reads_the_index_that_git_names() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("kept", token("a"));
    check_refused(&repo, &["-a"], "kept", &token("a"));
    repo.write("kept", "clean again\n");
    check_passes(&repo, &["-a"]);
}

#[test]
fn commit_of_a_path_judges_that_path_only() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("other", "x\n");
    repo.stage("other", token("other"));
    repo.write("kept", "changed\n");
    for args in [&["kept"][..], &["-o", "kept"], &["--", "kept"]] {
        repo.write("kept", format!("changed {args:?}\n"));
        check_passes(&repo, args);
    }
    repo.write("kept", token("kept"));
    check_refused(&repo, &["kept"], "kept", &token("kept"));
    // With -i, what is staged goes too.
    repo.write("kept", "clean\n");
    check_refused(&repo, &["-i", "kept"], "other", &token("other"));
}

#[test]
fn what_is_staged_counts_and_not_what_lies_in_the_work_tree() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("kept", token("a"));
    repo.write("kept", "clean\n");
    check_refused(&repo, &[], "kept", &token("a"));
    repo.stage("kept", "clean\n");
    repo.write("kept", token("a"));
    check_passes(&repo, &[]);
}

#[test]
fn a_part_of_a_file_can_be_staged_alone() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("kept", format!("first\nkept\n{}\n", token("a")));
    let patch = "diff --git a/kept b/kept\n--- a/kept\n+++ b/kept\n@@ -1 +1,2 @@\n+first\n kept\n";
    repo.git_input(&["apply", "--cached", "-"], patch.as_bytes());
    check_passes(&repo, &[]);
}

#[test]
fn amend_shows_only_what_is_new_on_top() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("old", token("old"));
    check_passes(&repo, &["--amend"]);
    repo.stage("kept", "more\n");
    check_passes(&repo, &["--amend"]);
    repo.stage("kept", token("new"));
    check_refused(&repo, &["--amend"], "kept", &token("new"));
    repo.git(&["reset", "-q", "--hard"]);
    repo.write("kept", token("new"));
    check_refused(&repo, &["--amend", "-a"], "kept", &token("new"));
}

#[test]
fn no_verify_is_git_s_and_skips() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("a", token("a"));
    passed(&repo.try_commit(&["--no-verify"]));
}

#[test]
fn cherry_picks_and_rebases_that_stop_are_judged_when_they_go_on() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.git(&["checkout", "-q", "-b", "side"]);
    let picked = repo.commit("kept", "side\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("kept", "main\n");
    assert!(!repo.try_git(&["cherry-pick", &picked]).status.success());
    repo.stage("kept", token("resolution"));
    let go_on = repo.with("GIT_EDITOR", "true");
    let said = refused(
        &go_on.try_git(&["cherry-pick", "--continue"]),
        &[&token("resolution")],
    );
    assert!(said.contains("kept"));
    repo.stage("kept", "clean\n");
    passed(&go_on.try_git(&["-c", "advice.all=false", "cherry-pick", "--continue"]));
}

#[test]
fn scan_staged_says_the_same_as_the_hook() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("sub/a", token("a"));
    let mut below = repo.clone();
    below.dir = repo.dir.join("sub");
    let output = below.keysieve(&["scan", "--staged"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("sub/a"));
    repo.git(&["rm", "-qf", "sub/a"]);
    let output = repo.keysieve(&["scan", "--staged"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn patches_applied_by_am_are_visible_in_its_own_hook() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("patched", token("a"));
    let patch = repo.git(&["format-patch", "-1", "--stdout"]);
    repo.git(&["checkout", "-q", "main"]);
    let hook = repo.dir.join(".git/hooks/pre-applypatch");
    std::fs::copy(repo.dir.join(".git/hooks/pre-commit"), hook).unwrap();
    let output = repo.input("git", &["am", "-q"], format!("{patch}\n").as_bytes());
    assert!(refused(&output, &[]).contains("patched:1"));
}

#[test]
fn a_rebase_that_stops_to_edit_is_judged_like_an_amend() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("old", token("old"));
    repo.commit("last", "x");
    let editor = repo
        .with("GIT_SEQUENCE_EDITOR", "sed -i 1s/pick/edit/")
        .with("GIT_EDITOR", "true");
    editor.git(&["rebase", "-q", "-i", "HEAD~2"]);
    repo.stage("old", format!("{}\n{}\n", token("old"), token("new")));
    check_refused(&editor, &["--amend"], "old:2", &token("new"));
    repo.stage("old", format!("{}\nmore\n", token("old")));
    check_passes(&editor, &["--amend"]);
}

#[test]
fn a_stash_that_is_taken_back_is_judged_when_it_is_committed() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("kept", token("a"));
    repo.git(&["stash", "-q"]);
    repo.git(&["stash", "pop", "-q"]);
    check_refused(&repo, &["-a"], "kept", &token("a"));
}
