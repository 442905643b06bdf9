//! Diagnostics for a person at a terminal, in rustc's form: one a secret, its other places below it, what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use unicode_width::UnicodeWidthStr;

mod column;
mod fill;
mod summary;
#[cfg(test)]
mod tests;

use self::column::with_columns;
use self::fill::{fill, fits};
use self::summary::last_line;
use super::recipe::{Recipe, recipe};
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
            out.push_str(&suppressed(finding, view.width));
        }
    }
    for gap in outcome.gaps.iter().take(20) {
        let word = if policy::leaves_undecided(view.policy, gap) {
            "error"
        } else {
            "warning"
        };
        out.push_str(&hanging(
            &format!("{word}: {}", plain::gap(gap)),
            view.width,
        ));
    }
    if outcome.gaps.len() > 20 {
        out.push_str(&format!(
            "warning: {} more not scanned\n",
            outcome.gaps.len() - 20
        ));
    }
    if outcome.verdict == Verdict::Undecided {
        out.push_str(way_on(outcome, view));
    }
    if view.summary || !out.is_empty() {
        out.push_str(&last_line(outcome, &sorted, view));
    }
    out
}

/// What to do where a run came to no verdict.
fn way_on(outcome: &Outcome, view: &View<'_>) -> &'static str {
    let mut undecided = outcome
        .gaps
        .iter()
        .filter(|gap| policy::leaves_undecided(view.policy, gap));
    if !undecided.any(plain::is_damage) {
        return "help: a limit of the policy: [policy] in .keysieve.toml; `keysieve config show` lists them\n";
    }
    match view.stage {
        Stage::Index | Stage::Message | Stage::LocalCommits | Stage::Pushed | Stage::History => {
            "help: `git fsck` says what is damaged; `git fetch` or another clone may still have it\n"
        }
        Stage::Files => "",
    }
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
    // Where the value can be read as it is comes before where it has to be decoded.
    let mut places: Vec<&Place> = finding.places.iter().collect();
    places.sort_by_key(|place| !place.route.is_empty());
    let Some((&first, others)) = places.split_first() else {
        return;
    };
    let others = others.get(..others.len().min(PLACES - 1)).unwrap_or(others);
    // Line numbers of all places stand in one column.
    let lines = std::iter::once(first).chain(others.iter().copied());
    let gutter = lines
        .map(|place| place.excerpt.line.to_string().len())
        .max()
        .unwrap_or(1);
    let level = if blocks { Level::ERROR } else { Level::WARNING };
    let word = if blocks { "error" } else { "warning" };
    let title = format!("{} in {}", rule.name, plain::origin(first));
    let title = fill(&title, view.width, word.len() + rule.id.len() + 4);
    let note = |text: &str| Level::NOTE.message(fill(text, view.width, gutter + 9));
    let (evidence, verdict) = evidence(finding, first);
    let beside = if evidence.is_empty() {
        verdict.to_owned()
    } else {
        format!("{evidence}: {verdict}")
    };
    // What has no room beside the value stands below it.
    let columns = view.width.saturating_sub(gutter + 3);
    let label = [beside.as_str(), verdict]
        .into_iter()
        .find(|label| label_fits(first, label, columns))
        .unwrap_or_default();
    let below = match label {
        "" => beside.as_str(),
        label if label == beside => "",
        _ => evidence.as_str(),
    };
    let mut group = level
        .primary_title(title)
        .id(rule.id.to_string())
        .element(snippet(first, AnnotationKind::Primary, label));
    for &place in others {
        let decoded = plain::decodings(place);
        let same = "the same value";
        let with_decoded = format!("{same}, {decoded}");
        let whole = if decoded.is_empty() {
            same
        } else {
            &with_decoded
        };
        let label = [whole, same]
            .into_iter()
            .find(|label| label_fits(place, label, columns))
            .unwrap_or_default();
        group = group.element(snippet(place, AnnotationKind::Context, label));
    }
    if finding.places.len() > PLACES {
        group = group.element(note(&format!(
            "the same value stands in {} more places",
            finding.places.len() - PLACES
        )));
    }
    if !below.is_empty() {
        group = group.element(note(below));
    }
    group = group.element(note(&format!(
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
        rule.standards()
            .into_iter()
            .take(2)
            .collect::<Vec<_>>()
            .join(", ")
    )));
    let mut groups: Vec<Group<'_>> = vec![group];
    groups.extend(instead(finding, first, view.width));
    for help in help(finding, view) {
        groups.push(Group::with_title(Level::HELP.secondary_title(help)));
    }
    let shown = std::iter::once(first).chain(others.iter().copied());
    let text = with_columns(&renderer.render(&groups), shown);
    let page = advice::page(&rule.revoke).filter(|_| view.links);
    match page.filter(|page| page.bytes().all(|b| b.is_ascii_graphic())) {
        Some(page) => out.push_str(&text.replace(page, &link(page))),
        None => out.push_str(&text),
    }
    out.push_str("\n\n");
}

/// An address that a terminal opens.
fn link(address: &str) -> String {
    format!("\x1b]8;;{address}\x1b\\{address}\x1b]8;;\x1b\\")
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

/// Whether a label has room behind the mark, in a line that is cut where it is wider than the terminal.
fn label_fits(place: &Place, label: &str, width: usize) -> bool {
    let (line, mark) = &place.excerpt.mark;
    let Some(text) = place.excerpt.lines.get(*line) else {
        return true;
    };
    let before = text.get(..mark.end).map_or(0, UnicodeWidthStr::width);
    let end = if fits(text, width) {
        before
    } else {
        // Where it is cut, the mark stands anywhere.
        before.min(width.saturating_sub(1))
    };
    fits(label, width.saturating_sub(end + 2))
}

/// Why it is believed to be real, in words, and how sure that is.
fn evidence(finding: &Finding, place: &Place) -> (String, &'static str) {
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
    (words.join(", "), verdict)
}

/// What the line could say instead.
fn instead<'p>(finding: &Finding, place: &'p Place, width: usize) -> Option<Group<'p>> {
    let code = advice::replacement(finding, place)?;
    let (line, _) = &place.excerpt.mark;
    let text = place.excerpt.lines.get(*line)?;
    // `12 + ` stands before both lines, and the new one may be the longer.
    let room = width.saturating_sub(6);
    let narrow = fits(text, room.saturating_sub(code.len()));
    let Some(value) = advice::quoted_value(place).filter(|value| {
        narrow
            || fits(
                text,
                (room + value.len()).saturating_sub(code.len()).min(room),
            )
    }) else {
        return Some(Group::with_title(Level::HELP.secondary_title(command(
            "read it from outside the file:",
            &code,
            width,
        ))));
    };
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
    out.extend(recipe(&[finding], stage, &view.situation).map(|recipe| steps(&recipe, view.width)));
    out.push(fill(
        &advice::consequence(finding, stage),
        view.width,
        HELP.len(),
    ));
    let id = &finding.id;
    let allow = format!("keysieve allow {id} --reason \"...\" --expires 90d");
    let allow = if fits(&allow, view.width.saturating_sub(HELP.len())) {
        allow
    } else {
        format!("keysieve allow {id} -r \"...\" -e 90d")
    };
    out.push(command("not a secret?", &allow, view.width));
    out
}

