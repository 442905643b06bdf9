//! How far from a literal the bytes stand that decide over it.

use std::ops::Range;
use std::sync::LazyLock;

use super::LARGEST;
use crate::generic;
use crate::prefilter::{self, BuiltIn};
use crate::rule::gate::Kind;
use crate::rule::{self, Detect, Rule};

/// What stands on the line before a match and speaks for it, see `judge`, and a byte on which an assertion looks.
const LABEL: usize = 64;

pub(super) struct Reaches {
    /// By number of literal, of all that listen to it: before its start and after it.
    pub(super) of_literals: Vec<(usize, usize)>,
    /// The longest literal, with what stands beside it.
    pub(super) literal: usize,
    /// The longest keyword.
    pub(super) keyword: usize,
    /// Before something fresh and after it, where a run may stand near which gated literals matter.
    pub(super) gated: (usize, usize),
}

pub(super) static REACHES: LazyLock<Reaches> = LazyLock::new(|| {
    let built_in = rule::built_in();
    let keywords = built_in.iter().flat_map(|rule| rule.keywords.iter());
    let mut reaches = Reaches {
        of_literals: Vec::new(),
        literal: 8,
        keyword: keywords.map(|keyword| keyword.len()).max().unwrap_or(0),
        gated: (0, 0),
    };
    for literal in 0.. {
        let len = BuiltIn.literal(literal).len();
        if len == 0 {
            break;
        }
        let rules = prefilter::targets(literal).iter();
        let rules = rules.filter_map(|&target| built_in.get(usize::from(target)));
        let reach = rules.fold((0, 0), |(before, after), rule| {
            let reach = reach_of(rule, len);
            (before.max(reach.0), after.max(reach.1))
        });
        if let Some((kind, run)) = BuiltIn.gate(literal) {
            // What decides over the literal lies between the two, and `reach` around it; of what goes by its value, no
            // farther behind than a label: no gated rule has a second pattern.
            let behind = match kind {
                Kind::Telling => LABEL,
                Kind::Long => reach.1,
            };
            reaches.gated.0 = reaches.gated.0.max(behind + run.behind);
            reaches.gated.1 = reaches.gated.1.max(reach.0 + run.before);
        }
        reaches.literal = reaches.literal.max(len + 8);
        reaches.of_literals.push(reach);
    }
    reaches
});

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
