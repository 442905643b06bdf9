//! How far from a literal the bytes stand that decide over it.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::LARGEST;
use crate::generic;
use crate::prefilter::{self, BuiltIn, GATES, LONGEST_LITERAL, N_LITERALS};
use crate::rule::gate::{Gate, Kind};
use crate::rule::{self, Detect, Rule};

/// What stands on the line before a match and speaks for it, see `judge`, and a byte on which an assertion looks.
const LABEL: usize = 64;

/// What is told from a literal: the longest one, with what stands beside it.
pub(super) const OF_LITERAL: usize = LONGEST_LITERAL + 8;

/// How far from a chunk bytes stand that decide over the literals in it, those left out that are [far](is_far) or gated; and,
/// over the gated ones, how far from the run that is their value. One byte more, so that what is fresh beyond it touches
/// nothing.
pub(super) const REACH: usize = {
    let generic = generic::REACH + OF_LITERAL;
    let (mut most, mut i) = (generic, 0);
    while i < GATES.len() {
        let Gate { reach, matched, .. } = gate(i);
        let lead = reach.before + matched.before + LABEL;
        if most < lead {
            most = lead;
        }
        i += 1;
    }
    most + 1
};

/// Before something fresh and after it, where a run may stand near which gated literals matter. What decides over such a
/// literal lies between the two, and within the reach of its rule; of what goes by its value, no farther behind than a
/// label: no gated rule has a second pattern.
pub(super) const GATED: (usize, usize) = {
    let (mut before, mut after, mut i) = (0, 0, 0);
    while i < GATES.len() {
        let Gate {
            kind,
            reach,
            matched,
        } = gate(i);
        let behind = match kind {
            Kind::Narrow | Kind::Telling => LABEL,
            Kind::Long => matched.behind + LABEL,
        };
        if before < behind + reach.behind {
            before = behind + reach.behind;
        }
        if after < matched.before + LABEL + reach.before {
            after = matched.before + LABEL + reach.before;
        }
        i += 1;
    }
    (before, after)
};

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn gate(i: usize) -> Gate {
    GATES[i]
}

/// Whether what decides over a literal may lie outside the window of its chunk.
pub(super) fn is_far(literal: u32) -> bool {
    let (before, after) = of_literal(literal);
    before >= REACH || after >= REACH
}

/// The reach of all that listen to a literal, by its number: before its start and after it. A rule is unpacked when a
/// literal of it was seen.
pub(super) fn of_literal(literal: u32) -> (usize, usize) {
    // In the upper half one more than the first, so that 0 is unknown: such a table takes no room in the program.
    static KNOWN: [AtomicU64; N_LITERALS] = [const { AtomicU64::new(0) }; N_LITERALS];
    let reach = || {
        let built_in = rule::built_in();
        let len = BuiltIn.literal(literal).len();
        let rules = prefilter::targets(literal).iter();
        let rules = rules.filter_map(|&target| built_in.get(usize::from(target)));
        let reach = rules.fold((0, 0), |(before, after), rule| {
            let reach = reach_of(rule, len);
            (before.max(reach.0), after.max(reach.1))
        });
        let narrow = |reach| u32::try_from(reach).unwrap_or(u32::MAX).min(u32::MAX - 1);
        u64::from(narrow(reach.0) + 1) << 32 | u64::from(narrow(reach.1))
    };
    let Some(known) = KNOWN.get(literal as usize) else {
        return (usize::MAX, usize::MAX);
    };
    let mut both = known.load(Ordering::Relaxed);
    if both == 0 {
        both = reach();
        known.store(both, Ordering::Relaxed);
    }
    ((both >> 32) as usize - 1, both as u32 as usize)
}

/// How far from a value the rule's second pattern may stand.
fn within(rule: &Rule) -> usize {
    rule.near.as_ref().map_or(0, |near| near.within as usize)
}

/// The reach of one rule, whose literal has so many bytes.
pub(super) fn reach_of(rule: &Rule, literal: usize) -> (usize, usize) {
    match &rule.detect {
        Detect::Pattern(matcher) | Detect::Named { matcher, .. } => {
            let near = within(rule);
            let max_len = matcher.max_len.map_or(LARGEST, |len| len as usize);
            (
                matcher.before as usize + near.max(LABEL),
                max_len + near + LABEL,
            )
        }
        Detect::Path => (0, 0),
        Detect::Code => (generic::REACH + 8, generic::REACH + literal + 8),
    }
}

/// The fresh ranges of a content of `len` bytes, each with so many bytes before and after it, in order and apart.
pub(super) fn near(
    len: usize,
    fresh: &[Range<usize>],
    before: usize,
    after: usize,
) -> Vec<Range<usize>> {
    let mut near: Vec<Range<usize>> = Vec::new();
    for range in fresh {
        let start = range.start.saturating_sub(before);
        let end = (range.end + after).min(len);
        match near.last_mut() {
            Some(last) if last.end >= start => last.end = last.end.max(end),
            Some(_) | None => near.push(start..end),
        }
    }
    near
}

/// What lies in ranges of both kinds, each in order and apart.
pub(super) fn both(a: &[Range<usize>], b: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut both = Vec::new();
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        let common = x.start.max(y.start)..x.end.min(y.end);
        if common.start < common.end {
            both.push(common);
        }
        if x.end < y.end {
            a.next();
        } else {
            b.next();
        }
    }
    both
}
