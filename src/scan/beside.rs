//! A value that its own name announces, `api_key`, and that could as well be an identifier or a hash, behind the name of a
//! provider whose keys are of just that shape: the two together say what either leaves open.

use super::detect::{self, Raw, push_code};
use crate::finding::{Confidence, Evidence};
use crate::generic::GenericMatch;
use crate::judge;
use crate::prefilter::{self, BuiltIn};
use crate::rule::program::{Machine, Outcome};
use crate::rule::{self, Detect, RuleRef, named};

/// How far before the value's name the provider is looked for: the URL of a request, the other arguments of a call.
const NEAR: usize = 200;
/// The shortest name of a provider that is not also a word of any code.
const LEAST_NAME: usize = 6;

/// Takes in what the generic detector found, and the provider's rule beside what is open.
pub(super) fn take(path: &[u8], bytes: &[u8], told: Vec<GenericMatch>, found: &mut Vec<Raw>) {
    for m in told {
        let value = bytes.get(m.value.clone()).unwrap_or_default();
        let name = bytes.get(m.name.clone()).unwrap_or_default();
        let Some(confidence) = judge::unmarked(name, value, m.confidence) else {
            continue;
        };
        if confidence == Confidence::Low && is_open(value) {
            found.extend(a_provider(path, bytes, &m));
        }
        push_code(found, m.rule, m.value, confidence, m.evidence);
    }
}

/// Whether a value is hexadecimal or of the shape of a UUID: what many identifiers and hashes are too.
fn is_open(value: &[u8]) -> bool {
    value.len() >= 32 && value.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
}

/// The match of the nearest provider's rule whose values are of this shape.
fn a_provider(path: &[u8], bytes: &[u8], found: &GenericMatch) -> Option<Raw> {
    let from = found.name.start.saturating_sub(NEAR);
    // Names are looked for before runs of token characters only; the value is one.
    let window = bytes.get(from..found.value.end)?;
    let mut machine = Machine::default();
    let mut nearest: Option<(usize, Raw)> = None;
    BuiltIn.find(window, &mut |literal, start| {
        let at = from + start;
        let distance = found.value.start.abs_diff(at);
        if nearest
            .as_ref()
            .is_some_and(|(least, _)| *least <= distance)
        {
            return;
        }
        for &target in prefilter::targets(literal) {
            let rule = rule::built_in().get(usize::from(target));
            let Some((rule, Detect::Named { matcher, .. })) = rule.map(|rule| (rule, &rule.detect))
            else {
                continue;
            };
            let Some(program) = &matcher.program else {
                continue;
            };
            if !begins_word(bytes, at) || !named::may_name(rule.names(), LEAST_NAME, bytes, at) {
                continue;
            }
            let after = program.run_after_lead(&mut machine, bytes, found.value.start);
            let Outcome::Match { value, .. } = after else {
                continue;
            };
            if value != found.value {
                continue;
            }
            let Some(judgement) = detect::judge(path, bytes, rule, &value, found.name.start) else {
                continue;
            };
            let confidence = judgement.confidence.min(Confidence::Medium);
            let evidence = vec![Evidence(
                format!("a value of its shape behind the name {}", rule.provider).into(),
            )];
            let raw = Raw {
                rule: RuleRef::BuiltIn(rule),
                whole: value.clone(),
                value,
                confidence,
                severity: judgement.severity,
                evidence,
            };
            nearest = Some((distance, raw));
        }
    });
    nearest.map(|(_, raw)| raw)
}

/// Whether a word or a hump of one begins at a place.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|i| bytes.get(i));
    let first = bytes.get(at);
    !before.is_some_and(u8::is_ascii_alphabetic)
        || before.is_some_and(u8::is_ascii_lowercase) && first.is_some_and(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use crate::finding::Confidence;
    use crate::scan::Scanner;
    use crate::template::{Seed, expand};

    /// The rule and confidence of the surest match in a text made of a template.
    fn surest(template: &str) -> Option<(String, Confidence)> {
        let text = expand(template, &mut Seed::new(3)).unwrap();
        let scanned = Scanner::default().scan(b"a.py", text.as_bytes());
        let surest = scanned.matches.iter().max_by_key(|found| found.confidence);
        surest.map(|found| (found.rule.id.to_string(), found.confidence))
    }

    #[test]
    fn a_provider_nearby_says_whose_an_open_value_is() {
        for template in [
            "url = \"https://api.cloudmersive.com/convert\"\nheaders = {{\"Apikey\": \"{uuid:}\"}\n",
            "cloudmersive = make(\n  region,\n  apikey = \"{uuid:}\",\n)\n",
        ] {
            let found = surest(template);
            let wanted = ("cloudmersive-api-key".to_owned(), Confidence::Medium);
            assert_eq!(found, Some(wanted), "{template}");
        }
    }

    #[test]
    fn what_is_alone_far_off_or_of_another_shape_stays_open() {
        let far = "x = 1\n".repeat(60);
        for template in [
            "headers = {{\"Apikey\": \"{uuid:}\"}\n".to_owned(),
            format!("\"cloudmersive\"\n{far}headers = {{{{\"Apikey\": \"{{uuid:}}\"}}\n"),
            "# cloudmersively\nheaders = {{\"Apikey\": \"{uuid:}\"}\n".to_owned(),
            "# uncloudmersive\nheaders = {{\"Apikey\": \"{uuid:}\"}\n".to_owned(),
        ] {
            let found = surest(&template);
            assert!(
                found.is_none_or(|(_, confidence)| confidence == Confidence::Low),
                "{template}"
            );
        }
    }
}
