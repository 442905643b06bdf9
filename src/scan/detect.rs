//! Raw matches in one layer of bytes: the prefilter's hits, each confirmed by its rule's pattern on the window that the
//! rule's reach allows, then judged. Decoding and places are the caller's.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};

use super::{UserRules, beside};
use crate::finding::{Confidence, Evidence, GapReason, MANY, Severity};
use crate::judge::{self, Candidate, Judgement};
use crate::prefilter::{self, BuiltIn};
use crate::rule::compile::SECOND_GROUPS;
use crate::rule::program::{Machine, Outcome};
use crate::rule::{self, Detect, Matcher, Rule, RuleRef};
use crate::{generic, keyfile};

/// Up to this distance between a match's start and its literal every start is tried by itself.
pub(super) const TRIED_STARTS: u32 = 64;

/// A judged match in a layer's own bytes.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) rule: RuleRef,
    pub(super) value: Range<usize>,
    /// The whole match.
    pub(super) whole: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) evidence: Vec<Evidence>,
}

/// Hits between two looks at the time.
const UNTIMED: u32 = 1024;

/// Everything that rules find in `bytes`, unmerged, in order of hits, at most `room` of it, and why there may be more.
pub(super) fn detect(
    user: Option<&UserRules>,
    path: &[u8],
    bytes: &[u8],
    deadline: Option<Instant>,
    room: usize,
) -> (Vec<Raw>, Option<GapReason>) {
    let mut bounds = Bounds {
        deadline,
        left: UNTIMED,
        over: false,
        room,
        are_full: false,
    };
    let mut found = Vec::new();
    let mut generic_found = Vec::new();
    let mut state = State {
        path,
        bytes,
        found: &mut found,
        done: Vec::new(),
        keywords: Vec::new(),
        machine: None,
    };
    let file = generic::File::new(path);
    let built_in = rule::built_in();
    BuiltIn.find(bytes, &mut |literal, start| {
        if bounds.are_met(state.found.len() + generic_found.len()) {
            return;
        }
        for &target in prefilter::targets(literal) {
            let Some(rule) = built_in.get(usize::from(target)) else {
                continue;
            };
            match &rule.detect {
                Detect::Pattern(matcher) | Detect::Named { matcher, .. } => {
                    state.confirm(usize::from(target), rule, matcher, start, || {
                        RuleRef::BuiltIn(rule)
                    });
                }
                Detect::Path => {}
                Detect::Code => {
                    let hit = start..start + BuiltIn.literal(literal).len();
                    generic::scan_at(bytes, hit, &file, &mut generic_found);
                }
            }
        }
    });
    if let Some(user) = user {
        state.done.clear();
        state.keywords.clear();
        user.prefilter
            .find(bytes, 0..bytes.len(), |literal, start| {
                if bounds.are_met(state.found.len()) {
                    return;
                }
                for &target in user.targets.get(literal as usize).into_iter().flatten() {
                    let Some(rule) = user.rules.get(target) else {
                        continue;
                    };
                    if let Detect::Pattern(matcher) | Detect::Named { matcher, .. } = &rule.detect {
                        state.confirm(target, rule, matcher, start, || RuleRef::User(rule.clone()));
                    }
                }
            });
        for &target in &user.unanchored {
            let Some(rule) = user.rules.get(target) else {
                continue;
            };
            if let Detect::Pattern(matcher) | Detect::Named { matcher, .. } = &rule.detect {
                state.search_all(target, rule, matcher, &mut bounds);
            }
        }
    }
    beside::take(path, bytes, generic_found, &mut found);
    let mut keyfile_found = Vec::new();
    keyfile::scan(path, bytes, &mut keyfile_found);
    let keyfile_is_full = keyfile_found.len() >= keyfile::MOST;
    for m in keyfile_found {
        push_code(&mut found, m.rule, m.value, m.confidence, m.evidence);
    }
    let is_full = bounds.are_full || keyfile_is_full || found.len() > room;
    found.truncate(room);
    let why = if bounds.over {
        Some(GapReason::Time)
    } else {
        is_full.then_some(GapReason::Limit(MANY))
    };
    (found, why)
}

