//! Sets of ASCII bytes, told of many bytes at once, and long runs of their bytes. What looks at every byte of a content
//! rests on it.

use std::ops::Range;

pub(crate) mod simd;
#[cfg(test)]
mod tests;

/// Bytes looked at in one step; a bit each in a mask.
pub const BLOCK: usize = 64;

/// Blocks whose masks are made together.
const CHUNK: usize = 16;

/// Some of the 128 bytes of ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Set {
    /// By the lower half of a byte: a bit for each upper half with which it is in the set.
    lower: [u8; 16],
}

impl Set {
    /// The set of these bytes; those beyond ASCII are left out.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    pub const fn of(bytes: &[u8]) -> Self {
        let mut lower = [0; 16];
        let mut i = 0;
        while i < bytes.len() {
            if bytes[i] < 0x80 {
                lower[(bytes[i] & 15) as usize] |= 1 << (bytes[i] >> 4);
            }
            i += 1;
        }
        Self { lower }
    }

    /// The set with a letter in either case, or another byte.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    pub const fn with(mut self, letter: u8) -> Self {
        let cases = [letter.to_ascii_lowercase(), letter.to_ascii_uppercase()];
        let mut i = 0;
        while i < cases.len() {
            if cases[i] < 0x80 {
                self.lower[(cases[i] & 15) as usize] |= 1 << (cases[i] >> 4);
            }
            i += 1;
        }
        self
    }

    /// Whether a byte is in the set.
    #[must_use]
    pub fn holds(&self, byte: u8) -> bool {
        let upper = self.lower.get(usize::from(byte & 15)).copied();
        byte < 0x80 && upper.unwrap_or(0) >> (byte >> 4) & 1 == 1
    }
}

/// What is told of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masks<const N: usize> {
    /// Of each set, which bytes of the block it holds, the first one's bit lowest.
    pub held: [u64; N],
    /// The bytes beyond ASCII.
    pub high: u64,
    pub has_zero: bool,
}

impl<const N: usize> Default for Masks<N> {
    fn default() -> Self {
        Self {
            held: [0; N],
            high: 0,
            has_zero: false,
        }
    }
}

/// Tells each block of a text, with the place where it begins. The last one is filled up with blanks.
#[inline]
pub fn tell<const N: usize>(sets: &[Set; N], text: &[u8], mut told: impl FnMut(usize, &Masks<N>)) {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut at = 0;
    if !blocks.is_empty() {
        let mut masks = [Masks::default(); CHUNK];
        for blocks in blocks.chunks(CHUNK) {
            fill(sets, blocks, &mut masks);
            for masks in masks.iter().take(blocks.len()) {
                told(at, masks);
                at += BLOCK;
            }
        }
    }
    if !rest.is_empty() {
        let mut last = [b' '; BLOCK];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        let mut mask = Masks::default();
        fill(sets, &[last], std::slice::from_mut(&mut mask));
        if let Some(real) = u64::MAX.checked_shr((BLOCK - rest.len()) as u32) {
            mask.held = mask.held.map(|held| held & real);
        }
        told(at, &mask);
    }
}

/// Makes the masks of some blocks.
fn fill<const N: usize>(sets: &[Set; N], blocks: &[[u8; BLOCK]], masks: &mut [Masks<N>]) {
    if !simd::fill(sets, blocks, masks) {
        portable(sets, blocks, masks);
    }
}

/// For processors without a version of their own.
fn portable<const N: usize>(sets: &[Set; N], blocks: &[[u8; BLOCK]], masks: &mut [Masks<N>]) {
    for (block, mask) in blocks.iter().zip(masks) {
        let bits = |is: &dyn Fn(u8) -> bool| {
            let bytes = block.iter().rev();
            bytes.fold(0, |bits, &byte| bits << 1 | u64::from(is(byte)))
        };
        *mask = Masks {
            held: sets.map(|set| bits(&|byte| set.holds(byte))),
            high: bits(&|byte| !byte.is_ascii()),
            has_zero: block.contains(&0),
        };
    }
}

/// Puts runs of at least `LEAST` bytes of a set together, from block to block; `LEAST` is a multiple of 4 between 16 and 32.
#[derive(Debug, Default)]
pub struct Runs<const LEAST: usize> {
    /// Bytes of the set that end where the next block begins.
    open: usize,
}

impl<const LEAST: usize> Runs<LEAST> {
    /// Takes in the mask of the block at `at`, and hands over the long runs that end in it.
    #[inline]
    pub fn take(&mut self, at: usize, held: u64, run: impl FnMut(Range<usize>)) {
        if self.open < LEAST
            && self.open + (held.trailing_ones() as usize) < LEAST
            && Self::ends(held) == 0
        {
            self.open = held.leading_ones() as usize;
            return;
        }
        self.take_long(at, held, run);
    }

    /// The same where a long run may end, or go on.
    fn take_long(&mut self, at: usize, held: u64, mut run: impl FnMut(Range<usize>)) {
        let mut bit = 0;
        let mut open = std::mem::take(&mut self.open);
        while bit < BLOCK {
            let rest = held >> bit;
            let here = (rest.trailing_ones() as usize).min(BLOCK - bit);
            let end = bit + here;
            if end == BLOCK {
                self.open = open + here;
                return;
            }
            if open + here >= LEAST {
                run(at + bit - open..at + end);
            }
            open = 0;
            let Some(next) = held.checked_shr(end as u32).filter(|&next| next != 0) else {
                return;
            };
            bit = end + next.trailing_zeros() as usize;
        }
    }

    /// Hands over the run that the text ends with; `end` is where the last block would end.
    pub fn finish(self, end: usize, run: impl FnOnce(Range<usize>)) {
        if self.open >= LEAST {
            run(end - self.open..end);
        }
    }

    /// The bits that end `LEAST` ones in a row.
    fn ends(held: u64) -> u64 {
        const { assert!(LEAST >= 16 && LEAST <= 32 && LEAST.is_multiple_of(4)) };
        let two = held & held << 1;
        let four = two & two << 2;
        let eight = four & four << 4;
        let sixteen = eight & eight << 8;
        // What is left overlaps with what was seen.
        match LEAST - 16 {
            0 => sixteen,
            4 => sixteen & four << 16,
            8 => sixteen & eight << 16,
            more => sixteen & sixteen << more,
        }
    }
}
