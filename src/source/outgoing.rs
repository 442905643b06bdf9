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
    sink: &mut dyn Sink,
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
    sink.take(names)?;
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
    let settings =
        git.settings(r"^(remote|url)\..*\.(url|pushurl|fetch|insteadof|pushinsteadof)$")?;
    let rewrites = Rewrites::of(&settings);
    let parts = settings.iter().filter_map(|(name, value)| {
        let (remote, key) = name.strip_prefix("remote.")?.rsplit_once('.')?;
        Some((remote, key, value.as_str()))
    });
    let address = place(&remote.url);
    let has_address = |value: &str| {
        !address.is_empty()
            && rewrites
                .of_address(value)
                .iter()
                .any(|url| place(url) == address)
    };
    let mut names: Vec<&str> = parts
        .clone()
        .filter(|(name, key, value)| {
            *name == remote.name || (matches!(*key, "url" | "pushurl") && has_address(value))
        })
        .map(|(name, _, _)| name)
        .collect();
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

/// `url.BASE.insteadOf` and `url.BASE.pushInsteadOf`: git hands a hook the address after these, the settings hold it before.
struct Rewrites<'s> {
    fetch: Vec<(&'s str, &'s str)>,
    push: Vec<(&'s str, &'s str)>,
}

impl<'s> Rewrites<'s> {
    fn of(settings: &'s [(String, String)]) -> Self {
        let of = |key: &str| {
            let rules = settings.iter().filter_map(|(name, value)| {
                let base = name.strip_prefix("url.")?.strip_suffix(key)?;
                Some((base, value.as_str()))
            });
            rules.collect()
        };
        Self {
            fetch: of(".insteadof"),
            push: of(".pushinsteadof"),
        }
    }

    /// What a configured address may mean.
    fn of_address(&self, url: &str) -> Vec<String> {
        let mut urls = vec![url.to_owned()];
        for rules in [&self.fetch, &self.push] {
            // The longest beginning counts.
            let fitting = rules.iter().filter(|(_, start)| url.starts_with(start));
            if let Some((base, start)) = fitting.max_by_key(|(_, start)| start.len()) {
                urls.push(format!(
                    "{base}{}",
                    url.get(start.len()..).unwrap_or_default()
                ));
            }
        }
        urls
    }
}

/// An address in one form: local paths resolved, `host:path` as a URL, slashes and `.git` at the end left out.
fn place(url: &str) -> String {
    let path = url.strip_prefix("file://").unwrap_or(url);
    let local = Path::new(path)
        .canonicalize()
        .unwrap_or_else(|_| PathBuf::from(path));
    let text = local.to_string_lossy();
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix(".git").unwrap_or(text);
    match text.split_once(':') {
        Some((host, path)) if !host.contains('/') && !path.starts_with("//") => {
            format!("ssh://{host}/{}", path.trim_start_matches('/'))
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        for (left, right) in [
            ("git@host:team/p.git", "ssh://git@host/team/p"),
            ("host:/p", "ssh://host/p.git/"),
            ("https://host/p.git", "https://host/p/"),
            ("file:///nowhere/p", "/nowhere/p.git"),
        ] {
            assert_eq!(place(left), place(right));
        }
        assert_ne!(place("git@host:p"), place("git@other:p"));
        assert_ne!(place("https://host/p"), place("ssh://host/p"));
    }

    #[test]
    fn the_longest_rewrite_counts_and_the_address_itself_too() {
        let settings = [
            ("url.https://h/.insteadof", "h:"),
            ("url.https://h/team/.insteadof", "h:team/"),
            ("url.ssh://git@h/.pushinsteadof", "h:"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            Rewrites::of(&settings).of_address("h:team/p"),
            ["h:team/p", "https://h/team/p", "ssh://git@h/team/p"]
        );
    }
}
