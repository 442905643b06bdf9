//! What a hook gives up before it reads what a stranger sent: core dumps always; and as `policy.sandbox` says, the right to
//! write anywhere but into its logs, to open connections, and to reach into other processes. The kernel enforces it, for
//! git's plumbing as well, which only reads. A flaw in a decoder or in libgit2 then finds nothing to write to and nobody to
//! talk to.

use std::path::Path;

use anyhow::{Result, bail};

use crate::config::Config;
use crate::policy::Sandbox;

#[cfg(target_os = "linux")]
#[path = "confine/kernel.rs"]
mod kernel;
#[cfg(not(target_os = "linux"))]
#[path = "confine/elsewhere.rs"]
mod kernel;

/// What becomes of memory when a hook crashes: nothing. And a file that may not grow is an error, not the end.
pub fn keep_memory() {
    kernel::keep_memory();
}

/// Gives up what the policy says, for this thread and what it starts.
pub fn confine(config: &Config) -> Result<()> {
    if config.policy.sandbox == Sandbox::Off {
        return Ok(());
    }
    let audit_log = config
        .bypass
        .as_ref()
        .map(|bypass| bypass.audit_log.as_path());
    let logs = [audit_log, config.decision_log.as_deref()];
    let missing = missing(kernel::confine(logs.into_iter().flatten()));
    if config.policy.sandbox == Sandbox::Require
        && let Some(missing) = missing
    {
        bail!("`policy.sandbox` requires what this machine does not have: {missing}");
    }
    Ok(())
}

/// What of the kernel could not be had, in words.
fn missing((landlock, seccomp): (bool, bool)) -> Option<&'static str> {
    match (landlock, seccomp) {
        (true, true) => None,
        (false, true) => Some("Landlock (Linux 5.13)"),
        (true, false) => Some("seccomp filters"),
        (false, false) => Some("Landlock and seccomp filters"),
    }
}

/// What hooks will have of it here, in words for `doctor`.
pub fn describe(sandbox: Sandbox) -> String {
    let words = missing(kernel::available()).map_or_else(
        || {
            let version = kernel::landlock_version().unwrap_or_default();
            format!("active: Landlock {version} and seccomp; writes only its logs, no connections")
        },
        |missing| format!("not wholly active: this machine lacks {missing}"),
    );
    match sandbox {
        Sandbox::Off => "off; `policy.sandbox = \"auto\"` switches it on".to_owned(),
        Sandbox::Auto => words,
        Sandbox::Require => format!("required; {words}"),
    }
}

/// Where a log may be written: its folder, as it may have to be made.
fn folder(log: &Path) -> &Path {
    log.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::{self, File, OpenOptions};
    use std::io::Write as _;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::UnixStream;
    use std::process::{Command, Stdio};

    use super::*;

    /// Tries to break out, in a thread: the confinement is the thread's own.
    #[test]
    fn nobody_breaks_out() {
        if missing(kernel::available()).is_some() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let (logs, other) = (dir.path().join("logs"), dir.path().join("other"));
        fs::create_dir(&logs).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("there"), "old").unwrap();
        let log = logs.join("audit.jsonl");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let work = || {
            assert_eq!(kernel::confine([log.as_path()].into_iter()), (true, true));

            // What is needed works still.
            let mut file = OpenOptions::new()
                .append(true)
                .create(true)
                .open(&log)
                .unwrap();
            file.write_all(b"line\n").unwrap();
            file.set_len(0).unwrap();
            assert_eq!(fs::read_to_string(other.join("there")).unwrap(), "old");
            let git = Command::new("git")
                .arg("--version")
                .stderr(Stdio::null())
                .output()
                .unwrap();
            assert!(git.status.success());
            std::thread::scope(|scope| assert!(scope.spawn(|| true).join().unwrap()));

            // What is not, does not.
            assert!(File::create(other.join("new")).is_err());
            assert!(
                OpenOptions::new()
                    .append(true)
                    .open(other.join("there"))
                    .is_err()
            );
            assert!(fs::remove_file(other.join("there")).is_err());
            assert!(fs::rename(other.join("there"), other.join("else")).is_err());
            assert!(fs::hard_link(other.join("there"), logs.join("there")).is_err());
            assert!(fs::create_dir(other.join("dir")).is_err());
            assert!(std::os::unix::fs::symlink("a", other.join("link")).is_err());
            assert!(std::os::unix::fs::symlink("a", logs.join("link")).is_err());
            assert!(TcpStream::connect(address).is_err());
            assert!(TcpListener::bind("127.0.0.1:0").is_err());
            assert!(UdpSocket::bind("127.0.0.1:0").is_err());
            assert!(
                UnixStream::pair().is_ok(),
                "a pair of sockets leads nowhere"
            );
            assert!(
                UnixStream::connect("/run/any")
                    .is_err_and(|e| e.raw_os_error() == Some(libc::EPERM))
            );

            // Nor does it for a child, nor by its parent's memory.
            for script in [
                format!("echo x > {}/child", other.display()),
                format!("exec 3<>/dev/tcp/127.0.0.1/{}", address.port()),
                "exec 3>/proc/$PPID/mem".to_owned(),
            ] {
                let status = Command::new("bash")
                    .args(["-c", &script])
                    .stderr(Stdio::null())
                    .status();
                assert!(!status.unwrap().success(), "{script}");
            }
            assert!(kernel::tests::is_refused_other_processes());
        };
        std::thread::scope(|scope| scope.spawn(work).join().unwrap());
        assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
    }

    #[test]
    fn memory_is_not_dumped() {
        keep_memory();
        let limits = fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
        assert!(!kernel::tests::is_dumpable());
    }
}
