//! The delta trees of a pack: which entries are needed for the wanted objects, and in what order.

use super::Oid;
use super::entry::{Kind, Stored};
use super::store::{CIRCLE, Pack, Reader, Store, Why};

/// No node.
const NONE: u32 = u32::MAX;

/// An entry of the pack, as its header tells.
struct Entry {
    offset: u64,
    /// Number of the entry this is a delta on.
    parent: u32,
    /// Position in the index.
    position: u32,
    shape: Shape,
}

/// What is known of an entry before it is inflated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Known(Kind),
    /// As its parent.
    Delta,
    /// A delta on an object that is not in this pack.
    Thin(Kind),
    Broken(Why),
}

const MALFORMED: Shape = Shape::Broken("its entry in the pack is malformed");

/// All entries of a pack, in order of their offsets. Read once, whatever is visited.
pub(super) struct Entries(Vec<Entry>);

/// What a visit needs of an entry.
#[derive(Clone)]
pub(super) struct Node {
    first_child: u32,
    sibling: u32,
    /// How many needed entries hang on this one, itself included.
    weight: u32,
    wanted: bool,
    needed: bool,
}

/// The delta trees of one pack.
pub(super) struct Forest<'s> {
    entries: &'s [Entry],
    /// One for each entry.
    nodes: Vec<Node>,
    /// Roots with something to visit, in order of their offsets.
    pub(super) roots: Vec<u32>,
    /// Wanted entries whose tree has no sound root, with the reason.
    pub(super) broken: Vec<(Oid, Why)>,
}

impl<'s> Forest<'s> {
    /// Finds what is wanted of the pack at `which` in the store. An object that an earlier pack has is left to that.
    pub(super) fn build(
        store: &'s Store,
        which: usize,
        kind: Kind,
        want: &dyn Fn(&Oid) -> bool,
    ) -> anyhow::Result<Self> {
        let Some((pack, earlier)) = store
            .packs
            .get(..=which)
            .and_then(|packs| packs.split_last())
        else {
            anyhow::bail!("there is no such pack");
        };
        let entries = &pack.entries(store)?.0;
        let node = Node {
            first_child: NONE,
            sibling: NONE,
            weight: 0,
            wanted: false,
            needed: false,
        };
        let mut forest = Self {
            entries,
            nodes: vec![node; entries.len()],
            roots: Vec::new(),
            broken: Vec::new(),
        };
        for (at, entry) in entries.iter().enumerate() {
            let broken = match entry.shape {
                Shape::Known(is) | Shape::Thin(is) if is == kind => None,
                Shape::Known(_) | Shape::Thin(_) => continue,
                Shape::Delta => Some(CIRCLE),
                Shape::Broken(why) => Some(why),
            };
            let position = entry.position as usize;
            let raw = pack.index.id(position);
            let Some(id) = Oid::from_raw(raw) else {
                continue;
            };
            // A pack may have an object twice, side by side in its index.
            let twice = position
                .checked_sub(1)
                .is_some_and(|before| pack.index.id(before) == raw);
            let mut earlier = earlier.iter();
            if twice || earlier.any(|pack| pack.index.find(raw).is_some()) || !want(&id) {
                continue;
            }
            if let Some(why) = broken {
                forest.broken.push((id, why));
            } else {
                forest.want(at);
            }
        }
        forest.link();
        Ok(forest)
    }

    pub(super) fn node(&self, at: u32) -> Option<&Node> {
        self.nodes.get(at as usize)
    }

    pub(super) fn offset(&self, at: u32) -> Option<u64> {
        Some(self.entries.get(at as usize)?.offset)
    }

    pub(super) fn id(&self, pack: &Pack, at: u32) -> Option<Oid> {
        let entry = self.entries.get(at as usize)?;
        Oid::from_raw(pack.index.id(entry.position as usize))
    }

    fn parent(&self, at: usize) -> usize {
        self.entries.get(at).map_or(NONE, |entry| entry.parent) as usize
    }

    /// Needed children, the one with most entries below it first.
    pub(super) fn children(&self, at: u32, into: &mut Vec<u32>) {
        let start = into.len();
        let mut child = self.node(at).map_or(NONE, |node| node.first_child);
        while let Some(node) = self.node(child) {
            into.push(child);
            child = node.sibling;
        }
        if let Some(children) = into.get_mut(start..) {
            children.sort_by_key(|&child| std::cmp::Reverse(self.weight(child)));
        }
    }

    pub(super) fn weight(&self, at: u32) -> u32 {
        self.node(at).map_or(0, |node| node.weight)
    }

    /// Marks a node wanted, and those above it needed.
    fn want(&mut self, at: usize) {
        if let Some(node) = self.nodes.get_mut(at) {
            node.wanted = true;
        }
        let mut next = at;
        while let Some(node) = self.nodes.get_mut(next) {
            if node.needed {
                return;
            }
            node.needed = true;
            next = self.parent(next);
        }
    }

