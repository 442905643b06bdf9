//! One thread's walk through delta trees.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::pack::Oid;
use crate::pack::delta::{self, Script};
use crate::pack::entry::Stored;
use crate::pack::forest::{Forest, Node};
use crate::pack::loose;
use crate::pack::store::{HUGE, LARGEST, Pack, Reader, Store, Why};

use super::{Delta, Object, Options, TooLarge, Unread, Visitor};

/// Buffers that are kept for the next object, in number and in bytes of each.
const SPARE: (usize, usize) = (8, 4 << 20);

/// What a walker did not hand to its visitor, and how much it did.
#[derive(Default)]
pub(super) struct Part {
    pub(super) n_visited: u64,
    pub(super) too_large: Vec<TooLarge>,
    pub(super) unread: Vec<Unread>,
}

/// Walks trees and holds what is reused from one object to the next.
pub(super) struct Walker<'w, V: Visitor> {
    options: &'w Options,
    stop: &'w AtomicBool,
    visitor: V,
    reader: Reader<'w>,
    store: &'w Store,
    part: Part,
    delta: Vec<u8>,
    script: Script,
    spare: Vec<Vec<u8>>,
    stack: Vec<Frame<V::State>>,
    /// Children still to come of all frames; those of the last frame are at the end.
    pending: Vec<u32>,
    retained: usize,
}

/// A base with children to come.
struct Frame<S> {
    node: u32,
    /// `None` when given up for memory.
    bytes: Option<Vec<u8>>,
    state: Option<S>,
    /// Where its children begin in `pending`.
    start: usize,
}

impl<'w, V: Visitor> Walker<'w, V> {
    pub(super) fn new(
        store: &'w Store,
        options: &'w Options,
        stop: &'w AtomicBool,
        visitor: V,
    ) -> Self {
        Self {
            options,
            stop,
            visitor,
            reader: store.reader(),
            store,
            part: Part::default(),
            delta: Vec::new(),
            script: Script::default(),
            spare: Vec::new(),
            stack: Vec::new(),
            pending: Vec::new(),
            retained: 0,
        }
    }