/// What stands before a help.
const HELP: &str = "help: ";

/// Words and what to paste, which is never broken: in one line, or on a line of its own.
fn command(words: &str, command: &str, width: usize) -> String {
    let line = format!("{words} {command}");
    if fits(&line, width.saturating_sub(HELP.len())) {
        line
    } else {
        format!("{words}\n{command}")
    }
}

/// A command, and what to do with it.
fn steps(recipe: &Recipe, width: usize) -> String {
    let Recipe { command, how, .. } = recipe;
    let line = format!("{command}        ({how})");
    if fits(&line, width.saturating_sub(HELP.len())) {
        line
    } else {
        format!(
            "{command}\n{}",
            fill(&format!("({how})"), width, HELP.len())
        )
    }
}

/// A line whose further lines are set in, so that none of a name's can look like one of ours.
fn hanging(line: &str, width: usize) -> String {
    let indent = "    ";
    fill(line, width, indent.len()).replace('\n', &format!("\n{indent}")) + "\n"
}

fn suppressed(finding: &Finding, width: usize) -> String {
    let why = match &finding.status {
        Status::Open => return String::new(),
        Status::Suppressed(Reason::Inline(reason)) => format!("allowed on its line: {reason}"),
        Status::Suppressed(Reason::Allow(reason)) => format!("allowed: {reason}"),
        Status::Suppressed(Reason::Baseline) => "in the baseline".to_owned(),
    };
    let mut out = String::new();
    let why = plain::clean(why.as_bytes());
    for place in &finding.places {
        let path = plain::path(place);
        let line = format!(
            "allowed[{}]: {path}:{} {} ({why})",
            finding.rule.id, place.position.line, finding.id,
        );
        out.push_str(&hanging(&line, width));
    }
    out
}
