//! How far from a literal the bytes stand that decide over it.

use std::ops::Range;
use std::sync::LazyLock;

use super::LARGEST;
use crate::generic;
use crate::prefilter::{self, BuiltIn};
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
    /// Of gated rules: before something fresh and after it, where the run that is their value may stand.
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
        reaches.literal = reaches.literal.max(len + 8);
        reaches.of_literals.push(reach);
    }
    // What is said of a match depends on bytes up to so far before its literal, which stands at most `reach` before the
    // value; and on as many behind the value as a second pattern and a label take, and one that ends it.
    let named = built_in.iter().filter_map(|rule| match &rule.detect {
        Detect::Named { matcher, .. } => {
            let near = within(rule);
            Some((
                near + LABEL + 1,
                BuiltIn.reach() + matcher.before as usize + near.max(LABEL),
            ))
        }
        Detect::Pattern(_) | Detect::Path | Detect::Code => None,
    });
    reaches.gated = named.fold((0, 0), |all, one| (all.0.max(one.0), all.1.max(one.1)));
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
