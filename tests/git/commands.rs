//! The smaller commands: explain, rules test, config check and schema, completions, help.

use super::sandbox::{Sandbox, said, token};

#[test]
fn explain_finds_what_is_staged_or_on_disk_and_says_why() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let value = token("explain");
    repo.stage("a.py", format!("key = \"{value}\"\n"));
    let listed = said(&repo.keysieve(&["scan", "--staged", "--format", "csv"]));
    let id = listed
        .split(',')
        .find(|cell| cell.len() == 16 && cell.bytes().all(|b| b.is_ascii_hexdigit()))
        .unwrap();
    let output = repo.keysieve(&["explain", id]);
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("github-crc32: holds"), "{text}");
    assert!(text.contains("a.py:1 (staged content)"), "{text}");
    assert!(!text.contains(&value[8..20]), "{text}");
    let output = repo.keysieve(&["explain", "0000000000000000"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--history"), "{}", said(&output));
}

#[test]
fn rules_of_a_file_are_tried() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let rule = "[[rule]]\nid = \"acme-token\"\npattern = '\\b(?<secret>acme_[a-z0-9]{20})\\b'\n";
    let good = "hit = [\"k = acme_{base36:20}\"]\nmiss = [\"acme_\"]\n";
    repo.write("rules.toml", format!("{rule}{good}"));
    let output = repo.keysieve(&["rules", "test", "rules.toml"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("1 rules, 2 texts tried, 0 problems"));
    repo.write(
        "rules.toml",
        format!("{rule}hit = [\"acme_x\"]\nmiss = [\"acme_{{base36:20}}\"]\n"),
    );
    let output = repo.keysieve(&["rules", "test", "rules.toml"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("is not found") && said(&output).contains("is found"));
    repo.write("rules.toml", "");
    assert_eq!(
        repo.keysieve(&["rules", "test", "rules.toml"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn entries_that_end_or_allow_nothing_are_told() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.commit("a.py", format!("key = \"{}\"\n", token("config check")));
    repo.write(
        ".keysieve.toml",
        "[[allow]]\nrule = \"github-pat\"\nreason = \"in use\"\n\
         [[allow]]\npath = \"gone/\"\nreason = \"of no use\"\n\
         [[allow]]\npath = \"b\"\nreason = \"ended\"\nexpires = 2020-01-01\n",
    );
    let text = said(&repo.keysieve(&["config", "check", "--quick"]));
    assert!(
        text.contains("has expired and holds no longer: ended"),
        "{text}"
    );
    assert!(!text.contains("of no use"), "{text}");
    let strict = repo.keysieve(&["config", "check", "--strict"]);
    assert_eq!(strict.status.code(), Some(1));
    let text = said(&repo.keysieve(&["config", "check"]));
    assert!(
        text.contains("allows nothing here and can go: of no use"),
        "{text}"
    );
    assert!(
        !text.contains("in use\n") && text.contains("3 allow entries"),
        "{text}"
    );
}

#[test]
fn shells_and_editors_get_what_they_complete() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let text = said(&repo.keysieve(&["completions", shell]));
        assert!(
            text.contains("baseline") && text.contains("show-suppressed"),
            "{shell}"
        );
    }
    let schema: serde_json::Value =
        serde_json::from_str(&said(&repo.keysieve(&["config", "schema"]))).unwrap();
    assert_eq!(
        schema["properties"]["policy"]["properties"]["mode"]["enum"][0],
        "block"
    );
}

/// `--help` fits a screen, `-h` is shorter where there is more to say.
#[test]
fn help_fits_a_screen() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let lines = |args: &[&str]| {
        let output = repo.keysieve(args);
        assert!(output.status.success(), "{args:?}");
        said(&output).lines().count()
    };
    for command in [
        &[][..],
        &["scan"],
        &["explain"],
        &["review"],
        &["baseline"],
        &["baseline", "create"],
        &["install"],
        &["allow"],
        &["rules"],
        &["config"],
        &["config", "check"],
        &["config", "import"],
    ] {
        let long = lines(&[command, &["--help"]].concat());
        let short = lines(&[command, &["-h"]].concat());
        assert!(
            long <= 40 && short <= long,
            "{command:?}: {short} and {long} lines"
        );
    }
    for command in [&[][..], &["scan"]] {
        let long = lines(&[command, &["--help"]].concat());
        let short = lines(&[command, &["-h"]].concat());
        assert!(
            short < long && long >= 24,
            "{command:?}: {short} and {long} lines"
        );
    }
    let help = said(&repo.keysieve(&["--help"]));
    for command in ["scan", "review", "import", "man", "Examples:", "Exit:"] {
        assert!(help.contains(command), "{command}");
    }
    let output = repo.keysieve(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).starts_with("error: a command is missing\n\nKeeps"));
}

#[test]
fn errors_say_what_to_do_next() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    for (args, words) in [
        (&["scn"][..], "similar subcommand exists: 'scan'"),
        (&["scan", "gone"], "`-` for standard input"),
        (
            &["scan", "--formt", "json"],
            "similar argument exists: '--format'",
        ),
        (
            &["rules", "show", "github-patt"],
            "did you mean `github-pat`?",
        ),
        (&["baseline", "audit"], "keysieve baseline create"),
        (&["explain", "00000000"], "--history"),
        (
            &["allow", "xyz", "--reason", "r"],
            "copy it from the message",
        ),
        (&["review"], "keysieve scan"),
        (&["config", "import", "README"], "cannot be read"),
        (
            &["scan", "--history", "no..such"],
            "no range of commits here",
        ),
    ] {
        let output = repo.keysieve(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output).contains(words), "{args:?}: {}", said(&output));
    }
}

