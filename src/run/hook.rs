//! The hooks: what git calls, from its variables and standard input to a refusal or silence.

use std::borrow::Cow;
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::clock::Clock;
use super::engine::Engine;
use super::report::{Report, width};
use super::{bypass, complain, config};
use crate::attribute::bulk::Bulk;
use crate::attribute::{Hidden, Review};
use crate::cli::Hook;
use crate::config::{Config, Environment};
use crate::confine;
use crate::host::{self, GitEnv, Pusher, RefUpdate};
use crate::outcome::{Origin, Outcome, Verdict};
use crate::report::{self, Format, Situation, Stage, View};
use crate::source::message::{Cleanup, leave_out_removed};
use crate::source::outgoing::{self, Remote};
use crate::source::receive::{self, Novelty};
use crate::source::repo::{GitRepo, Place};
use crate::source::{Change, ChangeOrigin, Sink, files, index};

/// Most that a hook takes from standard input: 100,000 refs with long names.
const STDIN: u64 = 256 << 20;

pub(super) fn run(hook: Hook, config: Option<&Path>) -> Result<ExitCode> {
    let (failed, at_server) = match hook {
        Hook::PreCommit | Hook::PreMergeCommit | Hook::CommitMsg { .. } => {
            ("nothing was committed", false)
        }
        Hook::PrePush { .. } => ("nothing was pushed", false),
        Hook::PreReceive | Hook::Gerrit { .. } => ("", true),
    };
    match dispatch(hook, config) {
        Err(e) if !at_server => {
            complain(&report::error_lines(&format!(
                "error: {e:#}\nhint: {failed}: what cannot be looked at does not pass; `keysieve doctor` and `git fsck` tell more"
            )));
            Ok(ExitCode::from(2))
        }
        done => done,
    }
}

fn dispatch(hook: Hook, config: Option<&Path>) -> Result<ExitCode> {
    let started = Instant::now();
    confine::keep_memory();
    let env = GitEnv::read();
    match hook {
        // The pre-commit framework runs the first in place of the second.
        Hook::PreCommit | Hook::PreMergeCommit => {
            staged(&env, config, index::Parents::HeadAndMerged, started)
        }
        Hook::CommitMsg { file } => message(&env, config, &file, started),
        Hook::PrePush { remote, url } => {
            let text = |s: std::ffi::OsString| s.to_string_lossy().into_owned();
            push(
                &env,
                config,
                &Remote {
                    name: text(remote),
                    url: text(url),
                },
                started,
            )
        }
        Hook::PreReceive => Ok(receive(&env, config, None, &Pusher::read(), started)),
        Hook::Gerrit { args } => {
            let update = host::parse_gerrit(&args).map_err(anyhow::Error::msg)?;
            Ok(receive(
                &env,
                config,
                Some(&update.line),
                &update.pusher,
                started,
            ))
        }
    }
}

fn staged(
    env: &GitEnv,
    config: Option<&Path>,
    parents: index::Parents,
    started: Instant,
) -> Result<ExitCode> {
    let config = config::client(config)?;
    confine::confine(&config)?;
    let clock = client_clock(&config, started)?;
    let repo = GitRepo::open(Place::Here, env)?;
    let change = index::change(&repo, parents)?;
    let engine = Engine::new(&config, started);
    let reviewed = engine.with(|tools| {
        let mut review = Review::new(&repo, tools);
        review.add(&change).map(|()| review.finish())
    })?;
    let report = Report::of(config, Stage::Index, started, reviewed);
    let situation = Situation {
        unborn: change.parents.is_empty(),
        below_root: env.prefix.is_some(),
        ..Situation::default()
    };
    Ok(tell_client(report, situation, clock))
}

