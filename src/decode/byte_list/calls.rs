//! Calls that make a character of a number, joined: `chr(103) . chr(104)`, `Chr(103) & Chr(104)`, `[char]103+[char]104`.

use super::super::run;
use super::{CALLS, LOOK, List, MAX, MIN_STRETCH, Value, kinds, value};

/// How far back the beginning is looked for: the first place that lies among the calls is near to it.
const MAX_BACK: usize = 512;
/// Names of such functions.
const NAMES: [&[u8]; 4] = [b"chr", b"char", b"chrw", b"nchar"];
/// A conversion.
const CAST: &[u8] = b"[char]";
/// Operators after which a line may end, see `scan/quiet/cut`.
const OPERATORS: [&[u8]; 6] = [b"||", b"..", b"+", b"&", b".", b"|"];

/// The calls around a place. One after the other is looked for in all that can be of them.
pub(super) fn around(text: &[u8], at: usize, floor: usize) -> List {
    let can_stand = |b| kinds(b) & CALLS != 0;
    let near = text.len().min(at + MIN_STRETCH);
    let end = run::end(text.get(..near).unwrap_or_default(), at, can_stand);
    let start = run::start(text, at, MAX_BACK.min(at - floor.min(at)), can_stand);
    // Most of what comes here is a few blanks.
    if end - start < MIN_STRETCH {
        return List::default();
    }
    let mut list = List::default();
    let mut from = start;
    while let Some(first) = next_call(text, from, at) {
        let mut begin = first.span.start;
        list.is_met = false;
        from = first.span.end;
        list.values.clear();
        list.values.push(first);
        while list.values.len() < MAX
            && let Some(one) = joined(text, from)
        {
            let gap = text.get(from..one.span.start).unwrap_or_default();
            if gap
                .windows(LOOK)
                .any(|look| look.iter().all(u8::is_ascii_whitespace))
            {
                begin = one.span.start;
            }
            from = one.span.end;
            list.is_met |= from - begin >= MIN_STRETCH;
            list.values.push(one);
        }
        if from > at {
            list.end = from;
            return list;
        }
    }
    List::default()
}

/// The first call that begins in a range, its closing bracket with it.
fn next_call(text: &[u8], from: usize, to: usize) -> Option<Value> {
    let end = to.saturating_add(CAST.len()).min(text.len());
    let near = text.get(from..end)?;
    memchr::memchr2_iter(b'(', b']', near).find_map(|at| call(text, from + at))
}

/// The call whose bracket before the number stands at a place.
fn call(text: &[u8], bracket: usize) -> Option<Value> {
    let head = text.get(..=bracket)?;
    let is_cast = ends_with(head, CAST);
    if !is_cast {
        let name = head.strip_suffix(b"(")?;
        let letters = name.iter().rev().take_while(|b| b.is_ascii_alphabetic());
        let len = letters.take(8).count();
        let name = name.get(name.len() - len..)?;
        NAMES
            .iter()
            .any(|one| one.eq_ignore_ascii_case(name))
            .then_some(())?;
    }
    let mut one = value(text, bracket + 1)?;
    if !is_cast {
        (text.get(one.span.end) == Some(&b')')).then_some(())?;
        one.span.end += 1;
    }
    Some(one)
}

fn ends_with(text: &[u8], end: &[u8]) -> bool {
    let at = text.len().checked_sub(end.len());
    at.and_then(|at| text.get(at..))
        .is_some_and(|last| last.eq_ignore_ascii_case(end))
}

/// The call after an operator at a place.
fn joined(text: &[u8], at: usize) -> Option<Value> {
    const MAX_GAP: usize = 80;
    let rest = text.get(at..)?;
    let rest = rest.get(..2 * MAX_GAP).unwrap_or(rest);
    let blank = |b: &&u8| matches!(**b, b' ' | b'\t');
    let mut len = rest.iter().take_while(blank).count();
    let after = rest.get(len..)?;
    if let Some(operator) = OPERATORS.iter().find(|one| after.starts_with(one)) {
        len += operator.len();
        let gap = rest.get(len..)?.iter();
        len += gap.take_while(|b| b.is_ascii_whitespace()).count();
    } else {
        after.starts_with(b",").then_some(())?;
        len += 1 + rest.get(len + 1..)?.iter().take_while(blank).count();
    }
    let after = rest.get(len..)?;
    let is_cast = after
        .get(..CAST.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(CAST));
    let name = if is_cast {
        CAST.len() - 1
    } else {
        after.iter().take_while(|b| b.is_ascii_alphabetic()).count()
    };
    call(text, at + len + name)
}
