//! Findings that a foreign file names by place or value, looked up with our own scanner.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::config::Config;
use crate::host::GitEnv;
use crate::import::{self, Additions, KnownPlace, KnownValue};
use crate::outcome::Finding;
use crate::run::config as run_config;
use crate::run::engine::Engine;
use crate::source::history;
use crate::source::repo::{GitRepo, Place};

/// Id and rule of a finding.
type Found = Vec<(String, String)>;

pub(super) struct Known {
    root: PathBuf,
    config: Config,
    engine: Engine,
    /// Outside a repository there are only files.
    repo: Option<GitRepo>,
    everything: OnceCell<Vec<Finding>>,
}

impl Known {
    /// Makes ready to look with the rules in force and those that are about to be written.
    pub(super) fn new(root: &Path, new: &Additions) -> Result<Self> {
        let mut config = run_config::client(None)?;
        let rules = Additions {
            rules: new.rules.clone(),
            ..Additions::default()
        };
        let text = import::with_entries("", &rules).map_err(anyhow::Error::msg)?;
        for rule in crate::config::parse("imported rules", &text)?.rules {
            if !config.rules.iter().any(|known| known.id == rule.id) {
                config.rules.push(Arc::new(rule));
            }
        }
        Ok(Self {
            root: root.to_path_buf(),
            engine: Engine::new(&config, Instant::now()),
            config,
            repo: GitRepo::open(Place::Here, &GitEnv::read()).ok(),
            everything: OnceCell::new(),
        })
    }

    /// Findings at a place; `None` where the place is not here.
    pub(super) fn at(&self, place: &KnownPlace) -> Result<Option<Found>> {
        let Some(bytes) = self.content(place)? else {
            return Ok(None);
        };
        let found = self.engine.with(|tools| {
            let matches = (tools.scan)(place.path.as_bytes(), &bytes).matches;
            let is_there = |position: &crate::finding::Position| {
                place
                    .lines
                    .is_none_or(|(first, last)| position.line <= last && position.line_end >= first)
            };
            let mut found: Found = matches
                .iter()
                .filter(|m| is_there(&m.position) && place.proof.holds(&m.secret))
                .map(|m| {
                    (
                        (tools.fingerprint)(&m.rule, &m.secret),
                        m.rule.id.to_string(),
                    )
                })
                .collect();
            found.sort();
            found.dedup();
            found
        });
        Ok(Some(found))
    }

    /// The file at a place: on disk, or as a commit has it.
    fn content(&self, place: &KnownPlace) -> Result<Option<Vec<u8>>> {
        let path = place.path.trim_start_matches("./");
        if place.commit.is_none() {
            let file = self.root.join(path);
            if file.is_file() {
                let bytes = std::fs::read(&file)
                    .with_context(|| format!("`{}` cannot be read", file.display()))?;
                return Ok(Some(bytes));
            }
        }
        match &self.repo {
            Some(repo) => history::file_in(repo, place.commit.as_deref(), path.as_bytes()),
            None => Ok(None),
        }
    }

    /// Findings anywhere here (on disk, staged, in any commit) with a value.
    pub(super) fn with_value(&self, value: &KnownValue) -> Result<Found> {
        if self.everything.get().is_none() {
            let all = run_config::everywhere(&self.config)?;
            drop(self.everything.set(all));
        }
        let all = self.everything.get().map_or(&[][..], Vec::as_slice);
        let mut found: Found = all
            .iter()
            .filter(|finding| value.is(&finding.secret))
            .map(|finding| (finding.id.clone(), finding.rule.id.to_string()))
            .collect();
        found.sort();
        found.dedup();
        Ok(found)
    }
}
