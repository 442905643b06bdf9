//! Precision and recall over units of labelled lines, as the corpus' scoring counts them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::corpus::{Corpus, Mark};

/// Which findings are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    All,
    Blocking,
}

/// The best score of each unit and of each line without a label, best first. What the other rules found is above all.
pub(crate) struct Curve {
    truths: Vec<f64>,
    falses: Vec<f64>,
    unlabelled: Vec<f64>,
    n_true: f64,
    n_files: f64,
}

impl Curve {
    /// `block`: the score from which a candidate that may only warn does so.
    pub(crate) fn new(corpus: &Corpus, scores: &[f64], level: Level, block: f64) -> Self {
        let mut best: BTreeMap<usize, f64> = BTreeMap::new();
        let mut lines: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let mut count = |file: usize, line: usize, units: &[usize], score: f64| {
            let of = |mark: Mark| {
                units
                    .iter()
                    .copied()
                    .filter(move |&u| corpus.units[u].mark == mark)
            };
            let mut raise = |unit: usize| {
                let slot = best.entry(unit).or_insert(f64::MIN);
                *slot = slot.max(score);
            };
            if units.is_empty() {
                let slot = lines.entry((file, line)).or_insert(f64::MIN);
                *slot = slot.max(score);
            } else if of(Mark::True).next().is_some() {
                of(Mark::True).for_each(&mut raise);
            } else if of(Mark::Aside).next().is_none() {
                of(Mark::False)
                    .chain(of(Mark::Example))
                    .for_each(&mut raise);
            }
        };
        for (candidate, &score) in corpus.candidates.iter().zip(scores) {
            let counts = match level {
                Level::All => !candidate.doubtful || score >= block,
                Level::Blocking => !candidate.only_warns,
            };
            if counts {
                count(candidate.file, candidate.line.0, &candidate.units, score);
            }
        }
        for given in &corpus.given {
            if level == Level::All || given.blocks {
                count(given.file, given.line, &given.units, f64::MAX);
            }
        }
        let sorted = |mut v: Vec<f64>| {
            v.sort_by(|a, b| b.total_cmp(a));
            v
        };
        let of = |want: bool| {
            best.iter()
                .filter(|(u, _)| (corpus.units[**u].mark == Mark::True) == want)
                .map(|(_, s)| *s)
                .collect::<Vec<f64>>()
        };
        Self {
            truths: sorted(of(true)),
            falses: sorted(of(false)),
            unlabelled: sorted(lines.into_values().collect()),
            n_true: corpus.units.iter().filter(|u| u.mark == Mark::True).count() as f64,
            n_files: corpus.files.iter().collect::<BTreeSet<_>>().len() as f64,
        }
    }

    /// Precision, recall and F1 at a threshold.
    pub(crate) fn prf(&self, at: f64) -> (f64, f64, f64) {
        let above = |v: &[f64]| v.partition_point(|&s| s >= at) as f64;
        let (hits, misses) = (above(&self.truths), above(&self.falses));
        let p = hits / (hits + misses).max(1.0);
        let r = hits / self.n_true;
        (p, r, 2.0 * p * r / (p + r).max(1e-9))
    }

    fn per_1000(&self, scores: &[f64], at: f64) -> f64 {
        1000.0 * scores.partition_point(|&s| s >= at) as f64 / self.n_files
    }

    fn thresholds() -> impl Iterator<Item = f64> {
        (-400..1200).step_by(5).map(f64::from)
    }

    /// The highest threshold whose F1 is next to the best: where it hardly changes, fewer findings are better.
    pub(crate) fn best_f1(&self) -> f64 {
        const NEXT: f64 = 0.0005;
        let f1 = |threshold| self.prf(threshold).2;
        let best = Self::thresholds().map(f1).fold(0.0, f64::max);
        let is_next = |threshold: &f64| f1(*threshold) >= best - NEXT;
        Self::thresholds().filter(is_next).last().unwrap_or(0.0)
    }

    /// The lowest threshold with this precision and no more unlabelled findings than that.
    pub(crate) fn block(&self, precision: f64, unlabelled: f64) -> f64 {
        Self::thresholds()
            .find(|&t| {
                self.prf(t).0 >= precision && self.per_1000(&self.unlabelled, t) <= unlabelled
            })
            .unwrap_or(1200.0)
    }

