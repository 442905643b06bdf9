//! Pages of the book that are made, not written: rules, where to revoke, configuration, and the picture of a refused commit.
//! Each is compared with its file; `KEYSIEVE_WRITE=1 cargo test --test git reference` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::readme::{example, untimed};
use crate::sandbox::{Sandbox, said};

#[track_caller]
fn compare(name: &str, made: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name);
    if std::env::var_os("KEYSIEVE_WRITE").is_some() {
        std::fs::write(&file, made).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = written
        .lines()
        .zip(made.lines())
        .position(|(written, made)| written != made);
    assert!(
        written == made,
        "docs/{name} is not what is made now (line {:?}); KEYSIEVE_WRITE=1 cargo test --test git reference",
        differs.map(|line| line + 1)
    );
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[test]
fn the_page_of_rules() {
    let rules = keysieve::rule::built_in();
    let mut page = format!(
        "# Rules\n\n{} built-in rules; `keysieve rules show ID` tells all of one. An id is for ever.\n\n\
         | id | finds | severity |\n| --- | --- | --- |\n",
        rules.len()
    );
    for rule in rules {
        page.push_str(&format!(
            "| `{}` | {} | {} |\n",
            rule.id,
            cell(&rule.name),
            rule.severity.as_str()
        ));
    }
    compare("rules.md", &page);
}

#[test]
fn the_page_of_places_to_revoke() {
    let mut providers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in keysieve::rule::built_in() {
        let places = providers.entry(&rule.provider).or_default();
        for place in [&rule.revoke, &rule.rotate] {
            if place.starts_with("https://") {
                places.insert(place);
            }
        }
    }
    providers.retain(|provider, places| !provider.is_empty() && !places.is_empty());
    let mut page = format!(
        "# Where to revoke\n\nBy provider ({}), where a credential is revoked or replaced and how that is documented. What has \
         no page of its own is told by `keysieve rules show ID`.\n\n| provider | pages |\n| --- | --- |\n",
        providers.len()
    );
    for (provider, places) in providers {
        let places: Vec<String> = places.iter().map(|place| format!("<{place}>")).collect();
        page.push_str(&format!("| {provider} | {} |\n", places.join(" ")));
    }
    compare("revoke.md", &page);
}

#[test]
fn the_page_of_the_configuration() {
    let schema = keysieve::config::schema();
    let mut page = "# Configuration\n\nTOML, from the first to the last: built in, `/etc/keysieve/config.toml`, the user's \
        `keysieve/config.toml`, the repository's `.keysieve.toml`, the environment (`KEYSIEVE_MODE`, `KEYSIEVE_BLOCK_AT`), options. \
        A server takes only `/etc/keysieve/server.toml`, or the file of `KEYSIEVE_CONFIG` or `--config`. A key that nobody knows is an \
        error that names the nearest one.\n\n```sh\nkeysieve config show       # each value and where it comes from\nkeysieve config check\n```\n"
        .to_owned();
    for (name, table) in schema["properties"].as_object().unwrap() {
        let (title, table) = match table.get("items") {
            Some(items) => (format!("[[{name}]]"), items),
            None => (format!("[{name}]"), table),
        };
        page.push_str(&format!(
            "\n## `{title}`\n\n{}\n\n| key | takes | what |\n| --- | --- | --- |\n",
            table["description"].as_str().unwrap()
        ));
        for (key, value) in table["properties"].as_object().unwrap() {
            page.push_str(&format!(
                "| `{key}` | {} | {} |\n",
                takes(value),
                cell(value["description"].as_str().unwrap())
            ));
        }
    }
    compare("configuration.md", &page);
}

fn takes(value: &Value) -> String {
    let names = |list: &Value| {
        let names = list.as_array().unwrap().iter();
        let names: Vec<String> = names
            .map(|n| format!("`{}`", n.as_str().unwrap()))
            .collect();
        names.join(", ")
    };
    if let Some(choices) = value.get("enum") {
        return names(choices);
    }
    if let Some(choices) = value.get("items").and_then(|items| items.get("enum")) {
        return format!("a list of {}", names(choices));
    }
    let one = value["type"].as_str();
    match one {
        Some("string") => "text".to_owned(),
        Some("boolean") => "true, false".to_owned(),
        Some(one) => one.to_owned(),
        None if value["type"].is_array() => "text, or a list".to_owned(),
        None => "a date".to_owned(),
    }
}

const COLUMNS: usize = 100;
const LETTER: f64 = 8.4;
const LINE: usize = 18;

#[test]
fn the_picture_of_a_refused_commit() {
    let sandbox = Sandbox::new();
    let repo = example(&sandbox);
    let output = untimed(&said(
        &repo.keysieve(&["scan", "--staged", "--color", "always"]),
    ));
    let shown = format!(
        "\u{1b}[1m$ git commit -m \"Add the client\"\u{1b}[0m\n{}",
        output.trim_end()
    );
    let height = shown.lines().count() * LINE + 24;
    let width = COLUMNS as f64 * LETTER + 24.0;
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height}\" width=\"{width:.0}\" role=\"img\" \
         aria-label=\"git commit, refused by keysieve because of a GitHub token\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e1e1e\"/>\n\
         <g font-family=\"ui-monospace, 'DejaVu Sans Mono', monospace\" font-size=\"14\" fill=\"#d4d4d4\" style=\"white-space:pre\">\n"
    );
    for (i, line) in shown.lines().enumerate() {
        picture.push_str(&drawn(line, (i + 1) * LINE + 8));
    }
    picture.push_str("</g>\n</svg>\n");
    compare("blocked-commit.svg", &picture);
}

/// A line with the terminal's colours; every run of one colour at its own column, so that no font shifts what follows.
fn drawn(line: &str, y: usize) -> String {
    let mut out = String::new();
    let (mut column, mut style) = (0, String::new());
    for (i, part) in line.split("\u{1b}[").enumerate() {
        let text = match part.split_once('m') {
            Some((codes, text)) if i > 0 => {
                style = styled(codes, &style);
                text
            }
            _ => part,
        };
        if !text.trim().is_empty() {
            let blanks = text.len() - text.trim_start().len();
            let x = 12.0 + (column + blanks) as f64 * LETTER;
            let letters = text.trim().chars().count();
            let text = text.trim().replace('&', "&amp;").replace('<', "&lt;");
            out.push_str(&format!(
                "<text x=\"{x:.1}\" y=\"{y}\" textLength=\"{:.1}\"{style}>{text}</text>\n",
                letters as f64 * LETTER
            ));
        }
        column += text.chars().count();
    }
    out
}

fn styled(codes: &str, before: &str) -> String {
    let mut style = before.to_owned();
    for code in codes.split(';') {
        let colour = match code {
            "" | "0" => {
                style.clear();
                continue;
            }
            "1" => " font-weight=\"bold\"",
            "31" | "91" => " fill=\"#f14c4c\"",
            "32" | "92" => " fill=\"#23d18b\"",
            "33" | "93" => " fill=\"#e5e510\"",
            "34" | "94" => " fill=\"#3b8eea\"",
            "36" | "96" => " fill=\"#29b8db\"",
            _ => continue,
        };
        style.push_str(colour);
    }
    style
}

#[test]
fn what_is_copied_elsewhere_names_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, wanted) in [
        ("packaging/action.yml", format!("default: \"{version}\"")),
        ("packaging/action.yml", format!("packaging@v{version}")),
        ("packaging/gitlab-ci.yml", format!("VERSION: \"{version}\"")),
        ("docs/developers.md", format!("rev: v{version}")),
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        assert!(text.contains(&wanted), "{file}: {wanted}");
    }
}
