//! Pushes at the same time, and hooks that are stopped half-way: closed by nature, and nothing of ours is left.

use std::process::Stdio;

use crate::pushed::{check_passes, pair, push};
use crate::sandbox::{Sandbox, refused, said, token};

#[test]
fn pushes_at_the_same_time_are_each_judged_in_full() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let clean = work.commit("a", "clean");
    let bad = work.commit("b", token("b"));
    let pushes: Vec<_> = (0..6)
        .map(|i| {
            let id = if i % 2 == 0 { &clean } else { &bad };
            work.command("git")
                .args(["push", "-q", "origin", &format!("{id}:refs/heads/n{i}")])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for (i, child) in pushes.into_iter().enumerate() {
        let output = child.wait_with_output().unwrap();
        if i % 2 == 0 {
            assert!(output.status.success(), "{i}: {}", said(&output));
            assert_eq!(server.tip(&format!("n{i}")), clean);
        } else {
            refused(&output, &[&token("b")]);
            assert_eq!(server.tip(&format!("n{i}")), "");
        }
    }
    // For one ref, the first wins, and a secret does not slip in behind it.
    let both = [clean.as_str(), bad.as_str()].map(|id| {
        work.command("git")
            .args([
                "push",
                "-q",
                "-f",
                "origin",
                &format!("{id}:refs/heads/one"),
            ])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    });
    for child in both {
        child.wait_with_output().unwrap();
    }
    assert_eq!(server.tip("one"), clean);
}

#[test]
fn a_hook_that_is_killed_refuses_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let before = server.git(&["for-each-ref"]);
    let hook = server.dir.join("hooks/pre-receive");
    let script = std::fs::read_to_string(&hook).unwrap();
    work.commit("a", "clean");
    let files = || {
        let entries = std::fs::read_dir(&server.dir).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before_files = files();
    let (fifo, temporary) = (sandbox.path("fifo"), sandbox.path("tmp"));
    std::fs::create_dir(&temporary).unwrap();
    let work = work.with("TMPDIR", &temporary);
    for signal in ["KILL", "TERM", "INT"] {
        // It waits for input that does not come.
        let text = script.replace(
            "exec ",
            &format!(
                "mkfifo {0} 2>/dev/null\nexec <>{0}\n( sleep 0.3; kill -{signal} $$ ) >/dev/null 2>&1 &\nexec ",
                fifo.display()
            ),
        );
        std::fs::write(&hook, text).unwrap();
        let told = refused(&push(&work, &["main"]), &[]);
        assert!(told.contains("pre-receive hook declined"), "{told}");
        assert_eq!(server.git(&["for-each-ref"]), before);
        assert_eq!(files(), before_files);
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
        let incoming = std::fs::read_dir(server.dir.join("objects")).unwrap();
        let stays = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with("tmp_objdir");
        assert!(!incoming.flatten().any(|entry| stays(&entry.file_name())));
    }
    std::fs::write(&hook, script).unwrap();
    check_passes(&work, &["main"]);
}
