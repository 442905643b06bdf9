//! Objects of git that are made to exhaust: huge ones, many, and such as expand.

use std::time::Duration;

use git2::{ObjectType, Oid};

use crate::content::{key, shell};
use crate::measured::{Target, allowed};
use crate::sandbox::{Sandbox, token};

/// A pack that is written by hand.
struct Pack {
    bytes: Vec<u8>,
    n: u32,
}

impl Pack {
    fn new() -> Self {
        Self {
            bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(),
            n: 0,
        }
    }

    /// Adds an entry and tells where it is.
    fn entry(&mut self, code: u8, link: &[u8], body: &[u8]) -> usize {
        use std::io::Write as _;
        let at = self.bytes.len();
        let mut size = body.len();
        let mut byte = code << 4 | (size & 15) as u8;
        size >>= 4;
        while size > 0 {
            self.bytes.push(byte | 128);
            byte = (size & 127) as u8;
            size >>= 7;
        }
        self.bytes.push(byte);
        self.bytes.extend_from_slice(link);
        let mut encoder =
            flate2::write::ZlibEncoder::new(&mut self.bytes, flate2::Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap();
        self.n += 1;
        at
    }

    /// A delta on the entry at `base`.
    fn delta(&mut self, base: usize, sizes: (usize, usize), ops: &[u8]) -> usize {
        let mut distance = self.bytes.len() - base;
        let mut link = vec![(distance & 127) as u8];
        while distance >= 128 {
            distance = (distance >> 7) - 1;
            link.insert(0, 128 | (distance & 127) as u8);
        }
        let body = [varint(sizes.0), varint(sizes.1), ops.to_vec()].concat();
        self.entry(6, &link, &body)
    }

    /// A commit of files, each a blob of the pack.
    fn commit(&mut self, parent: &str, files: &[(String, Oid)]) -> String {
        let mut tree = Vec::new();
        for (name, id) in files {
            tree.extend_from_slice(format!("100644 {name}\0").as_bytes());
            tree.extend_from_slice(id.as_bytes());
        }
        self.entry(2, &[], &tree);
        let tree = Oid::hash_object(ObjectType::Tree, &tree).unwrap();
        let person = "A <a@b> 1 +0000";
        let text =
            format!("tree {tree}\nparent {parent}\nauthor {person}\ncommitter {person}\n\nm\n");
        self.entry(1, &[], text.as_bytes());
        Oid::hash_object(ObjectType::Commit, text.as_bytes())
            .unwrap()
            .to_string()
    }

    fn finish(mut self) -> Vec<u8> {
        use std::io::Write as _;
        self.bytes[8..12].copy_from_slice(&self.n.to_be_bytes());
        let mut child = std::process::Command::new("sha1sum")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&self.bytes).unwrap();
        let said = child.wait_with_output().unwrap().stdout;
        let hex = std::str::from_utf8(&said[..40]).unwrap();
        self.bytes
            .extend(data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap());
        self.bytes
    }
}

fn varint(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 128 {
        out.push(128 | (n & 127) as u8);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

fn copy(from: usize, len: usize) -> Vec<u8> {
    let (from, len) = (from.to_le_bytes(), len.to_le_bytes());
    vec![
        0xff, from[0], from[1], from[2], from[3], len[0], len[1], len[2],
    ]
}

/// Copies of all of a base, in as many pieces as are needed.
fn copies(len: usize) -> Vec<u8> {
    let most = 0xff_ffff;
    (0..len)
        .step_by(most)
        .flat_map(|from| copy(from, most.min(len - from)))
        .collect()
}

fn blob(bytes: &[u8]) -> Oid {
    Oid::hash_object(ObjectType::Blob, bytes).unwrap()
}

/// Each version has a line more than the one before, the last one the key.
fn chain(depth: usize, parent: &str) -> (String, Vec<u8>) {
    let mut pack = Pack::new();
    let mut text = b"first\n".to_vec();
    let mut files = vec![("f0".to_owned(), blob(&text))];
    let mut at = pack.entry(3, &[], &text);
    for i in 1..=depth {
        let line = if i == depth { key() } else { format!("{i}\n") };
        let ops = [
            copies(text.len()),
            vec![line.len() as u8],
            line.clone().into_bytes(),
        ]
        .concat();
        at = pack.delta(at, (text.len(), text.len() + line.len()), &ops);
        text.extend(line.bytes());
        if i % 10 == 0 || i == depth {
            files.push((format!("f{i}"), blob(&text)));
        }
    }
    files.sort();
    let tip = pack.commit(parent, &files);
    (tip, pack.finish())
}

/// Objects of `size` bytes, each from a few bytes of delta, the key in the last.
pub fn delta_bomb(n: usize, size: usize, parent: &str) -> (String, Vec<u8>) {
    let mut pack = Pack::new();
    let base = vec![b'\n'; size];
    let mut files = vec![("base".to_owned(), blob(&base))];
    let at = pack.entry(3, &[], &base);
    for i in 0..n {
        let line = if i + 1 == n {
            key()
        } else {
            format!("line {i}\n")
        };
        let ops = [
            vec![line.len() as u8],
            line.clone().into_bytes(),
            copies(size),
        ]
        .concat();
        pack.delta(at, (size, size + line.len()), &ops);
        files.push((format!("f{i:05}"), blob(&[line.as_bytes(), &base].concat())));
    }
    files.sort();
    let tip = pack.commit(parent, &files);
    (tip, pack.finish())
}

/// A small blob whose base is larger than anything that is read.
fn small_on_huge(size: usize, parent: &str) -> (String, Vec<u8>) {
    let mut pack = Pack::new();
    let base = vec![0; size];
    let at = pack.entry(3, &[], &base);
    let line = key();
    let ops = [vec![line.len() as u8], line.clone().into_bytes()].concat();
    pack.delta(at, (size, line.len()), &ops);
    let tip = pack.commit(
        parent,
        &[
            ("huge".to_owned(), blob(&base)),
            ("small".to_owned(), blob(line.as_bytes())),
        ],
    );
    (tip, pack.finish())
}

#[test]
fn deltas_that_expand() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, Duration::from_secs(1), "");
    let parent = target.work.head();
    for unpack in ["1", "100000"] {
        target
            .server
            .git(&["config", "receive.unpackLimit", unpack]);
        let (tip, pack) = chain(500, &parent);
        target.judge(
            &format!("500 deltas on each other, unpackLimit {unpack}"),
            &target.send(&tip, &pack),
        );
    }
    let (tip, pack) = delta_bomb(20, 1_000_000, &parent);
    target.judge("20 MB from little", &target.send(&tip, &pack));
}

