//! Beside other programs that manage hooks, each the real one where it is on the `PATH`.

use std::ffi::OsString;
use std::path::Path;

use crate::installed::{fails, guarded, hook, listing, run};
use crate::sandbox::{Repo, Sandbox, passed, refused, said, token};

/// Whether a program is here; where it is not, its test says so and passes.
fn have(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap();
    let here = std::env::split_paths(&path).any(|dir| dir.join(program).is_file());
    if !here {
        eprintln!("note: `{program}` is not on the PATH: living beside it is not tried");
    }
    here
}

/// A repository whose programs find keysieve.
fn repo(sandbox: &Sandbox) -> Repo {
    let ours = Path::new(env!("CARGO_BIN_EXE_keysieve")).parent().unwrap();
    let mut path = OsString::from(ours);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let repo = sandbox.repo("r").with("PATH", path);
    repo.commit("a", "x");
    repo
}

#[track_caller]
fn manager(repo: &Repo, program: &str, args: &[&str]) {
    let output = repo.command(program).args(args).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {args:?}: {}",
        said(&output)
    );
}

/// The repository's own `.pre-commit-hooks.yaml`, as the framework clones it.
fn framework(sandbox: &Sandbox, repo: &Repo, program: &str) {
    let ours = sandbox.repo("hooks");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let rev = ours.commit(".pre-commit-hooks.yaml", std::fs::read(file).unwrap());
    let text = format!(
        "repos:\n- repo: {}\n  rev: {rev}\n  hooks:\n  - id: keysieve-system\n  - id: keysieve-commit-msg-system\n  - id: keysieve-pre-push-system\n",
        ours.dir.display()
    );
    repo.commit(".pre-commit-config.yaml", text);
    for name in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
        manager(repo, program, &["install", "-t", name]);
    }
}

#[test]
fn the_pre_commit_framework_runs_our_ids() {
    if !have("pre-commit") {
        return;
    }
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    framework(&sandbox, &repo, "pre-commit");
    let told = run(&repo, &["doctor"]);
    assert_eq!(
        told.matches("by the pre-commit framework").count(),
        4,
        "{told}"
    );
    guarded(&repo);
    // What is not staged does not count, what is staged does.
    repo.write("a", token("a"));
    repo.stage("b", "clean");
    assert!(repo.try_commit(&[]).status.success());
    refused(&repo.try_commit(&["-a"]), &[&token("a")]);
    repo.git(&["checkout", "-q", "a"]);
    // Merges run it in place of ours.
    repo.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    repo.commit("s", token("side"));
    repo.git(&["checkout", "-q", "main"]);
    let merge = ["merge", "-q", "--no-ff", "-m", "m", "side"];
    assert!(repo.try_git(&merge).status.success());
    // A push to a new remote is judged whole, and only what is new to one that has the rest.
    repo.git(&["init", "-q", "--bare", "../server.git"]);
    repo.git(&["remote", "add", "origin", "../server.git"]);
    refused(
        &repo.try_git(&["push", "-q", "origin", "main"]),
        &[&token("side")],
    );
    repo.git(&["push", "-q", "--no-verify", "origin", "main"]);
    repo.commit("c", "clean");
    let output = repo.try_git(&["push", "-q", "origin", "main"]);
    assert!(output.status.success(), "{}", said(&output));
    repo.commit("c", token("c"));
    refused(
        &repo.try_git(&["push", "-q", "origin", "main"]),
        &[&token("c")],
    );
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    all_refs_of_a_push(&repo, "pre-commit");
    let skipping = repo.with("SKIP", "keysieve-system");
    fails(
        &skipping,
        &["doctor"],
        1,
        &["pre-commit", "SKIP=keysieve-system"],
    );
}

#[test]
fn the_pre_commit_framework_before_and_after_ours() {
    if !have("pre-commit") {
        return;
    }
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit(".pre-commit-config.yaml", "repos: []\n");
    // It comes second: it keeps ours beside its own and runs it.
    run(&repo, &["install"]);
    let ours = listing(&repo.dir.join(".git/hooks"));
    manager(&repo, "pre-commit", &["install"]);
    assert!(repo.dir.join(".git/hooks/pre-commit.legacy").exists());
    run(&repo, &["doctor"]);
    guarded(&repo);
    assert!(run(&repo, &["install"]).contains("pre-commit framework"));
    guarded(&repo);
    manager(&repo, "pre-commit", &["uninstall"]);
    assert_eq!(listing(&repo.dir.join(".git/hooks")), ours);
    run(&repo, &["uninstall"]);
    // It came first: ours keeps it and runs it.
    manager(&repo, "pre-commit", &["install"]);
    let theirs = listing(&repo.dir.join(".git/hooks"));
    fails(&repo, &["doctor"], 1, &["pre-commit", "DOES NOT CALL"]);
    run(&repo, &["install"]);
    run(&repo, &["doctor"]);
    guarded(&repo);
    run(&repo, &["uninstall"]);
    assert_eq!(listing(&repo.dir.join(".git/hooks")), theirs);
}

