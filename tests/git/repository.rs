//! Every kind of repository in which people commit.

use crate::sandbox::{Sandbox, makes, passed, refused, said, token};
use crate::staged::{check_passes, check_refused, repo};

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
    repo.add_submodule("../inner", "sub");
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
        if !makes(options) {
            continue;
        }
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
fn sub_modules_that_are_added_moved_and_removed() {
    let sandbox = Sandbox::new();
    let inner = sandbox.repo("inner");
    inner.commit("secret", token("inner"));
    let repo = repo(&sandbox);
    repo.add_submodule("../inner", "one");
    check_passes(&repo, &[]);
    repo.git(&["mv", "one", "two"]);
    check_passes(&repo, &[]);
    repo.git(&["rm", "-qf", "two"]);
    check_passes(&repo, &[]);
    // A file where the submodule was.
    repo.stage("two", token("file"));
    check_refused(&repo, &[], "two", &token("file"));
}

#[test]
fn grafts_and_shallow_borders_change_nothing_that_is_staged() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.commit("old", format!("{}\n", token("old")));
    std::fs::write(
        repo.dir.join(".git/info/grafts"),
        format!("{}\n", repo.head()),
    )
    .unwrap();
    repo.stage("old", format!("{}\nmore\n", token("old")));
    check_passes(&repo, &[]);
    repo.stage("new", token("new"));
    check_refused(&repo, &[], "new", &token("new"));
}

#[test]
fn a_repository_of_another_user_is_read_where_git_says_so() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("a", token("a"));
    let given = repo
        .command("chown")
        .args(["-R", "12345:12345", "."])
        .status();
    if !given.is_ok_and(|status| status.success()) {
        eprintln!("note: not the administrator: a repository of another user is not tried");
        return;
    }
    let inside = repo.with("GIT_DIR", ".git");
    let output = inside.keysieve(&["hook", "pre-commit"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    repo.git(&["config", "--global", "safe.directory", "*"]);
    check_refused(&repo, &[], "a", &token("a"));
    repo.git(&["config", "--global", "--unset", "safe.directory"]);
    let output = repo.keysieve(&["install"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("ownership"), "{}", said(&output));
    let output = repo.keysieve(&["doctor"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(
        said(&output).contains("safe.directory"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_hook_that_leaves_the_folder_is_an_error() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    let hook = repo.dir.join(".git/hooks/pre-commit");
    let text = std::fs::read_to_string(&hook).unwrap();
    std::fs::write(&hook, text.replace("exec ", "cd /\nexec ")).unwrap();
    repo.stage("a", "clean");
    assert!(!repo.try_commit(&[]).status.success());
}
