//! What a client may allow, and how: entries, the inline marker, `keysieve allow`; rules and settings of one's own.

use crate::sandbox::{Repo, Sandbox, passed, refused, said, token};
use crate::staged::{check_passes, check_refused, repo};

/// The command of a refusal: `keysieve allow ID`.
fn id(said: &str) -> String {
    let (_, rest) = said.split_once("keysieve allow ").unwrap();
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}

#[track_caller]
fn undecided(repo: &Repo, words: &[&str]) {
    let output = repo.try_commit(&["--allow-empty"]);
    let said = said(&output);
    assert!(!output.status.success(), "passed: {said}");
    assert!(said.contains("error"), "{said}");
    for word in words {
        assert!(said.contains(word), "{word} is not said: {said}");
    }
    assert_eq!(
        repo.keysieve(&["hook", "pre-commit"]).status.code(),
        Some(2)
    );
}

#[test]
fn the_command_of_a_refusal_lets_that_value_in_and_no_other() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("sub/a.py", format!("t = \"{}\"\n", token("a")));
    let id = id(&refused(&repo.try_commit(&[]), &[&token("a")]));
    let mut below = repo.clone();
    below.dir = repo.dir.join("sub");
    let output = below.keysieve(&[
        "allow",
        &id,
        "--reason",
        "sample of the vendor",
        "--owner",
        "@team",
    ]);
    assert!(output.status.success(), "{}", said(&output));
    let file = repo.dir.join(".keysieve.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("[[allow]]") && text.contains(&id) && text.contains("sample of the vendor")
    );
    assert!(!text.contains(&token("a")));
    check_passes(&repo, &[]);
    // Elsewhere the same value is the same; another is another.
    repo.stage("b", token("a"));
    check_passes(&repo, &[]);
    repo.stage("b", token("b"));
    check_refused(&repo, &[], "b", &token("b"));
    repo.git(&["reset", "-q", "--hard"]);
    // Expired, it holds no longer.
    let args = [
        "allow",
        &id,
        "--reason",
        "sample of the vendor",
        "--expires",
        "2020-01-01",
    ];
    repo.keysieve(&args);
    repo.stage("c", format!("elsewhere {}\n", token("a")));
    let said_then = refused(&repo.try_commit(&[]), &[&token("a")]);
    assert!(said_then.contains("expired"), "{said_then}");
    for bad in [
        &["allow", &id][..],
        &["allow", &id, "--reason", " "],
        &["allow", "not-an-id", "--reason", "because of"],
        &["allow", &id, "--reason", "because of", "--expires", "soon"],
    ] {
        let before = std::fs::read(&file).unwrap();
        assert_eq!(repo.keysieve(bad).status.code(), Some(2), "{bad:?}");
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
}

#[test]
fn the_entry_stands_at_the_root_whatever_lies_below() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("sub/.keysieve.toml", "");
    let mut below = repo.clone();
    below.dir = repo.dir.join("sub");
    let output = below.keysieve(&["allow", "0123456789abcdef", "--reason", "because of"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(repo.dir.join(".keysieve.toml").exists());
    assert_eq!(
        std::fs::read(repo.dir.join("sub/.keysieve.toml")).unwrap(),
        b""
    );
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = sandbox.at("linked");
    linked.keysieve(&["allow", "0123456789abcdef", "--reason", "because of"]);
    assert!(linked.dir.join(".keysieve.toml").exists());
}

#[test]
fn entries_by_rule_path_and_value() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    for (entry, path, enters) in [
        ("rule = \"github-pat\"", "x", true),
        ("rule = \"npm-token\"", "x", false),
        ("path = \"samples/*\"", "samples/x", true),
        ("path = \"samples/*\"", "x", false),
        (
            "rule = \"github-pat\"\npath = \"samples/*\"",
            "samples/x",
            true,
        ),
        (
            "rule = \"npm-token\"\npath = \"samples/*\"",
            "samples/x",
            false,
        ),
    ] {
        repo.write(
            ".keysieve.toml",
            format!("[[allow]]\n{entry}\nreason = \"samples only\"\n"),
        );
        repo.stage(path, token("a"));
        let output = repo.keysieve(&["hook", "pre-commit"]);
        assert_eq!(
            output.status.success(),
            enters,
            "{entry} {path}: {}",
            said(&output)
        );
        repo.git(&["rm", "-qf", path]);
    }
}

