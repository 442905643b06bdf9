//! Says which hooks will run in a repository, which will not and why, and what no hook covers.

mod managers;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::Result;

use super::folder::{self, HooksFolder, Style, executable, no_exec};
use super::{CLIENT, default_hooks, host, place, script};
use crate::config::{self, Config, Environment, Side};
use crate::confine;
use crate::host::Switches;
use crate::run::say;

pub(super) use managers::through_another;

/// One hook's state.
enum State {
    /// Ours, and git will run it.
    Runs,
    /// Another program calls keysieve.
    Calls(String),
    Missing,
    Foreign,
    Broken(String),
}

impl State {
    fn fires(&self) -> bool {
        match self {
            Self::Runs | Self::Calls(_) => true,
            Self::Missing | Self::Foreign | Self::Broken(_) => false,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Runs => "runs keysieve".to_owned(),
            Self::Calls(how) => format!("runs keysieve, by {how}"),
            Self::Missing => "MISSING: `keysieve install` puts it there".to_owned(),
            Self::Foreign => {
                "DOES NOT CALL keysieve: `keysieve install` keeps it and adds ours".to_owned()
            }
            Self::Broken(why) => format!("WILL NOT RUN: {why}"),
        }
    }
}

/// Prints the state of each hook of the repository, or of the host's folder, at `dir`; 0 if all of them would fire, else 1.
pub fn doctor(dir: &Path) -> Result<ExitCode> {
    let path = place::hooks_path(dir);
    if path.is_err() && dir.join(".git").exists() {
        // It is a repository, and git has its reasons: someone else's, or a damaged one.
        path?;
        return Ok(ExitCode::from(2));
    }
    let client = path.is_ok() && default_hooks(dir) == CLIENT;
    let mut out = String::new();
    let (folder, names) = if client {
        (place::in_use(place::hooks_path(dir)?), CLIENT)
    } else {
        let found = host::find(dir)?;
        out.push_str(&format!("host              {}\n", found.host.name()));
        (found.folder, found.host.hooks())
    };
    out.push_str(&format!("hooks folder      {}\n", folder.path.display()));
    if let Ok(set) = folder::git(dir, &["config", "--show-origin", "--get", "core.hooksPath"])
        && !set.is_empty()
    {
        out.push_str(&format!("core.hooksPath    {set}\n"));
    }
    let switches = Switches::read();
    let mut healthy = true;
    for name in names {
        let mut state = examine(dir, &folder, name, &switches);
        if !state.fires()
            && let Some(configured) = managers::by_config(dir, name)
        {
            state = configured.map_or_else(State::Broken, State::Calls);
        }
        healthy &= state.fires();
        out.push_str(&format!("{name:<17} {}\n", state.words()));
    }
    if no_exec(&folder.path) {
        healthy = false;
        out.push_str(&format!(
            "the hooks folder `{}` is on a file system mounted noexec: git cannot run its hooks\n",
            folder.path.display()
        ));
    }
    healthy &= settings(dir, client, &mut out);
    out.push_str(if client {
        "not covered       cherry-pick, revert, rebase, am, stash, fast-forwards, `--no-verify` and other programs than git run \
         no pre-commit hook: pre-push and the server see those\n"
    } else {
        "not covered       objects that were on the server before\n"
    });
    out.push_str(if healthy {
        "all hooks fire\n"
    } else {
        "some hooks do not fire\n"
    });
    say(&out)?;
    Ok(ExitCode::from(u8::from(!healthy)))
}

/// What the configuration says; false where it would make every hook fail.
fn settings(dir: &Path, client: bool, out: &mut String) -> bool {
    let side = if client { Side::Client } else { Side::Server };
    let root = dir.canonicalize().ok();
    let root = root.as_deref().and_then(config::repository_file);
    let loaded = Config::load(
        side,
        &Environment::from_process(),
        None,
        root.as_deref().filter(|_| client),
    );
    let config = match loaded {
        Ok(config) => config,
        Err(e) => {
            out.push_str(&format!(
                "configuration     BROKEN, every hook would refuse: {e:#}\n"
            ));
            return false;
        }
    };
    out.push_str(&format!(
        "sandbox           {}\n",
        confine::describe(config.policy.sandbox)
    ));
    if config.policy.mode == crate::policy::Mode::Warn {
        out.push_str("configuration     mode = \"warn\": findings are shown and block nothing\n");
    }
    let advertised = || {
        folder::git(
            dir,
            &[
                "config",
                "--type=bool",
                "--get",
                "receive.advertisePushOptions",
            ],
        )
        .is_ok_and(|set| set == "true")
    };
    if !client && config.bypass.is_some() && !advertised() {
        out.push_str(
            "bypass            configured, but no push option arrives: git config receive.advertisePushOptions true\n",
        );
    }
    let grafts = folder::git(dir, &["rev-parse", "--git-path", "info/grafts"]);
    if grafts.is_ok_and(|path| dir.join(path).exists()) {
        out.push_str(
            "info/grafts       is there; keysieve reads the commits' own parents instead\n",
        );
    }
    true
}

