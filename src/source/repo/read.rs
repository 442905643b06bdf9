//! Reading an object by its id, loose or packed.

use std::rc::Rc;

use anyhow::{Context as _, Result, anyhow, bail};
use git2::{ErrorCode, ObjectType, Oid};

use super::GitRepo;

/// Larger objects of a push are not read, nor such as are stored as changes to larger ones: libgit2 would make them.
const LARGEST: u64 = 256 << 20;

/// After so many objects that did not lie loose packs are asked first.
const PACKED: u32 = 32;

/// An object's bytes.
pub enum Object<'o> {
    Packed(git2::OdbObject<'o>),
    Made(ObjectType, Rc<Vec<u8>>),
    Loose(ObjectType, Vec<u8>),
}

impl Object<'_> {
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Packed(object) => object.data(),
            Self::Made(_, bytes) => bytes,
            Self::Loose(_, bytes) => bytes,
        }
    }

    /// The bytes, which others may hold too.
    #[must_use]
    pub fn into_bytes(self) -> Rc<Vec<u8>> {
        match self {
            Self::Packed(object) => Rc::new(object.data().to_vec()),
            Self::Made(_, bytes) => bytes,
            Self::Loose(_, bytes) => Rc::new(bytes),
        }
    }

    #[must_use]
    pub fn kind(&self) -> ObjectType {
        match self {
            Self::Packed(object) => object.kind(),
            Self::Made(kind, _) | Self::Loose(kind, _) => *kind,
        }
    }
}

impl GitRepo {
    /// The object's bytes, or `None` if there is no such object here.
    pub fn read(&self, id: Oid) -> Result<Option<Object<'_>>> {
        let limit = match self.env.quarantine {
            Some(_) => LARGEST,
            None => u64::MAX,
        };
        if !self.is_known_packed(id) {
            for dir in &self.object_dirs {
                let found = self.loose.object(dir, id, limit);
                let found = found.with_context(|| format!("object {id} cannot be read"))?;
                if let Some((kind, bytes)) = found {
                    self.not_loose.set(0);
                    return Ok(Some(Object::Loose(kind, bytes)));
                }
            }
            self.not_loose.set(self.not_loose.get().saturating_add(1));
        }
        if let Some(made) = self.made(id) {
            return Ok(Some(made));
        }
        if self.env.quarantine.is_some() {
            self.check_size(id)?;
        }
        match self.odb.read(id) {
            Ok(object) => Ok(Some(Object::Packed(object))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(anyhow!(error).context(format!("object {id} cannot be read"))),
        }
    }

    /// An object that our own reader makes of a pack; where it cannot, libgit2 is asked. For a few it would not pay to open
    /// the packs twice.
    fn made(&self, id: Oid) -> Option<Object<'_>> {
        if self.not_loose.get() < PACKED {
            return None;
        }
        let read = self.made.borrow_mut().read(self.packs()?, &id.into());
        let (kind, bytes) = read.ok()??;
        Some(Object::Made(super::kind_of(kind), bytes))
    }

    /// Whether an object is in a pack, asked only where those before it were: opening a file that is not there costs more
    /// than looking into the packs, and most objects of a history are in them.
    pub(super) fn is_known_packed(&self, id: Oid) -> bool {
        self.not_loose.get() >= PACKED
            && self
                .packs()
                .is_some_and(|packs| packs.is_packed(&id.into()))
    }

    /// An error for what would need too much memory to be read.
    fn check_size(&self, id: Oid) -> Result<()> {
        let told = self
            .packs()
            .and_then(|packs| packs.largest_on_the_way(&id.into(), &mut self.ways.borrow_mut()));
        let size = told.unwrap_or(0);
        if size > LARGEST {
            bail!(
                "object {id} is, or is stored as a change to, one of {} MiB: too large to be read",
                size >> 20
            );
        }
        Ok(())
    }
}