    /// Links needed nodes to their parents, and weighs them.
    fn link(&mut self) {
        for at in (0..self.nodes.len()).rev() {
            if !self.nodes.get(at).is_some_and(|node| node.needed) {
                continue;
            }
            let parent = self.parent(at);
            let elder = match self.nodes.get_mut(parent) {
                Some(parent) => std::mem::replace(&mut parent.first_child, at as u32),
                None => {
                    self.roots.push(at as u32);
                    NONE
                }
            };
            if let Some(node) = self.nodes.get_mut(at) {
                node.sibling = elder;
            }
        }
        self.roots.reverse();
        let mut order = self.roots.clone();
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            let mut child = self.node(node).map_or(NONE, |node| node.first_child);
            while let Some(node) = self.node(child) {
                order.push(child);
                child = node.sibling;
            }
            at += 1;
        }
        for &at in order.iter().rev() {
            let Some(node) = self.nodes.get_mut(at as usize) else {
                continue;
            };
            node.weight += 1;
            let weight = node.weight;
            let parent = self.parent(at as usize);
            if let Some(parent) = self.nodes.get_mut(parent) {
                parent.weight += weight;
            }
        }
    }
}

impl Node {
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    pub(super) fn has_children(&self) -> bool {
        self.first_child != NONE
    }
}

impl Entries {
    /// Reads the header of every entry of a pack.
    pub(super) fn read(pack: &Pack, reader: &mut Reader<'_>) -> anyhow::Result<Self> {
        let mut offsets = Vec::with_capacity(pack.index.len());
        for position in 0..pack.index.len() {
            let Some(offset) = pack.index.offset(position) else {
                anyhow::bail!("the index of `{}` is damaged", pack.path.display());
            };
            offsets.push((offset, position as u32));
        }
        offsets.sort_unstable();
        let entries = offsets.into_iter().map(|(offset, position)| Entry {
            offset,
            parent: NONE,
            position,
            shape: MALFORMED,
        });
        let mut entries = Self(entries.collect());
        entries.read_headers(pack, reader);
        entries.resolve();
        Ok(entries)
    }

    fn read_headers(&mut self, pack: &Pack, reader: &mut Reader<'_>) {
        for at in 0..self.0.len() {
            let Some(entry) = self.0.get(at) else {
                return;
            };
            let (shape, parent) = match pack.header(entry.offset).map(|header| header.stored) {
                Err(why) => (Shape::Broken(why), None),
                Ok(Stored::Whole(kind)) => (Shape::Known(kind), None),
                Ok(Stored::OnOffset(base)) => match self.before(at, base) {
                    Some(parent) => (Shape::Delta, Some(parent)),
                    None => (MALFORMED, None),
                },
                Ok(Stored::OnId(id)) => match pack.offset_of(id) {
                    Some(base) => match self.0.binary_search_by_key(&base, |entry| entry.offset) {
                        Ok(parent) => (Shape::Delta, Some(parent)),
                        Err(_) => (MALFORMED, None),
                    },
                    None => match reader.kind(id) {
                        Ok(kind) => (Shape::Thin(kind), None),
                        Err(why) => (Shape::Broken(why), None),
                    },
                },
            };
            if let Some(entry) = self.0.get_mut(at) {
                entry.shape = shape;
                entry.parent = parent.map_or(NONE, |parent| parent as u32);
            }
        }
    }

    /// The entry at an offset that lies before entry `at`, most often not far.
    fn before(&self, at: usize, offset: u64) -> Option<usize> {
        let mut step = 1;
        let mut high = at;
        loop {
            let low = at.saturating_sub(step);
            if low == 0 || self.0.get(low)?.offset <= offset {
                let part = self.0.get(low..high)?;
                let found = part.binary_search_by_key(&offset, |entry| entry.offset);
                return found.map_or(None, |found| Some(low + found));
            }
            high = low;
            step *= 2;
        }
    }

    /// Gives deltas the kind of their root; those in a circle remain without.
    fn resolve(&mut self) {
        let mut chain = Vec::new();
        for at in 0..self.0.len() {
            let mut next = at;
            chain.clear();
            let shape = loop {
                let Some(entry) = self.0.get_mut(next) else {
                    break MALFORMED;
                };
                match entry.shape {
                    Shape::Delta => {
                        // Until the root is known: whoever comes by again goes round in a circle.
                        entry.shape = Shape::Broken(CIRCLE);
                        chain.push(next);
                        next = entry.parent as usize;
                    }
                    Shape::Broken(_) => break entry.shape,
                    Shape::Known(kind) | Shape::Thin(kind) => break Shape::Known(kind),
                }
            };
            for &on in &chain {
                if let Some(entry) = self.0.get_mut(on) {
                    entry.shape = shape;
                }
            }
        }
    }
}
