//! Loose objects: one zlib stream a file, with a header that tells kind and size.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use libdeflater::Decompressor;

use super::Oid;
use super::entry::{Kind, inflate};
use super::store::Why;

/// What a file of a loose object holds.
pub(super) enum Found {
    Missing,
    Object(Kind, Vec<u8>),
    /// Not inflated: its kind and size.
    TooLarge(Kind, u64),
}

/// Where an object is kept when it is loose.
pub(super) fn path(dir: &Path, id: &Oid) -> PathBuf {
    let hex = id.to_string();
    let (folder, file) = hex.split_at(2);
    dir.join(folder).join(file)
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
    let (kind, size, n_header) = header(&deflated).ok_or("a loose object has no header")?;
    if size > limit {
        return Ok(Found::TooLarge(kind, size));
    }
    let mut bytes = Vec::new();
    inflate(inflater, &deflated, n_header + size as usize, &mut bytes)?;
    bytes.drain(..n_header);
    Ok(Found::Object(kind, bytes))
}

/// Kind, size and length of the header.
fn header(deflated: &[u8]) -> Option<(Kind, u64, usize)> {
    let mut head = Vec::with_capacity(32);
    let read = flate2::read::ZlibDecoder::new(deflated)
        .take(32)
        .read_to_end(&mut head);
    // An error further on is met again, and reported, when the whole is inflated.
    drop(read);
    let end = head.iter().position(|&byte| byte == 0)?;
    let space = head.iter().position(|&byte| byte == b' ')?;
    let kind = Kind::parse(head.get(..space)?)?;
    let digits = head.get(space + 1..end)?;
    let size = digits.iter().try_fold(0_u64, |size, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        size.checked_mul(10)?.checked_add(u64::from(digit))
    })?;
    Some((kind, size, end + 1))
}
