//! `pre-push`: what the remote does not have yet.

use crate::pushed::cloned;
use crate::sandbox::{Repo, Sandbox, makes, passed, refused, said, token};

/// A work tree with `pre-push`, and a bare `server.git` as `origin` that has the first commit, an old key in it.
fn pair(sandbox: &Sandbox) -> (Repo, Repo) {
    pair_with(sandbox, &[])
}

fn pair_with(sandbox: &Sandbox, options: &[&str]) -> (Repo, Repo) {
    let (work, server) = cloned(sandbox, options);
    work.git(&["fetch", "-q", "origin"]);
    work.hooks(&["pre-push"]);
    (work, server)
}

#[track_caller]
fn check_refused(work: &Repo, server: &Repo, args: &[&str], secret: &str) -> String {
    let before = server.git(&["for-each-ref"]);
    let output = work.try_git(&[&["push", "-q"], args].concat());
    let said = refused(&output, &[secret]);
    assert_eq!(server.git(&["for-each-ref"]), before);
    said
}

#[track_caller]
fn check_passes(work: &Repo, args: &[&str]) {
    passed(&work.try_git(&[&["push", "-q"], args].concat()));
}

#[test]
fn what_the_remote_has_is_not_new() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", "clean");
    check_passes(&work, &["origin", "main"]);
    work.commit("old", format!("{}\nmore\n", token("old")));
    check_passes(&work, &["origin", "main:refs/heads/other"]);
    check_passes(&work, &["origin", "main", "main~1:refs/heads/third"]);
    let commit = work.commit("a", token("a"));
    work.commit("a", "clean again");
    let said = check_refused(&work, &server, &["origin", "main"], &token("a"));
    assert!(said.contains(&commit[..7]) && said.contains('a'), "{said}");
}

#[test]
fn every_ref_of_a_push_is_judged() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["branch", "clean"]);
    work.git(&["checkout", "-q", "-b", "bad"]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["origin", "clean", "bad"], &token("a"));
    check_refused(&work, &server, &["--all", "origin"], &token("a"));
    check_refused(
        &work,
        &server,
        &["origin", "HEAD:refs/for/main"],
        &token("a"),
    );
    check_refused(&work, &server, &["--mirror", "origin"], &token("a"));
    check_passes(&work, &["origin", "clean"]);
}

#[test]
fn deletions_and_forced_updates() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&[
        "push",
        "-q",
        "--no-verify",
        "origin",
        "main:refs/heads/gone",
    ]);
    check_passes(&work, &["origin", ":gone"]);
    let name = format!("refs/heads/{}", token("ref"));
    work.git(&[
        "push",
        "-q",
        "--no-verify",
        "origin",
        &format!("main:{name}"),
    ]);
    let output = work.try_git(&["push", "-q", "origin", &format!(":{name}")]);
    assert!(output.status.success());
    // Rewritten, it is a new commit of a blob that the remote has.
    work.git(&["commit", "-q", "--amend", "-m", "other"]);
    check_passes(&work, &["-f", "origin", "main"]);
    work.stage("a", token("a"));
    work.git(&["commit", "-q", "--amend", "-m", "third"]);
    check_refused(&work, &server, &["-f", "origin", "main"], &token("a"));
}

#[test]
fn a_new_remote_has_nothing() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    sandbox.repo_with("fresh.git", &["--bare"]);
    let fresh = sandbox.at("fresh.git");
    work.git(&["remote", "add", "fresh", "../fresh.git"]);
    check_refused(&work, &fresh, &["fresh", "main"], &token("old"));
    check_refused(&work, &fresh, &["../fresh.git", "main"], &token("old"));
}

#[test]
fn a_url_is_known_by_the_remote_that_has_it() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", "clean");
    let whole = server.dir.canonicalize().unwrap();
    for url in [
        "../server.git",
        whole.to_str().unwrap(),
        &format!("file://{}", whole.display()),
    ] {
        check_passes(&work, &[url, "main:refs/heads/by-url"]);
        work.git(&["push", "-q", "--no-verify", url, ":refs/heads/by-url"]);
    }
    work.commit("a", token("a"));
    check_refused(
        &work,
        &server,
        &["../server.git", "main:refs/heads/x"],
        &token("a"),
    );
}

