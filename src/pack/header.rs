//! Kind and size of single objects, without making them.

use super::Oid;
use super::entry::{Kind, Stored};
use super::store::{CIRCLE, Pack, Reader, Why};

impl Reader<'_> {
    /// The kind and size of an object in a pack; `None` when no pack has it.
    pub fn header(&mut self, id: &Oid) -> anyhow::Result<Option<(Kind, u64)>> {
        let mut failed = None;
        for pack in &self.store.packs {
            let Some(offset) = pack.offset_of(id.as_bytes()) else {
                continue;
            };
            match self.entry_header(pack, offset) {
                Ok(found) => return Ok(Some(found)),
                // Another pack may have a sound copy.
                Err(why) => failed = Some(why),
            }
        }
        failed.map_or(Ok(None), |why| {
            Err(anyhow::anyhow!("read object {id}: {why}"))
        })
    }

    fn entry_header(&mut self, pack: &Pack, offset: u64) -> Result<(Kind, u64), Why> {
        let mut header = pack.header(offset)?;
        let mut size = None;
        for _ in 0..=pack.index.len() {
            let base = match header.stored {
                Stored::Whole(kind) => return Ok((kind, size.unwrap_or(header.size))),
                Stored::OnOffset(base) => Ok(base),
                Stored::OnId(id) => pack.offset_of(id).ok_or(id),
            };
            if size.is_none() {
                let (_, result) = pack.sizes(&header).ok_or("a delta has no sizes")?;
                size = Some(result);
            }
            match base {
                Ok(base) => header = pack.header(base)?,
                Err(id) => return Ok((self.kind(id)?, size.unwrap_or_default())),
            }
        }
        Err(CIRCLE)
    }
}
