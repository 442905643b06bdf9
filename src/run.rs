//! Wires the layers: one function a command, from a request to an exit code. No logic worth a unit test stands here.

mod allow;
mod aside;
mod baseline;
mod bypass;
mod clock;
mod config;
mod engine;
mod explain;
mod hook;
mod import;
mod man;
mod progress;
mod report;
mod review;
mod rules;
mod scan;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::cli::{self, Request};
use crate::outcome::Verdict;

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::from(0),
            Verdict::Block => Self::from(1),
            Verdict::Undecided => Self::from(2),
        }
    }
}

/// A panic is a bug of ours: it says where, never with what, and counts as undecided, so that git refuses.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "a panic must not end in any other exit code than 2"
)]
pub fn set_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        complain(&format!(
            "error: internal error{place}; nothing was decided\nhint: please report this line, it holds no data of yours"
        ));
        std::process::exit(2);
    }));
}

/// Runs the program for these arguments (without its name).
#[must_use]
pub fn main(args: &[OsString]) -> ExitCode {
    let request = match cli::parse(args) {
        Ok(request) => request,
        Err(message) => {
            complain(&format!("error: {message}"));
            return ExitCode::from(2);
        }
    };
    match dispatch(request) {
        Ok(code) => code,
        Err(e) => {
            complain(&format!("error: {e:#}"));
            ExitCode::from(2)
        }
    }
}

fn dispatch(request: Request) -> Result<ExitCode> {
    match request {
        Request::Hook { hook, config } => hook::run(hook, config.as_deref()),
        Request::Scan {
            target,
            output,
            block_at,
            config,
            progress,
        } => scan::run(target, &output, block_at, config.as_deref(), progress),
        Request::Install { place, hooks } => crate::install::install(&place, &hooks),
        Request::Uninstall { place, hooks } => crate::install::uninstall(&place, &hooks),
        Request::Doctor { repository } => crate::install::doctor(&repository),
        Request::Allow {
            id,
            reason,
            expires,
            owner,
        } => allow::run(&allow::Entry {
            id: &id,
            reason: &reason,
            expires: expires.as_deref(),
            owner: owner.as_deref(),
        }),
        Request::Review(request) => review::run(&request),
        Request::Baseline {
            action,
            target,
            file,
        } => baseline::run(action, target, file.as_deref()),
        Request::RulesList => rules::list(),
        Request::RulesShow { id } => rules::show(&id),
        Request::RulesCheck { file } => rules::check(file.as_deref()),
        Request::ConfigShow { server, config } => config::show(server, config.as_deref()),
        Request::RulesTest { file } => rules::test(&file),
        Request::Explain { id, target } => explain::run(&id, target),
        Request::Man { dir } => man::run(&dir),
        Request::ConfigSchema => config::schema(),
        Request::ConfigImport(request) => import::run(&request),
        Request::ConfigCheck {
            file,
            unused,
            strict,
        } => config::check(file.as_deref(), unused, strict),
        Request::Print(text) => {
            say(&text)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Writes to standard output. A reader that has gone away is no error: the exit code still says the verdict.
pub(crate) fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(e).context("standard output cannot be written")
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a line to standard error; where that is closed too, the exit code has to do.
pub(crate) fn complain(text: &str) {
    let written = writeln!(std::io::stderr().lock(), "{text}");
    drop(written);
}

/// Today, by UTC, for the days of allow entries.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date()
}
