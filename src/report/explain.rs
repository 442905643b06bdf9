//! Why a finding was judged so: what its rule asks for, each check of the value, and for the generic detector what weighed
//! how much. Says nothing that holds a part of the value.

use super::{plain, record};
use crate::check::Proof;
use crate::finding::Evidence;
use crate::generic::{self, candidate::Candidate, features, model};
use crate::outcome::Finding;
use crate::policy::{self, Policy};
use crate::rule::{self, Detect};
use crate::{judge, known};

/// Features shown, the heaviest first.
const FEATURES: usize = 12;

/// The explanation. `content` is the path and the bytes of the finding's first place, where they are at hand.
#[must_use]
pub fn explain(finding: &Finding, content: Option<(&[u8], &[u8])>, policy: &Policy) -> String {
    let rule = &finding.rule;
    let value = finding.secret.expose();
    let mut out = format!("{}: {}\n", rule.id, plain::clean(rule.name.as_bytes()));
    let mut line = |what: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&format!("  {what:<11} {text}\n"));
        }
    };
    line("id", &finding.id);
    line("value", &finding.secret.masked(rule, '*'));
    let level = policy.block_at.as_str();
    let (status, reason) = record::status(finding);
    line(
        "decision",
        &if policy::blocks(policy, finding) {
            format!(
                "blocks: confidence {} reaches block_at = {level}",
                finding.confidence.as_str()
            )
        } else if status == "open" {
            format!(
                "warns: confidence {} is below block_at = {level}",
                finding.confidence.as_str()
            )
        } else {
            format!("{status} {}", reason.unwrap_or_default())
        },
    );
    line("severity", finding.severity.as_str());
    line(
        "found by",
        match &rule.detect {
            Detect::Pattern(_) => "the form of the value",
            Detect::Named { .. } => "the provider's name beside a value of its form",
            Detect::Path => "the path of the file",
            Detect::Code if rule.keywords.is_empty() => "the kind of file",
            Detect::Code => "a telling name and what the value looks like",
        },
    );
    if !rule.prefix().is_empty() {
        line(
            "prefix",
            &format!("every value begins with `{}`", rule.prefix()),
        );
    }
    for check in rule.checks.iter() {
        let said = match (check.run)(value) {
            Proof::Valid(Evidence(words)) | Proof::Sealed(Evidence(words)) => {
                format!("{}: holds ({words})", check.name)
            }
            Proof::Harmless(words) => format!("{}: {words}", check.name),
            Proof::Invalid => format!("{}: does not hold", check.name),
            Proof::Unknown => format!("{}: this form has none", check.name),
        };
        line("check", &said);
    }
    if let Some(least) = rule.entropy {
        let bits = judge::entropy(value);
        line(
            "entropy",
            &format!("{bits:.1} bits a character; the rule asks for {least:.1}"),
        );
    }
    if known::looks_like_placeholder(value) {
        line("placeholder", "it looks like one");
    }
    for Evidence(words) in &finding.evidence {
        line("evidence", words);
    }
    for place in finding.places.iter().take(10) {
        let decoded = plain::decodings(place);
        let decoded = if decoded.is_empty() {
            decoded
        } else {
            format!(", {decoded}")
        };
        let text = format!(
            "{}:{} ({}{decoded})",
            plain::path(place),
            place.position.line,
            plain::origin(place)
        );
        line("place", &text);
    }
    if rule.id.starts_with("generic-") {
        out.push_str(&content.map_or_else(
            || "\nThe file is not at hand, so what weighed cannot be told.\n".to_owned(),
            |(path, bytes)| weights(path, bytes, value),
        ));
    }
    out
}

