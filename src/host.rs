//! How we were called: git's variables, who pushes, what stands on standard input. The environment is read here and in
//! `config` only; everything else gets values.

mod gerrit;
mod pusher;
mod switches;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

pub use crate::source::updates::{OutgoingRef, RefUpdate, parse_outgoing, parse_updates};
pub use gerrit::{GerritUpdate, parse_gerrit};
pub use pusher::{Pusher, push_options};
pub use switches::Switches;

/// Git's variables that say where the repository and its parts are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitEnv {
    pub git_dir: Option<PathBuf>,
    pub common_dir: Option<PathBuf>,
    pub index_file: Option<PathBuf>,
    pub object_directory: Option<PathBuf>,
    /// Raw list, as git writes it.
    pub alternates: Option<OsString>,
    pub quarantine: Option<PathBuf>,
    pub shallow_file: Option<PathBuf>,
    /// Ids in hex of the commits being merged, of `GITHEAD_<id>`.
    pub merged: Vec<String>,
    /// The folder below the root in which the command was given.
    pub prefix: Option<PathBuf>,
    /// Where git is looked for.
    pub path: Option<OsString>,
    /// `:` when git runs no editor for a message.
    pub editor: Option<OsString>,
    /// The pre-commit framework's range of a push.
    pub framework: Option<Framework>,
}

/// What the pre-commit framework says of a push, in place of standard input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Framework {
    /// Absent where the whole branch is pushed.
    pub from: Option<String>,
    /// A commit, or the local branch's name.
    pub to: String,
    pub local_branch: Option<String>,
    pub remote_branch: Option<String>,
    pub remote_name: Option<String>,
    pub remote_url: Option<String>,
}

impl GitEnv {
    /// Reads this process's environment.
    #[must_use]
    pub fn read() -> Self {
        Self::from_vars(vars())
    }

    /// From any list of variables.
    #[must_use]
    pub fn from_vars(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut env = Self::default();
        let mut framework = Framework::default();
        for (name, value) in vars {
            let Some(name) = name.to_str() else { continue };
            if value.is_empty() {
                continue;
            }
            match name {
                "GIT_DIR" => env.git_dir = Some(value.into()),
                "GIT_COMMON_DIR" => env.common_dir = Some(value.into()),
                "GIT_INDEX_FILE" => env.index_file = Some(value.into()),
                "GIT_OBJECT_DIRECTORY" => env.object_directory = Some(value.into()),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES" => env.alternates = Some(value),
                "GIT_QUARANTINE_PATH" => env.quarantine = Some(value.into()),
                "GIT_SHALLOW_FILE" => env.shallow_file = Some(value.into()),
                "GIT_PREFIX" => env.prefix = Some(value.into()),
                "GIT_EDITOR" => env.editor = Some(value),
                "PATH" => env.path = Some(value),
                "PRE_COMMIT_FROM_REF" => framework.from = text(&value),
                "PRE_COMMIT_TO_REF" => framework.to = text(&value).unwrap_or_default(),
                "PRE_COMMIT_LOCAL_BRANCH" => framework.local_branch = text(&value),
                "PRE_COMMIT_REMOTE_BRANCH" => framework.remote_branch = text(&value),
                "PRE_COMMIT_REMOTE_NAME" => framework.remote_name = text(&value),
                "PRE_COMMIT_REMOTE_URL" => framework.remote_url = text(&value),
                _ => {
                    if let Some(id) = name.strip_prefix("GITHEAD_") {
                        env.merged.push(id.to_owned());
                    }
                }
            }
        }
        env.merged.sort();
        // For the first push to a remote, the framework gives no range: the branch goes out whole.
        if framework.to.is_empty() && framework.remote_name.is_some() {
            framework.to = framework.local_branch.clone().unwrap_or_default();
        }
        env.framework = Some(framework).filter(|framework| !framework.to.is_empty());
        env
    }
}

fn text(value: &OsStr) -> Option<String> {
    value.to_str().map(str::to_owned)
}

fn vars() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(vars: &[(&str, &str)]) -> GitEnv {
        GitEnv::from_vars(vars.iter().map(|(n, v)| ((*n).into(), (*v).into())))
    }

    #[test]
    fn merged_commits_are_named_by_their_variables() {
        let env = env(&[
            ("GITHEAD_bb", "topic"),
            ("GITHEAD_aa", "x"),
            ("GIT_DIR", "."),
        ]);
        assert_eq!(env.merged, ["aa", "bb"]);
        assert_eq!(env.git_dir, Some(".".into()));
    }

    #[test]
    fn each_variable_has_its_field_and_an_empty_one_is_none() {
        type Field = fn(&GitEnv) -> Option<OsString>;
        let fields: [(&str, Field); 10] = [
            ("GIT_DIR", |env| env.git_dir.clone().map(Into::into)),
            ("GIT_COMMON_DIR", |env| {
                env.common_dir.clone().map(Into::into)
            }),
            ("GIT_INDEX_FILE", |env| {
                env.index_file.clone().map(Into::into)
            }),
            ("GIT_OBJECT_DIRECTORY", |env| {
                env.object_directory.clone().map(Into::into)
            }),
            ("GIT_ALTERNATE_OBJECT_DIRECTORIES", |env| {
                env.alternates.clone()
            }),
            ("GIT_QUARANTINE_PATH", |env| {
                env.quarantine.clone().map(Into::into)
            }),
            ("GIT_SHALLOW_FILE", |env| {
                env.shallow_file.clone().map(Into::into)
            }),
            ("GIT_PREFIX", |env| env.prefix.clone().map(Into::into)),
            ("GIT_EDITOR", |env| env.editor.clone()),
            ("PATH", |env| env.path.clone()),
        ];
        for (name, field) in fields {
            assert_eq!(
                field(&env(&[(name, "value")])),
                Some("value".into()),
                "{name}"
            );
            assert_eq!(env(&[(name, "")]), GitEnv::default(), "{name}");
        }
        assert_eq!(
            GitEnv::read().path,
            std::env::vars_os()
                .find(|(n, _)| n == "PATH")
                .map(|(_, path)| path)
        );
    }

    #[test]
    fn the_framework_names_branches_and_remote() {
        let framework = env(&[
            ("PRE_COMMIT_FROM_REF", "a"),
            ("PRE_COMMIT_TO_REF", "b"),
            ("PRE_COMMIT_LOCAL_BRANCH", "c"),
            ("PRE_COMMIT_REMOTE_BRANCH", "d"),
            ("PRE_COMMIT_REMOTE_NAME", "e"),
            ("PRE_COMMIT_REMOTE_URL", "f"),
        ]);
        let expected = Framework {
            from: Some("a".into()),
            to: "b".into(),
            local_branch: Some("c".into()),
            remote_branch: Some("d".into()),
            remote_name: Some("e".into()),
            remote_url: Some("f".into()),
        };
        assert_eq!(framework.framework, Some(expected));
        // Without a remote there is no push.
        assert_eq!(env(&[("PRE_COMMIT_LOCAL_BRANCH", "c")]).framework, None);
    }

    #[test]
    fn the_frameworks_range_counts_only_with_an_end() {
        assert_eq!(env(&[("PRE_COMMIT_FROM_REF", "a")]).framework, None);
        let framework = env(&[("PRE_COMMIT_TO_REF", "main")]).framework.unwrap();
        assert_eq!((framework.to.as_str(), framework.from), ("main", None));
        let first = env(&[
            ("PRE_COMMIT_REMOTE_NAME", "origin"),
            ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/x"),
        ]);
        assert_eq!(first.framework.unwrap().to, "refs/heads/x");
    }
}
