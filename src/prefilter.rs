//! One pass over the bytes with the literals of all rules; almost every byte is rejected here.
//!
//! The invariant: [`Prefilter::find`] reports exactly the occurrences that plain Aho-Corasick over the same literals
//! would, overlapping ones included, ASCII case folded; of a literal that was derived from a pattern, those whose case
//! and neighbours the pattern allows. What a hit means is left to `scan`.

use std::ops::Range;

use masks::{BLOCK, Carry};
use tables::{Entry, Tables};

use crate::rule::derive::Literal;

mod built_in;
mod gates;
mod masks;
mod simd;
mod stages;
pub mod tables;
mod windows;

pub use built_in::{BuiltIn, GATES, LONGEST_KEYWORD, LONGEST_LITERAL, N_LITERALS, targets};

/// Literals made ready to be searched for together.
#[derive(Debug, Clone)]
pub struct Prefilter {
    tables: Tables,
}

impl Prefilter {
    /// Makes a prefilter of lower-case literals of at least two bytes; a hit gives the literal's place in this order.
    #[must_use]
    pub fn new<'l>(literals: impl IntoIterator<Item = &'l [u8]>) -> Self {
        Self::of(&literals.into_iter().map(Literal::plain).collect::<Vec<_>>())
    }

    /// Makes a prefilter of literals that a pattern must hold.
    #[must_use]
    pub fn of(literals: &[Literal]) -> Self {
        Self {
            tables: Tables::new(literals),
        }
    }

    /// The literal of this number, empty if there is none.
    #[must_use]
    pub fn literal(&self, i: u32) -> &[u8] {
        self.tables.literal(i)
    }

    /// Calls `hit(literal, start)` for every occurrence of a literal that starts in `range`, in ascending order of start
    /// and then of literal. An occurrence may run past the range's end.
    pub fn find(&self, haystack: &[u8], range: Range<usize>, hit: impl FnMut(u32, usize)) {
        self.find_in(haystack, std::iter::once(range), hit);
    }

    /// The same for ranges one after the other.
    pub fn find_in(
        &self,
        haystack: &[u8],
        ranges: impl IntoIterator<Item = Range<usize>>,
        mut hit: impl FnMut(u32, usize),
    ) {
        self.find_with(&mut Room::new(), haystack, ranges, &mut hit);
    }

    fn find_with(
        &self,
        room: &mut Room,
        haystack: &[u8],
        ranges: impl IntoIterator<Item = Range<usize>>,
        hit: &mut impl FnMut(u32, usize),
    ) {
        for range in ranges {
            self.find_one(room, haystack, range, hit);
        }
    }

    fn find_one(
        &self,
        Room {
            masks,
            places,
            around,
        }: &mut Room,
        haystack: &[u8],
        range: Range<usize>,
        hit: &mut impl FnMut(u32, usize),
    ) {
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
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        let mut at = search.range.start;
        for blocks in blocks.chunks(CHUNK) {
            masks::fill(&self.tables, &mut carry, blocks, masks);
            let masks = masks.get(..blocks.len()).unwrap_or_default();
            search.look_at(at, masks, places, around, hit);
            at += blocks.len() * BLOCK;
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK];
            for (to, from) in block.iter_mut().zip(rest) {
                *to = *from;
            }
            masks::fill(&self.tables, &mut carry, &[block], masks);
            let [mask, ..] = *masks;
            let real = u64::MAX >> (BLOCK - rest.len());
            search.look_at(at, &[mask & real], places, around, hit);
        }
        search.release(usize::MAX, hit);
    }
}

/// What a search needs of memory, taken once for many ranges.
struct Room {
    masks: [u64; CHUNK],
    places: Places,
    around: Around,
}

/// Places in a chunk.
type Places = [u16; CHUNK * BLOCK];

/// The bytes around a chunk.
type Around = [u8; CHUNK * BLOCK + MARGIN];

impl Room {
    fn new() -> Self {
        Self {
            masks: [0; CHUNK],
            places: [0; CHUNK * BLOCK],
            around: [0; CHUNK * BLOCK + MARGIN],
        }
    }
}

/// Blocks whose masks are made together; a place in them is told by 16 bits.
const CHUNK: usize = 32;

/// Bytes of a frame beside its window's last byte.
const MARGIN: usize = 7;

