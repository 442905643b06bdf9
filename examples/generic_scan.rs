//! Runs only the generic detector over a folder and prints its findings as JSON Lines, for measuring it alone:
//! `cargo run --profile quick --example generic_scan -- DIR`. With `--time` it prints the rate instead, with
//! `--explain` every candidate with its score and what weighs most in it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for people at a terminal"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use aho_corasick::{AhoCorasick, MatchKind};
use keysieve::{generic, rule};

fn main() -> io::Result<()> {
    let mut args: Vec<String> = env::args().skip(1).collect();
    let timed = args.iter().any(|a| a == "--time");
    let explain = args.iter().any(|a| a == "--explain");
    args.retain(|a| !a.starts_with("--"));
    let root = PathBuf::from(args.first().map_or(".", String::as_str));
    let keywords: Vec<&str> = rule::built_in()
        .iter()
        .filter(|r| r.id.starts_with("generic-"))
        .flat_map(|r| r.keywords.iter().map(AsRef::as_ref))
        .collect();
    let search = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(&keywords)
        .map_err(io::Error::other)?;
    let mut files = Vec::new();
    walk(&root, &mut files)?;
    files.sort();
    let (mut spent, mut size, mut hits) = (Duration::ZERO, 0usize, 0usize);
    for file in files {
        let bytes = fs::read(&file)?;
        let name = file
            .strip_prefix(&root)
            .unwrap_or(&file)
            .to_string_lossy()
            .into_owned();
        let place = generic::File::new(name.as_bytes());
        let found: Vec<_> = search
            .find_overlapping_iter(&bytes)
            .map(|m| m.range())
            .collect();
        if explain {
            for hit in &found {
                generic::candidates_at(&bytes, hit.clone(), &place, &mut |c| {
                    let mut reasons = Reasons(Vec::new());
                    generic::features::extract(&c, &mut reasons);
                    reasons.0.sort_by_key(|(weight, _)| -weight.abs());
                    let words: Vec<String> = reasons
                        .0
                        .iter()
                        .take(14)
                        .map(|(weight, feature)| format!("{feature} {weight}"))
                        .collect();
                    println!(
                        "{name}\t{}\t{}\t{}",
                        generic::model::score(&c).map_or(String::from("-"), |s| s.to_string()),
                        String::from_utf8_lossy(c.text()),
                        words.join(", ")
                    );
                });
            }
            continue;
        }
        let mut out = Vec::new();
        let start = Instant::now();
        for hit in &found {
            generic::scan_at(&bytes, hit.clone(), &place, &mut out);
        }
        spent += start.elapsed();
        size += bytes.len();
        hits += found.len();
        if !timed {
            print(&name, &bytes, &out);
        }
    }
    if timed {
        let seconds = spent.as_secs_f64();
        println!(
            "{:.0} MB, {hits} keywords, {:.0} MB/s, {:.0} ns a keyword",
            size as f64 / 1e6,
            size as f64 / 1e6 / seconds,
            seconds * 1e9 / hits as f64
        );
    }
    Ok(())
}

/// Features with their weights.
struct Reasons(Vec<(i32, String)>);

impl generic::features::Sink for Reasons {
    fn feature(&mut self, group: generic::features::Group, parts: &[&[u8]]) {
        let weight = generic::model::weight_of(group.name, parts);
        if weight != 0 {
            let parts: Vec<_> = parts.iter().map(|p| String::from_utf8_lossy(p)).collect();
            self.0
                .push((weight, format!("{}={}", group.name, parts.join("|"))));
        }
    }
}

fn print(name: &str, bytes: &[u8], found: &[generic::GenericMatch]) {
    let line_of = |at: usize| bytes.iter().take(at).filter(|&&b| b == b'\n').count() + 1;
    let column_of = |at: usize| {
        let head = bytes.get(..at).unwrap_or_default();
        let line = head.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        String::from_utf8_lossy(head.get(line..).unwrap_or_default())
            .chars()
            .count()
    };
    for m in found {
        let record = serde_json::json!({
            "file": name,
            "line": line_of(m.value.start),
            "line_end": line_of(m.value.end),
            "start": column_of(m.value.start),
            "end": column_of(m.value.end),
            "rule": m.rule,
            "confidence": m.confidence.as_str(),
        });
        println!("{record}");
    }
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
