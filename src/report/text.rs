//! Diagnostics for a person at a terminal, in rustc's form: one a secret, its other places below it, what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::recipe::recipe;
use super::{Stage, View, advice, plain};
use crate::finding::Confidence;
use crate::outcome::{Finding, Outcome, Place, Reason, Status, Verdict};
use crate::policy;

/// Places of one secret that are shown with their line.
const PLACES: usize = 4;

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let sorted = plain::sort(view.policy, outcome);
    let renderer = if view.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer
        .decor_style(DecorStyle::Ascii)
        .term_width(view.width);
    let mut out = String::new();
    let show = view.policy.show;
    for finding in sorted.blocking.iter().take(show) {
        diagnose(finding, true, view, &renderer, &mut out);
    }
    let left = show.saturating_sub(sorted.blocking.len());
    for finding in sorted.warnings.iter().take(left) {
        diagnose(finding, false, view, &renderer, &mut out);
    }
    more(&sorted.blocking, show, "blocking", &mut out);
    more(&sorted.warnings, left, "low-confidence", &mut out);
    if view.show_suppressed {
        for finding in &sorted.suppressed {
            out.push_str(&suppressed(finding));
        }
    }
    for gap in outcome.gaps.iter().take(20) {
        let word = if policy::leaves_undecided(view.policy, gap) {
            "error"
        } else {
            "warning"
        };
        out.push_str(&format!("{word}: {}\n", plain::gap(gap)));
    }
    if outcome.gaps.len() > 20 {
        out.push_str(&format!(
            "warning: {} more not scanned\n",
            outcome.gaps.len() - 20
        ));
    }
    if view.summary || !out.is_empty() {
        out.push_str(&last_line(outcome, &sorted, view));
    }
    out
}

fn more(findings: &[&Finding], shown: usize, what: &str, out: &mut String) {
    let Some(hidden) = findings.get(shown..).filter(|hidden| !hidden.is_empty()) else {
        return;
    };
    out.push_str(&format!("and {} more {what}:\n", hidden.len()));
    for finding in hidden.iter().take(20) {
        if let Some(place) = finding.places.first() {
            out.push_str(&format!(
                "  {}:{} {} ({})\n",
                plain::path(place),
                place.position.line,
                finding.rule.id,
                finding.id
            ));
        }
    }
    if hidden.len() > 20 {
        out.push_str("  ... `--format jsonl` lists them all\n");
    }
}

fn diagnose(
    finding: &Finding,
    blocks: bool,
    view: &View<'_>,
    renderer: &Renderer,
    out: &mut String,
) {
    let rule = &finding.rule;
    let Some(first) = finding.places.first() else {
        return;
    };
    let level = if blocks { Level::ERROR } else { Level::WARNING };
    let title = format!("{} in {}", rule.name, plain::origin(first));
    let mut group = level
        .primary_title(title)
        .id(rule.id.to_string())
        .element(snippet(
            first,
            AnnotationKind::Primary,
            &evidence(finding, first),
        ));
    for place in finding.places.iter().skip(1).take(PLACES - 1) {
        let decoded = plain::decodings(place);
        let label = if decoded.is_empty() {
            "the same value".to_owned()
        } else {
            format!("the same value, {decoded}")
        };
        group = group.element(snippet(place, AnnotationKind::Context, &label));
    }
    if finding.places.len() > PLACES {
        group = group.element(Level::NOTE.message(format!(
            "the same value stands in {} more places",
            finding.places.len() - PLACES
        )));
    }
    group = group.element(Level::NOTE.message(format!(
        "{} severity{}. {} ({})",
        finding.severity.as_str(),
        if rule.environment.is_empty() {
            String::new()
        } else {
            format!(", {} environment", rule.environment)
        },
        if rule.about.is_empty() {
            "A credential"
        } else {
            rule.about.trim_end_matches('.')
        },
        rule.standards().into_iter().take(2).collect::<Vec<_>>().join(", ")
    )));
    let mut groups: Vec<Group<'_>> = vec![group];
    groups.extend(instead(finding, first));
    for help in help(finding, view) {
        groups.push(Group::with_title(Level::HELP.secondary_title(help)));
    }
    out.push_str(&renderer.render(&groups));
    out.push_str("\n\n");
}

fn snippet<'s>(place: &'s Place, kind: AnnotationKind, label: &str) -> Snippet<'s, Annotation<'s>> {
    let (line, mark) = &place.excerpt.mark;
    let before: usize = place
        .excerpt
        .lines
        .iter()
        .take(*line)
        .map(|l| l.len() + 1)
        .sum();
    Snippet::source(place.excerpt.lines.join("\n"))
        .line_start(place.excerpt.line as usize)
        .path(plain::path(place))
        .annotation(
            kind.span(before + mark.start..before + mark.end)
                .label(label.to_owned()),
        )
}

