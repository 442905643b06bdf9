//! Where a push goes: one address under several names, and the addresses that git makes of others.

use crate::pushed::cloned;
use crate::sandbox::{Repo, Sandbox, passed, refused, token};

/// A work tree with `pre-push`, a server that has the first commit, and a shorthand for the folder of both.
fn pair(sandbox: &Sandbox, setting: &str) -> (Repo, Repo) {
    let (work, server) = cloned(sandbox, &[]);
    work.git(&["fetch", "-q", "origin"]);
    work.hooks(&["pre-push"]);
    let base = format!("url.{}/.{setting}", sandbox.path("").display());
    work.git(&["config", &base, "short:"]);
    (work, server)
}

#[track_caller]
fn check(work: &Repo, server: &Repo, to: &str, ref_name: &str) {
    let args = ["push", "-q", to, &format!("HEAD:refs/heads/{ref_name}")];
    passed(&work.try_git(&args));
    assert_eq!(server.tip(ref_name), work.head());
    let bad = work.commit("bad", token(ref_name));
    refused(
        &work.try_git(&["push", "-q", to, &format!("HEAD:refs/heads/{ref_name}-bad")]),
        &[&token(ref_name)],
    );
    assert_eq!(server.tip(&format!("{ref_name}-bad")), "");
    assert_eq!(work.head(), bad);
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
}

#[test]
fn addresses_that_git_rewrites_are_known() {
    for setting in ["insteadOf", "pushInsteadOf"] {
        let sandbox = Sandbox::new();
        let (work, server) = pair(&sandbox, setting);
        let whole = server.dir.canonicalize().unwrap().display().to_string();
        // The shorthand is typed, the remote has the address.
        check(&work, &server, "short:server.git", "typed");
        // The remote has the shorthand, the address is typed.
        work.git(&["remote", "set-url", "origin", "short:server.git"]);
        for (i, to) in ["origin", "short:server.git", &whole].iter().enumerate() {
            check(&work, &server, to, &format!("n{i}"));
        }
    }
}

#[test]
fn a_push_address_and_a_second_name_are_known() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox, "insteadOf");
    work.git(&["config", "remote.origin.pushurl", "short:server.git"]);
    work.git(&["config", "remote.origin.url", "/nowhere/else.git"]);
    check(&work, &server, "origin", "named");
    check(&work, &server, "../server.git", "typed");
    // A name that never fetched, for what another has fetched from.
    work.git(&["remote", "add", "twin", "../server.git"]);
    check(&work, &server, "twin", "twin");
    // Another place is another place.
    sandbox.repo_with("fresh.git", &["--bare"]);
    work.git(&["remote", "add", "fresh", "../fresh.git"]);
    refused(
        &work.try_git(&["push", "-q", "fresh", "main"]),
        &[&token("old")],
    );
}