fn examine(dir: &Path, folder: &HooksFolder, name: &str, switches: &Switches) -> State {
    let hook = folder.hook(name);
    let text = match fs::read(&hook) {
        Ok(text) => text,
        Err(e) if hook.symlink_metadata().is_ok() => {
            return State::Broken(if e.kind() == ErrorKind::NotFound {
                format!("`{}` links to nothing", hook.display())
            } else {
                format!("`{}` cannot be read: {e}", hook.display())
            });
        }
        Err(_) => return State::Missing,
    };
    if folder.style == Style::Programs && !executable(&hook) {
        return State::Broken(format!(
            "`{}` is not executable, so git skips it; chmod +x it",
            hook.display()
        ));
    }
    if let Some(why) = runner(folder, name, switches) {
        return State::Broken(why);
    }
    if let Some(program) = interpreter(&text)
        && !program.exists()
    {
        return State::Broken(format!(
            "its first line names `{}`, which is not there",
            program.display()
        ));
    }
    if !script::is_ours(&text) {
        return match managers::of_foreign(dir, &hook, &text, name, switches) {
            Some(Ok(how)) => State::Calls(how),
            Some(Err(why)) => State::Broken(why),
            None => State::Foreign,
        };
    }
    let Some(exe) = program(&text, name) else {
        return State::Broken("it was edited and names no program; install it again".to_owned());
    };
    let known = [
        script::own(name, &exe, folder.style),
        script::global(name, &exe, true),
    ];
    if !known.iter().any(|known| known.as_bytes() == text) {
        return State::Broken(
            "it was edited, or is of another version; install it again".to_owned(),
        );
    }
    if !answers(&exe) {
        return State::Broken(format!(
            "the program `{}` is gone or does not run; install keysieve again",
            exe.display()
        ));
    }
    State::Runs
}

/// Why what stands between git and the hook will not run it.
fn runner(folder: &HooksFolder, name: &str, switches: &Switches) -> Option<String> {
    if folder.style == Style::ShellText {
        return managers::husky_off(&folder.path, name, switches);
    }
    // A folder where several programs stand side by side: something else must run them all.
    let dispatcher = folder.path.with_extension("");
    let is_many = folder.path.extension().is_some_and(|end| end == "d");
    (is_many && dispatcher.parent()?.ends_with("hooks") && !executable(&dispatcher)).then(|| {
        format!(
            "`{}` runs what stands in its folder, and is not executable or not there",
            dispatcher.display()
        )
    })
}

fn answers(exe: &Path) -> bool {
    executable(exe)
        && Command::new(exe)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success() && output.stdout.starts_with(b"keysieve "))
}

/// The program of a `#!` line, if it is named by its whole path.
fn interpreter(text: &[u8]) -> Option<PathBuf> {
    let line = text.strip_prefix(b"#!")?.split(|&b| b == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let word = line.split_whitespace().next()?;
    word.starts_with('/').then(|| PathBuf::from(word))
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
    use super::super::SERVER;
    use super::*;

    #[test]
    fn finds_the_program_in_a_script() {
        for name in CLIENT.iter().chain(SERVER) {
            for style in [Style::Programs, Style::ShellText] {
                let text = script::own(name, Path::new("/opt/key sieve/bin"), style);
                assert_eq!(
                    program(text.as_bytes(), name),
                    Some(PathBuf::from("/opt/key sieve/bin"))
                );
            }
        }
    }

    #[test]
    fn finds_the_interpreter() {
        let found = |text: &str| interpreter(text.as_bytes());
        assert_eq!(found("#!/bin/sh -e\nx"), Some("/bin/sh".into()));
        assert_eq!(found("#! /usr/bin/env bash\n"), Some("/usr/bin/env".into()));
        assert_eq!(found("echo\n"), None);
    }
}
