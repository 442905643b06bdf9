//! Every kind of server repository, and the hook called without a push.

use crate::pushed::{check_passes, check_refused, let_in, pair, pair_with, push};
use crate::sandbox::{Sandbox, makes, passed, refused, said, token};

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
        if !makes(options) {
            continue;
        }
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
    let_in(&work, &server, &["main"]);
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
    // Also where a host gives no quarantine; only `strict` asks for a ref of its own.
    let line = format!("{} {} refs/heads/x\n", "0".repeat(40), work.head());
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\nstrict = true\n").unwrap();
    let inside = fork.with("GIT_DIR", ".");
    for (inside, code) in [
        (inside.clone(), 0),
        (inside.with("KEYSIEVE_CONFIG", &config), 1),
    ] {
        let output = inside.keysieve_input(&["hook", "pre-receive"], line.as_bytes());
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    }
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
    let_in(&work, &server, &["main:refs/heads/x"]);
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
fn strict_asks_reachability() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\nstrict = true\n").unwrap();
    let strict = work.with("KEYSIEVE_CONFIG", &config);
    work.git(&["checkout", "-q", "-b", "side"]);
    work.commit("a", token("a"));
    check_refused(&strict, &server, &["side"], &token("a"));
    let_in(&work, &server, &["side"]);
    work.git(&["push", "-q", "origin", ":side"]);
    // What is left over counts as new again; what a ref reaches does not.
    let output = push(&strict, &["side"]);
    refused(&output, &[&token("a")]);
    check_passes(&work, &["side"]);
    check_passes(&strict, &["side:refs/heads/more"]);
    work.commit("b", format!("{}\n", token("old")));
    passed(&push(&strict, &["side"]));
}

#[test]
fn two_thousand_refs_at_once() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let head = work.head();
    let refs: String = (0..2000)
        .map(|i| format!("create refs/heads/b{i} {head}\n"))
        .collect();
    work.git_input(&["update-ref", "--stdin"], refs.as_bytes());
    check_passes(&work, &["refs/heads/b*"]);
    assert_eq!(server.git(&["for-each-ref"]).lines().count(), 2001);
    let bad = work.commit("a", token("a"));
    let refs: String = (0..2000)
        .map(|i| format!("create refs/heads/c{i} {bad}\n"))
        .collect();
    work.git_input(&["update-ref", "--stdin"], refs.as_bytes());
    let output = push(&work, &["refs/heads/c*"]);
    let said = refused(&output, &[&token("a")]);
    assert_eq!(said.matches("a:1").count(), 1);
    assert!(said.contains("2000 refs"), "{}", &said[..500]);
    assert_eq!(server.git(&["for-each-ref"]).lines().count(), 2001);
}

#[test]
fn reviews_that_a_host_takes_itself_and_options_of_a_push() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    server.git(&["config", "receive.procReceiveRefs", "refs/for"]);
    server.git(&["config", "receive.advertisePushOptions", "true"]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["HEAD:refs/for/main"], &token("a"));
    check_refused(
        &work,
        &server,
        &[
            "main",
            "-o",
            "x=y",
            "-o",
            "ci.skip",
            "-o",
            "secret_push_protection.skip_all",
        ],
        &token("a"),
    );
    check_passes(&work, &["main~1:refs/heads/x", "-o", "ci.skip"]);
}

#[test]
fn grafts_and_alternates_of_a_server() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let base = work.head();
    work.commit("a", token("a"));
    let last = work.commit("a", "clean again");
    std::fs::write(server.dir.join("info/grafts"), format!("{last} {base}\n")).unwrap();
    check_refused(&work, &server, &["main"], &token("a"));
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\nstrict = true\n").unwrap();
    check_refused(
        &work.with("KEYSIEVE_CONFIG", &config),
        &server,
        &["main"],
        &token("a"),
    );
}

#[test]
fn a_server_of_another_user() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["config", "--global", "safe.directory", "*"]);
    let given = server
        .command("chown")
        .args(["-R", "12345:12345", "."])
        .status();
    if !given.is_ok_and(|status| status.success()) {
        eprintln!("note: not the administrator: a server of another user is not tried");
        return;
    }
    work.commit("a", "clean");
    check_passes(&work, &["main"]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
}

#[test]
fn refused_too_where_the_hook_dies_or_is_not_to_be_started() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let hook = server.dir.join("hooks/pre-receive");
    let before = server.git(&["for-each-ref"]);
    work.commit("a", "clean");
    for text in [
        "#!/bin/sh\nkill -9 $$\n",
        "#!/no/such/program\n",
        "#!/bin/sh\nexec /no/such/keysieve hook pre-receive\n",
    ] {
        std::fs::write(&hook, text).unwrap();
        refused(&push(&work, &["main"]), &[]);
        assert_eq!(server.git(&["for-each-ref"]), before);
    }
}

#[test]
fn a_server_with_a_work_tree() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    work.commit("old", "x");
    work.git(&["clone", "-q", ".", "../server"]);
    let server = sandbox.at("server");
    server.git(&["config", "receive.denyCurrentBranch", "updateInstead"]);
    let output = work.keysieve(&["install", "--server", "../server"]);
    assert!(output.status.success(), "{}", said(&output));
    work.git(&["remote", "add", "origin", "../server"]);
    work.commit("a", "clean");
    check_passes(&work, &["main"]);
    assert!(server.dir.join("a").exists());
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
}
