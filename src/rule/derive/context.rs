//! What bytes can stand where in the matches of a pattern: at a distance from its start, and before a part of it. Both
//! are upper bounds: a byte that some match has there is always in the set.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::literals::MAX_LITERAL;
use crate::rule::bytes::ByteSet;

/// Distances that are told apart.
const REACH: usize = MAX_LITERAL + 1;

/// By distance from the start of these parts, the bytes that may stand there, in the match or after it.
pub(super) fn bytes_at(parts: &[Hir]) -> [ByteSet; REACH] {
    let mut sets = [ByteSet::NONE; REACH];
    let end = parts.iter().fold(1, |at, part| walk(part, at, &mut sets));
    anything_from(end, &mut sets);
    sets
}

/// Where a pattern may end, anything may follow.
fn anything_from(at: u32, sets: &mut [ByteSet; REACH]) {
    for set in sets.iter_mut().skip(at.trailing_zeros() as usize) {
        *set = ByteSet::ALL;
    }
}

/// Adds the bytes of a part that may begin at each distance of which `at` has the bit; gives where it may end.
fn walk(hir: &Hir, at: u32, sets: &mut [ByteSet; REACH]) -> u32 {
    let put = |at: u32, sets: &mut [ByteSet; REACH], first: u8, last: u8| {
        for (i, set) in sets.iter_mut().enumerate() {
            if at >> i & 1 == 1 {
                set.add(first, last);
            }
        }
    };
    let next = |at: u32| at << 1 & ((1 << REACH) - 1);
    match hir.kind() {
        HirKind::Look(Look::End) => {
            for (i, set) in sets.iter_mut().enumerate() {
                set.edge |= at >> i & 1 == 1;
            }
            0
        }
        HirKind::Empty | HirKind::Look(_) => at,
        HirKind::Literal(literal) => literal.0.iter().fold(at, |at, &byte| {
            put(at, sets, byte, byte);
            next(at)
        }),
        HirKind::Class(Class::Bytes(class)) => {
            for range in class.ranges() {
                put(at, sets, range.start(), range.end());
            }
            next(at)
        }
        HirKind::Class(Class::Unicode(_)) => {
            anything_from(at, sets);
            0
        }
        HirKind::Repetition(repetition) => {
            let mut turn = at;
            let mut ends = if repetition.min == 0 { at } else { 0 };
            for n in 1..=repetition.max.unwrap_or(u32::MAX) {
                let before = turn;
                turn = walk(&repetition.sub, turn, sets);
                if n >= repetition.min {
                    ends |= turn;
                }
                // No further turn changes anything.
                if turn == before || turn == 0 {
                    ends |= turn;
                    break;
                }
            }
            ends
        }
        HirKind::Capture(capture) => walk(&capture.sub, at, sets),
        HirKind::Concat(parts) => parts.iter().fold(at, |at, part| walk(part, at, sets)),
        HirKind::Alternation(parts) => parts
            .iter()
            .fold(0, |ends, part| ends | walk(part, at, sets)),
    }
}

/// The bytes that may stand right after these parts' end, looking back: what precedes a part that follows them.
pub(super) fn bytes_before(parts: &[Hir]) -> ByteSet {
    let mut set = ByteSet::NONE;
    if parts.iter().rev().all(|part| last_bytes(part, &mut set)) {
        return ByteSet::ALL;
    }
    set
}

/// Adds the bytes that a part may end with; whether it may be empty, so that what is before it counts.
fn last_bytes(hir: &Hir, set: &mut ByteSet) -> bool {
    match hir.kind() {
        HirKind::Look(Look::Start) => {
            set.edge = true;
            false
        }
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.last().is_none_or(|&byte| {
            set.add(byte, byte);
            false
        }),
        HirKind::Class(Class::Bytes(class)) => {
            for range in class.ranges() {
                set.add(range.start(), range.end());
            }
            false
        }
        HirKind::Class(Class::Unicode(_)) => {
            *set = ByteSet::ALL;
            false
        }
        HirKind::Repetition(repetition) => {
            let empty = last_bytes(&repetition.sub, set);
            empty || repetition.min == 0
        }
        HirKind::Capture(capture) => last_bytes(&capture.sub, set),
        HirKind::Concat(parts) => parts.iter().rev().all(|part| last_bytes(part, set)),
        HirKind::Alternation(parts) => {
            // Each is looked at: none may be left out.
            let empty = parts.iter().filter(|part| last_bytes(part, set));
            empty.count() > 0
        }
    }
}
