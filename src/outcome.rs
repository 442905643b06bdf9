//! What a whole run says: findings (one per secret, with all its places), gaps, how much was looked at, the verdict.

use std::time::Duration;

use crate::finding::{
    Around, Confidence, Evidence, Excerpt, Gap, InlineAllow, Position, Secret, Severity, Step,
};
use crate::rule::RuleRef;

/// One secret, wherever it stands. `places` is never empty; the first is where it was introduced.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Short and stable: the same rule and value give the same id wherever they stand.
    pub id: String,
    pub rule: RuleRef,
    pub secret: Secret,
    pub severity: Severity,
    pub confidence: Confidence,
    pub evidence: Vec<Evidence>,
    pub status: Status,
    pub places: Vec<Place>,
}

/// One place of a secret.
#[derive(Debug, Clone)]
pub struct Place {
    pub origin: Origin,
    /// Path in the repository, or as given on the command line; for a message, a ref or a tag the words for it.
    pub path: Vec<u8>,
    pub position: Position,
    pub route: Vec<Step>,
    pub excerpt: Excerpt,
    /// Reason of an inline allow on the line itself.
    pub inline_allow: Option<InlineAllow>,
    /// What allow entries look at, where some do.
    pub around: Option<Box<Around>>,
}

/// What holds the content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// Staged, not yet in a commit.
    Index,
    /// A file in a commit.
    Commit(CommitRef),
    /// The message or another header of a commit.
    Message(CommitRef),
    /// An annotated tag's object, by its id in hex.
    Tag(String),
    /// A blob or tree that no new commit holds (a tag of it), by its id in hex.
    Object(String),
    /// The name of a ref, or of a path in a new tree.
    Name,
    /// A message being written (`commit-msg`).
    MessageFile,
    /// A file on disk.
    File,
    Stdin,
}

impl Origin {
    /// The commit that holds the place, in a file or in its own text.
    #[must_use]
    pub fn commit(&self) -> Option<&CommitRef> {
        match self {
            Self::Commit(commit) | Self::Message(commit) => Some(commit),
            Self::Index
            | Self::Tag(_)
            | Self::Object(_)
            | Self::Name
            | Self::MessageFile
            | Self::File
            | Self::Stdin => None,
        }
    }
}

/// A commit as a report names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommitRef {
    /// Whole id in hex.
    pub id: String,
    /// Committer's time, seconds since 1970.
    pub time: i64,
    /// `Name <mail>` of the author, raw bytes.
    pub author: Vec<u8>,
    /// No parents: a rewrite recipe differs.
    pub root: bool,
    pub merge: bool,
}

/// Whether a finding counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Open,
    Suppressed(Reason),
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The comment on the line, with its reason.
    Inline(String),
    /// An `[[allow]]` entry, with its reason.
    Allow(String),
    /// A baseline knows it.
    Baseline,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    pub contents: u64,
    pub bytes: u64,
    pub commits: u64,
    pub elapsed: Duration,
}

/// What a run decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Pass,
    Block,
    Undecided,
}

/// The result of a run, ready for a reporter.
#[derive(Debug)]
pub struct Outcome {
    pub findings: Vec<Finding>,
    pub gaps: Vec<Gap>,
    pub stats: Stats,
    pub verdict: Verdict,
}
