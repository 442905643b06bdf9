//! Packs written by a small writer of our own, so that every shape of delta tree occurs; and by git.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;
use crate::pack::delta::tests::{Op, encode, ops};
use crate::pack::{HashKind, Oid};

/// An entry as a test writes it: its content follows from that of its base.
#[derive(Debug, Clone)]
enum Entry {
    Whole(Vec<u8>),
    /// A delta on the entry with this number, earlier in the pack.
    OnOffset(usize, Vec<Op>),
    /// A delta on the entry with this number, found by its id.
    OnId(usize, Vec<Op>),
    /// A delta on a blob that is not in this pack.
    Thin(Vec<u8>, Vec<Op>),
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn id_of(bytes: &[u8]) -> Oid {
    git2::Oid::hash_object(git2::ObjectType::Blob, bytes)
        .unwrap()
        .into()
}

/// Writes a pack with its index into an `objects` directory, and returns its blobs.
fn write_pack(objects: &Path, name: &str, entries: &[Entry]) -> BTreeMap<Oid, Vec<u8>> {
    let mut contents: Vec<Vec<u8>> = Vec::new();
    for entry in entries {
        contents.push(match entry {
            Entry::Whole(bytes) => bytes.clone(),
            Entry::OnOffset(base, ops) | Entry::OnId(base, ops) => encode(&contents[*base], ops).1,
            Entry::Thin(base, ops) => encode(base, ops).1,
        });
    }
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((entries.len() as u32).to_be_bytes());
    let mut table = Vec::new();
    let mut offsets = Vec::new();
    for (entry, content) in entries.iter().zip(&contents) {
        let offset = pack.len();
        offsets.push(offset);
        table.push((id_of(content), offset));
        let (code, link, body) = match entry {
            Entry::Whole(bytes) => (3, Vec::new(), bytes.clone()),
            Entry::OnOffset(base, ops) => {
                let mut distance = offset - offsets[*base];
                let mut link = vec![(distance & 127) as u8];
                while distance >= 128 {
                    distance = (distance >> 7) - 1;
                    link.insert(0, 128 | (distance & 127) as u8);
                }
                (6, link, encode(&contents[*base], ops).0)
            }
            Entry::OnId(base, ops) => {
                let id = id_of(&contents[*base]);
                (7, id.as_bytes().to_vec(), encode(&contents[*base], ops).0)
            }
            Entry::Thin(base, ops) => (7, id_of(base).as_bytes().to_vec(), encode(base, ops).0),
        };
        let mut size = body.len();
        let mut byte = (code << 4) | (size & 15) as u8;
        size >>= 4;
        while size > 0 {
            pack.push(byte | 128);
            byte = (size & 127) as u8;
            size >>= 7;
        }
        pack.push(byte);
        pack.extend(link);
        pack.extend(deflate(&body));
    }
    pack.extend([0; 20]);
    table.sort();

    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255_u8 {
        let n = table
            .iter()
            .filter(|(id, _)| id.as_bytes()[0] <= first)
            .count();
        index.extend((n as u32).to_be_bytes());
    }
    index.extend(table.iter().flat_map(|(id, _)| id.as_bytes().to_vec()));
    index.extend(vec![0; 4 * table.len()]);
    index.extend(table.iter().flat_map(|&(_, at)| (at as u32).to_be_bytes()));
    index.extend([0; 40]);
    let dir = objects.join("pack");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(format!("pack-{name}.pack")), pack).unwrap();
    fs::write(dir.join(format!("pack-{name}.idx")), index).unwrap();
    contents
        .into_iter()
        .map(|bytes| (id_of(&bytes), bytes))
        .collect()
}

/// Keeps what it was shown, and checks what it is told about bases.
#[derive(Default)]
struct Keep {
    seen: Vec<(Oid, Vec<u8>)>,
    n_inherited: usize,
}

impl Visitor for Keep {
    type State = Vec<u8>;

