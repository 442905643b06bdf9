//! From what was found to the exit code: suppress, decide, print.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use super::{complain, say, today};
use crate::attribute::Reviewed;
use crate::cli::{Color, Output};
use crate::config::Config;
use crate::finding::Gap;
use crate::outcome::{Finding, Outcome, Stats};
use crate::policy;
use crate::report::{self, Format, Stage, View};
use crate::suppress::Suppressions;

/// A run's findings on their way to a verdict.
pub(super) struct Report {
    config: Config,
    stage: Stage,
    started: Instant,
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
    stats: Stats,
}

impl Report {
    pub(super) fn of(config: Config, stage: Stage, started: Instant, reviewed: Reviewed) -> Self {
        let Reviewed {
            findings,
            gaps,
            stats,
        } = reviewed;
        Self {
            config,
            stage,
            started,
            findings,
            gaps,
            stats,
        }
    }

    /// Labels and judges the findings.
    pub(super) fn decide(mut self) -> (Config, Stage, Outcome) {
        if !self.findings.is_empty() {
            let allow = std::mem::take(&mut self.config.allow);
            for entry in allow.iter().filter(|entry| entry.expired(today())) {
                complain(&format!(
                    "warning: {}: this allow entry has expired and holds no longer",
                    entry.source
                ));
            }
            let suppressions = Suppressions {
                allow,
                inline: self.config.policy.allow_inline,
            };
            self.findings = suppressions.apply(self.findings, today());
        }
        let verdict = policy::decide(&self.config.policy, &self.findings, &self.gaps);
        self.stats.elapsed = self.started.elapsed();
        let outcome = Outcome {
            findings: self.findings,
            gaps: self.gaps,
            stats: self.stats,
            verdict,
        };
        (self.config, self.stage, outcome)
    }

    /// The report of a scan that a person or a program asked for.
    pub(super) fn finish(self, output: &Output) -> Result<ExitCode> {
        let (config, stage, outcome) = self.decide();
        let stdout = std::io::stdout();
        let color = match output.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                stdout.is_terminal()
                    && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
            }
        };
        let view = View {
            policy: &config.policy,
            stage,
            color,
            width: width(),
            show_suppressed: output.show_suppressed,
            refs: Vec::new(),
            gitlab_web: false,
            summary: !output.quiet,
        };
        say(&report::render(output.format, &outcome, &view))?;
        if output.format != Format::Text {
            // A program reads standard output; a person still learns what was not looked at.
            for gap in &outcome.gaps {
                complain(&report::gap_line(gap));
            }
        }
        Ok(outcome.verdict.into())
    }
}

/// Columns of the terminal that standard output is.
pub(super) fn width() -> usize {
    terminal_columns().unwrap_or(100).clamp(40, 200)
}

#[expect(
    unsafe_code,
    reason = "the size of a terminal has no safe binding in the standard library"
)]
fn terminal_columns() -> Option<usize> {
    let mut size = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: TIOCGWINSZ writes one `winsize` to the pointer, which is valid for the call.
    let result = unsafe { libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, &raw mut size) };
    (result == 0 && size.ws_col > 0).then(|| usize::from(size.ws_col))
}