/// Looks at the time, now and then, and at how much was found.
struct Bounds {
    deadline: Option<Instant>,
    /// Hits until the next look.
    left: u32,
    over: bool,
    /// Matches that are taken in, and whether a hit came after the last of them: what it would have been is not known.
    room: usize,
    are_full: bool,
}

impl Bounds {
    /// Whether a hit is left alone, so many matches having been found.
    fn are_met(&mut self, found: usize) -> bool {
        self.are_full |= found >= self.room;
        self.left -= 1;
        if self.left == 0 {
            self.left = UNTIMED;
            self.over |= self
                .deadline
                .is_some_and(|deadline| Instant::now() >= deadline);
        }
        self.over || self.are_full
    }
}

pub(super) fn push_code(
    found: &mut Vec<Raw>,
    rule: &'static str,
    value: Range<usize>,
    confidence: Confidence,
    evidence: Vec<Evidence>,
) {
    let rule =
        rule::find(rule).expect("tests/rules.rs checks that every id in code is in rules.toml");
    found.push(Raw {
        rule: RuleRef::BuiltIn(rule),
        whole: value.clone(),
        value,
        confidence,
        severity: rule.severity,
        evidence,
    });
}

struct State<'s> {
    path: &'s [u8],
    bytes: &'s [u8],
    found: &'s mut Vec<Raw>,
    /// By rule: where its last match ended, so that several literals of one match give one match.
    done: Vec<usize>,
    /// Rules whose keywords were looked for, and whether one stands in these bytes: once a rule, however many its matches.
    keywords: Vec<(usize, bool)>,
    machine: Option<Machine>,
}

impl State<'_> {
    /// Tries `rule` around the literal at `hit`.
    fn confirm(
        &mut self,
        index: usize,
        rule: &Rule,
        matcher: &Matcher,
        hit: usize,
        rule_ref: impl Fn() -> RuleRef,
    ) {
        let done = self.done.get(index).copied().unwrap_or(0);
        if hit < done {
            return;
        }
        let Some(max_len) = matcher.max_len else {
            return;
        };
        let first = hit.saturating_sub(matcher.before as usize).max(done);
        let machine = self.machine.get_or_insert_default();
        if !matcher.may_match(machine, self.bytes, first, hit) {
            return;
        }
        let end = |start: usize| (start + max_len as usize).min(self.bytes.len());
        let got = if matcher.before <= TRIED_STARTS {
            let bytes = self.bytes;
            machine.begin(first);
            let mut run = |start| match &matcher.program {
                Some(program) => program.run_in(machine, bytes, start),
                None => Outcome::Undecided,
            };
            (first..=hit).find_map(|start| match run(start) {
                Outcome::Match { value, end } => Some((value, start..end)),
                Outcome::None => None,
                Outcome::Undecided => search(matcher, bytes, start..end(start), Anchored::Yes),
            })
        } else {
            search(matcher, self.bytes, first..end(hit), Anchored::No)
        };
        let Some((value, whole)) = got else { return };
        if self.done.len() <= index {
            self.done.resize(index + 1, 0);
        }
        if let Some(done) = self.done.get_mut(index) {
            *done = value.end.max(hit + 1);
        }
        if self.has_keyword(index, rule) {
            self.judge(rule, &value, whole, &rule_ref);
        }
    }

    fn has_keyword(&mut self, index: usize, rule: &Rule) -> bool {
        if rule.keywords.is_empty() {
            return true;
        }
        if let Some(&(_, known)) = self.keywords.iter().find(|(known, _)| *known == index) {
            return known;
        }
        let found = has_keyword(rule, self.bytes);
        self.keywords.push((index, found));
        found
    }

    /// A user's rule without a bound or a literal: the whole content is searched.
    fn search_all(
        &mut self,
        index: usize,
        rule: &Arc<Rule>,
        matcher: &Matcher,
        bounds: &mut Bounds,
    ) {
        let bytes = self.bytes;
        // Keywords are asked first: the pattern would go over everything.
        if !self.has_keyword(index, rule) {
            return;
        }
        for captures in matcher.pattern.regex().captures_iter(bytes) {
            if bounds.are_met(self.found.len()) {
                return;
            }
            let Some(whole) = captures.get_match() else {
                continue;
            };
            let rule_ref = || RuleRef::User(rule.clone());
            self.judge(rule, &value_of(&captures), whole.range(), &rule_ref);
        }
    }

    fn judge(
        &mut self,
        rule: &Rule,
        value: &Range<usize>,
        whole: Range<usize>,
        rule_ref: &dyn Fn() -> RuleRef,
    ) {
        if let Some(judgement) = judge(self.path, self.bytes, rule, value, whole.start) {
            self.found.push(Raw {
                rule: rule_ref(),
                value: value.clone(),
                whole,
                confidence: judgement.confidence,
                severity: judgement.severity,
                evidence: judgement.evidence,
            });
        }
    }
}