    fn visit(&mut self, object: Object<'_>, base: Option<&Vec<u8>>) -> Vec<u8> {
        if let Some(base) = base {
            assert_eq!(object.delta.as_ref().unwrap().base, base.as_slice());
            self.n_inherited += 1;
        }
        if let Some(delta) = &object.delta {
            for copy in delta.copies {
                assert_eq!(
                    delta.base[copy.from..copy.from + copy.len],
                    object.bytes[copy.to..copy.to + copy.len]
                );
            }
        }
        self.seen.push((object.id, object.bytes.to_vec()));
        object.bytes.to_vec()
    }
}

/// Visits all blobs that are wanted; each must be shown once.
fn seen(
    store: &Store,
    options: &Options,
    want: &(dyn Fn(&Oid) -> bool + Sync),
) -> (BTreeMap<Oid, Vec<u8>>, Report, usize) {
    let (visitors, report) = visit(store, options, want, &Keep::default).unwrap();
    let n_inherited = visitors.iter().map(|keep| keep.n_inherited).sum();
    let all: Vec<_> = visitors.into_iter().flat_map(|keep| keep.seen).collect();
    let n = all.len();
    let map: BTreeMap<_, _> = all.into_iter().collect();
    assert_eq!(map.len(), n, "an object was shown twice");
    assert_eq!(report.n_visited, n as u64);
    (map, report, n_inherited)
}

fn open(objects: &Path) -> Store {
    Store::open(&[objects.to_owned()], &[], HashKind::Sha1).unwrap()
}

/// A pack's worth of entries; bases are chosen at random, so trees are deep, wide, or both.
fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let seed = (
        any::<u16>(),
        0..10_u8,
        prop::collection::vec(any::<u8>(), 0..600),
        ops(600),
    );
    prop::collection::vec(seed, 1..40).prop_map(|seeds| {
        let mut entries = Vec::new();
        let mut sizes: Vec<usize> = Vec::new();
        for (pick, kind, mut bytes, ops) in seeds {
            // Contents differ, so that an id leads to one entry.
            let number = vec![entries.len() as u8; 5];
            bytes.extend(&number);
            let base = usize::from(pick) % entries.len().max(1);
            let fit = |n: usize| -> Vec<Op> {
                let ops = ops.iter().cloned();
                ops.map(|op| match op {
                    Op::Copy { from, len } if from < n => Op::Copy {
                        from,
                        len: len.min(n - from),
                    },
                    Op::Copy { len, .. } => Op::Insert(vec![len as u8; 3]),
                    Op::Insert(bytes) => Op::Insert(bytes),
                })
                .chain([Op::Insert(number.clone())])
                .collect()
            };
            let size = |ops: &[Op]| -> usize {
                let sizes = ops.iter().map(|op| match op {
                    Op::Copy { len, .. } => *len,
                    Op::Insert(bytes) => bytes.len(),
                });
                sizes.sum()
            };
            let (entry, n) = if entries.is_empty() || kind < 2 {
                let n = bytes.len();
                (Entry::Whole(bytes), n)
            } else if kind == 2 {
                let ops = fit(bytes.len());
                let n = size(&ops);
                (Entry::Thin(bytes, ops), n)
            } else {
                let ops = fit(sizes[base]);
                let n = size(&ops);
                let entry = if kind < 7 {
                    Entry::OnOffset(base, ops)
                } else {
                    Entry::OnId(base, ops)
                };
                (entry, n)
            };
            entries.push(entry);
            sizes.push(n);
        }
        entries
    })
}

