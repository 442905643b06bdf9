//! What in a staged change is new, and that nothing hides it.

use crate::sandbox::{Sandbox, passed, refused, said, token};
use crate::staged::{check_passes, check_refused, repo};

#[test]
fn an_old_value_that_moves_within_its_file_is_not_new() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let old = token("old");
    repo.commit("a.py", format!("x = 1\nt = \"{old}\"\n"));
    for text in [
        format!("# first\n\n\nx = 1\n    t = \"{old}\"\n"),
        format!("t = \"{old}\"\nx = 1\n"),
        format!("t = \"{old}\"\nu = \"{old}\"\n"),
        format!("t = '{old}' # in other quotes\n"),
    ] {
        repo.stage("a.py", text);
        check_passes(&repo, &[]);
    }
    repo.stage("a.py", format!("t = \"{old}\"\nu = \"{}\"\n", token("new")));
    check_refused(&repo, &[], "a.py:2", &token("new"));
    // Another file is another place.
    repo.git(&["reset", "-q", "--hard"]);
    repo.stage("b.py", format!("another text, {old}"));
    check_refused(&repo, &[], "b.py", &old);
}

#[test]
fn renames_copies_modes_and_deletions_are_not_new() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let old = token("old");
    repo.commit("dir/a.py", format!("{old}\n{}", "line\n".repeat(20)));
    repo.git(&["mv", "dir", "moved"]);
    check_passes(&repo, &[]);
    repo.git(&["mv", "moved/a.py", "b.py"]);
    repo.stage("b.py", format!("{old}\n{}", "other\n".repeat(20)));
    check_passes(&repo, &[]);
    repo.stage("copy/of/b.py", format!("{old}\n{}", "other\n".repeat(20)));
    check_passes(&repo, &[]);
    repo.git(&["update-index", "--chmod=+x", "b.py"]);
    check_passes(&repo, &[]);
    repo.git(&["rm", "-qf", "b.py"]);
    check_passes(&repo, &[]);
    repo.git(&["mv", "copy/of/b.py", "c.py"]);
    repo.stage("c.py", format!("{old}\n{}\n", token("new")));
    check_refused(&repo, &[], "c.py:2", &token("new"));
}

#[test]
fn a_renamed_directory_with_an_edit_in_it_is_not_new() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("deep/er/x", "x");
    repo.commit("deep/er/a.py", format!("{}\n", token("old")));
    repo.git(&["mv", "deep", "else"]);
    repo.stage("else/er/a.py", format!("edited {}\n", token("old")));
    check_passes(&repo, &[]);
}

#[test]
fn a_directory_becomes_a_file_and_back() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("d/a", format!("{}\n", token("old")));
    repo.git(&["rm", "-qr", "d"]);
    repo.stage("d", format!("now here {}\n", token("old")));
    check_passes(&repo, &[]);
    repo.git(&["rm", "-q", "d"]);
    repo.stage("d/b", token("new"));
    check_refused(&repo, &[], "d/b", &token("new"));
}

#[test]
fn the_target_of_a_symbolic_link_is_content() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    std::os::unix::fs::symlink(token("link"), repo.dir.join("link")).unwrap();
    repo.git(&["add", "link"]);
    check_refused(&repo, &[], "link", &token("link"));
}

#[test]
fn intent_to_add_is_not_staged() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("later", token("later"));
    repo.git(&["add", "-N", "later"]);
    repo.stage("kept", "more\n");
    check_passes(&repo, &[]);
    check_refused(&repo, &["-a"], "later", &token("later"));
}

#[test]
fn attributes_encodings_and_nul_bytes_hide_nothing() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit(
        ".gitattributes",
        "*.one -diff\n*.two binary\n*.three diff=x\n* -text\n",
    );
    repo.git(&["config", "diff.x.textconv", "false"]);
    repo.git(&["config", "color.ui", "always"]);
    repo.git(&["config", "diff.external", "false"]);
    let secret = token("a");
    let utf16: Vec<u8> = format!("key = {secret}\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (path, bytes) in [
        ("a.one", secret.clone().into_bytes()),
        ("a.two", secret.clone().into_bytes()),
        ("a.three", secret.clone().into_bytes()),
        ("nul", [b"\0\0\n", secret.as_bytes(), b"\n\0"].concat()),
        ("utf16", [b"\xff\xfe", &utf16[..]].concat()),
    ] {
        repo.stage(path, bytes);
        check_refused(&repo, &[], path, &secret);
        repo.git(&["rm", "-qf", path]);
    }
}

#[test]
fn names_hold_secrets_too_and_are_masked() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let secret = token("name");
    repo.stage(&format!("dir/{secret}.txt"), "clean");
    refused(&repo.try_commit(&[]), &[&secret]);
    passed(&repo.try_commit(&["--no-verify"]));
    // Its directory is known now.
    repo.stage("dir/other", "x");
    check_passes(&repo, &[]);
}

