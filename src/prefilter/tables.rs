//! The tables that the prefilter searches with, made from a list of literals. Shared by the build script, which writes
//! them out as static data for the built-in rules, and by the program, which makes them for a user's rules.
//!
//! Each literal is watched through one window, three neighbouring bytes of it, chosen so that few places of source code
//! look like a window of any literal. A place is asked three questions, each only where the one before said yes:
//!
//! 1. Do its last two pairs of bytes occur as first and second pair of windows? Two tables of 32 by 32 bits, small
//!    enough for SIMD registers (`masks` in the parent module), over the codes of `rule/rarity.rs`.
//! 2. Is it, by hash, a window with the right neighbours to its left and right?
//! 3. Does the literal stand there, byte by byte, ASCII case folded?

#![expect(
    clippy::indexing_slicing,
    reason = "tables are indexed by codes, which are below CODES, and by positions of the same list"
)]

use std::borrow::Cow;

use crate::rule::rarity::{CODES, code, pair, single};

/// Shortest literal.
pub const MIN_LITERAL: usize = 2;
/// Bytes of a window.
const WINDOW: usize = 3;
/// A window lies within this many bytes from its literal's start.
const FARTHEST: usize = 16;

/// A watched literal under the hash of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Up to the first eight bytes of the literal, little-endian and folded.
    pub value: u64,
    pub mask: u64,
    pub literal: u32,
    /// Distance from the literal's start to the window's last byte.
    pub back: u32,
}

/// Everything that a search reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// By code of a byte: bit `a` says that the codes `a` and this one are a window's first pair, bit `32 + a` that they
    /// are its second.
    pub rows: Cow<'static, [u64; CODES]>,
    /// The same by byte of a row, for lookups by shuffling.
    pub planes: Cow<'static, [[u8; CODES]; 8]>,
    /// By hash of a window: the codes of bytes that may stand before it (low half) and after it.
    pub neighbours: Cow<'static, [u64]>,
    /// Where the entries of each hash begin; one more than there are hashes.
    pub heads: Cow<'static, [u32]>,
    pub entries: Cow<'static, [Entry]>,
    /// The hash is the upper bits of a product, shifted down this much.
    pub shift: u32,
    /// The literals, one after another, and where each ends.
    pub text: Cow<'static, [u8]>,
    pub ends: Cow<'static, [u32]>,
    /// Greatest `back` of an entry.
    pub reach: usize,
}

/// Three bytes as one number, case folded. Folding joins some other bytes too (`_` with DEL); comparing sorts that out.
#[must_use]
pub fn key(window: [u8; WINDOW]) -> u32 {
    let [a, b, c] = window;
    u32::from_le_bytes([a, b, c, 0]) | 0x0020_2020
}

/// The hash of a key.
#[must_use]
pub fn hash(key: u32, shift: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B1) >> shift) as usize
}

/// Up to eight bytes as one number, folded, with the mask of those that are there.
fn first_eight(literal: &[u8]) -> (u64, u64) {
    let (mut value, mut mask) = (0, 0);
    for (i, &byte) in literal.iter().take(8).enumerate() {
        value |= u64::from(byte | 0x20) << (8 * i);
        mask |= 0xff << (8 * i);
    }
    (value, mask)
}

