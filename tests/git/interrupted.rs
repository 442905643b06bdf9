//! What the kernel does to a hook while it judges: calls that it breaks off, and what the hook gave up before it read a
//! stranger's input.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::pushed::{cloned, push};
use crate::sandbox::{Repo, Sandbox, said, token};

const KEYSIEVE: &str = env!("CARGO_BIN_EXE_keysieve");

/// Whether calls of a hook can be made to fail here.
fn can_inject() -> bool {
    let strace = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "-e", "inject=read:error=EINTR"])
        .args(["-e", "trace=read", "true"])
        .stderr(Stdio::null())
        .status();
    strace.is_ok_and(|status| status.code().is_some())
}

/// A server some of whose hook's calls end with `EINTR`.
fn interrupting(server: &Repo, calls: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let hook = server.dir.join("hooks/pre-receive");
    let script = format!(
        "#!/bin/sh\nexec strace -f -qq -o ../calls -e trace=read,write,pread64,openat -e inject={calls} '{KEYSIEVE}' hook pre-receive\n"
    );
    std::fs::write(&hook, script).unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn calls_that_are_broken_off_let_nobody_in() {
    if !can_inject() {
        return;
    }
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    for (i, (calls, is_made_again)) in [
        ("read:error=EINTR:when=1+2", true),
        ("read:error=EINTR:when=2+3", true),
        ("write:error=EINTR:when=1+2", true),
        ("pread64:error=EINTR:when=1+2", true),
        // Only a folder on another machine can be so.
        ("openat:error=EINTR:when=1+2", false),
        ("read,write,openat:error=EINTR:when=3+5", false),
    ]
    .into_iter()
    .enumerate()
    {
        interrupting(&server, calls);
        work.git(&["checkout", "-q", "-B", "next", "main"]);
        work.commit(&format!("clean{i}"), "clean\n");
        let clean = push(&work, &[&format!("next:clean{i}")]);
        let name = format!("dirty{i}");
        work.commit(&name, format!("t = \"{}\"\n", token(&name)));
        let dirty = push(&work, &[&format!("next:{name}")]);
        let told = said(&dirty);
        assert!(!dirty.status.success(), "let in by {calls}: {told}");
        assert_eq!(server.tip(&name), "");
        assert!(!told.contains(&token(&name)), "the value leaks: {told}");
        if is_made_again {
            assert!(clean.status.success(), "{calls}: {}", said(&clean));
            assert!(told.contains("1 secret"), "{calls}: {told}");
        }
    }
}

/// A line of what the kernel says of a process.
fn status(process: &Path, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(process.join("status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().to_owned())
}

#[test]
fn a_hook_is_confined_before_it_reads_what_was_pushed() {
    // What this kernel has is tried by `nobody_breaks_out`.
    if status(Path::new("/proc/self"), "Seccomp:").is_none() {
        return;
    }
    let sandbox = Sandbox::new();
    let (_, server) = cloned(&sandbox, &[]);
    for (policy, wanted) in [("auto", "2"), ("require", "2"), ("off", "0")] {
        let config = sandbox.path("server.toml");
        std::fs::write(&config, format!("[policy]\nsandbox = \"{policy}\"\n")).unwrap();
        let mut hook = server
            .command(KEYSIEVE)
            .args(["hook", "pre-receive"])
            .env("KEYSIEVE_CONFIG", &config)
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let process = Path::new("/proc").join(hook.id().to_string());
        let start = Instant::now();
        // It waits for input, which does not come.
        while !std::fs::read_to_string(process.join("wchan")).is_ok_and(|at| at.contains("pipe"))
            && start.elapsed() < Duration::from_secs(2)
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        let got = status(&process, "Seccomp:");
        let privileges = status(&process, "NoNewPrivs:");
        drop(hook.stdin.take());
        hook.wait().unwrap();
        // A kernel without filters is refused by `require`, and told by `doctor`.
        if got.as_deref() != Some("0") || policy == "off" {
            assert_eq!(got.as_deref(), Some(wanted), "{policy}");
            assert_eq!(
                privileges.as_deref(),
                Some(if wanted == "2" { "1" } else { "0" }),
                "{policy}"
            );
        } else {
            assert_ne!(policy, "require");
        }
    }
}
