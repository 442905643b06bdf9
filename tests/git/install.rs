//! `install` and `uninstall`: hooks where git looks for them, what was there kept, and everything back byte for byte.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Output;

use crate::installed::{Listing, fails, guarded, hook, listing, run};
use crate::pushed::{check_passes as push_passes, check_refused as push_refused, cloned};
use crate::sandbox::{Repo, Sandbox, passed, refused, said, token};

#[test]
fn a_repository_gets_its_hooks_and_is_left_as_it_was() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.commit("a", "x");
    let before = listing(&repo.dir.join(".git/hooks"));
    assert!(run(&repo, &["install"]).contains("pre-commit"));
    run(&repo, &["doctor"]);
    let installed = listing(&repo.dir.join(".git/hooks"));
    // Once more changes nothing.
    assert!(run(&repo, &["install", "--repo", "."]).contains("was installed already"));
    assert_eq!(listing(&repo.dir.join(".git/hooks")), installed);
    guarded(&repo);
    repo.commit("b", token("b"));
    sandbox.repo_with("server.git", &["--bare"]);
    refused(
        &repo.try_git(&["push", "-q", "../server.git", "main"]),
        &[&token("b")],
    );
    run(&repo, &["uninstall"]);
    assert_eq!(listing(&repo.dir.join(".git/hooks")), before);
    assert!(run(&repo, &["uninstall"]).contains("no hook of keysieve"));
    fails(&repo, &["doctor"], 1, &["pre-commit", "MISSING"]);
}

#[test]
fn a_hook_that_was_there_runs_first_with_the_same_input() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    let seen = sandbox.path("seen");
    let text = format!(
        "#!/bin/sh\n{{ echo \"$0 $*\"; cat; }} >>{0}\n[ ! -e {0}.stop ]\n",
        seen.display()
    );
    let hooks = work.dir.join(".git/hooks");
    for name in ["pre-commit", "commit-msg", "pre-push"] {
        hook(&hooks.join(name), &text);
    }
    hook(&server.dir.join("hooks/pre-receive"), &text);
    let before = (listing(&hooks), listing(&server.dir.join("hooks")));
    run(&work, &["install"]);
    run(&work, &["install", "--server", "../server.git"]);
    work.stage("a", "clean");
    passed(&work.try_commit(&[]));
    push_passes(&work, &["main"]);
    let log = std::fs::read_to_string(&seen).unwrap();
    let line = format!("{} refs/heads/main", work.head());
    assert!(log.contains("pre-commit.before-keysieve"), "{log}");
    assert!(
        log.contains("commit-msg.before-keysieve .git/COMMIT_EDITMSG"),
        "{log}"
    );
    assert!(
        log.contains("pre-push.before-keysieve origin ../server.git\nrefs/heads/main"),
        "{log}"
    );
    assert!(log.contains(&line), "pre-receive got no line: {log}");
    guarded(&work);
    work.commit("b", token("b"));
    refused(
        &work.try_git(&["push", "-q", "origin", "main"]),
        &[&token("b")],
    );
    let output = work.try_git(&["push", "-q", "--no-verify", "origin", "main"]);
    assert!(refused(&output, &[&token("b")]).contains("pre-receive"));
    // Its refusal is one.
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    std::fs::write(sandbox.path("seen.stop"), "").unwrap();
    work.stage("a", "clean too");
    assert!(!work.try_commit(&[]).status.success());
    assert!(
        !work
            .try_git(&["push", "-q", "--no-verify", "origin", "main"])
            .status
            .success()
    );
    run(&work, &["uninstall"]);
    run(&work, &["uninstall", "--server", "../server.git"]);
    assert_eq!(
        before,
        (listing(&hooks), listing(&server.dir.join("hooks")))
    );
}

#[test]
fn odd_hooks_come_back_as_they_were() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.commit("a", "x");
    let hooks = repo.dir.join(".git/hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    std::fs::write(hooks.join("pre-commit"), b"not executable\xff\r\n").unwrap();
    symlink("../../nowhere", hooks.join("commit-msg")).unwrap();
    hook(&repo.dir.join("tools/push"), "#!/bin/sh\nexit 0\n");
    symlink("../../tools/push", hooks.join("pre-push")).unwrap();
    let before = listing(&hooks);
    run(&repo, &["install"]);
    guarded(&repo);
    run(&repo, &["doctor"]);
    run(&repo, &["uninstall"]);
    assert_eq!(listing(&hooks), before);
    // Ours is removed by hand: the kept one still comes back.
    run(&repo, &["install"]);
    std::fs::remove_file(hooks.join("pre-commit")).unwrap();
    run(&repo, &["uninstall"]);
    assert_eq!(listing(&hooks), before);
    // A loop of links is said to be one.
    std::fs::remove_file(hooks.join("pre-push")).unwrap();
    symlink("pre-push", hooks.join("pre-push")).unwrap();
    fails(&repo, &["install"], 2, &["pre-push"]);
}

