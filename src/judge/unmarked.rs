//! A value that only its name announces, judged once more by what is known of tokens: it may be a published sample, or
//! carry the mark of a provider whose rule looked at it and said no.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::finding::Confidence;
use crate::known;
use crate::rule::{self, Detect};

/// Words that begin values of people's own making too: `test_`, `api-`.
const COMMON: &[&str] = &[
    "access", "api", "key", "live", "local", "private", "public", "sandbox", "sdk", "secret",
    "test",
];
/// Shortest mark that tells a provider, with its separator: `npm_`.
const SHORTEST: usize = 4;
/// A longer prefix is more than a mark.
const LONG: usize = 20;
/// Shortest name of a provider that is not likely to be a word for something else.
const SHORTEST_NAME: usize = 5;

/// How sure a find of the generic detector stays; `None` where the value is public knowledge.
#[must_use]
pub fn unmarked(name: &[u8], value: &[u8], confidence: Confidence) -> Option<Confidence> {
    if known::is_documentation_sample(value).is_some() {
        return None;
    }
    if carries_a_mark(value) || lacks_its_mark(name) {
        return Some(Confidence::Low);
    }
    Some(confidence)
}

/// Whether the name calls the value a token of a provider all of whose tokens carry a mark: `upcloudToken`. With its mark
/// the provider's own rule would have found it.
fn lacks_its_mark(name: &[u8]) -> bool {
    let name = name.trim_ascii_start();
    let lower = name.to_ascii_lowercase();
    let has = |word: &[u8]| memchr::memmem::find(&lower, word).is_some();
    let told = has(b"token") || has(b"key") && (has(b"api") || has(b"access"));
    // `cursor_key`: nothing but the provider says whose key it is.
    let key_of = |provider: &[u8]| {
        let rest = lower.get(provider.len()..).unwrap_or_default();
        matches!(rest, b"key" | b"_key" | b"-key")
    };
    let ends = |at: usize| match (name.get(at - 1), name.get(at)) {
        (Some(last), Some(next)) => {
            !next.is_ascii_alphanumeric() || last.is_ascii_lowercase() && next.is_ascii_uppercase()
        }
        (_, None) | (None, _) => true,
    };
    (marks().providers.iter())
        .map(|provider| provider.as_bytes())
        .any(|provider| {
            lower.starts_with(provider) && ends(provider.len()) && (told || key_of(provider))
        })
}

/// Whether the value begins with the mark of a provider's tokens, in letters of either case, or as a JSON Web Token does.
/// Its form is that provider's rule to judge; what the rule did not find is cut, made up or of a kind that is no secret.
fn carries_a_mark(value: &[u8]) -> bool {
    if value.starts_with(b"eyJ") && value.contains(&b'.') {
        return true;
    }
    let Some(first) = value.first().map(u8::to_ascii_lowercase) else {
        return false;
    };
    let marks = &marks().marks;
    let from = marks.partition_point(|mark| mark.as_bytes() < [first].as_slice());
    marks
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|mark| mark.as_bytes().first() == Some(&first))
        .any(|mark| {
            value
                .get(..mark.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(mark.as_bytes()))
        })
}

/// What the built-in rules say of marks.
struct Marks {
    /// Those that are no words, in small letters, sorted.
    marks: Vec<String>,
    /// Providers none of whose tokens is known by its name alone.
    providers: Vec<&'static str>,
}

fn marks() -> &'static Marks {
    static MARKS: OnceLock<Marks> = OnceLock::new();
    MARKS.get_or_init(|| {
        let rules = rule::built_in();
        let mut marks: Vec<_> = rules
            .iter()
            .map(|rule| mark_of(rule.prefix()).to_ascii_lowercase())
            .filter(|mark| is_mark(mark))
            .collect();
        marks.sort_unstable();
        marks.dedup();
        let mut by_provider: BTreeMap<&str, bool> = BTreeMap::new();
        for rule in rules {
            let marked = matches!(rule.detect, Detect::Pattern(_));
            *by_provider.entry(&rule.provider).or_insert(true) &= marked;
        }
        let providers = by_provider
            .into_iter()
            .filter(|(provider, marked)| *marked && provider.len() >= SHORTEST_NAME)
            .map(|(provider, _)| provider)
            .collect();
        Marks { marks, providers }
    })
}

/// What tells the provider in a long prefix, behind which the token's own fixed content follows: `pypi-AgEI…`.
fn mark_of(prefix: &str) -> &str {
    match prefix.find(['_', '-']) {
        Some(at) if prefix.len() > LONG => prefix.get(..=at).unwrap_or(prefix),
        Some(_) | None => prefix,
    }
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
        for mark in [
            "ghp_",
            "GHP_",
            "xoxb-",
            "glpat-",
            "sm_sat_",
            "sk-ant-",
            "eyJhbGciOi.e30.",
        ] {
            let value = format!("{mark}q7Tz31Lw9");
            let judged = unmarked(b"x", value.as_bytes(), Confidence::High);
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
            "q7T.z31Lw9",
            "eyJq7Tz31Lw9",
            "a",
        ] {
            let judged = unmarked(b"x", value.as_bytes(), Confidence::Medium);
            assert_eq!(judged, Some(Confidence::Medium), "{value}");
        }
    }

    #[test]
    fn a_token_named_after_a_provider_has_its_mark() {
        let value = b"q7Tz31Lw9bYp";
        for (name, expected) in [
            ("upcloud_token", Confidence::Low),
            ("UPCLOUD_API_KEY", Confidence::Low),
            ("upcloudToken", Confidence::Low),
            ("UPCLOUD_KEY", Confidence::Low),
            ("upcloud_public_key", Confidence::High),
            ("upcloudkeypath", Confidence::High),
            ("upcloud_password", Confidence::High),
            ("upcloudTOKEN", Confidence::Low),
            ("UPCLOUDStore_token", Confidence::High),
            ("upcloudstore_token", Confidence::High),
            ("my_token", Confidence::High),
        ] {
            let judged = unmarked(name.as_bytes(), value, Confidence::High);
            assert_eq!(judged, Some(expected), "{name}");
        }
    }

    #[test]
    fn marks_are_those_of_the_rules() {
        let Marks { marks, providers } = marks();
        assert!(marks.iter().any(|mark| mark == "ghp_"));
        assert!(marks.iter().all(|mark| mark.len() >= SHORTEST));
        let shortest = providers.iter().map(|provider| provider.len()).min();
        assert_eq!(shortest, Some(SHORTEST_NAME));
        // Some of its values are known by their names alone.
        assert!(providers.contains(&"upcloud") && !providers.contains(&"datadog"));
        // Behind the mark of a long prefix stands what all these tokens begin with.
        assert_eq!(mark_of("acme-0123456789abcdef"), "acme-");
        assert_eq!(mark_of("acme-0123456789abcde"), "acme-0123456789abcde");
    }

    #[test]
    fn a_published_sample_is_no_secret() {
        let sample = ["wJalrXUtnFEMI", "/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat();
        assert_eq!(unmarked(b"x", sample.as_bytes(), Confidence::High), None);
    }
}
