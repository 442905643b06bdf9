//! Which rules count only near a long run of token characters, proved from their structure. `prefilter::gates` finds the
//! runs, and looks for these rules' literals near them only: in most text there are few.

use regex_syntax::hir::{Hir, HirKind};

use super::derive::Facts;
use super::parse::RuleText;
use super::run;

/// Bytes of a run: the wide kind of `run::Run`.
pub const BYTES: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/=.~:";
/// The shortest run of [`Kind::Narrow`] and [`Kind::Telling`].
pub const LEAST: usize = 20;
/// The shortest run of [`Kind::Long`].
pub const LONG: usize = 24;
/// Literals that may stand farther from their run are looked for everywhere; so are those of longer matches, since what
/// changes far from a run may complete one.
const NEAR: usize = 64;
const LONGEST: usize = 320;

/// What a run is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is of the narrow kind of `run::Run`, and does not read as words.
    Narrow,
    /// It does not read as words.
    Telling,
    /// It is at least [`LONG`] bytes long.
    Long,
}

/// How far from a run a literal may start: before the run's first byte and behind its last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    pub before: usize,
    pub behind: usize,
}

impl Reach {
    /// What has room for both.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            before: self.before.max(other.before),
            behind: self.behind.max(other.behind),
        }
    }
}

/// Near which runs a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    pub kind: Kind,
    pub reach: Reach,
    /// How far a match reaches from its literal's start.
    pub matched: Reach,
}

/// Near which runs a rule counts, given its whole pattern and, of one with names, the value in it; `None`: anywhere.
#[must_use]
pub fn of(rule: &RuleText, whole: &Hir, value: Option<&Hir>, facts: &Facts) -> Option<Gate> {
    let (kind, reach) = kind_of(rule, whole, value, facts)?;
    let matched = Reach {
        before: facts.before.1,
        behind: facts.max_len?,
    };
    Some(Gate {
        kind,
        reach,
        matched,
    })
}

fn kind_of(
    rule: &RuleText,
    whole: &Hir,
    value: Option<&Hir>,
    facts: &Facts,
) -> Option<(Kind, Reach)> {
    if rule.near.is_some() {
        // Its second pattern may stand far away.
        return None;
    }
    let is_narrow = value.is_some_and(|value| run::only_token(value, false));
    if let Some(value) = value
        && counts_by_value(rule, value)
        && let (Some(whole), Some(value)) = (longest(whole), longest(value))
    {
        let kind = if is_narrow {
            Kind::Narrow
        } else {
            Kind::Telling
        };
        // A match is its lead, the value, and at most one byte.
        let reach = Reach {
            before: whole.checked_sub(value)?,
            behind: 1,
        };
        return Some((kind, reach));
    }
    let reach = Reach {
        before: lead(whole)?,
        behind: facts.before.1,
    };
    let is_near = reach.before <= NEAR && reach.behind <= NEAR && facts.max_len? <= LONGEST;
    is_near.then_some((Kind::Long, reach))
}

fn longest(hir: &Hir) -> Option<usize> {
    hir.properties().maximum_len()
}

/// Whether a rule has names, and a value whose every form is a run; and what reads as words is never proved to be one,
/// since no check can say so.
fn counts_by_value(rule: &RuleText, value: &Hir) -> bool {
    let least = value.properties().minimum_len().unwrap_or(0);
    !rule.names.is_empty()
        && rule.checks.is_empty()
        && rule.confidence != "certain"
        && least >= LEAST
        && run::only_token(value, true)
}

/// How many bytes of a match may stand before a long run that it must hold; `None` if it need not hold one.
fn lead(whole: &Hir) -> Option<usize> {
    let mut lead = Lead {
        seen: Some(0),
        start: None,
        held: 0,
        found: None,
    };
    lead.walk(whole);
    lead.found
}

struct Lead {
    /// Greatest length of what came so far.
    seen: Option<usize>,
    /// The same where the run began that ends here, and the bytes that it has at least.
    start: Option<usize>,
    held: usize,
    /// Of the first run that is long enough.
    found: Option<usize>,
}

impl Lead {
    fn walk(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            HirKind::Capture(capture) => self.walk(&capture.sub),
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(_)
            | HirKind::Class(_)
            | HirKind::Repetition(_)
            | HirKind::Alternation(_) => self.part(hir),
        }
    }

    fn part(&mut self, hir: &Hir) {
        if run::only_token(hir, true) {
            if self.held == 0 {
                self.start = self.seen;
            }
            self.held += hir.properties().minimum_len().unwrap_or(0);
            if self.held >= LONG && self.found.is_none() {
                self.found = self.start;
            }
        } else {
            self.held = 0;
        }
        self.seen = self.seen.zip(longest(hir)).map(|(seen, more)| seen + more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::derive::parse;

    #[test]
    fn what_stands_before_a_long_run_is_counted() {
        let check = |pattern: &str, want: Option<usize>| {
            assert_eq!(lead(&parse(pattern).unwrap()), want, "{pattern}");
        };
        check(r"\b(?<secret>abc_[0-9a-z]{36})\b", Some(0));
        check(r"key: {0,4}(?<secret>[0-9a-f]{20,40}-[0-9a-f]{3})", Some(8));
        check(r"(?:ab|c)?[ ](?<secret>[0-9a-f]{24})", Some(3));
        check(r"[0-9a-f]{23} [0-9a-f]{23}", None);
        check(r"[^x]*[0-9a-f]{24}", None);
        check(r"(?:[a-z ]{24}|b) [0-9]{30}", Some(25));
    }
}
