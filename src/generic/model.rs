//! The model: a weight for each known feature, summed, and the answers of small trees ([`trees`]); two thresholds make the
//! confidence. The weights are data (`weights.tsv`, feature and weight in hundredths, made by `examples/train.rs`).

use crate::finding::{Confidence, Evidence};

use super::candidate::{Candidate, Syntax};
use super::class::File;
use super::features::{self, Doubt, Group, MAX_WORD, Sink, WordGroup, measures, small};
use super::trees;

const TEXT: &[u8] = include_bytes!("weights.tsv");
/// Slots of the table; at least twice as many as there are features.
const SLOTS: usize = 1 << 12;
static TABLE: [Slot; SLOTS] = parse(TEXT);

/// What is known of a feature.
#[derive(Clone, Copy)]
struct Slot {
    /// By which the feature is known; 0 means empty.
    mark: u32,
    /// In hundredths.
    weight: i16,
    /// The number by which trees ask for it, or [`UNASKED`].
    asked: u16,
}

/// No tree asks for it.
const UNASKED: u16 = u16::MAX;

const EMPTY: Slot = Slot {
    mark: 0,
    weight: 0,
    asked: UNASKED,
};

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
    let score = score_from(candidate, WARN).filter(|score| *score >= WARN)?;
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

/// The score of a candidate in hundredths: three quarters of the sum of its weights, and what the trees say. `None` where the weights
/// leave no hope.
#[must_use]
pub fn score(candidate: &Candidate<'_>) -> Option<i32> {
    score_from(candidate, i32::MIN)
}

/// The same; lower scores than `least` need not be told.
fn score_from(candidate: &Candidate<'_>, least: i32) -> Option<i32> {
    let mut seen = Seen::default();
    features::extract(candidate, &mut seen);
    if seen.sum < HOPELESS {
        return None;
    }
    seen.known.measure(&measures::of(candidate));
    let share = share(seen.sum);
    let answers = trees::score(&seen.known, least.saturating_sub(share))?;
    Some(share + answers)
}

/// What the sum of weights counts beside the trees: three quarters, since both say much of the same.
#[must_use]
pub fn share(sum: i32) -> i32 {
    (sum * 3) >> 2
}

/// The scores from which a candidate warns, and from which it blocks, in hundredths.
#[must_use]
pub fn thresholds() -> (i32, i32) {
    (WARN, BLOCK)
}

#[derive(Default)]
struct Seen {
    sum: i32,
    known: trees::Known,
}

/// Of the words of a group that have a weight or that trees ask for, by the lower five bits of the first letter, how long they
/// are: a bit for each length. Those too long to be told apart count as without letters.
#[derive(Debug)]
pub(super) struct KnownWords([u32; 32]);

impl KnownWords {
    pub(super) const fn of(group: &str) -> Self {
        let mut lengths = [0; 32];
        add_lengths(TEXT, group.as_bytes(), &mut lengths);
        add_lengths(trees::TEXT, group.as_bytes(), &mut lengths);
        Self(lengths)
    }

    /// Whether a word may be one of them.
    #[inline]
    fn may_hold(&self, word: &[u8]) -> bool {
        let (first, len) = match word {
            [first, ..] if word.len() <= MAX_WORD => (usize::from(first & 31), word.len()),
            _ => (0, 0),
        };
        self.0
            .get(first)
            .is_some_and(|lengths| lengths >> len & 1 == 1)
    }
}

/// Adds the lengths of the words that stand behind `group=` at the beginning of lines.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn add_lengths(text: &[u8], group: &[u8], lengths: &mut [u32; 32]) {
    let mut i = 0;
    while i < text.len() {
        let mut at = 0;
        while at < group.len() && text[i + at] == group[at] {
            at += 1;
        }
        if at == group.len() && text[i + at] == b'=' {
            let from = i + at + 1;
            let mut to = from;
            while text[to] != b'\t' && text[to] != b'\n' {
                to += 1;
            }
            let first = if to == from { 0 } else { text[from] & 31 };
            lengths[first as usize] |= 1 << (to - from);
        }
        while text[i] != b'\n' {
            i += 1;
        }
        i += 1;
    }
}

/// What features of a path weigh, and those of them that trees ask for.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    sum: i32,
    asked: Vec<u16>,
}

