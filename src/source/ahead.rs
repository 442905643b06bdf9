//! Makes the changes of many commits on more than one thread, and hands them over in their order. Each thread has the
//! repository open for itself and makes every so manyth part of the commits.

use std::sync::mpsc::{SyncSender, sync_channel};

use anyhow::{Context as _, Result};
use git2::Oid;

use super::Change;
use super::commit::{Commits, Trees};
use super::repo::GitRepo;

/// Commits that one thread makes before the next one's are wanted. Trees of neighbours have much in common, which a thread
/// that begins elsewhere has to read anew.
const PART: usize = 512;

/// Files, names and texts that are handed over at once.
const ENOUGH: usize = 1 << 10;

/// So many times may a thread do so before somebody takes it.
const WAITING: usize = 2;

/// So few commits are made where they are wanted.
const FEW: usize = 2 * PART;

/// Bytes of packs that stay in memory meanwhile: two threads read them at different places.
const RESIDENT: usize = 24 << 20;

/// What a commit adds.
pub(super) struct Made {
    pub(super) id: Oid,
    pub(super) change: Change,
    /// The trees that were read for it.
    pub(super) read: Vec<Oid>,
}

/// Makes the changes of commits, whose trees may be known, on so many threads, and hands each over in order.
pub(super) fn each(
    repo: &GitRepo,
    order: &[Oid],
    trees: &Trees,
    threads: usize,
    take: &mut dyn FnMut(Made) -> Result<()>,
) -> Result<()> {
    if threads < 2 || order.len() < FEW {
        let mut commits = Commits::told(repo, trees);
        for id in order {
            take(make(&mut commits, *id)?)?;
        }
        return Ok(());
    }
    let keep = |bytes| repo.packs().into_iter().for_each(|packs| packs.keep(bytes));
    keep(RESIDENT);
    let made = std::thread::scope(|scope| {
        let mut receivers = Vec::with_capacity(threads);
        for nth in 0..threads {
            let (sender, receiver) = sync_channel(WAITING);
            let open = repo.again();
            scope.spawn(move || {
                let parts = order.chunks(PART).skip(nth).step_by(threads);
                if let Err(error) = open().and_then(|repo| work(&repo, parts, trees, &sender)) {
                    // Whoever wanted it may have gone.
                    drop(sender.send(Err(error)));
                }
            });
            receivers.push(receiver);
        }
        for (nth, part) in order.chunks(PART).enumerate() {
            let receiver = receivers.get(nth % threads).context("there is no thread")?;
            let mut left = part.len();
            while left > 0 {
                let batch: Vec<Made> = receiver.recv().context("a thread has ended early")??;
                left = left.saturating_sub(batch.len());
                batch.into_iter().try_for_each(&mut *take)?;
            }
        }
        Ok(())
    });
    keep(0);
    made
}

fn make(commits: &mut Commits<'_>, id: Oid) -> Result<Made> {
    let (change, read) = commits.change(id)?;
    Ok(Made { id, change, read })
}

/// What one thread does, as long as somebody takes it.
fn work<'o>(
    repo: &GitRepo,
    parts: impl Iterator<Item = &'o [Oid]>,
    trees: &Trees,
    sender: &SyncSender<Result<Vec<Made>>>,
) -> Result<()> {
    let mut commits = Commits::told(repo, trees);
    for part in parts {
        let mut batch = Vec::new();
        let mut n = 0;
        for (nth, id) in part.iter().enumerate() {
            let made = make(&mut commits, *id)?;
            let change = &made.change;
            n += change.files.len() + change.names.len() + change.removed.len();
            n += change.texts.len() + made.read.len();
            batch.push(made);
            if n < ENOUGH && nth + 1 < part.len() {
                continue;
            }
            n = 0;
            if sender.send(Ok(std::mem::take(&mut batch))).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use anyhow::bail;
    use git2::{ObjectType, Odb, Oid};

    use super::*;
    use crate::host::GitEnv;
    use crate::source::repo::Place;

    const N: usize = 2 * FEW + PART / 2;

    /// Commits in a row, each with two files that are new or changed, and the tree of the one in the middle.
    fn history(odb: &Odb<'_>) -> (Vec<Oid>, Oid) {
        let blob = Oid::from_bytes(&[7; 20]).unwrap();
        let (mut commits, mut trees) = (Vec::new(), Vec::new());
        for n in 0..N {
            let entry = |name: String, id: Oid| {
                [b"100644 ", name.as_bytes(), b"\0", id.as_bytes()].concat()
            };
            let changed = Oid::hash_object(ObjectType::Blob, &n.to_be_bytes()).unwrap();
            let raw = [entry(format!("a{n:05}"), blob), entry("b".into(), changed)].concat();
            let tree = odb.write(ObjectType::Tree, &raw).unwrap();
            let parent = commits.last().map(|id| format!("parent {id}\n"));
            let text = format!(
                "tree {tree}\n{}author a <a> {n} +0000\ncommitter a <a> {n} +0000\n\n{n}\n",
                parent.unwrap_or_default()
            );
            commits.push(odb.write(ObjectType::Commit, text.as_bytes()).unwrap());
            trees.push(tree);
        }
        (commits, trees[N / 2])
    }

    fn told(repo: &GitRepo, order: &[Oid], threads: usize) -> (Vec<String>, Option<String>) {
        let mut told = Vec::new();
        let made = each(repo, order, &Trees::default(), threads, &mut |made| {
            told.push(format!("{} {:?} {:?}", made.id, made.change, made.read));
            Ok(())
        });
        (told, made.err().map(|error| format!("{error:#}")))
    }

    #[test]
    fn threads_change_neither_order_nor_changes_nor_errors() {
        let dir = tempfile::tempdir().unwrap();
        let made = git2::Repository::init_bare(dir.path()).unwrap();
        let (order, middle) = history(&made.odb().unwrap());
        let repo = GitRepo::open(Place::At(dir.path()), &GitEnv::default()).unwrap();
        let (one, error) = told(&repo, &order, 1);
        assert_eq!((one.len(), error), (N, None));
        for threads in 2..4 {
            assert_eq!(told(&repo, &order, threads), (one.clone(), None));
        }

        // The thread that makes changes ends when nobody takes them any more.
        let mut left = PART + 1;
        let stopped = each(&repo, &order, &Trees::default(), 2, &mut |_| {
            left -= 1;
            if left == 0 { bail!("enough") } else { Ok(()) }
        });
        assert_eq!(stopped.unwrap_err().to_string(), "enough");

        let hex = middle.to_string();
        let (front, back) = hex.split_at(2);
        std::fs::remove_file(dir.path().join("objects").join(front).join(back)).unwrap();
        let repo = GitRepo::open(Place::At(dir.path()), &GitEnv::default()).unwrap();
        let (_, error) = told(&repo, &order, 1);
        let error = error.unwrap();
        assert!(error.contains("is missing"), "{error}");
        assert_eq!(told(&repo, &order, 2).1, Some(error));
    }
}