/// Writes the bases of thin deltas as loose objects of a second directory.
fn write_bases(objects: &Path, entries: &[Entry]) {
    for entry in entries {
        if let Entry::Thin(base, _) = entry {
            let path = loose::path(objects, &id_of(base));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut whole = format!("blob {}\0", base.len()).into_bytes();
            whole.extend(base);
            fs::write(path, deflate(&whole)).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn made_up_packs_are_read_whole(entries in entries(), retain in 0..3000_usize, threads in 1..3_usize, third: bool) {
        let dir = tempfile::tempdir().unwrap();
        let (new, old) = (dir.path().join("new"), dir.path().join("old"));
        let expected = write_pack(&new, "a", &entries);
        write_bases(&old, &entries);
        fs::create_dir_all(&old).unwrap();
        let store = Store::open(&[new], &[old], HashKind::Sha1).unwrap();
        let options = Options { retain, ..Options::new(Kind::Blob, threads) };
        let want = move |id: &Oid| !third || id.as_bytes()[0].is_multiple_of(3);
        let (seen, report, _) = seen(&store, &options, &want);
        let expected: BTreeMap<_, _> = expected.into_iter().filter(|(id, _)| want(id)).collect();
        prop_assert_eq!(&report.unread, &[]);
        prop_assert_eq!(seen, expected.clone());
        let mut reader = store.reader();
        for (id, bytes) in expected {
            prop_assert_eq!(reader.read(&id).unwrap(), Some((Kind::Blob, bytes)));
        }
    }

    /// Nothing is lost quietly: what a damaged pack does not yield is named.
    #[test]
    fn damage_is_reported(entries in entries(), at: u16, value: u8) {
        let dir = tempfile::tempdir().unwrap();
        let expected = write_pack(dir.path(), "a", &entries);
        write_bases(dir.path(), &entries);
        let path = dir.path().join("pack/pack-a.pack");
        let mut pack = fs::read(&path).unwrap();
        let n = pack.len() - 32;
        pack[12 + usize::from(at) % n] = value;
        fs::write(&path, pack).unwrap();
        let store = open(dir.path());
        let (seen, report, _) = seen(&store, &Options::new(Kind::Blob, 1), &|_| true);
        let mut accounted: BTreeSet<Oid> = seen.into_keys().collect();
        accounted.extend(report.unread.iter().map(|unread| unread.id));
        accounted.extend(report.too_large.iter().map(|large| large.id));
        let known: BTreeSet<Oid> = expected.into_keys().collect();
        // A changed byte may turn an entry into a commit or a tree, with all that hangs on it.
        let other = |kind: u8| value >> 4 & 7 == kind;
        prop_assume!(!(other(1) || other(2) || other(4)));
        prop_assert_eq!(known.difference(&accounted).collect::<Vec<_>>(), Vec::<&Oid>::new());
    }
}

#[test]
fn bases_are_inherited_down_the_tree() {
    let dir = tempfile::tempdir().unwrap();
    let copy = |n| vec![Op::Copy { from: 0, len: n }, Op::Insert(vec![b'x'; 10])];
    let entries = [
        Entry::Whole(vec![b'a'; 1000]),
        Entry::OnOffset(0, copy(1000)),
        Entry::OnOffset(1, copy(1010)),
        Entry::OnOffset(0, copy(500)),
        Entry::OnId(2, copy(700)),
    ];
    let expected = write_pack(dir.path(), "a", &entries);
    let (seen, _, n_inherited) = seen(&open(dir.path()), &Options::new(Kind::Blob, 1), &|_| true);
    assert_eq!(seen, expected);
    assert_eq!(n_inherited, 4);
}

#[test]
fn an_object_that_a_pack_has_twice_is_shown_once() {
    let dir = tempfile::tempdir().unwrap();
    let entries = [
        Entry::Whole(vec![b'a'; 30]),
        Entry::OnOffset(0, vec![Op::Insert(vec![b'b'; 30])]),
        Entry::OnOffset(1, vec![Op::Insert(vec![b'a'; 30])]),
        Entry::OnOffset(2, vec![Op::Insert(vec![b'c'; 30])]),
    ];
    let expected = write_pack(dir.path(), "a", &entries);
    write_pack(dir.path(), "b", &entries[..2]);
    let (seen, _, _) = seen(&open(dir.path()), &Options::new(Kind::Blob, 1), &|_| true);
    assert_eq!(seen, expected);
}

#[test]
fn objects_beyond_the_limit_are_named_and_still_serve_as_bases() {
    let dir = tempfile::tempdir().unwrap();
    let entries = [
        Entry::Whole(vec![b'a'; 1000]),
        Entry::OnOffset(0, vec![Op::Copy { from: 0, len: 20 }]),
        Entry::OnOffset(
            1,
            vec![Op::Copy { from: 0, len: 20 }, Op::Insert(vec![b'b'; 990])],
        ),
    ];
    write_pack(dir.path(), "a", &entries);
    let options = Options {
        limit: 999,
        ..Options::new(Kind::Blob, 1)
    };
    let (seen, report, _) = seen(&open(dir.path()), &options, &|_| true);
    assert_eq!(seen.into_values().collect::<Vec<_>>(), [vec![b'a'; 20]]);
    let mut sizes: Vec<u64> = report.too_large.iter().map(|large| large.size).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1000, 1010]);
    assert!(report.unread.is_empty());
}

