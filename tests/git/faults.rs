//! A machine that fails while a push is judged: the ref never moves without a verdict, no file stays, no log has half a line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::disk::Mounted;
use crate::pushed::{cloned, push};
use crate::sandbox::{Repo, Sandbox, said, token};

/// A server whose hook is a script; `KEYSIEVE` in it stands for the call of the binary.
struct Gate {
    sandbox: Sandbox,
    work: Repo,
    server: Repo,
    log: PathBuf,
}

impl Gate {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let (work, server) = cloned(&sandbox, &[]);
        server.git(&["config", "receive.advertisePushOptions", "true"]);
        let (config, log) = (sandbox.path("server.toml"), sandbox.path("audit.jsonl"));
        let work = work
            .with("KEYSIEVE_CONFIG", &config)
            .with("GL_USERNAME", "alice");
        let gate = Self {
            sandbox,
            work,
            server,
            log,
        };
        gate.logs_to(&gate.log);
        gate
    }

    fn logs_to(&self, log: &Path) {
        let text = format!(
            "[policy]\ntimeout = \"3s\"\n[bypass]\npush_option = \"k\"\nusers = [\"alice\"]\nmin_reason = 1\naudit_log = {log:?}\n"
        );
        std::fs::write(self.sandbox.path("server.toml"), text).unwrap();
    }

    fn hook(&self, script: &str) {
        let file = self.server.dir.join("hooks/pre-receive");
        let call = format!("'{}' hook pre-receive", env!("CARGO_BIN_EXE_keysieve"));
        std::fs::write(
            &file,
            format!("#!/bin/bash\n{}\n", script.replace("KEYSIEVE", &call)),
        )
        .unwrap();
        executable(&file);
    }

    /// A commit that has a value.
    fn dirty(&self, name: &str) {
        self.work.git(&["checkout", "-q", "-B", name, "main"]);
        self.work
            .commit("dirty", format!("t = \"{}\"\n", token(name)));
    }

    /// Every file of the server, without what a push that is accepted leaves.
    fn files(&self) -> BTreeSet<PathBuf> {
        let mut open = vec![self.server.dir.clone()];
        let mut files = BTreeSet::new();
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    files.insert(path);
                }
            }
        }
        files
    }

    /// Whole lines of the log.
    #[track_caller]
    fn lines(&self) -> usize {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        assert!(text.is_empty() || text.ends_with('\n'), "half a line");
        for line in text.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
        text.lines().count()
    }

    /// Pushes a dirty branch, which never gets in, and leaves nothing behind.
    #[track_caller]
    fn check_refused(&self, name: &str, script: &str) -> String {
        self.hook(script);
        self.dirty(name);
        let before = self.files();
        let output = push(&self.work, &[name]);
        let told = said(&output);
        assert!(!output.status.success(), "let in by {script:?}: {told}");
        assert!(!told.contains(&token(name)), "the value leaks: {told}");
        assert_eq!(self.server.tip(name), "");
        assert_eq!(self.files(), before, "files stay");
        told
    }
}

fn executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn killed_at_any_moment() {
    let gate = Gate::new();
    for (i, wait) in ["0", "0.001", "0.003", "0.006", "0.01", "0.02", "0.05"]
        .iter()
        .enumerate()
    {
        // The same with a way past, so that the log is written too.
        let name = format!("kill{i}");
        let script = format!("KEYSIEVE <&0 & sleep {wait}; kill -9 $! 2>/dev/null; wait $!");
        gate.check_refused(&name, &script);
        let (before, lines) = (gate.files(), gate.lines());
        let output = push(&gate.work, &["-o", "k=sample", &name]);
        let is_in = !gate.server.tip(&name).is_empty();
        assert_eq!(is_in, output.status.success());
        assert!(
            !is_in || gate.lines() == lines + 1,
            "let in without a line in the log"
        );
        assert!(
            is_in || gate.files() == before,
            "files stay behind a refusal"
        );
    }
}

#[test]
fn stopped_and_continued_again_and_again() {
    let gate = Gate::new();
    // What a system call says that a signal interrupted is no end of standard input, and no object that is missing.
    let script = "exec 3<&0; KEYSIEVE < <({ sleep 0.05; head -c 20; sleep 0.05; cat; } <&3) & for i in {1..40}; do kill -STOP $! || break; sleep 0.003; kill -CONT $!; sleep 0.002; done 2>/dev/null; wait $!";
    gate.check_refused("stopped", script);
    gate.work.git(&["checkout", "-q", "-B", "clean", "main"]);
    gate.work.commit("clean", "text\n");
    let output = push(&gate.work, &["clean"]);
    assert!(output.status.success(), "{}", said(&output));
    // Longer than the time allowed: it goes on where it was, and the time is up.
    let script = "KEYSIEVE <&0 & p=$!; kill -STOP $p; sleep 3.5; kill -CONT $p; wait $p";
    gate.check_refused("slept", script);
}

