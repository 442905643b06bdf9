//! Runs of words that are joined by capitals: identifiers in most languages. `judge::reads_as_words` says of a value that it
//! is such; here all values that a run may hold are asked at once.
//!
//! A value stands between bytes that are no part of words, so that it is some words of the run one after the other, whole,
//! with the marks between them and some of those beside them.

use crate::rule::gate::LEAST;

/// More words are not taken apart.
const MOST: usize = 8;
/// A longer hump might be alone in a value, which then is not words that are joined.
const LONGEST: usize = 16;

/// What is asked of a word: humps are those of three letters or more.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    len: usize,
    in_humps: usize,
    n_humps: usize,
    /// [`UPPER`] and [`DIGIT`], if there are such.
    has: u8,
    /// Marks before it.
    gap: usize,
}

/// What a byte of a run is; 0 is the mark that narrow runs have.
const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const JOINT: u8 = 8;
const WIDE: u8 = 16;

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b'_' => JOINT,
            b'-' => 0,
            _ => WIDE,
        };
        byte += 1;
    }
    kinds
};

fn kind(byte: u8) -> u8 {
    KINDS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Whether a byte of a run is none of a narrow one.
pub(super) fn is_wide(byte: u8) -> bool {
    kind(byte) == WIDE
}

/// Whether every value of at least [`LEAST`] bytes that a run may hold reads as words.
pub(super) fn reads_as_words(run: &[u8]) -> bool {
    let mut words = [Word::default(); MOST];
    let Some((n, last_gap)) = take_apart(run, &mut words) else {
        return false;
    };
    let words = words.get(..n).unwrap_or_default();
    let gaps = words.iter().skip(1).map(|word| word.gap);
    for (from, first) in words.iter().enumerate() {
        let (mut len, mut in_humps) = (first.gap, 0);
        for (word, gap) in words.iter().zip(gaps.clone().chain([last_gap])).skip(from) {
            // A value may end with any of the marks, which count against it.
            len += word.len + gap;
            in_humps += word.in_humps;
            if len >= LEAST && in_humps * 20 < len * 17 {
                return false;
            }
        }
    }
    true
}

/// The words of a run and the marks behind the last one; `None` if there are too many, or one spoils every value that it is
/// in: no word beside it makes good what it lacks.
fn take_apart(run: &[u8], words: &mut [Word; MOST]) -> Option<(usize, usize)> {
    let mut n = 0;
    let (mut word, mut hump) = (Word::default(), 0);
    for &byte in run.iter().chain(b".") {
        let kind = kind(byte);
        if kind == LOWER {
            hump += 1;
            word.len += 1;
            continue;
        }
        if hump >= 3 {
            word.in_humps += hump;
            word.n_humps += 1;
            if hump > LONGEST {
                return None;
            }
        }
        hump = usize::from(kind == UPPER);
        word.has |= kind;
        if kind & !WIDE != 0 {
            word.len += 1;
        } else if word.len == 0 {
            word.gap += 1;
        } else {
            if word.in_humps < 4 * word.n_humps || word.has & (UPPER | DIGIT) == DIGIT {
                return None;
            }
            *words.get_mut(n)? = word;
            n += 1;
            word = Word {
                gap: 1,
                ..Word::default()
            };
        }
    }
    // Of the mark that was added behind the run.
    Some((n, word.gap - 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::judge;

    fn is_of_word(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || byte == b'_'
    }

    #[test]
    fn identifiers_read_as_words() {
        for (run, reads) in [
            ("unblockClientWaitingReplicas", true),
            ("RedisModule_WrongArity", true),
            ("OAuth2TokenHandlerFactory", true),
            ("TargetKind::CustomBuild", true),
            ("server.replicationCreateMasterClient=", true),
            ("META_IDX_MYMSTR_TTL4_MORE", false),
            ("aB3dE5fG7hI9jK1lM3nO5pQ7", false),
            ("16968963142126734184", false),
            ("fooBarBazQuxx=16968963142126734184", false),
        ] {
            assert_eq!(reads_as_words(run.as_bytes()), reads, "{run}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { max_global_rejects: 1 << 20, ..ProptestConfig::default() })]
        #[test]
        fn what_reads_as_words_holds_no_value(run in "([A-Z]?[a-c]{2,7}|[A-Z][a-c]{3,9}|[0-9]|_|[A-Z]{1,2}|[.:=/-]{1,2}){2,9}") {
            let run = run.as_bytes();
            prop_assume!(reads_as_words(run));
            let is_edge = |at: usize| {
                let of_word = |at: Option<usize>| at.and_then(|at| run.get(at)).is_some_and(|&byte| is_of_word(byte));
                !(of_word(at.checked_sub(1)) && of_word(Some(at)))
            };
            for from in (0..run.len()).filter(|&at| is_edge(at)) {
                for to in (from + LEAST..=run.len()).filter(|&at| is_edge(at)) {
                    let value = &run[from..to];
                    prop_assert!(judge::reads_as_words(value), "{}", value.escape_ascii());
                }
            }
        }
    }
}
