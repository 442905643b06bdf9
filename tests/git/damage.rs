//! Repositories that are damaged: each is refused, says what is wrong and where, and what to do.

use std::path::PathBuf;

use crate::pushed::pair;
use crate::raw;
use crate::sandbox::{Repo, Sandbox, said, token};
use crate::staged::repo;

/// Exit 2, these words, a way on, no crash.
#[track_caller]
fn check(repo: &Repo, args: &[&str], input: &[u8], words: &[&str]) -> String {
    let output = repo.keysieve_input(args, input);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!said.contains("internal error"), "{said}");
    for word in words.iter().chain(&["git fsck"]) {
        assert!(said.contains(word), "{word} is not named: {said}");
    }
    said
}

fn loose(repo: &Repo, id: &str) -> PathBuf {
    repo.git_dir().join("objects").join(&id[..2]).join(&id[2..])
}

fn overwrite(path: &std::path::Path, bytes: &[u8]) {
    drop(std::fs::remove_file(path));
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_staged_blob_that_is_missing_or_damaged_is_named_by_its_path() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("sub/a", token("a"));
    repo.stage("b", token("b"));
    let file = loose(&repo, &repo.git(&["rev-parse", ":sub/a"]));
    let whole = std::fs::read(&file).unwrap();
    // What else was found is told, and keeps its exit code.
    std::fs::remove_file(&file).unwrap();
    let output = repo.keysieve(&["hook", "pre-commit"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("not scanned: sub/a"));
    repo.git(&["rm", "-q", "--cached", "b"]);
    check(&repo, &["hook", "pre-commit"], b"", &["sub/a", "missing"]);
    let mut bent = whole.clone();
    bent[10] ^= 0x55;
    for bytes in [&b"no object"[..], &whole[..whole.len() / 2], &bent, b""] {
        overwrite(&file, bytes);
        check(
            &repo,
            &["hook", "pre-commit"],
            b"",
            &["sub/a", "cannot be read"],
        );
        assert!(!repo.try_commit(&[]).status.success());
    }
    overwrite(&file, &whole);
    // An entry that is no blob.
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    repo.git(&[
        "update-index",
        "--cacheinfo",
        &format!("100644,{tree},sub/a"),
    ]);
    check(
        &repo,
        &["hook", "pre-commit"],
        b"",
        &["sub/a", "not a blob"],
    );
}

#[test]
fn head_and_index_that_cannot_be_read() {
    let sandbox = Sandbox::new();
    let repo = repo(&sandbox);
    repo.stage("a", "clean");
    let git = repo.git_dir();
    let hook = ["hook", "pre-commit"];
    let index = std::fs::read(git.join("index")).unwrap();
    let long = [&b"DIRC\0\0\0\x02\xff\xff\xff\xff"[..], &[0; 100]].concat();
    for bytes in [&b""[..], b"x", &index[..index.len() - 21], &long] {
        std::fs::write(git.join("index"), bytes).unwrap();
        check(&repo, &hook, b"", &["the index", ".git/index"]);
    }
    std::fs::remove_file(git.join("index")).unwrap();
    std::fs::create_dir(git.join("index")).unwrap();
    check(&repo, &hook, b"", &["the index"]);
    std::fs::remove_dir(git.join("index")).unwrap();
    std::fs::write(git.join("index"), &index).unwrap();
    let tip = std::fs::read(git.join("refs/heads/main")).unwrap();
    for (text, words) in [
        ("no id\n", "refs/heads/main"),
        ("1111111111111111111111111111111111111111\n", "is missing"),
    ] {
        std::fs::write(git.join("refs/heads/main"), text).unwrap();
        check(&repo, &hook, b"", &[words]);
    }
    std::fs::write(git.join("refs/heads/main"), tip).unwrap();
    let tree = loose(&repo, &repo.git(&["rev-parse", "HEAD^{tree}"]));
    std::fs::rename(&tree, git.join("aside")).unwrap();
    check(&repo, &hook, b"", &["tree", "missing"]);
    std::fs::rename(git.join("aside"), &tree).unwrap();
    std::fs::remove_file(git.join("HEAD")).unwrap();
    check(&repo, &hook, b"", &["git directory"]);
}

/// A pack of one entry of this type, and its index. Their sums are zeros: whom this is for compares, but does not add up.
fn pack(objects: &std::path::Path, kind: u8, blob: &[u8], repo: &Repo) -> String {
    use std::io::Write as _;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(blob).unwrap();
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x01".to_vec();
    pack.extend(raw::head(kind, blob.len()));
    pack.extend(zlib.finish().unwrap());
    pack.extend([0; 20]);
    let id = repo.git_input(&["hash-object", "--stdin"], blob);
    let dir = objects.join("pack");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("pack-x.pack"), &pack).unwrap();
    let raw_id: Vec<u8> = (0..20)
        .map(|i| u8::from_str_radix(&id[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    let index = raw::index(vec![(raw_id.as_slice(), 12)]);
    std::fs::write(dir.join("pack-x.idx"), index).unwrap();
    id
}

#[test]
fn a_packed_entry_without_a_type_is_an_error() {
    let sandbox = Sandbox::new();
    let text = format!("{}\n", token("packed")).repeat(3);
    let repo = repo(&sandbox);
    let objects = repo.git_dir().join("objects");
    for (kind, code) in [(3, 1), (0, 2), (5, 2)] {
        let id = pack(&objects, kind, text.as_bytes(), &repo);
        repo.git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("100644,{id},in-pack"),
        ]);
        let output = repo.keysieve(&["hook", "pre-commit"]);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(code), "type {kind}: {told}");
        if code == 2 {
            check(&repo, &["hook", "pre-commit"], b"", &["in-pack"]);
        }
    }
}

