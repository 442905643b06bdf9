//! Scores a built keysieve on labelled data and says what it misses and what it takes for a secret, by cause:
//!
//! ```text
//! cargo build --profile quick && cargo run --profile quick --example evaluate -- VECTORS.jsonl DIR
//! ```
//!
//! `VECTORS.jsonl` holds small texts (`id`, `text`, `expect`, `kind`, `provider`, `suites`, and `path`, `encoding`, `quality`,
//! `checksum`, `group` where they apply), `DIR` has `labels.jsonl` and `files/` as the trainer reads them; either may be left
//! out. The binary beside the example is run, another with `--keysieve PATH`. `--mistakes FILE` lists every mistake by its id or
//! place, never with the value.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a program for people at a terminal; it stops at any surprise"
)]

#[path = "train/identifiers.rs"]
mod identifiers;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use identifiers::IDENTIFIERS;
use serde_json::Value;

/// Scanners with suites of their own: what these hold says less of others.
const SCANNERS: &[&str] = &[
    "gitleaks",
    "betterleaks",
    "kingfisher",
    "credsweeper",
    "detect-secrets",
    "ripsecrets",
    "secretlint",
];
/// Vectors whose label is in doubt are not counted.
const DOUBTFUL: &[&str] = &["weak", "disputed", "debatable"];
/// Causes that are told on the terminal.
const TOLD: usize = 25;

/// A finding: file, lines, and whether it blocks.
struct Found {
    file: String,
    lines: (u64, u64),
    blocks: bool,
}

fn main() -> io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let option = |name: &str| {
        let at = args.iter().position(|a| a == name)?;
        args.get(at + 1).map(PathBuf::from)
    };
    let keysieve = match option("--keysieve") {
        Some(path) => path.canonicalize()?,
        None => beside()?,
    };
    let is_value = |at: usize| at > 0 && args[at - 1].starts_with("--");
    let mut mistakes = Vec::new();
    for (at, arg) in args.iter().enumerate() {
        if arg.starts_with("--") || is_value(at) {
            continue;
        }
        let path = Path::new(arg);
        if path.is_dir() {
            labelled(&keysieve, path, &mut mistakes)?;
        } else {
            vectors(&keysieve, path, &mut mistakes)?;
        }
    }
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    for (cause, _) in &mistakes {
        *causes.entry(cause).or_default() += 1;
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(cause, n)| (std::cmp::Reverse(*n), *cause));
    for (cause, n) in causes.iter().take(TOLD) {
        println!("{n:6}  {cause}");
    }
    if let Some(path) = option("--mistakes") {
        let mut text = String::new();
        for (cause, place) in &mistakes {
            writeln!(text, "{cause}\t{place}").expect("a String takes all");
        }
        fs::write(path, text)?;
    }
    Ok(())
}

/// The binary that was built with the same profile.
fn beside() -> io::Result<PathBuf> {
    let example = env::current_exe()?;
    let profile = example.parent().and_then(Path::parent);
    let found = profile.map(|p| p.join(format!("keysieve{}", env::consts::EXE_SUFFIX)));
    found.filter(|path| path.is_file()).ok_or_else(|| {
        io::Error::other("no keysieve beside this program: build it first, or give --keysieve PATH")
    })
}

/// What a scan of a folder finds. Gaps are told, since they are neither hits nor misses.
fn scan(keysieve: &Path, folder: &Path) -> io::Result<Vec<Found>> {
    let output = Command::new(keysieve)
        .args(["scan", "--format", "jsonl", "."])
        .current_dir(folder)
        .output()?;
    if !matches!(output.status.code(), Some(0..=2)) {
        return Err(io::Error::other(format!("keysieve: {}", output.status)));
    }
    let mut gaps = 0;
    let mut found = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let record: Value = serde_json::from_str(line).map_err(io::Error::other)?;
        let (Some(file), Some(line)) = (record["file"].as_str(), record["line"].as_u64()) else {
            gaps += 1;
            continue;
        };
        found.push(Found {
            file: file.to_owned(),
            lines: (line, record["line_end"].as_u64().unwrap_or(line)),
            blocks: record["confidence"] != "low",
        });
    }
    if gaps > 0 {
        println!("{gaps} records without a place, such as what was not scanned");
    }
    Ok(found)
}

fn records(path: &Path) -> io::Result<Vec<Value>> {
    let text = fs::read_to_string(path)?;
    let records = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>();
    records.map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
}

