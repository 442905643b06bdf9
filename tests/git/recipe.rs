//! The way out of a refusal: the command that is named, run as it stands, and what it leads to.

use crate::pushed::{check_passes, cloned, pair, push};
use crate::sandbox::{Repo, Sandbox, passed, refused, said, token};
use crate::staged::repo;

/// The git command after `mark` at the start of a line, without the words in brackets.
#[track_caller]
fn command(said: &str, mark: &str) -> String {
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix(mark)?.strip_prefix("git "));
    let line = line.unwrap_or_else(|| panic!("no command: {said}"));
    let end = line.find("  ").unwrap_or(line.len());
    format!("git {}", line[..end].trim_end())
}

#[track_caller]
fn shell(repo: &Repo, script: &str) {
    let output = repo.command("sh").args(["-ec", script]).output().unwrap();
    assert!(output.status.success(), "{script}: {}", said(&output));
}

#[test]
fn what_is_staged_is_unstaged() {
    let sandbox = Sandbox::new();
    let old = repo(&sandbox);
    let unborn = sandbox.repo("unborn").with_client_hooks();
    for repo in [&old, &unborn] {
        for path in ["sub/a.py", "it's $(x)"] {
            repo.stage("clean", path);
            repo.stage(path, token("a"));
            let mut below = repo.clone();
            below.dir = repo.dir.join("sub");
            std::fs::create_dir_all(&below.dir).unwrap();
            for at in [repo, &below] {
                repo.git(&["add", "--", path]);
                let said = refused(&at.try_commit(&[]), &[&token("a")]);
                shell(at, &command(&said, "help: "));
                assert_eq!(repo.git(&["ls-files", "--", path]), "");
                assert!(repo.dir.join(path).exists());
            }
            passed(&repo.try_commit(&["--allow-empty"]));
            std::fs::remove_file(repo.dir.join(path)).unwrap();
            if path.starts_with("sub") && repo.dir.ends_with("unborn") {
                repo.git(&["update-ref", "-d", "HEAD"]);
            }
        }
    }
    // What was there before stays as it was.
    old.stage("kept", token("a"));
    let said = refused(&old.try_commit(&[]), &[]);
    shell(&old, &command(&said, "help: "));
    assert_eq!(old.git(&["show", ":kept"]), "kept");
}

/// What a push says must be done, and the push afterwards.
#[track_caller]
fn rewritten(work: &Repo, mark: &str, expected: &str, during: &str) {
    let said = refused(&push(work, &["main"]), &[]);
    let found = command(&said, mark);
    let id = |text: &str| {
        text.split([' ', '^'])
            .find(|w| w.len() == 8 && w.bytes().all(|b| b.is_ascii_hexdigit()))
            .map(str::to_owned)
    };
    let shown = id(&found).map_or(found.clone(), |id| found.replace(&id, "ID"));
    assert_eq!(shown, expected, "{said}");
    let script = if found.contains("rebase") {
        format!(
            "{found}\n{during}\ngit commit -q --no-verify --amend --no-edit\ngit rebase --continue"
        )
    } else {
        format!("{during}\n{found} -q --no-verify --no-edit")
    };
    shell(
        &work
            .with("GIT_SEQUENCE_EDITOR", "sed -i '1s/^pick/edit/'")
            .with("GIT_EDITOR", "true"),
        &script,
    );
    check_passes(work, &["main"]);
}

/// For a server's `pre-receive` and for `pre-push`, whose messages differ.
fn both(each: impl Fn(&Repo, &str)) {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    each(&work, "remote: hint:   ");
    let sandbox = Sandbox::new();
    let (work, _) = cloned(&sandbox, &[]);
    work.git(&["fetch", "-q"]);
    work.hooks(&["pre-push"]);
    each(&work, "help: ");
}

#[test]
fn the_last_commit_is_amended() {
    both(|work, mark| {
        work.commit("x", "x");
        work.commit("a", token("a"));
        rewritten(work, mark, "git commit --amend", "echo clean >a; git add a");
    });
}

#[test]
fn an_earlier_commit_is_edited() {
    both(|work, mark| {
        work.commit("a", token("a"));
        work.commit("b", "b");
        rewritten(work, mark, "git rebase -i ID^", "echo clean >a; git add a");
    });
}

#[test]
fn a_root_commit_is_edited_from_the_root() {
    both(|work, mark| {
        work.git(&["checkout", "-q", "--orphan", "fresh"]);
        work.commit("a", token("a"));
        work.commit("b", "b");
        work.git(&["branch", "-q", "-M", "fresh", "main"]);
        work.git(&["config", "push.default", "current"]);
        work.git(&["config", "remote.origin.push", "+refs/heads/main"]);
        let said = refused(&push(work, &["+main"]), &[]);
        assert_eq!(command(&said, mark), "git rebase -i --root");
        shell(
            &work
                .with("GIT_SEQUENCE_EDITOR", "sed -i '1s/^pick/edit/'")
                .with("GIT_EDITOR", "true"),
            "git rebase -i --root; echo clean >a; git add a; git commit -q --no-verify --amend --no-edit; git rebase --continue",
        );
        check_passes(work, &["+main"]);
    });
}

