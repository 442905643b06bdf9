//! The walk through findings, on a real terminal: its keys, what they write, and that it goes on where it was left.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::sandbox::{Repo, Sandbox, said, token};

/// The program on a terminal of its own.
struct Walk {
    master: File,
    /// What the program writes; its end is the end of it.
    written: Receiver<Vec<u8>>,
    child: Child,
    told: String,
}

impl Walk {
    fn start(repo: &Repo, args: &[&str]) -> Self {
        Self::run(repo, &[&["review"], args].concat())
    }

    fn run(repo: &Repo, args: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = File::options()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let end = |file: &File| Stdio::from(OwnedFd::from(file.try_clone().unwrap()));
        let child = repo
            .command(env!("CARGO_BIN_EXE_keysieve"))
            .args(args)
            .stdin(end(&slave))
            .stdout(end(&slave))
            .stderr(end(&slave))
            .spawn()
            .unwrap();
        let master = File::from(master);
        let mut reader = master.try_clone().unwrap();
        let (sender, written) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The end of the other side is an error on Linux.
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            master,
            written,
            child,
            told: String::new(),
        }
    }

    /// Reads until a text is told after what was told before.
    #[track_caller]
    fn until(&mut self, text: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(at) = self.told.find(text) {
                let rest = self.told.split_off(at + text.len());
                return std::mem::replace(&mut self.told, rest);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.written.recv_timeout(left) {
                Ok(bytes) => self.told.push_str(&String::from_utf8_lossy(&bytes)),
                Err(e) => panic!("{text} is not told ({e}): {}", self.told),
            }
        }
    }

    /// Until the terminal hands over single keys: before that it takes `^C` for itself.
    fn waits_for_a_key(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let modes = || tcgetattr(&self.master).unwrap().local_modes;
        while modes().contains(LocalModes::ISIG) {
            assert!(Instant::now() < deadline, "no key is waited for");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn keys(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    fn end(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

const ASKED: &str = "[q]uit ";

#[test]
fn each_key_does_what_it_says_and_the_walk_goes_on_where_it_was_left() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r").with("PATH", "/nowhere");
    let values: Vec<String> = (0..4).map(|n| token(&format!("review {n}"))).collect();
    for (n, value) in values.iter().enumerate() {
        repo.write(format!("{n}.py"), format!("t = \"{value}\"\n"));
    }
    let mut walk = Walk::start(&repo, &["--owner", "@team"]);
    let first = walk.until(ASKED);
    assert!(first.contains("[1/4]") && first.contains("0.py"), "{first}");
    walk.keys("x");
    walk.until("no such key");
    walk.until(ASKED);
    walk.keys("o");
    assert!(
        walk.until(ASKED)
            .contains("https://github.com/settings/tokens")
    );
    walk.keys("a");
    walk.until("reason");
    walk.keys("\n");
    assert!(walk.until(ASKED).contains("[1/4]"));
    walk.keys("a");
    walk.until("reason");
    walk.keys("sample of the vendor\n");
    assert!(walk.until(ASKED).contains("[2/4]"));
    walk.keys("f");
    assert!(walk.until(ASKED).contains("[3/4]"));
    walk.keys("s");
    assert!(walk.until(ASKED).contains("[4/4]"));
    walk.keys("b");
    assert!(walk.until(ASKED).contains("[3/4, decided already]"));
    walk.keys("q");
    walk.until("1 left");
    assert_eq!(walk.end(), Some(0));
    let text = std::fs::read_to_string(repo.dir.join(".keysieve.toml")).unwrap();
    assert_eq!(text.matches("[[allow]]").count(), 2, "{text}");
    for words in ["sample of the vendor", "no secret", "@team"] {
        assert!(text.contains(words), "{text}");
    }

    let mut walk = Walk::start(&repo, &[]);
    let told = walk.until(ASKED);
    assert!(told.contains("[1/1]") && told.contains("3.py"), "{told}");
    walk.keys("s");
    walk.until("that was all");
    walk.end();
    let mut walk = Walk::start(&repo, &[]);
    walk.until("what was skipped (2)");
    walk.end();
    let mut walk = Walk::start(&repo, &["--again"]);
    let told = walk.until(ASKED);
    assert!(told.contains("[1/2]"), "{told}");
    walk.waits_for_a_key();
    walk.keys("\u{3}");
    walk.until("2 left");
    assert_eq!(walk.end(), Some(0));
    for value in &values {
        assert!(!told.contains(&value[8..20]) && !text.contains(&value[8..20]));
    }
}

#[test]
fn the_page_to_revoke_is_opened_by_the_programs_that_are_there() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("programs");
    std::fs::create_dir(&folder).unwrap();
    let opened = sandbox.path("opened");
    for name in ["xdg-open", "chosen"] {
        let text = format!(
            "#!/bin/sh\necho \"${{0##*/}} $#: $1\" >>{}\n",
            opened.display()
        );
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&file, mode).unwrap();
    }
    let repo = sandbox.repo("r").with("PATH", folder.display().to_string());
    repo.write("a.py", format!("t = \"{}\"\n", token("review page")));
    let chosen = folder.join("chosen");
    // A program by its path, by its name, one that is not there, none.
    for (browser, by) in [
        (chosen.to_str().unwrap(), "chosen"),
        ("chosen", "chosen"),
        ("/nowhere/at-all:./chosen", "xdg-open"),
        ("", "xdg-open"),
    ] {
        let repo = repo.with("BROWSER", browser);
        let mut walk = Walk::start(&repo, &["a.py"]);
        walk.until(ASKED);
        walk.keys("o");
        walk.until("opening https://github.com/settings/tokens");
        walk.until(ASKED);
        walk.keys("q");
        walk.until("1 left");
        walk.end();
        let want = format!("{by} 1: https://github.com/settings/tokens\n");
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::fs::read_to_string(&opened).unwrap_or_default() != want {
            assert!(Instant::now() < deadline, "not opened by {by}");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::fs::remove_file(&opened).unwrap();
    }
}

#[test]
fn the_terminal_is_as_it_was_afterwards() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    repo.write("a.py", format!("t = \"{}\"\n", token("review terminal")));
    let mut walk = Walk::start(&repo, &["a.py"]);
    let before = tcgetattr(&walk.master).unwrap();
    walk.until(ASKED);
    walk.keys("q");
    walk.until("1 left");
    let after = tcgetattr(&walk.master).unwrap();
    assert_eq!(before.local_modes, after.local_modes);
    assert!(after.local_modes.contains(LocalModes::ECHO));
    walk.end();
}

#[test]
fn without_a_terminal_it_says_what_to_do_instead() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    let output = repo.keysieve(&["review"]);
    assert_eq!(output.status.code(), Some(2));
    let told = said(&output);
    assert!(
        told.contains("terminal") && told.contains("keysieve allow ID"),
        "{told}"
    );
}

#[test]
fn a_long_scan_tells_a_terminal_how_far_it_is_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r").with("TERM", "xterm");
    // Standard input that does not come yet takes long enough.
    let mut scan = Walk::run(&repo, &["scan", "-"]);
    scan.until("0 objects, 0.0 MB, 0 found, 1 s");
    scan.keys("nothing\n\u{4}");
    let told = scan.until("passed");
    assert!(told.ends_with("\u{1b}[2Kpassed"), "{told:?}");
    assert_eq!(scan.end(), Some(0));
    let mut quiet = Walk::run(&repo, &["scan", "--no-progress", "-"]);
    std::thread::sleep(Duration::from_millis(1300));
    quiet.keys("nothing\n\u{4}");
    assert!(!quiet.until("this machine").contains("0 objects"));
    quiet.end();
}