impl Tables {
    /// Makes the tables. A literal shorter than two bytes is never found.
    #[must_use]
    pub fn new<'l>(literals: impl IntoIterator<Item = &'l [u8]>) -> Self {
        let literals: Vec<&[u8]> = literals.into_iter().collect();
        let (pairs, backs) = choose_windows(&literals);
        let filed = file(&literals, &backs);
        let bits = (filed.len() * 4).max(64).ilog2().min(12);
        let shift = 32 - bits;
        let mut neighbours = vec![0u64; 1 << bits];
        let mut heads = vec![0u32; (1 << bits) + 1];
        let mut filed: Vec<(usize, u64, Entry)> = filed
            .into_iter()
            .map(|(key, near, entry)| (hash(key, shift), near, entry))
            .collect();
        filed.sort_by_key(|&(hash, _, entry)| (hash, entry.literal));
        // The many keys of a literal of two bytes may share a hash.
        filed.dedup_by_key(|&mut (hash, _, entry)| (hash, entry.literal));
        for &(hash, near, _) in &filed {
            if let Some(word) = neighbours.get_mut(hash) {
                *word |= near;
            }
            if let Some(n) = heads.get_mut(hash + 1) {
                *n += 1;
            }
        }
        let mut sum = 0;
        for n in &mut heads {
            sum += *n;
            *n = sum;
        }
        let rows: [u64; CODES] = std::array::from_fn(|second| pairs.row(second));
        let planes = std::array::from_fn(|plane| {
            std::array::from_fn(|second| rows[second].to_le_bytes()[plane])
        });
        let mut end = 0;
        let ends = literals.iter().map(|literal| {
            end += u32::try_from(literal.len()).unwrap_or(0);
            end
        });
        Self {
            rows: Cow::Owned(rows),
            planes: Cow::Owned(planes),
            neighbours: neighbours.into(),
            heads: heads.into(),
            entries: filed.iter().map(|&(_, _, entry)| entry).collect(),
            shift,
            ends: ends.collect(),
            text: literals.concat().into(),
            reach: backs.into_iter().max().unwrap_or(0),
        }
    }

    /// The literal of this number, empty if there is none.
    #[must_use]
    pub fn literal(&self, i: u32) -> &[u8] {
        let i = i as usize;
        let start = i
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(i).copied().unwrap_or(start);
        self.text
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

/// Keys, neighbours and entry of each literal's window.
fn file(literals: &[&[u8]], backs: &[usize]) -> Vec<(u32, u64, Entry)> {
    let mut filed = Vec::new();
    for ((number, literal), &back) in (0..).zip(literals).zip(backs) {
        let (value, mask) = first_eight(literal);
        let entry = Entry {
            value,
            mask,
            literal: number,
            back: u32::try_from(back).unwrap_or(0),
        };
        let may_be = |byte: Option<&u8>| byte.map_or(u32::MAX, |&byte| 1 << code(byte));
        let before = (back.checked_sub(WINDOW)).and_then(|before| literal.get(before));
        let near = u64::from(may_be(before)) | u64::from(may_be(literal.get(back + 1))) << 32;
        if let [a, b] = **literal {
            // Whatever stands before a literal of two bytes completes its window.
            let any = (0..=u8::MAX).filter(|any| any & 0x20 != 0);
            filed.extend(any.map(|any| (key([any, a, b]), near, entry)));
        } else if let Some(&[a, b, c]) = (back + 1)
            .checked_sub(WINDOW)
            .and_then(|first| literal.get(first..)?.first_chunk())
        {
            filed.push((key([a, b, c]), near, entry));
        }
    }
    filed
}

/// How often each pair of codes is first (0) or second (1) in the windows chosen so far, and what that costs: the
/// probabilities of a place in source code to look like the start of a window, like its end.
struct Pairs {
    used: [[[u32; CODES]; CODES]; 2],
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
const COST_OF_ENTRY: f32 = 4.0;

impl Pairs {
    fn new() -> Self {
        let pairs: [[f32; CODES]; CODES] =
            std::array::from_fn(|a| std::array::from_fn(|b| pair(a, b)));
        Self {
            used: [[[0; CODES]; CODES]; 2],
            pair: pairs,
            next: std::array::from_fn(|a| {
                let single = single(a);
                std::array::from_fn(|b| pairs[a][b] / single)
            }),
            start: [0.0; CODES],
            end: [0.0; CODES],
        }
    }

    /// What a window adds to the expected work.
    fn cost(&self, [a, b, c]: [usize; WINDOW]) -> f32 {
        let (pair, next) = (self.pair[a][b], self.next[b][c]);
        let new_start = if self.used[0][a][b] == 0 { pair } else { 0.0 };
        let new_end = if self.used[1][b][c] == 0 { next } else { 0.0 };
        // Places that pass after the change less those that pass before: all share the middle code.
        let more =
            (self.start[b] + new_start) * (self.end[b] + new_end) - self.start[b] * self.end[b];
        COST_OF_PAIRS * more + COST_OF_ENTRY * pair * next
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
    fn row(&self, second: usize) -> u64 {
        let bits = |table: &[[u32; CODES]; CODES]| {
            (0..CODES).fold(0u32, |bits, a| bits | u32::from(table[a][second] > 0) << a)
        };
        u64::from(bits(&self.used[0])) | u64::from(bits(&self.used[1])) << 32
    }
}

/// Chooses a window for each literal: where its last byte lies.
fn choose_windows(literals: &[&[u8]]) -> (Pairs, Vec<usize>) {
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
                .filter_map(|back| Some((pairs.cost(window(literal, back)?), back)))
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