fn text<'v>(record: &'v Value, key: &str) -> &'v str {
    record[key].as_str().unwrap_or_default()
}

fn is_in(vector: &Value, suites: &[&str]) -> bool {
    let mut of = vector["suites"].as_array().into_iter().flatten();
    of.any(|suite| suites.iter().any(|name| suite == name))
}

/// Every vector as a file of its own, and how many of each kind are found.
fn vectors(keysieve: &Path, path: &Path, mistakes: &mut Vec<(String, String)>) -> io::Result<()> {
    let vectors = records(path)?;
    let work = tempfile::tempdir()?;
    for (i, vector) in vectors.iter().enumerate() {
        let name = match text(vector, "path").trim_start_matches('/') {
            "" => "app.py",
            name if Path::new(name)
                .components()
                .all(|c| matches!(c, std::path::Component::Normal(_))) =>
            {
                name
            }
            name => name.rsplit('/').next().unwrap_or("app.py"),
        };
        let file = work.path().join(format!("{i:06}")).join(name);
        fs::create_dir_all(file.parent().unwrap_or(work.path()))?;
        let content = text(vector, "text").as_bytes();
        if vector["encoding"] == "base64" {
            let decoded = data_encoding::BASE64.decode(content);
            fs::write(file, decoded.map_err(io::Error::other)?)?;
        } else {
            fs::write(file, content)?;
        }
    }
    // 1 for a warning, 2 for what blocks.
    let mut levels = vec![0u8; vectors.len()];
    for found in scan(keysieve, work.path())? {
        let number = found.file.split('/').next().and_then(|n| n.parse().ok());
        if let Some(level) = number.and_then(|n: usize| levels.get_mut(n)) {
            *level = (*level).max(1 + u8::from(found.blocks));
        }
    }
    let counted = |v: &Value| !DOUBTFUL.contains(&text(v, "quality"));
    // A token whose check value was found wrong is told as a warning.
    let hit = |i: usize| {
        let made_up = vectors[i]["checksum"] == "not-valid" && vectors[i]["expect"] == "secret";
        levels[i] == 2 || levels[i] == 1 && made_up
    };
    type Which = fn(&Value) -> bool;
    let rows: [(&str, &str, Which); 11] = [
        ("secret", "tokens, suites of no scanner", |v| {
            v["kind"] == "token" && !is_in(v, SCANNERS)
        }),
        ("secret", "tokens", |v| v["kind"] == "token"),
        ("secret", "credential and key files", |v| {
            v["kind"] == "file"
        }),
        ("secret", "generic", |v| v["kind"] == "generic"),
        ("secret", "suite of gitleaks", |v| is_in(v, &["gitleaks"])),
        ("secret", "suite of betterleaks", |v| {
            is_in(v, &["betterleaks"])
        }),
        ("secret", "synthetic", |v| is_in(v, &["synthetic"])),
        ("secret", "valid check value", |v| v["checksum"] == "valid"),
        ("clean", "clean", |v| !is_in(v, &["checksum-invalid"])),
        ("clean", "placeholders", |v| is_in(v, &["placeholder"])),
        ("clean", "wrong check value", |v| {
            is_in(v, &["checksum-invalid"])
        }),
    ];
    println!("{:34} {:>6} {:>9} {:>7}", "", "texts", "blocks %", "any %");
    for (expect, title, which) in rows {
        let of = |v: &Value| v["expect"] == expect && counted(v) && which(v);
        let all: Vec<usize> = (0..vectors.len()).filter(|&i| of(&vectors[i])).collect();
        let share = |hits: usize| 100.0 * hits as f64 / all.len().max(1) as f64;
        let blocks = all.iter().filter(|&&i| hit(i)).count();
        let any = all.iter().filter(|&&i| levels[i] > 0).count();
        println!(
            "{title:34} {:6} {:9.1} {:7.1}",
            all.len(),
            share(blocks),
            share(any)
        );
        if title == "generic" {
            // One value in many forms weighs as much as one in one.
            let mut values: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
            for &i in &all {
                let group = vectors[i]["group"]
                    .as_str()
                    .unwrap_or(text(&vectors[i], "id"));
                let slot = values.entry(group).or_default();
                *slot = (slot.0 + usize::from(hit(i)), slot.1 + 1);
            }
            let sum: f64 = values
                .values()
                .map(|(hits, n)| *hits as f64 / *n as f64)
                .sum();
            let n = values.len();
            println!(
                "{:34} {n:6} {:9.1}",
                "generic, each value once",
                100.0 * sum / n.max(1) as f64
            );
        }
    }
    for (i, vector) in vectors.iter().enumerate().filter(|(_, v)| counted(v)) {
        let cause = match (text(vector, "expect"), levels[i]) {
            ("secret", 0) => "missed",
            ("secret", 1) if !hit(i) => "warns only",
            ("clean", 2) => "false",
            _ => continue,
        };
        let kind = format!(
            "{cause}, {}, {}",
            text(vector, "kind"),
            text(vector, "provider")
        );
        mistakes.push((kind, text(vector, "id").to_owned()));
    }
    Ok(())
}

