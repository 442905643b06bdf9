//! Gradient boosting of small trees over measures and features, in order and without chance, so that every run gives the
//! same trees.

use std::fmt::Write as _;

use keysieve::generic::features::measures::{CONTEXT, NAMES};

use crate::learn::{Problem, Settings, sigmoid};

const TREES: usize = 300;
/// Questions from the root to an answer.
const DEPTH: usize = 5;
/// How much of each step is taken.
const RATE: f64 = 0.05;
/// L2 on an answer.
const RIDGE: f64 = 5.0;
/// Candidates that must stand on either side of a question.
const LEAST: f64 = 40.0;
/// Of ten questions so many are tried for a tree.
const TRIED: u64 = 5;
/// Of ten repositories so many are looked at for a tree, others for each: what one repository alone teaches is left out by some.
const SEEN: u64 = 8;
/// Numbers from here on draw for repositories, those below for questions.
const REPOSITORIES: u64 = 1 << 20;
/// Most bounds of a measure that are tried.
const BOUNDS: usize = 40;
/// In how many candidates a feature must stand.
const COMMON: usize = 50;

/// Groups of features that trees may ask for; more special ones are left to the weights.
const GROUPS: &[&str] = &[
    "class",
    "syntax",
    "quote",
    "file",
    "place",
    "shape",
    "first",
    "end",
    "case",
    "lead",
    "next",
    "name-quoted",
    "same",
    "name-inside",
    "value-inside",
    "announces",
    "run",
    "near",
    "role",
    "trivial",
    "leet",
    "again",
    "decodes",
    "folder",
    "name",
    "wrap",
    "last",
];

enum Node {
    /// A measure is below a bound.
    Below(usize, i16),
    /// A feature is there.
    Has(u32),
    /// Thousandths.
    Answer(i32),
}

/// Trees in order, each as its nodes: a question, what follows on "yes", what follows on "no".
pub(crate) struct Trees(Vec<Vec<Node>>);

/// Sums of gradients, of curvature and of candidates.
#[derive(Clone, Copy, Default)]
struct Sums([f64; 3]);

impl Sums {
    fn add(&mut self, other: [f64; 3]) {
        for (sum, x) in self.0.iter_mut().zip(other) {
            *sum += x;
        }
    }

    fn without(self, other: Self) -> Self {
        Self([0, 1, 2].map(|i| self.0[i] - other.0[i]))
    }

    fn worth(self) -> f64 {
        self.0[0] * self.0[0] / (self.0[1] + RIDGE)
    }
}

/// A candidate as the trees see it.
struct Row {
    /// For each measure how many bounds are not above it.
    steps: Vec<u8>,
    /// Features, by their place among those that may be asked for.
    has: Vec<u16>,
    repo: usize,
    truth: f64,
    weight: f64,
}

struct Search {
    rows: Vec<Row>,
    bounds: Vec<Vec<i16>>,
    features: Vec<u32>,
    /// Gradient and curvature of each row.
    slope: Vec<[f64; 3]>,
    measure_sums: Vec<Vec<Sums>>,
    feature_sums: Vec<Sums>,
}

impl Trees {
    pub(crate) fn fit(problem: &Problem, rows: &[usize], settings: &Settings) -> Self {
        let mut search = Search::new(problem, rows, settings);
        let mut margin = vec![-1.5f64; search.rows.len()];
        let mut trees = Vec::new();
        for tree in 0..TREES {
            for (i, row) in search.rows.iter().enumerate() {
                let p = sigmoid(margin[i]);
                search.slope[i] = [
                    row.weight * (p - row.truth),
                    row.weight * p * (1.0 - p),
                    1.0,
                ];
            }
            let mut nodes = Vec::new();
            let members = (0u32..)
                .zip(&search.rows)
                .filter(|(_, row)| drawn(tree as u64, REPOSITORIES + row.repo as u64) < SEEN)
                .map(|(i, _)| i)
                .collect();
            search.grow(tree as u64, members, 0, &mut nodes);
            for (row, margin) in search.rows.iter().zip(&mut margin) {
                *margin += f64::from(search.answer(&nodes, row)) / 1000.0;
            }
            trees.push(nodes);
        }
        Self(trees)
    }

