//! What is handed to hosts whose machine cannot be reached from here, unpacked and run as they do.

use std::path::Path;

use crate::installed::{fails, hook, run};
use crate::pushed::{check_passes, check_refused, cloned};
use crate::sandbox::{Repo, Sandbox, said, token};

/// Makes the tarball and unpacks it into a folder.
fn unpacked(sandbox: &Sandbox, work: &Repo, host: &str, to: &str) {
    let file = sandbox.path(&format!("{to}.tarball"));
    let file = file.to_str().unwrap();
    let told = run(work, &["install", "--host", host, "--tarball", file]);
    assert!(told.contains(file), "{told}");
    std::fs::create_dir_all(sandbox.path(to)).unwrap();
    let unpacked = work
        .command("tar")
        .args(["-xf", file, "-C"])
        .arg(sandbox.path(to))
        .output()
        .unwrap();
    assert!(unpacked.status.success(), "{}", said(&unpacked));
}

#[test]
fn github_enterprise_s_environment_has_no_git_and_needs_none() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    let policy = sandbox.path("policy.toml");
    std::fs::write(&policy, "[policy]\ntimeout = \"60s\"\n").unwrap();
    let told = work.with("KEYSIEVE_CONFIG", &policy);
    unpacked(&sandbox, &told, "github-enterprise", "environment");
    let root = sandbox.path("environment");
    assert!(root.join("etc/keysieve/server.toml").exists());
    for name in ["bin/git", "usr/bin/git", "dev", "proc"] {
        assert!(!root.join(name).exists(), "{name}");
    }
    // As the appliance does it: the repository is seen in the environment, under the same path.
    let (top, root) = (sandbox.path(""), root.display().to_string());
    let top = top.display().to_string();
    let top = top.trim_end_matches('/');
    let inside = "cd $HERE && exec /bin/sh /keysieve.sh";
    let text = format!(
        "#!/bin/sh\nexec unshare -rm sh -c 'mkdir -p {root}{top} && mount --bind {top} {root}{top} && exec env -i GIT_DIR=\"$GIT_DIR\" \
         GIT_QUARANTINE_PATH=\"$GIT_QUARANTINE_PATH\" GIT_OBJECT_DIRECTORY=\"$GIT_OBJECT_DIRECTORY\" \
         GIT_ALTERNATE_OBJECT_DIRECTORIES=\"$GIT_ALTERNATE_OBJECT_DIRECTORIES\" GITHUB_USER_LOGIN=a GITHUB_VIA=\"git clone or push\" \
         HERE=\"$PWD\" $(PATH=$PATH:/usr/sbin:/sbin command -v chroot) {root} /bin/sh -c \"{inside}\"'\n",
        inside = inside.replace('$', "\\$")
    );
    hook(&server.dir.join("hooks/pre-receive"), &text);
    let probe = work
        .command("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("note: no mount can be made here: the environment is not tried");
        return;
    }
    work.commit("a", "clean");
    check_passes(&work, &["main", "main:refs/heads/x"]);
    check_passes(&work, &[":x"]);
    work.git(&["tag", "-a", "-m", &token("tag"), "t"]);
    check_refused(&work, &server, &["t"], &token("tag"));
    work.commit("a", token("a"));
    let told = check_refused(&work, &server, &["main"], &token("a"));
    assert!(told.contains("a:1"), "{told}");
    server.git(&["config", "receive.unpackLimit", "1"]);
    check_refused(&work, &server, &["main"], &token("a"));
}

#[test]
fn gitlab_s_custom_hooks_bring_the_program_and_its_policy_along() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    let policy = sandbox.path("policy.toml");
    std::fs::write(&policy, "[policy]\nblock_at = \"certain\"\n").unwrap();
    unpacked(
        &sandbox,
        &work.with("KEYSIEVE_CONFIG", &policy),
        "gitlab",
        "server.git",
    );
    let ours = server.dir.join("custom_hooks");
    assert_eq!(
        std::fs::read(ours.join("server.toml")).unwrap(),
        std::fs::read(&policy).unwrap()
    );
    // Gitaly runs it by its whole path, and sets core.hooksPath for git.
    let gitaly = sandbox.path("gitaly");
    hook(
        &gitaly.join("pre-receive"),
        &format!("#!/bin/sh\nexec {}/pre-receive\n", ours.display()),
    );
    server.git(&["config", "core.hooksPath", gitaly.to_str().unwrap()]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
    check_passes(&work, &["main~1:refs/heads/clean"]);
}

#[test]
fn what_cannot_be_packed_is_an_error() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("r");
    for (host, file, words) in [
        ("bitbucket", "x.tar", &["bitbucket", "no tarball"][..]),
        ("gitlab", "nowhere/x.tar", &["nowhere/x.tar"]),
        (
            "github-enterprise",
            "nowhere/x.tar.gz",
            &["nowhere/x.tar.gz"],
        ),
    ] {
        fails(
            &repo,
            &["install", "--host", host, "--tarball", file],
            2,
            words,
        );
        assert!(!Path::new(file).exists());
    }
    // A policy that no hook could read is not handed out.
    let policy = sandbox.path("policy.toml");
    std::fs::write(&policy, "[policy]\nmod = \"warn\"\n").unwrap();
    fails(
        &repo.with("KEYSIEVE_CONFIG", &policy),
        &["install", "--host", "gitlab", "--tarball", "x.tar"],
        2,
        &["unknown key", "mode"],
    );
    assert!(!repo.dir.join("x.tar").exists());
}