#[test]
fn a_history_is_cut_by_branch_and_date() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let day = |n: u32| format!("2026-0{n}-01T12:00:00Z");
    let at = |repo: &super::sandbox::Repo, n| {
        repo.with("GIT_AUTHOR_DATE", day(n))
            .with("GIT_COMMITTER_DATE", day(n))
    };
    at(&repo, 1).commit("a", token("since a"));
    repo.git(&["checkout", "-q", "-b", "topic"]);
    at(&repo, 3).commit("b", token("since b"));
    repo.git(&["checkout", "-q", "main"]);
    at(&repo, 5).commit("c", token("since c"));
    let files = |args: &[&str]| {
        let output = repo.keysieve(&[&["scan", "--format", "csv"], args].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ["a", "b", "c"].map(|name| {
            text.lines().any(|line| {
                line.starts_with(&format!("{name},")) || line.contains(&format!(",{name},"))
            })
        })
    };
    assert_eq!(files(&["--history"]), [true, true, true]);
    assert_eq!(files(&["--branch", "topic"]), [true, true, false]);
    assert_eq!(files(&["--since", "2026-02-01"]), [false, true, true]);
    assert_eq!(
        files(&["--since", "2026-02-01", "--branch", "main"]),
        [false, false, true]
    );
    for wrong in [
        &["--branch", "gone"][..],
        &["--branch", "--all"],
        &["--since", "2026-01-01", "--staged"],
        // Git takes such a word for this moment, since when there is nothing.
        &["--since", "yesterdya"],
        &["--since", "2099-01-01"],
    ] {
        let output = repo.keysieve(&[&["scan"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn names_of_files_on_disk_are_looked_at() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let value = token("name on disk");
    repo.write(format!("sub/{value}.txt"), "nothing\n");
    let output = repo.keysieve(&["scan", "."]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(!said(&output).contains(&value[8..20]), "{}", said(&output));
    assert!(said(&output).contains("github-pat"), "{}", said(&output));
}

#[test]
fn verbose_tells_what_was_looked_at_and_quiet_nothing() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.write(".keysieve.toml", "[policy]\nshow = 3\n");
    let output = repo.keysieve(&["scan", "--verbose", "."]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("configured by: ") && told.contains(".keysieve.toml"),
        "{told}"
    );
    assert!(told.contains("looked at: 1 contents"), "{told}");
    let output = repo.keysieve(&["scan", "--quiet", "."]);
    assert_eq!(said(&output), "");
    let output = repo.keysieve(&["scan", "--quiet", "--verbose", "."]);
    assert_eq!(output.status.code(), Some(2));
}
