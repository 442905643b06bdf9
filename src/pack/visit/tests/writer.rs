//! A small writer of packs, so that every shape of delta tree occurs.

use super::*;

/// An entry as a test writes it: its content follows from that of its base.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    Whole(Vec<u8>),
    /// A delta on the entry with this number, earlier in the pack.
    OnOffset(usize, Vec<Op>),
    /// A delta on the entry with this number, found by its id.
    OnId(usize, Vec<Op>),
    /// A delta on a blob that is not in this pack.
    Thin(Vec<u8>, Vec<Op>),
}

pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn id_of(bytes: &[u8]) -> Oid {
    git2::Oid::hash_object(git2::ObjectType::Blob, bytes)
        .unwrap()
        .into()
}

/// Writes a pack with its index into an `objects` directory, and returns its blobs.
pub(super) fn write_pack(objects: &Path, name: &str, entries: &[Entry]) -> BTreeMap<Oid, Vec<u8>> {
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
                let link = raw::distance(offset - offsets[*base]);
                (6, link, encode(&contents[*base], ops).0)
            }
            Entry::OnId(base, ops) => {
                let id = id_of(&contents[*base]);
                (7, id.as_bytes().to_vec(), encode(&contents[*base], ops).0)
            }
            Entry::Thin(base, ops) => (7, id_of(base).as_bytes().to_vec(), encode(base, ops).0),
        };
        pack.extend(raw::head(code, body.len()));
        pack.extend(link);
        pack.extend(deflate(&body));
    }
    pack.extend([0; 20]);
    let index = raw::index(table.iter().map(|(id, at)| (id.as_bytes(), *at)).collect());
    let dir = objects.join("pack");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(format!("pack-{name}.pack")), pack).unwrap();
    fs::write(dir.join(format!("pack-{name}.idx")), index).unwrap();
    contents
        .into_iter()
        .map(|bytes| (id_of(&bytes), bytes))
        .collect()
}

/// A pack's worth of entries; bases are chosen at random, so trees are deep, wide, or both.
pub(super) fn entries() -> impl Strategy<Value = Vec<Entry>> {
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
                // A base that ends like no entry, or its delta might make the base itself: a circle.
                bytes.push(u8::MAX);
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
pub(super) fn write_bases(objects: &Path, entries: &[Entry]) {
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
