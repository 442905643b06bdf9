//! `pre-receive`: real pushes to a real server.

use std::process::Output;

use crate::sandbox::{Repo, Sandbox, passed, refused, said, token};

/// A work tree, and `server.git` with `pre-receive` that has its first commit, an old key in it.
fn pair(sandbox: &Sandbox) -> (Repo, Repo) {
    pair_with(sandbox, &[])
}

fn pair_with(sandbox: &Sandbox, options: &[&str]) -> (Repo, Repo) {
    let work = sandbox.repo_with("work", options);
    work.commit("old", format!("{}\n", token("old")));
    work.git(&["clone", "-q", "--bare", ".", "../server.git"]);
    work.git(&["remote", "add", "origin", "../server.git"]);
    let server = sandbox.at("server.git");
    server.hooks_in(&server.dir.join("hooks"), &["pre-receive"]);
    (work, server)
}

fn push(work: &Repo, args: &[&str]) -> Output {
    work.try_git(&[&["push", "-q", "origin"], args].concat())
}

/// The push is refused, no ref moves, no object stays, and what is said fits a terminal.
#[track_caller]
fn check_refused(work: &Repo, server: &Repo, args: &[&str], secret: &str) -> String {
    let objects = ["cat-file", "--batch-all-objects", "--batch-check"];
    let before = (server.git(&["for-each-ref"]), server.git(&objects));
    let said = refused(&push(work, args), &[secret]);
    assert_eq!(
        (server.git(&["for-each-ref"]), server.git(&objects)),
        before
    );
    assert!(said.contains("pre-receive hook declined"), "{said}");
    for line in said
        .lines()
        .filter_map(|line| line.strip_prefix("remote: "))
    {
        assert!(line.trim_end().len() <= 72, "too long: {line:?}");
        assert!(
            line.bytes().all(|b| (0x20..0x7f).contains(&b)),
            "not ASCII: {line:?}"
        );
    }
    said
}

#[track_caller]
fn check_passes(work: &Repo, args: &[&str]) {
    passed(&push(work, args));
}

#[test]
fn a_push_that_adds_a_secret_is_refused_and_says_where() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", "clean");
    check_passes(&work, &["main"]);
    let commit = work.commit("dir/b.py", format!("x\nt = \"{}\"\n", token("b")));
    work.commit("dir/b.py", "removed on top\n");
    let said = check_refused(&work, &server, &["main"], &token("b"));
    assert!(
        said.contains("dir/b.py:2") && said.contains(&commit[..7]),
        "{said}"
    );
    assert!(!said.contains("--no-verify"));
    // Rewritten, it passes.
    work.git(&["reset", "-q", "--hard", "HEAD~2"]);
    work.commit("dir/b.py", "clean");
    check_passes(&work, &["main"]);
}

#[test]
fn the_first_push_is_judged_in_full() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    let server = sandbox.repo_with("server.git", &["--bare"]);
    server.hooks_in(&server.dir.join("hooks"), &["pre-receive"]);
    work.git(&["remote", "add", "origin", "../server.git"]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
    work.git(&["update-ref", "-d", "HEAD"]);
    work.commit("a", "clean");
    check_passes(&work, &["main"]);
}

#[test]
fn new_branches_fast_forwards_and_forced_pushes() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
    check_refused(&work, &server, &["main:refs/heads/new"], &token("a"));
    work.git(&["commit", "-q", "--amend", "-m", "amended"]);
    check_refused(&work, &server, &["-f", "main"], &token("a"));
}

#[test]
fn commits_that_are_there_pass_under_any_name() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["branch", "ahead"]);
    work.git(&["checkout", "-q", "ahead"]);
    work.commit("a", token("a"));
    let plain = server.clone();
    std::fs::rename(
        server.dir.join("hooks/pre-receive"),
        server.dir.join("hooks/off"),
    )
    .unwrap();
    check_passes(&work, &["ahead"]);
    std::fs::rename(
        plain.dir.join("hooks/off"),
        plain.dir.join("hooks/pre-receive"),
    )
    .unwrap();
    // Another branch moves forward to it, new names, a tag, a forced step back.
    check_passes(&work, &["ahead:main"]);
    check_passes(&work, &["ahead:refs/heads/again", "ahead:refs/tags/light"]);
    check_passes(&work, &["-f", "ahead~1:refs/heads/ahead"]);
    // Left over from a deleted branch.
    server.git(&["config", "receive.denyDeleteCurrent", "ignore"]);
    work.git(&[
        "push",
        "-q",
        "origin",
        ":main",
        ":again",
        ":refs/tags/light",
    ]);
    check_passes(&work, &["ahead:refs/heads/back"]);
}

