//! Single objects of packs, read one after the other: what lies on the way to one is kept for the next. Trees of neighbouring
//! commits are deltas on each other, so that each is made about once.

use std::collections::HashMap;
use std::rc::Rc;

use libdeflater::Decompressor;

use super::Oid;
use super::delta::{self, Script};
use super::entry::{Kind, Stored};
use super::id::IdState;
use super::store::{CIRCLE, HUGE, LARGEST, MOST_DETOURS, Pack, Store, Why};

/// Bytes of objects that are kept; larger ones than a part of it are not.
const KEPT: usize = 4 << 20;
const LARGEST_KEPT: usize = KEPT / 16;

/// An object as it is kept.
pub(super) type Made = (Kind, Rc<Vec<u8>>);

/// Where an object lies: the number of its pack and its offset there.
type Place = (usize, u64);

/// What was made last, in two generations: when the younger is full, the older one goes.
pub struct Cache {
    inflater: Decompressor,
    script: Script,
    young: HashMap<Place, Made, IdState>,
    old: HashMap<Place, Made, IdState>,
    young_bytes: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            inflater: Decompressor::new(),
            script: Script::default(),
            young: HashMap::default(),
            old: HashMap::default(),
            young_bytes: 0,
        }
    }
}

impl Cache {
    /// The kind and content of an object in a pack; `None` where no pack has it.
    pub fn read(&mut self, store: &Store, id: &Oid) -> anyhow::Result<Option<Made>> {
        self.by_id(store, id.as_bytes(), 0)
            .map_err(|why| anyhow::anyhow!("read object {id}: {why}"))
    }

    fn by_id(&mut self, store: &Store, id: &[u8], detours: usize) -> Result<Option<Made>, Why> {
        let mut failed = None;
        for (number, pack) in store.packs.iter().enumerate() {
            let Some(offset) = pack.offset_of(id) else {
                continue;
            };
            match self.entry(store, (number, offset), pack, detours) {
                Ok(found) => return Ok(Some(found)),
                // Another pack may have a sound copy.
                Err(why) => failed = Some(why),
            }
        }
        failed.map_or(Ok(None), Err)
    }

    fn entry(
        &mut self,
        store: &Store,
        (number, offset): Place,
        pack: &Pack,
        detours: usize,
    ) -> Result<Made, Why> {
        let mut chain = Vec::new();
        let mut at = offset;
        let (kind, mut bytes) = loop {
            if let Some(made) = self.get((number, at)) {
                break made;
            }
            let header = pack.header(at)?;
            let base = match header.stored {
                Stored::Whole(kind) => {
                    let mut bytes = Vec::new();
                    pack.inflate(&mut self.inflater, &header, &mut bytes)?;
                    break self.keep((number, at), (kind, Rc::new(bytes)));
                }
                Stored::OnOffset(base) => Ok(base),
                Stored::OnId(id) => pack.offset_of(id).ok_or(id),
            };
            chain.push((at, header));
            match base {
                Ok(base) => at = base,
                Err(_) if detours >= MOST_DETOURS => return Err(CIRCLE),
                Err(id) => {
                    let base = self.by_id(store, id, detours + 1)?;
                    break base.ok_or("the base of a delta is missing")?;
                }
            }
            if chain.len() > pack.index.len() {
                return Err(CIRCLE);
            }
        };
        let mut delta = Vec::new();
        for (at, header) in chain.iter().rev() {
            pack.inflate(&mut self.inflater, header, &mut delta)?;
            if delta::sizes(&delta).is_some_and(|(_, n, _)| n > LARGEST) {
                return Err(HUGE);
            }
            let mut out = Vec::new();
            delta::apply(&bytes, &delta, &mut out, &mut self.script)?;
            (_, bytes) = self.keep((number, *at), (kind, Rc::new(out)));
        }
        Ok((kind, bytes))
    }

    fn get(&mut self, place: Place) -> Option<Made> {
        if let Some(made) = self.young.get(&place) {
            return Some(made.clone());
        }
        let made = self.old.remove(&place)?;
        Some(self.keep(place, made))
    }

    fn keep(&mut self, place: Place, made: Made) -> Made {
        if made.1.len() <= LARGEST_KEPT {
            self.young_bytes += made.1.len();
            if self.young_bytes > KEPT / 2 {
                self.old = std::mem::take(&mut self.young);
                self.young_bytes = made.1.len();
            }
            self.young.insert(place, made.clone());
        }
        made
    }
}
