//! The ways to a commit: which index counts, and what is new in it.

use crate::sandbox::{Repo, Sandbox, passed, refused, said, token};

fn repo(sandbox: &Sandbox) -> Repo {
    let repo = sandbox.repo("r").with_client_hooks();
    repo.commit("kept", "kept\n");
    repo
}

/// The commit is refused, names the file, and leaves `HEAD` where it was.
#[track_caller]
fn check_refused(repo: &Repo, args: &[&str], path: &str, secret: &str) {
    let head = repo.tip("HEAD");
    let output = repo.try_commit(args);
    let said = refused(&output, &[secret]);
    assert!(said.contains(path), "{path} is not named: {said}");
    assert!(said.contains("keysieve allow "), "no way out: {said}");
    assert!(!said.contains("--no-verify"));
    assert_eq!(repo.tip("HEAD"), head);
}

#[track_caller]
fn check_passes(repo: &Repo, args: &[&str]) {
    let head = repo.tip("HEAD");
    passed(&repo.try_commit(args));
    assert_ne!(repo.tip("HEAD"), head);
}

#[test]
fn a_staged_secret_is_refused_and_a_clean_commit_is_silent() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("clean", "x");
    check_passes(&repo, &[]);
    repo.stage("a.py", format!("t = \"{}\"\n", token("a")));
    check_refused(&repo, &[], "a.py", &token("a"));
    // In the work tree it may stay, if it is not staged.
    repo.git(&["reset", "-q"]);
    repo.stage("clean", "y");
    check_passes(&repo, &[]);
}

#[test]
fn the_first_commit_is_judged() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r").with_client_hooks();
    passed(&repo.try_commit(&["--allow-empty"]));
    let repo = sandbox.repo("second").with_client_hooks();
    repo.stage("a.py", token("a"));
    check_refused(&repo, &[], "a.py", &token("a"));
    repo.stage("a.py", "clean");
    check_passes(&repo, &[]);
}

#[test]
fn a_commit_from_a_sub_directory_and_from_outside_is_judged() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("sub/a.py", token("a"));
    let mut below = repo.clone();
    below.dir = repo.dir.join("sub");
    check_refused(&below, &[], "sub/a.py", &token("a"));
    let mut outside = repo.clone();
    outside.dir = sandbox.path("home");
    let output = outside.try_git(&["-C", "../r", "commit", "-q", "-m", "m"]);
    assert!(refused(&output, &[&token("a")]).contains("sub/a.py"));
}

#[test]
fn commit_a_reads_the_index_that_git_names() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("kept", token("a"));
    check_refused(&repo, &["-a"], "kept", &token("a"));
    repo.write("kept", "clean again\n");
    check_passes(&repo, &["-a"]);
}

#[test]
fn commit_of_a_path_judges_that_path_only() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("other", "x\n");
    repo.stage("other", token("other"));
    repo.write("kept", "changed\n");
    for args in [&["kept"][..], &["-o", "kept"], &["--", "kept"]] {
        repo.write("kept", format!("changed {args:?}\n"));
        check_passes(&repo, args);
    }
    repo.write("kept", token("kept"));
    check_refused(&repo, &["kept"], "kept", &token("kept"));
    // With -i, what is staged goes too.
    repo.write("kept", "clean\n");
    check_refused(&repo, &["-i", "kept"], "other", &token("other"));
}

#[test]
fn what_is_staged_counts_and_not_what_lies_in_the_work_tree() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("kept", token("a"));
    repo.write("kept", "clean\n");
    check_refused(&repo, &[], "kept", &token("a"));
    repo.stage("kept", "clean\n");
    repo.write("kept", token("a"));
    check_passes(&repo, &[]);
}

#[test]
fn a_part_of_a_file_can_be_staged_alone() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("kept", format!("first\nkept\n{}\n", token("a")));
    let patch = "diff --git a/kept b/kept\n--- a/kept\n+++ b/kept\n@@ -1 +1,2 @@\n+first\n kept\n";
    repo.git_input(&["apply", "--cached", "-"], patch.as_bytes());
    check_passes(&repo, &[]);
}

