//! `scan`: files, standard input, the index, what HEAD tracks, a history.

use std::io::{IsTerminal, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};

use super::config;
use super::engine::Engine;
use super::progress::Progress;
use super::report::Report;
use crate::attribute::bulk::Bulk;
use crate::attribute::{Review, Reviewed, Tools};
use crate::cli::{Output, Target};
use crate::config::{Config, Environment};
use crate::finding::Confidence;
use crate::host::GitEnv;
use crate::outcome::{Origin, Outcome};
use crate::report::Stage;
use crate::source::history::{self, Revisions};
use crate::source::repo::{GitRepo, Place};
use crate::source::{files, index};

pub(super) fn run(
    target: Target,
    output: &Output,
    block_at: Option<Confidence>,
    flag: Option<&Path>,
    progress: bool,
) -> Result<ExitCode> {
    let started = Instant::now();
    let mut config = config::client(flag)?;
    if let Some(level) = block_at {
        config.policy.block_at = level;
    }
    let repository = match &target {
        Target::History { repository, .. } => repository.clone(),
        Target::Paths(_) | Target::StdinAs(_) | Target::Staged | Target::AllFiles => {
            PathBuf::from(".")
        }
    };
    // What an entry is for may lie elsewhere than in a single file or the index.
    let is_whole = match &target {
        Target::AllFiles => true,
        Target::History { range, since, .. } => range.is_none() && since.is_none(),
        Target::Paths(_) | Target::StdinAs(_) | Target::Staged => false,
    };
    let is_ci = Environment::from_process().ci;
    let (stage, reviewed) = look_quietly(target, &config, started, progress)?;
    Report::of(config, stage, started, reviewed)
        .telling_unused(is_whole && is_ci)
        .in_repository(repository)
        .finish(output)
}

/// What is found in a target, unjudged.
pub(super) fn look(target: Target, config: &Config, started: Instant) -> Result<(Stage, Reviewed)> {
    look_quietly(target, config, started, true)
}

/// What a person means who asks for findings: what was named, or else what is staged and then the files here. `each` gets
/// what was found in one of them, and says whether to go on.
pub(super) fn look_around(
    target: Option<Target>,
    each: &mut dyn FnMut(Config, Stage, Outcome) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let named = target.is_some();
    let targets = target.map_or_else(
        || vec![Target::Staged, Target::Paths(vec![PathBuf::from(".")])],
        |target| vec![target],
    );
    for target in targets {
        let started = Instant::now();
        let config = config::client(None)?;
        let (stage, reviewed) = match look(target, &config, started) {
            Ok(looked) => looked,
            // Outside a repository nothing is staged.
            Err(e) if named => return Err(e),
            Err(_) => continue,
        };
        let (config, stage, outcome) = Report::of(config, stage, started, reviewed).decide();
        if each(config, stage, outcome)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// The same; without `progress` a terminal does not see how far it is.
fn look_quietly(
    target: Target,
    config: &Config,
    started: Instant,
    progress: bool,
) -> Result<(Stage, Reviewed)> {
    let progress = Progress::start(progress && std::io::stderr().is_terminal());
    let engine = Engine::new(config, started).counting(progress.counts());
    let stage = match &target {
        Target::Staged => Stage::Index,
        Target::History { .. } => Stage::History,
        Target::Paths(_) | Target::StdinAs(_) | Target::AllFiles => Stage::Files,
    };
    let reviewed = engine.with(|tools| review(target, tools))?;
    Ok((stage, reviewed))
}

fn review(target: Target, tools: Tools<'_>) -> Result<Reviewed> {
    let env = GitEnv::read();
    match target {
        Target::Paths(paths) => {
            let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) =
                paths.into_iter().partition(|p| p.as_os_str() == "-");
            if stdin.is_empty() {
                files::review(&paths, tools)
            } else if paths.is_empty() {
                standard_input(b"-", tools)
            } else {
                anyhow::bail!(
                    "`-` is standard input and stands alone; scan the other paths by themselves"
                )
            }
        }
        Target::StdinAs(path) => standard_input(path.as_os_str().as_encoded_bytes(), tools),
        Target::Staged => {
            let repo = GitRepo::open(Place::Here, &env)?;
            let mut review = Review::new(&repo, tools);
            review.add(&index::change(&repo, index::Parents::Head)?)?;
            Ok(review.finish())
        }
        Target::AllFiles => {
            let repo = GitRepo::open(Place::Here, &env)?;
            let mut review = Review::new(&repo, tools);
            review.add(&history::files_of_head(&repo)?)?;
            Ok(review.finish())
        }
        Target::History {
            repository,
            range,
            since,
        } => {
            let repo = GitRepo::open(Place::At(&repository), &env)?;
            let is_all = range.is_none();
            let range = range.unwrap_or_default();
            let range: Vec<String> = range.split_whitespace().map(str::to_owned).collect();
            let revisions = match since {
                Some(since) => Revisions::Since { since, range },
                None if is_all => Revisions::All,
                None => Revisions::Range(range),
            };
            let mut bulk = Bulk::new(&repo, tools);
            let made = history::changes(&repo, &revisions, &mut bulk);
            Bulk::unless_late(made)?;
            bulk.finish()
        }
    }
}

fn standard_input(path: &[u8], tools: Tools<'_>) -> Result<Reviewed> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .context("standard input cannot be read")?;
    Ok(files::review_bytes(&Origin::Stdin, path, &bytes, tools))
}