#[test]
fn strict_asks_reachability() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\nstrict = true\n").unwrap();
    let strict = work.with("KEYSIEVE_CONFIG", &config);
    work.git(&["checkout", "-q", "-b", "side"]);
    work.commit("a", token("a"));
    check_refused(&strict, &server, &["side"], &token("a"));
    std::fs::rename(
        server.dir.join("hooks/pre-receive"),
        server.dir.join("hooks/off"),
    )
    .unwrap();
    check_passes(&work, &["side"]);
    work.git(&["push", "-q", "origin", ":side"]);
    std::fs::rename(
        server.dir.join("hooks/off"),
        server.dir.join("hooks/pre-receive"),
    )
    .unwrap();
    // What is left over counts as new again; what a ref reaches does not.
    let output = push(&strict, &["side"]);
    refused(&output, &[&token("a")]);
    check_passes(&work, &["side"]);
    check_passes(&strict, &["side:refs/heads/more"]);
    work.commit("b", format!("{}\n", token("old")));
    passed(&push(&strict, &["side"]));
}

#[test]
fn deletions_pass_whatever_the_name() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let name = format!("refs/heads/{}", token("ref"));
    server.git(&["update-ref", &name, "main"]);
    server.git(&["config", "receive.denyDeleteCurrent", "ignore"]);
    for name in [name.as_str(), "refs/heads/main"] {
        let output = push(&work, &[&format!(":{name}")]);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(server.tip(name), "");
    }
}

#[test]
fn tags_of_commits_tags_blobs_and_trees() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["tag", "light"]);
    work.git(&["tag", "-a", "-m", "clean", "clean"]);
    work.git(&["tag", "-a", "-m", "outer", "clean-outer", "clean"]);
    check_passes(&work, &["light", "clean", "clean-outer"]);
    work.git(&["tag", "-a", "-m", &token("tag"), "bad"]);
    check_refused(&work, &server, &["bad"], &token("tag"));
    work.git(&["tag", "-a", "-m", "outer", "outer", "bad"]);
    check_refused(&work, &server, &["outer"], &token("tag"));
    let blob = work.git_input(&["hash-object", "-w", "--stdin"], token("blob").as_bytes());
    let tree = work.git_input(
        &["mktree"],
        format!("100644 blob {blob}\tname\n").as_bytes(),
    );
    for (name, object) in [("light-blob", &blob), ("light-tree", &tree)] {
        work.git(&["tag", name, object]);
        check_refused(&work, &server, &[name], &token("blob"));
        let annotated = format!("{name}-a");
        work.git(&["tag", "-a", "-m", "m", &annotated, object]);
        check_refused(&work, &server, &[&annotated], &token("blob"));
    }
    let clean = work.git_input(&["hash-object", "-w", "--stdin"], b"clean");
    work.git(&["tag", "clean-blob", &clean]);
    check_passes(&work, &["clean-blob"]);
    let old = work.git(&["rev-parse", "HEAD:old"]);
    work.git(&["tag", "old-blob", &old]);
    check_passes(&work, &["old-blob"]);
}

#[test]
fn notes_reviews_replacements_and_remote_refs_are_ordinary() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["notes", "add", "-m", &token("note"), "HEAD"]);
    check_refused(&work, &server, &["refs/notes/commits"], &token("note"));
    work.commit("a", token("a"));
    for name in [
        "refs/for/main",
        "refs/changes/01/1/1",
        "refs/remotes/x/y",
        "refs/odd",
    ] {
        check_refused(&work, &server, &[&format!("HEAD:{name}")], &token("a"));
    }
    server.git(&["config", "receive.hideRefs", "refs/hidden"]);
    let output = push(&work, &["HEAD:refs/hidden/x"]);
    refused(&output, &[&token("a")]);
}