    /// The sum of all trees' answers in hundredths, as the detector makes it.
    pub(crate) fn score(&self, problem: &Problem, row: usize) -> i32 {
        let (measures, features) = (&problem.measures[row], &problem.rows[row]);
        let mut sum = 0;
        for nodes in &self.0 {
            let mut i = 0;
            sum += loop {
                let yes = match nodes[i] {
                    Node::Answer(thousandths) => break thousandths,
                    Node::Below(measure, bound) => measures[measure] < bound,
                    Node::Has(id) => features.binary_search(&id).is_ok(),
                };
                i = if yes { i + 1 } else { end(nodes, i + 1) };
            };
        }
        sum / 10
    }

    /// The data file: one node a line.
    pub(crate) fn write(&self, problem: &Problem) -> String {
        let mut out = String::new();
        for node in self.0.iter().flatten() {
            match node {
                Node::Below(measure, bound) => writeln!(out, "{}<{bound}", NAMES[*measure]),
                Node::Has(id) => writeln!(out, "{}", problem.names[*id as usize]),
                Node::Answer(thousandths) => writeln!(out, "{thousandths}"),
            }
            .expect("a String takes all");
        }
        out
    }
}

/// Where the nodes under node `i` end.
fn end(nodes: &[Node], mut i: usize) -> usize {
    let mut open = 1;
    while open > 0 {
        open = match nodes[i] {
            Node::Answer(_) => open - 1,
            Node::Below(..) | Node::Has(_) => open + 1,
        };
        i += 1;
    }
    i
}

impl Search {
    fn new(problem: &Problem, members: &[usize], settings: &Settings) -> Self {
        let bounds: Vec<Vec<i16>> = (0..NAMES.len())
            .map(|m| {
                bounds(
                    members
                        .iter()
                        .map(|&row| problem.measures[row][m])
                        .collect(),
                )
            })
            .collect();
        let mut often = vec![0usize; problem.names.len()];
        for id in members.iter().flat_map(|&row| &problem.rows[row]) {
            often[*id as usize] += 1;
        }
        let features: Vec<u32> = (0..problem.names.len())
            .filter(|&id| {
                let group = problem.names[id].split('=').next().unwrap_or_default();
                often[id] >= COMMON && GROUPS.contains(&group)
            })
            .map(|id| id as u32)
            .collect();
        let weight = problem.weigh(members, settings, settings.unlabelled_trees);
        // Each candidate a second time as a snippet of which neither file nor surroundings are known.
        let mut rows = Vec::new();
        for snippet in [false, true] {
            for (&row, &weight) in members.iter().zip(&weight) {
                let steps = (bounds.iter().zip(&problem.measures[row]).zip(NAMES))
                    .map(|((bounds, &value), name)| {
                        let value = if snippet && CONTEXT.contains(&name) {
                            0
                        } else {
                            value
                        };
                        bounds.partition_point(|&bound| bound <= value) as u8
                    })
                    .collect();
                let mut has: Vec<u16> = (problem.rows[row].iter())
                    .filter(|&&id| !(snippet && problem.context[id as usize]))
                    .filter_map(|id| features.binary_search(id).ok())
                    .map(|place| place as u16)
                    .collect();
                has.dedup();
                let weight = if snippet {
                    weight * settings.snippets
                } else {
                    weight
                };
                if weight > 0.0 {
                    rows.push(Row {
                        steps,
                        has,
                        repo: problem.repos[row],
                        truth: problem.truth(row),
                        weight,
                    });
                }
            }
        }
        Self {
            slope: vec![[0.0; 3]; rows.len()],
            measure_sums: (bounds.iter())
                .map(|b| vec![Sums::default(); b.len() + 1])
                .collect(),
            feature_sums: vec![Sums::default(); features.len()],
            rows,
            bounds,
            features,
        }
    }

