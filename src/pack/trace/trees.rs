//! Trees as numbers: which subtrees and wanted objects each has, under which names.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use anyhow::{Context as _, Result, bail, ensure};

use crate::pack::store::Reader;
use crate::pack::{Kind, Object, Oid, Options, Store, Visitor, visit};

/// An entry of a tree that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    /// Number of the name.
    pub(super) name: u32,
    /// Number of the object.
    pub(super) node: u32,
    pub(super) is_tree: bool,
}

/// All trees that were read.
pub(super) struct Trees<'s> {
    reader: Reader<'s>,
    table: Table,
    /// Of each object, by its number.
    leads: Vec<Leads>,
}

/// Whether something wanted is below an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leads {
    Yes,
    No,
    /// It was not read with the others.
    Unknown,
}

/// Objects and names by number.
struct Table {
    wanted: HashSet<Oid>,
    /// One bit for each beginning of a wanted id: most entries end here.
    beginnings: Vec<u64>,
    width: usize,
    ids: Vec<Oid>,
    numbers: HashMap<Oid, u32>,
    names: Vec<Box<[u8]>>,
    name_numbers: HashMap<Box<[u8]>, u32>,
    /// Of each object, by its number: its part of `entries`, if it is a tree that was read.
    ranges: Vec<Option<Range<usize>>>,
    entries: Vec<Node>,
}

impl<'s> Trees<'s> {
    /// Reads all trees of the visited directories; others are read when they are asked for.
    pub(super) fn read(store: &'s Store, wanted: &HashSet<Oid>) -> Result<Self> {
        let options = Options {
            limit: u64::MAX,
            ..Options::new(Kind::Tree, 1)
        };
        let make = || Parse {
            table: Table::new(wanted, store.hash.width()),
            malformed: None,
        };
        let (parts, report) = visit(store, &options, &|_| true, &make)?;
        if let Some(unread) = report.unread.first() {
            bail!("read tree {}: {}", unread.id, unread.why);
        }
        let part = parts
            .into_iter()
            .next()
            .context("one thread has one visitor")?;
        if let Some(id) = part.malformed {
            bail!("tree {id} is malformed");
        }
        let mut trees = Self {
            reader: store.reader(),
            table: part.table,
            leads: Vec::new(),
        };
        trees.settle();
        Ok(trees)
    }

    /// Finds what leads to something wanted, and drops all other entries.
    fn settle(&mut self) {
        let table = &mut self.table;
        let known = table
            .ids
            .iter()
            .zip(&table.ranges)
            .map(|(id, range)| match range {
                _ if table.wanted.contains(id) => Leads::Yes,
                Some(_) => Leads::No,
                None => Leads::Unknown,
            });
        self.leads = known.collect();
        // As many rounds as directories are deep.
        let mut changed = true;
        while changed {
            changed = false;
            for (at, range) in table.ranges.iter().enumerate() {
                let Some(range) = range else { continue };
                if self.leads.get(at) != Some(&Leads::No) {
                    continue;
                }
                let entries = table.entries.get(range.clone()).unwrap_or_default();
                // An unread subtree may lead to anything.
                let leads = |entry: &Node| self.leads.get(entry.node as usize) != Some(&Leads::No);
                if entries.iter().any(leads) {
                    changed = true;
                    if let Some(state) = self.leads.get_mut(at) {
                        *state = Leads::Yes;
                    }
                }
            }
        }
        let mut kept = Vec::new();
        for range in table.ranges.iter_mut().flatten() {
            let start = kept.len();
            let entries = table.entries.get(range.clone()).unwrap_or_default();
            let leads = |entry: &&Node| self.leads.get(entry.node as usize) != Some(&Leads::No);
            kept.extend(entries.iter().filter(leads));
            *range = start..kept.len();
        }
        kept.shrink_to_fit();
        table.entries = kept;
    }

    pub(super) fn number(&mut self, id: &Oid) -> u32 {
        self.table.number(*id)
    }

    /// The id behind a number if it is one that is wanted.
    pub(super) fn wanted(&self, node: u32) -> Option<Oid> {
        let id = self.table.ids.get(node as usize)?;
        self.table.wanted.contains(id).then_some(*id)
    }

    /// Whether there may be something wanted in a tree.
    pub(super) fn may_lead(&self, node: u32) -> bool {
        self.leads.get(node as usize) != Some(&Leads::No)
    }

