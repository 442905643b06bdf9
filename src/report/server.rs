//! The report a pusher sees through `remote: `: printable ASCII, at most 72 columns, no line that content can start.

use super::recipe::recipe;
use super::{View, plain};
use crate::finding::Evidence;
use crate::outcome::{Finding, Origin, Outcome, Place, Verdict};
use crate::policy;

const WIDTH: usize = 72;

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let sorted = plain::sort(view.policy, outcome);
    let mut lines: Vec<String> = Vec::new();
    match outcome.verdict {
        Verdict::Pass if sorted.warnings.is_empty() && sorted.blocking.is_empty() => {}
        Verdict::Pass => lines.push(format!(
            "warning: {} in this push, accepted by policy",
            plain::count(
                sorted.blocking.len() + sorted.warnings.len(),
                "possible secret",
                "possible secrets"
            )
        )),
        Verdict::Block => lines.push(headline(&sorted.blocking, outcome, view)),
        Verdict::Undecided => {
            lines.push("error: push rejected: it could not be scanned completely".to_owned());
        }
    }
    // Where the policy only warns, what would have been refused comes first.
    let shown: Vec<&Finding> = match outcome.verdict {
        Verdict::Block => sorted.blocking.clone(),
        Verdict::Pass | Verdict::Undecided => [&sorted.blocking[..], &sorted.warnings].concat(),
    };
    for finding in shown.iter().take(view.policy.show) {
        describe(finding, outcome.verdict, &mut lines);
    }
    if shown.len() > view.policy.show {
        lines.push(format!("  and {} more", shown.len() - view.policy.show));
    }
    if outcome.verdict == Verdict::Block {
        rewrite_hint(&sorted.blocking, view, &mut lines);
    }
    let (undecided, noted): (Vec<_>, Vec<_>) = outcome
        .gaps
        .iter()
        .partition(|gap| policy::leaves_undecided(view.policy, gap));
    for gap in undecided.iter().take(10) {
        lines.push(format!("error: {}", plain::gap(gap)));
    }
    for gap in noted.iter().take(5) {
        lines.push(format!("warning: {}", plain::gap(gap)));
    }
    if outcome.gaps.len() > 15 {
        lines.push(format!(
            "warning: {} more not scanned",
            outcome.gaps.len() - 15
        ));
    }
    if outcome.verdict == Verdict::Undecided {
        if undecided.iter().any(|gap| plain::is_damage(gap)) {
            lines.push("hint: `git fsck` in your clone says whether it is damaged".to_owned());
        }
        lines.push("hint: ask the administrator: what cannot be read is refused".to_owned());
    }
    if !sorted.suppressed.is_empty() && !lines.is_empty() {
        lines.push(format!(
            "  {} allowed",
            plain::count(sorted.suppressed.len(), "finding", "findings")
        ));
    }
    lay_out(lines.iter().map(String::as_str), view.gitlab_web)
}

/// Lines as a pusher's terminal, or GitLab's web interface, shows them.
pub(super) fn lay_out<'l>(lines: impl Iterator<Item = &'l str>, gitlab_web: bool) -> String {
    let prefix = if gitlab_web { "GL-HOOK-ERR: " } else { "" };
    let mut out = String::new();
    for line in lines {
        for part in wrap(&plain::ascii(line), WIDTH - prefix.len()) {
            out.push_str(prefix);
            out.push_str(&part);
            out.push('\n');
        }
    }
    out
}

fn headline(blocking: &[&Finding], outcome: &Outcome, view: &View<'_>) -> String {
    let secrets = plain::count(blocking.len(), "secret", "secrets");
    let commits = usize::try_from(outcome.stats.commits).unwrap_or(usize::MAX);
    let refs = match view.refs.as_slice() {
        [] => String::new(),
        [one] => format!(" ({one})"),
        many => format!(" ({} refs)", many.len()),
    };
    let place = match commits {
        0 => "outside of any commit".to_owned(),
        n => format!("in {}", plain::count(n, "new commit", "new commits")),
    };
    format!("error: push rejected: {secrets} {place}{refs}")
}

