//! What each built-in rule costs on a tree of source code: how often its literals stand there, and the share of the scan's
//! time that its pattern and judgement take. No rule may take more than two hundredths.
//!
//! ```text
//! cargo bench --bench rules                over this crate's own sources
//! cargo bench --bench rules -- FOLDER      over the files of a folder
//! ```

#![expect(clippy::print_stdout, reason = "it reports to a person")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use keysieve::Scanner;
use keysieve::prefilter::{self, BuiltIn};
use keysieve::rule::{self, Detect};

/// The greatest share of the time that a rule may take.
const MOST: f64 = 0.02;
/// Rules that are shown.
const SHOWN: usize = 25;

struct Cost {
    id: String,
    hits: usize,
    time: Duration,
}

fn main() -> ExitCode {
    let folder = std::env::args().skip(1).find(|a| a != "--bench");
    let mut files = Vec::new();
    read(Path::new(folder.as_deref().unwrap_or("src")), &mut files);
    let scanner = Scanner::default();
    let matches = |file: &Vec<u8>| scanner.scan(b"", file).matches.len();
    let whole = least(3, || files.iter().map(matches).sum());
    let search = least(3, || {
        let mut n = 0;
        for file in &files {
            BuiltIn.find(file, &mut |_, _| n += 1);
        }
        n
    });
    // By rule: the files in which a literal of it stands, and where.
    let mut hits: Vec<Vec<(usize, Vec<usize>)>> = vec![Vec::new(); rule::built_in().len()];
    for (number, file) in files.iter().enumerate() {
        BuiltIn.find(file, &mut |literal, start| {
            for &target in prefilter::targets(literal) {
                let Some(of_rule) = hits.get_mut(usize::from(target)) else {
                    continue;
                };
                match of_rule.last_mut() {
                    Some((last, places)) if *last == number => places.push(start),
                    _ => of_rule.push((number, vec![start])),
                }
            }
        });
    }
    let mut costs: Vec<Cost> = Vec::new();
    for (index, (rule, hits)) in rule::built_in().iter().zip(&hits).enumerate() {
        let confirm = |(number, places): &(usize, Vec<usize>)| {
            let file = files.get(*number).map_or(&[][..], Vec::as_slice);
            keysieve::scan::confirm_at(index, file, places)
        };
        if matches!(rule.detect, Detect::Pattern(_) | Detect::Named { .. }) && !hits.is_empty() {
            costs.push(Cost {
                id: rule.id.to_string(),
                hits: hits.iter().map(|(_, places)| places.len()).sum(),
                time: least(5, || hits.iter().map(confirm).sum()),
            });
        }
    }
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.time));
    let share = |time: Duration| time.as_secs_f64() / whole.as_secs_f64();
    let all: Duration = costs.iter().map(|cost| cost.time).sum();
    println!(
        "{:.1} MB in {:.0} ms on one core; prefilter {:.1} %, {} rules with hits {:.1} %",
        files.iter().map(Vec::len).sum::<usize>() as f64 / 1e6,
        whole.as_secs_f64() * 1e3,
        share(search) * 100.0,
        costs.len(),
        share(all) * 100.0
    );
    for cost in costs.iter().take(SHOWN) {
        println!(
            "{:6.2} % {:7} hits {:6.0} ns each  {}",
            share(cost.time) * 100.0,
            cost.hits,
            cost.time.as_secs_f64() * 1e9 / cost.hits as f64,
            cost.id
        );
    }
    if let Some(dearest) = costs.first()
        && share(dearest.time) > MOST
    {
        println!("{} takes more than {:.0} %", dearest.id, MOST * 100.0);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The least time of some runs.
fn least(n_runs: u32, run: impl Fn() -> usize) -> Duration {
    let time = |_| {
        let start = Instant::now();
        black_box(run());
        start.elapsed()
    };
    (0..n_runs).map(time).min().unwrap_or_default()
}

/// The contents of the files under a path.
fn read(path: &Path, files: &mut Vec<Vec<u8>>) {
    if let Ok(entries) = path.read_dir() {
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        paths.iter().for_each(|path| read(path, files));
    } else if let Ok(bytes) = std::fs::read(path) {
        files.push(bytes);
    }
}
