//! What a push may consist of: tags of anything, merges, old blobs, raw commits, names.

use crate::pushed::{check_passes, check_refused, pair, push};
use crate::sandbox::{Sandbox, refused, said, token};

#[test]
fn tags_of_commits_tags_blobs_and_trees() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["tag", "light"]);
    work.git(&["tag", "-a", "-m", "clean", "clean"]);
    work.git(&["tag", "-a", "-m", "outer", "clean-outer", "clean"]);
    check_passes(&work, &["light", "clean", "clean-outer"]);
    work.git(&["tag", "-a", "-m", &token("tag"), "bad"]);
    check_refused(&work, &server, &["bad"], &token("tag"));
    work.git(&["tag", "-a", "-m", "outer", "outer", "bad"]);
    check_refused(&work, &server, &["outer"], &token("tag"));
    let blob = work.git_input(&["hash-object", "-w", "--stdin"], token("blob").as_bytes());
    let tree = work.git_input(
        &["mktree"],
        format!("100644 blob {blob}\tname\n").as_bytes(),
    );
    for (name, object) in [("light-blob", &blob), ("light-tree", &tree)] {
        work.git(&["tag", name, object]);
        check_refused(&work, &server, &[name], &token("blob"));
        let annotated = format!("{name}-a");
        work.git(&["tag", "-a", "-m", "m", &annotated, object]);
        check_refused(&work, &server, &[&annotated], &token("blob"));
    }
    let clean = work.git_input(&["hash-object", "-w", "--stdin"], b"clean");
    work.git(&["tag", "clean-blob", &clean]);
    check_passes(&work, &["clean-blob"]);
    let old = work.git(&["rev-parse", "HEAD:old"]);
    work.git(&["tag", "old-blob", &old]);
    check_passes(&work, &["old-blob"]);
}

#[test]
fn notes_reviews_replacements_and_remote_refs_are_ordinary() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["notes", "add", "-m", &token("note"), "HEAD"]);
    check_refused(&work, &server, &["refs/notes/commits"], &token("note"));
    work.commit("a", token("a"));
    for name in [
        "refs/for/main",
        "refs/changes/01/1/1",
        "refs/remotes/x/y",
        "refs/odd",
    ] {
        check_refused(&work, &server, &[&format!("HEAD:{name}")], &token("a"));
    }
    server.git(&["config", "receive.hideRefs", "refs/hidden"]);
    let output = push(&work, &["HEAD:refs/hidden/x"]);
    refused(&output, &[&token("a")]);
}

#[test]
fn a_replacement_pushed_first_blinds_nothing() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let bad = work.commit("a", token("a"));
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.git(&["commit", "-q", "--allow-empty", "-m", "clean"]);
    check_passes(&work, &[&format!("HEAD:refs/replace/{bad}")]);
    check_refused(
        &work,
        &server,
        &[&format!("{bad}:refs/heads/new")],
        &token("a"),
    );
}

#[test]
fn merges_count_only_what_no_parent_has() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.git(&["checkout", "-q", "-b", "side"]);
    work.commit("side", "side\n");
    work.commit("both", "side\n");
    work.git(&["checkout", "-q", "-b", "third", "main"]);
    work.commit("third", "x");
    work.git(&["checkout", "-q", "main"]);
    work.commit("both", "main\n");
    assert!(!work.try_git(&["merge", "-q", "side"]).status.success());
    work.stage("both", "main\nside\n");
    work.git(&["commit", "-q", "-m", "merge"]);
    work.git(&["merge", "-q", "--no-ff", "-m", "m", "third"]);
    check_passes(&work, &["main"]);
    // Evil: something that neither side had, in a file or beside it.
    work.git(&["checkout", "-q", "-b", "fourth", "HEAD~1"]);
    work.commit("fourth", "x");
    work.git(&["checkout", "-q", "main"]);
    work.git(&["merge", "-q", "--no-ff", "--no-commit", "fourth"]);
    work.stage("both", format!("main\nside\n{}\n", token("evil")));
    work.git(&["commit", "-q", "-m", "evil"]);
    let said = check_refused(&work, &server, &["main"], &token("evil"));
    assert!(said.contains("both:3"), "{said}");
}

#[test]
fn octopus_merges_count_only_what_no_parent_has() {
    for (evil, path) in [(false, ""), (true, "beside")] {
        let sandbox = Sandbox::new();
        let (work, server) = pair(&sandbox);
        for name in ["one", "two", "three"] {
            work.git(&["checkout", "-q", "-b", name, "main"]);
            work.commit(name, name);
        }
        work.git(&["checkout", "-q", "main"]);
        work.git(&["merge", "-q", "-m", "octopus", "one", "two", "three"]);
        if evil {
            work.stage(path, token("evil"));
            work.git(&["commit", "-q", "--amend", "--no-edit"]);
            check_refused(&work, &server, &["main"], &token("evil"));
        } else {
            check_passes(&work, &["main"]);
        }
    }
}

