//! Makes a user's rule from its text: patterns are compiled at load, so that a mistake is an error with its place.

use std::borrow::Cow;

use regex_syntax::hir::Hir;

use super::parse::{RuleText, read_rule};
use super::{Detect, Matcher, Near, Pattern, Rule, Text, compile, derive, named, run};
use crate::check;
use crate::finding::{Confidence, Severity};
use crate::table::{At, Problem, Problems, Reader, read_text};

/// Reads the `[[rule]]` tables of a text that has nothing else; `name` is used in messages.
pub fn read(name: &str, text: &str) -> Result<Vec<Rule>, Problems> {
    read_text(name, text, |root| {
        let rules = read_all(root);
        root.finish();
        rules
    })
}

/// Reads the `[[rule]]` tables below a root; what is wrong with them is the reader's.
pub fn read_all(root: &Reader<'_, '_>) -> Vec<Rule> {
    let known: Vec<&str> = check::CHECKS.iter().map(|check| check.name).collect();
    let mut rules: Vec<Rule> = Vec::new();
    for table in root.tables("rule") {
        let rule = read_rule(&table, &known, false);
        if let Some(built_in) = super::find(&rule.id.value) {
            let words = "is a built-in rule's id; choose another one";
            table.problem(rule.id.at, format!("rule `{}` {words}", built_in.id));
        }
        match make(&rule) {
            Ok(rule) if rules.iter().any(|known| known.id == rule.id) => {
                let words = "is defined twice; give each rule its own id";
                table.problem(table.at, format!("rule `{}` {words}", rule.id));
            }
            Ok(rule) => rules.push(rule),
            Err(problems) => problems
                .into_iter()
                .for_each(|p| table.problem(p.at, p.message)),
        }
    }
    rules
}

/// Turns a parsed `[[rule]]` into a rule, or says everything that is wrong with its patterns.
pub fn make(text: &RuleText) -> Result<Rule, Vec<Problem>> {
    let mut problems = Vec::new();
    let detect = detect(text, &mut problems);
    let path = pattern(text.path.as_ref(), &mut problems);
    let near = pattern(text.near.as_ref(), &mut problems).map(|pattern| Near {
        pattern,
        within: u32::try_from(text.near_within).unwrap_or(u32::MAX),
    });
    let checks = |names: &[At<String>]| {
        names
            .iter()
            .filter_map(|n| check::find(&n.value))
            .collect::<Vec<_>>()
    };
    let texts = |items: &[String]| {
        items
            .iter()
            .map(|t| Cow::Owned(t.clone()))
            .collect::<Vec<Text>>()
    };
    let ats = |items: &[At<String>]| {
        items
            .iter()
            .map(|t| Cow::Owned(t.value.clone()))
            .collect::<Vec<Text>>()
    };
    let owned = |text: &str| Text::Owned(text.to_owned());
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Rule {
        id: owned(&text.id.value),
        name: owned(&text.name),
        provider: owned(&text.provider),
        kind: owned(&text.kind),
        severity: Severity::parse(&text.severity).unwrap_or(Severity::High),
        confidence: Confidence::parse(&text.confidence).unwrap_or(Confidence::Medium),
        detect,
        keywords: ats(&text.keywords).into(),
        path,
        checks: checks(&text.checks).into(),
        required: checks(&text.required).into(),
        entropy: text.entropy.as_ref().map(|e| e.value as f32),
        near,
        environment: owned(&text.environment),
        about: owned(&text.about),
        revoke: owned(&text.revoke),
        rotate: owned(&text.rotate),
        standards: texts(&text.standards).into(),
        aliases: texts(&text.aliases).into(),
        hit: ats(&text.hit).into(),
        miss: ats(&text.miss).into(),
    })
}

fn detect(text: &RuleText, problems: &mut Vec<Problem>) -> Detect {
    let (at, whole) = match (&text.pattern, &text.value) {
        (Some(pattern), _) => (pattern.at, pattern.value.clone()),
        (None, Some(value)) => {
            let names: Vec<String> = text.names.iter().map(|n| n.value.clone()).collect();
            (value.at, named::compose(&names, &value.value))
        }
        (None, None) => return Detect::Path,
    };
    // What is composed of names is never empty.
    let value = text.value.as_ref().filter(|_| text.pattern.is_none());
    let checked = value.map_or(Ok(()), |value| {
        derive::parse(&value.value).and_then(|hir| not_empty(&hir, "value"))
    });
    let matcher = match checked.and_then(|()| matcher(&whole)) {
        Ok(matcher) => matcher,
        Err(message) => {
            problems.push(Problem {
                at,
                message: format!("rule `{}`: {message}", text.id.value),
            });
            return Detect::Path;
        }
    };
    if text.pattern.is_some() {
        Detect::Pattern(matcher)
    } else {
        Detect::Named {
            matcher,
            label: text.label,
        }
    }
}

/// Checks and compiles a pattern; the message says what is wrong and what would be right.
fn matcher(pattern: &str) -> Result<Matcher, String> {
    let hir = derive::parse(pattern)?;
    if !has_secret_group(pattern) {
        return Err("the pattern has no group `(?<secret>…)` around the value".to_owned());
    }
    not_empty(&hir, "pattern")?;
    let facts = derive::facts(&hir);
    let built =
        Pattern::compiled(pattern).map_err(|e| format!("the pattern does not compile: {e}"))?;
    let literals = facts
        .literals
        .iter()
        .map(|l| {
            String::from_utf8_lossy(&l.text.to_ascii_lowercase())
                .into_owned()
                .into()
        })
        .collect::<Vec<Text>>();
    let max_len = facts
        .max_len
        .filter(|&n| n <= derive::MAX_LEN)
        .and_then(|n| u32::try_from(n).ok());
    Ok(Matcher {
        pattern: built,
        program: compile::compile(&hir),
        literals: literals.into(),
        before: u32::try_from(facts.before.1).unwrap_or(u32::MAX),
        max_len,
        run: run::derive(&hir),
    })
}

fn not_empty(hir: &Hir, what: &str) -> Result<(), String> {
    if hir.properties().minimum_len().is_none_or(|n| n == 0) {
        return Err(format!(
            "the {what} matches the empty text; ask for at least one character"
        ));
    }
    Ok(())
}

fn has_secret_group(pattern: &str) -> bool {
    pattern.contains("(?<secret>") || pattern.contains("(?P<secret>")
}

fn pattern(text: Option<&At<String>>, problems: &mut Vec<Problem>) -> Option<Pattern> {
    let text = text?;
    match Pattern::compiled(&text.value) {
        Ok(pattern) => Some(pattern),
        Err(message) => {
            problems.push(Problem {
                at: text.at,
                message: format!("the pattern does not compile: {message}"),
            });
            None
        }
    }
}
