//! Says which hooks will run in a repository, which will not and why, and what no hook covers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;

use super::folder::{self, HooksFolder, executable, no_exec};
use super::{SERVER, default_hooks, script};
use crate::run::say;

/// One hook's state.
enum State {
    /// Ours, and git will run it.
    Runs,
    /// Another program's hook that calls keysieve.
    Calls,
    Missing,
    Foreign,
    Broken(String),
}

/// Prints the state of each hook of the repository at `dir`; 0 if all of them would fire, else 1.
pub fn doctor(dir: &Path) -> Result<ExitCode> {
    let path = folder::hooks_path(dir)?;
    let names = default_hooks(dir);
    let is_server = names == SERVER;
    let folder = if is_server {
        HooksFolder::of_server(dir)?
    } else {
        HooksFolder::at(path.clone())
    };
    let mut out = format!("hooks folder      {}\n", folder.path.display());
    if let Ok(set) = folder::git(dir, &["config", "--show-origin", "--get", "core.hooksPath"])
        && !set.is_empty()
    {
        out.push_str(&format!("core.hooksPath    {set}\n"));
    }
    let mut healthy = true;
    for name in names {
        let hook = folder.hook(name);
        let state = examine(&hook, name);
        let words = match &state {
            State::Runs => "runs keysieve".to_owned(),
            State::Calls => "runs keysieve through another program's hook".to_owned(),
            State::Missing => "MISSING: `keysieve install` puts it there".to_owned(),
            State::Foreign => {
                "DOES NOT CALL keysieve: `keysieve install` keeps it and adds ours".to_owned()
            }
            State::Broken(why) => format!("WILL NOT RUN: {why}"),
        };
        healthy &= matches!(state, State::Runs | State::Calls);
        out.push_str(&format!("{name:<17} {words}\n"));
    }
    if no_exec(&folder.path) {
        healthy = false;
        out.push_str(
            "the hooks folder is on a file system mounted noexec: git cannot run its hooks\n",
        );
    }
    if is_server {
        out.push_str("not covered       objects that were on the server before\n");
    } else {
        out.push_str("not covered       cherry-pick, rebase, am, stash and `--no-verify` run no pre-commit hook: pre-push and the server see those\n");
    }
    out.push_str(if healthy {
        "all hooks fire\n"
    } else {
        "some hooks do not fire\n"
    });
    say(&out)?;
    Ok(ExitCode::from(u8::from(!healthy)))
}

fn examine(hook: &Path, name: &str) -> State {
    let Ok(text) = fs::read(hook) else {
        return State::Missing;
    };
    if !executable(hook) {
        return State::Broken(format!(
            "`{}` is not executable; chmod +x it",
            hook.display()
        ));
    }
    if !script::is_ours(&text) {
        let calls = memchr::memmem::find(&text, b"keysieve").is_some();
        let framework =
            memchr::memmem::find(&text, b"pre-commit.com").is_some() && framework_has_us(hook);
        return if calls || framework {
            State::Calls
        } else {
            State::Foreign
        };
    }
    match program(&text, name) {
        Some(exe) if executable(&exe) => State::Runs,
        Some(exe) => State::Broken(format!(
            "the program `{}` is gone; install keysieve again",
            exe.display()
        )),
        None => State::Broken("it was edited and names no program; install it again".to_owned()),
    }
}

/// Whether the pre-commit framework's configuration above this hooks folder names keysieve.
fn framework_has_us(hook: &Path) -> bool {
    hook.ancestors().any(|folder| {
        fs::read(folder.join(".pre-commit-config.yaml"))
            .is_ok_and(|text| memchr::memmem::find(&text, b"keysieve").is_some())
    })
}

/// The program that a script of ours runs: the single-quoted word before ` hook NAME`.
fn program(text: &[u8], name: &str) -> Option<PathBuf> {
    let text = String::from_utf8_lossy(text);
    let (before, _) = text.split_once(&format!("' hook {name}"))?;
    let start = before.rfind(" '").or_else(|| before.rfind("\n'"))?;
    Some(PathBuf::from(
        before.get(start + 2..)?.replace("'\\''", "'"),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::CLIENT;
    use super::*;

    #[test]
    fn finds_the_program_in_a_script() {
        for name in CLIENT.iter().chain(SERVER) {
            let text = script::own(name, Path::new("/opt/key sieve/bin"));
            assert_eq!(
                program(text.as_bytes(), name),
                Some(PathBuf::from("/opt/key sieve/bin"))
            );
        }
    }
}
