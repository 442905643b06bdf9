//! A disk that is full: what was there stays as it was, and the exit code says that nothing was done.

use std::path::PathBuf;
use std::process::Command;

use crate::sandbox::{Sandbox, said, token};

/// A small file system that is mounted; `None` where this is not allowed.
pub struct Mounted {
    pub path: PathBuf,
}

impl Mounted {
    pub fn new(at: PathBuf, options: &str) -> Option<Self> {
        std::fs::create_dir(&at).unwrap();
        let mut command = Command::new("mount");
        command
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(&at);
        let is_mounted = command.output().is_ok_and(|output| output.status.success());
        is_mounted.then_some(Self { path: at })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.path).status());
    }
}

#[test]
fn what_is_written_to_a_full_disk_is_as_it_was() {
    let sandbox = Sandbox::new();
    let Some(disk) = Mounted::new(sandbox.path("disk"), "size=256k") else {
        eprintln!("note: no file system may be mounted: a full disk is not tried");
        return;
    };
    let repo = sandbox.repo("disk/r");
    repo.commit("f", format!("t = \"{}\"\n", token("full")));
    let (hooks, baseline, report) = (
        repo.git_dir().join("hooks"),
        repo.dir.join(".keysieve-baseline"),
        repo.dir.join("report.json"),
    );
    std::fs::remove_dir_all(&hooks).unwrap();
    std::fs::write(&report, "before\n").unwrap();
    let created = repo.keysieve(&["baseline", "create"]);
    assert!(created.status.success(), "{}", said(&created));
    let known = std::fs::read(&baseline).unwrap();
    let dirty: String = (0..200)
        .map(|n| format!("t = \"{}\"\n", token(&format!("full{n}"))))
        .collect();
    repo.commit("g", dirty);
    drop(std::fs::write(disk.path.join("filler"), vec![0; 1 << 20]));
    let refuses = |args: &[&str]| {
        let output = repo.keysieve(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(
            said(&output).contains("No space left"),
            "{args:?}: {}",
            said(&output)
        );
    };
    refuses(&["scan", "g", "--format", "json", "--output", "report.json"]);
    assert_eq!(std::fs::read_to_string(&report).unwrap(), "before\n");
    refuses(&["baseline", "update"]);
    assert_eq!(std::fs::read(&baseline).unwrap(), known);
    refuses(&["install"]);
    assert!(!hooks.exists(), "a folder stays");

    // A hook of someone else is as it was.
    std::fs::remove_file(disk.path.join("filler")).unwrap();
    std::fs::create_dir(&hooks).unwrap();
    let hook = hooks.join("pre-commit");
    std::fs::write(&hook, "#!/bin/sh\n").unwrap();
    drop(std::fs::write(disk.path.join("filler"), vec![0; 1 << 20]));
    refuses(&["install"]);
    assert_eq!(std::fs::read_to_string(&hook).unwrap(), "#!/bin/sh\n");
    assert_eq!(
        std::fs::read_dir(&hooks).unwrap().count(),
        1,
        "a file stays"
    );
}

#[test]
fn output_to_a_full_device_is_no_verdict() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.commit("f", "text\n");
    for args in [
        &["scan", "f"][..],
        &["scan", "f", "--format", "json"],
        &["scan", "f", "--format", "json", "--output", "/dev/full"],
        &["config", "schema"],
        &["rules", "list"],
    ] {
        let full = std::fs::File::create("/dev/full").unwrap();
        let output = repo
            .command(env!("CARGO_BIN_EXE_keysieve"))
            .args(args)
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
    }
}
