//! How much has to be made to have an object: a small one may be stored as a change to a huge one.

use std::collections::HashMap;

use super::Oid;
use super::delta;
use super::entry::{Header, Stored, beginning};
use super::store::{Pack, Store};

/// Deltas on each other that are followed to tell a size.
const LONGEST_WAY: usize = 1_000_000;

/// Longer than the two sizes with which a delta begins.
const SIZES: usize = 20;

/// What is known of the entries of packs, by pack and offset: the size of the largest object on the way to each.
pub type Ways = HashMap<(usize, u64), u64>;

impl Store {
    /// The size of the largest object that has to be made to have this one, itself included; `None` where it is in no pack,
    /// or something on the way cannot be told.
    pub fn largest_on_the_way(&self, id: &Oid, ways: &mut Ways) -> Option<u64> {
        let mut passed = Vec::new();
        let mut at = self.locate(id.as_bytes(), 0)?;
        let mut largest = loop {
            if let Some(known) = ways.get(&at) {
                break *known;
            }
            // A circle, or a chain that no reader would follow.
            if passed.len() > LONGEST_WAY {
                return None;
            }
            let pack = self.packs.get(at.0)?;
            let header = pack.header(at.1).ok()?;
            let base = match header.stored {
                Stored::Whole(_) => {
                    passed.push((at, header.size));
                    break 0;
                }
                Stored::OnOffset(base) => (at.0, base),
                Stored::OnId(id) => self.locate(id, at.0)?,
            };
            let (of_base, of_result) = pack.sizes(&header)?;
            passed.push((at, of_base.max(of_result)));
            at = base;
        };
        for (at, size) in passed.into_iter().rev() {
            largest = largest.max(size);
            ways.insert(at, largest);
        }
        Some(largest)
    }

    /// Where an object is packed, first in the pack of this number.
    fn locate(&self, id: &[u8], first: usize) -> Option<(usize, u64)> {
        let others = (0..self.packs.len()).filter(|which| *which != first);
        std::iter::once(first)
            .chain(others)
            .find_map(|which| Some((which, self.packs.get(which)?.offset_of(id)?)))
    }
}

impl Pack {
    /// What a delta says of the sizes of its base and its result.
    pub(super) fn sizes(&self, header: &Header<'_>) -> Option<(u64, u64)> {
        let head = beginning(self.map.bytes().get(header.start..)?, SIZES);
        delta::sizes(&head).map(|(base, result, _)| (base, result))
    }
}
