//! Which literals every match of a pattern holds, and what may stand beside them.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition,
};

use super::context::{bytes_at, bytes_before};
use crate::rule::bytes::ByteSet;
use crate::rule::rarity;

/// A pattern that needs more literals than this is found by another part of it.
const MAX_LITERALS: usize = 256;
/// Longest literal.
pub(super) const MAX_LITERAL: usize = 16;
/// Classes up to the first size are spelled out in literals, up to the next ones where that yields nothing rare.
const CLASS_SIZES: [usize; 4] = [SPELLED, 10, 16, 40];
const SPELLED: usize = 4;
/// What a literal costs in the prefilter, in places of source code that hold it.
const COST_OF_LITERAL: f32 = 1.0 / (1 << 22) as f32;
/// Rare enough: no further literals are tried.
const RARE: f32 = 1.0 / (1 << 17) as f32;
/// Pairs of letters do not tell how common a whole word is; none is taken to be rarer than this.
const SHARE_OF_WORD: f32 = 1.0 / (1 << 18) as f32;
/// How much rarer a literal is when its first capital, and each further one, must be a capital.
const SHARE_OF_CAPITAL: f32 = 1.0 / 8.0;
const SHARE_OF_FURTHER_CAPITAL: f32 = 1.0 / 2.0;

/// Text that a match holds, with what may stand around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// A capital must be one; a small letter may be either.
    pub text: Vec<u8>,
    pub left: ByteSet,
    pub right: ByteSet,
}

impl Literal {
    /// A literal in either case, wherever it stands.
    #[must_use]
    pub fn plain(text: &[u8]) -> Self {
        Self {
            text: text.to_ascii_lowercase(),
            left: ByteSet::ALL,
            right: ByteSet::ALL,
        }
    }

    /// How often it is expected at a place of source code.
    fn share(&self) -> f32 {
        let word = self.text.iter().all(u8::is_ascii_alphabetic);
        let text = rarity::share(&self.text).max(if word { SHARE_OF_WORD } else { 0.0 });
        let capitals = self.text.iter().filter(|b| b.is_ascii_uppercase());
        let case = match capitals.count() {
            0 => 1.0,
            n => SHARE_OF_CAPITAL * SHARE_OF_FURTHER_CAPITAL.powf(n as f32 - 1.0),
        };
        text * case
    }
}

/// A set of literals, one of which every match holds within a distance from its start.
pub(super) struct Literals {
    pub(super) literals: Vec<Literal>,
    pub(super) before: (usize, usize),
    cost: Cost,
}

/// Literals of two bytes only where there are no others; else the expected work.
type Cost = (bool, f32);

/// The literals whose search is expected to make the least work.
pub(super) fn best_literals(hir: &Hir) -> Option<Literals> {
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    let mut best: Option<Literals> = None;
    for class_size in CLASS_SIZES {
        let mut before = (0usize, 0usize);
        for (start, part) in parts.iter().enumerate() {
            let within_word = is_letter(part)
                && start
                    .checked_sub(1)
                    .and_then(|p| parts.get(p))
                    .is_some_and(is_letter);
            let direct = (!within_word)
                .then(|| direct(&parts, start, class_size))
                .flatten();
            let branches = (class_size == SPELLED).then(|| of_branches(part)).flatten();
            for found in direct.into_iter().chain(branches) {
                if best.as_ref().is_none_or(|best| found.cost < best.cost) {
                    best = Some(Literals {
                        before: (before.0 + found.before.0, before.1 + found.before.1),
                        ..found
                    });
                }
            }
            if best.as_ref().is_some_and(|best| best.cost <= (false, RARE)) {
                return best;
            }
            let p = part.properties();
            before.0 += p.minimum_len().unwrap_or(0);
            match p.maximum_len() {
                Some(max) => before.1 += max,
                None => break,
            }
        }
    }
    best
}

/// Whether this is one letter in either case: no literal need begin at it after another one.
fn is_letter(hir: &Hir) -> bool {
    let HirKind::Class(Class::Bytes(class)) = hir.kind() else {
        return false;
    };
    matches!(class.ranges(), [a, b] if a.start() == a.end()
        && (b.start(), b.end()) == (a.start().to_ascii_lowercase(), a.start().to_ascii_lowercase()))
}

/// The parts of a pattern's concatenation, with its groups taken off. A repetition of one byte gives its last two turns
/// as parts of their own: `[0-9]{9,12}:` must hold a digit, a digit and a colon.
fn flatten(hir: &Hir, out: &mut Vec<Hir>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|part| flatten(part, out)),
        HirKind::Capture(capture) => flatten(&capture.sub, out),
        HirKind::Repetition(repetition)
            if repetition.min >= 2 && repetition.sub.properties().maximum_len() == Some(1) =>
        {
            let turn = &*repetition.sub;
            out.push(Hir::repetition(Repetition {
                min: repetition.min - 2,
                max: repetition.max.map(|max| max - 2),
                ..repetition.clone()
            }));
            out.extend([turn.clone(), turn.clone()]);
        }
        HirKind::Empty
        | HirKind::Literal(_)
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Alternation(_) => out.push(hir.clone()),
    }
}

