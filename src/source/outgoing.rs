//! What a push is about to send (`pre-push`): the commits that no remote-tracking ref of that remote reaches, nor what git
//! says the remote has. The remote may have commits that are not known here; that is no error.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use git2::Oid;

use super::object::is_zero;
use super::plumbing::{Git, Reach};
use super::repo::GitRepo;
use super::walk;
use super::{Change, ChangeOrigin, Sink};
use crate::host::{Framework, OutgoingRef};

/// Where a push goes, as git tells the hook: a bare URL is its own name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remote {
    pub name: String,
    pub url: String,
}

impl Remote {
    /// The remote as the pre-commit framework names it, if the arguments do not.
    #[must_use]
    pub fn of_framework(framework: &Framework, arguments: &Self) -> Self {
        let or = |given: &String, said: &Option<String>| {
            if given.is_empty() {
                said.clone().unwrap_or_default()
            } else {
                given.clone()
            }
        };
        Self {
            name: or(&arguments.name, &framework.remote_name),
            url: or(&arguments.url, &framework.remote_url),
        }
    }
}

/// Hands over what a push sends.
pub fn changes(
    repo: &GitRepo,
    remote: &Remote,
    refs: &[OutgoingRef],
    sink: &mut Sink<'_>,
) -> Result<()> {
    let mut names = Change::new(ChangeOrigin::Texts);
    let mut tips: Vec<Oid> = Vec::new();
    let mut there: Vec<Oid> = Vec::new();
    for one in refs {
        if !is_zero(one.old) && repo.peel_to_commit(one.old)?.is_some() {
            there.push(one.old);
        }
        if is_zero(one.new) {
            continue;
        }
        if is_zero(one.old) && !one.remote.is_empty() {
            names.names.push(one.remote.clone());
        }
        tips.push(one.new);
    }
    if tips.is_empty() {
        return Ok(());
    }
    tips.sort();
    tips.dedup();
    there.sort();
    there.dedup();
    sink(names)?;
    let others = Reach {
        flags: tracking(&repo.git()?, remote)?,
        ids: there,
    };
    walk::by_reachability(repo, &tips, others, sink)
}

/// The push that the pre-commit framework describes by its variables, for want of standard input. Names are looked up here.
pub fn from_framework(repo: &GitRepo, framework: &Framework) -> Result<Vec<OutgoingRef>> {
    let zero = match repo.format {
        git2::ObjectFormat::Sha1 => Oid::ZERO_SHA1,
        git2::ObjectFormat::Sha256 => Oid::ZERO_SHA256,
    };
    if framework.to.bytes().all(|byte| byte == b'0') {
        return Ok(Vec::new());
    }
    let git = repo.git()?;
    let new = git
        .commit_of(&framework.to, repo.format)?
        .with_context(|| {
            format!(
                "`PRE_COMMIT_TO_REF` names no commit here: `{}`",
                framework.to
            )
        })?;
    let old = match &framework.from {
        Some(from) if !from.bytes().all(|byte| byte == b'0') => {
            git.commit_of(from, repo.format)?.unwrap_or(zero)
        }
        _ => zero,
    };
    Ok(vec![OutgoingRef {
        local: framework.local_branch.clone().unwrap_or_default().into(),
        new,
        remote: framework.remote_branch.clone().unwrap_or_default().into(),
        old,
    }])
}

/// Patterns of the refs that show what the remote has: those that its fetches write, for each configured remote that has
/// this name or address.
fn tracking(git: &Git, remote: &Remote) -> Result<Vec<String>> {
    let settings = git.settings(r"^remote\..*\.(url|pushurl|fetch)$")?;
    let parts = settings.iter().filter_map(|(name, value)| {
        let (remote, key) = name.strip_prefix("remote.")?.rsplit_once('.')?;
        Some((remote, key, value.as_str()))
    });
    let address = place(&remote.url);
    let mut names: Vec<&str> = parts
        .clone()
        .filter(|(name, key, value)| {
            *name == remote.name
                || (*key != "fetch" && !address.is_empty() && place(value) == address)
        })
        .map(|(name, _, _)| name)
        .collect();
    // Where a name is configured, other remotes of the same address say nothing of it that it does not say itself.
    if names.contains(&remote.name.as_str()) {
        names.retain(|name| *name == remote.name);
    }
    names.sort_unstable();
    names.dedup();
    let mut globs: Vec<String> = parts
        .filter(|(name, key, _)| *key == "fetch" && names.contains(name))
        .filter_map(|(_, _, refspec)| refspec.split_once(':'))
        .map(|(_, to)| to)
        // A mirror's fetches write over local branches: those show nothing.
        .filter(|to| to.starts_with("refs/remotes/"))
        .map(|to| format!("--glob={to}"))
        .collect();
    globs.sort_unstable();
    globs.dedup();
    Ok(globs)
}

/// An address in one form: local paths resolved, slashes and `.git` at the end left out.
fn place(url: &str) -> String {
    let path = url.strip_prefix("file://").unwrap_or(url);
    let local = Path::new(path)
        .canonicalize()
        .unwrap_or_else(|_| PathBuf::from(path));
    let text = local.to_string_lossy();
    let text = text.trim_end_matches('/');
    text.strip_suffix(".git").unwrap_or(text).to_owned()
}