#[test]
fn old_blobs_wherever_they_turn_up_are_not_new() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let old = format!("{}\n", token("old"));
    work.git(&["mv", "old", "renamed"]);
    work.git(&["commit", "-q", "-m", "rename"]);
    check_passes(&work, &["main"]);
    work.commit("copy", &old);
    work.git(&["update-index", "--chmod=+x", "copy"]);
    work.git(&["commit", "-q", "-m", "mode"]);
    check_passes(&work, &["main"]);
    work.git(&["rm", "-qf", "copy", "renamed"]);
    work.git(&["commit", "-q", "-m", "remove"]);
    check_passes(&work, &["main"]);
    work.git(&["revert", "--no-edit", "HEAD"]);
    check_passes(&work, &["main"]);
    // Renamed and edited: the value was in what the commit removes.
    work.git(&["rm", "-qf", "copy"]);
    work.commit("else/where", format!("edited\n{old}"));
    check_passes(&work, &["main"]);
    work.commit("renamed", format!("\n\n  {old}more\n"));
    check_passes(&work, &["main"]);
    work.commit("elsewhere", format!("another text {old}"));
    check_refused(&work, &server, &["main"], &token("old"));
}

#[test]
fn messages_headers_authors_and_what_follows_a_nul() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let secret = token("x");
    work.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        &format!("subject\n\n{secret}"),
    ]);
    let said = check_refused(&work, &server, &["main"], &secret);
    assert!(said.contains("message"), "{said}");
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.with("GIT_COMMITTER_NAME", &secret)
        .git(&["commit", "-q", "--allow-empty", "-m", "m"]);
    check_refused(&work, &server, &["main"], &secret);
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let tree = work.git(&["rev-parse", "HEAD^{tree}"]);
    let head = work.head();
    let start =
        format!("tree {tree}\nparent {head}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n");
    for (name, raw) in [
        ("nul", format!("{start}\nsubject\0{secret}\n")),
        (
            "unknown header",
            format!("{start}x-odd {secret}\n\nsubject\n"),
        ),
        (
            "folded header",
            format!("{start}gpgsig one\n two\n {secret}\n\nsubject\n"),
        ),
        ("no message", format!("{start}x {secret}\n")),
    ] {
        let id = work.git_input(
            &[
                "hash-object",
                "-t",
                "commit",
                "-w",
                "--stdin",
                "--literally",
            ],
            raw.as_bytes(),
        );
        let said = check_refused(
            &work,
            &server,
            &[&format!("{id}:refs/heads/{}", name.replace(' ', "-"))],
            &secret,
        );
        assert!(said.contains("commit"), "{name}: {said}");
    }
}

#[test]
fn names_of_files_and_refs_are_judged_and_masked() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let secret = token("name");
    work.commit(&format!("d/{secret}/f"), "clean");
    check_refused(&work, &server, &["main"], &secret);
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    // git itself names the ref on the client; our own lines do not.
    let output = push(&work, &[&format!("main:refs/heads/{secret}")]);
    assert!(!output.status.success());
    for line in said(&output)
        .lines()
        .filter(|line| line.starts_with("remote: "))
    {
        assert!(!line.contains(&secret), "{line}");
    }
}

#[test]
fn names_of_refs_may_be_of_any_bytes_and_long() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", "clean");
    for (i, name) in [
        &b"refs/heads/\xff\xfe"[..],
        b"refs/heads/$(id);`id`\"'",
        &[
            b"refs/heads/",
            &[b'x'; 200][..],
            b"/",
            &[b'y'; 200][..],
            b"/",
            &[b'z'; 220][..],
        ]
        .concat(),
    ]
    .into_iter()
    .enumerate()
    {
        work.write("a", format!("clean {i}"));
        work.git(&["commit", "-qam", "m"]);
        let spec = [b"HEAD:", name].concat();
        let output = work
            .command("git")
            .args(["push", "-q", "origin"])
            .arg(OsStr::from_bytes(&spec))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    work.commit("a", token("a"));
    let spec = b"HEAD:refs/heads/\xff$(x)\xe2\x80\xae";
    let output = work
        .command("git")
        .args(["push", "-q", "origin"])
        .arg(OsStr::from_bytes(spec))
        .output()
        .unwrap();
    refused(&output, &[&token("a")]);
    for line in output
        .stderr
        .split(|&b| b == b'\n')
        .filter(|line| line.starts_with(b"remote: "))
    {
        assert!(line.is_ascii(), "{line:?}");
    }
    drop(server);
}

#[test]
fn archives_in_a_push_are_opened_whatever_their_name() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
        Vec::new(),
        flate2::Compression::default(),
    ));
    let text = format!("t = \"{}\"\n", token("in"));
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, "etc/app.conf", text.as_bytes())
        .unwrap();
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    for name in ["a.whl", "picture.png", "none"] {
        work.commit(name, &bytes);
        let said = check_refused(&work, &server, &["main"], &token("in"));
        assert!(said.contains("etc/app.conf"), "{said}");
        work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
}
