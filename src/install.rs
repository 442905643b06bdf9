//! Puts hooks where git will run them, keeps what was there, takes everything out again byte for byte, and says what
//! will run. Only this module writes into a repository's folder.

mod canary;
mod doctor;
mod folder;
mod global;
mod script;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

pub use doctor::doctor;

use crate::cli::Place;
use crate::run::say;
use folder::{Change, HooksFolder};

/// Hooks of a client, in the order in which they run.
pub const CLIENT: &[&str] = &["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];
/// Hooks of a server.
pub const SERVER: &[&str] = &["pre-receive"];

/// Installs the hooks of a place and shows that they fire.
pub fn install(place: &Place, only: &[String]) -> Result<ExitCode> {
    let exe = std::env::current_exe().context("the path of this program cannot be found")?;
    let (folder, names) = match place {
        Place::Global => return global::install(&exe, only),
        Place::Repository(dir) => (
            HooksFolder::of_repository(dir)?,
            chosen(default_hooks(dir), only),
        ),
        Place::Server(dir) => (HooksFolder::of_server(dir)?, chosen(SERVER, only)),
    };
    let mut out = String::new();
    for name in &names {
        let change = folder.install(name, &exe)?;
        out.push_str(&format!("{:<17} {}\n", name, change.words()));
    }
    canary::prove(&exe)?;
    out.push_str(&format!(
        "installed in {}; a made-up token was refused as it should be\n",
        folder.path.display()
    ));
    say(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// Removes our hooks from a place and puts back what was there.
pub fn uninstall(place: &Place, only: &[String]) -> Result<ExitCode> {
    let (folder, names) = match place {
        Place::Global => return global::uninstall(),
        Place::Repository(dir) => {
            let all = [CLIENT, SERVER].concat();
            (
                HooksFolder::of_repository(dir)?,
                if only.is_empty() {
                    all
                } else {
                    chosen(&all, only)
                },
            )
        }
        Place::Server(dir) => (HooksFolder::of_server(dir)?, chosen(SERVER, only)),
    };
    let mut out = String::new();
    for name in &names {
        let change = folder.uninstall(name)?;
        if change != Change::NotOurs {
            out.push_str(&format!("{:<17} {}\n", name, change.words()));
        }
    }
    if out.is_empty() {
        out.push_str(&format!(
            "no hook of keysieve in {}\n",
            folder.path.display()
        ));
    }
    say(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// A bare repository is pushed to, one with a work tree is committed in.
fn default_hooks(dir: &Path) -> &'static [&'static str] {
    let bare = folder::git(dir, &["rev-parse", "--is-bare-repository"])
        .is_ok_and(|answer| answer == "true");
    if bare { SERVER } else { CLIENT }
}

fn chosen<'n>(all: &[&'n str], only: &[String]) -> Vec<&'n str> {
    let known = [CLIENT, SERVER].concat();
    if only.is_empty() {
        return all.to_vec();
    }
    known
        .into_iter()
        .filter(|name| only.iter().any(|o| o == name))
        .collect()
}

/// Where the files of a global installation live.
fn global_folder() -> Result<PathBuf> {
    let env = crate::config::Environment::from_process();
    let Some(file) = env.user_file() else {
        bail!("neither HOME nor XDG_CONFIG_HOME is set; set one of them")
    };
    Ok(file.with_file_name("hooks"))
}
