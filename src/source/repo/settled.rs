//! What was there before a push: asked of every object that the push brings.

use std::cell::{Cell, OnceCell};
use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Result, bail};
use git2::{ObjectFormat, Odb, Oid};

use super::{GitRepo, exists, listed, locate, open_odb};
use crate::pack;

/// After so many questions all loose objects are listed: each that is not there costs a call of the system.
const MANY: u32 = 4_096;

/// The object stores that a push's quarantine stands before.
pub struct Settled {
    odb: Odb<'static>,
    dirs: Vec<PathBuf>,
    format: ObjectFormat,
    n_asked: Cell<u32>,
    all: OnceCell<Option<All>>,
}

/// Packs, and what lies loose.
struct All {
    packs: pack::Store,
    loose: HashSet<pack::Oid>,
}

impl GitRepo {
    /// What was there before a push; `None` where nothing is in quarantine.
    pub fn settled(&self) -> Result<Option<Settled>> {
        if self.env.quarantine.is_none() {
            return Ok(None);
        }
        let alternates = listed(&self.env);
        if alternates.is_empty() {
            bail!("`GIT_QUARANTINE_PATH` is set and `GIT_ALTERNATE_OBJECT_DIRECTORIES` is not");
        }
        let dirs = locate::object_dirs(alternates.into_iter())?;
        Ok(Some(Settled {
            odb: open_odb(&dirs, self.format)?,
            dirs,
            format: self.format,
            n_asked: Cell::new(0),
            all: OnceCell::new(),
        }))
    }
}

impl Settled {
    /// Whether an object was there. One that came meanwhile may be told as new, never the other way round.
    #[must_use]
    pub fn has(&self, id: Oid) -> bool {
        let n_asked = self.n_asked.get();
        self.n_asked.set(n_asked.saturating_add(1));
        if n_asked < MANY {
            return exists(&self.odb, id);
        }
        match self.all.get_or_init(|| self.list().ok()) {
            Some(All { packs, loose }) => {
                let id = id.into();
                packs.is_packed(&id) || loose.contains(&id)
            }
            None => exists(&self.odb, id),
        }
    }

    fn list(&self) -> Result<All> {
        let packs = pack::Store::open(&[], &self.dirs, self.format.into())?;
        let loose = packs.loose()?;
        Ok(All { packs, loose })
    }
}
