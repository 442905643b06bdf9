//! Small trees of questions: the part of the model that sees how features go together. `trees.txt` holds them, one node a
//! line, a question before its two answers (first yes, then no), an answer in thousandths; `examples/train.rs` makes it.
//! A question is a feature (`shape=hex`: does the candidate have it?) or a measure (`length<12`).

use super::features::measures::NAMES;
use super::model::{hash, hash_of_text, mark, number, slot};

const TEXT: &[u8] = include_bytes!("trees.txt");
/// Slots for features that trees ask for; at least twice as many as there are.
const SLOTS: usize = 1 << 10;
/// Questions up to here are measures, the others features.
const FEATURES: u16 = NAMES.len() as u16;
/// The question of a node that is an answer.
const ANSWER: u16 = u16::MAX;

#[derive(Clone, Copy)]
struct Node {
    question: u16,
    /// The bound of a measure, or the answer in thousandths.
    number: i16,
    /// Where the node for "no" stands; the one for "yes" stands next.
    no: u16,
}

struct Trees {
    nodes: [Node; NODES],
    /// Features that are asked for, by their hash, with their numbers from 1.
    asked: [(u32, u16); SLOTS],
}

const NODES: usize = lines(TEXT);
static TREES: Trees = parse(TEXT);

/// Features of one candidate that trees ask for.
#[derive(Default)]
pub(super) struct Held([u64; 8]);

impl Held {
    /// Notes a feature by its hash.
    pub(super) fn note(&mut self, hash: u64) {
        let mut i = slot(hash) % SLOTS;
        while let Some(&(found, number)) = TREES.asked.get(i)
            && found != 0
        {
            if found == mark(hash) {
                let number = usize::from(number);
                if let Some(word) = self.0.get_mut(number / 64) {
                    *word |= 1 << (number % 64);
                }
                return;
            }
            i = (i + 1) % SLOTS;
        }
    }

    fn has(&self, number: u16) -> bool {
        let number = usize::from(number);
        (self.0.get(number / 64)).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// The sum of all trees' answers, in hundredths.
pub(super) fn score(measures: &[i16; NAMES.len()], held: &Held) -> i32 {
    let (mut sum, mut i) = (0, 0);
    // After the last answer "no" of a tree the next tree begins.
    while let Some(node) = TREES.nodes.get(i) {
        if node.question == ANSWER {
            sum += i32::from(node.number);
            i = usize::from(node.no);
            continue;
        }
        let yes = match measures.get(usize::from(node.question)) {
            Some(&measure) => measure < node.number,
            None => held.has(node.question - FEATURES),
        };
        i = if yes { i + 1 } else { usize::from(node.no) };
    }
    sum / 10
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
        asked: [(0, 0); SLOTS],
    };
    let names = names();
    let mut features = 0;
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
            let mut free = slot(hash) % SLOTS;
            while trees.asked[free].0 != 0 && trees.asked[free].0 != mark(hash) {
                free = (free + 1) % SLOTS;
            }
            if trees.asked[free].0 == 0 {
                trees.asked[free] = (mark(hash), features);
                features += 1;
            }
            node.question = FEATURES + trees.asked[free].1;
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
                    }
                    k += 1;
                }
                first = i + 1;
            }
        } else {
            open[depth] = i;
            depth += 1;
        }
        i += 1;
    }
    assert!(
        features as usize <= 512 && depth == 0,
        "trees.txt is cut or asks too much"
    );
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
            let mut held = Held::default();
            for line in text.lines().filter(|line| has(line)) {
                held.note(hash(line));
            }
            let measures = std::array::from_fn(|i| (round * 7 + i as i16 * 13) % 101);
            let mut lines = text.lines().peekable();
            let mut sum = 0;
            while lines.peek().is_some() {
                sum += read(&mut lines, &measures, &has);
            }
            assert_eq!(score(&measures, &held), sum / 10, "round {round}");
        }
    }
}
