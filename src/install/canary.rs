//! Proof that the gate works here: a commit with a made-up token in a throw-away repository must be refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context, Result, bail};

use super::folder::{self, Style};
use super::script;
use crate::template::{Seed, expand};

/// A folder that is gone when this is.
struct Throwaway(PathBuf);

impl Drop for Throwaway {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Commits a made-up token with this program as the hook, or pushes one; an error unless it is refused and a clean one passes.
pub(super) fn prove(exe: &Path, server: bool) -> Result<()> {
    let nanos = jiff::Timestamp::now().as_nanosecond();
    let dir = std::env::temp_dir().join(format!("keysieve-canary-{}-{nanos}", std::process::id()));
    fs::create_dir(&dir).with_context(|| format!("`{}` cannot be made", dir.display()))?;
    let dir = Throwaway(dir);
    let git = |args: &[&str]| git(&dir.0, args);
    git(&["init", "-q", "--template="])?;
    git(&["init", "-q", "--template=", "--bare", "server.git"])?;
    let (name, folder) = if server {
        ("pre-receive", dir.0.join("server.git/hooks"))
    } else {
        ("pre-commit", dir.0.join(".git/hooks"))
    };
    fs::create_dir_all(&folder)?;
    let hook = folder.join(name);
    fs::write(&hook, script::own(name, exe, Style::Programs))?;
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755))?;
    let attempt = |text: &str| -> Result<Output> {
        fs::write(dir.0.join("canary.py"), text)?;
        git(&["add", "canary.py"])?;
        let output = git(&["commit", "-qm", "canary"])?;
        if server {
            return git(&["push", "-q", "./server.git", "HEAD:refs/heads/canary"]);
        }
        Ok(output)
    };
    let template = "token = \"{make:github:ghp_}\"\n";
    let secret = expand(template, &mut Seed::new(nanos.unsigned_abs() as u64))
        .map_err(anyhow::Error::msg)?;
    let refused = attempt(&secret)?;
    let said = String::from_utf8_lossy(&refused.stderr);
    if refused.status.success() {
        bail!(
            "the canary failed: a made-up token passed; the hook `{name}` did not run or did not block"
        );
    }
    if !said.contains("blocked:") && !said.contains("push rejected: 1 secret") {
        bail!(
            "the canary failed: the hook `{name}` cannot run: {}",
            said.trim()
        );
    }
    if server {
        git(&["update-ref", "-d", "HEAD"])?;
    }
    let passed = attempt("token = None\n")?;
    if !passed.status.success() {
        bail!(
            "the canary failed: something clean was refused: {}",
            String::from_utf8_lossy(&passed.stderr).trim()
        );
    }
    Ok(())
}

/// Git in the throw-away repository, where no one's settings count: the hook is tried, not the policy.
fn git(dir: &Path, args: &[&str]) -> Result<Output> {
    let mut command = folder::git_command(dir, args);
    for name in [
        "GIT_NAMESPACE",
        "GIT_TEMPLATE_DIR",
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
        "XDG_CONFIG_HOME",
        "GL_PROTOCOL",
    ] {
        command.env_remove(name);
    }
    command
        .env("HOME", dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("KEYSIEVE_CONFIG", "/dev/null")
        .env("KEYSIEVE_MODE", "block")
        .env("KEYSIEVE_BLOCK_AT", "medium");
    for (who, role) in [("NAME", "canary"), ("EMAIL", "canary@example.invalid")] {
        command
            .env(format!("GIT_AUTHOR_{who}"), role)
            .env(format!("GIT_COMMITTER_{who}"), role);
    }
    folder::output(&mut command)
}
