//! Hooks for every repository of a user, old, new and cloned: `core.hooksPath` to a folder of ours whose hooks run the
//! repository's own first. Where someone else's folder is set already, ours join it there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use super::folder::{Change, HooksFolder};
use super::{CLIENT, SERVER, canary, chosen, global_folder, script};
use crate::run::say;

/// Every hook that git knows: core.hooksPath switches off all of a repository's own, so each is passed on.
const ALL: &[&str] = &[
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "reference-transaction",
    "push-to-checkout",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "post-index-change",
    "p4-changelist",
    "p4-prepare-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
];
/// Beside our hooks: the user's git config as it was, or the note that there was none.
const BEFORE: &str = "gitconfig.before";
const AFTER: &str = "gitconfig.after";
const NONE: &str = "gitconfig.none";

fn config(args: &[&str]) -> Result<Option<String>> {
    let output = Command::new("git")
        .args(["config", "--global"])
        .args(args)
        .output()
        .context("`git` cannot be run; install it, or put it on the PATH")?;
    match output.status.code() {
        Some(0) => Ok(Some(
            String::from_utf8_lossy(&output.stdout)
                .trim_end()
                .to_owned(),
        )),
        Some(1) => Ok(None),
        _ => bail!(
            "git config --global {}: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        ),
    }
}

/// The file that `git config --global` writes.
#[expect(
    clippy::disallowed_methods,
    reason = "git finds its file by these variables; nothing is configured by them"
)]
fn config_file() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("GIT_CONFIG_GLOBAL") {
        return Ok(path.into());
    }
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .context("HOME is not set")?;
    let plain = home.join(".gitconfig");
    let xdg = std::env::var_os("XDG_CONFIG_HOME")
        .map_or_else(|| home.join(".config"), PathBuf::from)
        .join("git/config");
    Ok(if !plain.exists() && xdg.exists() {
        xdg
    } else {
        plain
    })
}

pub(super) fn install(exe: &Path, only: &[String]) -> Result<ExitCode> {
    let ours = global_folder()?;
    let set = config(&["--get", "--path", "core.hooksPath"])?;
    let mut out = String::new();
    let names = chosen(CLIENT, only);
    match &set {
        Some(path) if Path::new(path) != ours => {
            let folder = HooksFolder::at(PathBuf::from(path));
            for name in &names {
                out.push_str(&format!(
                    "{name:<17} {}\n",
                    folder.install(name, exe)?.words()
                ));
            }
            out.push_str(&format!(
                "core.hooksPath is `{path}` already: keysieve joined the hooks there\n"
            ));
        }
        Some(_) | None => {
            let folder = HooksFolder::at(ours.clone());
            for name in ALL {
                // A bare repository of this user gets its gate too.
                let checks = names.contains(name) || (only.is_empty() && SERVER.contains(name));
                let change = folder.write(name, &script::global(name, exe, checks))?;
                if checks {
                    out.push_str(&format!("{name:<17} {}\n", change.words()));
                }
            }
            if set.is_none() {
                point_git_at(&ours)?;
            }
            out.push_str(&format!("core.hooksPath is `{}`: every repository, new ones too; their own hooks run first\n", ours.display()));
        }
    }
    canary::prove(exe, false)?;
    out.push_str("a made-up token was refused as it should be\n");
    say(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// Sets core.hooksPath and keeps the file as it was before and after, so that it can be restored byte for byte.
fn point_git_at(folder: &Path) -> Result<()> {
    let file = config_file()?;
    match fs::read(&file) {
        Ok(before) => fs::write(folder.join(BEFORE), before)?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => fs::write(folder.join(NONE), "")?,
        Err(e) => return Err(e).with_context(|| format!("`{}` cannot be read", file.display())),
    }
    let value = folder
        .to_str()
        .context("the path of the hooks folder is not UTF-8")?;
    config(&["core.hooksPath", value])?;
    fs::copy(&file, folder.join(AFTER))
        .with_context(|| format!("`{}` cannot be read", file.display()))?;
    Ok(())
}

pub(super) fn uninstall() -> Result<ExitCode> {
    let ours = global_folder()?;
    let mut out = String::new();
    let set = config(&["--get", "--path", "core.hooksPath"])?;
    if let Some(path) = set.filter(|path| Path::new(path) != ours) {
        let folder = HooksFolder::at(PathBuf::from(path));
        for name in CLIENT {
            let change = folder.uninstall(name)?;
            if change != Change::NotOurs {
                out.push_str(&format!("{name:<17} {}\n", change.words()));
            }
        }
    }
    if ours.is_dir() {
        restore_config(&ours)?;
        for name in [BEFORE, AFTER, NONE] {
            drop(fs::remove_file(ours.join(name)));
        }
        let folder = HooksFolder::at(ours.clone());
        for name in ALL {
            folder.uninstall(name)?;
        }
        // The folder of our own configuration was made with the hooks' one; it goes if nothing else is in it.
        if let Some(parent) = ours.parent() {
            drop(fs::remove_dir(parent));
        }
        out.push_str("core.hooksPath is as it was before\n");
    }
    if out.is_empty() {
        out.push_str("keysieve is not installed for all repositories\n");
    }
    say(&out)?;
    Ok(ExitCode::SUCCESS)
}

fn restore_config(folder: &Path) -> Result<()> {
    let file = config_file()?;
    let unchanged = fs::read(&file)
        .ok()
        .is_some_and(|now| fs::read(folder.join(AFTER)).is_ok_and(|after| after == now));
    if unchanged && folder.join(NONE).exists() {
        return fs::remove_file(&file)
            .with_context(|| format!("`{}` cannot be removed", file.display()));
    }
    if unchanged && let Ok(before) = fs::read(folder.join(BEFORE)) {
        return fs::write(&file, before)
            .with_context(|| format!("`{}` cannot be written", file.display()));
    }
    if config(&["--get", "core.hooksPath"])?.is_some_and(|set| Path::new(&set) == folder) {
        config(&["--unset", "core.hooksPath"])?;
    }
    Ok(())
}
