//! `review`: walks through findings on a terminal, one key each. What is decided is written at once, what is skipped is
//! remembered, so that the next walk goes on from there.

mod state;
mod terminal;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Result, bail};

use self::state::State;
use self::terminal::{Key, Terminal};
use super::report::width;
use super::{allow, say, scan};
use crate::cli::{Review, Target};
use crate::config::Environment;
use crate::finding::Gap;
use crate::outcome::{Finding, Outcome, Stats, Status, Verdict};
use crate::policy::{self, Policy};
use crate::report::{self, Format, Situation, Stage, View};

const KEYS: &str = "[a]llow with a reason  [f]alse: no secret  [o]pen the page to revoke it  [s]kip  [b]ack  [q]uit";

/// A finding that is still to be judged.
struct Open {
    finding: Finding,
    stage: Stage,
}

/// What one key led to.
enum Step {
    Next,
    Back,
    Stay,
    Quit,
}

pub(super) fn run(request: &Review) -> Result<ExitCode> {
    let Some(mut terminal) = Terminal::open() else {
        bail!(
            "`review` asks for keys on a terminal, and there is none; `keysieve scan` lists findings, `keysieve allow ID --reason ...` allows one"
        );
    };
    let (policy, open) = findings(request.target.clone())?;
    let mut state = State::read();
    let walked: Vec<Open> = open
        .into_iter()
        .filter(|open| request.again || !state.is_skipped(&open.finding.id))
        .collect();
    let skipped = if request.again { 0 } else { state.len() };
    if walked.is_empty() {
        say(&if skipped > 0 {
            format!(
                "nothing is left but what was skipped ({skipped}); `keysieve review --again` shows it\n"
            )
        } else {
            "nothing to review\n".to_owned()
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut done = vec![false; walked.len()];
    let mut at = 0;
    while let Some(one) = walked.get(at) {
        say(&format!("\n{}", shown(one, &policy)))?;
        let mark = if done.get(at) == Some(&true) {
            ", decided already"
        } else {
            ""
        };
        say(&format!("[{}/{}{mark}] {KEYS} ", at + 1, walked.len()))?;
        match step(&mut terminal, one, request, &mut state)? {
            Step::Next => {
                if let Some(done) = done.get_mut(at) {
                    *done = true;
                }
                at += 1;
            }
            Step::Back => at = at.saturating_sub(1),
            Step::Stay => {}
            Step::Quit => break,
        }
    }
    let left = done.iter().filter(|done| !**done).count();
    say(&match left {
        0 => "that was all\n".to_owned(),
        n => format!("{n} left; `keysieve review` goes on here\n"),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Findings that are open, those that block first: of what was named, or of what is staged and of the files here.
fn findings(target: Option<Target>) -> Result<(Policy, Vec<Open>)> {
    let mut open: Vec<Open> = Vec::new();
    let mut policy = Policy::client();
    scan::look_around(target, &mut |config, stage, outcome| {
        tell_gaps(&outcome.gaps);
        policy = config.policy;
        for finding in outcome.findings {
            let is_new = !open.iter().any(|known| known.finding.id == finding.id);
            if finding.status == Status::Open && is_new {
                open.push(Open { finding, stage });
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    open.sort_by_key(|open| !policy::blocks(&policy, &open.finding));
    Ok((policy, open))
}

fn tell_gaps(gaps: &[Gap]) {
    for gap in gaps {
        super::complain(&report::gap_line(gap));
    }
}

/// The finding as a scan shows it.
fn shown(open: &Open, policy: &Policy) -> String {
    let outcome = Outcome {
        findings: vec![open.finding.clone()],
        gaps: Vec::new(),
        stats: Stats::default(),
        verdict: Verdict::Pass,
    };
    let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
    let view = View {
        policy,
        stage: open.stage,
        color,
        links: color && Environment::from_process().links,
        width: width(),
        show_suppressed: false,
        refs: Vec::new(),
        gitlab_web: false,
        situation: Situation::default(),
        summary: false,
        run: report::Run::default(),
    };
    let text = report::render(Format::Text, &outcome, &view);
    // The last line sums up a run, which this is none.
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    lines.pop();
    lines.push("");
    lines.join("\n")
}

/// Waits for a key and does what it says.
fn step(terminal: &mut Terminal, open: &Open, request: &Review, state: &mut State) -> Result<Step> {
    let finding = &open.finding;
    match terminal.key()? {
        Key::Char('a') => {
            say("allow\nreason (empty: not after all): ")?;
            let reason = terminal.line()?;
            let reason = reason.trim();
            if reason.is_empty() {
                return Ok(Step::Stay);
            }
            let entry = allow::Entry {
                id: &finding.id,
                reason,
                expires: request.expires.as_deref(),
                owner: request.owner.as_deref(),
            };
            say(&allow::write(&entry)?)?;
            Ok(Step::Next)
        }
        Key::Char('f') => {
            say("false\n")?;
            let entry = allow::Entry {
                id: &finding.id,
                reason: "no secret: looked at in a review",
                expires: request.expires.as_deref(),
                owner: request.owner.as_deref(),
            };
            say(&allow::write(&entry)?)?;
            Ok(Step::Next)
        }
        Key::Char('o') => {
            say(&format!("open\n{}\n", open_page(&finding.rule.revoke)))?;
            Ok(Step::Stay)
        }
        Key::Char('s') => {
            say("skip\n")?;
            state.skip(&finding.id)?;
            Ok(Step::Next)
        }
        Key::Char('b') => {
            say("back\n")?;
            Ok(Step::Back)
        }
        Key::Char('q') | Key::End => {
            say("quit\n")?;
            Ok(Step::Quit)
        }
        Key::Char(_) | Key::Other => {
            say("\nno such key\n")?;
            Ok(Step::Stay)
        }
    }
}

/// Opens the page where a credential is revoked, and says which; what is no address is told alone.
fn open_page(revoke: &str) -> String {
    let Some(address) = report::page(revoke) else {
        return if revoke.is_empty() {
            "no page is known; ask whoever issued it".to_owned()
        } else {
            revoke.to_owned()
        };
    };
    let Environment { path, browser, .. } = Environment::from_process();
    let usual = ["xdg-open", "wslview", "open"].map(PathBuf::from);
    let mut programs = browser.iter().chain(&usual);
    let found = programs.find_map(|name| program(&path, name));
    let started = found.is_some_and(|program| {
        Command::new(program)
            .arg(address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .is_ok()
    });
    if started {
        format!("opening {address}")
    } else {
        address.to_owned()
    }
}

/// A program by its absolute path, or in an absolute folder of `PATH`.
fn program(path: &[PathBuf], name: &Path) -> Option<PathBuf> {
    let is_name = name.components().count() == 1;
    let folders = path.iter().filter(|_| is_name);
    folders
        .map(|folder| folder.join(name))
        .chain([name.to_owned()])
        .find(|program| program.is_absolute() && program.is_file())
}
