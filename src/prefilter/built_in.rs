//! The literals of the built-in rules, in two groups: those that are looked for everywhere, and those of rules that count
//! only near a [`telling`](super::telling) run.

use std::ops::Range;

use super::{Prefilter, telling};

/// What `build.rs` made of the literals of the built-in rules.
mod made {
    use std::borrow::Cow;

    use super::Prefilter;
    use crate::prefilter::tables::{Entry, Frame, Line, Tables};
    use crate::rule::bytes::ByteSet;

    include!(concat!(env!("OUT_DIR"), "/prefilter.rs"));
}

/// Which built-in rules want to hear of a literal of [`BuiltIn`]: indices into `rule::built_in()`.
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

/// The literals of the built-in rules; nothing is computed.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn;

impl BuiltIn {
    /// The literal of this number, empty if there is none. Gated ones come last.
    #[must_use]
    pub fn literal(self, i: u32) -> &'static [u8] {
        match i.checked_sub(made::FIRST_GATED) {
            Some(i) => made::GATED.literal(i),
            None => made::EVERYWHERE.literal(i),
        }
    }

    /// How far before a telling run a gated literal may start.
    #[must_use]
    pub fn reach(self) -> usize {
        made::REACH
    }

    /// Calls `hit(literal, start)` for every literal that may lead a rule to something that counts, in ascending order
    /// of start and, of those in one group, of literal.
    pub fn find(self, text: &[u8], hit: &mut dyn FnMut(u32, usize)) {
        // Few, as they are looked for in few places.
        let mut waiting = Vec::new();
        self.find_gated_in(text, [0..text.len()], &mut |literal, start| {
            waiting.push((literal, start));
        });
        let mut waiting = waiting.into_iter().peekable();
        self.find_ungated(text, [0..text.len()], |literal, start| {
            while let Some((literal, start)) = waiting.next_if(|&(_, waits)| waits < start) {
                hit(literal, start);
            }
            hit(literal, start);
        });
        waiting.for_each(|(literal, start)| hit(literal, start));
    }

    /// The literals that are not gated and start in some ranges.
    pub fn find_ungated(
        self,
        text: &[u8],
        ranges: impl IntoIterator<Item = Range<usize>>,
        hit: impl FnMut(u32, usize),
    ) {
        made::EVERYWHERE.find_in(text, ranges, hit);
    }

    /// The gated literals near those telling runs that touch some parts of a text, which are in order.
    pub fn find_gated(
        self,
        text: &[u8],
        parts: impl IntoIterator<Item = Range<usize>>,
        hit: &mut dyn FnMut(u32, usize),
    ) {
        self.find_gated_in(text, telling::uncut(text, parts), hit);
    }

    fn find_gated_in(
        self,
        text: &[u8],
        parts: impl IntoIterator<Item = Range<usize>>,
        hit: &mut dyn FnMut(u32, usize),
    ) {
        let near = telling::near(text, parts, made::REACH);
        if !near.is_empty() {
            made::GATED.find_in(text, near, |literal, start| {
                hit(made::FIRST_GATED + literal, start);
            });
        }
    }

    /// Both groups' tables, each with the number of its first literal.
    #[cfg(test)]
    pub(super) fn groups(self) -> [(&'static Prefilter, u32); 2] {
        [(&made::EVERYWHERE, 0), (&made::GATED, made::FIRST_GATED)]
    }
}