#[test]
fn husky_runs_ours_and_its_own() {
    if !have("husky") {
        return;
    }
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    manager(&repo, "husky", &[]);
    assert_eq!(repo.git(&["config", "core.hooksPath"]), ".husky/_");
    // Not executable: husky runs it by the shell.
    repo.write(".husky/pre-commit", "echo ran >>ran\n");
    let before = listing(&repo.dir.join(".husky"));
    fails(&repo, &["doctor"], 1, &["pre-commit", "DOES NOT CALL"]);
    run(&repo, &["install"]);
    run(&repo, &["doctor"]);
    guarded(&repo);
    assert_eq!(
        std::fs::read_to_string(repo.dir.join("ran"))
            .unwrap()
            .lines()
            .count(),
        3
    );
    // husky writes its own files anew.
    manager(&repo, "husky", &[]);
    guarded(&repo);
    fails(
        &repo.with("HUSKY", "0"),
        &["doctor"],
        1,
        &["pre-commit", "HUSKY=0"],
    );
    repo.write("../home/.config/husky/init.sh", "export HUSKY=0\n");
    fails(&repo, &["doctor"], 1, &["pre-commit", "init.sh"]);
    std::fs::remove_file(sandbox.path("home/.config/husky/init.sh")).unwrap();
    run(&repo, &["uninstall"]);
    assert_eq!(listing(&repo.dir.join(".husky")), before);
    // Called by hand in husky's file.
    repo.write(".husky/pre-commit", "keysieve hook pre-commit\n");
    repo.stage("b", token("b"));
    refused(&repo.try_commit(&[]), &[&token("b")]);
    assert!(run(&repo, &["install"]).contains("runs already"));
    run(&repo, &["doctor"]);
}

#[test]
fn lefthook_moves_ours_away_and_doctor_says_so() {
    if !have("lefthook") {
        return;
    }
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let config = |job: &str| {
        repo.write(
            "lefthook.yml",
            format!("pre-commit:\n  jobs:\n    - run: {job}\n"),
        );
        manager(&repo, "lefthook", &["install"]);
    };
    run(&repo, &["install"]);
    config("echo theirs");
    fails(
        &repo,
        &["doctor"],
        1,
        &["pre-commit", "lefthook moved it", "lefthook.yml"],
    );
    // As doctor says.
    config("keysieve hook pre-commit");
    repo.stage("b", token("b"));
    refused(&repo.try_commit(&[]), &[&token("b")]);
    repo.stage("b", "clean");
    assert!(repo.try_commit(&[]).status.success());
    let told = run(&repo, &["doctor"]);
    assert!(told.contains("by lefthook"), "{told}");
    fails(
        &repo.with("LEFTHOOK", "0"),
        &["doctor"],
        1,
        &["pre-commit", "LEFTHOOK=0"],
    );
}

#[test]
fn git_s_own_configuration_of_hooks() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let version = repo.git(&["version"]);
    let version: Vec<u32> = version
        .split([' ', '.'])
        .filter_map(|n| n.parse().ok())
        .collect();
    let knows = (version[0], version[1]) >= (2, 54);
    run(&repo, &["install"]);
    run(&repo, &["uninstall", "--hook", "pre-commit"]);
    repo.git(&["config", "hook.gate.command", "keysieve hook pre-commit"]);
    repo.git(&["config", "hook.gate.event", "pre-commit"]);
    repo.stage("b", token("b"));
    assert_eq!(!repo.try_commit(&[]).status.success(), knows);
    if knows {
        run(&repo, &["doctor"]);
    } else {
        fails(
            &repo,
            &["doctor"],
            1,
            &["pre-commit", "hook.gate.command", "does not know"],
        );
    }
    for key in ["hook.gate.enabled", "hook.pre-commit.enabled"] {
        repo.git(&["config", key, "false"]);
        fails(&repo, &["doctor"], 1, &["pre-commit", key]);
        repo.git(&["config", "--unset", key]);
    }
}