impl Learnt {
    fn of(file: &File<'_>) -> Self {
        let mut learnt = Self::default();
        features::of_file(file, &mut learnt);
        learnt
    }
}

impl Sink for Learnt {
    fn feature(&mut self, group: Group, parts: &[&[u8]]) {
        let Some(found) = find(hash_of(group.hash, parts)) else {
            return;
        };
        self.sum += i32::from(found.weight);
        if found.asked != UNASKED {
            self.asked.push(found.asked);
        }
    }
}

impl Sink for Seen {
    fn remembers(&mut self, file: &File<'_>) -> bool {
        let learnt = file.learnt(|| Learnt::of(file));
        self.sum += learnt.sum;
        for &asked in &learnt.asked {
            self.known.note(asked);
        }
        true
    }

    fn is_settled(&self, most: i32) -> bool {
        self.sum + most < HOPELESS
    }

    fn word(&mut self, group: &WordGroup, word: &[u8]) {
        if group.known.may_hold(word) {
            self.feature(group.group, &[small(word).get()]);
        }
    }

    fn feature(&mut self, group: Group, parts: &[&[u8]]) {
        let Some(found) = find(hash_of(group.hash, parts)) else {
            return;
        };
        self.sum += i32::from(found.weight);
        if found.asked != UNASKED {
            self.known.note(found.asked);
        }
    }
}

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::generic::candidates_at;

    /// Takes in every feature one by one.
    #[derive(Default)]
    struct All(Seen);

    impl Sink for All {
        fn feature(&mut self, group: Group, parts: &[&[u8]]) {
            self.0.feature(group, parts);
        }
    }

    proptest! {
        #[test]
        fn what_is_left_out_or_remembered_changes_no_score(
            path in "(spec|src|config|readme|test)/[a-z]{1,6}/(client|packages|x)[.](py|env|md|json|c)",
            before in "((user|host|assert|email|test|example|[a-z]{2,5})( = |: |\"|\n)){0,6}",
            name in "(db_|api_|test_|public_|my)?(password|token|secret|key|auth)(_id|_hash)?",
            value in "[a-z]{4,9}|[A-Za-z0-9]{8,24}|(pass|pwd|token|changeme|abc|123|test)[a-z0-9]{0,6}[!.]?",
            again: bool,
        ) {
            let again = if again { value.as_str() } else { "" };
            let text = format!("{before}{name} = \"{value}\"\n{again}\n");
            let file = File::new(path.as_bytes());
            let hit = before.len() + text.get(before.len()..).and_then(|t| {
                ["password", "token", "secret", "key", "auth"].iter().filter_map(|word| t.find(word)).min()
            }).unwrap();
            let end = hit + text.get(hit..).and_then(|t| t.find(|c: char| !c.is_ascii_alphabetic())).unwrap();
            candidates_at(text.as_bytes(), hit..end, &file, &mut |candidate| {
                let mut all = All::default();
                features::extract(&candidate, &mut all);
                let mut seen = Seen::default();
                features::extract(&candidate, &mut seen);
                assert_eq!(seen.sum < HOPELESS, all.0.sum < HOPELESS, "{text}");
                if all.0.sum >= HOPELESS {
                    assert_eq!(seen.sum, all.0.sum, "{text}");
                    assert!(seen.known == all.0.known, "{text}");
                }
            });
        }
    }

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

    #[test]
    fn words_that_are_passed_over_have_no_weight_and_are_not_asked_for() {
        let lines = [TEXT, trees::TEXT].map(|text| std::str::from_utf8(text).unwrap().lines());
        let mut n = 0;
        for line in lines.into_iter().flatten() {
            for name in ["name", "word", "line", "rest", "path"] {
                let word = line
                    .strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix('='));
                if let Some(word) = word.map(|rest| rest.split('\t').next().unwrap()) {
                    let word = if word.is_empty() {
                        "a".repeat(MAX_WORD + 1)
                    } else {
                        word.to_owned()
                    };
                    let known = KnownWords::of(name);
                    assert!(known.may_hold(word.as_bytes()), "{name}={word}");
                    assert!(
                        known.may_hold(word.to_uppercase().as_bytes()),
                        "{name}={word}"
                    );
                    n += 1;
                }
            }
        }
        assert!(n > 100, "{n} words");
        assert!(!KnownWords::of("word").may_hold(b"zzzzzzzzzzzzzzzz"));
    }
}
