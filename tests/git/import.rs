//! Moving in: what another scanner was told holds afterwards, and nothing that stood in our files is lost.

use std::process::Output;

use crate::sandbox::{Repo, Sandbox, said, token};

fn import(repo: &Repo, args: &[&str]) -> Output {
    repo.keysieve(&[&["config", "import"], args].concat())
}

/// The ids of open findings in a file, with their rules.
fn found(repo: &Repo, path: &str) -> Vec<(String, String)> {
    let listed = repo.keysieve(&["scan", "--format", "jsonl", path]);
    String::from_utf8_lossy(&listed.stdout)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            (text("id"), text("rule"))
        })
        .collect()
}

#[track_caller]
fn check(repo: &Repo, path: &str, text: &str, rules: &[&str]) {
    repo.write(path, text);
    let got: Vec<String> = found(repo, path)
        .into_iter()
        .map(|(_, rule)| rule)
        .collect();
    assert_eq!(got, rules, "{path}: {text}");
    std::fs::remove_file(repo.dir.join(path)).unwrap();
}

/// Every key that gitleaks' documentation names, each put to the test.
const GITLEAKS: &str = r#"
title = "all keys"
minVersion = "v8.25.0"
[extend]
useDefault = true
path = "base.toml"
disabledRules = ["github-oauth-token-nobody-has"]

