//! Hooks for all repositories of a user: `install --global`, template folders.

use crate::installed::{guarded, hook, listing, run};
use crate::pushed::cloned;
use crate::sandbox::{Sandbox, refused, token};

#[test]
fn all_repositories_old_new_and_cloned() {
    let sandbox = Sandbox::new();
    let old = sandbox.repo("old");
    old.commit("a", "x");
    let ran = sandbox.path("ran");
    hook(
        &old.dir.join(".git/hooks/pre-commit"),
        &format!("#!/bin/sh\necho >>{}\n", ran.display()),
    );
    hook(
        &old.dir.join(".git/hooks/post-commit"),
        &format!("#!/bin/sh\necho >>{}\n", ran.display()),
    );
    old.git(&["config", "--global", "user.name", "A U Thor"]);
    old.git(&["config", "--global", "alias.x", "status"]);
    let gitconfig = sandbox.path("home/.gitconfig");
    let home = listing(&sandbox.path("home"));
    run(&old, &["install", "--global"]);
    let once = listing(&sandbox.path("home"));
    run(&old, &["install", "--global"]);
    assert_eq!(listing(&sandbox.path("home")), once);
    guarded(&old);
    assert_eq!(std::fs::read(&ran).unwrap().len(), 4, "its own hooks run");
    let new = sandbox.repo("new");
    guarded(&new);
    run(&new, &["doctor"]);
    assert!(run(&new, &["install"]).contains("all repositories"));
    new.git(&["clone", "-q", ".", "../clone"]);
    let clone = sandbox.at("clone");
    guarded(&clone);
    clone.commit("b", token("b"));
    refused(
        &clone.try_git(&["push", "-q", "origin", "main:refs/heads/x"]),
        &[&token("b")],
    );
    run(&old, &["uninstall", "--global"]);
    assert_eq!(listing(&sandbox.path("home")), home);
    // Where there was no file of settings, there is none again; what is set in between stays.
    std::fs::remove_file(&gitconfig).unwrap();
    run(&old, &["install", "--global"]);
    run(&old, &["uninstall", "--global"]);
    assert!(!gitconfig.exists());
    run(&old, &["install", "--global"]);
    old.git(&["config", "--global", "user.name", "Other"]);
    run(&old, &["uninstall", "--global"]);
    assert_eq!(
        old.git(&["config", "--global", "--list"]),
        "user.name=Other"
    );
}

#[test]
fn all_repositories_where_someone_else_set_core_hooks_path() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let shared = sandbox.path("shared");
    let ran = sandbox.path("ran");
    hook(
        &shared.join("pre-commit"),
        &format!("#!/bin/sh\necho >>{}\n", ran.display()),
    );
    repo.git(&[
        "config",
        "--global",
        "core.hooksPath",
        shared.to_str().unwrap(),
    ]);
    let before = (listing(&shared), listing(&sandbox.path("home")));
    run(&repo, &["install", "--global"]);
    guarded(&repo);
    assert!(ran.exists());
    run(&repo, &["doctor"]);
    run(&repo, &["uninstall", "--global"]);
    assert_eq!((listing(&shared), listing(&sandbox.path("home"))), before);
}

#[test]
fn a_template_folder_serves_new_clones() {
    let sandbox = Sandbox::new();
    let template = sandbox.repo("template");
    run(&template, &["install"]);
    let path = template.dir.join(".git");
    let repo = sandbox.repo("r");
    repo.git(&[
        "config",
        "--global",
        "init.templateDir",
        path.to_str().unwrap(),
    ]);
    repo.git(&["clone", "-q", ".", "../clone"]);
    guarded(&sandbox.at("clone"));
}

#[test]
fn a_bare_repository_of_this_user_is_guarded_too() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    let ran = sandbox.path("ran");
    hook(
        &server.dir.join("hooks/pre-receive"),
        &format!("#!/bin/sh\ncat >>{}\n", ran.display()),
    );
    run(&work, &["install", "--global"]);
    run(&server, &["doctor"]);
    work.commit("a", token("a"));
    let output = work.try_git(&["push", "-q", "--no-verify", "origin", "main"]);
    let said = refused(&output, &[&token("a")]);
    assert!(said.contains("pre-receive hook declined"), "{said}");
    assert!(
        std::fs::read_to_string(&ran)
            .unwrap()
            .contains("refs/heads/main")
    );
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.commit("a", "clean");
    assert!(
        work.try_git(&["push", "-q", "origin", "main"])
            .status
            .success()
    );
    run(&work, &["uninstall", "--global"]);
}
