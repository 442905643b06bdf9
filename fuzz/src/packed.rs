//! Packs of every shape, sound and damaged: each blob is shown as git2 reads it or named as unread, and what is called quiet
//! by what a delta inserts is quiet.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use git2::{ObjectType, Odb};
use keysieve::pack::{HashKind, Kind, Object, Oid, Options, Store, Visitor, visit};
use keysieve::scan::{Copied, Over, Quiet, Seen};
use keysieve::template::{Seed, expand};

use super::bytes::Bytes;
use super::raw;
use super::scanned::{SCANNER, deflate};

/// An entry as it is written.
struct Entry {
    /// What stands between the size and the data.
    link: Vec<u8>,
    code: u8,
    body: Vec<u8>,
    /// What the object is, if the pack is sound.
    content: Vec<u8>,
}

pub fn run(data: &[u8]) {
    let mut input = Bytes(data);
    let flags = input.byte();
    let (at, value) = (input.two(), input.byte());
    let dir = tempfile::tempdir().unwrap();
    let (pack, known) = written(&mut input, flags & 1 != 0, (at, value));
    fs::create_dir_all(dir.path().join("pack")).unwrap();
    let (bytes, index) = pack;
    fs::write(dir.path().join("pack/pack-a.pack"), bytes).unwrap();
    fs::write(dir.path().join("pack/pack-a.idx"), index).unwrap();
    compare(dir.path(), &known, flags);
}

/// Pack, index, and the contents by id.
type Written = ((Vec<u8>, Vec<u8>), BTreeMap<Oid, Vec<u8>>);

fn written(input: &mut Bytes<'_>, damaged: bool, (at, value): (usize, u8)) -> Written {
    let mut entries: Vec<Entry> = Vec::new();
    let mut offsets: Vec<usize> = Vec::new();
    let mut pack = b"PACK\0\0\0\x02\0\0\0\0".to_vec();
    let mut table: Vec<(Oid, usize)> = Vec::new();
    while !input.is_empty() && entries.len() < 40 {
        let offset = pack.len();
        let entry = entry(input, &entries, &offsets, offset);
        let Ok(id) = git2::Oid::hash_object(ObjectType::Blob, &entry.content) else {
            return ((pack, Vec::new()), BTreeMap::new());
        };
        if table.iter().any(|(known, _)| *known == id.into()) {
            continue;
        }
        pack.extend(raw::head(entry.code, entry.body.len()));
        pack.extend(&entry.link);
        pack.extend(deflate(&entry.body));
        table.push((id.into(), offset));
        offsets.push(offset);
        entries.push(entry);
    }
    pack[8..12].copy_from_slice(&(entries.len() as u32).to_be_bytes());
    if damaged && pack.len() > 12 {
        let n = pack.len() - 12;
        pack[12 + at % n] = value;
    }
    pack.extend([0; 20]);
    let known = table
        .iter()
        .zip(entries)
        .map(|((id, _), entry)| (*id, entry.content))
        .collect();
    let index = raw::index(table.iter().map(|(id, at)| (id.as_bytes(), *at)).collect());
    ((pack, index), known)
}

fn entry(input: &mut Bytes<'_>, entries: &[Entry], offsets: &[usize], offset: usize) -> Entry {
    let how = input.byte();
    let whole = |input: &mut Bytes<'_>| {
        let n = input.below(200);
        let mut content = input.take(n).to_vec();
        if how & 0x40 != 0 {
            let token = expand(
                "\ntoken = \"{make:github:ghp_}\"\n",
                &mut Seed::new(how.into()),
            );
            content.extend(token.unwrap().bytes());
        }
        content
    };
    if entries.is_empty() || how.is_multiple_of(4) {
        let content = whole(input);
        return Entry {
            link: Vec::new(),
            code: 3,
            body: content.clone(),
            content,
        };
    }
    let which = input.below(entries.len());
    let base = &entries[which].content;
    let (mut body, mut content) = (size(base.len()), Vec::new());
    let mut ops = Vec::new();
    for _ in 0..1 + input.below(6) {
        let op = input.byte();
        if op & 1 == 0 && !base.is_empty() {
            let from = input.below(base.len());
            let len = 1 + input.below(base.len() - from);
            ops.push(0x80 | 0x01 | 0x02 | 0x10 | 0x20);
            ops.extend([from as u8, (from >> 8) as u8, len as u8, (len >> 8) as u8]);
            // A length of 0 would stand for another.
            content.extend_from_slice(&base[from..from + len]);
        } else {
            let text = whole(input);
            let text = &text[..text.len().min(127)];
            if !text.is_empty() {
                ops.push(text.len() as u8);
                ops.extend_from_slice(text);
                content.extend_from_slice(text);
            }
        }
    }
    body.extend(size(content.len()));
    body.extend(ops);
    if how % 4 == 1 {
        let id = git2::Oid::hash_object(ObjectType::Blob, base).unwrap();
        return Entry {
            link: id.as_bytes().to_vec(),
            code: 7,
            body,
            content,
        };
    }
    Entry {
        link: raw::distance(offset - offsets[which]),
        code: 6,
        body,
        content,
    }
}