    pub(super) fn into_parts(self) -> (V, Part) {
        (self.visitor, self.part)
    }

    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || {
            let stop = self.visitor.stop();
            if stop {
                self.stop.store(true, Ordering::Relaxed);
            }
            stop
        }
    }

    pub(super) fn loose(&mut self, id: Oid) {
        for dir in &self.store.dirs {
            let path = loose::path(&dir.path, &id);
            match loose::read(&path, &mut self.reader.inflater, self.options.limit) {
                Ok(loose::Found::Missing) => {}
                Ok(loose::Found::Object(kind, bytes)) => {
                    if kind == self.options.kind {
                        let object = Object {
                            id,
                            bytes: &bytes,
                            delta: None,
                        };
                        drop(self.visitor.visit(object, None));
                        self.part.n_visited += 1;
                    }
                    return;
                }
                Ok(loose::Found::TooLarge(kind, size)) => {
                    if kind == self.options.kind {
                        self.part.too_large.push(TooLarge { id, size });
                    }
                    return;
                }
                Err(why) => {
                    let why = why.to_owned();
                    self.part.unread.push(Unread { id, why });
                    return;
                }
            }
        }
        let why = "a loose object has vanished".to_owned();
        self.part.unread.push(Unread { id, why });
    }

    /// Visits what is wanted of one delta tree.
    pub(super) fn tree(&mut self, pack: &Pack, forest: &Forest<'_>, root: u32) {
        let tree = Tree { pack, forest };
        self.root(tree, root);
        while let Some(frame) = self.stack.pop() {
            if self.stopped() {
                self.stack.clear();
                self.pending.clear();
                self.retained = 0;
                return;
            }
            if self.pending.len() > frame.start {
                if let Some(child) = self.pending.pop() {
                    self.child(tree, frame, child);
                }
            } else if let Some(bytes) = frame.bytes {
                self.retained -= bytes.len();
                self.recycle(bytes);
            }
        }
    }

    fn root(&mut self, tree: Tree<'_>, at: u32) {
        let (Some(node), Some(offset)) = (tree.forest.node(at), tree.forest.offset(at)) else {
            return;
        };
        let header = match tree.pack.header(offset) {
            Ok(header) => header,
            Err(why) => return self.fail(tree, at, why),
        };
        let made = match header.stored {
            Stored::Whole(_) if !self.is_needed(node, header.size) => Ok(Made::Size(header.size)),
            Stored::Whole(_) => {
                let mut bytes = self.buffer(header.size);
                let inflater = &mut self.reader.inflater;
                let inflated = tree.pack.inflate(inflater, &header, &mut bytes);
                inflated.map(|()| Made::Bytes(bytes))
            }
            Stored::OnId(id) => match self.reader.base(id) {
                Ok(base) => {
                    let made = self.apply(tree, at, &base);
                    return self.made(tree, at, made, Some((&base, None)));
                }
                Err(why) => Err(why),
            },
            Stored::OnOffset(_) => Err("a delta has lost its base"),
        };
        self.made(tree, at, made, None);
    }

    /// Visits a delta on the object of a frame, which goes back on the stack if more are to come.
    fn child(&mut self, tree: Tree<'_>, mut frame: Frame<V::State>, at: u32) {
        let base = match frame.bytes.take() {
            Some(bytes) => {
                self.retained -= bytes.len();
                Ok(bytes)
            }
            None => match tree.forest.offset(frame.node) {
                Some(offset) => self
                    .reader
                    .entry(tree.pack, offset, 0)
                    .map(|(_, bytes)| bytes),
                None => Err("a delta has lost its base"),
            },
        };
        let made = match &base {
            Ok(base) => self.apply(tree, at, base),
            Err(why) => Err(*why),
        };
        let is_last = self.pending.len() == frame.start;
        let place = self.stack.len();
        if is_last {
            let base = base.unwrap_or_default();
            self.made(tree, at, made, Some((&base, frame.state.as_ref())));
            self.recycle(base);
            return;
        }
        // The frame belongs below the one that the child may push.
        let n_before = self.stack.len();
        let (bytes, state) = (base.unwrap_or_default(), frame.state.take());
        self.made(tree, at, made, Some((&bytes, state.as_ref())));
        self.retained += bytes.len();
        let frame = Frame {
            bytes: Some(bytes),
            state,
            ..frame
        };
        if self.stack.len() == n_before {
            self.stack.push(frame);
        } else {
            self.stack.insert(place, frame);
        }
        self.shed();
    }

    /// Shows what was made, and keeps it if there are deltas on it.
    fn made(
        &mut self,
        tree: Tree<'_>,
        at: u32,
        made: Result<Made, Why>,
        base: Option<(&[u8], Option<&V::State>)>,
    ) {
        let (Some(node), Some(id)) = (tree.forest.node(at), tree.forest.id(tree.pack, at)) else {
            return;
        };
        let bytes = match made {
            Ok(Made::Bytes(bytes)) => bytes,
            Ok(Made::Size(size)) => {
                if node.is_wanted() {
                    self.part.too_large.push(TooLarge { id, size });
                }
                self.fail_below(tree, at, HUGE);
                return;
            }
            Err(why) => return self.fail(tree, at, why),
        };
        let size = bytes.len() as u64;
        let mut state = None;
        if node.is_wanted() && size > self.options.limit {
            self.part.too_large.push(TooLarge { id, size });
        } else if node.is_wanted() {
            let delta = base.map(|(base, _)| Delta {
                base,
                copies: &self.script.copies,
                fresh: &self.script.fresh,
            });
            let object = Object {
                id,
                bytes: &bytes,
                delta,
            };
            let inherited = base.and_then(|(_, state)| state);
            state = Some(self.visitor.visit(object, inherited));
            self.part.n_visited += 1;
        }
        if !node.has_children() {
            self.recycle(bytes);
            return;
        }
        let start = self.pending.len();
        tree.forest.children(at, &mut self.pending);
        self.retained += bytes.len();
        self.stack.push(Frame {
            node: at,
            bytes: Some(bytes),
            state,
            start,
        });
        self.shed();
    }

    fn apply(&mut self, tree: Tree<'_>, at: u32, base: &[u8]) -> Result<Made, Why> {
        const LOST: Why = "an entry is lost";
        let node = tree.forest.node(at).ok_or(LOST)?;
        let header = tree.pack.header(tree.forest.offset(at).ok_or(LOST)?)?;
        let inflater = &mut self.reader.inflater;
        tree.pack.inflate(inflater, &header, &mut self.delta)?;
        let (_, size, _) = delta::sizes(&self.delta).ok_or("a delta has no header")?;
        if !self.is_needed(node, size) {
            return Ok(Made::Size(size));
        }
        let mut bytes = self.buffer(size);
        delta::apply(base, &self.delta, &mut bytes, &mut self.script)?;
        if self.delta.capacity() > SPARE.1 {
            self.delta = Vec::new();
        }
        Ok(Made::Bytes(bytes))
    }

    /// Whether an object of this size has to be made: to be shown, or as a base.
    fn is_needed(&self, node: &Node, size: u64) -> bool {
        size <= self.options.limit || (node.has_children() && size <= LARGEST)
    }

    /// Gives up bases near the root while there are too many bytes; the last one is needed next.
    fn shed(&mut self) {
        let n_old = self.stack.len().saturating_sub(1);
        for frame in self.stack.iter_mut().take(n_old) {
            if self.retained <= self.options.retain {
                return;
            }
            if let Some(bytes) = frame.bytes.take() {
                self.retained -= bytes.len();
            }
        }
    }

    /// A buffer with room for an object.
    fn buffer(&mut self, size: u64) -> Vec<u8> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let fitting = self.spare.iter().enumerate();
        let fitting = fitting.filter(|(_, spare)| spare.capacity() >= size);
        match fitting.min_by_key(|(_, spare)| spare.capacity()) {
            Some((at, _)) => self.spare.swap_remove(at),
            None if size <= SPARE.1 => Vec::with_capacity(size.next_power_of_two()),
            None => Vec::new(),
        }
    }

    fn recycle(&mut self, bytes: Vec<u8>) {
        if bytes.capacity() > SPARE.1 {
            return;
        }
        if self.spare.len() < SPARE.0 {
            self.spare.push(bytes);
            return;
        }
        let smallest = self.spare.iter_mut().min_by_key(|spare| spare.capacity());
        if let Some(spare) = smallest.filter(|spare| spare.capacity() < bytes.capacity()) {
            *spare = bytes;
        }
    }

    fn fail(&mut self, tree: Tree<'_>, at: u32, why: Why) {
        let node = tree.forest.node(at).filter(|node| node.is_wanted());
        if let Some(id) = node.and_then(|_| tree.forest.id(tree.pack, at)) {
            let why = why.to_owned();
            self.part.unread.push(Unread { id, why });
        }
        self.fail_below(tree, at, why);
    }

    fn fail_below(&mut self, tree: Tree<'_>, at: u32, why: Why) {
        let mut below = Vec::new();
        tree.forest.children(at, &mut below);
        while let Some(at) = below.pop() {
            let node = tree.forest.node(at).filter(|node| node.is_wanted());
            if let Some(id) = node.and_then(|_| tree.forest.id(tree.pack, at)) {
                let why = why.to_owned();
                self.part.unread.push(Unread { id, why });
            }
            tree.forest.children(at, &mut below);
        }
    }
}

/// The delta tree that is walked.
#[derive(Clone, Copy)]
struct Tree<'t> {
    pack: &'t Pack,
    forest: &'t Forest<'t>,
}

/// What became of an entry.
enum Made {
    Bytes(Vec<u8>),
    /// Too large to be made; its size.
    Size(u64),
}