#[test]
fn amend_shows_only_what_is_new_on_top() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("old", token("old"));
    check_passes(&repo, &["--amend"]);
    repo.stage("kept", "more\n");
    check_passes(&repo, &["--amend"]);
    repo.stage("kept", token("new"));
    check_refused(&repo, &["--amend"], "kept", &token("new"));
    repo.git(&["reset", "-q", "--hard"]);
    repo.write("kept", token("new"));
    check_refused(&repo, &["--amend", "-a"], "kept", &token("new"));
}

#[test]
fn no_verify_is_git_s_and_skips() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("a", token("a"));
    passed(&repo.try_commit(&["--no-verify"]));
}

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
fn a_linked_work_tree_has_its_own_index() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = sandbox.at("linked");
    repo.stage("kept", token("main"));
    linked.stage("new", "clean");
    check_passes(&linked, &[]);
    linked.stage("new", token("linked"));
    check_refused(&linked, &[], "new", &token("linked"));
    linked.git(&["reset", "-q", "--hard"]);
    linked.write("kept", token("linked"));
    check_refused(&linked, &["-a"], "kept", &token("linked"));
}

#[test]
fn a_submodule_is_its_own_repository_and_its_commit_no_content() {
    let sandbox = Sandbox::new();
    let inner = sandbox.repo("inner");
    inner.commit("x", "x");
    let repo = repo(&sandbox);
    repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        "../inner",
        "sub",
    ]);
    check_passes(&repo, &[]);
    let sub = sandbox.at("r/sub");
    sub.hooks(&["pre-commit"]);
    sub.stage("y", token("sub"));
    check_refused(&sub, &[], "y", &token("sub"));
    sub.stage("y", "clean");
    check_passes(&sub, &[]);
    repo.git(&["add", "sub"]);
    check_passes(&repo, &[]);
}

#[test]
fn git_dir_and_work_tree_may_be_apart() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let tree = sandbox.at("tree");
    std::fs::create_dir(&tree.dir).unwrap();
    let apart = ["--git-dir=../bare.git", "--work-tree=."];
    let git = |args: &[&str]| tree.try_git(&[&apart[..], args].concat());
    tree.hooks_in(&sandbox.path("bare.git/hooks"), &["pre-commit"]);
    assert!(git(&["checkout", "-q", "-f", "main"]).status.success());
    tree.write("kept", token("apart"));
    assert!(git(&["add", "kept"]).status.success());
    let said = refused(&git(&["commit", "-q", "-m", "m"]), &[&token("apart")]);
    assert!(said.contains("kept"), "{said}");
    tree.write("kept", "clean");
    passed(&git(&["commit", "-q", "-a", "-m", "m"]));

    let below = repo.dir.join("sub");
    std::fs::create_dir(&below).unwrap();
    let mut inside = repo.with("GIT_DIR", "../.git").with("GIT_WORK_TREE", "..");
    inside.dir = below;
    repo.stage("kept", token("inside"));
    check_refused(&inside, &[], "kept", &token("inside"));
}

#[test]
fn core_worktree_is_honoured() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let tree = sandbox.path("elsewhere");
    std::fs::create_dir(&tree).unwrap();
    repo.git(&["config", "core.worktree", tree.to_str().unwrap()]);
    std::fs::write(tree.join("kept"), token("tree")).unwrap();
    let inside = repo.with("GIT_DIR", repo.dir.join(".git"));
    check_refused(&inside, &["-a"], "kept", &token("tree"));
}

#[test]
fn every_kind_of_repository_is_read() {
    for (options, set_up) in [
        (&["--object-format=sha256"][..], &[][..]),
        (&["--ref-format=reftable"], &[]),
        (&["--object-format=sha256", "--ref-format=reftable"], &[]),
        (&[], &["update-index", "--split-index"]),
        (&[], &["update-index", "--index-version", "4"]),
        (&[], &["config", "index.skipHash", "true"]),
        (&[], &["config", "core.splitIndex", "true"]),
        (
            &[],
            &["sparse-checkout", "set", "--cone", "--sparse-index", "b"],
        ),
        (&[], &["pack-refs", "--all"]),
        (&[], &["checkout", "-q", "--detach"]),
        (&[], &["replace", "--edit", "HEAD"]),
    ] {
        let sandbox = Sandbox::new();
        let repo = sandbox
            .repo_with("r", options)
            .with_client_hooks()
            .with("GIT_EDITOR", "true");
        repo.write("a/x", "x");
        repo.write("b/y", "y");
        repo.commit("b/z", format!("{}\n", token("old")));
        if !set_up.is_empty() {
            drop(repo.try_git(set_up));
        }
        repo.stage("b/y", "clean");
        check_passes(&repo, &[]);
        repo.stage("b/z", format!("edited\n{}\n", token("old")));
        check_passes(&repo, &[]);
        repo.write("b/z", token("new"));
        check_refused(&repo, &["-a"], "b/z", &token("new"));
        repo.git(&["add", "b/z"]);
        check_refused(&repo, &[], "b/z", &token("new"));
    }
}

