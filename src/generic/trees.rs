//! Small trees of questions: the part of the model that sees how features go together. `trees.txt` holds them, one node a
//! line, a question before its two answers (first yes, then no), an answer in thousandths; `examples/train.rs` makes it.
//! A question is a feature (`shape=hex`: does the candidate have it?) or a measure (`length<12`).

use super::features::measures::NAMES;
use super::weights::{hash, hash_of_text, number};

pub(super) const TEXT: &[u8] = include_bytes!("trees.txt");
/// How many features trees may ask for, and how many trees there may be.
const MOST_ASKED: usize = 512;
const MOST_TREES: usize = 512;
/// Questions up to here are measures, the others features.
const FEATURES: usize = NAMES.len();
/// The question of a node that is an answer.
const ANSWER: u16 = u16::MAX;

#[derive(Clone, Copy)]
struct Node {
    question: u16,
    /// The bound of a measure, the answer in thousandths, or 0 for a feature.
    number: i16,
    /// Where the node for "no" stands; the one for "yes" stands next.
    no: u16,
}

struct Trees {
    nodes: [Node; NODES],
    /// Hashes of the features that are asked for, by their numbers.
    asked: [u64; MOST_ASKED],
    n_asked: usize,
    /// The most that each tree answers.
    most: [i16; MOST_TREES],
    n_trees: usize,
}

const NODES: usize = lines(TEXT);
const TREES: Trees = parse(TEXT);
static ALL: [Node; NODES] = TREES.nodes;
/// By the number of trees that were asked, the most that the others may still answer, in thousandths.
static LEFT: [i32; MOST_TREES + 1] = left();

/// Hashes of the features that trees ask for, in the order of their numbers; the rest of the list is of no account.
pub(super) const ASKED: ([u64; MOST_ASKED], usize) = (TREES.asked, TREES.n_asked);

const QUESTIONS: usize = FEATURES + TREES.n_asked;

/// What a candidate says to each question: its measures; of features, -1 for those it has and 0 for others, so that every
/// question is whether a number is below another.
#[derive(PartialEq)]
pub(super) struct Known([i16; QUESTIONS]);

impl Default for Known {
    fn default() -> Self {
        Self([0; QUESTIONS])
    }
}

impl Known {
    /// Notes that the candidate has the feature of a number.
    #[inline]
    pub(super) fn note(&mut self, number: u16) {
        if let Some(known) = self.0.get_mut(FEATURES + usize::from(number)) {
            *known = -1;
        }
    }

    /// Notes all measures.
    pub(super) fn measure(&mut self, measures: &[i16; FEATURES]) {
        if let Some(known) = self.0.first_chunk_mut() {
            *known = *measures;
        }
    }
}

