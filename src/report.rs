//! Reports: an [`Outcome`] in, text out. No decisions here; nothing printed holds a value, since a reporter gets only
//! masked excerpts and `Secret` cannot be printed.

mod advice;
mod jsonl;
mod plain;
mod server;
mod text;

use crate::finding::named;
use crate::outcome::Outcome;
use crate::policy::Policy;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Diagnostics for a person at a terminal.
    Text,
    /// One JSON object a place and line.
    Jsonl,
}
named!(Format { Text = "text", Jsonl = "jsonl" });

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
    /// Columns of the terminal.
    pub width: usize,
    pub show_suppressed: bool,
    /// The refs of a push, as words.
    pub refs: Vec<String>,
    /// `GL-HOOK-ERR:` before each line: GitLab's web interface shows only such lines.
    pub gitlab_web: bool,
    /// Print the last line also where nothing was found.
    pub summary: bool,
}

/// The report for people on a client, or for programs.
#[must_use]
pub fn render(format: Format, outcome: &Outcome, view: &View<'_>) -> String {
    match format {
        Format::Text => text::render(outcome, view),
        Format::Jsonl => jsonl::render(outcome, view),
    }
}

/// The report that a pusher sees: ASCII, at most 72 columns.
#[must_use]
pub fn render_for_pusher(outcome: &Outcome, view: &View<'_>) -> String {
    server::render(outcome, view)
}

/// One line about something that was not examined.
#[must_use]
pub fn gap_line(gap: &crate::finding::Gap) -> String {
    format!("warning: {}", plain::gap(gap))
}
