//! JUnit XML: a test case a place, failed where it blocks, skipped where it is allowed; an error a gap that leaves the
//! run undecided.

use super::{View, plain, record};
use crate::outcome::{Outcome, Status};
use crate::policy;

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let (mut tests, mut failures, mut skipped, mut errors) = (0, 0, 0, 0);
    let mut cases = String::new();
    for finding in record::shown(outcome, view) {
        for place in &finding.places {
            tests += 1;
            let where_it_is = format!("{}:{}", plain::path(place), place.position.line);
            let sentence = record::sentence(finding);
            let inner = match &finding.status {
                Status::Suppressed(_) => {
                    skipped += 1;
                    let (status, reason) = record::status(finding);
                    let why =
                        reason.map_or_else(|| status.to_owned(), |r| format!("{status}: {r}"));
                    format!("<skipped message=\"{}\"/>", escape(&why))
                }
                Status::Open if policy::blocks(view.policy, finding) => {
                    failures += 1;
                    let help = format!(
                        "{sentence}\nrevoke: {}\nnot a secret? keysieve allow {} --reason \"...\"",
                        finding.rule.revoke, finding.id
                    );
                    format!(
                        "<failure type=\"{}\" message=\"{}\">{}</failure>",
                        escape(&finding.rule.id),
                        escape(&sentence),
                        escape(&help)
                    )
                }
                Status::Open => format!(
                    "<system-out>{}</system-out>",
                    escape(&format!("warning: {sentence}"))
                ),
            };
            cases.push_str(&format!(
                "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\">{inner}</testcase>\n",
                escape(&finding.rule.id),
                escape(&where_it_is),
                escape(&plain::clean(&place.path)),
                place.position.line
            ));
        }
    }
    for gap in &outcome.gaps {
        tests += 1;
        let text = escape(&plain::gap(gap));
        let inner = if policy::leaves_undecided(view.policy, gap) {
            errors += 1;
            format!("<error type=\"not-scanned\" message=\"{text}\"/>")
        } else {
            format!("<system-out>{text}</system-out>")
        };
        cases.push_str(&format!(
            "    <testcase classname=\"not-scanned\" name=\"{}\">{inner}</testcase>\n",
            escape(&plain::clean(&gap.path))
        ));
    }
    if cases.is_empty() {
        tests = 1;
        cases.push_str("    <testcase classname=\"keysieve\" name=\"no secrets\"/>\n");
    }
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"keysieve\" {counts}>\n  <testsuite name=\"keysieve\" {counts} skipped=\"{skipped}\" timestamp=\"{}\" time=\"{:.3}\">\n{cases}  </testsuite>\n</testsuites>\n",
        escape(view.run.started.trim_end_matches('Z')),
        outcome.stats.elapsed.as_secs_f64()
    )
}

/// Text of an element or attribute. Characters that XML 1.0 cannot hold at all are replaced.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::report::sample;

    #[test]
    fn cases_are_counted_and_names_escaped() {
        let policy = Policy::client();
        let text = render(&sample::outcome(), &sample::view(&policy));
        assert!(
            text.contains("<testsuites name=\"keysieve\" tests=\"5\" failures=\"2\" errors=\"1\">"),
            "{text}"
        );
        assert!(
            text.contains("skipped=\"1\" timestamp=\"2026-11-24T10:00:00\""),
            "{text}"
        );
        assert!(
            text.contains("file=\"docs/`|&lt;b&gt;&amp;&quot;&apos;.md\""),
            "{text}"
        );
        assert_eq!(text.matches("<testcase").count(), 5);
        assert_eq!(escape("\u{1}a\u{ffff}"), "\u{fffd}a\u{fffd}");
    }

    #[test]
    fn nothing_found_is_a_test_that_passed() {
        let policy = Policy::client();
        let clean = Outcome {
            findings: Vec::new(),
            gaps: Vec::new(),
            ..sample::outcome()
        };
        let text = render(&clean, &sample::view(&policy));
        assert!(
            text.contains("tests=\"1\" failures=\"0\" errors=\"0\""),
            "{text}"
        );
    }
}