    fn grow(&mut self, tree: u64, members: Vec<u32>, depth: usize, nodes: &mut Vec<Node>) {
        let mut total = Sums::default();
        for &i in &members {
            total.add(self.slope[i as usize]);
        }
        let best = if depth < DEPTH {
            self.best(tree, &members, total)
        } else {
            None
        };
        let Some(question) = best else {
            let answer = (-1000.0 * RATE * total.0[0] / (total.0[1] + RIDGE)).round() as i32;
            nodes.push(Node::Answer(answer));
            return;
        };
        let (yes, no): (Vec<u32>, Vec<u32>) = members.into_iter().partition(|&i| {
            let row = &self.rows[i as usize];
            match question {
                (true, m, step) => usize::from(row.steps[m]) <= step,
                (false, place, _) => row.has.binary_search(&(place as u16)).is_ok(),
            }
        });
        nodes.push(match question {
            (true, m, step) => Node::Below(m, self.bounds[m][step]),
            (false, place, _) => Node::Has(self.features[place]),
        });
        self.grow(tree, yes, depth + 1, nodes);
        self.grow(tree, no, depth + 1, nodes);
    }

    /// What a tree answers to a row, in thousandths.
    fn answer(&self, nodes: &[Node], row: &Row) -> i32 {
        let mut i = 0;
        loop {
            let yes = match nodes[i] {
                Node::Answer(thousandths) => return thousandths,
                Node::Below(measure, bound) => {
                    let step = self.bounds[measure].partition_point(|&b| b < bound);
                    usize::from(row.steps[measure]) <= step
                }
                Node::Has(id) => {
                    let place = self.features.partition_point(|&f| f < id);
                    row.has.binary_search(&(place as u16)).is_ok()
                }
            };
            i = if yes { i + 1 } else { end(nodes, i + 1) };
        }
    }

    /// The question that tells most: of a measure (with the number of its bound) or of a feature.
    fn best(&mut self, tree: u64, members: &[u32], total: Sums) -> Option<(bool, usize, usize)> {
        let tried = |question: usize| drawn(tree, question as u64) < TRIED;
        let n = self.bounds.len();
        let measures: Vec<usize> = (0..n).filter(|&m| tried(m)).collect();
        for &m in &measures {
            self.measure_sums[m].fill(Sums::default());
        }
        self.feature_sums.fill(Sums::default());
        for &i in members {
            let (row, slope) = (&self.rows[i as usize], self.slope[i as usize]);
            for &m in &measures {
                self.measure_sums[m][usize::from(row.steps[m])].add(slope);
            }
            for &place in &row.has {
                self.feature_sums[usize::from(place)].add(slope);
            }
        }
        let mut best = None;
        let mut most = 1e-3;
        let mut weigh = |yes: Sums, question: (bool, usize, usize)| {
            let no = total.without(yes);
            let gain = yes.worth() + no.worth() - total.worth();
            if yes.0[2] >= LEAST && no.0[2] >= LEAST && gain > most + 1e-9 {
                most = gain;
                best = Some(question);
            }
        };
        for &m in &measures {
            let mut yes = Sums::default();
            for step in 0..self.bounds[m].len() {
                yes.add(self.measure_sums[m][step].0);
                weigh(yes, (true, m, step));
            }
        }
        for (place, yes) in self.feature_sums.iter().enumerate() {
            if tried(n + place) {
                weigh(*yes, (false, place, 0));
            }
        }
        best
    }
}

/// A number below ten that a thing draws for a tree, always the same.
fn drawn(tree: u64, thing: u64) -> u64 {
    let mut hash = (tree << 32 | thing).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (hash ^ hash >> 32) % 10
}

/// Values of a measure at which it may be cut in two, evenly spread over the candidates.
fn bounds(mut values: Vec<i16>) -> Vec<i16> {
    values.sort_unstable();
    let mut bounds: Vec<i16> = (1..=BOUNDS)
        .filter_map(|k| values.get(k * values.len() / (BOUNDS + 1)).copied())
        .collect();
    bounds.dedup();
    if !bounds.is_empty() && bounds.first() == values.first() {
        bounds.remove(0);
    }
    bounds
}
