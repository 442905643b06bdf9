//! Choice of the three bytes of each literal that the prefilter watches for: those that make the least work in source
//! code, given what the other literals' windows let through anyway.

#![expect(
    clippy::indexing_slicing,
    reason = "tables are indexed by codes, which are below CODES, and by positions of the same list"
)]

use crate::rule::bytes::ByteSet;
use crate::rule::derive::Literal;
use crate::rule::rarity::{CODES, code, pair, single};

/// Bytes of a window.
pub(super) const WINDOW: usize = 3;
/// A window lies within this many bytes from its literal's start.
const FARTHEST: usize = 16;

/// Chooses a window for each literal: where its last byte lies.
#[must_use]
pub(super) fn choose_windows(all: &[Literal]) -> (Pairs, Vec<usize>) {
    let literals: Vec<&[u8]> = all.iter().map(|l| l.text.as_slice()).collect();
    let mut pairs = Pairs::new();
    let window = |literal: &[u8], back: usize| -> Option<[usize; WINDOW]> {
        let bytes = literal.get((back + 1).checked_sub(WINDOW)?..)?;
        Some(bytes.first_chunk::<WINDOW>()?.map(code))
    };
    let choices = |literal: &[u8]| WINDOW - 1..literal.len().min(FARTHEST);
    let mut backs: Vec<usize> = literals
        .iter()
        .map(|literal| (WINDOW - 1).min(literal.len().saturating_sub(1)))
        .collect();
    // Short literals have no choice: the others make the best of what these cost anyway.
    let mut order: Vec<usize> = (0..literals.len()).collect();
    order.sort_by_key(|&i| literals[i].len());
    for again in [false, true, true] {
        for &i in &order {
            let literal = literals[i];
            if let [a, b] = *literal {
                if !again {
                    for any in 0..CODES {
                        pairs.count([any, code(a), code(b)], true);
                    }
                }
                continue;
            }
            if again && let Some(old) = window(literal, backs[i]) {
                pairs.count(old, false);
            }
            let best = choices(literal)
                .filter_map(|back| {
                    Some((
                        pairs.cost(window(literal, back)?, near(&all[i], back)),
                        back,
                    ))
                })
                .min_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, back)) = best {
                backs[i] = back;
            }
            if let Some(new) = window(literal, backs[i]) {
                pairs.count(new, true);
            }
        }
    }
    (pairs, backs)
}

/// The codes of bytes that may stand before the window of a literal, and after it.
#[must_use]
pub(super) fn near(literal: &Literal, back: usize) -> [u32; 2] {
    let may_be = |byte: Option<&u8>, beside: &ByteSet| {
        byte.map_or_else(|| beside.codes(), |&byte| 1 << code(byte))
    };
    let before = back
        .checked_sub(WINDOW)
        .and_then(|before| literal.text.get(before));
    [
        may_be(before, &literal.left),
        may_be(literal.text.get(back + 1), &literal.right),
    ]
}

/// How often each pair of codes is first (0) or second (1) in the windows chosen so far, and what that costs: the
/// probabilities of a place in source code to look like the start of a window, like its end.
pub(super) struct Pairs {
    used: [[[u32; CODES]; CODES]; 2],
    single: [f32; CODES],
    pair: [[f32; CODES]; CODES],
    /// Probability of the second code where the first stands.
    next: [[f32; CODES]; CODES],
    /// By middle code, the share of places that hold it after a first code of some window.
    start: [f32; CODES],
    /// By middle code, the probability that a last code of some window follows it.
    end: [f32; CODES],
}

/// Relative costs of a place that passes the pairs and of one that is looked up among the entries.
const COST_OF_PAIRS: f32 = 1.0;
const COST_OF_ENTRY: f32 = 8.0;

impl Pairs {
    fn new() -> Self {
        let pairs: [[f32; CODES]; CODES] =
            std::array::from_fn(|a| std::array::from_fn(|b| pair(a, b)));
        Self {
            used: [[[0; CODES]; CODES]; 2],
            single: std::array::from_fn(single),
            pair: pairs,
            next: std::array::from_fn(|a| {
                let single = single(a);
                std::array::from_fn(|b| pairs[a][b] / single)
            }),
            start: [0.0; CODES],
            end: [0.0; CODES],
        }
    }

    /// What a window adds to the expected work; `near` are the codes that may stand before it and after it.
    fn cost(&self, [a, b, c]: [usize; WINDOW], near: [u32; 2]) -> f32 {
        let (pair, next) = (self.pair[a][b], self.next[b][c]);
        let new_start = if self.used[0][a][b] == 0 { pair } else { 0.0 };
        let new_end = if self.used[1][b][c] == 0 { next } else { 0.0 };
        // Places that pass after the change less those that pass before: all share the middle code.
        let more =
            (self.start[b] + new_start) * (self.end[b] + new_end) - self.start[b] * self.end[b];
        let held = |near: u32| (0..CODES).filter(move |code| near >> code & 1 == 1);
        let before: f32 = held(near[0]).map(|z| self.pair[z][a]).sum::<f32>() / self.single[a];
        let after: f32 = held(near[1]).map(|d| self.next[c][d]).sum();
        COST_OF_PAIRS * more + COST_OF_ENTRY * pair * next * before * after
    }

    fn count(&mut self, [a, b, c]: [usize; WINDOW], add: bool) {
        let step = |n: &mut u32| {
            let before = *n;
            *n = if add {
                before.saturating_add(1)
            } else {
                before.saturating_sub(1)
            };
            f32::from(i8::from(*n > 0) - i8::from(before > 0))
        };
        self.start[b] += step(&mut self.used[0][a][b]) * self.pair[a][b];
        self.end[b] += step(&mut self.used[1][b][c]) * self.next[b][c];
    }

    /// Bits of the pairs that end in this code.
    #[must_use]
    pub(super) fn row(&self, second: usize) -> u64 {
        let bits = |table: &[[u32; CODES]; CODES]| {
            (0..CODES).fold(0u32, |bits, a| bits | u32::from(table[a][second] > 0) << a)
        };
        u64::from(bits(&self.used[0])) | u64::from(bits(&self.used[1])) << 32
    }
}
