//! The model: a weight for each known feature, summed, and the answers of small trees ([`trees`]); two thresholds make the
//! confidence. The weights are data (`weights.tsv`, feature and weight in hundredths, made by `examples/train.rs`).

use crate::finding::{Confidence, Evidence};

use super::candidate::{Candidate, Syntax};
use super::features::{self, Doubt, Group, Sink, measures};
use super::trees;

const TEXT: &[u8] = include_bytes!("weights.tsv");
/// Slots of the table; at least twice as many as there are features.
const SLOTS: usize = 1 << 12;
static TABLE: [(u32, i16); SLOTS] = parse(TEXT);

/// From this score on a candidate is a warning, and from the next one it blocks.
const WARN: i32 = threshold(b"=warn");
const BLOCK: i32 = threshold(b"=block");
/// Below this sum of weights nothing is a secret, whatever the trees would say; most candidates end here.
pub const HOPELESS: i32 = -400;
/// Above the blocking threshold by so much, confidence is high.
const SURE: i32 = 250;

const HOW: &[(Syntax, &str)] = &[
    (Syntax::Url, "password in a URL"),
    (Syntax::Header, "credentials in an authentication header"),
    (Syntax::Equal, "compared with a literal"),
    (Syntax::Flag, "argument of a command-line flag"),
];

/// The judgement on a candidate; `None` when it is no secret.
#[must_use]
pub fn judge(candidate: &Candidate<'_>) -> Option<(Confidence, Vec<Evidence>)> {
    let score = score(candidate)?;
    if score < WARN {
        return None;
    }
    let score = match features::doubt(candidate) {
        Doubt::NoSecret => return None,
        // Below the blocking threshold, doubt about the value and doubt about its kind are too much to warn of.
        Doubt::OnlyWarns if score < BLOCK => return None,
        Doubt::OnlyWarns => BLOCK - 1,
        Doubt::None if score >= BLOCK && features::is_weak(candidate) => BLOCK - 1,
        Doubt::None => score,
    };
    let confidence = match score {
        s if s >= BLOCK + SURE => Confidence::High,
        s if s >= BLOCK => Confidence::Medium,
        _ => Confidence::Low,
    };
    let how = HOW
        .iter()
        .find(|(syntax, _)| *syntax == candidate.syntax)
        .map_or("a literal under a telling name", |&(_, how)| how);
    Some((confidence, vec![Evidence::new(how)]))
}

/// The score of a candidate in hundredths: half the sum of its weights, and what the trees say. `None` where the weights
/// leave no hope.
#[must_use]
pub fn score(candidate: &Candidate<'_>) -> Option<i32> {
    let mut seen = Seen::default();
    features::extract(candidate, &mut seen);
    if seen.sum < HOPELESS {
        return None;
    }
    let answers = trees::score(&measures::of(candidate), &seen.held);
    Some((seen.sum >> 1) + answers)
}

/// The scores from which a candidate warns, and from which it blocks, in hundredths.
#[must_use]
pub fn thresholds() -> (i32, i32) {
    (WARN, BLOCK)
}

#[derive(Default)]
struct Seen {
    sum: i32,
    held: trees::Held,
}

impl Sink for Seen {
    fn feature(&mut self, group: Group, parts: &[&[u8]]) {
        let hash = hash_of(group.hash, parts);
        self.sum += i32::from(weight(hash));
        self.held.note(hash);
    }
}

/// The weight of one feature, in hundredths; 0 for those that the model does not know.
#[must_use]
pub fn weight_of(group: &str, parts: &[&[u8]]) -> i32 {
    i32::from(weight(hash_of(hash(group.as_bytes()), parts)))
}

/// The hash of a feature whose group has the hash `group`.
fn hash_of(group: u64, parts: &[&[u8]]) -> u64 {
    parts.iter().fold(group, |hash, part| with(hash, part))
}

/// The hash of a group.
pub(super) const fn hash(name: &[u8]) -> u64 {
    with(0, name)
}

/// The hash with a further part, eight bytes at a time; how many are left over counts too, so that parts stay apart.
const fn with(mut hash: u64, part: &[u8]) -> u64 {
    let mut rest = part;
    while let Some((eight, after)) = rest.split_first_chunk() {
        hash = mixed(hash, u64::from_le_bytes(*eight));
        rest = after;
    }
    let mut last = rest.len() as u64 + 1;
    while let [byte, after @ ..] = rest {
        last = last << 8 | *byte as u64;
        rest = after;
    }
    mixed(hash, last)
}

/// Multiplies by the golden ratio's bits and brings the upper half, which every bit reaches, down.
const fn mixed(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

/// The hash of the feature of which a data file says `group=part|part`. A part has no `|` in it, but may be one.
pub(super) const fn hash_of_text(text: &[u8]) -> u64 {
    let (group, mut rest) = split(text, b'=');
    let mut hash = hash(group);
    while let Some(parts) = rest {
        if let [b'|'] = parts {
            return with(hash, parts);
        }
        let (part, after) = split(parts, b'|');
        hash = with(hash, part);
        rest = after;
    }
    hash
}

/// What stands before the first such byte, and after it, if there is one.
const fn split(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        if *byte == at {
            return (text.split_at(text.len() - rest.len()).0, Some(after));
        }
        rest = after;
    }
    (text, None)
}

/// The mark by which a slot knows its feature; 0 means empty.
pub(super) const fn mark(hash: u64) -> u32 {
    (hash >> 32) as u32 | 1
}

pub(super) const fn slot(hash: u64) -> usize {
    (hash ^ (hash >> 17)) as usize % SLOTS
}

fn weight(hash: u64) -> i16 {
    let mut i = slot(hash);
    loop {
        match TABLE.get(i) {
            Some(&(m, weight)) if m == mark(hash) => return weight,
            Some(&(0, _)) | None => return 0,
            Some(_) => i = (i + 1) % SLOTS,
        }
    }
}

/// Reads a decimal number with a sign from `i` to the end of the line.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
pub(super) const fn number(text: &[u8], mut i: usize) -> i16 {
    let negative = text[i] == b'-';
    if negative {
        i += 1;
    }
    let mut n = 0;
    while i < text.len() && text[i] != b'\n' {
        n = n * 10 + (text[i] - b'0') as i16;
        i += 1;
    }
    if negative { -n } else { n }
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn parse(text: &[u8]) -> [(u32, i16); SLOTS] {
    let mut table = [(0u32, 0i16); SLOTS];
    let mut i = 0;
    while i < text.len() {
        let from = i;
        while text[i] != b'\t' {
            i += 1;
        }
        if text[from] != b'=' {
            let hash = hash_of_text(text.split_at(i).0.split_at(from).1);
            let mut at = slot(hash);
            while table[at].0 != 0 {
                at = (at + 1) % SLOTS;
            }
            table[at] = (mark(hash), number(text, i + 1));
        }
        while i < text.len() && text[i] != b'\n' {
            i += 1;
        }
        i += 1;
    }
    table
}

/// The number on the line that begins with `key`.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn threshold(key: &[u8]) -> i32 {
    let mut i = 0;
    while i < TEXT.len() {
        let mut k = 0;
        while k < key.len() && TEXT[i + k] == key[k] {
            k += 1;
        }
        if k == key.len() {
            return number(TEXT, i + k + 1) as i32;
        }
        while TEXT[i] != b'\n' {
            i += 1;
        }
        i += 1;
    }
    panic!("weights.tsv must hold both thresholds")
}
