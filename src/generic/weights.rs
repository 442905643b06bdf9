//! The weights as data: `weights.tsv` read by the compiler into a table by hash, and what is told of its lines.

use super::features::Group;
use super::trees;

pub(super) const TEXT: &[u8] = include_bytes!("weights.tsv");
/// Slots of the table; at least twice as many as there are features.
const SLOTS: usize = 1 << 12;
static TABLE: [Slot; SLOTS] = parse(TEXT);

/// What is known of a feature.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// By which the feature is known; 0 means empty.
    mark: u32,
    /// In hundredths.
    pub(super) weight: i16,
    /// The number by which trees ask for it, or [`UNASKED`].
    pub(super) asked: u16,
}

/// No tree asks for it.
pub(super) const UNASKED: u16 = u16::MAX;

const EMPTY: Slot = Slot {
    mark: 0,
    weight: 0,
    asked: UNASKED,
};

/// The most that one feature of a group weighs, at least 0.
pub(super) const fn most(group: &str) -> i32 {
    let (mut most, mut at) = (0, 0);
    while let Some((feature, weight, next)) = line(TEXT, at) {
        if weight > most && is_of(feature, group) {
            most = weight;
        }
        at = next;
    }
    most
}

/// The most that all features of a group weigh together that have such a part, first or last of two.
pub(super) const fn most_with(group: &str, part: &str) -> i32 {
    let (mut sum, mut at) = (0, 0);
    while let Some((feature, weight, next)) = line(TEXT, at) {
        if weight > 0 && is_of(feature, group) {
            let parts = feature.split_at(group.len() + 1).1;
            if let (first, Some(last)) = split(parts, b'|')
                && (is(first, part.as_bytes()) || is(last, part.as_bytes()))
            {
                sum += weight;
            }
        }
        at = next;
    }
    sum
}

/// The feature on the line that begins at a place, its weight, and where the next line begins.
const fn line(text: &[u8], at: usize) -> Option<(&[u8], i32, usize)> {
    if at >= text.len() {
        return None;
    }
    let (line, _) = split(text.split_at(at).1, b'\n');
    let (feature, _) = split(line, b'\t');
    let weight = number(text, at + feature.len() + 1) as i32;
    Some((feature, weight, at + line.len() + 1))
}

/// Whether a feature is one of a group.
const fn is_of(feature: &[u8], group: &str) -> bool {
    is(split(feature, b'=').0, group.as_bytes())
}

/// Whether two texts are the same.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn is(text: &[u8], other: &[u8]) -> bool {
    let mut i = 0;
    while i < text.len() && i < other.len() && text[i] == other[i] {
        i += 1;
    }
    text.len() == other.len() && i == text.len()
}

/// The weight of one feature, in hundredths; 0 for those that the model does not know.
#[must_use]
pub fn weight_of(group: &str, parts: &[&[u8]]) -> i32 {
    let found = find(hash_of(hash(group.as_bytes()), parts));
    found.map_or(0, |found| i32::from(found.weight))
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
    if let Some((four, after)) = rest.split_first_chunk() {
        last = last << 32 | u32::from_be_bytes(*four) as u64;
        rest = after;
    }
    let last = match *rest {
        [a, b, c, ..] => last << 24 | (a as u64) << 16 | (b as u64) << 8 | c as u64,
        [a, b] => last << 16 | (a as u64) << 8 | b as u64,
        [a] => last << 8 | a as u64,
        [] => last,
    };
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

const fn mark(hash: u64) -> u32 {
    (hash >> 32) as u32 | 1
}

const fn slot(hash: u64) -> usize {
    (hash ^ (hash >> 17)) as usize % SLOTS
}

/// What is known of a feature.
pub(super) fn find_feature(group: Group, parts: &[&[u8]]) -> Option<Slot> {
    find(hash_of(group.hash, parts))
}

fn find(hash: u64) -> Option<Slot> {
    let mut i = slot(hash);
    loop {
        match TABLE.get(i) {
            Some(found) if found.mark == mark(hash) => return Some(*found),
            Some(Slot { mark: 0, .. }) | None => return None,
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
const fn parse(text: &[u8]) -> [Slot; SLOTS] {
    let mut table = [EMPTY; SLOTS];
    let (asked, n_asked) = trees::ASKED;
    let mut nth = 0;
    while nth < n_asked {
        let at = free(&table, asked[nth]);
        table[at].mark = mark(asked[nth]);
        table[at].asked = nth as u16;
        nth += 1;
    }
    let mut i = 0;
    while i < text.len() {
        let from = i;
        while text[i] != b'\t' {
            i += 1;
        }
        if text[from] != b'=' {
            let hash = hash_of_text(text.split_at(i).0.split_at(from).1);
            let at = free(&table, hash);
            table[at].mark = mark(hash);
            table[at].weight = number(text, i + 1);
        }
        while i < text.len() && text[i] != b'\n' {
            i += 1;
        }
        i += 1;
    }
    table
}

/// The slot of a feature, or an empty one for it.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn free(table: &[Slot; SLOTS], hash: u64) -> usize {
    let mut at = slot(hash);
    while table[at].mark != 0 && table[at].mark != mark(hash) {
        at = (at + 1) % SLOTS;
    }
    at
}

/// The number on the line that begins with `key`.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
pub(super) const fn threshold(key: &[u8]) -> i32 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_that_is_left_is_that_of_one_class() {
        let near = |class| most_with("near", class);
        let sum = |class: &[u8]| {
            let words: [&[u8]; 4] = [b"email", b"host", b"user", b"test"];
            let weights = words.map(|word| weight_of("near", &[word, class]));
            weights
                .into_iter()
                .filter(|weight| *weight > 0)
                .sum::<i32>()
        };
        assert!(near("password") >= sum(b"password") && sum(b"password") > 0);
        assert_eq!(near("no class"), 0);
        assert_eq!(most("no group"), 0);
        assert!(most("length") > 0);
    }
}
