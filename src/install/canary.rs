//! Proof that the gate works here: a commit with a made-up token in a throw-away repository must be refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

use super::script;
use crate::template::{Seed, expand};

/// A folder that is gone when this is.
struct Throwaway(PathBuf);

impl Drop for Throwaway {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Commits a made-up token with this program as the hook; an error unless it is refused and a clean commit passes.
pub(super) fn prove(exe: &Path) -> Result<()> {
    let nanos = jiff::Timestamp::now().as_nanosecond();
    let dir = std::env::temp_dir().join(format!("keysieve-canary-{}-{nanos}", std::process::id()));
    fs::create_dir(&dir).with_context(|| format!("`{}` cannot be made", dir.display()))?;
    let dir = Throwaway(dir);
    let git = |args: &[&str]| -> Result<Output> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&dir.0).args([
            "-c",
            "user.name=canary",
            "-c",
            "user.email=canary@example.invalid",
        ]);
        command
            .args([
                "-c",
                "core.hooksPath=.git/hooks",
                "-c",
                "commit.gpgSign=false",
            ])
            .args(args);
        for name in [
            "GIT_DIR",
            "GIT_WORK_TREE",
            "GIT_INDEX_FILE",
            "GIT_OBJECT_DIRECTORY",
            "KEYSIEVE_MODE",
            "KEYSIEVE_CONFIG",
        ] {
            command.env_remove(name);
        }
        command
            .output()
            .context("`git` cannot be run; install it, or put it on the PATH")
    };
    git(&["init", "-q"])?;
    let hook = dir.0.join(".git/hooks/pre-commit");
    fs::create_dir_all(dir.0.join(".git/hooks"))?;
    fs::write(&hook, script::own("pre-commit", exe))?;
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755))?;
    let template = "token = \"{make:github:ghp_}\"\n";
    let secret = expand(template, &mut Seed::new(nanos.unsigned_abs() as u64))
        .map_err(anyhow::Error::msg)?;
    fs::write(dir.0.join("canary.py"), secret)?;
    git(&["add", "canary.py"])?;
    let refused = git(&["commit", "-qm", "a made-up token"])?;
    if refused.status.success() {
        bail!(
            "the canary failed: a commit with a made-up token passed; the hook did not run or did not block"
        );
    }
    if !String::from_utf8_lossy(&refused.stderr).contains("blocked:")
        && !String::from_utf8_lossy(&refused.stdout).contains("blocked:")
    {
        bail!(
            "the canary failed: the hook cannot run: {}",
            String::from_utf8_lossy(&refused.stderr).trim()
        );
    }
    fs::write(dir.0.join("canary.py"), "token = None\n")?;
    git(&["add", "canary.py"])?;
    let passed = git(&["commit", "-qm", "nothing secret"])?;
    if !passed.status.success() {
        bail!(
            "the canary failed: a clean commit was refused: {}",
            String::from_utf8_lossy(&passed.stderr).trim()
        );
    }
    Ok(())
}