#[test]
fn a_remote_id_that_is_not_known_here_is_no_error() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["clone", "-q", "../server.git", "../other"]);
    let other = sandbox.at("other");
    other.commit("b", "clean");
    other.git(&["push", "-q", "origin", "main"]);
    work.commit("a", "clean");
    check_passes(&work, &["-f", "origin", "main"]);
    other.git(&["push", "-q", "-f", "origin", "main"]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["-f", "origin", "main"], &token("a"));
}

#[test]
fn tags_of_anything_are_judged() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["tag", "light"]);
    work.git(&["tag", "-a", "-m", "clean", "clean"]);
    check_passes(&work, &["origin", "light", "clean"]);
    work.git(&["tag", "-a", "-m", &token("tag"), "bad"]);
    check_refused(&work, &server, &["origin", "bad"], &token("tag"));
    work.git(&["tag", "-a", "-m", "outer", "outer", "bad"]);
    check_refused(&work, &server, &["origin", "outer"], &token("tag"));
    let blob = work.git_input(&["hash-object", "-w", "--stdin"], token("blob").as_bytes());
    work.git(&["tag", "blob", &blob]);
    check_refused(&work, &server, &["origin", "blob"], &token("blob"));
    let tree = work.git_input(
        &["mktree"],
        format!("100644 blob {blob}\tname\n").as_bytes(),
    );
    work.git(&["tag", "-a", "-m", "m", "tree", &tree]);
    check_refused(&work, &server, &["origin", "tree"], &token("blob"));
    // The tree of a commit that the remote has brings nothing.
    let old = work.git(&["rev-parse", "HEAD^{tree}"]);
    work.git(&["tag", "old-tree", &old]);
    check_passes(&work, &["origin", "old-tree"]);
}

#[test]
fn merges_copies_and_reverts_of_what_the_remote_has() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let removal = {
        work.git(&["rm", "-q", "old"]);
        work.git(&["commit", "-q", "-m", "remove"]);
        work.head()
    };
    check_passes(&work, &["origin", "main"]);
    work.git(&["revert", "--no-edit", &removal]);
    check_passes(&work, &["origin", "main"]);
    work.commit("copy", format!("{}\n", token("old")));
    check_passes(&work, &["origin", "main"]);
    work.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    work.commit("side", "x");
    work.git(&["checkout", "-q", "main"]);
    work.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    work.stage("evil", token("evil"));
    work.git(&["commit", "-q", "-m", "merge"]);
    check_refused(&work, &server, &["origin", "main"], &token("evil"));
}

#[test]
fn messages_authors_and_names_are_judged() {
    for (name, args) in [
        ("message", vec!["-m".to_owned(), token("x")]),
        (
            "author",
            vec![
                "-m".into(),
                "m".into(),
                "--author".into(),
                format!("{} <a@b>", token("x")),
            ],
        ),
    ] {
        let sandbox = Sandbox::new();
        let (work, server) = pair(&sandbox);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        work.git(&[&["commit", "-q", "--allow-empty"], &args[..]].concat());
        let said = check_refused(&work, &server, &["origin", "main"], &token("x"));
        assert!(said.contains("commit"), "{name}: {said}");
    }
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    check_refused(
        &work,
        &server,
        &["origin", &format!("main:refs/heads/{}", token("x"))],
        "no leak of ours",
    );
}

#[test]
fn other_kinds_of_repository_are_pushed() {
    for options in [&["--object-format=sha256"][..], &["--ref-format=reftable"]] {
        if !makes(options) {
            continue;
        }
        let sandbox = Sandbox::new();
        let (work, server) = pair_with(&sandbox, options);
        work.commit("a", "clean");
        check_passes(&work, &["origin", "main"]);
        work.commit("a", token("a"));
        check_refused(&work, &server, &["origin", "main"], &token("a"));
    }
}

#[test]
fn the_framework_s_variables_stand_for_standard_input() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let old = work.head();
    let bad = work.commit("a", token("a"));
    work.git(&["branch", "topic"]);
    let hook = |from: &str, to: &str| {
        let mut repo = work
            .with("PRE_COMMIT_TO_REF", to)
            .with("PRE_COMMIT_REMOTE_NAME", "origin");
        if !from.is_empty() {
            repo = repo.with("PRE_COMMIT_FROM_REF", from);
        }
        repo.keysieve(&["hook", "pre-push"])
    };
    for (from, to) in [
        (old.as_str(), bad.as_str()),
        ("main~1", "topic"),
        ("", "main"),
        ("origin/main", "HEAD"),
    ] {
        let output = hook(from, to);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{from} {to}: {}",
            said(&output)
        );
        refused(&output, &[&token("a"), &token("old")]);
    }
    for (from, to) in [
        (bad.as_str(), bad.as_str()),
        (bad.as_str(), old.as_str()),
        ("", "main~1"),
    ] {
        assert_eq!(hook(from, to).status.code(), Some(0), "{from} {to}");
    }
    assert_eq!(hook("", "no-such-ref").status.code(), Some(2));
}

