//! What is said does not depend on who did the work, in which order things are stored, or in how many pieces they come.

use std::collections::BTreeSet;

use crate::pushed::{pair, push};
use crate::sandbox::{Repo, Sandbox, token};

/// Clean files, and some with a value.
fn fill(repo: &Repo, round: usize) {
    for i in 0..40 {
        let text = if i % 9 == 0 {
            format!("t = \"{}\"\n", token(&format!("{round} {i}")))
        } else {
            format!("text {round} {i}\n").repeat(50)
        };
        repo.write(format!("d{}/f{i}", i % 7), text);
    }
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-q", "-m", "m"]);
}

/// The whole report, with what the machine decides left out.
fn report(repo: &Repo, args: &[&str], cores: &str) -> String {
    let keysieve = env!("CARGO_BIN_EXE_keysieve");
    let args = [&["-c", cores, keysieve], args].concat();
    let output = repo.command("taskset").args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn threads_and_the_order_of_objects_change_nothing() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("many");
    for round in 0..4 {
        fill(&repo, round);
    }
    let folder = ["scan", "--format", "jsonl", "."];
    let history = ["scan", "--history", "--format", "jsonl"];
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let all = format!("0-{}", cores - 1);
    let said = [&folder[..], &history[..]].map(|args| report(&repo, args, "0"));
    assert!(said[0].lines().count() >= 5 && said[1].lines().count() >= 20);
    let same = |repo: &Repo, cores: &str| {
        for (args, said) in [&folder[..], &history[..]].iter().zip(&said) {
            assert_eq!(&report(repo, args, cores), said, "{args:?} on {cores}");
        }
    };
    for _ in 0..3 {
        same(&repo, &all);
    }
    for stored in [
        &["repack", "-adfq", "--depth=50", "--window=50"][..],
        &["repack", "-adfq", "--depth=0"],
        &["-c", "pack.packSizeLimit=1m", "repack", "-adfq"],
        &["gc", "-q", "--prune=now"],
    ] {
        repo.git(stored);
        same(&repo, &all);
    }
}

#[test]
fn in_how_many_pushes_it_comes_changes_nothing() {
    let ids = |said: &str| -> BTreeSet<String> {
        let words = said.split(|c: char| !c.is_ascii_alphanumeric() && c != '/');
        words
            .filter(|word| word.len() == 2 + 1 + 2 || word.starts_with("d0/f"))
            .map(str::to_owned)
            .collect()
    };
    let mut said = Vec::new();
    for split in [false, true] {
        let sandbox = Sandbox::new();
        let (work, server) = pair(&sandbox);
        work.git(&["checkout", "-q", "-b", "x"]);
        // The clean part may go first, or all at once.
        work.commit("clean", "text\n");
        if split {
            assert!(push(&work, &["x"]).status.success());
        }
        work.commit("d0/f1", format!("t = \"{}\"\n", token("one")));
        work.commit("d0/f1", "gone\n");
        let output = push(&work, &["x"]);
        assert!(!output.status.success());
        assert_eq!(server.tip("x").is_empty(), !split);
        said.push(ids(&crate::sandbox::said(&output)));
    }
    assert!(said[0].iter().any(|word| word == "d0/f1"), "{said:?}");
    assert_eq!(said[0], said[1]);
}