fn message(env: &GitEnv, config: Option<&Path>, file: &Path, started: Instant) -> Result<ExitCode> {
    let config = config::client(config)?;
    confine::confine(&config)?;
    let clock = client_clock(&config, started)?;
    let text = std::fs::read(file)
        .with_context(|| format!("the commit message `{}` cannot be read", file.display()))?;
    let engine = Engine::new(&config, started);
    let reviewed = engine.with(|tools| -> Result<_> {
        let scan = |path: &[u8], bytes: &[u8]| {
            let mut scanned = (tools.scan)(path, bytes);
            if !scanned.matches.is_empty() {
                // Only now is git asked what it will strip: nearly every message is clean.
                let git = GitRepo::open(Place::Here, env)
                    .and_then(|repo| repo.git())
                    .ok();
                leave_out_removed(
                    bytes,
                    &Cleanup::read(git.as_ref(), env.editor.as_deref()),
                    &mut scanned,
                );
            }
            scanned
        };
        let tools = crate::attribute::Tools {
            scan: &scan,
            ..tools
        };
        Ok(files::review_bytes(
            &Origin::MessageFile,
            b"commit message",
            &text,
            tools,
        ))
    })?;
    let report = Report::of(config, Stage::Message, started, reviewed);
    Ok(tell_client(report, Situation::default(), clock))
}

fn push(
    env: &GitEnv,
    config: Option<&Path>,
    remote: &Remote,
    started: Instant,
) -> Result<ExitCode> {
    let config = config::client(config)?;
    confine::confine(&config)?;
    let clock = client_clock(&config, started)?;
    let repo = GitRepo::open(Place::Here, env)?;
    let input = stdin()?;
    let (remote, refs) = match (&env.framework, input.is_empty()) {
        (Some(framework), true) => (
            &Remote::of_framework(framework, remote),
            outgoing::from_framework(&repo, framework)?,
        ),
        (Some(_) | None, _) => (remote, host::parse_outgoing(&input, repo.format)?),
    };
    let mut situation = Situation::of(refs.iter().map(|one| one.new.to_string()));
    let engine = Engine::new(&config, started);
    let reviewed = engine.with(|tools| {
        let mut bulk = Bulk::new(&repo, tools);
        let mut gather = Gather {
            bulk: &mut bulk,
            merges: &mut situation.merges,
        };
        let made = outgoing::changes(&repo, remote, &refs, &mut gather);
        Bulk::unless_late(made)?;
        bulk.finish()
    })?;
    let report = Report::of(config, Stage::LocalCommits, started, reviewed);
    Ok(tell_client(report, situation, clock))
}

/// Judges a push, of which git writes to standard input if a host does not say it otherwise. An error refuses it too, in
/// the form of every other refusal.
fn receive(
    env: &GitEnv,
    config: Option<&Path>,
    input: Option<&[u8]>,
    pusher: &Pusher,
    started: Instant,
) -> ExitCode {
    judge_push(env, config, input, pusher, started).unwrap_or_else(|e| refuse(&e, pusher))
}

fn refuse(e: &anyhow::Error, pusher: &Pusher) -> ExitCode {
    tell(
        &format!("error: {e:#}\nhint: nothing was taken in: what cannot be looked at is refused"),
        pusher,
    );
    ExitCode::from(2)
}

/// Says something to a pusher.
pub(super) fn tell(text: &str, pusher: &Pusher) {
    complain(report::lines_for_pusher(text, pusher.gitlab_web).trim_end());
}

fn judge_push(
    env: &GitEnv,
    config: Option<&Path>,
    input: Option<&[u8]>,
    pusher: &Pusher,
    started: Instant,
) -> Result<ExitCode> {
    let config = config::server(config)?;
    confine::confine(&config)?;
    let clock = server_clock(&config, pusher, started)?;
    let input = input.map_or_else(|| stdin().map(Cow::Owned), |input| Ok(Cow::Borrowed(input)))?;
    if input.is_empty() {
        if env.quarantine.is_some() {
            bail!(
                "objects were pushed, but standard input names no refs; does another hook read it before this one?"
            );
        }
        clock.stop();
        return Ok(ExitCode::SUCCESS);
    }
    let repo = GitRepo::open(Place::Here, env)?;
    let updates = host::parse_updates(&input, repo.format)?;
    let novelty = if config.policy.strict {
        Novelty::Reachability
    } else {
        Novelty::Objects
    };
    let mut situation = Situation::of(updates.iter().map(|update| update.new.to_string()));
    let engine = Engine::new(&config, started);
    let judged = engine.with(|tools| {
        let mut bulk = Bulk::new(&repo, tools);
        let mut gather = Gather {
            bulk: &mut bulk,
            merges: &mut situation.merges,
        };
        let made = receive::changes(&repo, &updates, novelty, &mut gather);
        Bulk::unless_late(made)?;
        bulk.finish()
    });
    let reviewed = match judged {
        Ok(reviewed) => reviewed,
        Err(e) => {
            clock.stop();
            bypass::log_failure(&config, pusher, &updates)?;
            return Err(e);
        }
    };
    let (config, stage, mut outcome) =
        Report::of(config, Stage::Pushed, started, reviewed).decide();
    // Many findings and allow entries take time as well.
    clock.stop();
    let passed = bypass::consider(&config, &mut outcome, pusher, &updates);
    tell_pusher(&config, stage, &outcome, pusher, &updates, situation);
    bypass::log_decision(&config, &outcome, pusher, &updates)?;
    if let Some(words) = passed {
        tell(&words, pusher);
    }
    Ok(outcome.verdict.into())
}

