//! Reports: an [`Outcome`] in, text out. No decisions here; nothing printed holds a value, since a reporter gets only
//! masked excerpts and `Secret` cannot be printed.

mod advice;
mod csv;
mod explain;
mod github;
mod gitlab;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod plain;
mod recipe;
mod record;
#[cfg(test)]
mod sample;
mod sarif;
mod server;
mod text;
mod variable;

use std::path::Path;

pub use advice::page;
pub use explain::explain;

use crate::finding::named;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::source::provenance::Provenance;
pub use recipe::Situation;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Diagnostics for a person at a terminal.
    Text,
    /// One JSON object a place and line.
    Jsonl,
    /// One JSON document with findings, gaps and the verdict.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitLab's secret detection report.
    Gitlab,
    /// JUnit XML: a failed test a place.
    Junit,
    /// Workflow commands that GitHub shows beside the lines.
    Github,
    Csv,
    /// A table for a job's summary page.
    Markdown,
    /// A page to look through, in one file.
    Html,
}
named!(Format {
    Text = "text",
    Jsonl = "jsonl",
    Json = "json",
    Sarif = "sarif",
    Gitlab = "gitlab",
    Junit = "junit",
    Github = "github",
    Csv = "csv",
    Markdown = "markdown",
    Html = "html",
});

/// Names of files that tell which format they hold.
const BY_NAME: &[(&str, Format)] = &[
    ("gl-secret-detection-report.json", Format::Gitlab),
    (".sarif.json", Format::Sarif),
    (".sarif", Format::Sarif),
    (".jsonl", Format::Jsonl),
    (".json", Format::Json),
    (".xml", Format::Junit),
    (".csv", Format::Csv),
    (".md", Format::Markdown),
    (".html", Format::Html),
    (".txt", Format::Text),
];

impl Format {
    /// The format that a report's file asks for by its name.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        BY_NAME
            .iter()
            .find(|(end, _)| name.ends_with(end))
            .map(|(_, format)| *format)
    }

    /// Whether the report tells of the repository that was scanned.
    #[must_use]
    pub fn tells_provenance(self) -> bool {
        match self {
            Self::Json | Self::Sarif | Self::Gitlab | Self::Html => true,
            Self::Text | Self::Jsonl | Self::Junit | Self::Github | Self::Csv | Self::Markdown => {
                false
            }
        }
    }
}

/// Where the content was on its way, which decides what a person has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Staged, in no commit yet.
    Index,
    /// A commit message being written.
    Message,
    /// In commits that are about to leave the machine.
    LocalCommits,
    /// In commits that were sent to this server.
    Pushed,
    /// In a history that others may have.
    History,
    /// Files, archives or standard input.
    Files,
}
named!(Stage {
    Index = "index",
    Message = "message",
    LocalCommits = "push",
    Pushed = "receive",
    History = "history",
    Files = "files",
});

/// When a run took place and what repository it looked at, for the formats that tell it.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Beginning and end, `2026-11-24T15:20:58Z`.
    pub started: String,
    pub ended: String,
    pub provenance: Option<Provenance>,
}

/// What a reporter needs besides the outcome.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of one print"
)]
pub struct View<'v> {
    pub policy: &'v Policy,
    pub stage: Stage,
    pub color: bool,
    /// Addresses are links: the terminal knows OSC 8.
    pub links: bool,
    /// Columns of the terminal.
    pub width: usize,
    pub show_suppressed: bool,
    /// The refs of a push, as words.
    pub refs: Vec<String>,
    /// `GL-HOOK-ERR:` before each line: GitLab's web interface shows only such lines.
    pub gitlab_web: bool,
    pub situation: Situation,
    /// Print the last line also where nothing was found.
    pub summary: bool,
    pub run: Run,
}

/// The report for people on a client, or for programs.
#[must_use]
pub fn render(format: Format, outcome: &Outcome, view: &View<'_>) -> String {
    match format {
        Format::Text => text::render(outcome, view),
        Format::Jsonl => jsonl::render(outcome, view),
        Format::Json => json::render(outcome, view),
        Format::Sarif => sarif::render(outcome, view),
        Format::Gitlab => gitlab::render(outcome, view),
        Format::Junit => junit::render(outcome, view),
        Format::Github => github::render(outcome, view),
        Format::Csv => csv::render(outcome, view),
        Format::Markdown => markdown::render(outcome, view),
        Format::Html => html::render(outcome, view),
    }
}

/// The report that a pusher sees: ASCII, at most 72 columns.
#[must_use]
pub fn render_for_pusher(outcome: &Outcome, view: &View<'_>) -> String {
    server::render(outcome, view)
}

/// One line about a finding: its id, rule and first place.
#[must_use]
pub fn finding_line(finding: &crate::outcome::Finding) -> String {
    let place = finding.places.first().map_or_else(String::new, |place| {
        format!(" {}:{}", plain::path(place), place.position.line)
    });
    format!("{} {}{place}", finding.id, finding.rule.id)
}

/// What else a pusher must know, one or more lines, in the same form.
#[must_use]
pub fn lines_for_pusher(text: &str, gitlab_web: bool) -> String {
    server::lay_out(text.lines(), gitlab_web)
}

/// An error's lines for a terminal, without a character that could move its cursor.
#[must_use]
pub fn error_lines(text: &str) -> String {
    let lines = text.lines().map(|line| plain::clean(line.as_bytes()));
    lines.collect::<Vec<_>>().join("\n")
}

/// One line about something that was not examined.
#[must_use]
pub fn gap_line(gap: &crate::finding::Gap) -> String {
    format!("warning: {}", plain::gap(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_format_holds_a_value_or_a_character_that_moves_a_cursor() {
        let policy = Policy::client();
        let (outcome, view) = (sample::outcome(), sample::view(&policy));
        for name in Format::NAMES {
            let format = Format::parse(name).unwrap();
            let text = render(format, &outcome, &view);
            assert!(!text.contains(sample::VALUE), "{name}: {text}");
            assert!(text.contains("0123456789abcdef"), "{name}: {text}");
            let moves = |c: char| {
                (c.is_control() && c != '\n' && c != '\r') || crate::scan::is_invisible(c)
            };
            assert!(!text.contains(moves), "{name}: {text:?}");
            assert_eq!(text, render(format, &outcome, &view), "{name} is stable");
        }
    }

    #[test]
    fn a_files_name_tells_its_format() {
        let of = |name: &str| Format::of_file(Path::new(name));
        assert_eq!(of("out/x.sarif"), Some(Format::Sarif));
        assert_eq!(of("gl-secret-detection-report.json"), Some(Format::Gitlab));
        assert_eq!(of("R.JSON"), Some(Format::Json));
        assert_eq!(of("junit.xml"), Some(Format::Junit));
        assert_eq!(of("report"), None);
    }
}
