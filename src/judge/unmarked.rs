//! A value that only its name announces, judged once more by what is known of tokens: it may be a published sample, or
//! carry the mark of a provider whose rule looked at it and said no.

use crate::finding::Confidence;
use crate::known;
use crate::rule::{MARKS, PROVIDERS};

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
    (PROVIDERS.iter())
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
    let from = MARKS.partition_point(|mark| mark.as_bytes() < [first].as_slice());
    MARKS
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{self, Detect, Rule, marks};

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
        let rules = rule::built_in();
        let prefixes = rules.iter().map(Rule::prefix);
        assert!(marks::marks(prefixes).iter().eq(&MARKS));
        let known =
            |rule: &'static Rule| (&*rule.provider, matches!(rule.detect, Detect::Pattern(_)));
        assert_eq!(marks::providers(rules.iter().map(known)), PROVIDERS);
        assert!(MARKS.contains(&"ghp_"));
        assert!(MARKS.iter().all(|mark| mark.len() >= marks::SHORTEST));
        let shortest = PROVIDERS.iter().map(|provider| provider.len()).min();
        assert_eq!(shortest, Some(marks::SHORTEST_NAME));
        // Some of its values are known by their names alone.
        assert!(PROVIDERS.contains(&"upcloud") && !PROVIDERS.contains(&"datadog"));
        // Behind the mark of a long prefix stands what all these tokens begin with.
        assert_eq!(marks::mark_of("acme-0123456789abcdef"), "acme-");
        assert_eq!(
            marks::mark_of("acme-0123456789abcde"),
            "acme-0123456789abcde"
        );
    }

    #[test]
    fn a_published_sample_is_no_secret() {
        let sample = ["wJalrXUtnFEMI", "/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat();
        assert_eq!(unmarked(b"x", sample.as_bytes(), Confidence::High), None);
    }
}
