//! The index file, versions 2 to 4: entries, and the cache of trees. Offsets into one buffer, nothing is copied.

use std::ops::Range;

use anyhow::{Context as _, Result, bail};
use git2::{ObjectFormat, Oid};

use crate::source::object::{Kind, hex_len};

/// A parsed index.
#[derive(Debug)]
pub struct Index {
    bytes: Vec<u8>,
    /// Whole paths where the file holds only their ends (version 4).
    paths: Vec<u8>,
    prefixed: bool,
    id_len: usize,
    entries: Vec<Entry>,
    nodes: Vec<Node>,
}

#[derive(Debug, Clone)]
struct Entry {
    path: Range<u32>,
    /// Where its id stands.
    id: u32,
    kind: Kind,
}

/// A directory of the cache of trees.
#[derive(Debug, Clone)]
struct Node {
    name: Range<u32>,
    /// Entries below it, where its tree is valid.
    count: Option<u32>,
    id: u32,
    children: Vec<u32>,
}

/// The entries below one directory.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    from: u32,
    to: u32,
    /// Bytes of the directory's path, the last `/` included.
    prefix: u32,
    node: Option<u32>,
}

/// What stands in a directory.
#[derive(Debug)]
pub struct IndexChild<'i> {
    pub name: &'i [u8],
    pub kind: Kind,
    /// Raw; empty for a directory whose tree is not known.
    pub id: &'i [u8],
    pub slice: Option<Slice>,
}

const EXTENDED: u16 = 0x4000;
const INTENT_TO_ADD: u16 = 0x2000;

impl Index {
    /// Parses the file's bytes; `None` where it needs git: split, sparse, or something new and mandatory.
    pub fn parse(bytes: Vec<u8>, format: ObjectFormat) -> Result<Option<Self>> {
        small(bytes.len())?;
        let id_len = hex_len(format) / 2;
        let mut reader = Reader {
            bytes: &bytes,
            at: 0,
            end: bytes.len().saturating_sub(id_len),
        };
        if reader.take(4)? != b"DIRC" {
            bail!("it is no index");
        }
        let version = reader.u32()?;
        if !(2..=4).contains(&version) {
            return Ok(None);
        }
        let n_entries = reader.u32()?;
        let prefixed = version == 4;
        let mut entries: Vec<Entry> =
            Vec::with_capacity((n_entries as usize).min(bytes.len() / 40));
        let mut paths = Vec::new();
        let mut last: Range<u32> = 0..0;
        for _ in 0..n_entries {
            let start = reader.at;
            reader.take(24)?;
            let mode = reader.u32()?;
            reader.take(12)?;
            let id = small(reader.at)?;
            reader.take(id_len)?;
            let flags = reader.u16()?;
            let extended = if flags & EXTENDED == 0 {
                0
            } else {
                reader.u16()?
            };
            let path = if prefixed {
                let strip = small(reader.varint()?)?;
                let kept = (last.end - last.start)
                    .checked_sub(strip)
                    .context("an entry that cuts more than there is")?;
                let from = small(paths.len())?;
                let suffix = reader.until_nul()?;
                paths.extend_from_within(last.start as usize..(last.start + kept) as usize);
                paths.extend_from_slice(suffix);
                from..small(paths.len())?
            } else {
                let from = small(reader.at)?;
                let name_len = usize::from(flags & 0x0fff);
                let len = if name_len < 0x0fff {
                    reader.take(name_len)?;
                    name_len
                } else {
                    let len = reader.until_nul()?.len();
                    reader.at -= 1;
                    len
                };
                // One to eight NULs up to a multiple of eight.
                let size = (reader.at - start + 8) & !7;
                reader.take(start + size - reader.at)?;
                from..from + small(len)?
            };
            let text = if prefixed { &paths } else { &bytes };
            // Entries of a split index that stand for others have no name.
            if slice(text, &path) < slice(text, &last) || path.is_empty() {
                return Ok(None);
            }
            last = path.clone();
            if extended & INTENT_TO_ADD == 0 {
                entries.push(Entry {
                    path,
                    id,
                    kind: Kind::of_mode(mode),
                });
            }
        }
        let mut trees = None;
        while reader.at + 8 <= reader.end {
            let name = reader.take(4)?;
            let size = reader.u32()? as usize;
            let from = reader.at;
            reader.take(size)?;
            if name == b"TREE" {
                trees = Some(from..from + size);
            } else if !name.first().is_some_and(u8::is_ascii_uppercase) {
                return Ok(None);
            }
        }
        // A sparse directory is an entry of its own; without its extension it would be an odd file.
        if entries.iter().any(|entry| entry.kind == Kind::Tree) {
            return Ok(None);
        }
        let nodes = trees
            .map(|range| nodes(&bytes, range, id_len).unwrap_or_default())
            .unwrap_or_default();
        Ok(Some(Self {
            bytes,
            paths,
            prefixed,
            id_len,
            entries,
            nodes,
        }))
    }

    /// All entries.
    #[must_use]
    pub fn root(&self) -> Slice {
        Slice {
            from: 0,
            to: fitting(self.entries.len()),
            prefix: 0,
            node: (!self.nodes.is_empty()).then_some(0),
        }
    }

    /// The tree of a directory, if the index knows it.
    #[must_use]
    pub fn tree_of(&self, slice: Slice) -> Option<Oid> {
        let id = self.tree_id(slice);
        if id.is_empty() {
            return None;
        }
        Oid::from_bytes(id).map(Some).unwrap_or_default()
    }