#[test]
fn a_replacement_pushed_first_blinds_nothing() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let bad = work.commit("a", token("a"));
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.git(&["commit", "-q", "--allow-empty", "-m", "clean"]);
    check_passes(&work, &[&format!("HEAD:refs/replace/{bad}")]);
    check_refused(
        &work,
        &server,
        &[&format!("{bad}:refs/heads/new")],
        &token("a"),
    );
}

#[test]
fn many_refs_are_one_push_with_one_verdict() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", "clean");
    let mut specs: Vec<String> = (0..300).map(|i| format!("HEAD:refs/heads/b{i}")).collect();
    let refs: Vec<&str> = specs.iter().map(String::as_str).collect();
    check_passes(&work, &refs);
    let commit = work.commit("b", token("b"));
    specs = (0..50).map(|i| format!("HEAD:refs/heads/c{i}")).collect();
    let mut refs: Vec<&str> = specs.iter().map(String::as_str).collect();
    refs.push("HEAD~1:refs/heads/clean");
    let said = check_refused(&work, &server, &refs, &token("b"));
    assert_eq!(said.matches("b:1").count(), 1, "once a place: {said}");
    assert!(said.contains(&commit[..7]));
    refs.push("--atomic");
    check_refused(&work, &server, &refs, &token("b"));
}

#[test]
fn merges_count_only_what_no_parent_has() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["checkout", "-q", "-b", "side"]);
    work.commit("side", "side\n");
    work.commit("both", "side\n");
    work.git(&["checkout", "-q", "-b", "third", "main"]);
    work.commit("third", "x");
    work.git(&["checkout", "-q", "main"]);
    work.commit("both", "main\n");
    assert!(!work.try_git(&["merge", "-q", "side"]).status.success());
    work.stage("both", "main\nside\n");
    work.git(&["commit", "-q", "-m", "merge"]);
    work.git(&["merge", "-q", "--no-ff", "-m", "m", "third"]);
    check_passes(&work, &["main"]);
    // Evil: something that neither side had, in a file or beside it.
    work.git(&["checkout", "-q", "-b", "fourth", "HEAD~1"]);
    work.commit("fourth", "x");
    work.git(&["checkout", "-q", "main"]);
    work.git(&["merge", "-q", "--no-ff", "--no-commit", "fourth"]);
    work.stage("both", format!("main\nside\n{}\n", token("evil")));
    work.git(&["commit", "-q", "-m", "evil"]);
    let said = check_refused(&work, &server, &["main"], &token("evil"));
    assert!(said.contains("both:3"), "{said}");
}

#[test]
fn octopus_merges_count_only_what_no_parent_has() {
    for (evil, path) in [(false, ""), (true, "beside")] {
        let sandbox = Sandbox::new();
        let (work, server) = pair(&sandbox);
        for name in ["one", "two", "three"] {
            work.git(&["checkout", "-q", "-b", name, "main"]);
            work.commit(name, name);
        }
        work.git(&["checkout", "-q", "main"]);
        work.git(&["merge", "-q", "-m", "octopus", "one", "two", "three"]);
        if evil {
            work.stage(path, token("evil"));
            work.git(&["commit", "-q", "--amend", "--no-edit"]);
            check_refused(&work, &server, &["main"], &token("evil"));
        } else {
            check_passes(&work, &["main"]);
        }
    }
}

#[test]
fn old_blobs_wherever_they_turn_up_are_not_new() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let old = format!("{}\n", token("old"));
    work.git(&["mv", "old", "renamed"]);
    work.git(&["commit", "-q", "-m", "rename"]);
    check_passes(&work, &["main"]);
    work.commit("copy", &old);
    work.git(&["update-index", "--chmod=+x", "copy"]);
    work.git(&["commit", "-q", "-m", "mode"]);
    check_passes(&work, &["main"]);
    work.git(&["rm", "-qf", "copy", "renamed"]);
    work.git(&["commit", "-q", "-m", "remove"]);
    check_passes(&work, &["main"]);
    work.git(&["revert", "--no-edit", "HEAD"]);
    check_passes(&work, &["main"]);
    // Renamed and edited: the value was in what the commit removes.
    work.git(&["rm", "-qf", "copy"]);
    work.commit("else/where", format!("edited\n{old}"));
    check_passes(&work, &["main"]);
    work.commit("renamed", format!("\n\n  {old}more\n"));
    check_passes(&work, &["main"]);
    work.commit("elsewhere", format!("another text {old}"));
    check_refused(&work, &server, &["main"], &token("old"));
}

