//! What git and pushers hand us: lines of standard input, objects, the index, lists of folders.

use git2::ObjectFormat;
use keysieve::host::{parse_gerrit, parse_outgoing, parse_updates};
use keysieve::source::index::Index;
use keysieve::source::object::{parse_commit, parse_tag, parse_tree, split_alternates, unquote};

use super::bytes::Bytes;

pub fn run(data: &[u8]) {
    let mut input = Bytes(data);
    let kind = input.byte();
    let format = [ObjectFormat::Sha1, ObjectFormat::Sha256][usize::from(kind >> 7)];
    let rest = input.0;
    match kind % 8 {
        0 => {
            if let Ok(updates) = parse_updates(rest, format) {
                assert!(
                    updates
                        .iter()
                        .all(|one| !one.name.is_empty() && !one.name.contains(&0))
                );
                // Nothing of what was said is lost.
                let lines = rest.strip_suffix(b"\n").unwrap_or(rest);
                let n = if rest.is_empty() {
                    0
                } else {
                    lines.split(|&b| b == b'\n').count()
                };
                assert_eq!(updates.len(), n);
            }
        }
        1 => drop(parse_outgoing(rest, format)),
        2 => drop(parse_commit(rest, format)),
        3 => drop(parse_tag(rest, format)),
        4 => {
            if let Ok(entries) = parse_tree(rest, format) {
                let hex = if format == ObjectFormat::Sha1 { 20 } else { 32 };
                assert!(
                    entries
                        .iter()
                        .all(|entry| entry.id.len() == hex && !entry.name.is_empty())
                );
            }
        }
        5 => {
            drop(unquote(rest));
            assert!(
                split_alternates(rest)
                    .iter()
                    .all(|entry| entry.len() <= rest.len())
            );
        }
        6 => {
            if let Ok(Some(index)) = Index::parse(rest.to_vec(), format) {
                let mut open = vec![index.root()];
                let mut n = 0;
                while let Some(slice) = open.pop() {
                    for child in index.children(slice) {
                        n += 1;
                        assert!(n < 1 << 20, "an index without end");
                        open.extend(child.slice);
                    }
                }
            }
        }
        _ => {
            use std::os::unix::ffi::OsStringExt as _;
            let words = rest
                .split(|&b| b == 0)
                .map(|word| std::ffi::OsString::from_vec(word.to_vec()));
            drop(parse_gerrit(&words.collect::<Vec<_>>()));
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let zero = "0".repeat(40);
    let mut tree = Vec::new();
    for (mode, name) in [
        ("100644", "a"),
        ("40000", "d"),
        ("120000", "l"),
        ("160000", "m"),
    ] {
        tree.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        tree.extend([7; 20]);
    }
    let mut index = b"DIRC\0\0\0\x02\0\0\0\x02".to_vec();
    for name in ["a", "d/b"] {
        let start = index.len();
        index.extend([0; 24]);
        index.extend(0o100_644_u32.to_be_bytes());
        index.extend([0; 12]);
        index.extend([9; 20]);
        index.extend((name.len() as u16).to_be_bytes());
        index.extend_from_slice(name.as_bytes());
        index.push(0);
        while !(index.len() - start).is_multiple_of(8) {
            index.push(0);
        }
    }
    index.extend([0; 20]);
    let person = "A <a@b> 1 +0000";
    [
        (
            0,
            format!("{zero} {id} refs/heads/x\n{id} {zero} refs/tags/y\n").into_bytes(),
        ),
        (
            1,
            format!("HEAD {id} refs/heads/x {zero}\n(delete) {zero} refs/heads/y {id}\n")
                .into_bytes(),
        ),
        (
            2,
            format!("tree {id}\nparent {id}\nauthor {person}\ncommitter {person}\n\nm\n")
                .into_bytes(),
        ),
        (
            3,
            format!("object {id}\ntype commit\ntag t\ntagger {person}\n\nm\n").into_bytes(),
        ),
        (4, tree),
        (5, b"/a:\"/b\\303\\251\\\"\":/c".to_vec()),
        (6, index),
        (
            7,
            format!("--project\0p\0--refname\0refs/heads/x\0--oldrev\0{zero}\0--newrev\0{id}")
                .into_bytes(),
        ),
    ]
    .into_iter()
    .map(|(kind, text)| [&[kind], text.as_slice()].concat())
    .collect()
}
