//! The literals of the built-in rules, in groups: those that are looked for everywhere, and those that matter only near runs
//! of one of the kinds that [`gates`](super::gates) tell.

use std::iter;
use std::ops::Range;

use super::gates::{self, N_GATES};
use super::{Prefilter, Room};
use crate::rule::gate::{Gate, Kind};

/// What `build.rs` made of the literals of the built-in rules.
mod made {
    use std::borrow::Cow;

    use super::Prefilter;
    use crate::prefilter::tables::{Entry, Frame, Line, Tables};
    use crate::rule::bytes::ByteSet;
    use crate::rule::gate::Reach;

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
        .get(usize::from(start)..usize::from(end))
        .unwrap_or_default()
}

/// The literals of the built-in rules; nothing is computed.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn;

/// How many literals there are.
pub const N_LITERALS: usize = made::N_LITERALS;
/// Bytes of the longest literal, and of the longest keyword of a rule.
pub const LONGEST_LITERAL: usize = made::LONGEST_LITERAL;
pub const LONGEST_KEYWORD: usize = made::LONGEST_KEYWORD;

/// Near which runs literals that are gated matter: what has room for all of a kind.
pub const GATES: [Gate; N_GATES] = [
    Gate {
        kind: Kind::Narrow,
        reach: made::NARROW_REACH,
        matched: made::NARROW_MATCHED,
    },
    Gate {
        kind: Kind::Telling,
        reach: made::TELLING_REACH,
        matched: made::TELLING_MATCHED,
    },
    Gate {
        kind: Kind::Long,
        reach: made::LONG_REACH,
        matched: made::LONG_MATCHED,
    },
];

/// Gated literals are found before the others and wait for their turn: bytes from which they are taken at once, so that a content
/// of nothing but their beginnings takes no more room than its own.
pub(super) const SLICE: usize = 256 << 10;

impl BuiltIn {
    /// The literal of this number, empty if there is none.
    #[must_use]
    pub fn literal(self, i: u32) -> &'static [u8] {
        let mut groups = self.groups().into_iter().rev();
        let group = groups.find(|(_, first)| i >= *first);
        group.map_or(b"", |(group, first)| group.literal(i - first))
    }

    /// Calls `hit(literal, start)` for every literal that may lead a rule to something that counts, in ascending order
    /// of start and, of those in one group, of literal.
    pub fn find(self, text: &[u8], hit: &mut dyn FnMut(u32, usize)) {
        let mut room = Room::new();
        let near = gates::near(text, iter::once(0..text.len()), &GATES);
        let mut waiting = Vec::new();
        let starts = (0..text.len()).step_by(SLICE);
        for slice in starts.map(|start| start..(start + SLICE).min(text.len())) {
            Self::find_near(&mut room, text, &near, &slice, &mut |literal, start| {
                waiting.push((start, literal));
            });
            // Each group's are in order.
            waiting.sort();
            let mut waiting = waiting.drain(..).peekable();
            made::EVERYWHERE.find_with(
                &mut room,
                text,
                iter::once(slice),
                &mut |literal, start| {
                    while let Some((start, literal)) = waiting.next_if(|&(waits, _)| waits < start)
                    {
                        hit(literal, start);
                    }
                    hit(literal, start);
                },
            );
            waiting.for_each(|(start, literal)| hit(literal, start));
        }
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

    /// The gated literals near those runs that touch some parts of a text, which are in order.
    pub fn find_gated(
        self,
        text: &[u8],
        parts: impl IntoIterator<Item = Range<usize>>,
        hit: &mut dyn FnMut(u32, usize),
    ) {
        let near = gates::near(text, gates::uncut(text, parts), &GATES);
        Self::find_near(&mut Room::new(), text, &near, &(0..text.len()), hit);
    }

    /// The gated literals that start in their ranges and in a slice.
    fn find_near(
        room: &mut Room,
        text: &[u8],
        near: &[Vec<Range<usize>>; N_GATES],
        slice: &Range<usize>,
        hit: &mut dyn FnMut(u32, usize),
    ) {
        let [_, groups @ ..] = Self.groups();
        for (near, (group, first)) in near.iter().zip(groups) {
            let begun = near.partition_point(|range| range.end <= slice.start);
            let inside = near.get(begun..).unwrap_or_default().iter();
            let inside = inside.take_while(|range| range.start < slice.end);
            let parts = inside.map(|range| range.start.max(slice.start)..range.end.min(slice.end));
            group.find_with(room, text, parts, &mut |literal, start| {
                hit(first + literal, start);
            });
        }
    }

    /// Each group's tables, with the number of its first literal.
    pub(super) fn groups(self) -> [(&'static Prefilter, u32); 1 + N_GATES] {
        [
            (&made::EVERYWHERE, 0),
            (&made::NARROW, made::FIRST_NARROW),
            (&made::TELLING, made::FIRST_TELLING),
            (&made::LONG, made::FIRST_LONG),
        ]
    }
}