#[test]
fn only_the_hooks_that_are_named() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let before = listing(&repo.dir.join(".git/hooks"));
    run(
        &repo,
        &["install", "--hook", "pre-push", "--hook", "pre-commit"],
    );
    assert!(repo.dir.join(".git/hooks/pre-commit").exists());
    assert!(repo.dir.join(".git/hooks/pre-push").exists());
    assert!(!repo.dir.join(".git/hooks/commit-msg").exists());
    fails(&repo, &["doctor"], 1, &["commit-msg", "MISSING"]);
    run(&repo, &["uninstall", "--hook", "pre-push"]);
    assert!(repo.dir.join(".git/hooks/pre-commit").exists());
    run(&repo, &["uninstall"]);
    assert_eq!(listing(&repo.dir.join(".git/hooks")), before);
}

#[test]
fn work_trees_submodules_and_folders_below_find_the_folder() {
    let sandbox = Sandbox::new();
    let inner = sandbox.repo("inner");
    inner.commit("x", "x");
    let repo = sandbox.repo("r");
    repo.commit("a", "x");
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = sandbox.at("linked");
    run(&linked, &["install"]);
    guarded(&linked);
    guarded(&repo);
    repo.add_submodule("../inner", "sub");
    let sub = sandbox.at("r/sub");
    run(&sub, &["install"]);
    guarded(&sub);
    run(&sub, &["doctor"]);
    let below = sandbox.repo("other");
    std::fs::create_dir(below.dir.join("dir")).unwrap();
    let mut inside = below.clone();
    inside.dir = below.dir.join("dir");
    run(&inside, &["install"]);
    guarded(&below);
    run(&inside, &["uninstall"]);
}

#[test]
fn the_folder_of_core_hooks_path_is_joined() {
    let sandbox = Sandbox::new();
    for (path, made) in [("githooks", false), ("deep/er/hooks", true)] {
        let repo = sandbox.repo(&format!("r-{made}"));
        repo.commit("a", "x");
        repo.git(&["config", "core.hooksPath", path]);
        if !made {
            hook(
                &repo.dir.join(path).join("pre-commit"),
                "#!/bin/sh\necho theirs\n",
            );
        }
        let before = listing(&repo.dir);
        run(&repo, &["install"]);
        assert!(repo.dir.join(path).join("pre-commit").exists());
        run(&repo, &["doctor"]);
        guarded(&repo);
        repo.git(&["update-ref", "-d", "HEAD"]);
        run(&repo, &["uninstall"]);
        let files = |l: Listing| -> Vec<String> {
            l.into_keys()
                .filter(|name| !name.contains("/.git/") && !name.ends_with("guarded"))
                .collect()
        };
        assert_eq!(files(listing(&repo.dir)), files(before));
    }
    // Set for all repositories by someone else: one repository's install must not write there.
    let repo = sandbox.repo("third");
    let shared = sandbox.path("shared");
    hook(&shared.join("pre-commit"), "#!/bin/sh\nexit 0\n");
    repo.git(&[
        "config",
        "--global",
        "core.hooksPath",
        shared.to_str().unwrap(),
    ]);
    let before = listing(&shared);
    fails(
        &repo,
        &["install"],
        2,
        &[shared.to_str().unwrap(), "--global"],
    );
    assert_eq!(listing(&shared), before);
}

