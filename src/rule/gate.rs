//! Which rules count only near a long run of token characters that does not read as words, proved from their structure:
//! those that go by names alone. `prefilter::telling` finds such runs, and looks for these rules' names near them only.

use regex_syntax::hir::Hir;

use super::parse::RuleText;
use super::run;

/// Bytes that the values of gated rules are made of: the wide kind of `run::Run`.
pub const BYTES: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/=.~:";
/// The shortest value of a gated rule.
pub const LEAST: usize = 20;

/// How far before the run that holds its value a literal of a gated rule may start, given the longest forms of the whole
/// pattern and of the value in it: one that is not gated by its structure is not gated at all.
#[must_use]
pub fn reach(rule: &RuleText, whole: &Hir, value: &Hir) -> Option<usize> {
    let longest = |hir: &Hir| hir.properties().maximum_len();
    is_gated(rule, value)
        .then(|| longest(whole)?.checked_sub(longest(value)?))
        .flatten()
}

/// Whether a rule is gated: it has names, and a value whose every form is a run; and what reads as words is never proved
/// to be one, since no check can say so.
fn is_gated(rule: &RuleText, value: &Hir) -> bool {
    let least = value.properties().minimum_len().unwrap_or(0);
    !rule.names.is_empty()
        && rule.checks.is_empty()
        && rule.confidence != "certain"
        && least >= LEAST
        && run::only_token(value, true)
}
