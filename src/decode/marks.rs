//! What decoders look for, told by one look at all bytes: long runs of digits of base64, and places where a character is
//! written in another way. Each decoder by itself would go over the whole content, of which hardly anything is encoded.

use std::ops::Range;

use super::window::{self, Syntax};
use super::{
    backtick, base64, block, css, entity, escape, join, list, look_alike, markup, percent,
    template, terminal,
};
use crate::sets::{self, Runs, Set};

#[cfg(test)]
mod tests;

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
    pub(super) css: Vec<usize>,
    pub(super) backtick: Vec<usize>,
    pub(super) template: Vec<usize>,
    pub(super) markup: Vec<usize>,
    /// Characters that look like ASCII ones beside such, and mathematical letters anywhere.
    pub(super) alike: Vec<usize>,
    pub(super) far: Vec<usize>,
    /// Where the head of a block of YAML ends.
    pub(super) blocks: Vec<usize>,
    /// Brackets behind a word that joins a list.
    pub(super) lists: Vec<usize>,
    pub(super) is_ascii: bool,
    pub(super) has_zero: bool,
}

/// Digits of base64, of either alphabet.
const DIGITS: Set = Set::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");
/// With which another way of writing a character begins, or a list that is joined.
const SIGNS: Set = Set::of(b"\"'\\%&(\x1b`$<>|");

impl Marks {
    /// Looks at a content.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let mut marks = Self {
            is_ascii: true,
            ..Self::default()
        };
        let mut runs = Runs::<{ base64::MIN }>::default();
        sets::tell(&[DIGITS, SIGNS], text, |at, masks| {
            let [digits, signs] = masks.held;
            runs.take(at, digits, |run| marks.runs.push(run));
            marks.signs(text, at, signs);
            if masks.high != 0 {
                marks.is_ascii = false;
                marks.edges(text, at, masks.high, digits);
            }
            marks.has_zero |= masks.has_zero;
        });
        runs.finish(text.len().next_multiple_of(sets::BLOCK), |run| {
            marks.runs.push(run);
        });
        if !marks.is_ascii {
            for at in memchr::memchr_iter(look_alike::FAR, text) {
                note(&mut marks.far, &look_alike::SYNTAX, text, at);
            }
        }
        marks
    }

    /// Asks what begins at each of some signs. Of the most frequent ones the byte beside tells nearly always that nothing does.
    #[inline]
    fn signs(&mut self, text: &[u8], from: usize, mut signs: u64) {
        while signs != 0 {
            let at = from + signs.trailing_zeros() as usize;
            signs &= signs - 1;
            let Some(&sign) = text.get(at) else { return };
            let before = |n| text.get(at.wrapping_sub(n)..at);
            let next = text.get(at + 1);
            let may_begin = match sign {
                b'(' => before(2).is_some_and(list::may_end),
                b'>' | b'|' => before(1) == Some(b" "),
                b'<' => before(1) != Some(b" "),
                b'%' => next.is_some_and(|&next| percent::may_begin(next)),
                b'&' => next.is_some_and(|&next| entity::may_begin(next)),
                b'$' => next == Some(&b'{'),
                b'"' | b'\'' => {
                    next.is_some_and(|&next| join::may_begin(sign, next))
                        && before(1).is_some_and(|before| before > b"*".as_slice())
                }
                _ => true,
            };
            if may_begin {
                self.sign(text, at, sign);
            }
        }
    }

    /// Asks what begins at a sign.
    #[inline(never)]
    fn sign(&mut self, text: &[u8], at: usize, sign: u8) {
        // What is not there is as good as the end of a line.
        let byte = |at: usize| text.get(at).copied().unwrap_or(b'\n');
        let (before, next) = (byte(at.wrapping_sub(1)), byte(at + 1));
        match sign {
            b'(' => {
                if list::is_joined_at(text, at) {
                    self.lists.push(at);
                }
            }
            b'>' | b'|' => {
                if block::is_head_at(text, at) {
                    self.blocks.push(at);
                }
            }
            b'"' | b'\'' => note(&mut self.join, &join::SYNTAX, text, at),
            b'\\' => {
                note(&mut self.escape, &escape::SYNTAX, text, at);
                if css::may_begin(next) {
                    note(&mut self.css, &css::SYNTAX, text, at);
                }
                if join::may_begin(sign, next) {
                    note(&mut self.join, &join::SYNTAX, text, at);
                }
            }
            b'%' => note(&mut self.percent, &percent::SYNTAX, text, at),
            b'&' => note(&mut self.entity, &entity::SYNTAX, text, at),
            b'`' if backtick::may_stand(before, next) => {
                note(&mut self.backtick, &backtick::SYNTAX, text, at);
            }
            b'$' => note(&mut self.template, &template::SYNTAX, text, at),
            b'<' if markup::may_begin(before, next) => {
                note(&mut self.markup, &markup::SYNTAX, text, at);
            }
            b'`' | b'<' => {}
            _ => note(&mut self.terminal, &terminal::SYNTAX, text, at),
        }
    }

    /// Asks of the characters beyond ASCII that have a digit of base64 beside them.
    #[inline(never)]
    fn edges(&mut self, text: &[u8], from: usize, high: u64, digits: u64) {
        let is_digit = |at: Option<usize>| {
            let byte = at.and_then(|at| text.get(at));
            u64::from(byte.is_some_and(|&b| base64::is_digit(b)))
        };
        let before = digits << 1 | is_digit(from.checked_sub(1));
        let after = digits >> 1 | is_digit(Some(from + sets::BLOCK)) << (sets::BLOCK - 1);
        let mut edges = high & (before | after);
        if edges == 0 || !look_alike::leads_in(text, from..from + sets::BLOCK) {
            return;
        }
        edges &= within_runs(text, from, high);
        while edges != 0 {
            let at = from + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            let at = look_alike::start_of(text, at);
            if text.get(at).is_some_and(|&b| look_alike::is_lead(b)) {
                note(&mut self.alike, &look_alike::SYNTAX, text, at);
            }
        }
    }
}

/// Those bytes of a block that may stand in a run of token characters and of bytes beyond ASCII that is as long as a token.
/// Of what stands beside the block, anything is assumed. In binaries hardly any byte is left.
fn within_runs(text: &[u8], from: usize, high: u64) -> u64 {
    let block = text.get(from..).unwrap_or_default();
    let block = block.get(..sets::BLOCK).unwrap_or(block);
    let mut held = high;
    sets::tell(&[window::TOKENS], block, |_, masks| {
        let [tokens] = masks.held;
        held |= tokens;
    });
    let beside = !(u128::from(u64::MAX) << window::MIN_TOKEN);
    let mut runs = u128::from(held) << window::MIN_TOKEN | beside;
    let mut len = 1;
    while len < window::MIN_TOKEN {
        runs &= runs >> len;
        len *= 2;
    }
    // Where runs begin; now all of them.
    while len > 1 {
        len /= 2;
        runs |= runs << len;
    }
    (runs >> window::MIN_TOKEN) as u64
}

/// Adds a place if a unit there tells, and none close before it does.
#[inline]
fn note(places: &mut Vec<usize>, syntax: &Syntax, text: &[u8], at: usize) {
    let is_led_to = places.last().is_some_and(|&last| {
        at - last < CLOSE
            && text
                .get(last..at)
                .is_some_and(|line| !line.contains(&b'\n'))
    });
    if !is_led_to && syntax.tells(text, at) {
        places.push(at);
    }
}