#[test]
fn a_hook_that_calls_keysieve_is_left_alone() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let path = repo.dir.join(".git/hooks/pre-commit");
    hook(
        &path,
        "#!/bin/sh\n# runs keysieve\nkeysieve hook pre-commit\n",
    );
    let before = std::fs::read(&path).unwrap();
    assert!(run(&repo, &["install"]).contains("runs already"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    guarded(&repo);
    // A mention in a comment is no call.
    hook(&path, "#!/bin/sh\n# keysieve hook pre-commit\n");
    fails(&repo, &["doctor"], 1, &["pre-commit", "DOES NOT CALL"]);
    repo.stage("b", token("b"));
    passed(&repo.try_commit(&[]));
}

#[test]
fn prek_runs_our_ids_and_ours_beside_it() {
    if !have("prek") {
        return;
    }
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    framework(&sandbox, &repo, "prek");
    let told = run(&repo, &["doctor"]);
    assert_eq!(told.matches("by prek").count(), 4, "{told}");
    guarded(&repo);
    fails(
        &repo.with("SKIP", "keysieve-commit-msg-system"),
        &["doctor"],
        1,
        &["commit-msg", "SKIP=keysieve-commit-msg-system", "by prek"],
    );
    all_refs_of_a_push(&repo, "prek");
    // It comes second: it keeps ours beside its own and runs it.
    for name in ["pre-merge-commit", "commit-msg", "pre-push"] {
        manager(&repo, "prek", &["uninstall", "-t", name]);
    }
    manager(&repo, "prek", &["uninstall"]);
    run(&repo, &["uninstall"]);
    repo.commit(".pre-commit-config.yaml", "repos: []\n");
    run(&repo, &["install"]);
    manager(&repo, "prek", &["install"]);
    assert!(run(&repo, &["doctor"]).contains("prek, which kept it"));
    repo.stage("b", token("b"));
    refused(&repo.try_commit(&[]), &[&token("b")]);
}

/// The framework hands over one ref of a push: doctor says so, and installing beside it adds the others.
#[track_caller]
fn all_refs_of_a_push(repo: &Repo, program: &str) {
    let told = run(repo, &["doctor"]);
    assert!(told.contains("the first ref of a push alone"), "{told}");
    repo.git(&["init", "-q", "--bare", "../both.git"]);
    repo.git(&["remote", "add", "both", "../both.git"]);
    repo.git(&["push", "-q", "--no-verify", "both", "main"]);
    repo.git(&["fetch", "-q", "both"]);
    repo.git(&["checkout", "-q", "-b", "zz-bad"]);
    repo.commit("bad", token("second"));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("good", program);
    run(repo, &["install", "--hook", "pre-push"]);
    let told = run(repo, &["doctor"]);
    assert!(!told.contains("the first ref of a push alone"), "{told}");
    let both = ["push", "-q", "both", "main", "zz-bad"];
    refused(&repo.try_git(&both), &[&token("second")]);
    let one = repo.try_git(&["push", "-q", "both", "main"]);
    assert!(one.status.success(), "{}", said(&one));
    run(repo, &["uninstall", "--hook", "pre-push"]);
}

/// Whether this git runs the commands that its configuration names; it does from 2.54 on.
fn runs_configured_hooks(repo: &Repo) -> bool {
    let text = repo.git(&["version"]);
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.by_ref().find_map(|part| part.parse().ok());
    let version: (u32, u32) = (next().unwrap(), next().unwrap());
    if version < (2, 54) {
        eprintln!("note: {} runs no hook of its configuration", text.trim());
    }
    version >= (2, 54)
}

#[test]
fn git_runs_the_hook_that_its_configuration_names() {
    let sandbox = Sandbox::new();
    let (work, server) = crate::pushed::pair(&sandbox);
    if !runs_configured_hooks(&work) {
        return;
    }
    let configured = |repo: &Repo, event: &str| {
        let command = format!("{} hook {event}", env!("CARGO_BIN_EXE_keysieve"));
        repo.git(&["config", "hook.keysieve.command", &command]);
        repo.git(&["config", "hook.keysieve.event", event]);
    };
    std::fs::remove_dir_all(server.dir.join("hooks")).unwrap();
    configured(&work, "pre-commit");
    configured(&server, "pre-receive");
    work.stage("a", "clean");
    passed(&work.try_commit(&[]));
    work.stage("a", token("a"));
    refused(&work.try_commit(&[]), &[&token("a")]);
    let told = said(&work.keysieve(&["doctor"]));
    assert!(
        told.contains("by git config hook.keysieve.command"),
        "{told}"
    );
    work.git(&["config", "hook.keysieve.enabled", "false"]);
    let told = said(&work.keysieve(&["doctor"]));
    assert!(told.contains("hook.keysieve.enabled is false"), "{told}");
    assert!(work.try_commit(&[]).status.success());
    let output = work.try_git(&["push", "-q", "origin", "main"]);
    refused(&output, &[&token("a")]);
    assert_ne!(server.tip("main"), work.head());
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    assert!(
        work.try_git(&["push", "-q", "origin", "main"])
            .status
            .success()
    );
}
