//! A user's rules made ready: their literals for one pass, those that need the whole content, and those that know a file
//! by its path alone.

use std::sync::Arc;

use super::detect;
use crate::finding::{Evidence, Excerpt, Match, Position, Secret, Step};
use crate::prefilter::Prefilter;
use crate::rule::{Detect, Matcher, Rule, RuleRef};

/// A user's rules made ready.
#[derive(Debug)]
pub(super) struct UserRules {
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) prefilter: Prefilter,
    /// By literal of the prefilter: indices into `rules`.
    pub(super) targets: Vec<Vec<usize>>,
    /// Rules without a bound or without a literal: searched over the whole content.
    pub(super) unanchored: Vec<usize>,
    /// Rules to which the path is enough.
    paths: Vec<usize>,
}

impl UserRules {
    pub(super) fn new(rules: Vec<Arc<Rule>>) -> Self {
        let mut literals: Vec<Vec<u8>> = Vec::new();
        let mut targets: Vec<Vec<usize>> = Vec::new();
        let mut unanchored = Vec::new();
        let mut paths = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if matches!(rule.detect, Detect::Path) {
                paths.push(index);
            }
            let Some(matcher) = matcher(rule) else {
                continue;
            };
            if matcher.max_len.is_none() || matcher.literals.is_empty() {
                unanchored.push(index);
                continue;
            }
            for literal in matcher.literals.iter() {
                let known = literals
                    .iter()
                    .position(|l| l.as_slice() == literal.as_bytes());
                let slot = known.unwrap_or_else(|| {
                    literals.push(literal.as_bytes().to_vec());
                    targets.push(Vec::new());
                    literals.len() - 1
                });
                if let Some(target) = targets.get_mut(slot) {
                    target.push(index);
                }
            }
        }
        let prefilter = Prefilter::new(literals.iter().map(Vec::as_slice));
        Self {
            rules,
            prefilter,
            targets,
            unanchored,
            paths,
        }
    }

    /// Rules that know a file by its path: the value is the content, of which only a digest is kept.
    pub(super) fn named(&self, path: &[u8], bytes: &[u8], route: &[Step], out: &mut Vec<Match>) {
        for rule in self.paths.iter().filter_map(|&at| self.rules.get(at)) {
            let path_holds = rule.path.as_ref().is_some_and(|p| p.regex().is_match(path));
            if !path_holds || !detect::has_keyword(rule, bytes) {
                continue;
            }
            out.push(Match {
                rule: RuleRef::User(Arc::clone(rule)),
                secret: digest(bytes),
                span: 0..0,
                position: Position {
                    line: 1,
                    line_end: 1,
                    ..Position::default()
                },
                route: route.to_vec(),
                severity: rule.severity,
                confidence: rule.confidence,
                evidence: vec![Evidence::new("the path of the file")],
                inline_allow: None,
                around: None,
                excerpt: Excerpt::default(),
            });
        }
    }
}

/// What stands for the content of a file as a value: too short for any part of it to be shown.
fn digest(bytes: &[u8]) -> Secret {
    let digest = blake3::hash(bytes);
    Secret::new(digest.as_bytes().get(..16).unwrap_or_default())
}

fn matcher(rule: &Rule) -> Option<&Matcher> {
    match &rule.detect {
        Detect::Pattern(matcher) | Detect::Named { matcher, .. } => Some(matcher),
        Detect::Code | Detect::Path => None,
    }
}
