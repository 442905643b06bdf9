//! Pushes made to exhaust, to confuse or to hide.

use std::time::{Duration, Instant};

use crate::pushed::pair;
use crate::sandbox::{Repo, Sandbox, passed, refused, said, token};

fn blob(work: &Repo, text: &str) -> String {
    work.git_input(&["hash-object", "-w", "--stdin"], text.as_bytes())
}

fn raw_tree(work: &Repo, entries: &[(&str, &[u8], &str)]) -> String {
    let mut raw = Vec::new();
    for (mode, name, id) in entries {
        raw.extend_from_slice(mode.as_bytes());
        raw.push(b' ');
        raw.extend_from_slice(name);
        raw.push(0);
        raw.extend((0..20).map(|i| u8::from_str_radix(&id[2 * i..2 * i + 2], 16).unwrap()));
    }
    work.git_input(
        &["hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        &raw,
    )
}

fn commit(work: &Repo, tree: &str) -> String {
    work.git(&["commit-tree", "-p", "main", "-m", "m", tree])
}

fn push(work: &Repo, id: &str) -> std::process::Output {
    work.try_git(&["push", "-q", "origin", &format!("{id}:refs/heads/new")])
}

#[test]
fn ten_objects_that_stand_for_ten_million_paths_are_ten_steps() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    for (text, refuse) in [("clean".to_owned(), false), (token("bomb"), true)] {
        let mut tree = {
            let id = blob(&work, &text);
            let names: Vec<Vec<u8>> = (0..10).map(|i| format!("f{i}").into_bytes()).collect();
            let entries: Vec<_> = names
                .iter()
                .map(|name| ("100644", &name[..], id.as_str()))
                .collect();
            raw_tree(&work, &entries)
        };
        for _ in 0..7 {
            let names: Vec<Vec<u8>> = (0..10).map(|i| format!("d{i}").into_bytes()).collect();
            let entries: Vec<_> = names
                .iter()
                .map(|name| ("40000", &name[..], tree.as_str()))
                .collect();
            tree = raw_tree(&work, &entries);
        }
        let id = commit(&work, &tree);
        let start = Instant::now();
        let output = push(&work, &id);
        assert!(
            start.elapsed() < Duration::from_secs(4),
            "{:?}",
            start.elapsed()
        );
        if refuse {
            refused(&output, &[&token("bomb")]);
        } else {
            passed(&output);
        }
    }
}

#[test]
fn deep_nesting_is_read_or_refused() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let deep = |depth: usize, text: &str| {
        let mut input = format!("commit refs/heads/d{depth}\ncommitter A <a@b> 1 +0000\ndata 1\nm\nfrom refs/heads/main\nM 100644 inline ").into_bytes();
        input.extend("d/".repeat(depth).bytes());
        input.extend(format!("f\ndata {}\n{text}\n", text.len()).bytes());
        work.git_input(
            &[
                "-c",
                "core.maxTreeDepth=100000",
                "fast-import",
                "--quiet",
                "--force",
            ],
            &input,
        );
        server.git(&["config", "core.maxTreeDepth", "100000"]);
        work.try_git(&[
            "-c",
            "core.maxTreeDepth=100000",
            "push",
            "-q",
            "origin",
            &format!("d{depth}"),
        ])
    };
    passed(&deep(2000, "clean"));
    refused(&deep(2000, &token("deep")), &[&token("deep")]);
    let said = refused(&deep(5000, "clean"), &[]);
    assert!(said.contains("nested deeper than"), "{said}");
}

#[test]
fn a_name_that_is_too_long_to_be_read_is_refused() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let id = blob(&work, "clean");
    for (len, ok) in [
        (4_000, true),
        (65_535, true),
        (65_536, false),
        (100_000, false),
    ] {
        let tree = raw_tree(&work, &[("100644", &vec![b'n'; len], &id)]);
        let output = push(&work, &commit(&work, &tree));
        assert_eq!(output.status.success(), ok, "{len}: {}", said(&output));
        if ok {
            work.git(&["push", "-q", "origin", ":new"]);
        }
    }
}

