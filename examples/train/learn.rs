//! Logistic regression with L1 and L2 by coordinate descent: in order, without chance, with a sigmoid of its own, so that
//! every run gives the same weights.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::{Corpus, Mark};

/// Weights are kept in hundredths.
const SCALE: f64 = 100.0;
const PASSES: usize = 40;
/// A feature must stand in so many repositories of the training part.
const REPOS: usize = 3;

/// Groups of features that a snippet lacks.
const CONTEXT: &[&str] = &[
    "path",
    "folder",
    "line",
    "rest",
    "near",
    "extension",
    "place",
    "place*shape",
    "place*class",
    "previous",
    "name-quoted",
];

pub(crate) struct Settings {
    /// Weight of a candidate as a snippet.
    pub(crate) snippets: f64,
    pub(crate) l1: f64,
    pub(crate) l2: f64,
    /// Weight of a candidate on a line without a label, for the weights and for the trees.
    pub(crate) unlabelled: f64,
    pub(crate) unlabelled_trees: f64,
    /// A repository of `n` labelled candidates weighs `n` to this power less.
    pub(crate) power: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            l1: 2.5,
            l2: 1.0,
            unlabelled: 0.6,
            unlabelled_trees: 1.0,
            power: 0.4,
            snippets: 0.2,
        }
    }
}

/// Candidates as lists of feature numbers.
pub(crate) struct Problem {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<u32>>,
    /// Which features tell of the file and the surroundings.
    pub(crate) context: Vec<bool>,
    marks: Vec<Mark>,
    pub(crate) repos: Vec<usize>,
    pub(crate) measures: Vec<Vec<i16>>,
}

pub(crate) struct Model {
    /// Hundredths, by feature number.
    pub(crate) weights: Vec<i32>,
}

impl Problem {
    pub(crate) fn new(corpus: &Corpus) -> Self {
        let mut repos: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for candidate in &corpus.candidates {
            for feature in &candidate.features {
                let of = repos.entry(feature).or_default();
                if of.len() < REPOS {
                    of.insert(candidate.repo);
                }
            }
        }
        let names: Vec<&str> = repos
            .iter()
            .filter(|(name, repos)| repos.len() >= REPOS && !name.ends_with('='))
            .map(|(name, _)| *name)
            .collect();
        let ids: BTreeMap<&str, u32> = (0..).zip(&names).map(|(i, n)| (*n, i)).collect();
        let rows = corpus
            .candidates
            .iter()
            .map(|candidate| {
                let mut row: Vec<u32> = candidate
                    .features
                    .iter()
                    .filter_map(|f| ids.get(f.as_str()).copied())
                    .collect();
                row.sort_unstable();
                row
            })
            .collect();
        let context = names
            .iter()
            .map(|name| {
                let group = name.split('=').next().unwrap_or_default();
                group.contains("file") || CONTEXT.contains(&group)
            })
            .collect();
        Self {
            context,
            names: names.into_iter().map(str::to_owned).collect(),
            rows,
            marks: corpus.candidates.iter().map(|c| c.mark).collect(),
            repos: corpus.candidates.iter().map(|c| c.repo).collect(),
            measures: (corpus.candidates.iter())
                .map(|c| c.measures.clone())
                .collect(),
        }
    }

    /// 1 for a candidate that is a secret.
    pub(crate) fn truth(&self, row: usize) -> f64 {
        f64::from(u8::from(self.marks[row] == Mark::True))
    }

    /// How much each of the candidates counts.
    pub(crate) fn weigh(&self, rows: &[usize], settings: &Settings, unlabelled: f64) -> Vec<f64> {
        let mut sizes: BTreeMap<usize, f64> = BTreeMap::new();
        for &i in rows {
            if matches!(self.marks[i], Mark::True | Mark::False | Mark::Example) {
                *sizes.entry(self.repos[i]).or_default() += 1.0;
            }
        }
        rows.iter()
            .map(|&i| {
                let n = sizes.get(&self.repos[i]).copied().unwrap_or(1.0);
                let base = match self.marks[i] {
                    Mark::True | Mark::False | Mark::Example => 1.0,
                    Mark::Aside => 0.0,
                    Mark::Unlabelled => unlabelled,
                };
                base * (30.0 / n.max(30.0)).powf(settings.power)
            })
            .collect()
    }
}

impl Model {
    pub(crate) fn fit(problem: &Problem, rows: &[usize], settings: &Settings) -> Self {
        let mut weight = problem.weigh(rows, settings, settings.unlabelled);
        // Each candidate a second time as a snippet of which neither file nor surroundings are known.
        let n_real = rows.len();
        let rows: Vec<usize> = rows.iter().chain(rows).copied().collect();
        weight.extend_from_within(..);
        for snippet in weight.iter_mut().skip(n_real) {
            *snippet *= settings.snippets;
        }
        let n = problem.names.len();
        // Columns: the places in `rows` that have a feature, with how often.
        let mut columns: Vec<Vec<u32>> = vec![Vec::new(); n];
        for (place, &row) in (0u32..).zip(&rows) {
            if weight[place as usize] > 0.0 {
                for &id in &problem.rows[row] {
                    if (place as usize) < n_real || !problem.context[id as usize] {
                        columns[id as usize].push(place);
                    }
                }
            }
        }
        let truth: Vec<f64> = rows.iter().map(|&i| problem.truth(i)).collect();
        let mut margin = vec![0.0f64; rows.len()];
        let mut chance = vec![0.5f64; rows.len()];
        let mut beta = vec![0.0f64; n];
        let mut trust = vec![1.0f64; n];
        let bias = problem.names.iter().position(|name| name == "bias");
        for _ in 0..PASSES {
            for id in 0..n {
                let column = &columns[id];
                if column.is_empty() {
                    continue;
                }
                let (mut gradient, mut curve) = (0.0, 1e-6);
                for &place in column {
                    let place = place as usize;
                    let p = chance[place];
                    gradient += weight[place] * (p - truth[place]);
                    curve += weight[place] * (p * (1.0 - p)).max(1e-4);
                }
                let (l1, l2) = if Some(id) == bias {
                    (0.0, 0.0)
                } else {
                    (settings.l1, settings.l2)
                };
                let old = beta[id];
                let pull = curve * old - gradient;
                let target = if pull > l1 {
                    (pull - l1) / (curve + l2)
                } else if pull < -l1 {
                    (pull + l1) / (curve + l2)
                } else {
                    0.0
                };
                let step = (target - old).clamp(-trust[id], trust[id]);
                trust[id] = (2.0 * step.abs()).max(trust[id] / 2.0);
                if step.abs() > 1e-7 {
                    beta[id] = old + step;
                    for &place in column {
                        let place = place as usize;
                        margin[place] += step;
                        chance[place] = sigmoid(margin[place]);
                    }
                }
            }
        }
        Self {
            weights: beta.iter().map(|b| (b * SCALE).round() as i32).collect(),
        }
    }

    pub(crate) fn score(&self, row: &[u32]) -> i32 {
        row.iter().map(|&id| self.weights[id as usize]).sum()
    }
}

/// The logistic function from additions and multiplications alone, so that no library's rounding enters.
pub(crate) fn sigmoid(x: f64) -> f64 {
    let x = x.clamp(-30.0, 30.0);
    // exp(x / 1024) by its series, then squared ten times.
    let t = -x / 1024.0;
    let mut e = 1.0 + t * (1.0 + t / 2.0 * (1.0 + t / 3.0 * (1.0 + t / 4.0 * (1.0 + t / 5.0))));
    for _ in 0..10 {
        e *= e;
    }
    1.0 / (1.0 + e)
}