[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''(?i)\bacme[\w-.]{0,10}\s*[=:]\s*["']?(v\d-)?([a-z0-9]{24})["']?'''
secretGroup = 2
entropy = 3.0
keywords = ["acme"]
tags = ["key"]
  [[rules.allowlists]]
  description = "stopwords"
  stopwords = ["sample"]
  [[rules.allowlists]]
  description = "both must hold"
  condition = "AND"
  paths = ['''^docs/''']
  regexes = ['''acme_demo''']
  regexTarget = "match"
  [[rules.allowlists]]
  description = "line"
  regexes = ['''not a secret''']
  regexTarget = "line"

[[rules]]
id = "no-keystores"
description = "A keystore"
path = '''(?i)\.jks$'''

[[rules]]
id = "only-in-env"
regex = '''internal-(?:a=([0-9]{8})|b=([0-9]{9}))'''
path = '''\.env$'''

[allowlist]
description = "old form"
paths = ['''(^|/)vendor/''']
regexes = ['''^00000000$''']
"#;

#[test]
fn a_gitleaks_configuration_holds_afterwards() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let own = "# ours\n[policy]\nshow = 3 # few\n";
    repo.write(".keysieve.toml", own);
    repo.write(".gitleaks.toml", GITLEAKS);
    repo.write(
        "base.toml",
        "[[rules]]\nid = \"base-token\"\nregex = '''base_[0-9a-f]{16}'''\n",
    );
    let dry = import(&repo, &[".gitleaks.toml", "--dry-run"]);
    assert!(String::from_utf8_lossy(&dry.stdout).contains("(?<secret>[a-z0-9]{24})"));
    assert_eq!(
        std::fs::read_to_string(repo.dir.join(".keysieve.toml")).unwrap(),
        own
    );
    let output = import(&repo, &[".gitleaks.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = std::fs::read_to_string(repo.dir.join(".keysieve.toml")).unwrap();
    assert!(text.starts_with(own), "{text}");
    let again = import(&repo, &[".gitleaks.toml"]);
    assert!(
        said(&again).contains("nothing to write"),
        "{}",
        said(&again)
    );

    let v = "k3j5h2l9q8w7e6r4t1y0u2i3";
    check(
        &repo,
        "a",
        &format!("ACME_key = \"v2-{v}\"\n"),
        &["acme-token"],
    );
    check(&repo, "a", &format!("acme.x-y: {v}\n"), &["acme-token"]);
    check(&repo, "a", "acme_key = aaaaaaaaaaaaaaaaaaaaaaaa\n", &[]);
    check(&repo, "a", "acme_key = samplel9q8w7e6r4t1y0u2i3\n", &[]);
    check(&repo, "a", &format!("acme_demo = {v}\n"), &["acme-token"]);
    check(&repo, "docs/a", &format!("acme_demo = {v}\n"), &[]);
    check(
        &repo,
        "docs/a",
        &format!("acme_real = {v}\n"),
        &["acme-token"],
    );
    check(
        &repo,
        "a",
        &format!("acme_real = {v} # not a secret\n"),
        &[],
    );
    check(&repo, "a.JKS", "anything", &["no-keystores"]);
    check(&repo, "a.jks.txt", "anything", &[]);
    check(&repo, "x.env", "internal-a=12345678\n", &["only-in-env"]);
    check(&repo, "x.env", "internal-b=123456789\n", &["only-in-env"]);
    check(&repo, "x.txt", "internal-a=12345678\n", &[]);
    check(&repo, "x.env", "internal-a=00000000\n", &[]);
    check(&repo, "vendor/x.env", "internal-a=12345678\n", &[]);
    check(&repo, "a", "base_0f1e2d3c4b5a6978\n", &["base-token"]);
    check(&repo, "a", &token("import"), &["github-pat"]);
}

#[test]
fn a_path_alone_blocks_a_commit_until_the_file_is_the_same() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r").with_client_hooks();
    repo.write(
        ".keysieve.toml",
        "[[rule]]\nid = \"no-keystores\"\npath = '\\.jks$'\n",
    );
    repo.stage("a.jks", "one");
    let output = repo.try_commit(&[]);
    assert!(!output.status.success());
    assert!(said(&output).contains("a.jks"), "{}", said(&output));
    let id = found(&repo, "a.jks")[0].0.clone();
    repo.keysieve(&["allow", &id, "--reason", "of the tests"]);
    assert!(repo.try_commit(&[]).status.success());
    repo.stage("a.jks", "two");
    assert!(!repo.try_commit(&[]).status.success());
}

#[test]
fn known_findings_are_kept_by_id() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let [a, b, c] = ["a", "b", "c"].map(|n| token(&format!("import {n}")));
    let commit = repo.commit("old.py", format!("\n\nt = \"{a}\"\n"));
    repo.commit("old.py", "t = 1\n");
    repo.write("now.py", format!("x = 1\nt = \"{b}\"\nu = \"{c}\"\n"));
    repo.write(
        ".gitleaksignore",
        format!("# audited\n{commit}:old.py:github-pat:3\nnow.py:github-pat:1\nnow.py:github-pat:2\n{}:x:y:1\n", "0".repeat(40)),
    );
    let output = import(&repo, &[".gitleaksignore"]);
    let told = said(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains(".gitleaksignore:3:1") && told.contains("keysieve finds nothing there"),
        "{told}"
    );
    assert!(
        told.contains("no such file in commit 000000000000"),
        "{told}"
    );
    let text = std::fs::read_to_string(repo.dir.join(".keysieve.toml")).unwrap();
    assert_eq!(text.matches("[[allow]]").count(), 2, "{text}");
    assert_eq!(found(&repo, "now.py").len(), 1);

    let report = serde_json::json!([{"RuleID": "x", "File": "now.py", "StartLine": 99, "Secret": c, "Commit": ""}]);
    repo.write("report.json", report.to_string());
    let output = import(&repo, &["report.json"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains(&c[8..20]));
    std::fs::remove_file(repo.dir.join("report.json")).unwrap();
    let baseline = std::fs::read_to_string(repo.dir.join(".keysieve-baseline")).unwrap();
    assert!(
        baseline.contains(" github-pat\n") && !baseline.contains(&c[8..20]),
        "{baseline}"
    );
    assert!(found(&repo, "now.py").is_empty());
}

#[test]
fn values_and_hashes_become_ids_and_stand_nowhere() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let value = token("import value");
    repo.commit("a.py", format!("t = \"{value}\"\n"));
    repo.write(
        ".secretsignore",
        format!("fixtures/*\n[secrets]\n{value}\n"),
    );
    let output = import(&repo, &[".secretsignore"]);
    let text = std::fs::read_to_string(repo.dir.join(".keysieve.toml")).unwrap();
    assert!(
        output.status.success() && text.contains("id = \"") && text.contains("fixtures/*"),
        "{text}"
    );
    for told in [&text, &said(&output)] {
        assert!(!told.contains(&value[8..20]), "{told}");
    }
    std::fs::remove_file(repo.dir.join(".secretsignore")).unwrap();
    assert!(found(&repo, "a.py").is_empty());
}

#[test]
fn git_secrets_settings_are_read_where_git_has_them() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let output = import(&repo, &["--from", "git-secrets"]);
    assert_eq!(output.status.code(), Some(2));
    repo.git(&["config", "--add", "secrets.patterns", r"acme_[0-9]{12}\b"]);
    repo.git(&["config", "--add", "secrets.allowed", "only a \"sample\""]);
    let output = import(&repo, &["--from", "git-secrets"]);
    assert!(output.status.success(), "{}", said(&output));
    check(&repo, "a", "acme_123412341234\n", &["git-secrets-1"]);
    check(&repo, "a", "acme_123412341234 only a \"sample\"\n", &[]);
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.write(".gitleaks.toml", "[[rules]]\nid = 1\nregex = 2\n[x\n");
    repo.write("two.toml", "[[rules]]\nid = 1\nregex = 2\n");
    repo.write("notes.md", "x");
    repo.write("ok.toml", "[[rules]]\nid = \"a\"\nregex = 'abc'\n");
    for (file, words) in [
        (".gitleaks.toml", ".gitleaks.toml:4:"),
        ("two.toml", "two.toml:3:9"),
        ("notes.md", "--from"),
        ("gone.toml", "cannot be read"),
    ] {
        let output = import(&repo, &[file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(said(&output).contains(words), "{}", said(&output));
        assert!(!repo.dir.join(".keysieve.toml").exists());
    }
    repo.write(".keysieve.toml", "rule = 1\n");
    let output = import(&repo, &["ok.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        std::fs::read(repo.dir.join(".keysieve.toml")).unwrap(),
        b"rule = 1\n"
    );
    repo.write(".keysieve.toml", "");
    let output = import(&repo, &["ok.toml", "--format", "jsonl"]);
    let line: serde_json::Value = serde_json::from_str(said(&output).trim()).unwrap();
    assert_eq!(line["became"][0], "[[rule]] a");
    assert_eq!((&line["line"], &line["column"]), (&1.into(), &1.into()));
}
