//! Packs of a small writer of our own, and of git.

mod git;
mod raw;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::pack::delta::tests::{Op, encode, ops};
use crate::pack::{HashKind, Oid};
use writer::{Entry, entries, id_of, write_bases, write_pack};

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