/// What labels say of some lines of a file.
#[derive(Default)]
struct Unit {
    is_true: bool,
    /// All its true labels are of identifiers: set aside.
    aside: bool,
    category: String,
    level: u8,
}

/// Precision and recall over lines with labels.
fn labelled(keysieve: &Path, dir: &Path, mistakes: &mut Vec<(String, String)>) -> io::Result<()> {
    let mut units: BTreeMap<String, BTreeMap<(u64, u64), Unit>> = BTreeMap::new();
    for label in records(&dir.join("labels.jsonl"))? {
        let number = |key: &str| label[key].as_u64().unwrap_or(0);
        let lines = (number("line_start"), number("line_end"));
        let file = units.entry(text(&label, "file").to_owned()).or_default();
        let unit = file.entry(lines).or_insert_with(|| Unit {
            aside: true,
            ..Unit::default()
        });
        let category = text(&label, "category");
        if label["ground_truth"] == "T" {
            unit.is_true = true;
            unit.aside &= category.split(':').all(|c| IDENTIFIERS.contains(&c));
        }
        unit.category = category.to_owned();
    }
    let mut unlabelled: BTreeSet<(String, u64, bool)> = BTreeSet::new();
    for found in scan(keysieve, &dir.join("files"))? {
        let Some(file) = units.get_mut(&found.file) else {
            continue;
        };
        let touches = |lines: &(u64, u64)| lines.0 <= found.lines.1 && found.lines.0 <= lines.1;
        let mut on: Vec<_> = file
            .iter_mut()
            .filter(|(lines, _)| touches(lines))
            .collect();
        if on.is_empty() {
            unlabelled.insert((found.file, found.lines.0, found.blocks));
            continue;
        }
        // What is true takes the finding to itself.
        let some_true = on.iter().any(|(_, unit)| unit.is_true);
        for (_, unit) in on.iter_mut().filter(|(_, unit)| unit.is_true == some_true) {
            unit.level = unit.level.max(1 + u8::from(found.blocks));
        }
    }
    println!(
        "{:14} {:>6} {:>6} {:>6} {:>26}",
        "", "P", "R", "F1", "unlabelled in 1,000 files"
    );
    for (title, least) in [("all levels", 1), ("blocking", 2)] {
        let count = |want: bool, hit: bool| {
            let all = units.values().flat_map(BTreeMap::values);
            let of =
                |u: &&Unit| u.is_true == want && (u.level >= least) == hit && !(want && u.aside);
            all.filter(of).count() as f64
        };
        let (hits, falses, misses) = (count(true, true), count(false, true), count(true, false));
        let (p, r) = (
            hits / (hits + falses).max(1.0),
            hits / (hits + misses).max(1.0),
        );
        let lines = unlabelled
            .iter()
            .filter(|(_, _, blocks)| *blocks || least == 1);
        let lines: BTreeSet<_> = lines.map(|(file, line, _)| (file, line)).collect();
        let in_1000 = 1000.0 * lines.len() as f64 / units.len().max(1) as f64;
        println!(
            "{title:14} {p:6.3} {r:6.3} {:6.3} {in_1000:26.1}",
            2.0 * p * r / (p + r).max(1e-9)
        );
    }
    for (file, units) in &units {
        for (lines, unit) in units
            .iter()
            .filter(|(_, unit)| !(unit.is_true && unit.aside))
        {
            let cause = match (unit.is_true, unit.level) {
                (true, 0) => "missed",
                (true, 1) => "warns only",
                (false, 1) => "false, warns",
                (false, 2) => "false, blocks",
                _ => continue,
            };
            mistakes.push((
                format!("{cause}, {}", unit.category),
                format!("{file}:{}", lines.0),
            ));
        }
    }
    Ok(())
}
