//! The way past a refusal: a push option of a named user, with a reason, that leaves a line in the audit log.

use std::path::PathBuf;
use std::process::Output;

use crate::pushed::{check_refused, pair};
use crate::sandbox::{Repo, Sandbox, refused, said, token};

struct Gate {
    work: Repo,
    server: Repo,
    log: PathBuf,
    config: PathBuf,
}

/// A server that lets `alice` past, and a work tree with a secret to push.
fn gate(sandbox: &Sandbox) -> Gate {
    let (work, server) = pair(sandbox);
    server.git(&["config", "receive.advertisePushOptions", "true"]);
    let gate = Gate {
        work,
        server,
        log: sandbox.path("audit.jsonl"),
        config: sandbox.path("server.toml"),
    };
    gate.policy("", &gate.log.display().to_string());
    gate.work
        .commit("dir/a.py", format!("t = \"{}\"\n", token("a")));
    gate
}

impl Gate {
    fn policy(&self, more: &str, log: &str) {
        let text = format!(
            "{more}\n[bypass]\npush_option = \"keysieve.bypass\"\nusers = [\"alice\", \"carol\"]\nmin_reason = 8\naudit_log = {log:?}\n"
        );
        std::fs::write(&self.config, text).unwrap();
    }

    fn push(&self, user: &str, args: &[&str]) -> Output {
        self.work
            .with("KEYSIEVE_CONFIG", &self.config)
            .with("GL_USERNAME", user)
            .try_git(&[&["push", "-q", "origin", "main"], args].concat())
    }

    /// Refused, with these words, and nothing in the log.
    #[track_caller]
    fn check_refused(&self, user: &str, args: &[&str], words: &str) {
        let before = self.server.tip("main");
        let said = refused(&self.push(user, args), &[&token("a")]);
        assert!(said.contains(words), "{words:?} is not said: {said}");
        assert_eq!(self.server.tip("main"), before);
        assert_eq!(self.lines().len(), 0);
    }

    fn lines(&self) -> Vec<serde_json::Value> {
        std::fs::read_to_string(&self.log)
            .unwrap_or_default()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

const OPTION: &[&str] = &["-o", "keysieve.bypass=sample of the vendor"];

#[test]
fn a_named_user_with_a_reason_gets_past_and_leaves_a_line() {
    let sandbox = Sandbox::new();
    let gate = gate(&sandbox);
    let old = gate.server.tip("main");
    let output = gate.push("alice", OPTION);
    let told = said(&output);
    assert!(output.status.success(), "{told}");
    assert!(
        told.contains("bypass of alice") && told.contains("logged"),
        "{told}"
    );
    assert!(!told.contains(&token("a")));
    assert_eq!(gate.server.tip("main"), gate.work.head());
    let lines = gate.lines();
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    for (key, value) in [
        ("event", "bypass"),
        ("user", "alice"),
        ("reason", "sample of the vendor"),
        ("ref", "refs/heads/main"),
        ("old", &old),
        ("new", &gate.work.head()),
        ("rule", "github-pat"),
        ("path", "dir/a.py"),
        ("commit", &gate.work.head()),
    ] {
        assert_eq!(line[key], value, "{key}: {line}");
    }
    assert_eq!(line["line"], 1);
    assert!(
        line["repository"].as_str().unwrap().ends_with("server.git"),
        "{line}"
    );
    assert!(line["id"].as_str().unwrap().len() >= 8);
    assert!(line["time"].as_str().unwrap().ends_with('Z'));
    assert!(!line.to_string().contains(&token("a")));
}

#[test]
fn nobody_else_and_nothing_less_gets_past() {
    let sandbox = Sandbox::new();
    let gate = gate(&sandbox);
    gate.check_refused("bob", OPTION, "bob may not bypass");
    gate.check_refused("Alice", OPTION, "may not bypass");
    gate.check_refused("alice\u{1b}[31m", OPTION, "may not bypass");
    for option in [
        "keysieve.bypass=",
        "keysieve.bypass=short",
        "keysieve.bypass=          ",
        "keysieve.bypass",
    ] {
        gate.check_refused("alice", &["-o", option], "reason needs at least 8");
    }
    for option in [
        "bypass=sample of the vendor",
        "Keysieve.bypass=sample of the vendor",
        "keysieve.bypass.x=sample of the vendor",
    ] {
        gate.check_refused("alice", &["-o", option], "push rejected");
    }
    gate.check_refused("alice", &[], "push rejected");
    // Nor by a message, or by one's own variables.
    gate.work.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "keysieve.bypass=sample of the vendor",
    ]);
    gate.check_refused("alice", &[], "push rejected");
    let output = gate
        .work
        .with("KEYSIEVE_CONFIG", &gate.config)
        .with("GL_USERNAME", "bob")
        .with("USER", "alice")
        .with("KEYSIEVE_BYPASS", "sample of the vendor")
        .try_git(&[&["push", "-q", "origin", "main"], OPTION].concat());
    refused(&output, &[&token("a")]);
    // Without a policy for it there is no way.
    std::fs::write(&gate.config, "").unwrap();
    gate.check_refused("alice", OPTION, "push rejected");
}

