//! Reads a repository in bulk: `cargo bench --bench pack -- GIT_DIR [read|verify|trees|trace] [THREADS]`.
//!
//! `read` is for comparing with `git cat-file --batch-all-objects --batch --unordered --buffer`; `verify` hashes every blob
//! and compares the set with what `git2` lists; `trace` finds the commits of 200 blobs; without arguments nothing is measured.
#![expect(clippy::print_stdout, reason = "prints what it measured")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use keysieve::pack::trace::{Commits, trace};
use keysieve::pack::{HashKind, Kind, Object, Oid, Options, Report, Store, Visitor, visit};

fn main() -> anyhow::Result<()> {
    // Cargo adds `--bench`.
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let Some(dir) = args.first().map(PathBuf::from) else {
        println!("usage: cargo bench --bench pack -- GIT_DIR [read|verify|trees|trace] [THREADS]");
        return Ok(());
    };
    let threads = args.get(2).map_or(Ok(1), |n| n.parse())?;
    match args.get(1).map_or("read", String::as_str) {
        "read" => read(&dir, Kind::Blob, threads),
        "trees" => read(&dir, Kind::Tree, threads),
        "trace" => traced(&dir, threads),
        "verify" => verify(&dir, threads),
        other => anyhow::bail!("`{other}` is no mode"),
    }
}

/// Sums of what was seen.
#[derive(Default)]
struct Sum {
    objects: u64,
    bytes: u64,
    deltas: u64,
    fresh: u64,
    ranges: u64,
}

impl Visitor for Sum {
    type State = ();

    fn visit(&mut self, object: Object<'_>, base: Option<&()>) {
        self.objects += 1;
        self.bytes += object.bytes.len() as u64;
        match (object.delta, base) {
            (Some(delta), Some(())) => {
                self.deltas += 1;
                self.ranges += delta.fresh.len() as u64;
                self.fresh += delta
                    .fresh
                    .iter()
                    .map(|range| range.len() as u64)
                    .sum::<u64>();
            }
            (Some(_) | None, None) | (None, Some(())) => self.fresh += object.bytes.len() as u64,
        }
    }
}

fn open(dir: &Path) -> anyhow::Result<Store> {
    Store::open(&[dir.join("objects")], &[], HashKind::Sha1)
}

fn read(dir: &Path, kind: Kind, threads: usize) -> anyhow::Result<()> {
    let store = open(dir)?;
    let options = Options::new(kind, threads);
    let (sums, report) = visit(&store, &options, &|_| true, &Sum::default)?;
    let total = |field: fn(&Sum) -> u64| sums.iter().map(field).sum::<u64>();
    println!(
        "{} objects, {} deltas, {:.1} MB, {:.1} MB fresh in {} ranges",
        total(|sum| sum.objects),
        total(|sum| sum.deltas),
        total(|sum| sum.bytes) as f64 / 1e6,
        total(|sum| sum.fresh) as f64 / 1e6,
        total(|sum| sum.ranges),
    );
    tell(&report);
    Ok(())
}

/// Ids that were shown, and those whose bytes have another hash.
#[derive(Default)]
struct Hashes {
    seen: Vec<Oid>,
    wrong: Vec<Oid>,
}

impl Visitor for Hashes {
    type State = Vec<u8>;

    fn visit(&mut self, object: Object<'_>, base: Option<&Vec<u8>>) -> Vec<u8> {
        self.seen.push(object.id);
        let hash = git2::Oid::hash_object(git2::ObjectType::Blob, object.bytes);
        let is_base = base.is_none_or(|state| {
            let delta = object.delta.as_ref();
            delta.is_some_and(|delta| delta.base == state.as_slice())
        });
        if !is_base || hash.map(Oid::from) != Ok(object.id) {
            self.wrong.push(object.id);
        }
        object.bytes.to_vec()
    }
}

fn verify(dir: &Path, threads: usize) -> anyhow::Result<()> {
    let store = open(dir)?;
    let options = Options {
        limit: u64::MAX,
        ..Options::new(Kind::Blob, threads)
    };
    let (hashes, report) = visit(&store, &options, &|_| true, &Hashes::default)?;
    tell(&report);
    let wrong = hashes.iter().map(|part| part.wrong.len()).sum::<usize>();
    let n_seen = hashes.iter().map(|part| part.seen.len()).sum::<usize>();
    let seen: HashSet<Oid> = hashes.into_iter().flat_map(|part| part.seen).collect();

    let odb = git2::Odb::new()?;
    let objects = dir.join("objects");
    odb.add_disk_alternate(objects.to_str().context("a path is not UTF-8")?)?;
    let mut ids = Vec::new();
    odb.foreach(|id| {
        ids.push(*id);
        true
    })?;
    let mut blobs = HashSet::new();
    for id in ids {
        if odb.read_header(id)?.1 == git2::ObjectType::Blob {
            blobs.insert(Oid::from(id));
        }
    }
    println!(
        "{n_seen} blobs seen, {} distinct, {wrong} with a wrong hash; git2 has {}, {} of them not seen",
        seen.len(),
        blobs.len(),
        blobs.difference(&seen).count()
    );
    ensure!(
        wrong == 0 && n_seen == seen.len() && seen == blobs,
        "the reader and git2 differ"
    );
    Ok(())
}

/// Gathers all ids.
#[derive(Default)]
struct Ids(Vec<Oid>);

impl Visitor for Ids {
    type State = ();

    fn visit(&mut self, object: Object<'_>, _: Option<&()>) {
        self.0.push(object.id);
    }
}

fn traced(dir: &Path, threads: usize) -> anyhow::Result<()> {
    let store = open(dir)?;
    // Ids that begin with equal bits are a fair sample, and few.
    let few = |id: &Oid| id.as_bytes().starts_with(&[0x5a]);
    let (ids, _) = visit(
        &store,
        &Options::new(Kind::Blob, threads),
        &few,
        &Ids::default,
    )?;
    let wanted: HashSet<Oid> = ids.into_iter().flat_map(|ids| ids.0).take(200).collect();
    let start = Instant::now();
    let mut commits = Commits::all(&store, threads)?;
    let tips = commits.ids();
    let order = commits.parents_first(&tips, &|_| false, &HashSet::new())?;
    let found = trace(&store, &mut commits, &order, &wanted)?;
    println!(
        "{} blobs came in {} times with {} commits, found in {:.2} s",
        wanted.len(),
        found.len(),
        order.len(),
        start.elapsed().as_secs_f64()
    );
    for one in &found {
        println!(
            "{} {} {}",
            one.commit,
            one.id,
            String::from_utf8_lossy(&one.path)
        );
    }
    Ok(())
}

fn tell(report: &Report) {
    println!(
        "{} visited, {} too large, {} unread",
        report.n_visited,
        report.too_large.len(),
        report.unread.len()
    );
    for unread in report.unread.iter().take(5) {
        println!("{}: {}", unread.id, unread.why);
    }
}
