//! Git bundles and packs: blobs, commits and tags, deltas inside the pack undone.
//!
//! A delta whose base is named by id (the base may be outside) yields what it inserts, which is all that is new in it.

use std::collections::HashMap;

use super::stream::inflate_zlib;
use super::{Allowance, Budget, Format, Found, GapReason, Sink, Step, corrupt};

pub(super) const FORMAT: Format = Format {
    name: "git pack",
    is: |bytes| pack_start(bytes).is_some(),
    open,
};

const PACK: &[u8] = b"PACK\0\0\0";
/// Signature, version, number of objects.
const PACK_HEADER: usize = 12;

/// Where the pack begins: at once, or after a bundle's header, which ends with an empty line.
fn pack_start(bytes: &[u8]) -> Option<usize> {
    let is_bundle =
        bytes.starts_with(b"# v2 git bundle\n") || bytes.starts_with(b"# v3 git bundle\n");
    let start = if is_bundle {
        memchr::memmem::find(bytes, b"\n\nPACK")? + 2
    } else {
        0
    };
    bytes.get(start..)?.starts_with(PACK).then_some(start)
}

/// The kinds of objects by their number in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

fn open(bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) {
    if let Err(why) = objects(bytes, budget, sink) {
        sink(Found::Gap {
            name: Box::default(),
            why,
        });
    }
}

fn objects(bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) -> Result<(), GapReason> {
    let broken = || corrupt("git pack is broken");
    let start = pack_start(bytes).ok_or_else(broken)?;
    let head = bytes.get(..start).unwrap_or_default();
    let is_sha256 = memchr::memmem::find(head, b"object-format=sha256").is_some();
    let id_len = if is_sha256 { 32 } else { 20 };
    let count = bytes
        .get(start + 8..)
        .and_then(|rest| rest.first_chunk())
        .map(|count| u32::from_be_bytes(*count))
        .ok_or_else(broken)?;
    let mut allowance = Allowance::new(budget, bytes.len());
    let mut known: HashMap<usize, (Kind, Vec<u8>)> = HashMap::new();
    let mut at = start + PACK_HEADER;
    for number in 1..=count {
        let place = at;
        let (code, head_len) = bytes.get(at..).and_then(object_header).ok_or_else(broken)?;
        at += head_len;
        let mut base = None;
        if code == OFS_DELTA {
            let (back, len) = bytes.get(at..).and_then(base_offset).ok_or_else(broken)?;
            base = place.checked_sub(back);
            at += len;
        } else if code == REF_DELTA {
            at += id_len;
        }
        budget.count_member()?;
        let packed = bytes.get(at..).ok_or_else(broken)?;
        let mut object = Vec::new();
        at += inflate_zlib(packed, &mut object, &mut allowance)?;
        let (kind, object) = match (code, base.and_then(|base| known.get(&base))) {
            (1, _) => (Kind::Commit, object),
            (2, _) => (Kind::Tree, object),
            (3, _) => (Kind::Blob, object),
            (4, _) => (Kind::Tag, object),
            (OFS_DELTA, Some((kind, base))) => {
                let mut whole = Vec::new();
                apply(&object, Some(base), &mut whole, &mut allowance)?;
                (*kind, whole)
            }
            (OFS_DELTA | REF_DELTA, _) => {
                let mut inserted = Vec::new();
                apply(&object, None, &mut inserted, &mut allowance)?;
                // Not kept: nothing can be built on a part.
                content(Kind::Blob, number, &inserted, sink);
                continue;
            }
            _ => return Err(broken()),
        };
        if kind != Kind::Tree {
            content(kind, number, &object, sink);
        }
        known.insert(place, (kind, object));
    }
    Ok(())
}

fn content(kind: Kind, number: u32, bytes: &[u8], sink: &mut Sink<'_>) {
    sink(Found::Content {
        step: Step::Member(format!("{} {number}", kind.name()).into()),
        bytes,
    });
}

const OFS_DELTA: u8 = 6;
const REF_DELTA: u8 = 7;

/// The kind of an object and the length of its header; the size is learned by inflating.
fn object_header(bytes: &[u8]) -> Option<(u8, usize)> {
    let first = bytes.first()?;
    let len = bytes.iter().take(10).position(|byte| byte & 0x80 == 0)? + 1;
    Some((first >> 4 & 7, len))
}

/// How far back the base of a delta is, and the length of the number.
fn base_offset(bytes: &[u8]) -> Option<(usize, usize)> {
    let len = bytes.iter().take(9).position(|byte| byte & 0x80 == 0)? + 1;
    let digits = bytes
        .get(..len)?
        .iter()
        .map(|byte| usize::from(byte & 0x7f));
    let offset = digits.reduce(|offset, digit| (offset + 1) << 7 | digit)?;
    Some((offset, len))
}

/// Skips one of the two sizes at the beginning of a delta.
fn skip_size(delta: &[u8]) -> Option<&[u8]> {
    let len = delta.iter().take(10).position(|byte| byte & 0x80 == 0)? + 1;
    delta.get(len..)
}

/// Builds what a delta says; without the base only what it inserts, a line's end for what it would copy.
fn apply(
    delta: &[u8],
    base: Option<&Vec<u8>>,
    out: &mut Vec<u8>,
    allowance: &mut Allowance<'_>,
) -> Result<(), GapReason> {
    let broken = || corrupt("git delta is broken");
    let mut rest = skip_size(delta).and_then(skip_size).ok_or_else(broken)?;
    while let Some((&op, after)) = rest.split_first() {
        rest = after;
        if op & 0x80 == 0 {
            let (inserted, after) = rest
                .split_at_checked(usize::from(op))
                .filter(|_| op != 0)
                .ok_or_else(broken)?;
            allowance.take(inserted.len(), out.len())?;
            out.extend_from_slice(inserted);
            rest = after;
            continue;
        }
        let mut field = |bits: std::ops::Range<u8>| {
            let mut value = 0usize;
            for (i, bit) in bits.enumerate() {
                if op >> bit & 1 == 1 {
                    let (&byte, after) = rest.split_first()?;
                    value |= usize::from(byte) << (8 * i);
                    rest = after;
                }
            }
            Some(value)
        };
        let (start, size) = field(0..4).zip(field(4..7)).ok_or_else(broken)?;
        let size = if size == 0 { 0x10000 } else { size };
        if let Some(base) = base {
            let copied = base.get(start..start + size).ok_or_else(broken)?;
            allowance.take(size, out.len())?;
            out.extend_from_slice(copied);
        } else {
            allowance.take(1, out.len())?;
            out.push(b'\n');
        }
    }
    Ok(())
}
