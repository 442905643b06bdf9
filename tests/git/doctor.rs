//! `doctor`: which hooks will run, which will not, and why.

use crate::installed::{fails, run};
use crate::pushed::cloned;
use crate::sandbox::Sandbox;

#[test]
fn doctor_names_the_hook_that_will_not_run_and_why() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let hooks = repo.dir.join(".git/hooks");
    for (name, spoil, why) in [
        ("pre-commit", "chmod -x", "not executable"),
        ("pre-push", "rm", "MISSING"),
        ("commit-msg", "echo '#!/bin/sh' >", "DOES NOT CALL"),
        ("commit-msg", "sed -i 1s:bin/sh:no/such:", "/no/such"),
        ("pre-commit", "sed -i '2aexit 0'", "edited"),
        ("pre-commit", "sed -i s:/keysieve:/nowhere:", "gone"),
        ("pre-merge-commit", "ln -sf /nowhere/x", "links to nothing"),
        ("pre-commit", "ln -sf pre-commit", "symbolic links"),
        ("pre-push", "f() { rm $1; mkdir $1; }; f", "Is a directory"),
    ] {
        run(&repo, &["install"]);
        run(&repo, &["doctor"]);
        let spoilt = repo
            .command("sh")
            .args(["-c", &format!("{spoil} {}", hooks.join(name).display())])
            .status();
        assert!(spoilt.unwrap().success());
        let line = format!("{name:<17} ");
        fails(&repo, &["doctor"], 1, &[&line, why]);
        drop(std::fs::remove_dir_all(&hooks));
    }
    run(&repo, &["install"]);
    repo.git(&["config", "core.hooksPath", "elsewhere"]);
    fails(
        &repo,
        &["doctor"],
        1,
        &["core.hooksPath", "elsewhere", "pre-commit"],
    );
    fails(&sandbox.at("home"), &["doctor"], 2, &["not a repository"]);
}

#[test]
fn doctor_reads_the_configuration_that_the_hooks_will_read() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    run(&work, &["install"]);
    run(&work, &["install", "--server", "../server.git"]);
    work.write(".keysieve.toml", "[policy]\nmod = \"warn\"\n");
    fails(&work, &["doctor"], 1, &["mod", ".keysieve.toml"]);
    work.write(".keysieve.toml", "[policy]\nmode = \"warn\"\n");
    assert!(run(&work, &["doctor"]).contains("block nothing"));
    let config = sandbox.path("server.toml");
    std::fs::write(
        &config,
        "[bypass]\npush_option = \"x\"\nusers = [\"a\"]\naudit_log = \"/log\"\n",
    )
    .unwrap();
    let said = run(&server.with("KEYSIEVE_CONFIG", &config), &["doctor"]);
    assert!(said.contains("receive.advertisePushOptions"), "{said}");
    fails(
        &server.with("KEYSIEVE_CONFIG", "/nowhere"),
        &["doctor"],
        1,
        &["/nowhere"],
    );
    std::fs::write(server.dir.join("info/grafts"), "").unwrap();
    assert!(run(&server, &["doctor"]).contains("info/grafts"));
}