/// A number in sevens of bits, the lowest first: of git's deltas and of xz.
pub fn size(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 128 {
        out.push(128 | (n & 127) as u8);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

fn compare(objects: &Path, known: &BTreeMap<Oid, Vec<u8>>, flags: u8) {
    let store = match Store::open(&[objects.to_owned()], &[], HashKind::Sha1) {
        Ok(store) => store,
        Err(_) if known.is_empty() => return,
        Err(error) => panic!("a store does not open: {error:#}"),
    };
    let options = Options {
        retain: usize::from(flags >> 4) * 40,
        threads: 1 + usize::from(flags & 2 != 0),
        ..Options::new(Kind::Blob, 1)
    };
    let (visitors, report) = visit(&store, &options, &|_| true, &Check::default).unwrap();
    let mut seen = BTreeMap::new();
    for (id, bytes) in visitors.into_iter().flat_map(|check| check.seen) {
        assert!(
            seen.insert(id, bytes).is_none(),
            "an object was shown twice"
        );
    }
    let damaged = flags & 1 != 0;
    let git = Odb::new().unwrap();
    git.add_disk_alternate(objects.to_str().unwrap()).unwrap();
    for (id, content) in known {
        let told = report.unread.iter().any(|one| one.id == *id)
            || report.too_large.iter().any(|one| one.id == *id);
        match seen.get(id) {
            Some(bytes) if !damaged => assert!(bytes == content, "an object was read wrongly"),
            Some(bytes) => {
                // Not all damage shows; but what git2 reads is what we read.
                if let Ok(object) = git.read(id.to_git2().unwrap()) {
                    assert!(object.data() == bytes.as_slice(), "git2 reads otherwise");
                }
            }
            // A changed byte may make another kind of it, with all that hangs on it.
            None => assert!(told || damaged, "an object was passed over"),
        }
        if !damaged {
            let object = git
                .read(id.to_git2().unwrap())
                .expect("git2 reads a sound pack");
            assert!(
                object.data() == content.as_slice(),
                "git2 reads a sound pack otherwise"
            );
        }
    }
}

#[derive(Default)]
struct Check {
    seen: Vec<(Oid, Vec<u8>)>,
    windows: Seen,
}

impl Visitor for Check {
    type State = Option<Quiet>;

    fn visit(&mut self, object: Object<'_>, base: Option<&Self::State>) -> Self::State {
        self.seen.push((object.id, object.bytes.to_vec()));
        let quiet = match (&object.delta, base) {
            (Some(delta), Some(Some(base))) => {
                let copies: Vec<Copied> = delta
                    .copies
                    .iter()
                    .map(|copy| {
                        assert!(
                            delta.base[copy.from..][..copy.len]
                                == object.bytes[copy.to..][..copy.len],
                            "a copy is none"
                        );
                        Copied {
                            from: copy.from,
                            to: copy.to,
                            len: copy.len,
                        }
                    })
                    .collect();
                let over = Over {
                    base,
                    copies: &copies,
                    fresh: delta.fresh,
                };
                SCANNER.quiet(b"a.txt", object.bytes, Some(&over), &mut self.windows)
            }
            _ => SCANNER.quiet(b"a.txt", object.bytes, None, &mut self.windows),
        };
        if quiet.is_some() {
            let scanned = SCANNER.scan(b"a.txt", object.bytes);
            assert!(
                scanned.matches.is_empty() && scanned.gaps.is_empty(),
                "what is called quiet is not"
            );
        }
        quiet
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seed = Seed::new(11);
    (0..60)
        .map(|i| {
            let mut bytes = seed.bytes(60 + 15 * i);
            // Every second is sound.
            bytes[0] = bytes[0] & 0xfe | (i & 1) as u8;
            bytes
        })
        .collect()
}