/// The sum of all trees' answers, in hundredths; `None` as soon as it is known to be below `least`.
pub(super) fn score(known: &Known, least: i32) -> Option<i32> {
    // What the sum is rounded by to hundredths is allowed for.
    let needed = least.saturating_sub(1).saturating_mul(10);
    let (mut sum, mut asked, mut i) = (0, 0, 0);
    // After the last answer of a tree the next tree begins.
    while let Some(node) = ALL.get(i) {
        if node.question == ANSWER {
            sum += i32::from(node.number);
            asked += 1;
            if LEFT.get(asked).is_some_and(|left| sum + left < needed) {
                return None;
            }
            i = usize::from(node.no);
            continue;
        }
        let value = known.0.get(usize::from(node.question));
        let yes = value.is_some_and(|value| *value < node.number);
        i = if yes { i + 1 } else { usize::from(node.no) };
    }
    Some(sum / 10)
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn left() -> [i32; MOST_TREES + 1] {
    let mut left = [0; MOST_TREES + 1];
    let mut tree = TREES.n_trees;
    while tree > 0 {
        tree -= 1;
        left[tree] = left[tree + 1] + TREES.most[tree] as i32;
    }
    left
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn lines(text: &[u8]) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < text.len() {
        n += (text[i] == b'\n') as usize;
        i += 1;
    }
    n
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn parse(text: &[u8]) -> Trees {
    let mut trees = Trees {
        nodes: [Node {
            question: ANSWER,
            number: 0,
            no: 0,
        }; NODES],
        asked: [0; MOST_ASKED],
        n_asked: 0,
        most: [i16::MIN; MOST_TREES],
        n_trees: 0,
    };
    let names = names();
    // Questions whose answers are being read, and whether the one for "yes" is complete.
    let mut open = [0usize; 16];
    let mut depth = 0;
    let mut first = 0;
    let (mut i, mut at) = (0, 0);
    while i < NODES {
        let mut split = at;
        while text[split] != b'\n' && text[split] != b'<' {
            split += 1;
        }
        let name = hash(text.split_at(split).0.split_at(at).1);
        let node = &mut trees.nodes[i];
        if is_number(text, at) {
            node.number = number(text, at);
        } else if let Some(measure) = position(&names, name) {
            node.question = measure;
            node.number = number(text, split + 1);
        } else {
            while text[split] != b'\n' {
                split += 1;
            }
            let hash = hash_of_text(text.split_at(split).0.split_at(at).1);
            let mut number = 0;
            while number < trees.n_asked && trees.asked[number] != hash {
                number += 1;
            }
            if number == trees.n_asked {
                trees.asked[number] = hash;
                trees.n_asked += 1;
            }
            node.question = (FEATURES + number) as u16;
        }
        at = split;
        while text[at] != b'\n' {
            at += 1;
        }
        at += 1;
        if node.question == ANSWER {
            while depth > 0 && trees.nodes[open[depth - 1]].no != 0 {
                depth -= 1;
            }
            if depth > 0 {
                trees.nodes[open[depth - 1]].no = i as u16 + 1;
            } else {
                // The tree is complete: its answers lead to the next.
                let mut k = first;
                while k <= i {
                    if trees.nodes[k].question == ANSWER {
                        trees.nodes[k].no = i as u16 + 1;
                        if trees.nodes[k].number > trees.most[trees.n_trees] {
                            trees.most[trees.n_trees] = trees.nodes[k].number;
                        }
                    }
                    k += 1;
                }
                first = i + 1;
                trees.n_trees += 1;
            }
        } else {
            open[depth] = i;
            depth += 1;
        }
        i += 1;
    }
    assert!(depth == 0, "trees.txt is cut");
    trees
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn names() -> [u64; NAMES.len()] {
    let mut hashes = [0; NAMES.len()];
    let mut i = 0;
    while i < NAMES.len() {
        hashes[i] = hash(NAMES[i].as_bytes());
        i += 1;
    }
    hashes
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn position(names: &[u64], hash: u64) -> Option<u16> {
    let mut i = 0;
    while i < names.len() {
        if names[i] == hash {
            return Some(i as u16);
        }
        i += 1;
    }
    None
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn is_number(text: &[u8], i: usize) -> bool {
    text[i].is_ascii_digit() || text[i] == b'-' && text[i + 1].is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer of the tree whose first line is next, read from the file itself.
    fn read<'a>(
        lines: &mut impl Iterator<Item = &'a str>,
        measures: &[i16; NAMES.len()],
        has: &dyn Fn(&str) -> bool,
    ) -> i32 {
        let line = lines.next().unwrap();
        if let Ok(answer) = line.parse() {
            return answer;
        }
        let measure = line
            .split_once('<')
            .and_then(|(name, bound)| Some((NAMES.iter().position(|n| *n == name)?, bound)));
        let yes = match measure {
            Some((i, bound)) => measures[i] < bound.parse().unwrap(),
            None => has(line),
        };
        let answers = [read(lines, measures, has), read(lines, measures, has)];
        answers[usize::from(!yes)]
    }

    #[test]
    fn the_tables_answer_as_the_file_says() {
        let text = include_str!("trees.txt");
        let hash = |line: &str| hash_of_text(line.as_bytes());
        for round in 0..50i16 {
            let has = |line: &str| hash(line) >> 40 & 7 == (round & 7) as u64;
            let mut known = Known::default();
            let asked = ASKED.0.iter().take(ASKED.1).zip(0..);
            for (_, number) in asked.filter(|(hash, _)| *hash >> 40 & 7 == (round & 7) as u64) {
                known.note(number);
            }
            let measures = std::array::from_fn(|i| (round * 7 + i as i16 * 13) % 101);
            known.measure(&measures);
            let mut lines = text.lines().peekable();
            let mut sum = 0;
            while lines.peek().is_some() {
                sum += read(&mut lines, &measures, &has);
            }
            let sum = sum / 10;
            assert_eq!(score(&known, i32::MIN), Some(sum), "round {round}");
            assert_eq!(score(&known, sum), Some(sum), "round {round}");
            let early = score(&known, sum + 2);
            assert!(early.is_none_or(|score| score == sum), "round {round}");
            assert_eq!(score(&known, sum + 4_000), None, "round {round}");
        }
    }
}
