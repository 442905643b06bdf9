//! Precision and recall over units of labelled lines, as the corpus' scoring counts them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::corpus::{Corpus, Mark};

/// Share of true units with a provider's format that the providers' rules are taken to find.
const PROVIDER_RECALL: f64 = 0.92;

/// The best score of each unit and of each line without a label, best first.
pub(crate) struct Curve {
    truths: Vec<f64>,
    falses: Vec<f64>,
    unlabelled: Vec<f64>,
    n_true: f64,
    /// Best scores of true units with a provider's format; part of `truths`.
    providers: Vec<f64>,
    n_provider: f64,
    n_files: f64,
}

impl Curve {
    pub(crate) fn new(corpus: &Corpus, scores: &[f64]) -> Self {
        let mut best: BTreeMap<usize, f64> = BTreeMap::new();
        let mut lines: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (candidate, &score) in corpus.candidates.iter().zip(scores) {
            let mut raise = |unit: usize| {
                let slot = best.entry(unit).or_insert(f64::MIN);
                *slot = slot.max(score);
            };
            let of = |mark: Mark| {
                candidate
                    .units
                    .iter()
                    .copied()
                    .filter(move |&u| corpus.units[u].mark == mark)
            };
            if candidate.units.is_empty() {
                let slot = lines
                    .entry((candidate.file, candidate.line.0))
                    .or_insert(f64::MIN);
                *slot = slot.max(score);
            } else if of(Mark::True).next().is_some() {
                of(Mark::True).for_each(&mut raise);
            } else if of(Mark::Aside).next().is_none() {
                of(Mark::False)
                    .chain(of(Mark::Example))
                    .for_each(&mut raise);
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
        let truths = corpus.units.iter().filter(|u| u.mark == Mark::True);
        Self {
            truths: sorted(of(true)),
            falses: sorted(of(false)),
            unlabelled: sorted(lines.into_values().collect()),
            n_true: truths.clone().count() as f64,
            providers: sorted(
                best.iter()
                    .filter(|(u, _)| {
                        corpus.units[**u].mark == Mark::True && corpus.units[**u].provider
                    })
                    .map(|(_, s)| *s)
                    .collect(),
            ),
            n_provider: truths.filter(|u| u.provider).count() as f64,
            n_files: corpus.files.iter().collect::<BTreeSet<_>>().len() as f64,
        }
    }

    /// True and false units found at a threshold; with `providers`, as if the providers' rules helped.
    fn counts(&self, at: f64, providers: bool) -> (f64, f64) {
        let above = |v: &[f64]| v.partition_point(|&s| s >= at) as f64;
        let mut hits = above(&self.truths);
        if providers {
            let own = above(&self.providers);
            hits += (PROVIDER_RECALL * self.n_provider - own).max(0.0);
        }
        (hits, above(&self.falses))
    }

    fn prf(&self, at: f64, providers: bool) -> (f64, f64, f64) {
        let (hits, misses) = self.counts(at, providers);
        let p = hits / (hits + misses).max(1.0);
        let r = hits / self.n_true;
        (p, r, 2.0 * p * r / (p + r).max(1e-9))
    }

    fn unlabelled(&self, at: f64) -> f64 {
        1000.0 * self.unlabelled.partition_point(|&s| s >= at) as f64 / self.n_files
    }

    fn thresholds() -> impl Iterator<Item = f64> {
        (-400..1200).step_by(5).map(f64::from)
    }

    pub(crate) fn best_f1(&self) -> f64 {
        Self::thresholds()
            .max_by(|a, b| self.prf(*a, true).2.total_cmp(&self.prf(*b, true).2))
            .unwrap_or(0.0)
    }

    /// The lowest threshold with this precision and no more unlabelled findings than that.
    pub(crate) fn block(&self, precision: f64, unlabelled: f64) -> f64 {
        Self::thresholds()
            .find(|&t| self.prf(t, true).0 >= precision && self.unlabelled(t) <= unlabelled)
            .unwrap_or(1200.0)
    }

    pub(crate) fn print(&self, title: &str, at: f64) {
        let (p, r, f) = self.prf(at, false);
        let (pp, rp, fp) = self.prf(at, true);
        println!(
            "{title:12} {at:10.0}   {p:.3}  {r:.3}  {f:.3}    {pp:.3}  {rp:.3}  {fp:.3}   {:8.1}",
            self.unlabelled(at)
        );
    }
}

/// True units on whose lines no candidate stands.
pub(crate) fn unreachable(corpus: &Corpus) -> Vec<String> {
    let reached: BTreeSet<usize> = corpus
        .candidates
        .iter()
        .flat_map(|c| c.units.iter().copied())
        .collect();
    corpus
        .units
        .iter()
        .enumerate()
        .filter(|(i, unit)| unit.mark == Mark::True && !unit.provider && !reached.contains(i))
        .map(|(_, unit)| {
            format!(
                "{}:{}\t{}",
                corpus.files[unit.file], unit.lines.0, unit.category
            )
        })
        .collect()
}

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
