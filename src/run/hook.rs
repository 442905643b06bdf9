//! The hooks: what git calls, from its variables and standard input to a refusal or silence.

use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};

use super::engine::Engine;
use super::report::{Report, width};
use super::{bypass, complain, config};
use crate::attribute::bulk::Bulk;
use crate::attribute::{Review, mask_name};
use crate::cli::Hook;
use crate::config::Config;
use crate::host::{self, GitEnv, Pusher, RefUpdate};
use crate::outcome::{Origin, Outcome, Verdict};
use crate::report::{self, Format, Situation, Stage, View};
use crate::source::message::{Cleanup, leave_out_removed};
use crate::source::outgoing::{self, Remote};
use crate::source::receive::{self, Novelty};
use crate::source::repo::{GitRepo, Place};
use crate::source::{Change, ChangeOrigin, files, index};

/// Most that a hook takes from standard input: 100,000 refs with long names.
const STDIN: u64 = 256 << 20;

pub(super) fn run(hook: Hook, config: Option<&Path>) -> Result<ExitCode> {
    let started = Instant::now();
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
        Hook::PreReceive => {
            let pusher = Pusher::read();
            let input = stdin().map_err(|e| refuse(&e, &pusher));
            input.map_or_else(Ok, |input| {
                Ok(receive(&env, config, &input, &pusher, started))
            })
        }
        Hook::Gerrit { args } => {
            let update = host::parse_gerrit(&args).map_err(anyhow::Error::msg)?;
            Ok(receive(&env, config, &update.line, &update.pusher, started))
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
    Ok(tell_client(report, situation))
}

fn message(env: &GitEnv, config: Option<&Path>, file: &Path, started: Instant) -> Result<ExitCode> {
    let config = config::client(config)?;
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
    Ok(tell_client(report, Situation::default()))
}

fn push(
    env: &GitEnv,
    config: Option<&Path>,
    remote: &Remote,
    started: Instant,
) -> Result<ExitCode> {
    let config = config::client(config)?;
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
        outgoing::changes(&repo, remote, &refs, &mut |change| {
            situation.merges |= is_merge(&change);
            bulk.add(change)
        })?;
        bulk.finish()
    })?;
    let report = Report::of(config, Stage::LocalCommits, started, reviewed);
    Ok(tell_client(report, situation))
}

/// Judges a push. An error refuses it too, in the form of every other refusal.
fn receive(
    env: &GitEnv,
    config: Option<&Path>,
    input: &[u8],
    pusher: &Pusher,
    started: Instant,
) -> ExitCode {
    judge_push(env, config, input, pusher, started).unwrap_or_else(|e| refuse(&e, pusher))
}

fn refuse(e: &anyhow::Error, pusher: &Pusher) -> ExitCode {
    tell(&format!("error: {e:#}"), pusher);
    ExitCode::from(2)
}

/// Says something to a pusher.
pub(super) fn tell(text: &str, pusher: &Pusher) {
    complain(report::lines_for_pusher(text, pusher.gitlab_web).trim_end());
}

fn judge_push(
    env: &GitEnv,
    config: Option<&Path>,
    input: &[u8],
    pusher: &Pusher,
    started: Instant,
) -> Result<ExitCode> {
    let config = config::server(config)?;
    if input.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let repo = GitRepo::open(Place::Here, env)?;
    let updates = host::parse_updates(input, repo.format)?;
    let novelty = if config.policy.strict {
        Novelty::Reachability
    } else {
        Novelty::Objects
    };
    let mut situation = Situation::of(updates.iter().map(|update| update.new.to_string()));
    let engine = Engine::new(&config, started);
    let judged = engine.with(|tools| {
        let mut bulk = Bulk::new(&repo, tools);
        receive::changes(&repo, &updates, novelty, &mut |change| {
            situation.merges |= is_merge(&change);
            bulk.add(change)
        })?;
        bulk.finish()
    });
    let reviewed = match judged {
        Ok(reviewed) => reviewed,
        Err(e) => {
            bypass::log_failure(&config, pusher, &updates)?;
            return Err(e);
        }
    };
    let (config, stage, mut outcome) =
        Report::of(config, Stage::Pushed, started, reviewed).decide();
    let passed = bypass::consider(&config, &mut outcome, pusher, &updates);
    tell_pusher(&config, stage, &outcome, pusher, &updates, situation);
    bypass::log_decision(&config, &outcome, pusher, &updates)?;
    if let Some(words) = passed {
        tell(&words, pusher);
    }
    Ok(outcome.verdict.into())
}

fn is_merge(change: &Change) -> bool {
    matches!(&change.origin, ChangeOrigin::Commit(commit) if commit.merge)
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
fn tell_client(report: Report, situation: Situation) -> ExitCode {
    let (config, stage, outcome) = report.decide();
    let stderr = std::io::stderr();
    let view = View {
        policy: &config.policy,
        stage,
        color: stderr.is_terminal()
            && anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never,
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
    let refs = updates
        .iter()
        .map(|update| {
            String::from_utf8_lossy(&mask_name(&update.name, &outcome.findings)).into_owned()
        })
        .collect();
    let view = View {
        policy: &config.policy,
        stage,
        color: false,
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
