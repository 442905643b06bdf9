//! What decoders look for, told by one look at all bytes: long runs of digits of base64, and places where a character is
//! written in another way. Each decoder by itself would go over the whole content, of which hardly anything is encoded.

use std::ops::Range;

use super::window::Syntax;
use super::{base64, entity, escape, join, percent, run, terminal};

mod simd;
#[cfg(test)]
mod tests;

/// Bytes looked at in one step; a bit each in a mask.
const BLOCK: usize = 64;

/// Blocks whose masks are made together.
const CHUNK: usize = 64;

/// Of several marks so close on one line the first is kept: whoever undoes it goes on to the others.
const CLOSE: usize = 64;

/// Where decoders have to look in a content.
#[derive(Debug, Default)]
pub struct Marks {
    /// Runs of digits of base64 that are long enough to be decoded, in order.
    pub(super) runs: Vec<Range<usize>>,
    /// Where a unit tells, by syntax; not all of those that are close to each other.
    pub(super) percent: Vec<usize>,
    pub(super) escape: Vec<usize>,
    pub(super) entity: Vec<usize>,
    pub(super) join: Vec<usize>,
    pub(super) terminal: Vec<usize>,
    pub(super) is_ascii: bool,
    pub(super) has_zero: bool,
}

/// What is known of the bytes of a block.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Classes {
    /// Digits of base64, of either alphabet.
    digits: u64,
    /// [`SIGNS`].
    signs: u64,
    is_ascii: bool,
    has_zero: bool,
}

/// With which another way of writing a character begins.
const SIGNS: [u8; 6] = *b"\"'\\%&\x1b";

impl Marks {
    /// Looks at a content.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let mut marks = Self {
            is_ascii: true,
            ..Self::default()
        };
        let mut classes = [Classes::default(); CHUNK];
        let mut runs = Runs::default();
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        let mut at = 0;
        let mut take = |marks: &mut Self, classes: &[Classes]| {
            for class in classes {
                runs.take(text, at, class.digits, &mut marks.runs);
                marks.signs(text, at, class.signs);
                marks.is_ascii &= class.is_ascii;
                marks.has_zero |= class.has_zero;
                at += BLOCK;
            }
        };
        for blocks in blocks.chunks(CHUNK) {
            fill(blocks, &mut classes);
            take(&mut marks, classes.get(..blocks.len()).unwrap_or_default());
        }
        if !rest.is_empty() {
            let mut last = [b' '; BLOCK];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            let [mut class, ..] = classes;
            fill(&[last], std::slice::from_mut(&mut class));
            take(&mut marks, &[class]);
        }
        marks
    }

    /// Asks what begins at each of some signs.
    #[inline]
    fn signs(&mut self, text: &[u8], from: usize, mut signs: u64) {
        while signs != 0 {
            let at = from + signs.trailing_zeros() as usize;
            signs &= signs - 1;
            let Some(&[sign, next]) = text.get(at..).and_then(|rest| rest.first_chunk()) else {
                return;
            };
            match sign {
                b'"' | b'\'' => {}
                b'\\' => note(&mut self.escape, &escape::SYNTAX, text, at),
                b'%' => note(&mut self.percent, &percent::SYNTAX, text, at),
                b'&' => note(&mut self.entity, &entity::SYNTAX, text, at),
                _ => note(&mut self.terminal, &terminal::SYNTAX, text, at),
            }
            if join::may_begin(sign, next) {
                note(&mut self.join, &join::SYNTAX, text, at);
            }
        }
    }
}

/// Adds a place if a unit there tells, and none close before it does.
fn note(places: &mut Vec<usize>, syntax: &Syntax, text: &[u8], at: usize) {
    if !syntax.tells(text, at) {
        return;
    }
    let is_led_to = places.last().is_some_and(|&last| {
        at - last < CLOSE
            && text
                .get(last..at)
                .is_some_and(|line| !line.contains(&b'\n'))
    });
    if !is_led_to {
        places.push(at);
    }
}

/// Puts the runs of neighbouring blocks together.
#[derive(Debug, Default)]
struct Runs {
    /// Digits that end where the next block begins and are in no run yet.
    open: usize,
    /// Where the last run ends.
    end: usize,
}

impl Runs {
    /// Adds the long runs that a block completes, given its digits.
    #[inline]
    fn take(&mut self, text: &[u8], at: usize, digits: u64, runs: &mut Vec<Range<usize>>) {
        let head = digits.trailing_ones() as usize;
        if self.open + head < base64::MIN && ends(digits) == 0 {
            self.open = digits.leading_ones() as usize;
            return;
        }
        self.take_long(text, at, digits, runs);
    }

    #[cold]
    fn take_long(&mut self, text: &[u8], at: usize, digits: u64, runs: &mut Vec<Range<usize>>) {
        let mut digits = digits;
        let mut open = self.open;
        self.open = 0;
        loop {
            // What is in a run already is no longer looked at.
            let taken = self.end.saturating_sub(at);
            if taken >= BLOCK {
                return;
            }
            digits &= u64::MAX << taken;
            let head = digits.trailing_ones() as usize;
            let start = if open > 0 && open + head >= base64::MIN {
                at - open
            } else {
                match ends(digits) {
                    0 => break,
                    ends => at + ends.trailing_zeros() as usize + 1 - base64::MIN,
                }
            };
            open = 0;
            self.end = run::end(text, start, base64::is_digit);
            runs.push(start..self.end);
        }
        self.open = digits.leading_ones() as usize;
    }
}

/// Where the last digit of a first long run may stand: at bits before which, and at which, enough others are set.
fn ends(digits: u64) -> u64 {
    const { assert!(base64::MIN == 24) };
    let two = digits & digits << 1;
    let four = two & two << 2;
    let eight = four & four << 4;
    eight & eight << 8 & eight << 16
}

/// Tells the classes of each block; both lists are of the same length.
fn fill(blocks: &[[u8; BLOCK]], classes: &mut [Classes]) {
    if !simd::fill(blocks, classes) {
        portable(blocks, classes);
    }
}

/// For processors without a version of their own.
fn portable(blocks: &[[u8; BLOCK]], classes: &mut [Classes]) {
    for (block, class) in blocks.iter().zip(classes) {
        *class = Classes {
            digits: run::bits(block, base64::is_digit),
            signs: run::bits(block, |b| {
                SIGNS.iter().fold(false, |any, &sign| any | (b == sign))
            }),
            is_ascii: block.is_ascii(),
            has_zero: block.contains(&0),
        };
    }
}