/// What the model of the generic detector saw.
fn weights(path: &[u8], bytes: &[u8], value: &[u8]) -> String {
    let mut seen = Seen::default();
    let file = generic::File::new(path);
    if let Some(at) = memchr::memmem::find(bytes, value) {
        let from = at.saturating_sub(generic::REACH);
        let window = bytes.get(from..at + value.len()).unwrap_or_default();
        let lower = window.to_ascii_lowercase();
        let keywords = rule::built_in()
            .iter()
            .filter(|rule| rule.id.starts_with("generic-"))
            .flat_map(|rule| rule.keywords.iter());
        for keyword in keywords {
            for hit in memchr::memmem::find_iter(&lower, keyword.as_bytes()) {
                let hit = from + hit..from + hit + keyword.len();
                generic::candidates_at(bytes, hit, &file, &mut |candidate| {
                    if candidate.text() == value && seen.features.is_empty() {
                        seen.look(&candidate);
                    }
                });
            }
        }
    }
    seen.tell(value)
}

/// The features of one candidate.
#[derive(Default)]
struct Seen {
    features: Vec<(i32, String)>,
    score: i32,
}

impl features::Sink for Seen {
    fn feature(&mut self, group: features::Group, parts: &[&[u8]]) {
        let weight = model::weight_of(group.name, parts);
        let parts: Vec<String> = parts.iter().map(|part| plain::clean(part)).collect();
        self.features
            .push((weight, format!("{}={}", group.name, parts.join("|"))));
    }
}

impl Seen {
    fn look(&mut self, candidate: &Candidate<'_>) {
        features::extract(candidate, self);
        self.score = model::score(candidate).unwrap_or_default();
    }

    fn tell(mut self, value: &[u8]) -> String {
        if self.features.is_empty() {
            return "\nThe file no longer says it so, and what weighed cannot be told.\n"
                .to_owned();
        }
        // The model takes half of each weight; what is left of the score is the trees'.
        let sum: i32 = self.features.iter().map(|(weight, _)| weight).sum();
        let trees = self.score - (sum >> 1);
        self.features
            .push((2 * trees, "features that go together".to_owned()));
        self.features.retain(|(weight, _)| *weight != 0);
        self.features.sort_by_key(|(weight, _)| -weight.abs());
        let (warn, block) = model::thresholds();
        let mut out = format!(
            "\nscore {:+.2}: from {:+.2} on it warns, from {:+.2} on it blocks; what weighed most:\n",
            hundredths(self.score),
            hundredths(warn),
            hundredths(block)
        );
        for (weight, name) in self.features.iter().take(FEATURES) {
            out.push_str(&format!(
                "  {:+.2} {}\n",
                hundredths(*weight) / 2.0,
                without(name, value)
            ));
        }
        out
    }
}

fn hundredths(n: i32) -> f64 {
    f64::from(n) / 100.0
}

/// A feature's name without words of the value: the model looks at those too.
fn without(name: &str, value: &[u8]) -> String {
    let value = value.to_ascii_lowercase();
    name.split_inclusive(['=', '|'])
        .map(|part| {
            let word = part.trim_end_matches(['=', '|']);
            let shows = word.len() > 2
                && memchr::memmem::find(&value, word.to_ascii_lowercase().as_bytes()).is_some();
            match part.strip_prefix(word) {
                Some(end) if shows && end != "=" => format!("…{end}"),
                _ => part.to_owned(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn each_check_is_told_and_no_value() {
        let finding = sample::finding("a.py");
        let text = explain(&finding, None, &Policy::client());
        assert!(
            text.contains("decision    blocks: confidence certain reaches block_at = medium"),
            "{text}"
        );
        assert!(text.contains("check       github-crc32: "), "{text}");
        assert!(text.contains("place       a.py:3 (a file)"), "{text}");
        assert!(!text.contains(sample::VALUE), "{text}");
    }

    #[test]
    fn the_generic_detector_tells_weights_without_words_of_the_value() {
        let mut finding = sample::finding("a.py");
        finding.rule = rule::RuleRef::BuiltIn(rule::find("generic-password").unwrap());
        let source = format!("x = 1\npassword = \"{}\"\n", sample::VALUE);
        let text = explain(
            &finding,
            Some((b"a.py", source.as_bytes())),
            &Policy::client(),
        );
        assert!(text.contains("\nscore "), "{text}");
        assert!(!text.contains(sample::VALUE), "{text}");
        assert_eq!(without("word=horse|kind", b"Correct-Horse"), "word=…|kind");
    }
}
