//! Loose objects: one zlib stream a file, with a header that tells kind and size.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use libdeflater::Decompressor;

use super::Oid;
use super::entry::{Kind, beginning, inflate};
use super::store::{Store, Why};

/// What a file of a loose object holds.
pub(super) enum Found {
    Missing,
    Object(Kind, Vec<u8>),
    /// Not inflated: its kind and size.
    TooLarge(Kind, u64),
}

/// Where an object is kept when it is loose.
#[must_use]
pub fn path(dir: &Path, id: &Oid) -> PathBuf {
    let hex = id.to_string();
    let (folder, file) = hex.split_at(2);
    dir.join(folder).join(file)
}

impl Store {
    /// Ids of the loose objects of all directories.
    pub fn loose(&self) -> anyhow::Result<HashSet<Oid>> {
        let mut ids = HashSet::new();
        for dir in &self.dirs {
            ids.extend(list(&dir.path)?);
        }
        Ok(ids)
    }
}

/// Ids of all loose objects of a directory, in order.
pub(super) fn list(dir: &Path) -> anyhow::Result<Vec<Oid>> {
    let mut ids = Vec::new();
    for first in 0..=255_u8 {
        let folder = dir.join(format!("{first:02x}"));
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                return Err(error).with_context(|| format!("list `{}`", folder.display()));
            }
        };
        for entry in entries {
            let entry = entry.with_context(|| format!("list `{}`", folder.display()))?;
            let mut hex = format!("{first:02x}").into_bytes();
            hex.extend_from_slice(entry.file_name().as_encoded_bytes());
            // Other names are temporary files of writers.
            ids.extend(Oid::from_hex(&hex));
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

/// Reads a loose object of at most `limit` bytes.
pub(super) fn read(path: &Path, inflater: &mut Decompressor, limit: u64) -> Result<Found, Why> {
    let deflated = match fs::read(path) {
        Ok(deflated) => deflated,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(_) => return Err("the file of a loose object cannot be read"),
    };
    let (kind, size, n_header) =
        header(&beginning(&deflated[..], HEADER)).ok_or("a loose object has no header")?;
    if size > limit {
        return Ok(Found::TooLarge(kind, size));
    }
    let mut bytes = Vec::new();
    inflate(inflater, &deflated, n_header + size as usize, &mut bytes)?;
    bytes.drain(..n_header);
    Ok(Found::Object(kind, bytes))
}

/// Longer than any header, which is `KIND SIZE` and a zero byte.
pub const HEADER: usize = 32;

/// Kind, size and length of the header with which an inflated object begins.
#[must_use]
pub fn header(bytes: &[u8]) -> Option<(Kind, u64, usize)> {
    let head = bytes.get(..HEADER.min(bytes.len()))?;
    let end = memchr::memchr(0, head)?;
    let head = head.get(..end)?;
    let (name, digits) = head.split_at_checked(memchr::memchr(b' ', head)?)?;
    let kind = Kind::parse(name)?;
    let digits = digits.get(1..)?;
    if digits.is_empty() || digits.len() > 1 && digits.starts_with(b"0") {
        return None;
    }
    let size = digits.iter().try_fold(0_u64, |size, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        size.checked_mul(10)?.checked_add(u64::from(digit))
    })?;
    Some((kind, size, end + 1))
}