#[test]
fn merges_on_top_are_kept() {
    both(|work, mark| {
        work.commit("a", token("a"));
        work.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
        work.commit("s", "s");
        work.git(&["checkout", "-q", "main"]);
        work.git(&["merge", "-q", "--no-ff", "-m", "m", "side"]);
        let said = refused(&push(work, &["main"]), &[]);
        let found = command(&said, mark);
        assert!(
            found.starts_with("git rebase -i --rebase-merges ") && found.ends_with('^'),
            "{found}"
        );
        shell(
            &work
                .with("GIT_SEQUENCE_EDITOR", "sed -i '/change a$/s/^pick/edit/'")
                .with("GIT_EDITOR", "true"),
            &format!(
                "{found}; echo clean >a; git add a; git commit -q --no-verify --amend --no-edit; git rebase --continue"
            ),
        );
        assert_eq!(work.git(&["rev-list", "--merges", "--count", "HEAD"]), "1");
        check_passes(work, &["main"]);
    });
}

#[test]
fn an_evil_merge_below_the_last_commit() {
    both(|work, mark| {
        work.git(&["checkout", "-q", "-b", "side"]);
        work.commit("s", "s");
        work.git(&["checkout", "-q", "main"]);
        work.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
        work.stage("evil", token("evil"));
        work.git(&["commit", "-q", "--no-verify", "-m", "merge"]);
        work.commit("b", "b");
        let said = refused(&push(work, &["main"]), &[]);
        let found = command(&said, mark);
        assert!(said.contains("break"), "{said}");
        shell(
            &work
                .with("GIT_SEQUENCE_EDITOR", "sed -i '/^merge/abreak'")
                .with("GIT_EDITOR", "true"),
            &format!(
                "{found}; git rm -qf --ignore-unmatch evil; git commit -q --no-verify --amend --no-edit; git rebase --continue"
            ),
        );
        assert_eq!(work.git(&["rev-list", "--merges", "--count", "HEAD"]), "1");
        check_passes(work, &["main"]);
    });
}

#[test]
fn messages_and_tags_are_written_again() {
    both(|work, mark| {
        work.git(&[
            "commit",
            "-q",
            "--no-verify",
            "--allow-empty",
            "-m",
            &token("m"),
        ]);
        let said = refused(&push(work, &["main"]), &[&token("m")]);
        assert_eq!(command(&said, mark), "git commit --amend");
        shell(
            work,
            "git commit -q --no-verify --allow-empty --amend -m clean",
        );
        check_passes(work, &["main"]);
        work.git(&["tag", "-a", "-m", &token("t"), "v1"]);
        let said = refused(&push(work, &["v1"]), &[&token("t")]);
        assert_eq!(command(&said, mark), "git tag -f -a TAG");
        work.git(&["tag", "-f", "-a", "-m", "clean", "v1"]);
        check_passes(work, &["v1"]);
    });
}

#[test]
fn many_commits_are_filtered() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let base = work.head();
    for i in 0..5 {
        work.commit(&format!("f{i}"), format!("t = {}\n", token("many")));
    }
    let said = refused(&push(&work, &["main"]), &[&token("many")]);
    let found = command(&said, "remote: hint:   ");
    assert!(found.starts_with("git filter-repo "), "{found}");
    assert!(said.contains("VALUE==>REMOVED"), "{said}");
    let history = work.keysieve(&["scan", "--history", "."]);
    let told = refused(&history, &[&token("many")]);
    assert!(told.contains("git filter-repo --replace-text"), "{told}");
    if !work
        .command("git")
        .args(["filter-repo", "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
    {
        eprintln!("note: git-filter-repo is not here: its command is not tried");
        return;
    }
    let values = format!("{}==>REMOVED\n", token("many"));
    std::fs::write(sandbox.path("values"), values).unwrap();
    shell(&work, &format!("{found} >/dev/null 2>&1"));
    assert_eq!(work.git(&["rev-parse", "main~5"]), base);
    check_passes(&work, &["main"]);
}

#[test]
fn names_tags_and_bare_objects_have_their_way_out() {
    let sandbox = Sandbox::new();
    let (work, _) = pair(&sandbox);
    let blob = work.git_input(&["hash-object", "-w", "--stdin"], token("b").as_bytes());
    work.git(&["tag", "blob", &blob]);
    let name = format!("main:refs/heads/{}", token("n"));
    for (spec, words) in [
        (
            "blob",
            &["outside of any commit", "git tag -d", &blob[..8]][..],
        ),
        (name.as_str(), &["git branch -m"]),
    ] {
        let output = push(&work, &[spec]);
        assert!(!output.status.success());
        let told = said(&output);
        for word in words {
            assert!(told.contains(word), "{word}: {told}");
        }
    }
    let repo = repo(&sandbox);
    repo.stage(&token("file"), "clean");
    let told = refused(&repo.try_commit(&[]), &[&token("file")]);
    assert!(told.contains("git mv"), "{told}");
}