#[test]
fn messages_headers_authors_and_what_follows_a_nul() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let secret = token("x");
    work.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        &format!("subject\n\n{secret}"),
    ]);
    let said = check_refused(&work, &server, &["main"], &secret);
    assert!(said.contains("message"), "{said}");
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.with("GIT_COMMITTER_NAME", &secret)
        .git(&["commit", "-q", "--allow-empty", "-m", "m"]);
    check_refused(&work, &server, &["main"], &secret);
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let tree = work.git(&["rev-parse", "HEAD^{tree}"]);
    let head = work.head();
    let start =
        format!("tree {tree}\nparent {head}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n");
    for (name, raw) in [
        ("nul", format!("{start}\nsubject\0{secret}\n")),
        (
            "unknown header",
            format!("{start}x-odd {secret}\n\nsubject\n"),
        ),
        (
            "folded header",
            format!("{start}gpgsig one\n two\n {secret}\n\nsubject\n"),
        ),
        ("no message", format!("{start}x {secret}\n")),
    ] {
        let id = work.git_input(
            &[
                "hash-object",
                "-t",
                "commit",
                "-w",
                "--stdin",
                "--literally",
            ],
            raw.as_bytes(),
        );
        let said = check_refused(
            &work,
            &server,
            &[&format!("{id}:refs/heads/{}", name.replace(' ', "-"))],
            &secret,
        );
        assert!(said.contains("commit"), "{name}: {said}");
    }
}

#[test]
fn names_of_files_and_refs_are_judged_and_masked() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let secret = token("name");
    work.commit(&format!("d/{secret}/f"), "clean");
    check_refused(&work, &server, &["main"], &secret);
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    // git itself names the ref on the client; our own lines do not.
    let output = push(&work, &[&format!("main:refs/heads/{secret}")]);
    assert!(!output.status.success());
    for line in said(&output)
        .lines()
        .filter(|line| line.starts_with("remote: "))
    {
        assert!(!line.contains(&secret), "{line}");
    }
}

#[test]
fn names_of_refs_may_be_of_any_bytes_and_long() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", "clean");
    for (i, name) in [
        &b"refs/heads/\xff\xfe"[..],
        b"refs/heads/$(id);`id`\"'",
        &[
            b"refs/heads/",
            &[b'x'; 200][..],
            b"/",
            &[b'y'; 200][..],
            b"/",
            &[b'z'; 220][..],
        ]
        .concat(),
    ]
    .into_iter()
    .enumerate()
    {
        work.write("a", format!("clean {i}"));
        work.git(&["commit", "-qam", "m"]);
        let spec = [b"HEAD:", name].concat();
        let output = work
            .command("git")
            .args(["push", "-q", "origin"])
            .arg(OsStr::from_bytes(&spec))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    work.commit("a", token("a"));
    let spec = b"HEAD:refs/heads/\xff$(x)\xe2\x80\xae";
    let output = work
        .command("git")
        .args(["push", "-q", "origin"])
        .arg(OsStr::from_bytes(spec))
        .output()
        .unwrap();
    refused(&output, &[&token("a")]);
    for line in output
        .stderr
        .split(|&b| b == b'\n')
        .filter(|line| line.starts_with(b"remote: "))
    {
        assert!(line.is_ascii(), "{line:?}");
    }
    drop(server);
}