#[test]
fn malformed_input_is_an_error_and_none_is_a_pass() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    assert_eq!(
        work.keysieve(&["hook", "pre-push", "origin", "x"])
            .status
            .code(),
        Some(0)
    );
    let output = work.keysieve_input(&["hook", "pre-push", "origin", "x"], b"nonsense\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("line 1"));
}

#[test]
fn a_push_from_a_linked_work_tree_and_a_shallow_clone() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["worktree", "add", "-q", "../linked"]);
    let linked = sandbox.at("linked");
    linked.commit("a", token("a"));
    check_refused(&linked, &server, &["origin", "linked"], &token("a"));
    let url = format!("file://{}", server.dir.display());
    work.git(&["clone", "-q", "--depth=1", &url, "../shallow"]);
    let shallow = sandbox.at("shallow");
    shallow.hooks(&["pre-push"]);
    shallow.commit("b", "clean");
    check_passes(&shallow, &["origin", "main"]);
    shallow.commit("b", token("b"));
    check_refused(&shallow, &server, &["origin", "main"], &token("b"));
}

#[test]
fn grafts_replacements_and_settings_blind_nothing() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let base = work.head();
    let bad = work.commit("a", token("a"));
    let last = work.commit("a", "clean again");
    let clean = work.git_input(&["hash-object", "-w", "--stdin"], b"clean");
    let blob = work.git(&["rev-parse", &format!("{bad}:a")]);
    work.git(&["replace", &blob, &clean]);
    check_refused(&work, &server, &["origin", "main"], &token("a"));
    work.git(&["replace", "-d", &blob]);
    work.git(&["replace", &bad, &base]);
    check_refused(&work, &server, &["origin", "main"], &token("a"));
    work.git(&["replace", "-d", &bad]);
    std::fs::write(
        work.dir.join(".git/info/grafts"),
        format!("{last} {base}\n"),
    )
    .unwrap();
    work.git(&["config", "color.ui", "always"]);
    work.git(&["config", "log.showSignature", "true"]);
    check_refused(&work, &server, &["origin", "main"], &token("a"));
}

#[test]
fn what_runs_no_pre_commit_is_seen_when_it_is_pushed() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.hooks(&["pre-commit", "commit-msg"]);
    work.git(&["checkout", "-q", "-b", "side"]);
    let bad = work.commit("a", token("a"));
    work.commit("b", "clean");
    for (name, steps) in [
        ("cherry-pick", &[&["cherry-pick", bad.as_str()][..]][..]),
        (
            "rebase",
            &[
                &["commit", "-q", "--allow-empty", "-m", "x"],
                &["rebase", "-q", "main", "side"],
                &["checkout", "-q", "-B", "rebase"],
            ],
        ),
        (
            "stash",
            &[
                &["stash", "-q"],
                &["checkout", "-q", "--detach", "stash@{0}"],
            ],
        ),
        ("fast-forward", &[&["merge", "-q", "--ff-only", "side"]]),
    ] {
        work.git(&["checkout", "-q", "main"]);
        work.git(&["branch", "-f", name]);
        if name != "rebase" {
            work.git(&["checkout", "-q", name]);
        }
        if name == "stash" {
            work.write("old", token("a"));
        }
        for step in steps {
            work.git(step);
        }
        check_refused(
            &work,
            &server,
            &["origin", &format!("HEAD:refs/heads/{name}")],
            &token("a"),
        );
        work.git(&["checkout", "-q", "-f", "side"]);
    }
    let tree = work.git(&["rev-parse", &format!("{bad}^{{tree}}")]);
    let made = work.git(&["commit-tree", "-m", "m", "-p", "main", &tree]);
    check_refused(
        &work,
        &server,
        &["origin", &format!("{made}:refs/heads/x")],
        &token("a"),
    );
}
