//! Commit messages: what becomes part of the commit counts, and nothing else.

use crate::sandbox::{Repo, Sandbox, passed, refused, token};

/// A repository with something staged; `text` is what the editor leaves.
fn repo(sandbox: &Sandbox, text: &str) -> Repo {
    let repo = sandbox.repo("r").with_client_hooks();
    repo.stage("a", "x");
    let file = sandbox.path("text");
    std::fs::write(&file, text).unwrap();
    repo.with("GIT_EDITOR", format!("cp {} ", file.display()))
}

#[test]
fn a_secret_in_a_message_is_refused() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox, "");
    let secret = token("m");
    refused(
        &repo.try_git(&["commit", "-q", "-m", &format!("key {secret}")]),
        &[&secret],
    );
    refused(
        &repo.try_git(&["commit", "-q", "-m", "subject", "-m", &secret]),
        &[&secret],
    );
    assert_eq!(repo.tip("HEAD"), "");
    passed(&repo.try_git(&["commit", "-q", "-m", "clean"]));
}

#[test]
fn hash_lines_stay_where_no_editor_ran() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox, "");
    let text = format!("subject\n\n# {}\n", token("m"));
    refused(
        &repo.try_git(&["commit", "-q", "-m", &text]),
        &[&token("m")],
    );
    // ... unless a setting strips them.
    passed(&repo.try_git(&["-c", "commit.cleanup=strip", "commit", "-q", "-m", &text]));
    assert!(!repo.git(&["log", "-1", "--format=%B"]).contains("ghp"));
}

#[test]
fn comment_lines_go_where_an_editor_ran() {
    let sandbox = Sandbox::new();
    let text = format!("subject\n\n# {}\n", token("m"));
    let repo = repo(&sandbox, &text);
    refused(
        &repo.try_git(&["-c", "commit.cleanup=whitespace", "commit", "-q"]),
        &[&token("m")],
    );
    refused(
        &repo.try_git(&["-c", "core.commentChar=;", "commit", "-q"]),
        &[&token("m")],
    );
    passed(&repo.try_git(&["commit", "-q"]));
    assert!(!repo.git(&["log", "-1", "--format=%B"]).contains("ghp"));
}

#[test]
fn the_comment_character_is_the_configured_one() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox, &format!("subject\n\n; {}\n", token("m")));
    refused(&repo.try_git(&["commit", "-q"]), &[&token("m")]);
    passed(&repo.try_git(&["-c", "core.commentChar=;", "commit", "-q"]));
}

#[test]
fn what_stands_below_the_scissors_goes() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r").with_client_hooks();
    repo.commit("a", format!("{}\n", token("old")));
    repo.stage("a", format!("{}\nmore\n", token("old")));
    let editor = repo.with("GIT_EDITOR", "sed -i 1isubject");
    passed(&editor.try_git(&["commit", "-q", "-v"]));
    assert!(!repo.git(&["log", "-1", "--format=%B"]).contains("ghp"));
    let line = "# ------------------------ >8 ------------------------";
    let text = format!("subject\n{line}\n{}\n", token("old"));
    let file = sandbox.path("text");
    std::fs::write(&file, text).unwrap();
    repo.stage("a", "other");
    let editor = repo.with("GIT_EDITOR", format!("cp {} ", file.display()));
    passed(&editor.try_git(&["-c", "commit.cleanup=scissors", "commit", "-q"]));
    assert!(!repo.git(&["log", "-1", "--format=%B"]).contains("ghp"));
    // Without the mode, the line is a comment and what follows stays.
    repo.stage("a", "third");
    refused(&editor.try_git(&["commit", "-q"]), &[&token("old")]);
}

#[test]
fn the_message_of_a_merge_is_judged() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r").with_client_hooks();
    repo.commit("a", "x");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("b", "x");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("c", "x");
    refused(
        &repo.try_git(&["merge", "-q", "--no-ff", "-m", &token("m"), "side"]),
        &[&token("m")],
    );
}

#[test]
fn a_message_of_any_bytes_is_read() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    for (bytes, code) in [
        (b"".to_vec(), 0),
        (b"\xff\xfe\x00 latin \xe4\n".to_vec(), 0),
        ([b"\xff\xfa", token("m").as_bytes(), b"\xff\n"].concat(), 1),
    ] {
        repo.write("text", &bytes);
        assert_eq!(
            repo.keysieve(&["hook", "commit-msg", "text"]).status.code(),
            Some(code),
            "{bytes:?}"
        );
    }
    assert_eq!(
        repo.keysieve(&["hook", "commit-msg", "nowhere"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn an_option_may_keep_comment_lines() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r").with_client_hooks();
    let insert = format!("sed -i -e '1isubject' -e '$a# {}'", token("m"));
    let editor = repo.with("GIT_EDITOR", insert);
    for mode in ["verbatim", "whitespace"] {
        repo.stage("a", mode);
        let option = format!("--cleanup={mode}");
        refused(&editor.try_git(&["commit", "-q", &option]), &[&token("m")]);
    }
    passed(&editor.try_git(&["commit", "-q", "--cleanup=strip"]));
    assert!(!repo.git(&["log", "-1", "--format=%B"]).contains("ghp"));
}
