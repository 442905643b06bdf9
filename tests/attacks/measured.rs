//! A push to a server whose hook is watched: what it said, how long it ran, how much memory it took.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::pushed::cloned;
use crate::sandbox::{Repo, Sandbox, said};

/// What a hook may take beyond the largest permitted blob of 64 MiB.
const MEMORY: u64 = (512 + 64) << 20;

/// A server whose hook has so much time.
pub struct Target {
    pub work: Repo,
    pub server: Repo,
    config: PathBuf,
    pid: PathBuf,
    timeout: Duration,
    /// What was out of bounds. Told at the end, so that every row is seen.
    wrong: RefCell<Vec<String>>,
}

impl Drop for Target {
    fn drop(&mut self) {
        let wrong = self.wrong.take();
        assert!(
            wrong.is_empty() || std::thread::panicking(),
            "{}",
            wrong.join("\n")
        );
    }
}

/// What was seen of one push.
pub struct Seen {
    pub refused: bool,
    pub said: String,
    pub time: Duration,
    /// The processor's, which other work on the machine does not change much.
    pub busy: Duration,
    /// Bytes.
    pub peak: u64,
}

/// The time that the large attacks have: what git hosts allow, or so many seconds where the machine has other work.
pub fn allowed() -> Duration {
    let seconds = std::env::var("KEYSIEVE_ATTACK_SECONDS").ok();
    Duration::from_secs_f32(seconds.map_or(4.5, |seconds| seconds.parse().unwrap()))
}

fn binary() -> PathBuf {
    std::env::var_os("KEYSIEVE_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_keysieve").into(), PathBuf::from)
}

impl Target {
    pub fn new(sandbox: &Sandbox, timeout: Duration, policy: &str) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let (work, server) = cloned(sandbox, &[]);
        let (config, pid) = (sandbox.path("server.toml"), sandbox.path("pid"));
        std::fs::write(
            &config,
            format!(
                "[policy]\ntimeout = \"{}s\"\n{policy}\n",
                timeout.as_secs_f32()
            ),
        )
        .unwrap();
        let hook = server.dir.join("hooks/pre-receive");
        let script = format!(
            "#!/bin/sh\necho $$ > '{0}.new' && mv '{0}.new' '{0}'\nexec '{1}' hook pre-receive\n",
            pid.display(),
            binary().display()
        );
        std::fs::write(&hook, script).unwrap();
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
        let work = work.with("KEYSIEVE_CONFIG", &config);
        let server = server.with("KEYSIEVE_CONFIG", &config);
        Self {
            work,
            server,
            config,
            pid,
            timeout,
            wrong: RefCell::default(),
        }
    }

    /// Pushes a commit to a new branch.
    pub fn push(&self, id: &str) -> Seen {
        let seen = self.watch(|| {
            self.work
                .try_git(&["push", "-q", "origin", &format!("{id}:refs/heads/new")])
        });
        if !seen.refused {
            self.server.git(&["update-ref", "-d", "refs/heads/new"]);
        }
        seen
    }

    /// Pushes many refs.
    pub fn push_refs(&self, spec: &str) -> Seen {
        self.watch(|| self.work.try_git(&["push", "-q", "origin", spec]))
    }

    /// Commits one file and pushes it, without leaving it in the work tree.
    pub fn push_file(&self, path: &str, content: &[u8]) -> Seen {
        let id = self
            .work
            .git_input(&["hash-object", "-w", "--stdin"], content);
        let tree = self.work.git_input(
            &["mktree"],
            format!("100644 blob {id}\t{path}\n").as_bytes(),
        );
        let commit = self
            .work
            .git(&["commit-tree", "-p", "main", "-m", "m", &tree]);
        self.push(&commit)
    }

    /// Sends a pack as a client of the pusher's own making may.
    pub fn send(&self, tip: &str, pack: &[u8]) -> Seen {
        let body = format!("{} {tip} refs/heads/new\0report-status", "0".repeat(40));
        let mut input = format!("{:04x}{body}0000", body.len() + 4).into_bytes();
        input.extend_from_slice(pack);
        let mut seen = self.watch(|| self.server.input("git", &["receive-pack", "."], &input));
        seen.refused = seen.said.contains("ng refs/heads/new");
        assert!(
            seen.refused || seen.said.contains("ok refs/heads/new"),
            "{}",
            seen.said
        );
        if !seen.refused {
            self.server.git(&["update-ref", "-d", "refs/heads/new"]);
        }
        seen
    }

    fn watch(&self, push: impl FnOnce() -> Output) -> Seen {
        drop(std::fs::remove_file(&self.pid));
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let pid = &self.pid;
            let watcher = scope.spawn(|| watch(pid, &done));
            let output = push();
            done.store(true, Ordering::Relaxed);
            let (time, busy, peak) = watcher.join().unwrap();
            Seen {
                refused: !output.status.success(),
                said: said(&output),
                time,
                busy,
                peak,
            }
        })
    }

    /// The verdict is honest and within bounds; tells a row of a table.
    #[track_caller]
    pub fn judge(&self, name: &str, seen: &Seen) {
        let Seen {
            refused,
            said,
            time,
            busy,
            peak,
        } = seen;
        let line = |words: &str| said.lines().find(|line| line.contains(words)).is_some();
        let verdict = match refused {
            true if line("found") || line("secret") && !line("nothing was decided") => {
                "refused: found"
            }
            true => "refused: undecided",
            false => "passed with a note",
        };
        eprintln!(
            "| {name} | {:.2} s | {:.2} s | {} MB | {verdict} |",
            time.as_secs_f32(),
            busy.as_secs_f32(),
            peak >> 20
        );
        let check = |is_right: bool, words: String| {
            if !is_right {
                self.wrong.borrow_mut().push(format!("{name}: {words}"));
            }
        };
        check(
            *refused || line("not scanned") || line("limit"),
            format!("a silent pass: {said}"),
        );
        check(
            !refused || line("hook declined"),
            format!("refused by another: {said}"),
        );
        // A twentieth more than allowed, and what a busy machine adds.
        let most = self.timeout.mul_f32(1.05) + Duration::from_millis(300);
        check(*time <= most, format!("{time:?}"));
        check(*peak <= MEMORY, format!("{} MB", peak >> 20));
    }
}

/// Waits for the hook, then looks at it until it is gone: how long it ran, how long the processor was at it, and the most
/// memory it had.
fn watch(pid: &Path, done: &AtomicBool) -> (Duration, Duration, u64) {
    let nap = Duration::from_micros(500);
    let process = loop {
        if let Ok(text) = std::fs::read_to_string(pid) {
            break format!("/proc/{}", text.trim());
        }
        if done.load(Ordering::Relaxed) {
            return (Duration::ZERO, Duration::ZERO, 0);
        }
        std::thread::sleep(nap);
    };
    let start = Instant::now();
    let (mut peak, mut end, mut busy) = (0, start, Duration::ZERO);
    while let Ok(status) = std::fs::read_to_string(format!("{process}/status")) {
        if let Ok(stat) = std::fs::read_to_string(format!("{process}/stat")) {
            busy = busy.max(processor_time(&stat));
        }
        // A process that has ended has no memory.
        let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:")) else {
            break;
        };
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        peak = peak.max(kib << 10);
        end = Instant::now();
        std::thread::sleep(nap);
    }
    (end - start, busy, peak)
}

/// User's and system's time in `/proc/PID/stat`, whose ticks are hundredths of a second wherever Rust runs.
fn processor_time(stat: &str) -> Duration {
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .map(|n| n.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(ticks * 10)
}