#[test]
fn a_server_is_guarded_and_left_as_it_was() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    let before = listing(&server.dir.join("hooks"));
    let said = run(&work, &["install", "--server", "../server.git"]);
    assert!(said.contains("plain git"), "{said}");
    run(&work, &["doctor", "../server.git"]);
    work.commit("a", token("a"));
    push_refused(&work, &server, &["main"], &token("a"));
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.commit("a", "clean");
    push_passes(&work, &["main"]);
    run(&work, &["uninstall", "--server", "../server.git"]);
    assert_eq!(listing(&server.dir.join("hooks")), before);
    fails(
        &work,
        &["doctor", "../server.git"],
        1,
        &["pre-receive", "MISSING"],
    );
    // In a bare repository, the folder alone says which hooks are meant.
    run(&server, &["install"]);
    assert!(server.dir.join("hooks/pre-receive").exists());
    fails(
        &work,
        &["install", "--server", ".."],
        2,
        &["not a repository"],
    );
    fails(
        &work,
        &["install", "--repo", ".."],
        2,
        &["not a repository"],
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let hooks = repo.dir.join(".git/hooks");
    drop(std::fs::remove_dir_all(&hooks));
    std::fs::write(&hooks, "a file").unwrap();
    fails(&repo, &["install"], 2, &[".git/hooks"]);
    // A link to nothing, and links that go round.
    for target in ["nowhere", "hooks"] {
        std::fs::remove_file(&hooks).unwrap();
        symlink(target, &hooks).unwrap();
        fails(&repo, &["install"], 2, &[".git/hooks", "remove it"]);
        assert!(!repo.dir.join(".git/nowhere").exists());
    }
    std::fs::remove_file(&hooks).unwrap();
    std::fs::create_dir(&hooks).unwrap();
    // Where one hook cannot be installed, none is.
    std::fs::create_dir(hooks.join("pre-push")).unwrap();
    let before = listing(&hooks);
    fails(&repo, &["install"], 2, &[".git/hooks/pre-push", "repair"]);
    assert_eq!(listing(&hooks), before);
    std::fs::remove_dir(hooks.join("pre-push")).unwrap();
}

/// The program as an ordinary user, whom modes hold back; `None` where there is no becoming one.
fn as_someone(repo: &Repo, args: &[&str]) -> Option<Output> {
    let own = repo.command("id").arg("-u").output().unwrap();
    if said(&own).trim() != "0" {
        return Some(repo.keysieve(args));
    }
    // The test's own folders are closed to others.
    let exe = repo.dir.parent().unwrap().join("keysieve");
    // By a process of its own: what another test starts meanwhile would inherit a file that is open for writing here, and
    // the copy would be "busy" until that ends.
    let copied = repo
        .command("cp")
        .arg(env!("CARGO_BIN_EXE_keysieve"))
        .arg(&exe)
        .status();
    assert!(copied.unwrap().success());
    for dir in [repo.dir.parent().unwrap(), &repo.dir] {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let someone = ["--reuid=12345", "--regid=12345", "--clear-groups"];
    let given = repo
        .command("chown")
        .args(["-R", "12345:12345", "."])
        .status();
    if !given.is_ok_and(|status| status.success()) {
        return None;
    }
    repo.command("setpriv")
        .args(someone)
        .arg(exe)
        .args(args)
        .output()
        .ok()
        .filter(|output| !said(output).contains("setpriv:"))
}

#[test]
fn a_folder_that_is_read_only_is_named() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let hooks = repo.dir.join(".git/hooks");
    let mode = |mode| std::fs::set_permissions(&hooks, std::fs::Permissions::from_mode(mode));
    let words = [".git/hooks", "Permission denied", "writable"];
    let check = |args: &[&str]| {
        let output = as_someone(&repo, args)?;
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
        for word in words {
            assert!(told.contains(word), "{args:?}: {word}: {told}");
        }
        Some(())
    };
    mode(0o555).unwrap();
    let before = listing(&hooks);
    if check(&["install"]).is_none() {
        eprintln!("note: nobody else can be: a read-only folder is not tried");
        return;
    }
    assert_eq!(listing(&hooks), before);
    mode(0o755).unwrap();
    let installed = as_someone(&repo, &["install"]).unwrap();
    assert!(installed.status.success(), "{}", said(&installed));
    mode(0o555).unwrap();
    let before = listing(&hooks);
    check(&["uninstall"]).unwrap();
    assert_eq!(listing(&hooks), before);
}

#[test]
fn a_folder_on_a_noexec_mount_is_refused() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let hooks = repo.dir.join(".git/hooks");
    let script = format!(
        "mount -t tmpfs -o noexec none {0} && {1} install; test $? = 2 && {1} doctor; test $? = 1",
        hooks.display(),
        env!("CARGO_BIN_EXE_keysieve")
    );
    std::fs::create_dir_all(&hooks).unwrap();
    let probe = "mount -t tmpfs none /mnt";
    let unshare = |script: &str| {
        repo.command("unshare")
            .args(["-rm", "sh", "-c", script])
            .output()
    };
    if !unshare(probe).is_ok_and(|output| output.status.success()) {
        eprintln!("note: no mount can be made here: noexec is not tried");
        return;
    }
    let output = unshare(&script).unwrap();
    let said = said(&output);
    assert!(
        output.status.success() && said.matches("noexec").count() == 2,
        "{said}"
    );
    assert!(said.contains(".git/hooks"), "{said}");
}