#[test]
fn forged_trees_hide_nothing() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let (bad, clean) = (blob(&work, &token("x")), blob(&work, "clean"));
    let sub = raw_tree(&work, &[("100644", b"f", &bad)]);
    for entries in [
        // Twice the same name, out of order, names that no checkout would write, modes that git would not.
        vec![
            ("100644", &b"a"[..], clean.as_str()),
            ("100644", b"a", &bad),
        ],
        vec![("100644", b"a", &bad), ("100644", b"a", &clean)],
        vec![("100644", b"z", clean.as_str()), ("100644", b"a", &bad)],
        vec![("40000", b".git", sub.as_str())],
        vec![("100644", b"..", bad.as_str())],
        vec![("100644", b"a/b", bad.as_str())],
        vec![("100664", b"a", bad.as_str())],
        vec![("120000", b"a", bad.as_str())],
        vec![("100644", b"old", bad.as_str()), ("40000", b"old", &sub)],
    ] {
        let tree = raw_tree(&work, &entries);
        let output = push(&work, &commit(&work, &tree));
        refused(&output, &[&token("x")]);
        assert!(
            said(&output).contains("pre-receive hook declined"),
            "{entries:?}: {}",
            said(&output)
        );
    }
}

#[test]
fn a_blob_that_is_pushed_beside_what_a_ref_reaches_is_judged() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    // A client of the pusher's own making sends more than it names.
    let hidden = work.commit("a", token("a"));
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let clean = work.commit("b", "clean");
    let pack = work
        .command("sh")
        .args([
            "-c",
            "printf '%s\\n' \"$1\" \"$2\" | git pack-objects --revs --stdout -q > ../pack",
            "x",
            &hidden,
            &clean,
        ])
        .output()
        .unwrap();
    assert!(pack.status.success());
    let old = work.git(&["rev-parse", "main~1"]);
    let body = format!("{old} {clean} refs/heads/main\0report-status");
    let mut input = format!("{:04x}{body}0000", body.len() + 4).into_bytes();
    input.extend(std::fs::read(sandbox.path("pack")).unwrap());
    let output = server.input("git", &["receive-pack", "."], &input);
    let said = said(&output);
    assert!(said.contains("pre-receive hook declined"), "{said}");
    assert!(
        !said.contains(&token("a")) && said.contains("a:1"),
        "{said}"
    );
    assert_eq!(server.tip("main"), old);
}

#[test]
fn missing_and_damaged_objects_are_refused() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let missing = "1".repeat(40);
    let tree = raw_tree(&work, &[("100644", b"f", &missing)]);
    let id = commit(&work, &tree);
    // The quarantine of a push, as receive-pack makes it.
    let quarantine = server.dir.join("objects/tmp_objdir-incoming-x");
    for object in [&tree, &id] {
        let to = quarantine.join(&object[..2]);
        std::fs::create_dir_all(&to).unwrap();
        std::fs::copy(
            work.dir
                .join(".git/objects")
                .join(&object[..2])
                .join(&object[2..]),
            to.join(&object[2..]),
        )
        .unwrap();
    }
    let hook = |id: &str| {
        server
            .with("GIT_DIR", ".")
            .with("GIT_QUARANTINE_PATH", &quarantine)
            .with("GIT_OBJECT_DIRECTORY", &quarantine)
            .with(
                "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                server.dir.join("objects"),
            )
            .keysieve_input(
                &["hook", "pre-receive"],
                format!("{} {id} refs/heads/x\n", "0".repeat(40)).as_bytes(),
            )
    };
    let output = hook(&id);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("missing"), "{}", said(&output));
    let file = quarantine.join(&tree[..2]).join(&tree[2..]);
    std::fs::remove_file(&file).unwrap();
    let output = hook(&id);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    std::fs::write(&file, "no object").unwrap();
    let output = hook(&id);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(!said(&output).is_empty());
}

#[test]
fn a_tree_with_very_many_files_is_read_in_time() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let id = blob(&work, "clean");
    // The time budget is for the release's speed.
    let n_files = if cfg!(debug_assertions) {
        10_000
    } else {
        100_000
    };
    let names: Vec<Vec<u8>> = (0..n_files)
        .map(|i| format!("f{i:06}").into_bytes())
        .collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| ("100644", &name[..], id.as_str()))
        .collect();
    let tree = raw_tree(&work, &entries);
    let output = push(&work, &commit(&work, &tree));
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn tags_may_be_nested() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let mut id = blob(&work, &token("deep"));
    let mut kind = "blob";
    for i in 0..50 {
        let raw = format!("object {id}\ntype {kind}\ntag t{i}\ntagger A <a@b> 1 +0000\n\nm\n");
        id = work.git_input(
            &["hash-object", "-t", "tag", "-w", "--stdin"],
            raw.as_bytes(),
        );
        kind = "tag";
    }
    let output = work.try_git(&["push", "-q", "origin", &format!("{id}:refs/tags/x")]);
    refused(&output, &[&token("deep")]);
}

