//! What the own reader cannot read, `git2` is asked for.

use super::Oid;
use super::entry::Kind;
use super::loose;
use super::store::Store;

/// The same object directories, opened by `git2`.
pub(super) struct Fallback<'s> {
    odb: git2::Odb<'s>,
    store: &'s Store,
    format: git2::ObjectFormat,
}

/// What `git2` says about an object.
pub(super) enum Found {
    Object(Vec<u8>),
    TooLarge(u64),
    OtherKind,
}

impl<'s> Fallback<'s> {
    pub(super) fn open(store: &'s Store) -> Result<Self, String> {
        let format = store.hash.format();
        let odb = git2::Odb::new_ext(format).map_err(said)?;
        for dir in &store.dirs {
            let path = dir.path.to_str().ok_or("a path is not UTF-8")?;
            odb.add_disk_alternate(path).map_err(said)?;
        }
        Ok(Self { odb, store, format })
    }

    pub(super) fn read(&self, id: &Oid, kind: Kind, limit: u64) -> Result<Found, String> {
        // Libgit2 does not come back from a loose object that is cut off.
        let mut dirs = self.store.dirs.iter();
        if dirs.any(|dir| loose::path(&dir.path, id).exists()) {
            return Err("the file of a loose object is damaged".to_owned());
        }
        let id = id.to_git2().map_err(|error| format!("{error:#}"))?;
        // Whole, not its header first: `git2` panics at the header of a damaged entry that has no type.
        let object = self.odb.read(id).map_err(said)?;
        let is = object.kind();
        // It may be read from the same damaged pack, so nothing is believed without the hash, least of all the kind.
        let hash = git2::Oid::hash_object_ext(is, object.data(), self.format);
        if hash.map_err(said)? != id {
            return Err("its content has another hash".to_owned());
        }
        let wanted = match kind {
            Kind::Commit => git2::ObjectType::Commit,
            Kind::Tree => git2::ObjectType::Tree,
            Kind::Blob => git2::ObjectType::Blob,
            Kind::Tag => git2::ObjectType::Tag,
        };
        if is != wanted {
            return Ok(Found::OtherKind);
        }
        let size = object.len() as u64;
        if size > limit {
            return Ok(Found::TooLarge(size));
        }
        Ok(Found::Object(object.data().to_vec()))
    }
}

fn said(error: git2::Error) -> String {
    error.message().to_owned()
}