#[test]
fn deltas_in_a_circle_are_unread() {
    let dir = tempfile::tempdir().unwrap();
    let copy = vec![Op::Copy { from: 0, len: 9 }];
    let entries = [
        Entry::Whole(vec![b'a'; 9]),
        Entry::OnId(0, vec![Op::Insert(b"otherwise".to_vec())]),
        Entry::OnId(1, copy),
    ];
    let expected = write_pack(dir.path(), "a", &entries);
    // The whole object becomes a delta on one that is a delta on it.
    let path = dir.path().join("pack/pack-a.pack");
    let mut pack = fs::read(&path).unwrap();
    let id = id_of(b"otherwise");
    pack[12] = 0x70 | pack[12] & 15;
    pack.splice(13..13, id.as_bytes().iter().copied());
    let index = dir.path().join("pack/pack-a.idx");
    let mut table = fs::read(&index).unwrap();
    let n = expected.len();
    for position in 0..n {
        let at = 8 + 1024 + n * 24 + position * 4;
        let offset = u32::from_be_bytes(table[at..at + 4].try_into().unwrap());
        if offset > 12 {
            table[at..at + 4].copy_from_slice(&(offset + 20).to_be_bytes());
        }
    }
    fs::write(&path, pack).unwrap();
    fs::write(&index, table).unwrap();
    let store = open(dir.path());
    let (seen, report, _) = seen(&store, &Options::new(Kind::Blob, 1), &|_| true);
    assert!(seen.is_empty());
    assert_eq!(report.unread.len(), 2);
    assert!(store.reader().read(&id).is_err());
}

/// A directory with a repository, and git called in it.
struct Git(tempfile::TempDir);

impl Git {
    fn new(format: &str) -> Self {
        let git = Self(tempfile::tempdir().unwrap());
        git.run(&["init", "-q", "--object-format", format, "."]);
        git
    }

    fn run(&self, args: &[&str]) -> Vec<u8> {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@example.com",
                "-c",
                "gc.auto=0",
            ])
            .args(args)
            .current_dir(self.0.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    /// Commits `n` versions of a few files that grow and shrink.
    fn grow(&self, from: usize, n: usize) {
        for version in from..from + n {
            for file in 0..3 {
                let lines = (0..200_usize).map(|line| {
                    let changed = if line % 17 == version % 17 {
                        version
                    } else {
                        version / 20
                    };
                    format!("{file} {} {line} {changed}\n", line * line * 7919)
                });
                let text: String = lines.skip(version % 3).collect();
                fs::write(self.0.path().join(format!("file{file}")), text).unwrap();
            }
            self.run(&["add", "."]);
            self.run(&["commit", "-q", "-m", "version"]);
        }
    }

    fn objects(&self) -> PathBuf {
        self.0.path().join(".git/objects")
    }

    /// Every blob by git's own word.
    fn blobs(&self) -> BTreeMap<Oid, Vec<u8>> {
        let list = self.run(&["cat-file", "--batch-all-objects", "--batch-check"]);
        let lines = String::from_utf8(list).unwrap();
        let blobs = lines.lines().filter_map(|line| {
            let (id, rest) = line.split_once(' ')?;
            rest.starts_with("blob").then_some(id)
        });
        blobs
            .map(|id| {
                (
                    Oid::from_hex(id.as_bytes()).unwrap(),
                    self.run(&["cat-file", "blob", id]),
                )
            })
            .collect()
    }

    #[track_caller]
    fn check(&self, hash: HashKind) -> usize {
        let store = Store::open(&[self.objects()], &[], hash).unwrap();
        let (seen, report, n_inherited) = seen(&store, &Options::new(Kind::Blob, 2), &|_| true);
        assert_eq!(report.unread, []);
        assert!(seen == self.blobs());
        n_inherited
    }
}

