//! One page that needs nothing else: findings to look through by rule, provider, severity, path, owner and age. It may load nothing
//! (its policy says so), and without scripts it is a plain list.

use super::{View, plain, record};
use crate::outcome::{Finding, Outcome, Place, Verdict};
use crate::policy;

const CSS: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let sorted = plain::sort(view.policy, outcome);
    let head = match outcome.verdict {
        Verdict::Block => format!(
            "blocked: {}",
            plain::count(sorted.blocking.len(), "secret", "secrets")
        ),
        Verdict::Undecided => "undecided: not everything could be scanned".to_owned(),
        Verdict::Pass => "passed".to_owned(),
    };
    let repository = view
        .run
        .provenance
        .as_ref()
        .map_or_else(String::new, |known| {
            let parts = [
                known.uri.clone(),
                known.branch.as_deref().map(plain::clean),
                known
                    .revision
                    .as_deref()
                    .map(|id| plain::short(id).to_owned()),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        });
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>keysieve: {head}</title>\n<style>\n{CSS}</style>\n<h1>keysieve: {head}</h1>\n<p>{} scanned, {} blocking, {} warning, {} allowed, {} not scanned. {} {}</p>\n",
        plain::bytes(outcome.stats.bytes),
        sorted.blocking.len(),
        sorted.warnings.len(),
        sorted.suppressed.len(),
        outcome.gaps.len(),
        escape(&view.run.ended),
        escape(&repository)
    );
    out.push_str(
        "<form hidden>\n<label class=\"grow\">Path <input name=\"path\" type=\"search\"></label>\n",
    );
    for (name, words) in [
        ("severity", "Severity"),
        ("provider", "Provider"),
        ("rule", "Rule"),
        ("status", "Status"),
        ("owner", "Owner"),
    ] {
        out.push_str(&format!("<label>{words} <select name=\"{name}\"><option value=\"\">all</option></select></label>\n"));
    }
    out.push_str(
        "<label>Age <select name=\"age\"><option value=\"\">any</option></select></label>\n",
    );
    out.push_str("</form>\n<p><span id=\"count\" role=\"status\"></span> <span class=\"mute\">· Keys: / path, j and k next and previous, Enter opens, Esc clears</span></p>\n<main>\n");
    let mut findings: Vec<&Finding> = record::shown(outcome, view).collect();
    findings.sort_by_key(|f| {
        (
            !policy::blocks(view.policy, f),
            std::cmp::Reverse(f.severity),
        )
    });
    for finding in findings {
        describe(finding, view, &mut out);
    }
    out.push_str("</main>\n");
    if !outcome.gaps.is_empty() {
        out.push_str("<h2>Not scanned</h2>\n<ul>\n");
        for gap in &outcome.gaps {
            out.push_str(&format!("<li>{}</li>\n", escape(&plain::gap(gap))));
        }
        out.push_str("</ul>\n");
    }
    out.push_str(&format!("<script>\n{SCRIPT}</script>\n</html>\n"));
    out
}

fn describe(finding: &Finding, view: &View<'_>, out: &mut String) {
    let rule = &finding.rule;
    let (status, reason) = record::status(finding);
    let status = match status {
        "open" if policy::blocks(view.policy, finding) => "blocks",
        "open" => "warns",
        other => other,
    };
    let paths: Vec<String> = finding.places.iter().map(plain::path).collect();
    let mut owners: Vec<String> = finding.places.iter().filter_map(owner).collect();
    owners.sort();
    owners.dedup();
    let since = since(finding);
    let days = since
        .as_ref()
        .and_then(|since| age(since, &view.run.ended))
        .map_or_else(String::new, |days| days.to_string());
    let severity = finding.severity.as_str();
    out.push_str(&format!(
        "<details data-rule=\"{}\" data-provider=\"{}\" data-severity=\"{severity}\" data-status=\"{status}\" data-path=\"{}\" data-owner=\"{}\" data-days=\"{days}\">\n<summary><span class=\"tag {severity}\">{severity}</span> <strong>{}</strong> <code>{}</code> <code class=\"grow\">{}</code> <span class=\"tag\">{status}</span></summary>\n<div class=\"in\">\n",
        escape(&rule.id),
        escape(&rule.provider),
        escape(&paths.join(" ")),
        escape(&owners.join("\n")),
        escape(&rule.name),
        escape(&finding.secret.masked(rule, '*')),
        escape(paths.first().map_or("", String::as_str)),
    ));
    let evidence: Vec<&str> = finding.evidence.iter().map(|e| e.0.as_ref()).collect();
    out.push_str(&format!(
        "<p>{} · confidence {} · {} · {}</p>\n",
        escape(&rule.about),
        finding.confidence.as_str(),
        escape(&evidence.join(", ")),
        escape(&rule.standards().join(", "))
    ));
    if let Some(since) = since {
        let day = since.strftime("%Y-%m-%d");
        let ago = if days.is_empty() {
            String::new()
        } else {
            format!(", {days} days ago")
        };
        out.push_str(&format!(
            "<p>in the history since {day}{ago}, by {}</p>\n",
            escape(&owners.join(", "))
        ));
    }
    if let Some(reason) = reason {
        out.push_str(&format!("<p>allowed: {}</p>\n", escape(&reason)));
    }
    for place in finding.places.iter().take(50) {
        out.push_str(&shown(place));
    }
    if finding.places.len() > 50 {
        out.push_str(&format!(
            "<p>and {} more places</p>\n",
            finding.places.len() - 50
        ));
    }
    let revoke = if rule.revoke.starts_with("https://") {
        format!(
            "<a rel=\"noreferrer\" href=\"{0}\">{0}</a>",
            escape(&rule.revoke)
        )
    } else {
        escape(&rule.revoke)
    };
    out.push_str(&format!(
        "<p>Revoke: {revoke}</p>\n<p>Not a secret? <code>keysieve allow {} --reason \"...\"</code></p>\n</div>\n</details>\n",
        finding.id
    ));
}

