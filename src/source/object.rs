//! Git's objects and stdin lines as bytes: commits, trees, tags, ids. Pure parsing; a form that git would not write is an
//! error, never a guess.

use anyhow::{Context as _, Result, bail};
use git2::{ObjectFormat, Oid};

/// An object id from hex digits of the repository's length.
pub fn parse_oid(hex: &[u8], format: ObjectFormat) -> Result<Oid> {
    if hex.len() != hex_len(format) || !hex.iter().all(u8::is_ascii_hexdigit) {
        bail!("not an object id of {} hex digits", hex_len(format));
    }
    let text = std::str::from_utf8(hex).context("not an object id")?;
    Ok(Oid::from_str_ext(text, format)?)
}

/// Digits of an id.
#[must_use]
pub fn hex_len(format: ObjectFormat) -> usize {
    match format {
        ObjectFormat::Sha1 => 40,
        ObjectFormat::Sha256 => 64,
    }
}

/// Whether an id is the one of nothing, whatever its length.
#[must_use]
pub fn is_zero(id: Oid) -> bool {
    id.as_bytes().iter().all(|&byte| byte == 0)
}

/// The parts of a commit object that the sources use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    pub tree: Oid,
    pub parents: Vec<Oid>,
    /// `Name <mail>`, raw.
    pub author: Vec<u8>,
    /// Committer's time.
    pub time: i64,
    /// Header lines other than `tree` and `parent`.
    pub header: Vec<u8>,
    /// All after the empty line, NUL bytes and what follows them included.
    pub message: Vec<u8>,
}

/// Parses a commit object.
pub fn parse_commit(raw: &[u8], format: ObjectFormat) -> Result<Commit> {
    let mut rest = raw;
    let Some(tree) = id_line(&mut rest, b"tree ", format)? else {
        bail!("a commit without a tree");
    };
    let mut parents = Vec::new();
    while let Some(parent) = id_line(&mut rest, b"parent ", format)? {
        parents.push(parent);
    }
    let (header, message) = split_message(rest);
    let mut author = Vec::new();
    let mut time = 0;
    for line in header.split(|&byte| byte == b'\n') {
        if author.is_empty()
            && let Some(who) = line.strip_prefix(b"author ")
        {
            author = person(who).0.to_vec();
        } else if time == 0
            && let Some(who) = line.strip_prefix(b"committer ")
        {
            time = person(who).1;
        }
    }
    Ok(Commit {
        tree,
        parents,
        author,
        time,
        header: header.to_vec(),
        message: message.to_vec(),
    })
}

/// A tag object: what it points to, whether that is said to be a tag, blob, tree or commit, and its other text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub target: Oid,
    pub text: Vec<u8>,
}

/// Tags of tags deeper than this are refused.
pub const TAG_DEPTH: usize = 4_096;

/// Parses a tag object.
pub fn parse_tag(raw: &[u8], format: ObjectFormat) -> Result<Tag> {
    let mut rest = raw;
    let Some(target) = id_line(&mut rest, b"object ", format)? else {
        bail!("a tag without an object");
    };
    Ok(Tag {
        target,
        text: rest.to_vec(),
    })
}

/// Takes the line `NAME HEX` off the front, if it is there.
fn id_line(rest: &mut &[u8], name: &[u8], format: ObjectFormat) -> Result<Option<Oid>> {
    let Some(after) = rest.strip_prefix(name) else {
        return Ok(None);
    };
    let Some((hex, after)) = after.split_at_checked(hex_len(format)) else {
        bail!("an object header that is cut off");
    };
    let Some(after) = after.strip_prefix(b"\n") else {
        bail!("an object header with a malformed id");
    };
    let id = parse_oid(hex, format).context("an object header with a malformed id")?;
    *rest = after;
    Ok(Some(id))
}

fn split_message(rest: &[u8]) -> (&[u8], &[u8]) {
    if let Some(message) = rest.strip_prefix(b"\n") {
        return (b"", message);
    }
    memchr::memmem::find(rest, b"\n\n").map_or((rest, b"".as_slice()), |at| {
        (
            rest.get(..at.saturating_add(1)).unwrap_or_default(),
            rest.get(at.saturating_add(2)..).unwrap_or_default(),
        )
    })
}

