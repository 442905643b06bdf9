//! A value that only its name announces, judged once more by what is known of tokens: it may be a published sample, or
//! carry the mark of a provider whose rule looked at it and said no.

use std::sync::OnceLock;

use crate::finding::Confidence;
use crate::known;
use crate::rule;

/// Words that begin values of people's own making too: `test_`, `api-`.
const COMMON: &[&str] = &[
    "access", "api", "key", "live", "local", "private", "public", "sandbox", "sdk", "secret",
    "test",
];
/// Shortest mark that tells a provider, with its separator: `npm_`.
const SHORTEST: usize = 4;

/// How sure a find of the generic detector stays; `None` where the value is public knowledge.
#[must_use]
pub fn unmarked(value: &[u8], confidence: Confidence) -> Option<Confidence> {
    if known::is_documentation_sample(value).is_some() {
        return None;
    }
    if carries_a_mark(value) {
        return Some(Confidence::Low);
    }
    Some(confidence)
}

/// Whether the value begins with the mark of a provider's tokens. Its form is that provider's rule to judge; what the
/// rule did not find is cut, made up or of a kind that is no secret.
fn carries_a_mark(value: &[u8]) -> bool {
    let marks = marks();
    // Sorted: the marks that the value begins with stand before it, the longest last.
    let end = marks.partition_point(|mark| mark.as_bytes() <= value);
    let first = value.first();
    marks
        .get(..end)
        .unwrap_or_default()
        .iter()
        .rev()
        .take_while(|mark| mark.as_bytes().first() == first)
        .any(|mark| value.starts_with(mark.as_bytes()))
}

/// Marks of all built-in rules that are no words, sorted.
fn marks() -> &'static [&'static str] {
    static MARKS: OnceLock<Vec<&'static str>> = OnceLock::new();
    MARKS.get_or_init(|| {
        let mut marks: Vec<_> = rule::built_in()
            .iter()
            .map(rule::Rule::prefix)
            .filter(|mark| is_mark(mark))
            .collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    })
}

fn is_mark(prefix: &str) -> bool {
    let Some(words) = prefix.strip_suffix(['_', '-']) else {
        return false;
    };
    prefix.len() >= SHORTEST && !words.split(['_', '-']).all(|word| COMMON.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_a_providers_mark_only_warns() {
        for mark in ["ghp_", "xoxb-", "glpat-", "sm_sat_", "sk-ant-"] {
            let value = format!("{mark}q7Tz31Lw9");
            let judged = unmarked(value.as_bytes(), Confidence::High);
            assert_eq!(judged, Some(Confidence::Low), "{mark}");
        }
    }

    #[test]
    fn a_value_that_begins_with_a_word_is_judged_by_its_name() {
        for value in [
            "test_q7Tz31Lw9",
            "api-q7Tz31Lw9",
            "zq7Tz31Lw9",
            "ghq_q7Tz31Lw9",
            "a",
        ] {
            let judged = unmarked(value.as_bytes(), Confidence::Medium);
            assert_eq!(judged, Some(Confidence::Medium), "{value}");
        }
    }

    #[test]
    fn a_published_sample_is_no_secret() {
        let sample = ["wJalrXUtnFEMI", "/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat();
        assert_eq!(unmarked(sample.as_bytes(), Confidence::High), None);
    }
}
