//! What a hook does to the machine: no network, no program but git where only git can read, no file written but the logs.

use crate::pushed::pair;
use crate::sandbox::{Repo, Sandbox, refused, said, token};
use crate::staged::repo;

/// System calls of the hooks of one command, without those that cannot matter; `None` where they cannot be watched.
fn watched(
    sandbox: &Sandbox,
    repo: &Repo,
    hook: &std::path::Path,
    run: &dyn Fn(&Repo),
) -> Option<Vec<String>> {
    let trace = sandbox.path("trace");
    let probe = repo
        .command("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("note: strace is not here or may not watch: what hooks touch is not tried");
        return None;
    }
    let text = std::fs::read_to_string(hook).unwrap();
    let calls = "network,execve,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,chmod,fchmodat,truncate,ftruncate";
    let watching = format!(
        "exec strace -f -qq -s 200 -e trace={calls} -o {} ",
        trace.display()
    );
    std::fs::write(hook, text.replace("exec ", &watching)).unwrap();
    run(repo);
    std::fs::write(hook, text).unwrap();
    let lines = std::fs::read_to_string(&trace).unwrap();
    std::fs::remove_file(&trace).unwrap();
    let calls = lines
        .lines()
        .map(|line| line.split_once(' ').unwrap().1.trim().to_owned());
    Some(
        calls
            .filter(|call| {
                !call.contains("O_RDONLY")
                    && !call.starts_with("+++")
                    && !call.starts_with("---")
                    // It lets go of a process that is killed between two calls.
                    && !call.starts_with("???(")
            })
            .collect(),
    )
}

/// Nothing but the first program, git if it is named, and writing to the files that are named.
#[track_caller]
fn check(calls: &[String], git: bool, files: &[&str]) {
    assert!(calls[0].starts_with("execve("), "{calls:?}");
    for call in &calls[1..] {
        let started = git && call.starts_with("execve(") && call.contains("/git\"");
        let written = call.starts_with("open") && files.iter().any(|file| call.contains(file));
        // Git's own: it opens the null device for what nobody reads.
        let null = call.contains("\"/dev/null\"");
        assert!(started || written || null, "{call}");
    }
}

#[test]
fn a_commit_s_hook_touches_nothing() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let hooks = repo.dir.join(".git/hooks");
    repo.stage("clean", "x");
    let clean = |repo: &Repo| assert!(repo.try_commit(&[]).status.success());
    let Some(calls) = watched(&sandbox, &repo, &hooks.join("pre-commit"), &clean) else {
        return;
    };
    check(&calls, false, &[]);
    repo.stage("a", token("a"));
    let dirty = |repo: &Repo| drop(refused(&repo.try_commit(&[]), &[&token("a")]));
    check(
        &watched(&sandbox, &repo, &hooks.join("pre-commit"), &dirty).unwrap(),
        false,
        &[],
    );
    repo.git(&["reset", "-q", "--hard"]);
    let message = |repo: &Repo| {
        let output = repo.try_git(&["commit", "-q", "--allow-empty", "-m", &token("m")]);
        refused(&output, &[&token("m")]);
    };
    check(
        &watched(&sandbox, &repo, &hooks.join("commit-msg"), &message).unwrap(),
        true,
        &[],
    );
    // What only git can read is read by git.
    repo.git(&["update-index", "--split-index"]);
    repo.stage("b", "x");
    let calls = watched(&sandbox, &repo, &hooks.join("pre-commit"), &clean).unwrap();
    check(&calls, true, &[]);
    assert!(calls.iter().any(|call| call.contains("diff-index")));
}

#[test]
fn a_server_s_hook_writes_its_logs_alone() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let hook = server.dir.join("hooks/pre-receive");
    server.git(&["config", "receive.advertisePushOptions", "true"]);
    let config = sandbox.path("server.toml");
    let [audit, decisions] =
        ["audit.jsonl", "decisions.jsonl"].map(|name| sandbox.path(name).display().to_string());
    std::fs::write(
        &config,
        format!("[policy]\ndecision_log = {decisions:?}\n[bypass]\npush_option = \"x\"\nusers = [\"alice\"]\naudit_log = {audit:?}\n"),
    )
    .unwrap();
    work.commit("a", token("a"));
    let plain = |work: &Repo| {
        drop(refused(
            &work.try_git(&["push", "-q", "origin", "main"]),
            &[],
        ));
    };
    let Some(calls) = watched(&sandbox, &work, &hook, &plain) else {
        return;
    };
    check(&calls, false, &[]);
    let passing = |work: &Repo| {
        let work = work
            .with("KEYSIEVE_CONFIG", &config)
            .with("REMOTE_USER", "alice");
        let output = work.try_git(&[
            "push",
            "-q",
            "-o",
            "x=sample of the vendor",
            "origin",
            "main",
        ]);
        assert!(output.status.success(), "{}", said(&output));
    };
    let calls = watched(&sandbox, &work, &hook, &passing).unwrap();
    check(&calls, false, &[&audit, &decisions]);
    assert!(calls.iter().any(|call| call.contains(&audit)));
    work.hooks(&["pre-push"]);
    work.commit("b", token("b"));
    let hook = work.dir.join(".git/hooks/pre-push");
    check(&watched(&sandbox, &work, &hook, &plain).unwrap(), true, &[]);
}
