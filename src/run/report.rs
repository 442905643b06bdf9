//! From what was found to the exit code: suppress, decide, print.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use super::{aside, complain, say, today};
use crate::attribute::{Hidden, Reviewed};
use crate::cli::{Color, Output};
use crate::config::{Config, Environment};
use crate::finding::Gap;
use crate::host::GitEnv;
use crate::outcome::{Finding, Outcome, Stats, Status};
use crate::policy;
use crate::report::{self, Format, Run, Situation, Stage, View};
use crate::source::provenance::Provenance;
use crate::source::repo::{GitRepo, Place};
use crate::suppress::{Allow, Suppressions};

/// A run's findings on their way to a verdict.
pub(super) struct Report {
    config: Config,
    stage: Stage,
    started: Instant,
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
    stats: Stats,
    repository: PathBuf,
    /// Whether entries that allow nothing are told.
    tells_unused: bool,
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
            repository: PathBuf::from("."),
            tells_unused: false,
        }
    }

    /// Has allow entries told that allow nothing: on a build server, where all was looked at.
    pub(super) fn telling_unused(mut self, tells: bool) -> Self {
        self.tells_unused = tells;
        self
    }

    /// Names the repository that was looked at, where that is not the one of the current folder.
    pub(super) fn in_repository(mut self, path: PathBuf) -> Self {
        self.repository = path;
        self
    }

    /// Labels and judges the findings.
    pub(super) fn decide(mut self) -> (Config, Stage, Outcome) {
        let allow = std::mem::take(&mut self.config.allow);
        if self.tells_unused {
            for entry in Allow::unused(&allow, &self.findings, today()) {
                self.warn(entry, "allows nothing of what was scanned; can it go?");
            }
        }
        if !self.findings.is_empty() {
            for entry in &allow {
                if entry.expired(today()) {
                    self.warn(entry, "has expired and holds no longer");
                } else if let Some(last) = entry.ends_soon(today())
                    && Allow::unused(std::slice::from_ref(entry), &self.findings, today())
                        .is_empty()
                {
                    self.warn(entry, &format!("is in use and expires on {last}"));
                }
            }
            let suppressions = Suppressions {
                allow,
                inline: self.config.policy.allow_inline,
                foreign: self.config.policy.foreign_inline,
                baseline: std::mem::take(&mut self.config.baseline),
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

    /// Warns of an allow entry, in the form of the stage.
    fn warn(&self, entry: &Allow, words: &str) {
        let text = format!("warning: {}: this allow entry {words}", entry.source);
        if self.stage == Stage::Pushed {
            complain(report::lines_for_pusher(&text, false).trim_end());
        } else {
            complain(&text);
        }
    }

    /// The report of a scan that a person or a program asked for.
    pub(super) fn finish(self, output: &Output) -> Result<ExitCode> {
        let repository = self.repository.clone();
        let (config, stage, outcome) = self.decide();
        if output.verbose {
            complain(&verbose(&config, &outcome));
        }
        let stdout = std::io::stdout();
        let color = match output.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                stdout.is_terminal()
                    && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
            }
        };
        let mut formats = output.files.iter().map(|(format, _)| *format);
        let tells = output.format.tells_provenance() || formats.any(Format::tells_provenance);
        let provenance = if tells {
            provenance(&repository, &outcome)
        } else {
            None
        };
        let ended = jiff::Timestamp::now();
        let seconds = |time: jiff::Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let started = ended.checked_sub(outcome.stats.elapsed).unwrap_or(ended);
        let mut view = View {
            policy: &config.policy,
            stage,
            color,
            links: color && stdout.is_terminal() && Environment::from_process().links,
            width: width(),
            show_suppressed: output.show_suppressed,
            refs: Vec::new(),
            gitlab_web: false,
            situation: Situation::default(),
            summary: !output.quiet,
            run: Run {
                started: seconds(started),
                ended: seconds(ended),
                provenance,
            },
        };
        say(&report::render(output.format, &outcome, &view))?;
        if output.format != Format::Text {
            // A program reads standard output; a person still learns what was not looked at.
            for gap in &outcome.gaps {
                complain(&report::gap_line(gap));
            }
        }
        view.color = false;
        view.links = false;
        view.width = 100;
        for (format, file) in &output.files {
            aside::write(file, &report::render(*format, &outcome, &view))?;
        }
        Ok(outcome.verdict.into())
    }
}

/// Which files configured a run, and how much was looked at.
fn verbose(config: &Config, outcome: &Outcome) -> String {
    let mut files: Vec<&str> = config.sources.iter().map(|(_, _, s)| s.as_str()).collect();
    files.dedup();
    let Stats {
        contents,
        bytes,
        commits,
        elapsed,
    } = outcome.stats;
    let open = |f: &&Finding| f.status == Status::Open;
    let n_open = outcome.findings.iter().filter(open).count();
    format!(
        "configured by: {}\nrules: {} built in, {} of your own, {} switched off\n\
         looked at: {contents} contents, {bytes} bytes, {commits} commits in {} ms\n\
         findings: {n_open} open, {} allowed or known; {} things not examined",
        if files.is_empty() {
            "nothing but built-in values".to_owned()
        } else {
            files.join(", ")
        },
        crate::rule::built_in().len(),
        config.rules.len(),
        config.disable.len(),
        elapsed.as_millis(),
        outcome.findings.len() - n_open,
        outcome.gaps.len(),
    )
}

/// What is known of the repository; nothing where there is none. A value in a branch's name is masked.
fn provenance(path: &Path, outcome: &Outcome) -> Option<Provenance> {
    let env = GitEnv::read();
    let place = if path == Path::new(".") {
        Place::Here
    } else {
        Place::At(path)
    };
    let mut known = GitRepo::open(place, &env)
        .and_then(|repo| Provenance::of(&repo))
        .ok()?;
    let hidden = Hidden::of(&outcome.findings);
    let masked = |text: &[u8]| hidden.mask(text);
    known.branch = known.branch.as_deref().map(masked);
    known.uri = known
        .uri
        .map(|uri| String::from_utf8_lossy(&masked(uri.as_bytes())).into_owned());
    Some(known)
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
