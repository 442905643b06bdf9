//! What decoders look for, told by one look at all bytes: long runs of digits of base64, and places where a character is
//! written in another way. Each decoder by itself would go over the whole content, of which hardly anything is encoded.

use std::ops::Range;

use super::window::Syntax;
use super::{base64, entity, escape, join, list, percent, terminal};
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
    /// Brackets behind a word that joins a list.
    pub(super) lists: Vec<usize>,
    pub(super) is_ascii: bool,
    pub(super) has_zero: bool,
}

/// Digits of base64, of either alphabet.
const DIGITS: Set = Set::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");
/// With which another way of writing a character begins, or a list that is joined.
const SIGNS: Set = Set::of(b"\"'\\%&(\x1b");

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
            marks.is_ascii &= masks.is_ascii;
            marks.has_zero |= masks.has_zero;
        });
        runs.finish(text.len().next_multiple_of(sets::BLOCK), |run| {
            marks.runs.push(run);
        });
        marks
    }

    /// Asks what begins at each of some signs.
    #[inline]
    fn signs(&mut self, text: &[u8], from: usize, mut signs: u64) {
        while signs != 0 {
            let at = from + signs.trailing_zeros() as usize;
            signs &= signs - 1;
            let rest = text.get(at..).unwrap_or_default();
            if rest.first() == Some(&b'(') {
                if list::is_joined_at(text, at) {
                    self.lists.push(at);
                }
                continue;
            }
            let Some(&[sign, next]) = rest.first_chunk() else {
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