#[test]
#[ignore = "takes minutes"]
fn deltas_that_expand_much() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, allowed(), "");
    let parent = target.work.head();
    target.server.git(&["config", "receive.unpackLimit", "1"]);
    let (tip, pack) = chain(10_000, &parent);
    target.judge("10,000 deltas on each other", &target.send(&tip, &pack));
    let (tip, pack) = delta_bomb(60, 60_000_000, &parent);
    target.judge("60 blobs of 60 MB from little", &target.send(&tip, &pack));
    let (tip, pack) = delta_bomb(600, 4_000_000, &parent);
    target.judge("600 blobs of 4 MB from little", &target.send(&tip, &pack));
    for size in [100, 200, 600, 1000] {
        let (tip, pack) = small_on_huge(size << 20, &parent);
        target.judge(
            &format!("a small blob on a base of {size} MB"),
            &target.send(&tip, &pack),
        );
    }
}

#[test]
#[ignore = "takes minutes"]
fn huge_objects_and_texts() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, allowed(), "");
    for unpack in ["1", "1000"] {
        target
            .server
            .git(&["config", "receive.unpackLimit", unpack]);
        let zeros = shell(&format!(
            "head -c 400000000 /dev/zero; printf %s{unpack} \"$KEY\""
        ));
        target.judge(
            &format!("a blob of 400 MB of zeros, unpackLimit {unpack}"),
            &target.push_file("zeros", &zeros),
        );
        let text = [vec![b'\n'; 63 << 20], unpack.into(), key().into_bytes()].concat();
        target.judge(
            &format!("a blob of 63 MB, unpackLimit {unpack}"),
            &target.push_file("lines", &text),
        );
    }
    let tree = target.work.git(&["rev-parse", "main^{tree}"]);
    let person = "A <a@b> 1 +0000";
    for (name, header, message) in [
        (
            "a message of 100 MB",
            String::new(),
            "m\n".repeat(50_000_000),
        ),
        (
            "a header of 100 MB",
            format!("x {}\n", "h".repeat(100_000_000)),
            String::new(),
        ),
        (
            "a hundred headers of 1 MB",
            format!("x {}\n", "h".repeat(1_000_000)).repeat(100),
            String::new(),
        ),
    ] {
        let text = format!(
            "tree {tree}\nparent {}\nauthor {person}\ncommitter {person}\n{header}\n{message}{}",
            target.work.head(),
            key()
        );
        let id = target.work.git_input(
            &[
                "hash-object",
                "-t",
                "commit",
                "-w",
                "--stdin",
                "--literally",
            ],
            text.as_bytes(),
        );
        target.judge(name, &target.push(&id));
    }
    // Many of them, which share their parts.
    let mut parent = target.work.head();
    for i in 0..10 {
        let text = format!(
            "tree {tree}\nparent {parent}\nauthor {person}\ncommitter {person}\n\n{}{i}",
            "m\n".repeat(25_000_000)
        );
        parent = target.work.git_input(
            &["hash-object", "-t", "commit", "-w", "--stdin"],
            text.as_bytes(),
        );
    }
    let text = format!(
        "tree {tree}\nparent {parent}\nauthor {person}\ncommitter {person}\n\n{}",
        key()
    );
    let id = target.work.git_input(
        &["hash-object", "-t", "commit", "-w", "--stdin"],
        text.as_bytes(),
    );
    target.judge("ten messages of 50 MB", &target.push(&id));
}