#[test]
fn without_a_line_in_the_log_there_is_no_way() {
    let sandbox = Sandbox::new();
    let gate = gate(&sandbox);
    let file = sandbox.path("file");
    std::fs::write(&file, "").unwrap();
    for log in [
        sandbox.path("home"),
        sandbox.path("no/such/folder/log"),
        file.join("log"),
    ] {
        gate.policy("", &log.display().to_string());
        gate.check_refused("alice", OPTION, "bypass refused");
    }
}

#[test]
fn each_secret_and_place_has_its_line() {
    let sandbox = Sandbox::new();
    let gate = gate(&sandbox);
    gate.work.commit("b", format!("x\n{}\n", token("b")));
    gate.work.commit("c", format!("{}\n", token("a")));
    gate.work.git(&["tag", "-a", "-m", "clean", "v1"]);
    let output = gate.push("carol", &[OPTION, &["v1"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let lines = gate.lines();
    let mut places: Vec<String> = lines
        .iter()
        .map(|line| format!("{}:{}", line["path"].as_str().unwrap(), line["line"]))
        .collect();
    places.sort();
    assert_eq!(places, ["b:2", "c:1", "dir/a.py:1"]);
    assert_eq!(lines[0]["refs"].as_array().unwrap().len(), 2);
    // A second time there is nothing to get past.
    gate.work.commit("d", "clean");
    assert!(gate.push("carol", OPTION).status.success());
    assert_eq!(gate.lines().len(), 3);
}

#[test]
fn a_name_that_holds_the_secret_is_masked_in_the_log() {
    let sandbox = Sandbox::new();
    let gate = gate(&sandbox);
    gate.work.commit(&format!("x/{}/f", token("n")), "clean");
    let name = format!("HEAD:refs/heads/{}", token("n"));
    let output = gate.push("alice", &[OPTION, &[&name]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let log = std::fs::read_to_string(&gate.log).unwrap();
    assert!(!log.contains(&token("n")), "{log}");
}

#[test]
fn what_could_not_be_scanned_has_no_way_past() {
    let sandbox = Sandbox::new();
    let gate = gate(&sandbox);
    gate.policy(
        "[policy]\nmax_blob = \"1KiB\"\n",
        &gate.log.display().to_string(),
    );
    gate.work.commit("big", "text\n".repeat(1000));
    gate.check_refused("alice", OPTION, "not everything could be scanned");
}

#[test]
fn pushes_at_the_same_time_leave_whole_lines() {
    let sandbox = Sandbox::new();
    let gate = gate(&sandbox);
    let n = 8;
    let pushes: Vec<_> = (0..n)
        .map(|i| {
            let branch = format!("b{i}");
            gate.work.git(&["checkout", "-q", "-b", &branch, "main"]);
            for j in 0..4 {
                gate.work
                    .commit(&format!("f{i}-{j}"), token(&format!("{i}-{j}")));
            }
            branch
        })
        .collect();
    let running: Vec<_> = pushes
        .iter()
        .map(|branch| {
            gate.work
                .with("KEYSIEVE_CONFIG", &gate.config)
                .with("GL_USERNAME", "alice")
                .command("git")
                .args(["push", "-q", "origin", branch])
                .args(OPTION)
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut push in running {
        assert!(push.wait().unwrap().success());
    }
    let lines = gate.lines();
    for i in 0..n {
        for j in 0..4 {
            let path = format!("f{i}-{j}");
            assert!(
                lines.iter().any(|line| line["path"] == path.as_str()),
                "{path}"
            );
        }
    }
}

#[test]
fn every_decision_can_be_logged() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let (config, log) = (sandbox.path("server.toml"), sandbox.path("decisions.jsonl"));
    std::fs::write(
        &config,
        format!("[policy]\ndecision_log = {:?}\n", log.display().to_string()),
    )
    .unwrap();
    let work = work
        .with("KEYSIEVE_CONFIG", &config)
        .with("REMOTE_USER", "bob");
    work.commit("a", "clean");
    assert!(
        work.try_git(&["push", "-q", "origin", "main"])
            .status
            .success()
    );
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
    let missing = format!("{} {} refs/heads/x\n", "0".repeat(40), "1".repeat(40));
    let inside = server.with("KEYSIEVE_CONFIG", &config).with("GIT_DIR", ".");
    let output = inside.keysieve_input(&["hook", "pre-receive"], missing.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains(&token("a")));
    let verdicts: Vec<String> = text
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(
                line["refs"][0]["ref"]
                    .as_str()
                    .unwrap()
                    .starts_with("refs/heads/")
            );
            line["verdict"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(verdicts, ["pass", "block", "undecided"]);
    // A log that cannot be written: nothing is decided.
    std::fs::write(
        &config,
        "[policy]\ndecision_log = \"/no/such/folder/log\"\n",
    )
    .unwrap();
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.commit("a", "clean too");
    let output = work.try_git(&["push", "-q", "origin", "main"]);
    assert!(refused(&output, &[]).contains("/no/such/folder/log"));
}
