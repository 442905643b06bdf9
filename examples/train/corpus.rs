//! The labelled corpus: units of lines with their truth, and the detector's candidates with theirs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::{fs, io};

use aho_corasick::AhoCorasick;
use keysieve::finding::Confidence;
use keysieve::generic::candidate::Candidate;
use keysieve::generic::features::{self, Doubt, Group, Sink, measures};
use keysieve::generic::{File, candidates_at};
use keysieve::judge;
use keysieve::rule;
use keysieve::scan::{Limits, Scanner};
use serde_json::Value;

use crate::identifiers::IDENTIFIERS;

/// Truth of a unit or candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Mark {
    True,
    False,
    Example,
    /// Set aside: an identifier, or a value beside a true one on the same line.
    Aside,
    Unlabelled,
}

/// Lines with labels.
pub(crate) struct Unit {
    pub(crate) mark: Mark,
    pub(crate) lines: (usize, usize),
    pub(crate) file: usize,
    pub(crate) category: String,
    /// Columns of true values, where known.
    columns: Vec<(usize, usize)>,
}

/// A candidate of the detector.
pub(crate) struct Found {
    pub(crate) file: usize,
    pub(crate) repo: usize,
    pub(crate) line: (usize, usize),
    pub(crate) columns: (usize, usize),
    pub(crate) mark: Mark,
    /// Units on its lines.
    pub(crate) units: Vec<usize>,
    pub(crate) features: Vec<String>,
    pub(crate) measures: Vec<i16>,
    /// It counts only with a score that blocks.
    pub(crate) doubtful: bool,
    /// It may warn but never blocks.
    pub(crate) only_warns: bool,
}

/// A value, its features and measures, whether it is doubtful and whether it only warns.
type Seen = (Range<usize>, Vec<String>, Vec<i16>, [bool; 2]);

/// A finding of the other rules, which stands whatever the model says.
pub(crate) struct Given {
    pub(crate) file: usize,
    pub(crate) line: usize,
    /// Units on its lines.
    pub(crate) units: Vec<usize>,
    pub(crate) blocks: bool,
}

pub(crate) struct Corpus {
    pub(crate) files: Vec<String>,
    pub(crate) repos: Vec<String>,
    pub(crate) units: Vec<Unit>,
    pub(crate) candidates: Vec<Found>,
    pub(crate) given: Vec<Given>,
    /// Every file's text without its labelled lines, with its repository.
    pub(crate) plain: Vec<(usize, Vec<u8>)>,
}

