//! What is already there: commits of a history, or the files of one commit.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use git2::ObjectType;

use super::ahead;
use super::commit::Trees;
use super::compare::{self, New};
use super::object::parse_oid;
use super::plumbing::Git;
use super::repo::GitRepo;
use super::walk::Walk;
use super::{Change, ChangeOrigin, Known, Sink};

/// Threads that read commits; more would need more memory.
const MOST_THREADS: usize = 2;

/// Which commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revisions {
    Head,
    /// What any ref reaches, tags too.
    All,
    /// `A..B`, `A`, `A ^B`: as `rev-list` takes them.
    Range(Vec<String>),
    /// Commits after a date in any form that git takes, of a range or of everything.
    Since {
        since: String,
        range: Vec<String>,
    },
}

/// Hands over each commit, parents before children. An empty repository has none.
pub fn changes(repo: &GitRepo, revisions: &Revisions, sink: &mut dyn Sink) -> Result<()> {
    let tips = match revisions {
        Revisions::Head => repo.head()?.into_iter().collect(),
        Revisions::All => repo.all_tips()?,
        Revisions::Range(range) => return listed(repo, None, range, sink),
        Revisions::Since { since, range } => {
            return listed(repo, Some(since.as_str()), range, sink);
        }
    };
    let mut walk = Walk::new(repo).on_threads(threads());
    let commits = walk.peel(&tips, &|_| false, &Arc::new(Known::Nothing), sink)?;
    walk.commits(&commits, &|_| false, sink)
}

/// Commits that git lists.
fn listed(
    repo: &GitRepo,
    since: Option<&str>,
    range: &[String],
    sink: &mut dyn Sink,
) -> Result<()> {
    if let Some(option) = range.iter().find(|part| part.starts_with('-')) {
        bail!("`{option}` is no range of commits; write `A..B`");
    }
    let git = repo.git()?;
    if let Some(since) = since
        && !is_past(&git, since)?
    {
        bail!("`{since}` is no date in the past; write for example 2026-11-01, or \"2 weeks ago\"");
    }
    let since = since.map(|since| format!("--since={since}"));
    let mut args: Vec<&str> = since.as_deref().into_iter().collect();
    args.extend(range.iter().map(String::as_str));
    if range.is_empty() {
        args.push("--all");
    }
    let ids = git
        .commits_of(&args, repo.format)
        .with_context(|| format!("`{}` is no range of commits here", range.join(" ")))?;
    ahead::each(repo, &ids, &Trees::default(), threads(), &mut |made| {
        sink.take(made.change)
    })
}

/// On how many threads commits are read.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get().min(MOST_THREADS))
}

/// Whether a date lies in the past; git takes any word that it does not know for this moment.
fn is_past(git: &Git, date: &str) -> Result<bool> {
    let told = git.run(&["rev-parse", &format!("--since={date}")], b"")?;
    let told = String::from_utf8_lossy(&told);
    let at = told
        .trim()
        .strip_prefix("--max-age=")
        .and_then(|at| at.parse().ok());
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock is wrong")?;
    Ok(at.is_some_and(|at: u64| at + 2 < now.as_secs()))
}

/// Every file that `HEAD` tracks.
pub fn files_of_head(repo: &GitRepo) -> Result<Change> {
    let Some(head) = repo.head()? else {
        return Ok(Change::new(ChangeOrigin::Texts));
    };
    let commit = repo
        .commit(head)?
        .with_context(|| format!("commit {head} is missing"))?;
    let mut change = Change::new(ChangeOrigin::Commit(GitRepo::commit_ref(head, &commit)));
    compare::compare(repo, New::Tree(commit.tree), &[], &mut change)?;
    Ok(change)
}

/// The content of a file in a commit (`None`: in `HEAD`), by the commit's whole id; `None` where there is none.
pub fn file_in(repo: &GitRepo, commit: Option<&str>, path: &[u8]) -> Result<Option<Vec<u8>>> {
    let id = match commit {
        Some(hex) => parse_oid(hex.as_bytes(), repo.format)
            .ok()
            .filter(|id| repo.exists(*id)),
        None => repo.head()?,
    };
    let Some(commit) = id.map(|id| repo.commit(id)).transpose()?.flatten() else {
        return Ok(None);
    };
    let Some(id) = compare::entry_at(repo, commit.tree, path)? else {
        return Ok(None);
    };
    let object = repo.read(id)?;
    Ok(object
        .filter(|object| object.kind() == ObjectType::Blob)
        .map(|object| object.bytes().to_vec()))
}
