//! Visits every wanted object once, bases before the deltas on them.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::Oid;
use super::delta::Copy;
use super::entry::Kind;
use super::fallback::{self, Fallback};
use super::forest::Forest;
use super::loose;
use super::store::{CIRCLE, HUGE, Pack, Store};

use walk::Walker;

mod walk;

/// One object, and how it was made.
#[derive(Debug, Clone)]
pub struct Object<'b> {
    pub id: Oid,
    pub bytes: &'b [u8],
    /// Present when the object is stored as a delta.
    pub delta: Option<Delta<'b>>,
}

/// How an object was made of its base; `copies` and `fresh` are in order and together cover the object without overlap.
#[derive(Debug, Clone)]
pub struct Delta<'b> {
    pub base: &'b [u8],
    /// Runs that stand in the base too; adjacent copies of adjacent bytes are one.
    pub copies: &'b [Copy],
    /// Inserted bytes. An empty range is a seam: two copies meet there that do not in the base, or the object begins or
    /// ends there and the base does not. A window that touches no fresh range, not even with its edge, stands in the base with
    /// the same bytes, or the same end of the object, on both sides.
    pub fresh: &'b [Range<usize>],
}

/// Is shown the objects. Each thread has its own.
pub trait Visitor {
    /// What is kept of an object until the last delta on it was visited.
    type State;

    /// `base` is what the visit of the delta's base returned; without it, that one was not visited and the object has to be
    /// looked at as a whole.
    fn visit(&mut self, object: Object<'_>, base: Option<&Self::State>) -> Self::State;

    /// Asked before every object: whether to visit no more.
    fn stop(&self) -> bool {
        false
    }
}

/// What to visit, and within which bounds.
#[derive(Debug, Clone)]
pub struct Options {
    pub kind: Kind,
    pub threads: usize,
    /// Larger objects are reported instead of visited.
    pub limit: u64,
    /// Bases of more bytes than this in all are inflated again instead of kept, for each thread.
    pub retain: usize,
}

impl Options {
    /// The usual bounds.
    #[must_use]
    pub fn new(kind: Kind, threads: usize) -> Self {
        Self {
            kind,
            threads,
            limit: 64 << 20,
            retain: 24 << 20,
        }
    }
}

/// An object beyond [`Options::limit`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TooLarge {
    pub id: Oid,
    pub size: u64,
}

/// An object that nothing could read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    pub id: Oid,
    pub why: String,
}

/// What was and was not visited, in order of the ids.
#[derive(Debug, Default)]
pub struct Report {
    pub n_visited: u64,
    pub too_large: Vec<TooLarge>,
    pub unread: Vec<Unread>,
    /// A visitor asked to stop, so objects are missing.
    pub stopped: bool,
}

/// Shows each object that `want` names, and that is of the right kind, to one of the visitors that `make` makes.
/// The order differs from run to run unless there is one thread; the visitors come back for their results to be gathered.
pub fn visit<V: Visitor + Send>(
    store: &Store,
    options: &Options,
    want: &(dyn Fn(&Oid) -> bool + Sync),
    make: &(dyn Fn() -> V + Sync),
) -> anyhow::Result<(Vec<V>, Report)> {
    let mut report = Report::default();
    let mut failed: Vec<Unread> = Vec::new();
    let mut groves = Vec::new();
    for (which, pack) in store
        .packs
        .iter()
        .enumerate()
        .filter(|(_, pack)| pack.visited)
    {
        let forest = Forest::build(store, which, options.kind, want)?;
        failed.extend(forest.broken.iter().map(|&(id, why)| Unread {
            id,
            why: why.to_owned(),
        }));
        groves.push((pack, forest));
    }
    let loose = loose_ids(store, want)?;
    let tasks = tasks(&groves, &loose, options.threads);

    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let work = || {
        let mut walker = Walker::new(store, options, &stop, make());
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            if walker.stopped() {
                break;
            }
            match *task {
                Task::Tree(pack, forest, root) => walker.tree(pack, forest, root),
                Task::Loose(id) => walker.loose(id),
            }
        }
        walker.into_parts()
    };
    let n_threads = options.threads.min(tasks.len()).max(1);
    let parts = if n_threads == 1 {
        vec![work()]
    } else {
        thread::scope(|scope| {
            let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
            let joined = threads.into_iter().map(|thread| match thread.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.collect()
        })
    };

    let mut visitors = Vec::new();
    for (visitor, part) in parts {
        visitors.push(visitor);
        report.n_visited += part.n_visited;
        report.too_large.extend(part.too_large);
        failed.extend(part.unread);
    }
    report.stopped = stop.into_inner();
    if let Some(visitor) = visitors.first_mut().filter(|_| !failed.is_empty()) {
        fall_back(store, options, failed, visitor, &mut report);
    }
    report.too_large.sort_unstable();
    report.unread.sort_unstable();
    Ok((visitors, report))
}

