//! Workflow commands of GitHub Actions: an annotation a place. Nothing a repository holds can start a command.

use super::{View, plain, record};
use crate::outcome::{Outcome, Status};
use crate::policy;

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let mut out = String::new();
    for finding in record::shown(outcome, view) {
        let level = match finding.status {
            Status::Suppressed(_) => "notice",
            Status::Open if policy::blocks(view.policy, finding) => "error",
            Status::Open => "warning",
        };
        for place in &finding.places {
            let mut properties = vec![("file", plain::clean(&place.path))];
            if record::is_in_file(place) {
                properties.push(("line", place.position.line.to_string()));
                properties.push(("endLine", place.position.line_end.to_string()));
                if let Some((start, end)) = record::columns(finding, place) {
                    properties.push(("col", start.to_string()));
                    properties.push(("endColumn", end.to_string()));
                }
            }
            properties.push(("title", plain::clean(finding.rule.name.as_bytes())));
            let properties: Vec<String> = properties
                .into_iter()
                .map(|(key, value)| format!("{key}={}", property(&value)))
                .collect();
            out.push_str(&format!(
                "::{level} {}::{}\n",
                properties.join(","),
                data(&message(finding, place))
            ));
        }
    }
    for gap in &outcome.gaps {
        let level = if policy::leaves_undecided(view.policy, gap) {
            "error"
        } else {
            "warning"
        };
        out.push_str(&format!("::{level} ::{}\n", data(&plain::gap(gap))));
    }
    out
}

fn message(finding: &crate::outcome::Finding, place: &crate::outcome::Place) -> String {
    let mut lines = vec![record::sentence(finding)];
    let decoded = plain::decodings(place);
    if !decoded.is_empty() {
        lines.push(format!("it stands here as {decoded}"));
    }
    if !record::is_in_file(place) {
        lines.push(format!("in {}", plain::path(place)));
    }
    if let (_, Some(reason)) = record::status(finding) {
        lines.push(format!("allowed: {reason}"));
    } else {
        if !finding.rule.revoke.is_empty() {
            lines.push(format!("revoke: {}", finding.rule.revoke));
        }
        lines.push(format!(
            "not a secret? keysieve allow {} --reason \"...\"",
            finding.id
        ));
    }
    lines.join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::report::sample;

    #[test]
    fn nothing_starts_a_command_of_its_own() {
        let policy = Policy::client();
        let text = render(&sample::outcome(), &sample::view(&policy));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5, "{text}");
        assert!(
            lines[0].starts_with("::error file=src/a%2Cb%3Ac.py,line=3,endLine=3,col=9,endColumn=17,title=GitHub personal access token::"),
            "{text}"
        );
        assert!(
            lines[1].starts_with("::error file==cmd|x.zip,title="),
            "{text}"
        );
        assert!(lines[2].starts_with("::notice "), "{text}");
        assert!(
            lines[3].starts_with("::warning file=@evil\\u{202e}\\n%3A%3Aerror%3A%3Ax,"),
            "{text}"
        );
        assert!(
            lines[4].starts_with("::error ::not scanned: big\\n.bin"),
            "{text}"
        );
        assert_eq!(data("50%\r\n"), "50%25%0D%0A");
    }
}