fn describe(finding: &Finding, verdict: Verdict, lines: &mut Vec<String>) {
    let rule = &finding.rule;
    let evidence = finding.evidence.last().map_or("", |Evidence(words)| words);
    lines.push(format!(
        "  {} {}",
        rule.name,
        finding.secret.masked(rule, '*')
    ));
    lines.push(format!(
        "  {}, {}",
        finding.severity.as_str(),
        if evidence.is_empty() {
            "matches its form"
        } else {
            evidence
        }
    ));
    for (i, place) in finding.places.iter().take(3).enumerate() {
        lines.push(format!(
            "  {}{}",
            where_it_is(place),
            if i == 0 {
                "   introduced here"
            } else {
                "   same value"
            }
        ));
    }
    if finding.places.len() > 3 {
        lines.push(format!("  and {} more places", finding.places.len() - 3));
    }
    if verdict == Verdict::Block {
        if rule.revoke.contains("://") {
            let link = &rule.revoke;
            lines.push(format!("hint: it left your machine: revoke {link}"));
        } else if !rule.revoke.is_empty() {
            lines.push(format!("hint: it left your machine. {}", rule.revoke));
        }
        lines.push(format!(
            "hint: not a secret? ask for: keysieve allow {}",
            finding.id
        ));
    }
}

fn where_it_is(place: &Place) -> String {
    let path = plain::path(place);
    let line = place.position.line;
    let decoded = plain::decodings(place);
    let decoded = if decoded.is_empty() {
        String::new()
    } else {
        format!(" ({decoded})")
    };
    match (plain::commit(place), &place.origin) {
        (Some(commit), _) => format!("{commit} {path}:{line}{decoded}"),
        // A blob that only its id names.
        (None, Origin::Object(id)) if path.ends_with(id.as_str()) => {
            format!("{}:{line}{decoded}", plain::origin(place))
        }
        (None, _) => format!("{} {path}:{line}{decoded}", plain::origin(place)),
    }
}

/// How to rewrite the commits at hand: a new commit on top leaves the value in the old one.
fn rewrite_hint(blocking: &[&Finding], view: &View<'_>, lines: &mut Vec<String>) {
    let Some(recipe) = recipe(blocking, view.stage, &view.situation) else {
        return;
    };
    if let Some(commit) = &recipe.commit {
        lines.push(format!(
            "hint: a new commit on top is not enough, rewrite {commit}:"
        ));
    }
    lines.push(format!("hint:   {}", recipe.command));
    lines.push(format!("hint:   ({})", recipe.how));
}

/// Breaks a line at blanks, or anywhere if it must; continuation lines are indented, so that no part of a name can
/// look like a line of ours.
fn wrap(line: &str, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    let mut current = String::new();
    // One word for one error, however long it is; only the commands of a hint stand apart.
    let indent = if line.starts_with("hint: ") {
        "hint:   "
    } else {
        "    "
    };
    for word in line.split_inclusive(' ') {
        if current.len() + word.trim_end().len() > width
            && current.trim() != indent.trim()
            && !current.trim().is_empty()
        {
            out.push(current.trim_end().to_owned());
            indent.clone_into(&mut current);
        }
        for c in word.chars() {
            if current.len() >= width {
                if c == ' ' {
                    continue;
                }
                out.push(std::mem::replace(&mut current, indent.to_owned()));
            }
            current.push(c);
        }
    }
    out.push(current.trim_end().to_owned());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_keep_their_width_and_prefix() {
        let text = format!("error: {} end", "x".repeat(150));
        let lines = wrap(&text, 72);
        assert!(lines.iter().all(|l| l.len() <= 72), "{lines:?}");
        assert!(
            lines.iter().skip(1).all(|l| l.starts_with("    ")),
            "{lines:?}"
        );
        assert_eq!(wrap("short", 72), ["short"]);
    }
}