/// Who wrote the commit of a place: the name, without the address.
fn owner(place: &Place) -> Option<String> {
    let commit = place.origin.commit()?;
    let name = plain::clean(&commit.author);
    let name = name.split('<').next().unwrap_or_default().trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// When the first commit that holds it was made.
fn since(finding: &Finding) -> Option<jiff::Timestamp> {
    let commits = finding.places.iter().filter_map(|p| p.origin.commit());
    let first = commits.map(|commit| commit.time).min()?;
    jiff::Timestamp::from_second(first).ok()
}

/// Whole days until the report was made.
fn age(since: &jiff::Timestamp, ended: &str) -> Option<i64> {
    let ended: jiff::Timestamp = ended.parse().ok()?;
    Some((ended.as_second() - since.as_second()).max(0) / 86_400)
}

fn shown(place: &Place) -> String {
    let decoded = plain::decodings(place);
    let decoded = if decoded.is_empty() {
        decoded
    } else {
        format!(", {decoded}")
    };
    format!(
        "<p><code>{}:{}</code> <span class=\"mute\">{}{decoded}</span></p>\n<pre>{}</pre>\n",
        escape(&plain::path(place)),
        place.position.line,
        escape(&plain::origin(place)),
        escape(&place.excerpt.lines.join("\n"))
    )
}

/// Text or an attribute's value.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{CommitRef, Origin};
    use crate::policy::Policy;
    use crate::report::sample;

    #[test]
    fn the_owner_and_the_age_are_those_of_the_first_commit() {
        let policy = Policy::client();
        let mut outcome = sample::outcome();
        let commit = |name: &str, time| {
            Origin::Commit(CommitRef {
                id: "c".repeat(40),
                time,
                author: format!("{name} <x@example.com>").into_bytes(),
                root: false,
                merge: false,
            })
        };
        let [first, second] = outcome.findings[0].places.as_mut_slice() else {
            panic!("two places");
        };
        first.origin = commit("B\" onload=x", 1_790_000_000);
        second.origin = commit("A", 1_780_000_000);
        let text = render(&outcome, &sample::view(&policy));
        assert!(
            text.contains("data-owner=\"A\nB&quot; onload=x\" data-days=\"179\""),
            "{text}"
        );
        assert!(
            text.contains("since 2026-05-28, 179 days ago, by A, B&quot;"),
            "{text}"
        );
        assert!(!text.contains("x@example.com"), "{text}");
    }

    #[test]
    fn names_are_text_and_nothing_is_loaded() {
        let policy = Policy::client();
        let text = render(&sample::outcome(), &sample::view(&policy));
        assert!(
            text.contains("data-path=\"docs/`|&lt;b&gt;&amp;&quot;&#39;.md\""),
            "{text}"
        );
        assert!(
            !text.contains("<b>") && !text.contains('\u{202e}'),
            "{text}"
        );
        for loads in [" src=", "<link", "@import", "url(", "fetch("] {
            assert!(!text.contains(loads), "{loads}");
        }
        assert_eq!(text.matches("<details ").count(), 3);
        assert_eq!(text.matches("<script>").count(), 1);
    }
}
