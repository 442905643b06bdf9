//! What a server's policy allows, and that a pusher cannot change it.

use crate::pushed::{check_refused, pair};
use crate::sandbox::{Sandbox, token};

#[test]
fn the_push_cannot_lower_the_policy() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let line = |mark: &str| format!("t = \"{}\" # {mark}\n", token("a"));
    work.commit(".keysieve.toml", "[policy]\nmode = \"warn\"\nblock_at = \"certain\"\n[[allow]]\nrule = \"github-pat\"\nreason = \"all is well\"\n");
    work.commit(".gitattributes", "* binary -diff\n");
    for (i, mark) in [
        "keysieve:allow because",
        "gitleaks:allow",
        "betterleaks:allow",
    ]
    .into_iter()
    .enumerate()
    {
        work.commit(&format!("f{i}.py"), line(mark));
        check_refused(
            &work.with("KEYSIEVE_MODE", "warn").with("SKIP", "keysieve"),
            &server,
            &["main"],
            &token("a"),
        );
        work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
    work.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "[skip secret push protection]",
    ]);
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
}

#[test]
fn gitlab_s_mark_stands_only_in_its_web_interface() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    work.commit("a", token("a"));
    for (protocol, marked) in [("web", true), ("ssh", false), ("http", false)] {
        let said = check_refused(
            &work.with("GL_PROTOCOL", protocol),
            &server,
            &["main"],
            &token("a"),
        );
        let lines: Vec<&str> = said
            .lines()
            .filter_map(|line| line.strip_prefix("remote: "))
            .filter(|line| !line.trim().is_empty())
            .collect();
        assert!(!lines.is_empty());
        assert!(
            lines
                .iter()
                .all(|line| line.starts_with("GL-HOOK-ERR:") == marked),
            "{protocol}: {said}"
        );
    }
}
