//! A summary in Markdown, for a job's page or a comment. Names stand in `<code>` with everything but letters and digits
//! as entities: no markup of a repository's making, and nobody is mentioned.

use super::{View, plain, record};
use crate::outcome::{Finding, Outcome, Status, Verdict};
use crate::policy;

/// Rows of the table; a summary page has a limit of its own.
const ROWS: usize = 200;

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
    let mut out = format!("## keysieve: {head}\n\n");
    let rows: Vec<String> = record::shown(outcome, view)
        .flat_map(|finding| row(finding, view))
        .collect();
    if !rows.is_empty() {
        out.push_str("| | place | what | severity | confidence | id |\n| --- | --- | --- | --- | --- | --- |\n");
        out.extend(rows.iter().take(ROWS).map(String::as_str));
        out.push('\n');
    }
    if rows.len() > ROWS {
        out.push_str(&format!("and {} more places\n\n", rows.len() - ROWS));
    }
    for gap in outcome.gaps.iter().take(ROWS) {
        out.push_str(&format!("- {}\n", escape(&plain::gap(gap))));
    }
    if !outcome.gaps.is_empty() {
        out.push('\n');
    }
    if !sorted.blocking.is_empty() {
        out.push_str("Revoke what was pushed, then read it from the environment. Not a secret? `keysieve allow ID --reason \"...\"`\n\n");
    }
    out.push_str(&format!(
        "{} scanned; {} blocking, {} warning, {} allowed, {} not scanned. Nothing left this machine.\n",
        plain::bytes(outcome.stats.bytes),
        sorted.blocking.len(),
        sorted.warnings.len(),
        sorted.suppressed.len(),
        outcome.gaps.len()
    ));
    out
}

fn row(finding: &Finding, view: &View<'_>) -> Vec<String> {
    let what = match finding.status {
        Status::Suppressed(_) => "allowed",
        Status::Open if policy::blocks(view.policy, finding) => "**blocks**",
        Status::Open => "warns",
    };
    finding
        .places
        .iter()
        .map(|place| {
            format!(
                "| {what} | <code>{}:{}</code> | {} <code>{}</code> | {} | {} | <code>{}</code> |\n",
                escape(&plain::path(place)),
                place.position.line,
                escape(&finding.rule.name),
                escape(&finding.secret.masked(&finding.rule, '*')),
                finding.severity.as_str(),
                finding.confidence.as_str(),
                finding.id
            )
        })
        .collect()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain::clean(text.as_bytes()).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '/' | '.' | '-') {
            out.push(c);
        } else {
            out.push_str(&format!("&#{};", u32::from(c)));
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
    fn names_are_no_markup() {
        let policy = Policy::client();
        let text = render(&sample::outcome(), &sample::view(&policy));
        assert!(
            text.starts_with("## keysieve: blocked: 1 secret\n"),
            "{text}"
        );
        for row in text.lines().filter(|line| line.starts_with('|')) {
            assert_eq!(row.matches('|').count(), 7, "{row}");
        }
        assert!(
            text.contains("<code>docs/&#96;&#124;&#60;b&#62;&#38;&#34;&#39;.md:3</code>"),
            "{text}"
        );
        assert!(
            !text.contains("@evil") && !text.contains('\u{202e}'),
            "{text}"
        );
    }
}