/// The pattern in lower case. Literals are compared without regard to case first, so nothing is lost, and `(?i:name)` is
/// one literal instead of `2^n`.
fn fold(hir: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(fold).collect::<Vec<_>>();
    match hir.kind() {
        HirKind::Literal(literal) => Hir::literal(literal.0.to_ascii_lowercase()),
        HirKind::Class(Class::Bytes(class)) => {
            let lower = class.ranges().iter().flat_map(|range| {
                // The capitals of the range, moved; and all of it, of which capitals are taken below.
                let (first, last) = (range.start().max(b'A'), range.end().min(b'Z'));
                let moved = (first <= last).then(|| {
                    ClassBytesRange::new(first.to_ascii_lowercase(), last.to_ascii_lowercase())
                });
                moved.into_iter().chain([*range])
            });
            let mut lower = ClassBytes::new(lower);
            lower.difference(&ClassBytes::new([ClassBytesRange::new(b'A', b'Z')]));
            Hir::class(Class::Bytes(lower))
        }
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(fold(&repetition.sub)),
            ..repetition.clone()
        }),
        HirKind::Capture(capture) => Hir::capture(Capture {
            sub: Box::new(fold(&capture.sub)),
            ..capture.clone()
        }),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Class(Class::Unicode(_)) | HirKind::Empty | HirKind::Look(_) => hir.clone(),
    }
}

/// The literals of an alternation: one of each branch's own.
fn of_branches(hir: &Hir) -> Option<Literals> {
    let HirKind::Alternation(branches) = hir.kind() else {
        return None;
    };
    let mut literals = Vec::new();
    let mut before = (usize::MAX, 0);
    for branch in branches {
        let found = best_literals(branch)?;
        literals.extend(found.literals);
        before = (before.0.min(found.before.0), before.1.max(found.before.1));
    }
    literals.sort();
    literals.dedup();
    let cost = cost(&literals, 1.0)?;
    Some(Literals {
        literals,
        before,
        cost,
    })
}

/// The best set of strings one of which stands in every match from the part `start` on.
fn direct(parts: &[Hir], start: usize, class_size: usize) -> Option<Literals> {
    let rest: Vec<Hir> = parts
        .iter()
        .skip(start)
        .take(MAX_LITERAL)
        .cloned()
        .collect();
    let whole = prefixes(&fold(&Hir::concat(rest)), class_size)?;
    let longest = whole.iter().map(Vec::len).max()?;
    let before_it = parts.get(..start).unwrap_or_default();
    let mut left = bytes_before(before_it);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if matches!(
        before_it.last().map(Hir::kind),
        Some(HirKind::Look(Look::WordAscii))
    ) && whole
        .iter()
        .all(|l| l.first().is_some_and(|&byte| is_word(byte)))
    {
        left = left.without_word();
    }
    let at = bytes_at(parts.get(start..).unwrap_or_default());
    let cased = |i: usize, byte: u8| match at.get(i) {
        Some(set) if !set.holds(Some(byte)) => byte.to_ascii_uppercase(),
        Some(_) | None => byte,
    };
    let left_share = left.share();
    let cut = |len: usize| -> Option<Literals> {
        let texts = whole.iter().map(|l| l.iter().take(len).copied().collect());
        let literals: Vec<Literal> = without_extensions(texts.collect())
            .into_iter()
            .map(|text: Vec<u8>| Literal {
                left,
                right: at.get(text.len()).copied().unwrap_or(ByteSet::ALL),
                text: (0..).zip(text).map(|(i, byte)| cased(i, byte)).collect(),
            })
            .collect();
        let cost = cost(&literals, left_share)?;
        Some(Literals {
            literals,
            before: (0, 0),
            cost,
        })
    };
    let by_cost =
        |a: &Literals, b: &Literals| (a.cost.0.cmp(&b.cost.0)).then(a.cost.1.total_cmp(&b.cost.1));
    (2..=longest).rev().filter_map(cut).min_by(by_cost)
}

/// Strings one of which begins every match, in lower case.
fn prefixes(hir: &Hir, class_size: usize) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_class(class_size)
        .limit_repeat(4)
        .limit_literal_len(MAX_LITERAL)
        .limit_total(2048);
    let seq = extractor.extract(hir);
    let texts = seq.literals()?.iter().map(|l| {
        let ascii = l.as_bytes().iter().take_while(|byte| byte.is_ascii());
        ascii.map(u8::to_ascii_lowercase).collect()
    });
    Some(texts.collect())
}

/// A literal that begins with another one of the set adds nothing.
fn without_extensions(mut set: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    set.sort();
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for literal in set {
        if !kept.last().is_some_and(|k| literal.starts_with(k)) {
            kept.push(literal);
        }
    }
    kept
}

/// The expected work that a set of literals makes; `None` if it cannot be used.
fn cost(literals: &[Literal], left_share: f32) -> Option<Cost> {
    let shortest = literals.iter().map(|l| l.text.len()).min()?;
    if shortest < 2 || literals.len() > MAX_LITERALS {
        return None;
    }
    let shares: f32 = literals.iter().map(Literal::share).sum();
    let work = shares * left_share + literals.len() as f32 * COST_OF_LITERAL;
    Some((shortest < 3, work))
}