#[test]
fn packs_of_git_are_read_in_all_their_forms() {
    let git = Git::new("sha1");
    git.grow(0, 8);
    git.check(HashKind::Sha1);
    git.run(&["repack", "-q", "-d"]);
    assert!(git.check(HashKind::Sha1) > 5);
    git.grow(8, 4);
    git.run(&["repack", "-q", "-d"]);
    git.grow(12, 2);
    git.check(HashKind::Sha1);
    // Offsets behind ids, the first version of the index, one pack.
    let old = [
        "-c",
        "pack.indexVersion=1",
        "-c",
        "repack.useDeltaBaseOffset=false",
    ];
    git.run(&[&old[..], &["repack", "-q", "-a", "-d", "-f"]].concat());
    assert!(git.check(HashKind::Sha1) > 5);
    git.run(&["multi-pack-index", "write"]);
    git.check(HashKind::Sha1);
}

#[test]
fn sha_256_repositories_are_read() {
    let git = Git::new("sha256");
    git.grow(0, 6);
    git.check(HashKind::Sha256);
    git.run(&["repack", "-q", "-a", "-d"]);
    assert!(git.check(HashKind::Sha256) > 3);
}

#[test]
fn alternates_are_followed() {
    let git = Git::new("sha1");
    git.grow(0, 4);
    git.run(&["repack", "-q", "-d"]);
    git.grow(4, 1);
    let borrower = Git::new("sha1");
    let list = format!(
        "# a comment\n/nowhere/to/be/found\n{}\n",
        git.objects().display()
    );
    fs::write(borrower.objects().join("info/alternates"), list).unwrap();
    borrower.grow(20, 1);
    borrower.check(HashKind::Sha1);
}

#[test]
fn a_damaged_index_is_named() {
    let git = Git::new("sha1");
    git.grow(0, 1);
    git.run(&["repack", "-q", "-d"]);
    let pack = fs::read_dir(git.objects().join("pack")).unwrap();
    let index = pack
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "idx"))
        .unwrap();
    let bytes = fs::read(&index).unwrap();
    fs::remove_file(&index).unwrap();
    fs::write(&index, &bytes[..bytes.len() - 100]).unwrap();
    let error = Store::open(&[git.objects()], &[], HashKind::Sha1)
        .err()
        .unwrap();
    assert!(
        format!("{error:#}").contains(index.to_str().unwrap()),
        "{error:#}"
    );
}

/// Stops after its first object.
#[derive(Default)]
struct Once(bool);

impl Visitor for Once {
    type State = ();

    fn visit(&mut self, _: Object<'_>, _: Option<&()>) {
        self.0 = true;
    }

    fn stop(&self) -> bool {
        self.0
    }
}

#[test]
fn a_visitor_can_stop() {
    let dir = tempfile::tempdir().unwrap();
    let entries = [
        Entry::Whole(vec![b'a'; 10]),
        Entry::OnOffset(0, vec![Op::Insert(vec![b'b'; 10])]),
        Entry::Whole(vec![b'c'; 10]),
    ];
    write_pack(dir.path(), "a", &entries);
    let (_, report) = visit(
        &open(dir.path()),
        &Options::new(Kind::Blob, 1),
        &|_| true,
        &Once::default,
    )
    .unwrap();
    assert!(report.stopped);
    assert_eq!(report.n_visited, 1);
}
