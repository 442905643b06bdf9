//! Where hooks belong: the folder that git, or the host that a repository stands in, takes them from.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::folder::{HooksFolder, Style, git};
use super::script;

/// Where git looks for this repository's hooks; `None` where it looks in ours for all repositories.
pub(super) fn of_repository(dir: &Path) -> Result<Option<HooksFolder>> {
    let path = hooks_path(dir)?;
    let set = |scope: &str| {
        git(dir, &["config", scope, "--get", "core.hooksPath"]).is_ok_and(|set| !set.is_empty())
    };
    if is_global(&path) {
        return Ok(None);
    }
    if (set("--global") || set("--system")) && !set("--local") && !set("--worktree") {
        bail!(
            "core.hooksPath is set for all repositories, so git runs the hooks in `{}`; \
             use `keysieve install --global`, or unset core.hooksPath",
            path.display()
        );
    }
    Ok(Some(in_use(path)))
}

/// The folder of one repository, whatever serves all of them.
pub(super) fn of_repository_alone(dir: &Path) -> Result<HooksFolder> {
    let path = hooks_path(dir)?;
    if !is_global(&path) {
        return Ok(in_use(path));
    }
    let common = PathBuf::from(git(dir, &["rev-parse", "--git-common-dir"])?);
    Ok(HooksFolder::at(dir.join(common).join("hooks")))
}

/// Whether a folder holds the hooks of `install --global`.
fn is_global(path: &Path) -> bool {
    std::fs::read(path.join("pre-commit")).is_ok_and(|text| script::is_global(&text))
}

/// The folder that a person's hooks stand in, where git looks into this one.
pub(super) fn in_use(path: PathBuf) -> HooksFolder {
    match husky(&path) {
        Some(path) => HooksFolder {
            style: Style::ShellText,
            ..HooksFolder::at(path)
        },
        None => HooksFolder::at(path),
    }
}

/// Where git looks for hooks, by git's own word.
pub(super) fn hooks_path(dir: &Path) -> Result<PathBuf> {
    let answer = git(dir, &["rev-parse", "--git-path", "hooks"]).with_context(|| {
        format!(
            "`{}` is not a repository that git opens; name one, or run `git init` first",
            dir.display()
        )
    })?;
    let path = PathBuf::from(answer);
    Ok(if path.is_absolute() {
        path
    } else {
        dir.join(path)
    })
}

/// husky regenerates `.husky/_` and runs what stands in `.husky`: the hook belongs there.
pub(super) fn husky(path: &Path) -> Option<PathBuf> {
    (path.file_name() == Some(OsStr::new("_")) && path.join("h").is_file())
        .then(|| path.parent().map(Path::to_path_buf))?
}
