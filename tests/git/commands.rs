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
    let text = said(&repo.keysieve(&["config", "check"]));
    assert!(
        text.contains("has expired and holds no longer: ended"),
        "{text}"
    );
    assert!(!text.contains("of no use"), "{text}");
    let text = said(&repo.keysieve(&["config", "check", "--unused"]));
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

#[test]
fn help_fits_a_screen() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    for command in [
        &["--help"][..],
        &["scan", "-h"],
        &["explain", "-h"],
        &["baseline", "create", "-h"],
        &["install", "-h"],
        &["config", "check", "-h"],
    ] {
        let output = repo.keysieve(command);
        let lines = said(&output).lines().count();
        assert!(
            output.status.success() && lines <= 45,
            "{command:?}: {lines} lines"
        );
    }
}
