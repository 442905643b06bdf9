//! What was skipped in earlier walks: ids in a file of the repository's own folder, which git does not track.

use std::path::PathBuf;

use anyhow::Result;

use crate::host::GitEnv;
use crate::run::aside;
use crate::source::repo::{GitRepo, Place};

/// The file in git's folder.
const FILE: &str = "keysieve-review";

pub(super) struct State {
    /// Outside a repository nothing is remembered.
    file: Option<PathBuf>,
    skipped: Vec<String>,
}

impl State {
    /// What earlier walks left; a file that cannot be read is as good as none.
    pub(super) fn read() -> Self {
        let repo = GitRepo::open(Place::Here, &GitEnv::read()).ok();
        let file = repo.map(|repo| repo.git_dir.join(FILE));
        let text = file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        Self {
            file,
            skipped: text
                .unwrap_or_default()
                .lines()
                .map(str::to_owned)
                .collect(),
        }
    }

    pub(super) fn is_skipped(&self, id: &str) -> bool {
        self.skipped.iter().any(|skipped| skipped == id)
    }

    pub(super) fn len(&self) -> usize {
        self.skipped.len()
    }

    pub(super) fn skip(&mut self, id: &str) -> Result<()> {
        if !self.is_skipped(id) {
            self.skipped.push(id.to_owned());
        }
        match &self.file {
            Some(file) => aside::write(file, &format!("{}\n", self.skipped.join("\n"))),
            None => Ok(()),
        }
    }
}
