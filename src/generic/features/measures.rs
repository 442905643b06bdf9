//! What the trees measure of a candidate: whole numbers, each under a name.

use super::text::{each_word, entropy_sixteenths};
use super::{Candidate, count_of, shape, words};
use crate::generic::value::array;

/// The measures' names, in the order of [`of`].
pub const NAMES: [&str; N] = [
    "length",
    "entropy",
    "distinct",
    "digits",
    "upper",
    "lower",
    "marks",
    "n-marks",
    "n-digits",
    "wide",
    "changes",
    "run-lower",
    "run-upper",
    "run-digit",
    "cover",
    "uncovered",
    "biggest-word",
    "pairs",
    "rare-pairs",
    "n-pairs",
    "steps",
    "hex",
    "last-digits",
    "dots",
    "dashes",
    "slashes",
    "colons",
    "blanks",
    "signs",
    "name-length",
    "name-words",
    "nth",
    "before",
    "after",
    "line-words",
    "rest-words",
];
const N: usize = 36;

/// The measures that a snippet without surroundings lacks.
pub const CONTEXT: [&str; 4] = ["before", "after", "line-words", "rest-words"];

/// Measures a candidate.
#[must_use]
pub fn of(candidate: &Candidate<'_>) -> [i16; N] {
    let mut room = [0; array::ROOM];
    let text = candidate.judged(&mut room);
    let n = text.len();
    let count = |f: fn(u8) -> bool| count_of(text, f);
    let share = |part: usize| part * 100 / n.max(1);
    let kind = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3usize,
    };
    // Of each kind, how many bytes there are, and how many in a row.
    let mut kinds = [(0usize, 0usize); 4];
    let (mut changes, mut run, mut before) = (0, 0, None);
    for &b in text {
        let kind = kind(b);
        let same = before == Some(kind);
        run = if same { run + 1 } else { 1 };
        changes += usize::from(before.is_some() && !same);
        before = Some(kind);
        if let Some((count, longest)) = kinds.get_mut(kind) {
            *count += 1;
            *longest = run.max(*longest);
        }
    }
    let [
        (lower, run_lower),
        (upper, run_upper),
        (digits, run_digit),
        (marks, _),
    ] = kinds;
    let cover = words::cover(text);
    let pairs = words::pairs(text);
    let before = candidate.before();
    let after = candidate.after();
    let n_words = |text: &[u8]| {
        let mut n = 0;
        each_word(text, &mut |_| n += 1);
        n
    };
    let trailing = text.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let small = |n: usize| i16::try_from(n).unwrap_or(i16::MAX);
    let (distinct, surprise) = entropy_sixteenths(text);
    [
        n,
        surprise,
        share(distinct),
        share(digits),
        share(upper),
        share(lower),
        share(marks),
        marks,
        digits,
        count(|b| b >= 0x80),
        share(changes),
        run_lower,
        run_upper,
        run_digit,
        (cover.covered * 100)
            .checked_div(cover.letters)
            .unwrap_or(100),
        cover.letters - cover.covered,
        cover.longest,
        if pairs.n == 0 {
            100
        } else {
            (pairs.mean * 10.0) as usize
        },
        pairs.rare,
        pairs.n,
        share(shape::steps(text)),
        share(count(|b| b.is_ascii_hexdigit())),
        trailing,
        count(|b| b == b'.'),
        count(|b| b == b'-' || b == b'_'),
        count(|b| b == b'/'),
        count(|b| b == b':'),
        count(|b| b == b' '),
        count(|b| b"!@#$%^&*?~".contains(&b)),
        candidate.name.len(),
        n_words(candidate.name_text()),
        usize::from(candidate.nth),
        before.trim_ascii().len(),
        after.trim_ascii().len(),
        n_words(before),
        n_words(after),
    ]
    .map(small)
}
