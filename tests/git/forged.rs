//! `pre-push` of commits that no git would make: what a server would have to look at is looked at before it leaves.

use crate::pushed::cloned;
use crate::sandbox::{Repo, Sandbox, passed, refused, said, token};

/// A tree with one entry, by its raw name.
fn tree(work: &Repo, name: &[u8], id: &str) -> String {
    let raw_id = (0..20).map(|i| u8::from_str_radix(&id[2 * i..2 * i + 2], 16).unwrap());
    let raw: Vec<u8> = [b"100644 ", name, b"\0"]
        .concat()
        .into_iter()
        .chain(raw_id)
        .collect();
    work.git_input(
        &["hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        &raw,
    )
}

fn nested(work: &Repo, depth: usize, text: &str) -> String {
    let branch = format!("d{depth}");
    let mut input = format!("commit refs/heads/{branch}\ncommitter A <a@b> 1 +0000\ndata 1\nm\nfrom refs/heads/main\nM 100644 inline ").into_bytes();
    input.extend("d/".repeat(depth).bytes());
    input.extend(format!("f\ndata {}\n{text}\n", text.len()).bytes());
    work.git_input(&["fast-import", "--quiet", "--force"], &input);
    branch
}

#[test]
fn forged_trees_are_judged_or_refused_before_they_leave() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    for repo in [&work, &server] {
        repo.git(&["config", "core.maxTreeDepth", "100000"]);
    }
    work.git(&["fetch", "-q", "origin"]);
    work.hooks(&["pre-push"]);
    let before = server.git(&["for-each-ref"]);
    let push = |id: &str| work.try_git(&["push", "-q", "origin", &format!("{id}:refs/heads/new")]);
    let commit = |tree: &str| work.git(&["commit-tree", "-p", "main", "-m", "m", tree]);
    let secret = work.git_input(&["hash-object", "-w", "--stdin"], token("x").as_bytes());
    let clean = work.git_input(&["hash-object", "-w", "--stdin"], b"clean");
    for name in [&b".git"[..], b"..", b"a/b", b"\xff\xfe\n", b" "] {
        refused(&push(&commit(&tree(&work, name, &secret))), &[&token("x")]);
    }
    let told = refused(&push(&commit(&tree(&work, &[b'n'; 70_000], &clean))), &[]);
    assert!(told.contains("70000 bytes") && told.len() < 2_000, "{told}");
    refused(&push(&nested(&work, 2_000, &token("x"))), &[&token("x")]);
    let told = refused(&push(&nested(&work, 5_000, "clean")), &[]);
    assert!(told.contains("nested deeper than"), "{told}");
    let base = work.git(&["rev-parse", "main^{tree}"]);
    let parents: Vec<String> = (0..100)
        .map(|i| work.git(&["commit-tree", "-p", "main", "-m", &i.to_string(), &base]))
        .collect();
    let merge = |tree: &str| {
        let parents = parents.iter().flat_map(|id| ["-p", id]);
        let args: Vec<&str> = ["commit-tree", "-m", "m", tree]
            .into_iter()
            .chain(parents)
            .collect();
        work.git(&args)
    };
    refused(
        &push(&merge(&tree(&work, b"evil", &secret))),
        &[&token("x")],
    );
    assert_eq!(server.git(&["for-each-ref"]), before);
    passed(&push(&merge(&base)));
}

#[test]
fn names_of_six_hundred_bytes_cannot_start_a_line() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    let id = work.commit("a", token("a"));
    let quarantine = work.dir.join(".git/objects");
    let inside = server
        .with("GIT_DIR", ".")
        .with("GIT_QUARANTINE_PATH", &quarantine)
        .with("GIT_OBJECT_DIRECTORY", &quarantine)
        .with(
            "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            server.dir.join("objects"),
        );
    let zero = "0".repeat(40);
    for odd in [
        &b"\rerror: none\x1b[2J\x07\x7f\xc2\x9b"[..],
        b"\\nGL-HOOK-ERR: all is well",
        "\u{202e}\u{2066}\u{feff}".as_bytes(),
        b"\xff\xfe$(id)`id`;'\"",
        token("a").as_bytes(),
    ] {
        let filler = vec![b'x'; 600 - odd.len()];
        let line = [
            format!("{zero} {id} refs/heads/").as_bytes(),
            odd,
            &filler,
            b"\n",
        ]
        .concat();
        let output = inside.keysieve_input(&["hook", "pre-receive"], &line);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        let told = refused(&output, &[&token("a")]);
        assert!(told.lines().count() < 40, "{told}");
        for line in told.lines() {
            assert!(
                line.len() <= 72 && line.bytes().all(|b| (0x20..0x7f).contains(&b)),
                "{line:?}"
            );
            let starts = ["error: push rejected", "hint: ", "  "];
            assert!(
                starts.iter().any(|start| line.starts_with(start)),
                "{line:?}"
            );
        }
    }
}
