//! The house rules that a machine can check: which layer may use which, file sizes, names, and no text of a token's
//! shape in the tree or its history.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use keysieve::finding::Confidence;
use keysieve::outcome::{Finding, Origin, Place, Status};
use keysieve::scan::Scanner;
use keysieve::suppress::Suppressions;

/// Modules in rows; each uses only its own row and the rows above.
const ROWS: &[&[&str]] = &[
    &[
        "sets",
        "table",
        "finding",
        "outcome",
        "fingerprint",
        "template",
        "check",
        "known",
        "rule",
    ],
    &[
        "prefilter",
        "judge",
        "generic",
        "keyfile",
        "decode",
        "archive",
    ],
    &["scan", "policy", "suppress"],
    &[
        "host",
        "pack",
        "source",
        "attribute",
        "config",
        "confine",
        "import",
    ],
    &["report"],
    &["install", "run", "cli"],
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Every source file with its path below `src`.
fn all_sources() -> BTreeMap<String, String> {
    let src = root().join("src");
    let mut paths = Vec::new();
    sources(&src, &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&src)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

fn module(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap()
}

#[test]
fn each_layer_uses_only_those_above_it() {
    let mut wrong = Vec::new();
    for (name, text) in all_sources() {
        if matches!(name.as_str(), "lib.rs" | "main.rs") {
            continue;
        }
        let Some(own) = row(module(&name)) else {
            wrong.push(format!("{name}: its module is in no row of tests/tidy.rs"));
            continue;
        };
        // Tests may look anywhere.
        let code = text.split("#[cfg(test)]").next().unwrap();
        if name.ends_with("tests.rs") {
            continue;
        }
        for (at, _) in code.match_indices("crate::") {
            let used: String = code[at + 7..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if row(&used).is_some_and(|used| used > own) {
                wrong.push(format!("{name}: uses crate::{used}, which is below it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_small_and_open_with_their_purpose() {
    let mut wrong = Vec::new();
    for (name, text) in all_sources() {
        let lines = text.lines().count();
        if lines > 400 && !name.ends_with("tests.rs") {
            wrong.push(format!("{name}: {lines} lines; is there a missing noun?"));
        }
        if !text.starts_with("//!") && !name.ends_with("tests.rs") {
            wrong.push(format!("{name}: does not open with //!"));
        }
        let stem = name.rsplit('/').next().unwrap();
        if matches!(
            stem,
            "mod.rs" | "utils.rs" | "util.rs" | "common.rs" | "helpers.rs" | "misc.rs"
        ) {
            wrong.push(format!("{name}: a name that says nothing"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn git2_and_the_environment_stay_at_their_doors() {
    let mut wrong = Vec::new();
    for (name, text) in all_sources() {
        let at_git = name.starts_with("source")
            || name.starts_with("pack")
            || name == "attribute.rs"
            || name.starts_with("attribute/");
        if text.contains("git2::") && !at_git {
            wrong.push(format!("{name}: uses git2"));
        }
        let at_env =
            name.starts_with("host") || name.starts_with("config") || name.starts_with("install");
        // Advice on how other people's code reads its environment is text.
        if text.contains("env::var") && !at_env && name != "report/advice.rs" {
            wrong.push(format!("{name}: reads the environment"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn git(args: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root())
        .args(args)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn as_finding(found: keysieve::finding::Match, path: &str) -> Finding {
    Finding {
        id: String::new(),
        rule: found.rule,
        secret: found.secret,
        severity: found.severity,
        confidence: found.confidence,
        evidence: found.evidence,
        status: Status::Open,
        places: vec![Place {
            origin: Origin::File,
            path: path.as_bytes().to_vec(),
            position: found.position,
            route: found.route,
            excerpt: found.excerpt,
            inline_allow: found.inline_allow,
            around: found.around,
        }],
    }
}

/// What our own scanner, at the level that blocks, says of this repository's files and of every blob in its history.
#[test]
fn the_repository_passes_its_own_hook() {
    // A source package without git has no history to look at; its files are the same.
    if !root().join(".git").exists() {
        return;
    }
    let scanner = Scanner::default();
    let own = fs::read_to_string(root().join(".keysieve.toml")).unwrap();
    let allow = keysieve::config::parse(".keysieve.toml", &own)
        .unwrap()
        .allow;
    let suppressions = Suppressions {
        allow,
        inline: true,
        ..Suppressions::default()
    };
    let mut wrong = Vec::new();
    let objects = git(&["rev-list", "--objects", "--all"]);
    for line in String::from_utf8(objects).unwrap().lines() {
        let Some((id, path)) = line.split_once(' ') else {
            continue;
        };
        if path.is_empty() || git(&["cat-file", "-t", id]) != b"blob\n" {
            continue;
        }
        let bytes = git(&["cat-file", "blob", id]);
        let matches = scanner.scan(path.as_bytes(), &bytes).matches;
        let blocking = matches
            .into_iter()
            .filter(|m| m.confidence >= Confidence::Medium);
        let findings = blocking.map(|m| as_finding(m, path)).collect();
        for found in suppressions.apply(findings, jiff::civil::date(2000, 1, 1)) {
            if found.status == Status::Open {
                wrong.push(format!(
                    "{path}:{} in blob {id}: {}",
                    found.places[0].position.line, found.rule.id
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