#[test]
fn a_folder_that_bears_the_word_which_is_the_password_is_told() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let text = "ftp.username = 'vagrant'\nftp.password = 'vagrant'\n";
    repo.write("vagrant/a.rb", text);
    let told = said(&repo.keysieve(&["scan", "."]));
    assert!(told.contains("vagrant/a.rb:2"), "{told}");
}

#[test]
fn names_of_any_bytes_are_shown_without_control_characters() {
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let name = std::ffi::OsStr::from_bytes(b"a\x1b[2Jb\nerror: forged\xff\xe2\x80\xae");
    repo.write(name, token("a"));
    repo.git(&["add", "-A"]);
    let output = repo.try_commit(&[]);
    let said = refused(&output, &[&token("a")]);
    assert!(!said.contains("\x1b[2J"), "{said:?}");
    assert!(
        !said.lines().any(|line| line.starts_with("error: forged")),
        "{said:?}"
    );
    assert!(!said.contains('\u{202e}'));
}

#[test]
fn a_secret_that_is_removed_and_one_that_is_replaced() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("a", format!("{}\n{}\n", token("one"), token("two")));
    repo.stage("a", format!("{}\n", token("two")));
    check_passes(&repo, &[]);
    repo.stage("a", "removed\n");
    check_passes(&repo, &[]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.stage("a", format!("{}\n", token("three")));
    let said = refused(&repo.try_commit(&[]), &[&token("three"), &token("two")]);
    assert!(said.contains("1 secret"), "{said}");
}

#[test]
fn one_secret_in_several_files_is_one_finding_with_its_places() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    for path in ["a", "b", "c/d"] {
        repo.stage(path, format!("{path}\n{}\n", token("same")));
    }
    let said = refused(&repo.try_commit(&[]), &[&token("same")]);
    assert!(said.contains("1 secret in 3 places"), "{said}");
    for place in ["a:2", "b:2", "c/d:2"] {
        assert!(said.contains(place), "{place}: {said}");
    }
}

#[test]
fn what_git_hides_from_its_status_counts_by_the_index() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    for flag in ["--skip-worktree", "--assume-unchanged"] {
        repo.stage("kept", "clean again\n");
        repo.git(&["update-index", flag, "kept"]);
        repo.write("kept", token("tree"));
        repo.stage("other", flag);
        check_passes(&repo, &[]);
        repo.git(&["update-index", &flag.replace("--", "--no-"), "kept"]);
        repo.git(&["add", "kept"]);
        repo.git(&["update-index", flag, "kept"]);
        check_refused(&repo, &[], "kept", &token("tree"));
        repo.git(&["update-index", &flag.replace("--", "--no-"), "kept"]);
        repo.git(&["reset", "-q", "--hard"]);
    }
}

#[test]
fn pointers_of_large_files_are_no_secrets() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let id: String = (0..64)
        .map(|i| char::from(b"0123456789abcdef"[(i * 7 + i / 3) % 16]))
        .collect();
    repo.stage(
        "large.bin",
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize 12345\n"),
    );
    check_passes(&repo, &[]);
    repo.stage(
        "large.bin",
        format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize 12345\n{}\n",
            token("a")
        ),
    );
    check_refused(&repo, &[], "large.bin", &token("a"));
}

#[test]
fn filters_change_what_is_committed_and_that_counts() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit(".gitattributes", "*.f filter=x\n");
    repo.git(&[
        "config",
        "filter.x.clean",
        &format!("sed s/PLACE/{}/", token("made")),
    ]);
    repo.git(&[
        "config",
        "filter.x.smudge",
        &format!("sed s/{}/PLACE/", token("made")),
    ]);
    repo.stage("in.f", "t = PLACE\n");
    check_refused(&repo, &[], "in.f", &token("made"));
    repo.git(&["rm", "-qf", "in.f"]);
    repo.git(&[
        "config",
        "filter.x.clean",
        &format!("sed s/{}/PLACE/", token("gone")),
    ]);
    repo.stage("out.f", format!("t = {}\n", token("gone")));
    check_passes(&repo, &[]);
}

#[test]
fn a_link_becomes_a_file_and_a_file_a_link() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let link = repo.dir.join("link");
    std::os::unix::fs::symlink("kept", &link).unwrap();
    repo.git(&["add", "link"]);
    check_passes(&repo, &[]);
    std::fs::remove_file(&link).unwrap();
    repo.stage("link", token("file"));
    check_refused(&repo, &[], "link", &token("file"));
    std::fs::remove_file(&link).unwrap();
    // Nothing is read through a link.
    std::fs::write(sandbox.path("outside"), token("outside")).unwrap();
    std::os::unix::fs::symlink("../outside", &link).unwrap();
    repo.git(&["add", "link"]);
    repo.stage("kept", "more");
    check_passes(&repo, &[]);
}
