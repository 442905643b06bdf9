//! Values in very many places: names, messages, files that take the place of others.

use std::fmt::Write as _;
use std::time::Duration;

use crate::content::key;
use crate::measured::{Target, allowed};
use crate::sandbox::{Sandbox, token};

/// A tree of files each of whose names holds a key.
fn names(target: &Target, n: usize) -> String {
    let blob = (target.work).git_input(&["hash-object", "-w", "--stdin"], b"clean");
    let mut names: Vec<String> = (0..n).map(|i| token(&format!("name {i}"))).collect();
    names.sort();
    let mut text = String::new();
    for name in names {
        writeln!(text, "100644 blob {blob}\t{name}").unwrap();
    }
    let tree = target.work.git_input(&["mktree"], text.as_bytes());
    target
        .work
        .git(&["commit-tree", "-p", "main", "-m", "m", &tree])
}

/// Commits one after the other, each with another key in its message.
fn messages(target: &Target, n: usize) -> String {
    let mut input = String::new();
    for i in 0..n {
        let message = token(&format!("message {i}"));
        writeln!(
            input,
            "commit refs/heads/told\ncommitter A <a@b> {i} +0000\ndata {}\n{message}",
            message.len()
        )
        .unwrap();
        if i == 0 {
            input.push_str("from refs/heads/main\n");
        }
    }
    target
        .work
        .git_input(&["fast-import", "--quiet", "--force"], input.as_bytes());
    target.work.git(&["rev-parse", "told"])
}

/// A commit that takes away as many files as it brings, in each another key; the server has the former.
fn replaced(target: &Target, n: usize) -> String {
    let mut input = String::new();
    for (kind, mark) in [("old", ""), ("new", "deleteall\n")] {
        write!(
            input,
            "commit refs/heads/{kind}\ncommitter A <a@b> 1 +0000\ndata 1\nm\nfrom refs/heads/{}\n{mark}",
            if kind == "old" { "main" } else { "old" }
        )
        .unwrap();
        for i in 0..n {
            let text = format!("token = {}\n", token(&format!("{kind} {i}")));
            writeln!(
                input,
                "M 100644 inline {kind}{i}.txt\ndata {}\n{text}",
                text.len()
            )
            .unwrap();
        }
    }
    target
        .work
        .git_input(&["fast-import", "--quiet", "--force"], input.as_bytes());
    let work = target.work.dir.to_str().unwrap();
    target.server.git(&["fetch", "-q", work, "old:old"]);
    target.work.git(&["rev-parse", "new"])
}

/// A hundred versions of a file full of keys, each with another first line.
fn versions(target: &Target, n: usize, keys: usize) -> String {
    let text: String = (0..keys)
        .map(|i| format!("token = {}\n", token(&format!("version {i}"))))
        .collect();
    let mut input = String::new();
    for i in 0..n {
        writeln!(
            input,
            "commit refs/heads/versions\ncommitter A <a@b> {i} +0000\ndata 1\nm\n{}M 100644 inline a.txt\ndata {}\n{i:06}\n{text}",
            if i == 0 { "from refs/heads/main\n" } else { "" },
            text.len() + 7
        )
        .unwrap();
    }
    target
        .work
        .git_input(&["fast-import", "--quiet", "--force"], input.as_bytes());
    target.work.git(&["rev-parse", "versions"])
}

#[test]
fn keys_in_many_places() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, Duration::from_secs(1), "");
    target.judge("300 names", &target.push(&names(&target, 300)));
    target.judge("300 messages", &target.push(&messages(&target, 300)));
    target.judge(
        "200 files for others",
        &target.push(&replaced(&target, 200)),
    );
    target.judge("20 versions", &target.push(&versions(&target, 20, 20)));
}

#[test]
#[ignore = "takes minutes"]
fn keys_in_very_many_places() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, allowed(), "");
    let rows: [(&str, &dyn Fn() -> String); 4] = [
        ("100,000 names with a key", &|| names(&target, 100_000)),
        ("100,000 messages with a key", &|| {
            messages(&target, 100_000)
        }),
        ("20,000 files with keys for 20,000 others", &|| {
            replaced(&target, 20_000)
        }),
        ("100 versions of 20,000 keys", &|| {
            versions(&target, 100, 20_000)
        }),
    ];
    let only = std::env::var("KEYSIEVE_ATTACK").ok();
    for (name, make) in rows {
        if only.as_deref().is_none_or(|only| name.contains(only)) {
            let seen = target.push(&make());
            assert!(
                seen.said.len() < 10_000,
                "{} bytes were said",
                seen.said.len()
            );
            target.judge(name, &seen);
        }
    }
    let message = format!("{}{}", "m\n".repeat(31_000_000), key());
    if only.is_none_or(|only| "a message of 62 MB".contains(&only)) {
        let tree = target.work.git(&["rev-parse", "main^{tree}"]);
        let id = (target.work).git_input(&["commit-tree", "-p", "main", &tree], message.as_bytes());
        target.judge("a message of 62 MB", &target.push(&id));
    }
}