#[test]
fn time_that_runs_out_refuses_and_says_so() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\ntimeout = \"0.001s\"\n").unwrap();
    for i in 0..200 {
        work.write(format!("f{i}"), format!("text {i}\n").repeat(500));
    }
    work.git(&["add", "-A"]);
    work.git(&["commit", "-q", "-m", "many"]);
    let output = work
        .with("KEYSIEVE_CONFIG", &config)
        .try_git(&["push", "-q", "origin", "main"]);
    let said = refused(&output, &[]);
    assert!(said.contains("time"), "{said}");
}

#[test]
fn large_blobs_are_a_matter_of_policy_and_never_silent() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\nmax_blob = \"100KiB\"\n").unwrap();
    let limited = work.with("KEYSIEVE_CONFIG", &config);
    for unpack in ["1", "1000"] {
        server.git(&["config", "receive.unpackLimit", unpack]);
        work.commit(
            "opaque",
            [b"\0\x01", &vec![7; 200_000][..], unpack.as_bytes()].concat(),
        );
        let output = limited.try_git(&["push", "-q", "origin", "main"]);
        assert!(output.status.success(), "{}", said(&output));
        assert!(
            said(&output).contains("opaque"),
            "not told: {}",
            said(&output)
        );
        work.commit("text", format!("{unpack} line of text\n").repeat(20_000));
        let said = refused(&limited.try_git(&["push", "-q", "origin", "main"]), &[]);
        assert!(said.contains("text"), "{said}");
        work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
}

#[test]
fn a_commit_with_a_hundred_parents() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let base = work.git(&["rev-parse", "HEAD^{tree}"]);
    let parents: Vec<String> = (0..100)
        .map(|i| work.git(&["commit-tree", "-p", "main", "-m", &format!("{i}"), &base]))
        .collect();
    let merge = |tree: &str| {
        let mut args = vec!["commit-tree", "-m", "merge"];
        for parent in &parents {
            args.extend(["-p", parent]);
        }
        args.push(tree);
        work.git(&args)
    };
    let dirty = raw_tree(&work, &[("100644", b"evil", &blob(&work, &token("evil")))]);
    refused(&push(&work, &merge(&dirty)), &[&token("evil")]);
    passed(&push(&work, &merge(&base)));
    assert_ne!(server.tip("new"), "");
}

#[test]
fn lines_without_end_and_without_sense() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    // The time is not what this is about, and a machine may be busy.
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\ntimeout = \"60s\"\n").unwrap();
    let inside = server.with("GIT_DIR", ".").with("KEYSIEVE_CONFIG", &config);
    let (id, zero) = (work.head(), "0".repeat(40));
    let many = format!("{id} {id} refs/heads/x\n").repeat(100_000);
    let output = inside.keysieve_input(&["hook", "pre-receive"], many.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for bad in [
        [many.as_bytes(), b"and this\n"].concat(),
        vec![b'x'; 1 << 20],
        vec![b'\n'; 1 << 16],
        vec![0; 1000],
        format!("{zero} {id} refs/heads/x\0y\n").into_bytes(),
        format!("{} {id} refs/heads/x\n", "g".repeat(40)).into_bytes(),
        format!("{zero}\t{id}\trefs/heads/x\n").into_bytes(),
        format!("{zero} {id} \n").into_bytes(),
        format!("{zero} {} refs/heads/x\n", &id[..39]).into_bytes(),
    ] {
        let output = inside.keysieve_input(&["hook", "pre-receive"], &bad);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{:?}",
            &bad[..60.min(bad.len())]
        );
        let said = said(&output);
        assert!(said.contains("line ") && said.lines().count() < 5, "{said}");
    }
}

#[test]
fn a_line_that_no_terminal_should_see() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let id = blob(&work, &token("x"));
    let name = b"a\x1b]0;x\x07\r\x9b31m\nerror: none\nGL-HOOK-ERR: all is well\xe2\x80\xae";
    let tree = raw_tree(&work, &[("100644", name, &id)]);
    let output = push(&work, &commit(&work, &tree));
    refused(&output, &[&token("x")]);
    for line in output.stderr.split(|&b| b == b'\n') {
        let Some(line) = line.strip_prefix(b"remote: ") else {
            continue;
        };
        assert!(
            line.iter().all(|b| (0x20..0x7f).contains(b)),
            "{:?}",
            String::from_utf8_lossy(line)
        );
        assert!(!line.starts_with(b"GL-HOOK-ERR") && !line.starts_with(b"error: none"));
    }
}