/// Ends a push when its time is up. What it was about is not known then, so the log names no refs.
fn server_clock(config: &Config, pusher: &Pusher, started: Instant) -> Result<Clock> {
    let timeout = config.policy.timeout;
    let log = config.decision_log.clone();
    let pusher = pusher.clone();
    Clock::start(started, timeout, move || {
        tell(&out_of_time(timeout), &pusher);
        if let Some(log) = log
            && let Err(e) = bypass::log_out_of_time(&log, &pusher)
        {
            tell(&format!("error: {e:#}"), &pusher);
        }
    })
}

/// The same for a client, where a time was set.
fn client_clock(config: &Config, started: Instant) -> Result<Clock> {
    let timeout = config.policy.timeout;
    Clock::start(started, timeout, move || complain(&out_of_time(timeout)))
}

fn out_of_time(timeout: Option<Duration>) -> String {
    format!(
        "error: not everything was scanned in the {:?} that `policy.timeout` allows; nothing was decided\nhint: send less at once, or ask for more time",
        timeout.unwrap_or_default()
    )
}

/// Takes in what is pushed, and notes whether a merge is among it.
struct Gather<'b, 'r> {
    bulk: &'b mut Bulk<'r>,
    merges: &'b mut bool,
}

impl Sink for Gather<'_, '_> {
    fn take(&mut self, change: Change) -> Result<()> {
        *self.merges |= matches!(&change.origin, ChangeOrigin::Commit(commit) if commit.merge);
        self.bulk.take(change)
    }

    fn go_on(&mut self) -> Result<()> {
        self.bulk.go_on()
    }
}

fn stdin() -> Result<Vec<u8>> {
    let mut input = Vec::new();
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        return Ok(input);
    }
    stdin
        .by_ref()
        .take(STDIN + 1)
        .read_to_end(&mut input)
        .context("standard input cannot be read")?;
    if input.len() as u64 > STDIN {
        anyhow::bail!(
            "standard input is over {} MiB: no push names that many refs",
            STDIN >> 20
        );
    }
    Ok(input)
}

/// Prints what a committer must know: nothing where all is clean.
fn tell_client(report: Report, situation: Situation, clock: Clock) -> ExitCode {
    let (config, stage, outcome) = report.decide();
    clock.stop();
    let stderr = std::io::stderr();
    let color = stderr.is_terminal()
        && anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never;
    let view = View {
        policy: &config.policy,
        stage,
        color,
        links: color && Environment::from_process().links,
        width: width(),
        show_suppressed: false,
        refs: Vec::new(),
        gitlab_web: false,
        situation,
        summary: false,
        run: report::Run::default(),
    };
    let text = report::render(Format::Text, &outcome, &view);
    if !text.is_empty() {
        complain(text.trim_end());
    }
    outcome.verdict.into()
}

fn tell_pusher(
    config: &Config,
    stage: Stage,
    outcome: &Outcome,
    pusher: &Pusher,
    updates: &[RefUpdate],
    situation: Situation,
) {
    let hidden = Hidden::of(&outcome.findings);
    let refs = updates
        .iter()
        .map(|update| String::from_utf8_lossy(&hidden.mask(&update.name)).into_owned())
        .collect();
    let view = View {
        policy: &config.policy,
        stage,
        color: false,
        links: false,
        width: 72,
        show_suppressed: false,
        refs,
        situation,
        gitlab_web: pusher.gitlab_web && outcome.verdict != Verdict::Pass,
        summary: false,
        run: report::Run::default(),
    };
    let text = report::render_for_pusher(outcome, &view);
    if !text.is_empty() {
        complain(text.trim_end());
    }
}