    /// The same, and loads the tree if there may.
    pub(super) fn leads(&mut self, node: u32) -> Result<bool> {
        let leads = self.may_lead(node);
        if leads {
            self.load(node)?;
        }
        Ok(leads)
    }

    /// Reads a tree that was not.
    pub(super) fn load(&mut self, node: u32) -> Result<()> {
        if self
            .table
            .ranges
            .get(node as usize)
            .is_some_and(Option::is_some)
        {
            return Ok(());
        }
        let Some(&id) = self.table.ids.get(node as usize) else {
            return Ok(());
        };
        let Some((kind, bytes)) = self.reader.read(&id)? else {
            bail!("tree {id} is missing");
        };
        ensure!(kind == Kind::Tree, "object {id} is no tree");
        self.table
            .add(node, &bytes)
            .with_context(|| format!("tree {id} is malformed"))
    }

    /// Entries that are kept of a tree.
    pub(super) fn children(&self, node: u32) -> &[Node] {
        let range = self.table.ranges.get(node as usize);
        let range = range.and_then(Option::clone).unwrap_or_default();
        self.table.entries.get(range).unwrap_or_default()
    }

    pub(super) fn name(&self, name: u32) -> &[u8] {
        self.table.names.get(name as usize).map_or(b"", |name| name)
    }
}

impl Table {
    fn new(wanted: &HashSet<Oid>, width: usize) -> Self {
        let mut beginnings = vec![0; 1 << 10];
        for id in wanted {
            if let Some((word, bit)) = beginning(id.as_bytes())
                && let Some(bits) = beginnings.get_mut(word)
            {
                *bits |= bit;
            }
        }
        Self {
            wanted: wanted.clone(),
            beginnings,
            width,
            ids: Vec::new(),
            numbers: HashMap::new(),
            names: Vec::new(),
            name_numbers: HashMap::new(),
            ranges: Vec::new(),
            entries: Vec::new(),
        }
    }

    fn number(&mut self, id: Oid) -> u32 {
        *self.numbers.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.ranges.push(None);
            (self.ids.len() - 1) as u32
        })
    }

    fn name(&mut self, name: &[u8]) -> u32 {
        if let Some(&number) = self.name_numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.into());
        self.name_numbers.insert(name.into(), number);
        number
    }

    /// Takes in a tree's entries; `None` when it is malformed.
    fn add(&mut self, node: u32, tree: &[u8]) -> Option<()> {
        let start = self.entries.len();
        let mut rest = tree;
        while !rest.is_empty() {
            // `MODE NAME\0ID`; only a directory's mode begins with `4`, be it written with a zero before it or not.
            let end = memchr::memchr(0, rest)?;
            let (head, tail) = rest.split_at_checked(end)?;
            let id = tail.get(1..=self.width)?;
            rest = tail.get(1 + self.width..)?;
            let is_tree = head.starts_with(b"4") || head.starts_with(b"04");
            if !is_tree && !self.may_be_wanted(id) {
                continue;
            }
            let id = Oid::from_raw(id)?;
            if !is_tree && !self.wanted.contains(&id) {
                continue;
            }
            let space = memchr::memchr(b' ', head)?;
            let name = self.name(head.get(space + 1..)?);
            let entry = Node {
                name,
                node: self.number(id),
                is_tree,
            };
            self.entries.push(entry);
        }
        let range = start..self.entries.len();
        *self.ranges.get_mut(node as usize)? = Some(range);
        Some(())
    }

    fn may_be_wanted(&self, id: &[u8]) -> bool {
        let found = beginning(id)
            .map(|(word, bit)| self.beginnings.get(word).copied().unwrap_or_default() & bit);
        found != Some(0)
    }
}

/// Where the bit of an id's first two bytes is.
fn beginning(id: &[u8]) -> Option<(usize, u64)> {
    let &[a, b] = id.first_chunk::<2>()?;
    Some((usize::from(a) << 2 | usize::from(b) >> 6, 1 << (b & 63)))
}

/// Fills the table.
struct Parse {
    table: Table,
    malformed: Option<Oid>,
}

impl Visitor for Parse {
    type State = ();

    fn visit(&mut self, object: Object<'_>, _: Option<&()>) {
        let number = self.table.number(object.id);
        if self.table.add(number, object.bytes).is_none() {
            self.malformed = Some(object.id);
        }
    }
}
