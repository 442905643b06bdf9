//! What a server's policy allows, and that a pusher cannot change it.

use crate::pushed::{check_refused, pair};
use crate::sandbox::{Sandbox, refused, said, token};

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

/// Lines of the server, as a pusher sees them.
fn remote(said: &str) -> Vec<&str> {
    let lines = said
        .lines()
        .filter_map(|line| line.strip_prefix("remote: "));
    lines
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn errors_keep_the_form_of_a_refusal() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    work.commit("a", "clean");
    let config =
        sandbox.path("a-folder/with/a/rather/long/name/so/that/it/does/not/fit/server.toml");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, "[policy]\nmod = \"warn\"\n").unwrap();
    for (config, protocol) in [
        (config.as_path(), "ssh"),
        (config.as_path(), "web"),
        (std::path::Path::new("/nowhere/server.toml"), "web"),
    ] {
        let output = work
            .with("KEYSIEVE_CONFIG", config)
            .with("GL_PROTOCOL", protocol)
            .try_git(&["push", "-q", "origin", "main"]);
        let said = refused(&output, &[]);
        let lines = remote(&said);
        assert!(said.contains("server.toml") && !lines.is_empty(), "{said}");
        assert_eq!(said.matches("error: ").count(), 2, "ours and git's: {said}");
        for line in lines {
            assert!(line.len() <= 72, "{line:?}");
            assert_eq!(
                line.starts_with("GL-HOOK-ERR: "),
                protocol == "web",
                "{line:?}"
            );
        }
    }
}

#[test]
fn the_way_out_stands_in_the_web_interface_too() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", token("a"));
    let said = check_refused(
        &work.with("GL_PROTOCOL", "web"),
        &server,
        &["main"],
        &token("a"),
    );
    assert!(said.contains("keysieve allow "), "{said}");
}

#[test]
fn a_policy_that_only_warns_tells_all_that_it_would_refuse() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\nmode = \"warn\"\n").unwrap();
    work.commit("sub/a", token("a"));
    let pass = format!("password = \"{}\"\n", &token("p")[10..26]);
    work.commit("b.py", pass);
    let output = work
        .with("KEYSIEVE_CONFIG", &config)
        .try_git(&["push", "-q", "origin", "main"]);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(server.tip("main"), work.head());
    for word in ["accepted by policy", "sub/a:1", "b.py:1"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains(&token("a")), "{said}");
    // Refused, each says what to do with it in its own words.
    server.git(&[
        "update-ref",
        "refs/heads/main",
        &work.git(&["rev-parse", "main~2"]),
    ]);
    server.git(&["gc", "-q", "--prune=now"]);
    let said = check_refused(&work, &server, &["main"], &token("a"));
    assert!(said.contains("revoke https://"), "{said}");
    assert!(!said.contains("revoke Change"), "{said}");
}