/// Why it is believed to be real, in words.
fn evidence(finding: &Finding, place: &Place) -> String {
    let mut words: Vec<&str> = finding.evidence.iter().map(|e| e.0.as_ref()).collect();
    let decoded = plain::decodings(place);
    let decoded = if decoded.is_empty() {
        String::new()
    } else {
        format!("after decoding {decoded}")
    };
    if !decoded.is_empty() {
        words.push(&decoded);
    }
    let verdict = match finding.confidence {
        Confidence::Certain => "a real one",
        Confidence::High => "very likely real",
        Confidence::Medium => "probably real",
        Confidence::Low => "perhaps real",
    };
    if words.is_empty() {
        verdict.to_owned()
    } else {
        format!("{}: {verdict}", words.join(", "))
    }
}

/// What the line could say instead.
fn instead<'p>(finding: &Finding, place: &'p Place) -> Option<Group<'p>> {
    let code = advice::replacement(finding, place)?;
    let Some(value) = advice::quoted_value(place) else {
        return Some(Group::with_title(
            Level::HELP.secondary_title(format!("read it from outside the file: {code}")),
        ));
    };
    let (line, _) = &place.excerpt.mark;
    let text = place.excerpt.lines.get(*line)?;
    let snippet = Snippet::source(text)
        .line_start(place.excerpt.line as usize + line)
        .patch(Patch::new(value, code));
    Some(
        Level::HELP
            .secondary_title("read it from outside the file")
            .element(snippet),
    )
}

fn help(finding: &Finding, view: &View<'_>) -> Vec<String> {
    let stage = view.stage;
    let mut out = Vec::new();
    out.extend(recipe(&[finding], stage, &view.situation).map(|recipe| recipe.line()));
    out.push(advice::consequence(finding, stage));
    out.push(format!(
        "not a secret? keysieve allow {} --reason \"...\" --expires 90d",
        finding.id
    ));
    out
}

fn suppressed(finding: &Finding) -> String {
    let why = match &finding.status {
        Status::Open => return String::new(),
        Status::Suppressed(Reason::Inline(reason)) => format!("allowed on its line: {reason}"),
        Status::Suppressed(Reason::Allow(reason)) => format!("allowed: {reason}"),
        Status::Suppressed(Reason::Baseline) => "in the baseline".to_owned(),
    };
    let mut out = String::new();
    for place in &finding.places {
        out.push_str(&format!(
            "allowed[{}]: {}:{} {} ({why})\n",
            finding.rule.id,
            plain::path(place),
            place.position.line,
            finding.id,
            why = plain::clean(why.as_bytes())
        ));
    }
    out
}

fn last_line(outcome: &Outcome, sorted: &plain::Sorted<'_>, view: &View<'_>) -> String {
    let stats = &outcome.stats;
    let what = match view.stage {
        Stage::Index => plain::count(
            usize::try_from(stats.contents).unwrap_or(usize::MAX),
            "staged file",
            "staged files",
        ),
        Stage::Message => "the message".to_owned(),
        Stage::LocalCommits | Stage::Pushed | Stage::History => plain::count(
            usize::try_from(stats.commits).unwrap_or(usize::MAX),
            "commit",
            "commits",
        ),
        Stage::Files => plain::count(
            usize::try_from(stats.contents).unwrap_or(usize::MAX),
            "file",
            "files",
        ),
    };
    let places: usize = sorted.blocking.iter().map(|f| f.places.len()).sum();
    let head = match outcome.verdict {
        Verdict::Block => format!(
            "blocked: {} in {}",
            plain::count(sorted.blocking.len(), "secret", "secrets"),
            plain::count(places, "place", "places")
        ),
        Verdict::Undecided => "undecided: not everything could be scanned".to_owned(),
        Verdict::Pass if !sorted.blocking.is_empty() => {
            format!(
                "warned: {}",
                plain::count(sorted.blocking.len(), "secret", "secrets")
            )
        }
        Verdict::Pass => "passed".to_owned(),
    };
    let mut extra = String::new();
    if !sorted.warnings.is_empty() {
        extra.push_str(&format!(
            "; {}",
            plain::count(sorted.warnings.len(), "warning", "warnings")
        ));
    }
    if !sorted.suppressed.is_empty() {
        extra.push_str(&format!("; {} allowed", sorted.suppressed.len()));
    }
    if !outcome.gaps.is_empty() {
        extra.push_str(&format!("; {} not scanned", outcome.gaps.len()));
    }
    let nothing = if stats.bytes == 0 {
        "; there was nothing to scan"
    } else {
        ""
    };
    format!(
        "{head}{extra}; {what}, {}, {}; nothing left this machine{nothing}\n",
        plain::bytes(stats.bytes),
        plain::elapsed(stats.elapsed)
    )
}
