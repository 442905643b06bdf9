//! The scanner and its limits made ready from a configuration.

use std::sync::Arc;
use std::time::Instant;

use super::progress::Counts;
use crate::attribute::Tools;
use crate::config::Config;
use crate::finding::Match;
use crate::fingerprint::{IdKey, fingerprint};
use crate::scan::{Limits, Scanner};
use crate::suppress::Allow;

/// Places of findings that a run keeps whose time is bounded: so is its memory then.
const MOST: usize = 1 << 17;

/// What all sources share in one run.
pub(super) struct Engine {
    scanner: Scanner,
    id_key: Option<IdKey>,
    deadline: Option<Instant>,
    max_blob: u64,
    most: usize,
    counts: Option<Arc<Counts>>,
}

impl Engine {
    pub(super) fn new(config: &Config, started: Instant) -> Self {
        let policy = &config.policy;
        let deadline = policy.timeout.map(|budget| started + budget);
        let limits = Limits {
            max_depth: policy.max_depth,
            deadline,
            around: config.allow.iter().any(Allow::looks_around),
            ..Limits::default()
        };
        Self {
            scanner: Scanner::new(config.rules.clone(), config.disable.clone(), limits),
            id_key: config.id_key.clone(),
            deadline,
            max_blob: policy.max_blob,
            most: deadline.map_or(usize::MAX, |_| MOST),
            counts: None,
        }
    }

    /// Counts what is looked at.
    pub(super) fn counting(self, counts: Option<Arc<Counts>>) -> Self {
        Self { counts, ..self }
    }

    fn count(&self, bytes: &[u8], found: &[Match]) {
        if let Some(counts) = &self.counts {
            counts.add(bytes.len() as u64, found);
        }
    }

    /// Runs `work` with the tools of attribution.
    pub(super) fn with<R>(&self, work: impl FnOnce(Tools<'_>) -> R) -> R {
        let expired = || {
            self.deadline
                .is_some_and(|deadline| Instant::now() >= deadline)
        };
        work(Tools {
            scan: &|path, bytes| {
                let scanned = self.scanner.scan(path, bytes);
                self.count(bytes, &scanned.matches);
                scanned
            },
            quiet: &|path, bytes, over, seen| {
                let quiet = self.scanner.quiet(path, bytes, over, seen);
                // What is not quiet is scanned, and counted there.
                if quiet.is_some() {
                    self.count(bytes, &[]);
                }
                quiet
            },
            fingerprint: &|rule, secret| {
                fingerprint(self.id_key.as_ref(), &rule.id, secret.expose())
            },
            expect: &|contents| {
                if let Some(counts) = &self.counts {
                    counts.expect(contents as u64);
                }
            },
            expired: &expired,
            max_blob: self.max_blob,
            most: self.most,
        })
    }
}