#[test]
fn other_kinds_of_server_are_read() {
    for (options, set_up) in [
        (&["--object-format=sha256"][..], &[][..]),
        (&["--ref-format=reftable"], &[]),
        (&[], &["config", "receive.unpackLimit", "1"]),
        (&[], &["config", "transfer.unpackLimit", "100000"]),
        (&[], &["gc", "-q"]),
        (&[], &["repack", "-adq", "--write-midx"]),
        (&[], &["config", "receive.fsckObjects", "true"]),
    ] {
        let sandbox = Sandbox::new();
        let (work, server) = pair_with(&sandbox, options);
        if options.iter().any(|option| option.contains("reftable")) {
            std::fs::remove_dir_all(&server.dir).unwrap();
            work.git(&["clone", "-q", "--bare", options[0], ".", "../server.git"]);
            server.hooks_in(&server.dir.join("hooks"), &["pre-receive"]);
        }
        if !set_up.is_empty() {
            server.git(set_up);
        }
        work.commit("a", "clean");
        check_passes(&work, &["main"]);
        work.commit("old", format!("more\n{}\n", token("old")));
        check_passes(&work, &["main"]);
        work.commit("a", token("a"));
        check_refused(&work, &server, &["main"], &token("a"));
    }
}

#[test]
fn a_thin_pack_and_its_bases() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let long: String = (0..2000).map(|i| format!("line {i}\n")).collect();
    work.commit("long", format!("{long}{}\n", token("long")));
    std::fs::rename(
        server.dir.join("hooks/pre-receive"),
        server.dir.join("hooks/off"),
    )
    .unwrap();
    check_passes(&work, &["main"]);
    std::fs::rename(
        server.dir.join("hooks/off"),
        server.dir.join("hooks/pre-receive"),
    )
    .unwrap();
    server.git(&["config", "receive.unpackLimit", "1"]);
    work.commit("long", format!("first\n{long}{}\n", token("long")));
    check_passes(&work, &["main"]);
}

#[test]
fn a_fork_with_alternates_knows_its_upstream() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    server.git(&["clone", "-q", "--bare", "--shared", ".", "../fork.git"]);
    let fork = sandbox.at("fork.git");
    fork.git(&["update-ref", "-d", "refs/heads/main"]);
    fork.hooks_in(&fork.dir.join("hooks"), &["pre-receive"]);
    work.git(&["remote", "set-url", "origin", "../fork.git"]);
    check_passes(&work, &["main"]);
    work.commit("a", token("a"));
    check_refused(&work, &fork, &["main"], &token("a"));
}

#[test]
fn a_server_whose_path_needs_quotes() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    work.commit("old", format!("{}\n", token("old")));
    let name = "ser:ver \"q\".git";
    work.git(&["clone", "-q", "--bare", ".", &format!("../{name}")]);
    let server = sandbox.at(name);
    server.hooks_in(&server.dir.join("hooks"), &["pre-receive"]);
    work.git(&["remote", "add", "origin", &server.dir.display().to_string()]);
    work.commit("old", format!("{}\nmore\n", token("old")));
    check_passes(&work, &["main"]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
}

#[test]
fn namespaces_and_shallow_pushers() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let spaced = work.with("GIT_NAMESPACE", "space");
    work.commit("a", token("a"));
    let output = spaced.try_git(&["push", "-q", "origin", "main"]);
    refused(&output, &[&token("a")]);
    let url = format!("file://{}", server.dir.display());
    work.git(&["clone", "-q", "--depth=1", &url, "../shallow"]);
    let shallow = sandbox.at("shallow");
    shallow.commit("b", "clean");
    check_passes(&shallow, &["main"]);
    shallow.commit("b", token("b"));
    check_refused(&shallow, &server, &["main"], &token("b"));
    // To a server that lacks what the clone cuts off.
    sandbox.repo_with("empty.git", &["--bare"]);
    let empty = sandbox.at("empty.git");
    empty.git(&["config", "receive.shallowUpdate", "true"]);
    empty.hooks_in(&empty.dir.join("hooks"), &["pre-receive"]);
    shallow.git(&["remote", "set-url", "origin", "../empty.git"]);
    refused(&push(&shallow, &["main"]), &[&token("b")]);
    shallow.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let output = push(&shallow, &["main"]);
    assert!(
        !output.status.success(),
        "the old key is new to that server"
    );
}

