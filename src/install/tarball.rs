//! What hosts take as a tarball, made by the scripts of `packaging/`, which also show that the program runs.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

const SCRIPTS: &[(&str, &str)] = &[
    (
        "github-enterprise",
        include_str!("../../packaging/github-enterprise.sh"),
    ),
    ("gitlab", include_str!("../../packaging/gitlab.sh")),
];

/// Writes what a host takes, with this program and, where there is one, the server's policy.
pub(super) fn write(host: &str, file: &Path, exe: &Path, policy: Option<&Path>) -> Result<()> {
    let Some((_, script)) = SCRIPTS.iter().find(|(name, _)| *name == host) else {
        bail!("{host} takes no tarball; `keysieve install --host {host}` prints what to do");
    };
    let output = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(file)
        .arg(exe)
        .args(policy)
        .stdin(Stdio::null())
        .output()
        .context("`sh` cannot be run; install it, or put it on the PATH")?;
    if !output.status.success() {
        bail!(
            "`{}` cannot be made: {}",
            file.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
