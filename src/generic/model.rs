//! The model: a weight for each known feature, summed, and the answers of small trees ([`trees`]); two thresholds make the
//! confidence. The weights are data (`weights.tsv`, feature and weight in hundredths, made by `examples/train.rs`).

use crate::finding::{Confidence, Evidence};

use super::candidate::{Candidate, Syntax};
use super::features::{self, Doubt, Group, MAX_WORD, Sink, WordGroup, measures, small};
use super::file::File;
use super::trees;
pub use super::weights::weight_of;
use super::weights::{self, TEXT, threshold};

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
        let Some(found) = weights::find_feature(group, parts) else {
            return;
        };
        self.sum += i32::from(found.weight);
        if found.asked != weights::UNASKED {
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
        let Some(found) = weights::find_feature(group, parts) else {
            return;
        };
        self.sum += i32::from(found.weight);
        if found.asked != weights::UNASKED {
            self.known.note(found.asked);
        }
    }
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