impl Corpus {
    pub(crate) fn read(dir: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(dir.join("labels.jsonl"))?;
        let labels: Vec<Value> = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?;
        let mut by_file: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for label in &labels {
            let file = label["file"].as_str().unwrap_or_default();
            by_file.entry(file.to_owned()).or_default().push(label);
        }
        let mut corpus = Self {
            files: Vec::new(),
            repos: Vec::new(),
            units: Vec::new(),
            candidates: Vec::new(),
            given: Vec::new(),
            plain: Vec::new(),
        };
        let generic = || {
            rule::built_in()
                .iter()
                .filter(|r| r.id.starts_with("generic-"))
        };
        let others = Scanner::new(
            Vec::new(),
            generic().map(|r| r.id.to_string()).collect(),
            Limits::default(),
        );
        let keywords: Vec<&str> = generic()
            .flat_map(|r| r.keywords.iter().map(AsRef::as_ref))
            .collect();
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&keywords)
            .map_err(io::Error::other)?;
        for (name, labels) in by_file {
            let bytes = fs::read(dir.join("files").join(&name))?;
            let repo = name.split('/').next().unwrap_or_default().to_owned();
            if corpus.repos.last() != Some(&repo) {
                corpus.repos.push(repo);
            }
            let file = corpus.files.len();
            let first_unit = corpus.units.len();
            corpus.read_units(file, &labels);
            corpus.files.push(name);
            corpus.read_file(file, first_unit, &bytes, &search, &others);
        }
        Ok(corpus)
    }

    fn read_units(&mut self, file: usize, labels: &[&Value]) {
        let number = |v: &Value| v.as_i64().unwrap_or(-1);
        let mut units: BTreeMap<(i64, i64), Vec<&Value>> = BTreeMap::new();
        for label in labels {
            let key = (number(&label["line_start"]), number(&label["line_end"]));
            units.entry(key).or_default().push(label);
        }
        for ((from, to), labels) in units {
            let marks: HashSet<Mark> = labels.iter().map(|l| mark_of(l)).collect();
            let mark = [Mark::True, Mark::Example, Mark::Aside, Mark::False]
                .into_iter()
                .find(|m| marks.contains(m))
                .unwrap_or(Mark::False);
            let truth: Vec<&&Value> = labels.iter().filter(|l| mark_of(l) == Mark::True).collect();
            let columns = truth
                .iter()
                .map(|l| (number(&l["value_start"]), number(&l["value_end"])))
                .filter(|(start, _)| *start >= 0 && from == to)
                .map(|(start, end)| (start as usize, end.max(start + 1) as usize))
                .collect();
            self.units.push(Unit {
                mark,
                lines: (from as usize, to as usize),
                file,
                category: labels
                    .iter()
                    .map(|l| l["category"].as_str().unwrap_or_default())
                    .collect::<Vec<_>>()
                    .join(","),
                columns,
            });
        }
    }

    fn read_file(
        &mut self,
        file: usize,
        first_unit: usize,
        bytes: &[u8],
        search: &AhoCorasick,
        others: &Scanner,
    ) {
        let lines = Lines::new(bytes);
        let path = self.files[file].clone();
        // The folder of the corpus' repository is no part of a path.
        let path = path.split_once('/').map_or("", |(_, rest)| rest);
        let place = File::new(path.as_bytes());
        let mut seen: HashSet<(Range<usize>, Range<usize>)> = HashSet::new();
        let mut found: Vec<Seen> = Vec::new();
        for hit in search.find_overlapping_iter(bytes) {
            candidates_at(bytes, hit.range(), &place, &mut |candidate: Candidate<
                '_,
            >| {
                let doubt = features::doubt(&candidate);
                if doubt < Doubt::NoSecret
                    && seen.insert((candidate.value.clone(), candidate.name_place()))
                {
                    let mut names = Names(Vec::new());
                    features::extract(&candidate, &mut names);
                    // What the scan makes of the value whatever its score.
                    let judged =
                        judge::unmarked(candidate.name_text(), candidate.text(), Confidence::High);
                    let caps = [
                        doubt > Doubt::None,
                        doubt == Doubt::OnlyWarns
                            || features::is_weak(&candidate)
                            || judged.is_none_or(|judged| judged < Confidence::Medium),
                    ];
                    let measures = measures::of(&candidate).to_vec();
                    found.push((candidate.value.clone(), names.0, measures, caps));
                }
            });
        }
        let mut by_line: HashMap<usize, Vec<usize>> = HashMap::new();
        for (i, unit) in self.units.iter().enumerate().skip(first_unit) {
            for line in unit.lines.0..=unit.lines.1 {
                by_line.entry(line).or_default().push(i);
            }
        }
        let on = |first: usize, last: usize| {
            let mut units: Vec<usize> = (first..=last)
                .flat_map(|l| by_line.get(&l).into_iter().flatten().copied())
                .collect();
            units.dedup();
            units
        };
        for found in others.scan(path.as_bytes(), bytes).matches {
            let (line, end) = (
                found.position.line as usize,
                found.position.line_end as usize,
            );
            self.given.push(Given {
                file,
                line,
                units: on(line, end),
                blocks: found.confidence >= Confidence::Medium,
            });
        }
        for (value, features, measures, [doubtful, only_warns]) in found {
            let line = (lines.of(value.start), lines.of(value.end));
            let columns = (
                lines.column(bytes, value.start),
                lines.column(bytes, value.end),
            );
            let units = on(line.0, line.1);
            let mark = self.truth(&units, columns);
            self.candidates.push(Found {
                file,
                repo: self.repos.len() - 1,
                line,
                columns,
                mark,
                units,
                features,
                measures,
                doubtful,
                only_warns,
            });
        }
        let mut plain = Vec::new();
        for (i, line) in bytes.split(|&b| b == b'\n').enumerate() {
            if !by_line.contains_key(&(i + 1)) && line.len() < 1000 {
                plain.extend_from_slice(line);
                plain.push(b'\n');
            }
        }
        self.plain.push((self.repos.len() - 1, plain));
    }

    /// A candidate on a true line is true where it touches the labelled value; beside it, it says nothing.
    fn truth(&self, units: &[usize], columns: (usize, usize)) -> Mark {
        let mut mark = Mark::Unlabelled;
        for unit in units.iter().map(|&u| &self.units[u]) {
            let this = match unit.mark {
                Mark::True
                    if unit.columns.is_empty()
                        || unit
                            .columns
                            .iter()
                            .any(|c| c.0 < columns.1 && columns.0 < c.1) =>
                {
                    Mark::True
                }
                Mark::True => Mark::Aside,
                other @ (Mark::False | Mark::Example | Mark::Aside | Mark::Unlabelled) => other,
            };
            mark = mark.min(this);
        }
        mark
    }

    /// The fold of each repository, by its size and a hash of its name; with a seed, by chance among those of like size.
    pub(crate) fn folds(&self, n: usize, seed: u64) -> Vec<usize> {
        let start = 0xcbf2_9ce4_8422_2325u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let hash = |name: &str| {
            name.bytes().fold(start, |h, b| {
                (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
            })
        };
        let mut truths = vec![0usize; self.repos.len()];
        let mut last = usize::MAX;
        let mut repo_of_file = vec![0usize; self.files.len()];
        let mut repo = 0usize;
        for (i, name) in self.files.iter().enumerate() {
            let head = name.split('/').next().unwrap_or_default();
            if last != usize::MAX && self.repos[repo] != head {
                repo += 1;
            }
            last = i;
            repo_of_file[i] = repo;
        }
        for unit in &self.units {
            truths[repo_of_file[unit.file]] += usize::from(unit.mark == Mark::True);
        }
        // Large ones are dealt out first, so that folds are of like size.
        let mut order: Vec<usize> = (0..self.repos.len()).collect();
        let like_size = |truths: usize| truths.checked_ilog2().map_or(0, |n| n as usize + 1) / 2;
        order.sort_by_key(|&r| {
            let size = if seed == 0 {
                truths[r]
            } else {
                like_size(truths[r])
            };
            (std::cmp::Reverse(size), hash(&self.repos[r]))
        });
        let mut fold = vec![0; self.repos.len()];
        let mut load = vec![0usize; n];
        for repo in order {
            let least = (0..n).min_by_key(|&f| load[f]).unwrap_or(0);
            fold[repo] = least;
            load[least] += truths[repo] + 1;
        }
        fold
    }
}