    pub(crate) fn print(&self, title: &str, at: f64) {
        let (p, r, f) = self.prf(at);
        println!(
            "{title:12} {at:10.0}   {p:.3}  {r:.3}  {f:.3}   {:8.1}",
            self.per_1000(&self.unlabelled, at)
        );
    }
}

/// True units on whose lines neither a candidate nor another rule's finding stands.
pub(crate) fn unreachable(corpus: &Corpus) -> Vec<String> {
    let reached: BTreeSet<usize> = corpus
        .candidates
        .iter()
        .flat_map(|c| &c.units)
        .chain(corpus.given.iter().flat_map(|g| &g.units))
        .copied()
        .collect();
    corpus
        .units
        .iter()
        .enumerate()
        .filter(|(i, unit)| unit.mark == Mark::True && !reached.contains(i))
        .map(|(_, unit)| {
            format!(
                "{}:{}\t{}",
                corpus.files[unit.file], unit.lines.0, unit.category
            )
        })
        .collect()
}

/// Every true unit that does not block and every false one that is found, out of fold: what it is, its cause, its category
/// and its place, separated by tabs.
pub(crate) fn mistakes(corpus: &Corpus, scores: &[f64], warn: f64, block: f64) -> Vec<String> {
    let mut best = vec![(f64::MIN, false); corpus.units.len()];
    let mut touched = vec![false; corpus.units.len()];
    for (candidate, &score) in corpus.candidates.iter().zip(scores) {
        let score = match () {
            () if candidate.doubtful && score < block => f64::MIN,
            () if candidate.only_warns => score.min(block - 1.0),
            () => score,
        };
        for &unit in &candidate.units {
            touched[unit] = true;
            if score > best[unit].0 {
                best[unit] = (score, false);
            }
        }
    }
    for given in &corpus.given {
        for &unit in &given.units {
            let score = if given.blocks { f64::MAX } else { warn };
            touched[unit] = true;
            if score > best[unit].0 {
                best[unit] = (score, true);
            }
        }
    }
    let mut out: Vec<String> = (corpus.units.iter().enumerate())
        .filter_map(|(i, unit)| {
            let (score, given) = best[i];
            let (what, cause) = match unit.mark {
                Mark::True if !touched[i] => ("missed", "no candidate"),
                Mark::True if score < warn => ("missed", "scored too low"),
                Mark::True if score < block => ("missed", "warns only"),
                Mark::False | Mark::Example if score >= warn => {
                    let blocks = score >= block;
                    match (given, blocks) {
                        (true, true) => ("false", "another rule blocks"),
                        (true, false) => ("false", "another rule warns"),
                        (false, true) => ("false", "blocks"),
                        (false, false) => ("false", "warns"),
                    }
                }
                Mark::True | Mark::False | Mark::Example | Mark::Aside | Mark::Unlabelled => {
                    return None;
                }
            };
            let place = format!("{}:{}", corpus.files[unit.file], unit.lines.0);
            Some(format!("{what}\t{cause}\t{}\t{place}", unit.category))
        })
        .collect();
    out.sort();
    out
}

/// How many mistakes there are of each cause and category.
pub(crate) fn summary(mistakes: &[String]) -> String {
    let mut counts: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for mistake in mistakes {
        let kind = mistake.split('\t').take(3).collect();
        *counts.entry(kind).or_default() += 1;
    }
    let mut lines: Vec<_> = counts.into_iter().collect();
    lines.sort_by_key(|(kind, n)| (std::cmp::Reverse(*n), kind.clone()));
    let mut out = String::new();
    for (kind, n) in lines.iter().filter(|(_, n)| *n >= LEAST) {
        writeln!(out, "{n:6}  {}", kind.join(", ")).expect("a String takes all");
    }
    out
}

/// Rarer kinds of mistakes are not printed.
const LEAST: usize = 5;

/// Scores as findings, one JSON object a line.
pub(crate) fn findings(corpus: &Corpus, scores: &[f64], warn: f64, block: f64) -> String {
    let mut out = String::new();
    for (candidate, &score) in corpus.candidates.iter().zip(scores) {
        if score < warn {
            continue;
        }
        let record = serde_json::json!({
            "file": corpus.files[candidate.file],
            "line": candidate.line.0,
            "line_end": candidate.line.1,
            "start": candidate.columns.0,
            "end": candidate.columns.1,
            "score": score,
            "features": candidate.features,
            "confidence": if score >= block { "medium" } else { "low" },
        });
        writeln!(out, "{record}").expect("a String takes all");
    }
    out
}