    fn tree_id(&self, slice: Slice) -> &[u8] {
        slice
            .node
            .and_then(|node| self.nodes.get(node as usize))
            .filter(|node| node.count == Some(slice.to - slice.from))
            .and_then(|node| self.id_at(node.id))
            .unwrap_or_default()
    }

    fn id_at(&self, at: u32) -> Option<&[u8]> {
        self.bytes.get(at as usize..at as usize + self.id_len)
    }

    fn path(&self, entry: &Entry) -> &[u8] {
        slice(
            if self.prefixed {
                &self.paths
            } else {
                &self.bytes
            },
            &entry.path,
        )
    }

    /// What stands directly in a directory, in the order of a tree.
    pub fn children(&self, dir: Slice) -> impl Iterator<Item = IndexChild<'_>> {
        let mut at = dir.from as usize;
        let to = dir.to as usize;
        std::iter::from_fn(move || {
            let rest = self.entries.get(at..to)?;
            let entry = rest.first()?;
            let path = self.path(entry);
            let below = path.get(dir.prefix as usize..)?;
            let Some(slash) = memchr::memchr(b'/', below) else {
                at += 1;
                return Some(IndexChild {
                    name: below,
                    kind: entry.kind,
                    id: self.id_at(entry.id)?,
                    slice: None,
                });
            };
            let name = below.get(..slash)?;
            let prefix = path.get(..dir.prefix as usize + slash + 1)?;
            let len = rest.partition_point(|entry| self.path(entry).starts_with(prefix));
            let slice = Slice {
                from: fitting(at),
                to: fitting(at + len),
                prefix: fitting(prefix.len()),
                node: self.child_node(dir.node, name),
            };
            at += len;
            Some(IndexChild {
                name,
                kind: Kind::Tree,
                id: self.tree_id(slice),
                slice: Some(slice),
            })
        })
    }

    fn child_node(&self, node: Option<u32>, name: &[u8]) -> Option<u32> {
        let children = &self.nodes.get(node? as usize)?.children;
        children.iter().copied().find(|&child| {
            self.nodes
                .get(child as usize)
                .is_some_and(|child| slice(&self.bytes, &child.name) == name)
        })
    }
}

fn slice<'b>(bytes: &'b [u8], range: &Range<u32>) -> &'b [u8] {
    bytes
        .get(range.start as usize..range.end as usize)
        .unwrap_or_default()
}

/// A number that `parse` has made sure of.
fn fitting(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Offsets are kept in 32 bits.
fn small(n: usize) -> Result<u32> {
    u32::try_from(n).context("it is larger than 4 GiB")
}

/// The cache of trees, each directory before its children. It is only a cache: an error means there is none.
fn nodes(bytes: &[u8], range: Range<usize>, id_len: usize) -> Result<Vec<Node>> {
    let mut reader = Reader {
        bytes,
        at: range.start,
        end: range.end,
    };
    let mut nodes: Vec<Node> = Vec::new();
    // Directories that still lack children, and how many.
    let mut open: Vec<(u32, u64)> = Vec::new();
    loop {
        let name_from = small(reader.at)?;
        let name_len = small(reader.until_nul()?.len())?;
        let count = number(reader.until(b' ')?)?;
        let n_children = number(reader.until(b'\n')?)?;
        let id = small(reader.at)?;
        if count >= 0 {
            reader.take(id_len)?;
        }
        let this = small(nodes.len())?;
        nodes.push(Node {
            name: name_from..name_from + name_len,
            count: if count < 0 {
                None
            } else {
                Some(u32::try_from(count)?)
            },
            id,
            children: Vec::new(),
        });
        if let Some((parent, left)) = open.last_mut() {
            if let Some(parent) = nodes.get_mut(*parent as usize) {
                parent.children.push(this);
            }
            *left -= 1;
        }
        open.push((this, u64::try_from(n_children)?));
        while open.last().is_some_and(|(_, left)| *left == 0) {
            open.pop();
        }
        if open.is_empty() {
            return Ok(nodes);
        }
    }
}

fn number(digits: &[u8]) -> Result<i64> {
    Ok(std::str::from_utf8(digits)?.parse()?)
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    end: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, n: usize) -> Result<&'b [u8]> {
        let to = self.at.saturating_add(n);
        let taken = (to <= self.end)
            .then(|| self.bytes.get(self.at..to))
            .flatten();
        self.at = to;
        taken.context("it is cut off")
    }

    fn until(&mut self, end: u8) -> Result<&'b [u8]> {
        let rest = self.bytes.get(self.at..self.end).context("it is cut off")?;
        let len = memchr::memchr(end, rest).context("it is cut off")?;
        self.at += len + 1;
        Ok(rest.get(..len).unwrap_or_default())
    }

    fn until_nul(&mut self) -> Result<&'b [u8]> {
        self.until(0)
    }

    fn u32(&mut self) -> Result<u32> {
        let bytes: [u8; 4] = self.take(4)?.try_into()?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn u16(&mut self) -> Result<u16> {
        let bytes: [u8; 2] = self.take(2)?.try_into()?;
        Ok(u16::from_be_bytes(bytes))
    }

    /// Git's offset encoding: seven bits a byte, one added at each continuation.
    fn varint(&mut self) -> Result<usize> {
        let mut value: usize = 0;
        loop {
            let [byte] = <[u8; 1]>::try_from(self.take(1)?)?;
            value = value
                .checked_shl(7)
                .filter(|shifted| shifted >> 7 == value)
                .context("a number that is too large")?
                | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
            value += 1;
        }
    }
}

#[cfg(test)]
mod tests;