#[test]
fn without_a_quarantine_git_says_what_is_new() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let old = work.head();
    let bad = work.commit("a", token("a"));
    std::fs::rename(
        server.dir.join("hooks/pre-receive"),
        server.dir.join("hooks/off"),
    )
    .unwrap();
    check_passes(&work, &["main:refs/heads/x"]);
    server.git(&["update-ref", "-d", "refs/heads/x"]);
    let inside = server.with("GIT_DIR", ".");
    let line = format!("{old} {bad} refs/heads/main\n");
    let output = inside.keysieve_input(&["hook", "pre-receive"], line.as_bytes());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    server.git(&["update-ref", "refs/heads/x", &bad]);
    let output = inside.keysieve_input(&["hook", "pre-receive"], line.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    // Neither quarantine nor git: nothing can be decided.
    let output = inside
        .with("PATH", "/nowhere")
        .keysieve_input(&["hook", "pre-receive"], line.as_bytes());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

#[test]
fn the_usual_way_needs_no_git() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let hook = server.dir.join("hooks/pre-receive");
    let text = std::fs::read_to_string(&hook)
        .unwrap()
        .replace("exec ", "PATH=/nowhere exec ");
    std::fs::write(&hook, text).unwrap();
    work.commit("a", "clean");
    check_passes(&work, &["main"]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
}

#[test]
fn standard_input_that_is_empty_passes_and_a_malformed_one_is_one_error() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let hook = |input: &str| {
        server
            .with("GIT_DIR", ".")
            .keysieve_input(&["hook", "pre-receive"], input.as_bytes())
    };
    passed(&hook(""));
    let id = work.head();
    let zero = "0".repeat(40);
    for input in [
        "nonsense\n".to_owned(),
        format!("{id} {id}\n"),
        format!("{id} {zero} r\nx\n"),
        "\n".into(),
        format!("{zero} {} refs/heads/x\n", "1".repeat(64)),
    ] {
        let output = hook(&input);
        assert_eq!(output.status.code(), Some(2), "{input:?}");
        let said = said(&output);
        assert_eq!(said.matches("error").count(), 1, "{said}");
        assert!(said.contains("line "), "{said}");
    }
    let missing = format!("{zero} {} refs/heads/x\n", "1".repeat(40));
    let output = hook(&missing);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let deletion = format!("{id} {zero} refs/heads/x\n");
    passed(&hook(&deletion));
}

#[test]
fn nothing_of_ours_stays_in_the_server() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let list = || {
        let output = server
            .command("find")
            .args([".", "-not", "-path", "./objects/*"])
            .output()
            .unwrap();
        let mut lines: Vec<String> = said(&output).lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let before = list();
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
    assert_eq!(list(), before);
    assert!(
        !std::fs::read_dir(server.dir.join("objects"))
            .unwrap()
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("tmp_"))
    );
}

#[test]
fn the_push_cannot_lower_the_policy() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let line = |mark: &str| format!("t = \"{}\" # {mark}\n", token("a"));
    work.commit(".keysieve.toml", "[policy]\nmode = \"warn\"\nblock_at = \"certain\"\n[[allow]]\nrule = \"github-pat\"\nreason = \"all is well\"\n");
    work.commit(".gitattributes", "* binary -diff\n");
    for (i, mark) in [
        "keysieve:allow because",
        "gitleaks:allow",
        "betterleaks:allow",
    ]
    .into_iter()
    .enumerate()
    {
        work.commit(&format!("f{i}.py"), line(mark));
        check_refused(
            &work.with("KEYSIEVE_MODE", "warn").with("SKIP", "keysieve"),
            &server,
            &["main"],
            &token("a"),
        );
        work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
    work.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "[skip secret push protection]",
    ]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
}

#[test]
fn gitlab_s_mark_stands_only_in_its_web_interface() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", token("a"));
    for (protocol, marked) in [("web", true), ("ssh", false), ("http", false)] {
        let said = check_refused(
            &work.with("GL_PROTOCOL", protocol),
            &server,
            &["main"],
            &token("a"),
        );
        let lines: Vec<&str> = said
            .lines()
            .filter_map(|line| line.strip_prefix("remote: "))
            .filter(|line| !line.trim().is_empty())
            .collect();
        assert!(!lines.is_empty());
        assert!(
            lines
                .iter()
                .all(|line| line.starts_with("GL-HOOK-ERR:") == marked),
            "{protocol}: {said}"
        );
    }
}
