//! One pass over the bytes with the literals of all rules; almost every byte is rejected here.
//!
//! The invariant: [`Prefilter::find`] reports exactly the occurrences that plain Aho-Corasick over the same literals
//! would, overlapping ones included, ASCII case folded. What a hit means is left to `scan`.

use std::ops::Range;

use tables::Tables;

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
        let tables = &self.tables;
        let mut pending = Pending::default();
        let mut key = tables::key([0, 0, 0]);
        let stop = range.end.saturating_add(tables.reach).min(haystack.len());
        let Some(bytes) = haystack.get(range.start..stop) else {
            return;
        };
        for (end, &byte) in (range.start..).zip(bytes) {
            key = key >> 8 | u32::from(byte | 0x20) << 16;
            let bit = tables::bit(key);
            if tables
                .bitmap
                .get(bit / 64)
                .is_some_and(|w| w >> (bit % 64) & 1 == 1)
            {
                pending.release(end.saturating_sub(tables.reach), &mut hit);
                self.compare(haystack, &range, key, end, &mut pending);
            }
        }
        pending.release(usize::MAX, &mut hit);
    }

    /// Keeps the literals that stand where a window with this key ends.
    fn compare(
        &self,
        haystack: &[u8],
        range: &Range<usize>,
        key: u32,
        end: usize,
        pending: &mut Pending,
    ) {
        let tables = &self.tables;
        let head = tables::head(key);
        let (Some(&from), Some(&to)) = (tables.heads.get(head), tables.heads.get(head + 1)) else {
            return;
        };
        let entries = tables.entries.get(from as usize..to as usize);
        for entry in entries.unwrap_or_default() {
            let Some(start) = end.checked_sub(entry.back as usize) else {
                continue;
            };
            if !range.contains(&start) {
                continue;
            }
            let Some(rest) = haystack.get(start..) else {
                continue;
            };
            if let Some(first) = rest.first_chunk() {
                let first = u64::from_le_bytes(*first) | 0x2020_2020_2020_2020;
                if first & entry.mask != entry.value {
                    continue;
                }
            }
            let literal = tables.literal(entry.literal);
            if rest
                .get(..literal.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(literal))
            {
                pending.add(start, entry.literal);
            }
        }
    }
}

/// Hits that wait because one that starts earlier may still come: windows stand at different places of their literals.
#[derive(Debug, Default)]
struct Pending {
    hits: Vec<(usize, u32)>,
}

impl Pending {
    fn add(&mut self, start: usize, literal: u32) {
        let at = self.hits.partition_point(|hit| *hit < (start, literal));
        self.hits.insert(at, (start, literal));
    }

    /// Hands on the hits that start before `bound`.
    fn release(&mut self, bound: usize, hit: &mut impl FnMut(u32, usize)) {
        if self.hits.first().is_none_or(|(start, _)| *start >= bound) {
            return;
        }
        let n = self.hits.partition_point(|(start, _)| *start < bound);
        for (start, literal) in self.hits.drain(..n) {
            hit(literal, start);
        }
    }
}

#[cfg(test)]
mod tests;