#[test]
fn objects_that_lack_in_a_push_are_named() {
    let sandbox = Sandbox::new();
    let (work, server) = pair(&sandbox);
    let zero = "0".repeat(40);
    let hook = |push: &Repo, id: &str| {
        let quarantine = push.dir.join(".git/objects");
        let inside = server
            .with("GIT_DIR", ".")
            .with("GIT_QUARANTINE_PATH", &quarantine)
            .with("GIT_OBJECT_DIRECTORY", &quarantine)
            .with(
                "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                server.dir.join("objects"),
            );
        let line = format!("{zero} {id} refs/heads/x\n");
        inside.keysieve_input(&["hook", "pre-receive"], line.as_bytes())
    };
    let id = work.commit("sub/a", "clean");
    assert_eq!(hook(&work, &id).status.code(), Some(0));
    let blob = loose(&work, &work.git(&["rev-parse", "HEAD:sub/a"]));
    let tree = loose(&work, &work.git(&["rev-parse", "HEAD:sub"]));
    for (file, word) in [
        (&blob, "sub/a"),
        (&tree, "in commit"),
        (&loose(&work, &id), &id[..]),
    ] {
        let whole = std::fs::read(file).unwrap();
        for bytes in [None, Some(&whole[..whole.len() / 2])] {
            match bytes {
                None => std::fs::remove_file(file).unwrap(),
                Some(bytes) => overwrite(file, bytes),
            }
            let output = hook(&work, &id);
            let told = said(&output);
            assert_eq!(output.status.code(), Some(2), "{told}");
            assert!(told.replace("\n    ", "").contains(word), "{word}: {told}");
            assert!(told.contains("hint: "), "{told}");
            assert!(told.lines().all(|line| line.len() <= 72), "{told}");
        }
        overwrite(file, &whole);
    }
    let line = format!("{zero} {id} refs/heads/x\n");
    // Neither the quarantine that is named nor anything in it.
    let output = server
        .with("GIT_DIR", ".")
        .with("GIT_QUARANTINE_PATH", "/nowhere")
        .with("GIT_OBJECT_DIRECTORY", "/nowhere")
        .with(
            "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            server.dir.join("objects"),
        )
        .keysieve_input(&["hook", "pre-receive"], line.as_bytes());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}