/// Whether one of the rule's keywords stands anywhere, where it has some.
pub(super) fn has_keyword(rule: &Rule, bytes: &[u8]) -> bool {
    let mut keywords = rule.keywords.iter();
    rule.keywords.is_empty() || keywords.any(|k| contains_folded(bytes, k.as_bytes()))
}

/// Judges a match that starts at `start`; `None` where it does not count. Keywords are not asked.
pub(super) fn judge(
    path: &[u8],
    bytes: &[u8],
    rule: &Rule,
    value: &Range<usize>,
    start: usize,
) -> Option<Judgement> {
    if rule
        .path
        .as_ref()
        .is_some_and(|pattern| !pattern.regex().is_match(path))
    {
        return None;
    }
    let candidate = Candidate {
        bytes,
        start,
        value: bytes.get(value.clone())?,
        value_start: value.start,
    };
    judge::judge(rule, &candidate)
}

/// Value and whole match of the pattern's regular expression in a span.
pub(super) fn search(
    matcher: &Matcher,
    bytes: &[u8],
    span: Range<usize>,
    anchored: Anchored,
) -> Option<(Range<usize>, Range<usize>)> {
    let regex = matcher.pattern.regex();
    let mut captures = regex.create_captures();
    regex.search_captures(
        &Input::new(bytes).span(span).anchored(anchored),
        &mut captures,
    );
    let whole = captures.get_match()?.range();
    Some((value_of(&captures), whole))
}

/// The value of a match: the first group of its pattern that took part and is not empty.
fn value_of(captures: &Captures) -> Range<usize> {
    let mut groups = std::iter::once("secret").chain(SECOND_GROUPS);
    let group = groups.find_map(|name| {
        captures
            .get_group_by_name(name)
            .filter(|group| !group.is_empty())
    });
    group.map_or_else(
        || captures.get_match().map_or(0..0, |whole| whole.range()),
        |group| group.range(),
    )
}

/// Whether `needle` stands in `bytes`, ASCII case aside. Runs after a match only.
fn contains_folded(bytes: &[u8], needle: &[u8]) -> bool {
    let Some(&first) = needle.first() else {
        return true;
    };
    memchr::memchr2_iter(
        first.to_ascii_lowercase(),
        first.to_ascii_uppercase(),
        bytes,
    )
    .any(|at| {
        bytes
            .get(at..at + needle.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(needle))
    })
}

/// Tries one built-in rule at places where literals of it stand, as `detect` does, and says how many matches counted: what
/// `benches/rules.rs` times.
#[must_use]
pub fn confirm_at(index: usize, bytes: &[u8], hits: &[usize]) -> usize {
    let Some(rule) = rule::built_in().get(index) else {
        return 0;
    };
    let mut found = Vec::new();
    let mut state = State {
        path: b"",
        bytes,
        found: &mut found,
        done: Vec::new(),
        keywords: Vec::new(),
        machine: None,
    };
    if let Detect::Pattern(matcher) | Detect::Named { matcher, .. } = &rule.detect {
        for &hit in hits {
            state.confirm(index, rule, matcher, hit, || RuleRef::BuiltIn(rule));
        }
    }
    found.len()
}