fn categories(label: &Value) -> impl Iterator<Item = &str> {
    label["category"].as_str().unwrap_or_default().split(':')
}

fn mark_of(label: &Value) -> Mark {
    match label["ground_truth"].as_str() {
        Some("T") if categories(label).all(|c| IDENTIFIERS.contains(&c)) => Mark::Aside,
        Some("T") => Mark::True,
        Some("X") => Mark::Example,
        _ => Mark::False,
    }
}

/// Collects the features by name.
struct Names(Vec<String>);

impl Sink for Names {
    fn feature(&mut self, group: Group, parts: &[&[u8]]) {
        let mut name = String::from(group.name);
        for (i, part) in parts.iter().enumerate() {
            name.push(if i == 0 { '=' } else { '|' });
            name.push_str(&String::from_utf8_lossy(part));
        }
        self.0.push(name);
    }
}

/// Line starts of a text.
struct Lines(Vec<usize>);

impl Lines {
    fn new(bytes: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', bytes).map(|i| i + 1));
        Self(starts)
    }

    fn of(&self, at: usize) -> usize {
        self.0.partition_point(|&start| start <= at)
    }

    fn column(&self, bytes: &[u8], at: usize) -> usize {
        let start = self.0[self.of(at) - 1];
        String::from_utf8_lossy(&bytes[start..at]).chars().count()
    }
}