#[test]
fn entries_without_a_reason_or_that_name_nothing_are_errors() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    for text in [
        "[[allow]]\nrule = \"github-pat\"\n",
        "[[allow]]\nrule = \"github-pat\"\nreason = \"\"\n",
        "[[allow]]\nreason = \"everything\"\n",
        "[[allow]]\nrul = \"github-pat\"\nreason = \"samples\"\n",
        "[policy]\nmode = \"of\"\n",
        "[polcy]\n",
        "not toml",
    ] {
        repo.write(".keysieve.toml", text);
        undecided(&repo, &[".keysieve.toml"]);
    }
}

#[test]
fn the_inline_marker_needs_a_reason_and_holds_for_its_line() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let line = |mark: &str| format!("t = \"{}\"  # {mark}\n", token("a"));
    for (text, enters) in [
        (line("keysieve:allow sample of the vendor"), true),
        (line("gitleaks:allow"), true),
        (line("keysieve:allow"), false),
        (line("keysieve:allow "), false),
        (line("keysieve: sample"), false),
        (
            format!("# keysieve:allow sample of the vendor\n{}", line("")),
            false,
        ),
        (
            format!("{}# keysieve:allow sample of the vendor\n", line("")),
            false,
        ),
        (
            format!(
                "{}u = \"{}\"\n",
                line("keysieve:allow sample of the vendor"),
                token("b")
            ),
            false,
        ),
    ] {
        repo.stage("a.py", &text);
        let output = repo.keysieve(&["hook", "pre-commit"]);
        let told = said(&output);
        assert_eq!(output.status.success(), enters, "{told}");
        assert!(!told.contains(&token("a")) && !told.contains(&token("b")));
    }
    repo.write(".keysieve.toml", "[policy]\nallow_inline = false\n");
    repo.stage("a.py", line("keysieve:allow sample of the vendor"));
    check_refused(&repo, &[], "a.py", &token("a"));
}

#[test]
fn a_rule_of_one_s_own_blocks() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write(
        ".keysieve.toml",
        "[[rule]]\nid = \"acme-token\"\nname = \"Acme token\"\npattern = '\\b(?<secret>acme_[0-9a-f]{16})\\b'\n",
    );
    repo.stage("a", "key: acme_0f1e2d3c4b5a6978\n");
    let told = refused(&repo.try_commit(&[]), &["0f1e2d3c4b5a6978"]);
    assert!(
        told.contains("acme-token") && told.contains("a:1"),
        "{told}"
    );
    repo.stage("a", "key: acme_0f1e\n");
    check_passes(&repo, &[]);
    repo.write(
        ".keysieve.toml",
        "[[rule]]\nid = \"acme-token\"\nname = \"x\"\npattern = 'acme_[0-9a-f]{16}'\n",
    );
    undecided(&repo, &[".keysieve.toml", "secret"]);
}

