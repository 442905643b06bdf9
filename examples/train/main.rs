//! Trains the generic detector's model from labelled lines and writes its data files:
//!
//! ```text
//! cargo run --profile quick --example train -- DIR
//! ```
//!
//! `DIR` holds `labels.jsonl` and `files/`, as the corpus' README describes. The result depends on nothing else, bit for
//! bit. `words.txt` and `pairs.txt` are compiled into the features: when they change, the program says so and must be run
//! again. It cross-validates by repository first and takes the thresholds from the scores out of fold.
//! `--report FILE` writes those scores as findings (JSON Lines), `--mistakes FILE` every unit that is missed or falsely found
//! with its cause, and prints how many there are of each; `--cv` ends after the cross-validation, `--dry` writes no data file,
//! `--folds N` cuts the repositories into another number of folds than ten, and `--seeds 1,2,3` cuts them by chance as often and
//! prints the figures of each cut and their mean, to see how much the figures depend on it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a program for people at a terminal; it stops at any surprise"
)]

mod boost;
mod corpus;
mod dictionary;
mod identifiers;
mod learn;
mod measure;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, io, thread};

use boost::Trees;
use corpus::Corpus;
use keysieve::generic::model::{self, HOPELESS};
use learn::{Model, Problem, Settings};
use measure::{Curve, Level};

const FOLDS: usize = 10;
/// The blocking threshold is the lowest at which this precision holds out of fold, a little above what other repositories are promised.
const BLOCK_PRECISION: f64 = 0.952;
/// At most so many findings on lines without a label per 1000 files.
const BLOCK_UNLABELLED: f64 = 10.0;

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
        ("--unlabelled-trees", &mut settings.unlabelled_trees),
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
    let n_folds = match option("--folds") {
        Some(n) => n.parse().map_err(io::Error::other)?,
        None => FOLDS,
    };
    if let Some(seeds) = option("--seeds") {
        let mut all = Vec::new();
        for seed in seeds.split(',') {
            let seed = seed.parse().map_err(io::Error::other)?;
            let figures = figures(
                &corpus,
                &out_of_fold(&corpus, &problem, &settings, n_folds, seed),
            );
            println!("seed {seed:3}   {}", written(&figures));
            all.push(figures);
        }
        let mean = [0, 1, 2, 3].map(|i| all.iter().map(|f| f[i]).sum::<f64>() / all.len() as f64);
        println!("mean       {}", written(&mean));
        return Ok(());
    }
    let scores = out_of_fold(&corpus, &problem, &settings, n_folds, 0);
    let blocking = Curve::new(&corpus, &scores, Level::Blocking, f64::MAX);
    let block = blocking.block(BLOCK_PRECISION, BLOCK_UNLABELLED);
    let curve = Curve::new(&corpus, &scores, Level::All, block);
    let warn = curve.best_f1().min(block);
    println!("out of fold   threshold      P      R     F1     unl/1k");
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
    if let Some(path) = option("--mistakes") {
        let mistakes = measure::mistakes(&corpus, &scores, warn, block);
        print!("{}", measure::summary(&mistakes));
        fs::write(path, mistakes.join("\n"))?;
    }
    if args.iter().any(|a| a == "--cv") {
        return Ok(());
    }

    let all: Vec<usize> = (0..problem.rows.len()).collect();
    let both = Both::fit(&problem, &all, &settings);
    let fitted: Vec<f64> = all.iter().map(|&i| both.score(&problem, i)).collect();
    for (title, level, at) in [
        ("in sample", Level::All, warn),
        ("  blocking", Level::Blocking, block),
    ] {
        Curve::new(&corpus, &fitted, level, block).print(title, at);
    }
    let text = write_weights(&problem, &both.weights, warn, block);
    let trees = both.trees.write(&problem);
    println!(
        "{} weights, {} nodes of trees",
        text.lines().count() - 2,
        trees.lines().count()
    );
    if !dry {
        fs::write(home.join("weights.tsv"), text)?;
        fs::write(home.join("trees.txt"), trees)?;
    }
    Ok(())
}

/// The score of each candidate by a model that was fitted without its repository.
fn out_of_fold(
    corpus: &Corpus,
    problem: &Problem,
    settings: &Settings,
    n_folds: usize,
    seed: u64,
) -> Vec<f64> {
    let folds = corpus.folds(n_folds, seed);
    let fold_of = |row: usize| folds[corpus.candidates[row].repo];
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let fold = next.fetch_add(1, Ordering::Relaxed);
            if fold >= n_folds {
                return found;
            }
            let (held, rows): (Vec<usize>, Vec<usize>) =
                (0..problem.rows.len()).partition(|&row| fold_of(row) == fold);
            let both = Both::fit(problem, &rows, settings);
            found.extend(held.into_iter().map(|row| (row, both.score(problem, row))));
        }
    };
    let mut scores = vec![0.0; problem.rows.len()];
    thread::scope(|scope| {
        let n = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..n).map(|_| scope.spawn(work)).collect();
        for (row, score) in workers
            .into_iter()
            .flat_map(|w| w.join().expect("a fold is fitted"))
        {
            scores[row] = score;
        }
    });
    scores
}

/// F1 at all levels, then precision, recall and the threshold of the blocking level.
fn figures(corpus: &Corpus, scores: &[f64]) -> [f64; 4] {
    let blocking = Curve::new(corpus, scores, Level::Blocking, f64::MAX);
    let block = blocking.block(BLOCK_PRECISION, BLOCK_UNLABELLED);
    let curve = Curve::new(corpus, scores, Level::All, block);
    let (precision, recall, _) = blocking.prf(block);
    [
        curve.prf(curve.best_f1().min(block)).2,
        precision,
        recall,
        block,
    ]
}

fn written([f1, precision, recall, block]: &[f64; 4]) -> String {
    format!("F1 {f1:.4}   blocking from {block:.0}: precision {precision:.4}, recall {recall:.4}")
}

/// The two parts of the model.
struct Both {
    weights: Model,
    trees: Trees,
}

impl Both {
    fn fit(problem: &Problem, rows: &[usize], settings: &Settings) -> Self {
        let weights = Model::fit(problem, rows, settings);
        // The trees learn from candidates that reach them.
        let hopeful: Vec<usize> = (rows.iter().copied())
            .filter(|&row| weights.score(&problem.rows[row]) >= HOPELESS)
            .collect();
        let trees = Trees::fit(problem, &hopeful, settings);
        Self { weights, trees }
    }

    /// The score as the detector makes it.
    fn score(&self, problem: &Problem, row: usize) -> f64 {
        let sum = self.weights.score(&problem.rows[row]);
        if sum < HOPELESS {
            return NEVER;
        }
        f64::from(model::share(sum) + self.trees.score(problem, row))
    }
}

/// Less than any threshold.
const NEVER: f64 = -10_000.0;

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