/// A tree with very many entries of one blob, and one with the key.
fn wide_tree(target: &Target, n: usize) -> String {
    let clean = target
        .work
        .git_input(&["hash-object", "-w", "--stdin"], b"clean");
    let dirty = target
        .work
        .git_input(&["hash-object", "-w", "--stdin"], key().as_bytes());
    let mut text = String::new();
    for i in 0..n {
        text.push_str(&format!("100644 blob {clean}\tf{i:08}\n"));
    }
    text.push_str(&format!("100644 blob {dirty}\tg\n"));
    let tree = target.work.git_input(&["mktree"], text.as_bytes());
    target
        .work
        .git(&["commit-tree", "-p", "main", "-m", "m", &tree])
}

/// Commits one after the other, all on one tree; the first message has the key.
fn long_history(target: &Target, n: usize) -> String {
    let mut input = format!(
        "commit refs/heads/long\ncommitter A <a@b> 1 +0000\ndata {}\n{}\nfrom refs/heads/main\n",
        key().len(),
        key()
    );
    for i in 0..n {
        input.push_str(&format!(
            "commit refs/heads/long\ncommitter A <a@b> {i} +0000\ndata 1\nm\n"
        ));
    }
    target
        .work
        .git_input(&["fast-import", "--quiet", "--force"], input.as_bytes());
    target.work.git(&["rev-parse", "long"])
}

/// Folders with very long names, full of files.
fn long_paths(target: &Target, n: usize) -> String {
    let mut tree = {
        let dirty = target
            .work
            .git_input(&["hash-object", "-w", "--stdin"], key().as_bytes());
        let entries: String = (0..n)
            .map(|i| format!("100644 blob {dirty}\tf{i:08}\n"))
            .collect();
        target.work.git_input(&["mktree"], entries.as_bytes())
    };
    for _ in 0..4 {
        let name = "n".repeat(60_000);
        tree = target.work.git_input(
            &["mktree"],
            format!("040000 tree {tree}\t{name}\n").as_bytes(),
        );
    }
    target
        .work
        .git(&["commit-tree", "-p", "main", "-m", "m", &tree])
}

#[test]
fn many_of_everything() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, Duration::from_secs(1), "");
    target.judge("5,000 files", &target.push(&wide_tree(&target, 5_000)));
    target.judge(
        "2,000 long paths",
        &target.push(&long_paths(&target, 2_000)),
    );
    target.judge("2,000 commits", &target.push(&long_history(&target, 2_000)));
    let findings: String = (0..500)
        .map(|i| format!("token = \"{}\"\n", token(&format!("{i}"))))
        .collect();
    let seen = target.push_file("a.txt", findings.as_bytes());
    assert!(
        seen.said.len() < 10_000,
        "{} bytes were said",
        seen.said.len()
    );
    target.judge("500 findings", &seen);
}

#[test]
#[ignore = "takes minutes"]
fn very_many_of_everything() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, allowed(), "");
    target.judge(
        "20,000 long paths",
        &target.push(&long_paths(&target, 20_000)),
    );
    target.judge(
        "100,000 files in a tree",
        &target.push(&wide_tree(&target, 100_000)),
    );
    target.judge(
        "1,000,000 files in a tree",
        &target.push(&wide_tree(&target, 1_000_000)),
    );
    target.judge(
        "100,000 commits",
        &target.push(&long_history(&target, 100_000)),
    );
    target.judge(
        "1,000,000 commits",
        &target.push(&long_history(&target, 1_000_000)),
    );
    let findings: String = (0..100_000)
        .map(|i| format!("token = \"{}\"\n", token(&format!("{i}"))))
        .collect();
    let seen = target.push_file("a.txt", findings.as_bytes());
    assert!(
        seen.said.len() < 10_000,
        "{} bytes were said",
        seen.said.len()
    );
    target.judge("100,000 findings", &seen);
    let one: String = format!("token = \"{}\"\n", token("x")).repeat(1_000_000);
    target.judge(
        "one value a million times",
        &target.push_file("a.txt", one.as_bytes()),
    );
    let old = target.work.head();
    let dirty = target.work.commit("dirty", key());
    let names = (0..100_000)
        .map(|i| format!("create refs/heads/n{i:06} {old}\n"))
        .chain([format!("create refs/heads/z {dirty}\n")]);
    target.work.git_input(
        &["update-ref", "--stdin"],
        names.collect::<String>().as_bytes(),
    );
    let seen = target.push_refs("refs/heads/*:refs/heads/*");
    target.judge("100,000 refs", &seen);
}
