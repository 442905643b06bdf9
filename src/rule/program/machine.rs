//! What the machine keeps while it looks for a way through a program: the choices left, and those that led nowhere.

use std::mem;
use std::ops::Range;

/// A point to come back to: instruction, position, and for a repetition the other ends that it may have.
#[derive(Debug)]
pub(super) struct Retry {
    pub(super) op: u16,
    pub(super) at: usize,
    /// Ends still to be tried, nearest last; empty for a plain alternative.
    pub(super) rest: Range<usize>,
    pub(super) greedy: bool,
    pub(super) value: (usize, usize),
}

/// What runs of programs share: room, and where one program's later runs need not look again.
#[derive(Debug)]
pub struct Machine {
    pub(super) retries: Vec<Retry>,
    /// Points that were tried without success, at a place told by their hash; one may drive out another, then it is tried
    /// again. Whether a point leads to a match depends on nothing but the bytes.
    failed: Box<[u64; FAILED]>,
    /// Which attempt the points in use belong to.
    attempt: u64,
    /// From where its positions are counted.
    base: usize,
}

const FAILED: usize = 1 << FAILED_BITS;
const FAILED_BITS: u32 = 9;

impl Default for Machine {
    fn default() -> Self {
        Self {
            retries: Vec::new(),
            failed: Box::new([0; FAILED]),
            attempt: 0,
            base: 0,
        }
    }
}

impl Machine {
    /// Begins an attempt: until the next, it runs one program over the same bytes at starts from `base` on.
    pub fn begin(&mut self, base: usize) {
        self.forget();
        self.base = base;
        self.retries.clear();
    }

    /// What was tried counts no more: the outcome of the last of it is not failure.
    pub(super) fn forget(&mut self) {
        self.attempt += 1;
    }

    /// Whether a point was tried before; from now on it was.
    pub(super) fn tried(&mut self, op: u16, at: usize) -> bool {
        // 2^32 attempts on, or 65,536 bytes further, points may be mixed up: the first takes an hour of one scan, the
        // second no built-in program does.
        let far = at - self.base;
        let point = self.attempt << 32 | u64::from(op) << 16 | (far & 0xffff) as u64;
        let hash = (point as u32).wrapping_mul(0x9E37_79B1) >> (32 - FAILED_BITS);
        match self.failed.get_mut(hash as usize) {
            Some(known) if far <= 0xffff => mem::replace(known, point) == point,
            _ => false,
        }
    }

    pub(super) fn choice(&mut self, op: u16, at: usize, value: (usize, usize)) {
        self.retries.push(Retry {
            op,
            at,
            rest: 0..0,
            greedy: false,
            value,
        });
    }
}