/// What a thread does at a time.
enum Task<'f> {
    Tree(&'f Pack, &'f Forest<'f>, u32),
    Loose(Oid),
}

/// Large trees first, so that no thread is left alone with one at the end; the rest in the order of the pack.
fn tasks<'f>(
    groves: &'f [(&'f Pack, Forest<'f>)],
    loose: &[Oid],
    n_threads: usize,
) -> Vec<Task<'f>> {
    let mut trees = Vec::new();
    for (pack, forest) in groves {
        let roots = forest.roots.iter();
        trees.extend(roots.map(|&root| (forest.weight(root), *pack, forest, root)));
    }
    if n_threads > 1 {
        let all: u64 = trees.iter().map(|&(weight, ..)| u64::from(weight)).sum();
        let large = all / (n_threads as u64 * 64);
        // Stable: all small ones are equal and stay in their order.
        trees.sort_by_key(|&(weight, ..)| {
            std::cmp::Reverse(u64::from(weight).saturating_sub(large))
        });
    }
    let trees = trees
        .into_iter()
        .map(|(_, pack, forest, root)| Task::Tree(pack, forest, root));
    trees
        .chain(loose.iter().copied().map(Task::Loose))
        .collect()
}

/// Wanted loose objects that no visited pack has.
fn loose_ids(store: &Store, want: &dyn Fn(&Oid) -> bool) -> anyhow::Result<Vec<Oid>> {
    let mut ids = Vec::new();
    for dir in store.dirs.iter().filter(|dir| dir.visited) {
        ids.extend(loose::list(&dir.path)?);
    }
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| {
        let mut packs = store.packs.iter().filter(|pack| pack.visited);
        id.as_bytes().len() == store.hash.width()
            && !packs.any(|pack| pack.index.find(id.as_bytes()).is_some())
            && want(id)
    });
    Ok(ids)
}

/// Asks `git2` for what could not be read; it may have another copy.
fn fall_back<V: Visitor>(
    store: &Store,
    options: &Options,
    failed: Vec<Unread>,
    visitor: &mut V,
    report: &mut Report,
) {
    let git = Fallback::open(store);
    for Unread { id, why } in failed {
        if visitor.stop() {
            report.stopped = true;
            return;
        }
        let found = match &git {
            Ok(_) if why == CIRCLE || why == HUGE => Err("not asked of git2".to_owned()),
            Ok(git) => git.read(&id, options.kind, options.limit),
            Err(error) => Err(error.clone()),
        };
        match found {
            Ok(fallback::Found::Object(bytes)) => {
                let object = Object {
                    id,
                    bytes: &bytes,
                    delta: None,
                };
                drop(visitor.visit(object, None));
                report.n_visited += 1;
            }
            Ok(fallback::Found::TooLarge(size)) => report.too_large.push(TooLarge { id, size }),
            Ok(fallback::Found::OtherKind) => {}
            Err(said) => report.unread.push(Unread {
                id,
                why: format!("{why}; {said}"),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
