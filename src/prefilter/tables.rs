//! The tables that the prefilter searches with, made from a list of literals. Shared by the build script, which writes
//! them out as static data for the built-in rules, and by the program, which makes them for a user's rules.
//!
//! Each literal is watched through one window, three bytes of it: a place whose last three bytes hash to no window is
//! passed over, at any other the entries of that hash are compared. All comparisons fold ASCII case.

use std::borrow::Cow;

/// Shortest literal.
pub const MIN_LITERAL: usize = 2;
const BITMAP_BITS: u32 = 16;
const HEAD_BITS: u32 = 12;

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
    /// One bit for each hash of a window.
    pub bitmap: Cow<'static, [u64]>,
    /// Where the entries of each short hash begin; one more than there are hashes.
    pub heads: Cow<'static, [u32]>,
    pub entries: Cow<'static, [Entry]>,
    /// The literals, one after another, and where each ends.
    pub text: Cow<'static, [u8]>,
    pub ends: Cow<'static, [u32]>,
    /// Greatest `back` of an entry.
    pub reach: usize,
}

/// Three bytes as one number, case folded. Folding joins some other bytes too (`_` with DEL); comparing sorts that out.
#[must_use]
pub fn key(window: [u8; 3]) -> u32 {
    let [a, b, c] = window;
    u32::from_le_bytes([a, b, c, 0]) | 0x0020_2020
}

fn hash(key: u32) -> u32 {
    key.wrapping_mul(0x9E37_79B1)
}

/// The bit of the bitmap for a key.
#[must_use]
pub fn bit(key: u32) -> usize {
    (hash(key) >> (32 - BITMAP_BITS)) as usize
}

/// The head for a key.
#[must_use]
pub fn head(key: u32) -> usize {
    (hash(key) >> (32 - HEAD_BITS)) as usize
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
        let mut text = Vec::new();
        let mut ends = Vec::new();
        let mut filed: Vec<(u32, Entry)> = Vec::new();
        for (literal, bytes) in (0..).zip(literals) {
            text.extend_from_slice(bytes);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
            let (value, mask) = first_eight(bytes);
            let entry = |back| Entry {
                value,
                mask,
                literal,
                back,
            };
            match *bytes {
                [a, b, c, ..] => filed.push((key([a, b, c]), entry(2))),
                // Whatever stands before a literal of two bytes completes its window.
                [a, b] => filed.extend(
                    (0..=u8::MAX)
                        .filter(|any| any & 0x20 != 0)
                        .map(|any| (key([any, a, b]), entry(1))),
                ),
                [] | [_] => {}
            }
        }
        filed.sort_by_key(|&(key, entry)| (head(key), entry.literal, entry.back));
        filed.dedup_by_key(|&mut (key, entry)| (head(key), entry.literal, entry.back));
        let mut bitmap = vec![0u64; 1 << (BITMAP_BITS - 6)];
        let mut heads = vec![0u32; (1 << HEAD_BITS) + 1];
        for (key, _) in &filed {
            if let Some(word) = bitmap.get_mut(bit(*key) / 64) {
                *word |= 1 << (bit(*key) % 64);
            }
            if let Some(n) = heads.get_mut(head(*key) + 1) {
                *n += 1;
            }
        }
        let mut sum = 0;
        for n in &mut heads {
            sum += *n;
            *n = sum;
        }
        let entries: Vec<Entry> = filed.into_iter().map(|(_, entry)| entry).collect();
        Self {
            bitmap: bitmap.into(),
            heads: heads.into(),
            reach: entries.iter().map(|e| e.back as usize).max().unwrap_or(0),
            entries: entries.into(),
            text: text.into(),
            ends: ends.into(),
        }
    }

    /// The literal of this number.
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