/// One search: what is read, and the hits that wait because one that starts earlier may still come, since windows
/// stand at different places of their literals.
struct Search<'s> {
    tables: &'s Tables,
    haystack: &'s [u8],
    range: Range<usize>,
    pending: Vec<(usize, u32)>,
}

impl Search<'_> {
    /// Goes through the places of some blocks that passed the first stage.
    fn look_at(
        &mut self,
        from: usize,
        masks: &[u64],
        places: &mut Places,
        around: &mut Around,
        hit: &mut impl FnMut(u32, usize),
    ) {
        if masks.iter().all(|&mask| mask == 0) {
            return;
        }
        let start = from.checked_sub(tables::FRAME_BACK);
        let inside = start.and_then(|start| self.haystack.get(start..)?.first_chunk());
        let near = match inside {
            Some(near) => near,
            None => {
                self.pad(from, masks.len() * BLOCK + MARGIN, around);
                around
            }
        };
        let n = stages::sift(self.tables, near, masks, places);
        for &place in places.iter().take(n) {
            let end = from + usize::from(place);
            self.release(end.saturating_sub(self.tables.reach), hit);
            self.compare(end, stages::eight(near, place));
        }
    }

    /// The first `len` bytes around a chunk at an end of the haystack; beyond it, zeros.
    #[cold]
    #[inline(never)]
    fn pad(&self, from: usize, len: usize, around: &mut Around) {
        let missing = tables::FRAME_BACK.saturating_sub(from);
        let there = self.haystack.get(from.saturating_sub(tables::FRAME_BACK)..);
        let there = there.unwrap_or_default();
        let around = around.get_mut(..len).unwrap_or_default();
        let n = there.len().min(around.len().saturating_sub(missing));
        if let Some((before, rest)) = around.split_at_mut_checked(missing)
            && let Some((inside, after)) = rest.split_at_mut_checked(n)
            && let Some(there) = there.get(..n)
        {
            before.fill(0);
            inside.copy_from_slice(there);
            after.fill(0);
        }
    }

    /// Keeps the literals that stand where a window ends.
    fn compare(&mut self, end: usize, frame: [u8; 8]) {
        let [_, _, _, a, b, c, ..] = frame;
        let frame = u64::from_le_bytes(frame);
        let hash = tables::hash(tables::folded([a, b, c]), self.tables.shift);
        let under = self.tables.under(hash);
        let frames = self.tables.frames.get(under.clone()).unwrap_or_default();
        for (at, part) in frames.iter().enumerate() {
            if part.fits(frame) {
                self.verify(under.start + at, end);
            }
        }
    }

    /// Keeps the literal of an entry whose frame fits where a window ends, if it stands there. Apart, so that going over
    /// the many frames that do not fit stays a tight loop.
    #[inline(never)]
    fn verify(&mut self, entry: usize, end: usize) {
        if let Some(entry) = self.tables.entries.get(entry)
            && let start = end.wrapping_sub(usize::from(entry.back))
            && self.range.contains(&start)
            && self.stands(entry, start)
        {
            let found = (start, entry.literal);
            let at = self.pending.partition_point(|waiting| *waiting < found);
            self.pending.insert(at, found);
        }
    }

    /// Whether the literal of an entry whose frame fits stands here with the right bytes beside it. What is beside it is
    /// asked first: most that do not stand here fail by it.
    #[inline]
    fn stands(&self, entry: &Entry, start: usize) -> bool {
        let end = start + usize::from(entry.len);
        let beside = |set: u16, at: Option<usize>| {
            let set = self.tables.beside.get(usize::from(set));
            set.is_none_or(|set| set.holds(at.and_then(|at| self.haystack.get(at)).copied()))
        };
        if !beside(entry.left, start.checked_sub(1)) || !beside(entry.right, Some(end)) {
            return false;
        }
        let same =
            |(found, &wanted): (&u8, &u8)| *found == wanted || found.to_ascii_lowercase() == wanted;
        // A frame that holds all of it may still reach beyond the end, where zeros were read.
        (self.haystack.get(start..end)).is_some_and(|found| {
            entry.framed
                || found
                    .iter()
                    .zip(self.tables.literal(entry.literal))
                    .all(same)
        })
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
