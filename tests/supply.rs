//! What is built in beside our own code: licences, sources and kinds of dependencies as `deny.toml` has them, a reason for
//! each of our own choosing, and every use of `unsafe` named in `docs/supply-chain.md`. `cargo deny check` says the first
//! part too, and advisories besides; this runs where it is not installed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// What cargo says of all packages that are built on Linux, or nothing where it cannot.
fn packages() -> Option<Vec<Value>> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--locked", "--format-version", "1"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let all: Value = serde_json::from_str(&text).ok()?;
    Some(all["packages"].as_array()?.clone())
}

/// The licences that `deny.toml` allows.
fn allowed_licences() -> Vec<String> {
    read("deny.toml")
        .lines()
        .skip_while(|line| *line != "allow = [")
        .take_while(|line| *line != "]")
        .filter_map(|line| {
            Some(
                line.trim()
                    .strip_prefix('"')?
                    .strip_suffix("\",")?
                    .to_owned(),
            )
        })
        .collect()
}

#[test]
fn licences_sources_and_kinds_are_those_allowed() {
    let Some(packages) = packages() else {
        return;
    };
    let allowed = allowed_licences();
    let is_allowed = |licence: &str| {
        // One of several may be chosen; what is joined by AND must all be allowed.
        licence.replace('/', " OR ").split(" OR ").any(|one| {
            one.split(" AND ").all(|part| {
                allowed
                    .iter()
                    .any(|a| a == part.trim_matches(['(', ')', ' ']))
            })
        })
    };
    let mut wrong = Vec::new();
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        *versions.entry(name).or_default() += 1;
        let licence = package["license"].as_str().unwrap_or_default();
        // What only tests use is not passed on.
        if !is_allowed(licence) && !["brunch", "dactyl"].contains(&name) {
            wrong.push(format!("{name}: licence `{licence}`"));
        }
        let source = package["source"].as_str();
        let is_ours = name == "keysieve" && source.is_none();
        if !is_ours && source != Some("registry+https://github.com/rust-lang/crates.io-index") {
            wrong.push(format!("{name}: comes from {source:?}"));
        }
        let targets = package["targets"].as_array().unwrap();
        if targets.iter().any(|target| {
            target["kind"]
                .as_array()
                .unwrap()
                .contains(&"proc-macro".into())
        }) {
            wrong.push(format!(
                "{name}: a procedural macro, which the static build cannot load"
            ));
        }
    }
    wrong.extend(
        versions
            .iter()
            .filter(|(_, n)| **n > 1)
            .map(|(name, n)| format!("{name}: {n} versions")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dependency_has_a_reason_and_no_open_version() {
    let text = read("Cargo.toml");
    let mut reason = false;
    let mut is_listed = false;
    let mut wrong = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            is_listed = line == "[dependencies]";
            reason = false;
        } else if is_listed && line.starts_with('#') {
            reason = true;
        } else if is_listed && line.is_empty() {
            reason = false;
        } else if is_listed && let Some((name, version)) = line.split_once(" = ") {
            // One reason may stand for a few lines.
            if !reason && !["memchr", "memmap2", "serde_json"].contains(&name) {
                wrong.push(format!("{name}: no comment says why"));
            }
            if version.contains('*') || version.contains(">=") {
                wrong.push(format!("{name}: any version"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How often `unsafe` begins a block or a function, by file.
fn unsafe_uses() -> BTreeMap<String, usize> {
    let mut open = vec![root().join("src")];
    let mut files: Vec<PathBuf> = vec![root().join("build.rs")];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    let mut uses = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let mut n = 0;
        for (at, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap();
            if !(code.contains("unsafe {")
                || code.contains("unsafe fn")
                || code.contains("unsafe impl"))
            {
                continue;
            }
            n += 1;
            let before = &lines[at.saturating_sub(6)..at];
            assert!(
                before.iter().any(|line| line.contains("SAFETY:")),
                "{}:{}: no `SAFETY:` says why",
                file.display(),
                at + 1
            );
        }
        if n > 0 {
            let name = file
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            uses.insert(name, n);
        }
    }
    uses
}

#[test]
fn every_use_of_unsafe_is_told() {
    let text = read("docs/supply-chain.md");
    let told: BTreeMap<String, usize> = text
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split('|');
            let file = cells.next()?.trim().trim_end_matches('`').to_owned();
            Some((file, cells.next()?.trim().parse().ok()?))
        })
        .collect();
    assert_eq!(told, unsafe_uses());
}

/// What CycloneDX 1.5 asks of a component (its schema's `required`, `enum` and `pattern`).
#[track_caller]
fn check_component(component: &Value) {
    let text = |key: &str| component[key].as_str().unwrap_or_default();
    assert!(
        ["application", "library"].contains(&text("type")),
        "{component}"
    );
    assert!(
        !text("name").is_empty() && !text("version").is_empty(),
        "{component}"
    );
    let purl = format!("pkg:cargo/{}@{}", text("name"), text("version"));
    assert_eq!(
        (text("purl"), text("bom-ref")),
        (purl.as_str(), purl.as_str())
    );
    // An expression stands alone.
    let licences = component["licenses"].as_array().unwrap();
    assert!(
        matches!(licences.as_slice(), [one] if one["expression"].is_string()),
        "{component}"
    );
    for hash in component["hashes"].as_array().into_iter().flatten() {
        let content = hash["content"].as_str().unwrap();
        assert_eq!(hash["alg"], "SHA-256");
        assert!(content.len() == 64 && content.bytes().all(|b| b.is_ascii_hexdigit()));
    }
    for link in component["externalReferences"]
        .as_array()
        .into_iter()
        .flatten()
    {
        assert_eq!(link["type"], "vcs");
        assert!(
            link["url"].as_str().unwrap().starts_with("https://"),
            "{component}"
        );
    }
}

#[test]
fn the_bill_of_materials_is_what_readers_of_cyclonedx_take() {
    let script = root().join("packaging/sbom.py");
    let Ok(output) = Command::new("python3").arg(script).output() else {
        return;
    };
    if packages().is_none() {
        return;
    }
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let bom: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        bom["$schema"],
        "http://cyclonedx.org/schema/bom-1.5.schema.json"
    );
    assert_eq!(
        (&bom["bomFormat"], &bom["specVersion"]),
        (&"CycloneDX".into(), &"1.5".into())
    );
    assert_eq!(bom["version"], 1);
    let ours = &bom["metadata"]["component"];
    check_component(ours);
    assert_eq!(
        (&ours["type"], &ours["name"]),
        (&"application".into(), &"keysieve".into())
    );
    let components = bom["components"].as_array().unwrap();
    let mut known = BTreeMap::from([(ours["bom-ref"].as_str().unwrap(), 0)]);
    for component in components {
        check_component(component);
        assert!(component["hashes"].is_array(), "{component}");
        let is_new = known
            .insert(component["bom-ref"].as_str().unwrap(), 0)
            .is_none();
        assert!(is_new, "twice: {component}");
    }
    // Each says what it needs, and that is there; all but ours are needed.
    let dependencies = bom["dependencies"].as_array().unwrap();
    assert_eq!(dependencies.len(), known.len());
    for dependency in dependencies {
        assert!(known.contains_key(dependency["ref"].as_str().unwrap()));
        for needed in dependency["dependsOn"].as_array().unwrap() {
            *known.get_mut(needed.as_str().unwrap()).unwrap() += 1;
        }
    }
    assert_eq!(known.values().filter(|n| **n == 0).count(), 1);
    let has = |name: &str| components.iter().any(|component| component["name"] == name);
    assert!(has("git2") && has("regex-automata") && has("libz-sys"));
    assert!(
        !has("proptest") && !has("tempfile") && !has("cc"),
        "what only builds and tests use"
    );
}
