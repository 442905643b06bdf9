//! Compares what a history says in bulk with what it says commit by commit: `cargo bench --bench history -- GIT_DIR [RANGE]`.
//! Without arguments nothing is measured.
#![expect(clippy::print_stdout, reason = "prints what it measured")]

use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use keysieve::attribute::bulk::Bulk;
use keysieve::attribute::{Review, Reviewed, Tools};
use keysieve::host::GitEnv;
use keysieve::scan::Scanner;
use keysieve::source::Change;
use keysieve::source::history::{self, Revisions};
use keysieve::source::repo::{GitRepo, Place};

fn main() -> anyhow::Result<()> {
    // Cargo adds `--bench`.
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let Some(dir) = args.first() else {
        println!("usage: cargo bench --bench history -- GIT_DIR [RANGE]");
        return Ok(());
    };
    let env = GitEnv::read();
    let repo = GitRepo::open(Place::At(Path::new(dir)), &env)?;
    let revisions = match args.get(1) {
        Some(range) => Revisions::Range(range.split_whitespace().map(str::to_owned).collect()),
        None => Revisions::All,
    };
    let scanner = Scanner::default();
    let tools = Tools {
        scan: &|path, bytes| scanner.scan(path, bytes),
        quiet: &|path, bytes, over, seen| scanner.quiet(path, bytes, over, seen),
        fingerprint: &|rule, secret| format!("{} {}", rule.id, secret.masked(rule, '*')),
        expect: &|_| {},
        expired: &|| false,
        max_blob: 32 << 20,
        most: usize::MAX,
    };

    let started = Instant::now();
    let mut bulk = Bulk::new(&repo, tools).with_few(0);
    history::changes(&repo, &revisions, &mut bulk)?;
    let in_bulk = bulk.finish()?;
    println!("in bulk: {:.1} s", started.elapsed().as_secs_f32());

    let started = Instant::now();
    let mut review = Review::new(&repo, tools);
    history::changes(&repo, &revisions, &mut |change: Change| review.add(&change))?;
    let one_by_one = review.finish();
    println!("one by one: {:.1} s", started.elapsed().as_secs_f32());

    let n_places: usize = one_by_one.findings.iter().map(|f| f.places.len()).sum();
    println!(
        "{} findings at {n_places} places, {} gaps, {} commits",
        one_by_one.findings.len(),
        one_by_one.gaps.len(),
        one_by_one.stats.commits
    );
    ensure!(told(&in_bulk) == told(&one_by_one), "they differ");
    println!("the same");
    Ok(())
}

/// All that was found and not examined.
fn told(reviewed: &Reviewed) -> String {
    let Reviewed {
        findings,
        gaps,
        stats,
    } = reviewed;
    format!("{findings:?} {gaps:?} {}", stats.commits)
}
