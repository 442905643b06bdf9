//! One pass over the bytes with the literals of all rules; almost every byte is rejected here.
//!
//! The invariant: [`Prefilter::find`] reports exactly the occurrences that plain Aho-Corasick over the same literals
//! would, overlapping ones included, ASCII case folded. What a hit means is left to `scan`.

use std::ops::Range;

use masks::{BLOCK, Carry};
use tables::Tables;

use crate::rule::rarity::code;

mod masks;
mod simd;
pub mod tables;

/// Literals made ready to be searched for together.
#[derive(Debug, Clone)]
pub struct Prefilter {
    tables: Tables,
}

/// What `build.rs` made of the literals of the built-in rules.
mod made {
    use std::borrow::Cow;

    use super::Prefilter;
    use super::tables::{Entry, Tables};

    include!(concat!(env!("OUT_DIR"), "/prefilter.rs"));
}

/// Which built-in rules want to hear of a literal of [`Prefilter::built_in`]: indices into `rule::built_in()`.
#[must_use]
pub fn targets(literal: u32) -> &'static [u16] {
    let i = literal as usize;
    let start = i
        .checked_sub(1)
        .and_then(|before| made::TARGET_ENDS.get(before));
    let start = start.copied().unwrap_or(0);
    let end = made::TARGET_ENDS.get(i).copied().unwrap_or(start);
    made::TARGETS
        .get(start as usize..end as usize)
        .unwrap_or_default()
}

impl Prefilter {
    /// Makes a prefilter of lower-case literals of at least two bytes; a hit gives the literal's place in this order.
    #[must_use]
    pub fn new<'l>(literals: impl IntoIterator<Item = &'l [u8]>) -> Self {
        Self {
            tables: Tables::new(literals),
        }
    }

    /// The literals of the built-in rules; nothing is computed.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &made::BUILT_IN
    }

    /// The literal of this number, empty if there is none.
    #[must_use]
    pub fn literal(&self, i: u32) -> &[u8] {
        self.tables.literal(i)
    }

    /// Calls `hit(literal, start)` for every occurrence of a literal that starts in `range`, in ascending order of start
    /// and then of literal. An occurrence may run past the range's end.
    pub fn find(&self, haystack: &[u8], range: Range<usize>, mut hit: impl FnMut(u32, usize)) {
        let stop = range.end.saturating_add(self.tables.reach);
        let stop = stop.min(haystack.len());
        let Some(bytes) = haystack.get(range.start..stop) else {
            return;
        };
        let mut search = Search {
            tables: &self.tables,
            haystack,
            range,
            pending: Vec::new(),
        };
        let mut carry = Carry::default();
        let mut masks = [0; CHUNK];
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        let mut at = search.range.start;
        for blocks in blocks.chunks(CHUNK) {
            masks::fill(&self.tables, &mut carry, blocks, &mut masks);
            for &mask in masks.iter().take(blocks.len()) {
                search.look_at(at, mask, &mut hit);
                at += BLOCK;
            }
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK];
            for (to, from) in block.iter_mut().zip(rest) {
                *to = *from;
            }
            masks::fill(&self.tables, &mut carry, &[block], &mut masks);
            let [mask, ..] = masks;
            let real = u64::MAX >> (BLOCK - rest.len());
            search.look_at(at, mask & real, &mut hit);
        }
        search.release(usize::MAX, &mut hit);
    }
}

/// Blocks whose masks are made together.
const CHUNK: usize = 64;

/// One search: what is read, and the hits that wait because one that starts earlier may still come, since windows
/// stand at different places of their literals.
struct Search<'s> {
    tables: &'s Tables,
    haystack: &'s [u8],
    range: Range<usize>,
    pending: Vec<(usize, u32)>,
}

impl Search<'_> {
    /// Goes through the places of a block that passed the first stage.
    fn look_at(&mut self, block: usize, mut mask: u64, hit: &mut impl FnMut(u32, usize)) {
        while mask != 0 {
            let end = block + mask.trailing_zeros() as usize;
            mask &= mask - 1;
            // One byte before the window, the window, and what follows it.
            let near = self.eight_from(end);
            let [before, a, b, c, after, ..] = near;
            let hash = tables::hash(tables::key([a, b, c]), self.tables.shift);
            let neighbours = self.tables.neighbours.get(hash).copied().unwrap_or(0);
            if neighbours >> code(before) & (neighbours >> 32) >> code(after) & 1 == 1 {
                self.release(end.saturating_sub(self.tables.reach), hit);
                self.compare(hash, end);
            }
        }
    }

    /// The bytes from three before `end` on; outside the haystack, zeros.
    #[inline]
    fn eight_from(&self, end: usize) -> [u8; 8] {
        let from = end.wrapping_sub(3);
        if let Some(near) = self.haystack.get(from..).and_then(<[u8]>::first_chunk) {
            return *near;
        }
        std::array::from_fn(|i| {
            let at = from.wrapping_add(i);
            self.haystack.get(at).copied().unwrap_or(0)
        })
    }

    /// Keeps the literals that stand where a window with this hash ends.
    fn compare(&mut self, hash: usize, end: usize) {
        let heads = &self.tables.heads;
        let (Some(&from), Some(&to)) = (heads.get(hash), heads.get(hash + 1)) else {
            return;
        };
        let entries = self.tables.entries.get(from as usize..to as usize);
        for entry in entries.unwrap_or_default() {
            let start = end.wrapping_sub(entry.back as usize);
            if !self.range.contains(&start) {
                continue;
            }
            let Some(rest) = self.haystack.get(start..) else {
                continue;
            };
            if let Some(first) = rest.first_chunk() {
                let first = u64::from_le_bytes(*first) | 0x2020_2020_2020_2020;
                if first & entry.mask != entry.value {
                    continue;
                }
            }
            let literal = self.tables.literal(entry.literal);
            if rest
                .get(..literal.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(literal))
            {
                let found = (start, entry.literal);
                let at = self.pending.partition_point(|waiting| *waiting < found);
                self.pending.insert(at, found);
            }
        }
    }

    /// Hands on the hits that start before `bound`.
    #[inline]
    fn release(&mut self, bound: usize, hit: &mut impl FnMut(u32, usize)) {
        if self
            .pending
            .first()
            .is_none_or(|(start, _)| *start >= bound)
        {
            return;
        }
        let n = self.pending.partition_point(|(start, _)| *start < bound);
        for (start, literal) in self.pending.drain(..n) {
            hit(literal, start);
        }
    }
}

#[cfg(test)]
mod tests;
