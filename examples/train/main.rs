//! Trains the generic detector's model from labelled lines and writes its three data files:
//!
//! ```text
//! cargo run --profile quick --example train -- DIR
//! ```
//!
//! `DIR` holds `labels.jsonl` and `files/`, as the corpus' README describes. The result depends on nothing else, bit for
//! bit. `words.txt` and `pairs.txt` are compiled into the features: when they change, the program says so and must be run
//! again. It cross-validates by repository first and takes the thresholds from the scores out of fold.
//! `--report FILE` writes those scores as findings (JSON Lines); `--dry` writes no data file.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a program for people at a terminal; it stops at any surprise"
)]

mod corpus;
mod dictionary;
mod learn;
mod measure;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

use corpus::Corpus;
use learn::{Model, Problem, Settings};
use measure::Curve;

const FOLDS: usize = 10;
/// The blocking threshold is the lowest at which out-of-fold precision holds, over all lower counts of findings.
const BLOCK_PRECISION: f64 = 0.95;
/// At most so many findings on lines without a label per 1000 files.
const BLOCK_UNLABELLED: f64 = 8.0;

fn main() -> io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let option = |name: &str| {
        args.iter()
            .position(|a| a == name)
            .and_then(|i| args.get(i + 1))
    };
    let Some(dir) = args.first().filter(|a| !a.starts_with("--")) else {
        return Err(io::Error::other("give the folder of the corpus"));
    };
    let dry = args.iter().any(|a| a == "--dry");
    let home = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/generic");
    let mut settings = Settings::default();
    for (name, slot) in [
        ("--l1", &mut settings.l1),
        ("--l2", &mut settings.l2),
        ("--unlabelled", &mut settings.unlabelled),
        ("--power", &mut settings.power),
        ("--snippets", &mut settings.snippets),
    ] {
        if let Some(value) = option(name) {
            *slot = value.parse().map_err(io::Error::other)?;
        }
    }

    let corpus = Corpus::read(&PathBuf::from(dir))?;
    let words = dictionary::words(&corpus);
    let pairs = dictionary::pairs(&words);
    if !dry
        && (changed(&home.join("words.txt"), &words)? | changed(&home.join("pairs.txt"), &pairs)?)
    {
        println!(
            "words.txt or pairs.txt changed: run this again, the features are compiled with them"
        );
        return Ok(());
    }
    drop(words);

    let problem = Problem::new(&corpus);
    println!(
        "{} candidates, {} features; true units without a candidate: {}",
        problem.rows.len(),
        problem.names.len(),
        measure::unreachable(&corpus).len()
    );
    let mut scores = vec![0.0f64; problem.rows.len()];
    let folds = corpus.folds(FOLDS);
    for fold in 0..FOLDS {
        let train: Vec<usize> = (0..problem.rows.len())
            .filter(|&i| folds[corpus.candidates[i].repo] != fold)
            .collect();
        let model = Model::fit(&problem, &train, &settings);
        for (i, score) in scores.iter_mut().enumerate() {
            if folds[corpus.candidates[i].repo] == fold {
                *score = model.score(&problem.rows[i]).into();
            }
        }
    }
    let curve = Curve::new(&corpus, &scores);
    let blocking = Curve::new(&corpus, &only_blocking(&corpus, &scores));
    let warn = curve.best_f1();
    let block = blocking.block(BLOCK_PRECISION, BLOCK_UNLABELLED).max(warn);
    println!("out of fold   threshold      P      R     F1   with providers' rules   unl/1k");
    curve.print("all levels", warn);
    blocking.print("blocking", block);
    if args.iter().any(|a| a == "--curve") {
        for step in 0..12 {
            blocking.print("blocking", f64::from(step * 40));
        }
    }
    if let Some(path) = option("--report") {
        fs::write(path, measure::findings(&corpus, &scores, warn, block))?;
    }
    if let Some(path) = option("--dump") {
        let mut out = String::new();
        for (i, c) in corpus.candidates.iter().enumerate() {
            writeln!(
                out,
                "{}",
                serde_json::json!({"file": corpus.files[c.file], "line": c.line.0, "line_end": c.line.1, "start": c.columns.0, "end": c.columns.1, "mark": format!("{:?}", c.mark), "fold": folds[c.repo], "repo": c.repo, "units": c.units, "row": problem.rows[i], "score": scores[i]})
            )
            .expect("a String takes all");
        }
        fs::write(path, out)?;
        fs::write(format!("{path}.names"), problem.names.join("\n"))?;
    }
    if let Some(path) = option("--unreached") {
        fs::write(path, measure::unreachable(&corpus).join("\n"))?;
    }
    if args.iter().any(|a| a == "--cv") {
        return Ok(());
    }

    let all: Vec<usize> = (0..problem.rows.len()).collect();
    let model = Model::fit(&problem, &all, &settings);
    let fitted: Vec<f64> = problem
        .rows
        .iter()
        .map(|row| model.score(row).into())
        .collect();
    let inside = Curve::new(&corpus, &fitted);
    inside.print("in sample", warn);
    let text = write_weights(&problem, &model, warn, block);
    println!("{} weights", text.lines().count() - 2);
    if !dry {
        fs::write(home.join("weights.tsv"), text)?;
    }
    Ok(())
}

/// The scores without those of candidates that never block.
fn only_blocking(corpus: &Corpus, scores: &[f64]) -> Vec<f64> {
    let never = |i: usize| corpus.candidates[i].only_warns;
    scores
        .iter()
        .enumerate()
        .map(|(i, &s)| if never(i) { f64::MIN } else { s })
        .collect()
}

fn changed(path: &PathBuf, text: &str) -> io::Result<bool> {
    let old = fs::read_to_string(path).unwrap_or_default();
    if old == text {
        return Ok(false);
    }
    fs::write(path, text)?;
    Ok(true)
}

/// The data file: thresholds first (`=` sorts before letters), features in order.
fn write_weights(problem: &Problem, model: &Model, warn: f64, block: f64) -> String {
    let mut lines: BTreeMap<&str, i32> = BTreeMap::new();
    for (id, name) in problem.names.iter().enumerate() {
        if model.weights[id] != 0 {
            lines.insert(name, model.weights[id]);
        }
    }
    let mut out = format!("=block\t{}\n=warn\t{}\n", block as i32, warn as i32);
    for (name, weight) in lines {
        writeln!(out, "{name}\t{weight}").expect("a String takes all");
    }
    out
}