#[test]
fn a_configuration_that_is_named_and_not_there_is_an_error() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let named = repo.with("KEYSIEVE_CONFIG", "/nowhere/at.toml");
    undecided(&named, &["/nowhere/at.toml"]);
    for args in [
        &["hook", "pre-push", "origin", "x"][..],
        &["hook", "pre-receive"],
        &["scan", "."],
    ] {
        let output = named.keysieve_input(args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output).contains("/nowhere/at.toml"), "{args:?}");
    }
    let output = repo
        .with("KEYSIEVE_MODE", "off")
        .keysieve(&["hook", "pre-commit"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn warnings_show_and_do_not_block() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write(".keysieve.toml", "[policy]\nmode = \"warn\"\n");
    repo.stage("a", token("a"));
    let output = repo.try_commit(&[]);
    let told = said(&output);
    assert!(output.status.success(), "{told}");
    assert!(
        told.contains("a:1") && !told.contains(&token("a")),
        "{told}"
    );
    repo.stage("b", "clean");
    passed(&repo.try_commit(&[]));
}

/// The day so many days from now, by UTC.
fn day(days: i64) -> String {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let day = jiff::Timestamp::from_second(now.as_secs() as i64 + days * 86_400).unwrap();
    day.strftime("%Y-%m-%d").to_string()
}

#[test]
fn an_entry_that_soon_ends_warns_where_it_is_in_use() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("a", token("soon"));
    for (days, warns) in [(0, true), (13, true), (30, false)] {
        repo.write(
            ".keysieve.toml",
            format!(
                "[[allow]]\nrule = \"github-pat\"\nreason = \"r\"\nexpires = {}\n[[allow]]\npath = \"x\"\nreason = \"r\"\nexpires = {}\n",
                day(days), day(1)
            ),
        );
        let output = repo.keysieve(&["hook", "pre-commit"]);
        assert!(output.status.success(), "{}", said(&output));
        let told = said(&output);
        assert_eq!(
            told.contains("is in use and expires on"),
            warns,
            "{days}: {told}"
        );
        assert!(told.matches("allow entry").count() <= 1, "{told}");
    }
    let id = said(&repo.keysieve(&["scan", "--staged", "--show-suppressed", "--format", "csv"]));
    let id = id
        .split(',')
        .find(|cell| cell.len() == 16 && cell.bytes().all(|b| b.is_ascii_hexdigit()))
        .unwrap()
        .to_owned();
    let output = repo.keysieve(&[
        "allow",
        &id[..8],
        "--reason",
        "r",
        "--expires",
        "90d",
        "--owner",
        "@team",
    ]);
    assert!(output.status.success(), "{}", said(&output));
    let text = std::fs::read_to_string(repo.dir.join(".keysieve.toml")).unwrap();
    assert!(
        text.contains(&format!("expires = {}", day(90))) && text.contains("owner = \"@team\""),
        "{text}"
    );
    repo.write(
        ".keysieve.toml",
        text.split("[[allow]]")
            .last()
            .map(|t| format!("[[allow]]{t}"))
            .unwrap(),
    );
    check_passes(&repo, &[]);
}

#[test]
fn a_build_server_is_told_of_entries_that_allow_nothing() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("a", token("unused"));
    repo.write(
        ".keysieve.toml",
        "[[allow]]\nrule = \"github-pat\"\nreason = \"used\"\n[[allow]]\npath = \"gone/\"\nreason = \"of no use\"\n",
    );
    let ci = repo.with("CI", "true");
    for args in [&["scan", "--all-files"][..], &["scan", "--history"]] {
        let output = ci.keysieve(args);
        assert!(output.status.success(), "{}", said(&output));
        let told = said(&output);
        assert!(
            told.contains(".keysieve.toml:4: this allow entry allows nothing"),
            "{told}"
        );
        assert_eq!(told.matches("allows nothing").count(), 1, "{told}");
    }
    for other in [
        ci.keysieve(&["scan", "a"]),
        repo.with("CI", "false").keysieve(&["scan", "--history"]),
    ] {
        assert!(!said(&other).contains("allows nothing"), "{}", said(&other));
    }
}

#[test]
fn policy_says_whether_a_reason_is_needed_and_whose_comments_count() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage(
        "a",
        format!("t = \"{}\"  # gitleaks:allow\n", token("reason")),
    );
    check_passes(&repo, &["--allow-empty"]);
    repo.stage(
        "b",
        format!("t = \"{}\"  # gitleaks:allow\n", token("reason b")),
    );
    repo.write(".keysieve.toml", "[policy]\nforeign_inline = false\n");
    check_refused(&repo, &[], "b", &token("reason b"));
    let bare = "[[allow]]\nrule = \"github-pat\"\n";
    repo.write(
        ".keysieve.toml",
        format!("[policy]\nrequire_reason = false\n{bare}"),
    );
    check_passes(&repo, &[]);
    repo.write(".keysieve.toml", format!("{bare}{bare}"));
    undecided(
        &repo,
        &[
            ".keysieve.toml:1: this allow entry has no `reason`",
            ".keysieve.toml:3",
        ],
    );
}