#[test]
fn a_damaged_index_is_refused() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let index = repo.dir.join(".git/index");
    let bytes = std::fs::read(&index).unwrap();
    std::fs::write(&index, &bytes[..40]).unwrap();
    let output = repo.keysieve(&["hook", "pre-commit"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

#[test]
fn an_index_that_git_names_and_that_is_not_there_is_an_error() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let output = repo
        .with("GIT_INDEX_FILE", "nowhere")
        .keysieve(&["hook", "pre-commit"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("nowhere"));
}

#[test]
fn a_hook_outside_a_repository_is_an_error() {
    let sandbox = Sandbox::new();
    let output = sandbox.at("home").keysieve(&["hook", "pre-commit"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn in_a_partial_clone_what_is_missing_is_no_old_content() {
    let sandbox = Sandbox::new();
    let origin = sandbox.repo("origin");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.commit("old", format!("{}\n", token("old")));
    origin.commit("kept", "x\n");
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let url = format!("file://{}", origin.dir.display());
        let name = filter.replace([':', '='], "-");
        origin.git(&[
            "clone",
            "-q",
            "--no-checkout",
            filter,
            &url,
            &format!("../{name}"),
        ]);
        let repo = sandbox.at(&name).with_client_hooks();
        repo.git(&["read-tree", "HEAD"]);
        // The promise cannot be kept any more: nothing may be fetched.
        repo.git(&["config", "remote.origin.url", "/nowhere"]);
        for (text, code) in [("clean".to_owned(), 0), (token("new"), 1)] {
            repo.stage("new", text);
            let output = repo.keysieve(&["hook", "pre-commit"]);
            assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        }
    }
}

#[test]
fn a_shallow_clone_is_judged() {
    let sandbox = Sandbox::new();
    let origin = sandbox.repo("origin");
    origin.commit("a", "1");
    origin.commit("a", token("old"));
    let url = format!("file://{}", origin.dir.display());
    origin.git(&["clone", "-q", "--depth=1", &url, "../shallow"]);
    let repo = sandbox.at("shallow").with_client_hooks();
    repo.stage("a", format!("{} edited", token("old")));
    check_passes(&repo, &[]);
    repo.stage("b", token("new"));
    check_refused(&repo, &[], "b", &token("new"));
    let history = repo.keysieve(&["scan", "--history", "."]);
    assert_eq!(history.status.code(), Some(1), "{}", said(&history));
}

#[test]
fn alternates_are_followed_also_quoted_ones() {
    let sandbox = Sandbox::new();
    let origin = sandbox.repo("or:i\"gin");
    origin.commit("a", format!("{}\n", token("old")));
    origin.git(&["clone", "-q", "--shared", ".", "../clone"]);
    let repo = sandbox.at("clone").with_client_hooks();
    repo.stage("a", format!("{}\nmore\n", token("old")));
    check_passes(&repo, &[]);
    repo.stage("a", token("new"));
    check_refused(&repo, &[], "a", &token("new"));
}

#[test]
fn replaced_objects_and_grafts_blind_nothing() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("a", token("a"));
    let secret = repo.git(&["rev-parse", ":a"]);
    let clean = repo.git_input(&["hash-object", "-w", "--stdin"], b"clean");
    repo.git(&["replace", &secret, &clean]);
    check_refused(&repo, &[], "a", &token("a"));
}

#[test]
fn nothing_configured_is_run() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let trap = format!("touch {}", sandbox.path("sprung").display());
    for name in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "diff.external",
        "credential.helper",
        "core.sshCommand",
    ] {
        repo.git(&["config", name, &trap]);
    }
    repo.git(&["config", "filter.x.clean", &format!("{trap}; cat")]);
    repo.git(&["config", "diff.x.textconv", &trap]);
    repo.commit(".gitattributes", "*.q diff=x\n");
    drop(std::fs::remove_file(sandbox.path("sprung")));
    repo.git(&[
        "-c",
        "core.fsmonitor=false",
        "update-index",
        "--split-index",
    ]);
    let index = repo.with("GIT_CONFIG_PARAMETERS", "'core.pager=false'");
    assert!(index.keysieve(&["hook", "pre-commit"]).status.success());
    assert!(!sandbox.path("sprung").exists());
}

#[test]
fn cherry_picks_and_rebases_that_stop_are_judged_when_they_go_on() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.git(&["checkout", "-q", "-b", "side"]);
    let picked = repo.commit("kept", "side\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("kept", "main\n");
    assert!(!repo.try_git(&["cherry-pick", &picked]).status.success());
    repo.stage("kept", token("resolution"));
    let go_on = repo.with("GIT_EDITOR", "true");
    let said = refused(
        &go_on.try_git(&["cherry-pick", "--continue"]),
        &[&token("resolution")],
    );
    assert!(said.contains("kept"));
    repo.stage("kept", "clean\n");
    passed(&go_on.try_git(&["-c", "advice.all=false", "cherry-pick", "--continue"]));
}

#[test]
fn scan_staged_says_the_same_as_the_hook() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("sub/a", token("a"));
    let mut below = repo.clone();
    below.dir = repo.dir.join("sub");
    let output = below.keysieve(&["scan", "--staged"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("sub/a"));
    repo.git(&["rm", "-qf", "sub/a"]);
    let output = repo.keysieve(&["scan", "--staged"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn patches_applied_by_am_are_visible_in_its_own_hook() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("patched", token("a"));
    let patch = repo.git(&["format-patch", "-1", "--stdout"]);
    repo.git(&["checkout", "-q", "main"]);
    let hook = repo.dir.join(".git/hooks/pre-applypatch");
    std::fs::copy(repo.dir.join(".git/hooks/pre-commit"), hook).unwrap();
    let output = repo.input("git", &["am", "-q"], format!("{patch}\n").as_bytes());
    assert!(refused(&output, &[]).contains("patched:1"));
}

#[test]
fn an_index_that_a_person_names_is_the_one_that_is_read() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("kept", token("ordinary"));
    let other = repo.with("GIT_INDEX_FILE", repo.dir.join(".git/other"));
    other.git(&["read-tree", "HEAD"]);
    other.stage("new", "clean");
    check_passes(&other, &[]);
    other.stage("new", token("new"));
    check_refused(&other, &[], "new", &token("new"));
}

#[test]
fn a_rebase_that_stops_to_edit_is_judged_like_an_amend() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("old", token("old"));
    repo.commit("last", "x");
    let editor = repo
        .with("GIT_SEQUENCE_EDITOR", "sed -i 1s/pick/edit/")
        .with("GIT_EDITOR", "true");
    editor.git(&["rebase", "-q", "-i", "HEAD~2"]);
    repo.stage("old", format!("{}\n{}\n", token("old"), token("new")));
    check_refused(&editor, &["--amend"], "old:2", &token("new"));
    repo.stage("old", format!("{}\nmore\n", token("old")));
    check_passes(&editor, &["--amend"]);
}

#[test]
fn a_stash_that_is_taken_back_is_judged_when_it_is_committed() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.write("kept", token("a"));
    repo.git(&["stash", "-q"]);
    repo.git(&["stash", "pop", "-q"]);
    check_refused(&repo, &["-a"], "kept", &token("a"));
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
fn sub_modules_that_are_added_moved_and_removed() {
    let sandbox = Sandbox::new();
    let inner = sandbox.repo("inner");
    inner.commit("secret", token("inner"));
    let repo = repo(&sandbox);
    repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        "../inner",
        "one",
    ]);
    check_passes(&repo, &[]);
    repo.git(&["mv", "one", "two"]);
    check_passes(&repo, &[]);
    repo.git(&["rm", "-qf", "two"]);
    check_passes(&repo, &[]);
    // A file where the submodule was.
    repo.stage("two", token("file"));
    check_refused(&repo, &[], "two", &token("file"));
}