/// `Name <mail> time zone` as name with mail, and time.
fn person(line: &[u8]) -> (&[u8], i64) {
    let end = memchr::memrchr(b'>', line).map_or(line.len(), |at| at.saturating_add(1));
    let who = line.get(..end).unwrap_or(line);
    let time = line
        .get(end..)
        .unwrap_or_default()
        .trim_ascii_start()
        .split(|&byte| byte == b' ')
        .next()
        .map_or(0, |digits| {
            String::from_utf8_lossy(digits).parse().unwrap_or_default()
        });
    (who, time)
}

/// What an entry of a tree or an index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A file or the target of a symbolic link.
    Blob,
    Tree,
    /// A submodule's commit: its content is elsewhere.
    Submodule,
}

impl Kind {
    /// From a mode as trees and indexes hold it.
    #[must_use]
    pub fn of_mode(mode: u32) -> Self {
        match mode & 0o170_000 {
            0o040_000 => Self::Tree,
            0o160_000 => Self::Submodule,
            _ => Self::Blob,
        }
    }
}

/// One entry of a tree object.
#[derive(Debug, Clone, Copy)]
pub struct TreeEntry<'t> {
    pub name: &'t [u8],
    pub kind: Kind,
    /// Raw; most entries are only compared.
    pub id: &'t [u8],
}

/// Names of this length and more cannot be read by all of git's relatives.
pub const NAME_LIMIT: usize = 65_536;

/// Parses a tree object.
pub fn parse_tree(raw: &[u8], format: ObjectFormat) -> Result<Vec<TreeEntry<'_>>> {
    let id_len = hex_len(format) / 2;
    let mut entries = Vec::with_capacity(raw.len() / (id_len + 16));
    let mut rest = raw;
    while !rest.is_empty() {
        let mut mode: u32 = 0;
        let mut at = 0;
        loop {
            match rest.get(at) {
                Some(digit @ b'0'..=b'7') if at < 10 => {
                    mode = (mode << 3) | u32::from(digit - b'0');
                }
                Some(b' ') if at > 0 => break,
                _ => bail!("a tree with a malformed mode"),
            }
            at += 1;
        }
        rest = rest.get(at + 1..).unwrap_or_default();
        let Some(end) = memchr::memchr(0, rest) else {
            bail!("a tree that is cut off");
        };
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            bail!("a tree entry without a name");
        }
        if name.len() >= NAME_LIMIT {
            bail!("a tree entry with a name of {} bytes", name.len());
        }
        let (Some(id), Some(after)) = (after.get(1..=id_len), after.get(id_len + 1..)) else {
            bail!("a tree that is cut off");
        };
        entries.push(TreeEntry {
            name,
            kind: Kind::of_mode(mode),
            id,
        });
        rest = after;
    }
    Ok(entries)
}

/// A path as git lists it in files like `info/alternates`: C-quoted when it starts with a double quote.
#[must_use]
pub fn unquote(text: &[u8]) -> Vec<u8> {
    unquote_prefix(text).map_or_else(|| text.to_vec(), |(value, _)| value)
}

/// The value of a C-quoted string at the front of `text`, and what follows its closing quote.
#[must_use]
pub fn unquote_prefix(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut value = Vec::with_capacity(rest.len());
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((value, rest)),
            b'\\' => {
                let (&escape, after) = rest.split_first()?;
                rest = after;
                value.push(match escape {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'0'..=b'3' => {
                        let (digits, after) = rest.split_at_checked(2)?;
                        rest = after;
                        digits
                            .iter()
                            .try_fold(escape - b'0', |n, digit| match digit {
                                b'0'..=b'7' => Some((n << 3) | (digit - b'0')),
                                _ => None,
                            })?
                    }
                    b'"' | b'\\' => escape,
                    _ => return None,
                });
            }
            _ => value.push(byte),
        }
    }
}

/// The entries of `GIT_ALTERNATE_OBJECT_DIRECTORIES`: separated by `:`, C-quoted where they start with a double quote.
#[must_use]
pub fn split_alternates(list: &[u8]) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let quoted =
            unquote_prefix(rest).filter(|(_, after)| after.is_empty() || after.starts_with(b":"));
        let (entry, after) = quoted.unwrap_or_else(|| {
            let end = memchr::memchr(b':', rest).unwrap_or(rest.len());
            let (entry, after) = rest.split_at(end);
            (entry.to_vec(), after)
        });
        if !entry.is_empty() {
            entries.push(entry);
        }
        rest = after.strip_prefix(b":").unwrap_or(after);
    }
    entries
}

#[cfg(test)]
mod tests;
