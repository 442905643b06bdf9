//! Baselines in a repository's life: what was there passes, what is new does not, what was fixed may not come back.

use super::sandbox::{Repo, Sandbox, passed, refused, said, token};

fn with_old_secret(sandbox: &Sandbox) -> (Repo, String) {
    let repo = sandbox.repo("r");
    let old = token("baseline old");
    repo.commit("a.py", format!("key = \"{old}\"\n"));
    (repo.with_client_hooks(), old)
}

#[track_caller]
fn audit(repo: &Repo, want: &str) {
    let output = repo.keysieve(&["baseline", "audit"]);
    assert!(said(&output).contains(want), "{}", said(&output));
}

#[test]
fn what_is_known_passes_wherever_it_moves_and_the_rest_does_not() {
    let sandbox = Sandbox::new();
    let (repo, old) = with_old_secret(&sandbox);
    let output = repo.keysieve(&["baseline", "create"]);
    assert!(output.status.success(), "{}", said(&output));
    let text = std::fs::read_to_string(repo.dir.join(".keysieve-baseline")).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(!text.contains(&old[8..16]), "{text}");
    repo.git(&["mv", "a.py", "b.py"]);
    repo.stage("b.py", format!("# moved\n\n\nkey = \"{old}\"\n"));
    passed(&repo.try_commit(&[]));
    let new = token("baseline new");
    repo.stage("c.py", format!("key = \"{new}\"\n"));
    refused(&repo.try_commit(&[]), &[&new]);
    let output = repo.keysieve(&["scan", "--all-files", "--show-suppressed"]);
    assert!(
        said(&output).contains("in the baseline"),
        "{}",
        said(&output)
    );
    let output = repo.keysieve(&["baseline", "create"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("baseline update"),
        "{}",
        said(&output)
    );
}

#[test]
fn what_was_fixed_is_marked_and_counts_when_it_comes_back() {
    let sandbox = Sandbox::new();
    let (repo, old) = with_old_secret(&sandbox);
    repo.keysieve(&["baseline", "create"]);
    audit(&repo, "1 known, 0 new, 0 came back, 0 fixed");
    repo.commit("a.py", "key = os.environ[\"KEY\"]\n");
    let output = repo.keysieve(&["baseline", "update", "--all-files"]);
    assert!(said(&output).contains("fixed"), "{}", said(&output));
    let text = std::fs::read_to_string(repo.dir.join(".keysieve-baseline")).unwrap();
    assert!(text.trim_end().ends_with("github-pat fixed"), "{text}");
    repo.stage("d.py", format!("key = \"{old}\"\n"));
    refused(&repo.try_commit(&[]), &[&old]);
    let output = repo.keysieve(&["baseline", "audit", "d.py"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("came back"), "{}", said(&output));
    let output = repo.keysieve(&["baseline", "update", "--accept-new", "d.py"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    passed(&repo.try_commit(&[]));
}

#[test]
fn two_branches_merge_and_a_broken_file_refuses() {
    let sandbox = Sandbox::new();
    let (repo, _) = with_old_secret(&sandbox);
    repo.write(".keysieve-baseline", "<<<<<<< ours\n");
    repo.stage("clean.txt", "clean\n");
    let said = refused(&repo.try_commit(&[]), &[]);
    assert!(said.contains(".keysieve-baseline:1:1"), "{said}");
}

#[test]
fn a_server_trusts_only_the_baseline_that_its_own_file_names() {
    let sandbox = Sandbox::new();
    let (repo, old) = with_old_secret(&sandbox);
    repo.keysieve(&["baseline", "create"]);
    repo.git(&["add", ".keysieve-baseline"]);
    repo.git(&["commit", "-q", "--no-verify", "-m", "baseline"]);
    let line = format!("{} {} refs/heads/x\n", "0".repeat(40), repo.head());
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\nstrict = true\n").unwrap();
    repo.git(&["update-ref", "-d", "refs/heads/main"]);
    let server = repo.with("KEYSIEVE_CONFIG", &config);
    let output = server.keysieve_input(&["hook", "pre-receive"], line.as_bytes());
    refused(&output, &[&old]);
    let own = std::fs::read(repo.dir.join(".keysieve-baseline")).unwrap();
    std::fs::write(sandbox.path("known"), own).unwrap();
    std::fs::write(&config, "[policy]\nstrict = true\nbaseline = \"known\"\n").unwrap();
    let output = server.keysieve_input(&["hook", "pre-receive"], line.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    std::fs::write(&config, "[policy]\nbaseline = \"absent\"\n").unwrap();
    let output = server.keysieve_input(&["hook", "pre-receive"], line.as_bytes());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}