#[test]
fn without_memory_or_descriptors() {
    let gate = Gate::new();
    for limit in [
        "-v 2000", "-v 8000", "-v 12000", "-v 20000", "-n 3", "-n 4", "-n 5", "-n 6", "-n 8",
        "-s 16", "-t 0",
    ] {
        let name = format!("limit{}", limit.replace(' ', ""));
        gate.check_refused(&name, &format!("ulimit {limit}; exec KEYSIEVE"));
    }
}

#[test]
fn with_pipes_closed() {
    let gate = Gate::new();
    for (i, script) in [
        "exec KEYSIEVE 2>&-",
        "exec KEYSIEVE >&- 2>&-",
        "set -o pipefail; KEYSIEVE 2>&1 | true",
        "KEYSIEVE > /dev/full 2>&1",
        "exec KEYSIEVE <&- 2>&1",
        "cat > /dev/null; exec KEYSIEVE",
        "exec KEYSIEVE < /dev/null",
        "{ sleep 0.2; cat; } | KEYSIEVE",
        "{ read -r line; echo \"${line:0:50}\"; } | KEYSIEVE",
    ]
    .iter()
    .enumerate()
    {
        gate.check_refused(&format!("pipe{i}"), script);
    }
}

#[test]
fn standard_input_that_never_ends_is_refused_in_time() {
    let gate = Gate::new();
    let start = Instant::now();
    let told = gate.check_refused(
        "endless",
        "sleep 20 | { KEYSIEVE; code=$?; kill %1 2>/dev/null; pkill -P $$ sleep; exit $code; }",
    );
    assert!(start.elapsed() < Duration::from_secs(12), "{told}");
    assert!(told.contains("policy.timeout"), "{told}");
}

#[test]
fn objects_that_are_damaged() {
    let gate = Gate::new();
    gate.server.git(&["config", "receive.unpackLimit", "1"]);
    for at in [0, 8, 12, 13, 20, 60, 120, 200] {
        let script = format!(
            "for f in $GIT_QUARANTINE_PATH/pack/*.pack; do chmod +w $f; printf X | dd of=$f bs=1 seek={at} conv=notrunc status=none; done; exec KEYSIEVE"
        );
        gate.check_refused(&format!("pack{at}"), &script);
    }
    for file in ["pack", "idx"] {
        let script = format!(
            "for f in $GIT_QUARANTINE_PATH/pack/*.{file}; do chmod +w $f; truncate -s -30 $f; done; exec KEYSIEVE"
        );
        gate.check_refused(&format!("short-{file}"), &script);
        let script = format!("rm -f $GIT_QUARANTINE_PATH/pack/*.{file}; exec KEYSIEVE");
        gate.check_refused(&format!("no-{file}"), &script);
    }
    gate.server.git(&["config", "receive.unpackLimit", "1000"]);
    for how in ["truncate -s -4", "truncate -s 0", "truncate -s 20", "rm -f"] {
        let script = format!(
            "for f in $GIT_QUARANTINE_PATH/??/*; do chmod +w $f; {how} $f; done; exec KEYSIEVE"
        );
        gate.check_refused(&format!("loose-{}", how.replace(' ', "")), &script);
    }
}

#[test]
fn alternates_that_vanish() {
    let gate = Gate::new();
    gate.server
        .git(&["clone", "-q", "--bare", "--shared", ".", "../fork.git"]);
    let upstream = gate.server.dir.clone();
    let fork = Gate {
        server: gate.sandbox.at("fork.git"),
        work: gate.work.clone(),
        log: gate.log.clone(),
        sandbox: gate.sandbox,
    };
    fork.work
        .git(&["remote", "set-url", "origin", "../fork.git"]);
    let objects = upstream.join("objects");
    let script = format!(
        "mv '{0}' '{0}.away'; KEYSIEVE; code=$?; mv '{0}.away' '{0}'; exit $code",
        objects.display()
    );
    fork.check_refused("vanish", &script);
}

