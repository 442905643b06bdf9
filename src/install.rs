//! Puts hooks where git will run them, keeps what was there, takes everything out again byte for byte, and says what
//! will run. Only this module writes into a repository's folder.

mod canary;
mod doctor;
mod folder;
mod global;
mod host;
mod place;
mod script;
mod tarball;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

pub use doctor::doctor;

use crate::cli::Place;
use crate::run::say;
use folder::Change;

/// Hooks of a client, in the order in which they run.
pub const CLIENT: &[&str] = &["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];
/// Hooks of a server.
pub const SERVER: &[&str] = &["pre-receive"];
/// What stands for them in Gerrit.
pub const GERRIT: &[&str] = &["ref-update", "commit-received"];
/// Hosts for which steps are printed.
pub const BY_HAND: &[&str] = host::BY_HAND;

/// Installs the hooks of a place and shows that they fire.
pub fn install(place: &Place, only: &[String]) -> Result<ExitCode> {
    let exe = std::env::current_exe().context("the path of this program cannot be found")?;
    let mut out = String::new();
    let (folder, names, steps) = match place {
        Place::Global => return global::install(&exe, only),
        Place::ByHand { host, tarball } => {
            let steps =
                host::by_hand(host).with_context(|| format!("no host is called `{host}`"))?;
            if let Some(file) = tarball {
                tarball::write(host, file, &exe, policy().as_deref())?;
                say(&format!("written {}\n", file.display()))?;
            }
            say(steps)?;
            return Ok(ExitCode::SUCCESS);
        }
        Place::Repository(dir) => {
            let folder = match place::of_repository(dir)? {
                Some(folder) => folder,
                None => {
                    say(
                        "keysieve is installed for all repositories: its hooks run in this one too\n",
                    )?;
                    return Ok(ExitCode::SUCCESS);
                }
            };
            (folder, chosen(default_hooks(dir), only), Vec::new())
        }
        Place::Server(dir) => {
            let found = host::find(dir)?;
            out.push_str(&format!("host              {}\n", found.host.name()));
            (found.folder, chosen(found.host.hooks(), only), found.steps)
        }
    };
    let mut fresh: Vec<&str> = Vec::new();
    for name in &names {
        let words = match doctor::through_another(&folder.hook(name), name) {
            Some(other) => format!("runs already, by {other}"),
            None => {
                let change = folder.install(name, &exe).inspect_err(|_| {
                    // All of them or none.
                    for name in &fresh {
                        drop(folder.uninstall(name));
                    }
                })?;
                if matches!(change, Change::Installed | Change::InstalledBeforeOther) {
                    fresh.push(*name);
                }
                change.words().to_owned()
            }
        };
        out.push_str(&format!("{name:<17} {words}\n"));
    }
    canary::prove(&exe, matches!(place, Place::Server(_)))?;
    out.push_str(&format!(
        "installed in {}; a made-up token was refused as it should be\n",
        folder.path.display()
    ));
    for step in steps {
        out.push_str(&format!("note: {step}\n"));
    }
    say(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// Removes our hooks from a place and puts back what was there.
pub fn uninstall(place: &Place, only: &[String]) -> Result<ExitCode> {
    let (folder, names) = match place {
        Place::Global => return global::uninstall(),
        Place::ByHand { host, .. } => bail!("what was done by hand on {host} is undone by hand"),
        Place::Repository(dir) => {
            let all = [CLIENT, SERVER].concat();
            let all = if only.is_empty() {
                all
            } else {
                chosen(&all, only)
            };
            (place::of_repository_alone(dir)?, all)
        }
        Place::Server(dir) => {
            let found = host::find(dir)?;
            (found.folder, chosen(found.host.hooks(), only))
        }
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
    let known = [CLIENT, SERVER, GERRIT].concat();
    if only.is_empty() {
        return all.to_vec();
    }
    known
        .into_iter()
        .filter(|name| only.iter().any(|o| o == name))
        .collect()
}

/// The server's policy, where this machine has one.
fn policy() -> Option<PathBuf> {
    let file = crate::config::Environment::from_process().server_file();
    file.exists().then_some(file)
}

/// Where the files of a global installation live.
fn global_folder() -> Result<PathBuf> {
    let env = crate::config::Environment::from_process();
    let Some(file) = env.user_file() else {
        bail!("neither HOME nor XDG_CONFIG_HOME is set; set one of them")
    };
    Ok(file.with_file_name("hooks"))
}
