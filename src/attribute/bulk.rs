//! Judges many changes at the price of few. [`Review`] alone reads blobs commit by commit; that is right for a push of a day
//! and slow for a history. Here the changes are taken down first, then every new blob is scanned once in the order of the
//! pack, and only changes in which something was found are made again and handed to [`Review`], with the files that hold it.
//! So a finding is always `Review`'s, and what it is not shown are files in which it would have found nothing.
//!
//! Few changes go straight to `Review`: how many there are decides, not who asks.

mod ledger;
mod scans;

use std::rc::Rc;

use anyhow::Result;

use super::{Review, Reviewed, Tools};
use crate::source::commit::Commits;
use crate::source::repo::GitRepo;
use crate::source::{Change, Sink};
use ledger::{Ledger, Made};
pub(super) use scans::Scans;

/// Up to so many files, names and texts in all changes, they are judged one after the other.
const FEW: usize = 24;

/// Once the time is up, up to so many changes are still told in which something was found before.
const MOST_LATE: usize = 64;

/// Why no more changes are taken in: the time is up. That is no failure: [`Bulk::unless_late`].
#[derive(Debug)]
struct TimeUp;

impl std::fmt::Display for TimeUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the time is up")
    }
}

impl std::error::Error for TimeUp {}

impl Sink for Bulk<'_> {
    fn take(&mut self, change: Change) -> Result<()> {
        self.add(change)
    }

    fn go_on(&mut self) -> Result<()> {
        if self.review.out_of_time(b"") {
            return Err(TimeUp.into());
        }
        Ok(())
    }
}

/// Gathers the changes of one run and judges them at its end.
pub struct Bulk<'r> {
    repo: &'r GitRepo,
    tools: Tools<'r>,
    review: Review<'r>,
    few: usize,
    held: Vec<Change>,
    /// Files, names and texts of `held`, and megabytes of these: they are not to fill the memory.
    n_held: usize,
    /// Once there are many.
    ledger: Option<Ledger>,
}

impl<'r> Bulk<'r> {
    #[must_use]
    pub fn new(repo: &'r GitRepo, tools: Tools<'r>) -> Self {
        Self {
            repo,
            tools,
            review: Review::new(repo, tools),
            few: FEW,
            held: Vec::new(),
            n_held: 0,
            ledger: None,
        }
    }

    /// The same with another number of files, names and texts up to which changes are judged one after the other.
    #[must_use]
    pub fn with_few(self, few: usize) -> Self {
        Self { few, ..self }
    }

    /// Takes in one change. An error also when the time is up, so that its source makes no more of them.
    pub fn add(&mut self, change: Change) -> Result<()> {
        self.go_on()?;
        if let Some(ledger) = &mut self.ledger {
            return ledger.note(&mut self.review, change);
        }
        self.n_held += change.files.len() + change.names.len() + change.removed.len();
        let texts = change.texts.iter();
        self.n_held += texts
            .map(|text| 1 + (text.bytes.len() >> 20))
            .sum::<usize>();
        self.held.push(change);
        if self.n_held > self.few {
            let mut ledger = Ledger::default();
            for change in self.held.drain(..) {
                ledger.note(&mut self.review, change)?;
            }
            self.ledger = Some(ledger);
        }
        Ok(())
    }

    /// What became of making changes: that the time was up stands in the result, as what was not examined.
    pub fn unless_late(made: Result<()>) -> Result<()> {
        made.or_else(|e| if e.is::<TimeUp>() { Ok(()) } else { Err(e) })
    }

    /// The result of all changes.
    pub fn finish(self) -> Result<Reviewed> {
        let Self {
            repo,
            tools,
            mut review,
            held,
            ledger,
            few: _,
            n_held: _,
        } = self;
        for change in held {
            review.add(&change)?;
        }
        let Some(ledger) = ledger else {
            return Ok(review.finish());
        };
        let (items, scans) = ledger.scan(repo, tools);
        let scans = Rc::new(scans);
        review.scans = Some(Rc::clone(&scans));
        review.gathered.count(scans.contents, scans.bytes);
        let mut commits = Commits::new(repo);
        let mut n_late = 0;
        for item in items {
            let late = review.out_of_time(b"");
            let files = scans.telling(&item.files, !late);
            if late && (files.is_empty() || n_late == MOST_LATE) {
                continue;
            }
            n_late += usize::from(late);
            review.overtime = late;
            if files.is_empty() && !item.told {
                review.pass(matches!(item.made, Made::Commit { .. }), item.text);
                continue;
            }
            let mut change = match item.made {
                Made::Commit { id, known } => {
                    let (mut change, _) = commits.change(id)?;
                    change.known = known;
                    change
                }
                Made::Kept(change) => *change,
            };
            change.files.retain(|file| {
                scans
                    .numbers(file)
                    .is_some_and(|pair| files.contains(&pair))
            });
            review.add(&change)?;
        }
        Ok(review.finish())
    }
}