#[test]
fn an_audit_log_on_a_full_disk_lets_nobody_past() {
    let mut gate = Gate::new();
    let refused = |gate: &Gate, name: &str| {
        gate.dirty(name);
        let output = push(&gate.work, &["-o", "k=sample", name]);
        let told = said(&output);
        assert!(!output.status.success(), "{told}");
        assert!(told.contains("bypass refused"), "{told}");
        assert_eq!(gate.server.tip(name), "");
    };
    gate.hook("exec KEYSIEVE");
    gate.logs_to(Path::new("/dev/full"));
    refused(&gate, "device");
    gate.logs_to(&gate.sandbox.path("no/such/folder"));
    refused(&gate, "folder");
    gate.logs_to(&gate.log);

    // A file that may not grow: the line begins to fit.
    let line = |n: usize| format!("{{\"x\":\"{}\"}}\n", "y".repeat(n));
    std::fs::write(&gate.log, line(900)).unwrap();
    gate.hook("ulimit -f 1; exec KEYSIEVE");
    refused(&gate, "limit");
    assert_eq!(gate.lines(), 1);

    if let Some(disk) = Mounted::new(gate.sandbox.path("disk"), "size=16k") {
        gate.log = disk.path.join("audit.jsonl");
        gate.logs_to(&gate.log);
        // Up to a few bytes before the end of the disk.
        let page = 4096;
        std::fs::write(&gate.log, line(page - 100)).unwrap();
        drop(std::fs::write(disk.path.join("filler"), vec![0; 64 << 10]));
        gate.hook("exec KEYSIEVE");
        refused(&gate, "disk");
        assert_eq!(gate.lines(), 1);
        let made = std::fs::read_dir(&disk.path).unwrap().count();
        assert_eq!(made, 2, "a file stays");
    }
    if let Some(disk) = Mounted::new(gate.sandbox.path("fixed"), "ro") {
        gate.logs_to(&disk.path.join("audit.jsonl"));
        refused(&gate, "fixed");
    }
}

#[test]
fn half_a_line_that_a_dead_machine_left_is_taken_away() {
    let gate = Gate::new();
    gate.hook("exec KEYSIEVE");
    std::fs::write(&gate.log, "{\"whole\":1}\n{\"half\":").unwrap();
    gate.dirty("half");
    let output = push(&gate.work, &["-o", "k=sample", "half"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(gate.lines(), 2);
}

#[test]
fn repacking_at_the_same_time() {
    let gate = Gate::new();
    gate.hook("exec KEYSIEVE");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                gate.server.try_git(&["repack", "-adq"]);
                gate.server.try_git(&["prune-packed", "-q"]);
            }
        });
        for i in 0..4 {
            let name = format!("dirty{i}");
            gate.dirty(&name);
            let output = push(&gate.work, &[&name]);
            let is_in = output.status.success();
            gate.work
                .git(&["checkout", "-q", "-B", &format!("clean{i}"), "main"]);
            gate.work.commit("clean", format!("text {i}\n"));
            // A store that changes while it is read may be undecided, but not again and again.
            let let_in = (0..5).any(|_| push(&gate.work, &[&format!("clean{i}")]).status.success());
            if is_in || !let_in {
                done.store(true, Ordering::Relaxed);
            }
            assert!(!is_in, "{}", said(&output));
            assert!(let_in, "a clean push never gets in");
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn two_pushes_at_once() {
    let gate = Gate::new();
    gate.hook("exec KEYSIEVE");
    let clones: Vec<Repo> = (0..4)
        .map(|i| {
            gate.server
                .git(&["clone", "-q", ".", &format!("../clone{i}")]);
            let clone = gate.sandbox.at(&format!("clone{i}"));
            let text = match i % 2 {
                0 => format!("clean {i}\n"),
                _ => format!("t = \"{}\"\n", token(&format!("{i}"))),
            };
            clone.commit("f", text);
            clone.with("KEYSIEVE_CONFIG", gate.sandbox.path("server.toml"))
        })
        .collect();
    let push_all = |to: &(dyn Fn(usize) -> String + Sync)| -> Vec<Output> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = clones
                .iter()
                .enumerate()
                .map(|(i, clone)| {
                    scope.spawn(move || push(clone, &[&format!("HEAD:refs/heads/{}", to(i))]))
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        })
    };
    for (i, output) in push_all(&|i| format!("own{i}")).iter().enumerate() {
        assert_eq!(output.status.success(), i % 2 == 0, "{}", said(output));
        assert_eq!(gate.server.tip(&format!("own{i}")).is_empty(), i % 2 == 1);
    }
    let outputs = push_all(&|_| "same".to_owned());
    let n_in = outputs
        .iter()
        .filter(|output| output.status.success())
        .count();
    assert_eq!(n_in, 1, "one clean push wins");
    assert!(!outputs[1].status.success() && !outputs[3].status.success());
}
