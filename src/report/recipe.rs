//! How to take a value out again, ready to paste: by where it is, and by what stands around the commits that hold it.

use std::collections::HashSet;

use super::{Stage, plain};
use crate::outcome::{CommitRef, Finding, Origin};

/// Files that a command names; more would hide the rest of the message.
const PATHS: usize = 4;

/// What git's history looks like around the findings.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// Ids in hex of what is pushed.
    pub tips: Vec<String>,
    /// Merges are among the commits that are pushed.
    pub merges: bool,
    /// No commit yet.
    pub unborn: bool,
    /// The command was given in a folder below the root.
    pub below_root: bool,
}

impl Situation {
    /// Around these ids, which are zero where a ref is deleted.
    pub fn of(new: impl Iterator<Item = String>) -> Self {
        let mut tips: Vec<String> = new
            .filter(|id| id.bytes().any(|digit| digit != b'0'))
            .collect();
        tips.sort();
        tips.dedup();
        Self {
            tips,
            ..Self::default()
        }
    }
}

/// A command, and what to do with it.
pub(super) struct Recipe {
    /// The commit to rewrite first, short.
    pub(super) commit: Option<String>,
    pub(super) command: String,
    pub(super) how: String,
}

impl Recipe {
    fn of(command: impl Into<String>, how: impl Into<String>) -> Self {
        Self {
            commit: None,
            command: command.into(),
            how: how.into(),
        }
    }
}

/// The recipe for these findings together; `None` where there is nothing to run.
pub(super) fn recipe(findings: &[&Finding], stage: Stage, around: &Situation) -> Option<Recipe> {
    match stage {
        Stage::Index => unstage(findings, around),
        Stage::Message => Some(Recipe::of(
            "git commit --edit",
            "write the message again without it",
        )),
        Stage::LocalCommits | Stage::Pushed => rewrite(findings, around),
        Stage::History => Some(Recipe::of(
            "git filter-repo --replace-text ../values",
            format!("in a fresh clone; {VALUES}; revoke it first: clones and forks keep it"),
        )),
        Stage::Files => None,
    }
}

/// What stands in the file that `git filter-repo` reads.
const VALUES: &str = "../values has a line for each value: VALUE==>REMOVED";

/// More commits than this are not edited one by one.
const BY_HAND: usize = 3;

fn unstage(findings: &[&Finding], around: &Situation) -> Option<Recipe> {
    let places = findings.iter().flat_map(|finding| &finding.places);
    let mut paths: Vec<String> = places
        .filter(|place| place.origin == Origin::Index)
        .map(|place| {
            let path = plain::clean(&place.path);
            shell_quoted(&if around.below_root {
                format!(":/{path}")
            } else {
                path
            })
        })
        .collect();
    paths.sort();
    paths.dedup();
    let more = paths.len().saturating_sub(PATHS);
    paths.truncate(PATHS);
    if paths.is_empty() {
        return Some(Recipe::of("git mv OLD NEW", "the name itself holds it"));
    }
    // Before the first commit there is nothing to restore from.
    let command = if around.unborn {
        "git rm --cached --"
    } else {
        "git restore --staged"
    };
    let how = match more {
        0 => "unstages it; the file on disk stays".to_owned(),
        more => format!("and {more} more files; the files on disk stay"),
    };
    Some(Recipe::of(format!("{command} {}", paths.join(" ")), how))
}

fn rewrite(findings: &[&Finding], around: &Situation) -> Option<Recipe> {
    let mut commits: Vec<&CommitRef> = Vec::new();
    let mut seen = HashSet::new();
    let mut messages = true;
    let (mut tagged, mut bare, mut named) = (false, false, None);
    for place in findings.iter().flat_map(|finding| &finding.places) {
        match &place.origin {
            Origin::Commit(commit) | Origin::Message(commit) => {
                messages &= matches!(place.origin, Origin::Message(_));
                if seen.insert(commit.id.as_str()) {
                    commits.push(commit);
                }
            }
            Origin::Tag(_) => tagged = true,
            Origin::Name => named = Some(place.path.starts_with(b"refs/")),
            Origin::Object(_) => bare = true,
            Origin::Index | Origin::MessageFile | Origin::File | Origin::Stdin => {}
        }
    }
    let Some(first) = commits.iter().min_by_key(|commit| commit.time) else {
        return match (tagged, bare, named) {
            (true, _, _) => Some(Recipe::of(
                "git tag -f -a TAG",
                "write the tag's message again",
            )),
            (_, true, _) => Some(Recipe::of(
                "git tag -d TAG",
                "the tag or ref that names the object; push without it",
            )),
            (_, _, Some(true)) => Some(Recipe::of(
                "git branch -m NEW",
                "the name of the ref holds it: push it under another",
            )),
            (_, _, Some(false)) => Some(Recipe::of(
                "git mv OLD NEW",
                "in the commit that brought the name: git rebase -i, edit, git commit --amend",
            )),
            (false, false, None) => None,
        };
    };
    let take_out = if messages {
        "write the message again"
    } else {
        "take the value out, git add"
    };
    let mut recipe = if commits.len() == 1 && around.tips == [first.id.as_str()] {
        if messages {
            Recipe::of("git commit --amend", "write the message again")
        } else {
            Recipe::of(
                "git commit --amend",
                "after you took the value out and git add",
            )
        }
    } else if commits.len() > BY_HAND {
        let what = if messages { "message" } else { "text" };
        Recipe::of(
            format!("git filter-repo --force --refs HEAD --replace-{what} ../values"),
            VALUES,
        )
    } else {
        let merges = if around.merges || commits.iter().any(|commit| commit.merge) {
            "--rebase-merges "
        } else {
            ""
        };
        let from = if commits.iter().any(|commit| commit.root) {
            "--root".to_owned()
        } else {
            format!("{}^", plain::short(&first.id))
        };
        let mark = match (commits.len(), first.merge) {
            (1, true) => "write `break` below its `merge` line",
            (1, false) => "mark it `edit`",
            _ => "mark each of them `edit`",
        };
        Recipe::of(
            format!("git rebase -i {merges}{from}"),
            format!("{mark}; {take_out}; git commit --amend; git rebase --continue"),
        )
    };
    recipe.commit = Some(plain::short(&first.id).to_owned());
    Some(recipe)
}

/// A path as one word of a shell.
fn shell_quoted(path: &str) -> String {
    let plain = !path.is_empty()
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-./@%+=:,".contains(&b));
    if plain {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_a_shell() {
        assert_eq!(shell_quoted("src/a.py"), "src/a.py");
        assert_eq!(shell_quoted("it's $(x)"), "'it'\\''s $(x)'");
    }
}
