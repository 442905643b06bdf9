//! Files on disk, directories and standard input. Everything is scanned, hidden and ignored files too; `.git` directories
//! are not, as git's own sources read them, and symbolic links inside a directory are not followed.

use std::fs;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use ignore::WalkBuilder;

use crate::attribute::{Gatherer, Reviewed, Tools, in_names};
use crate::finding::{Gap, GapReason, Scanned};
use crate::outcome::Origin;

/// Scans files and directories, in order of their names, on all cores.
pub fn review(paths: &[PathBuf], tools: Tools<'_>) -> Result<Reviewed> {
    let mut gatherer = Gatherer::new(tools);
    let mut files = Vec::new();
    for path in paths {
        let found = fs::metadata(path).with_context(|| {
            format!(
                "cannot read `{}`; name files or folders that are there, `-` for standard input",
                path.display()
            )
        })?;
        if found.is_dir() {
            list(path, &mut files, &mut gatherer);
        } else {
            files.push(path.clone());
        }
    }
    (tools.expect)(files.len());
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Done)>> = Mutex::new(Vec::new());
    let work = || {
        let mut own = Vec::new();
        let mut room = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(i) else { break };
            let result = one(file, &tools, &mut room);
            // Most files hold nothing; only their size is kept.
            own.push((i, result));
        }
        match done.lock() {
            Ok(mut done) => done.append(&mut own),
            Err(poisoned) => poisoned.into_inner().append(&mut own),
        }
    };
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    if n_threads == 1 || files.len() < 2 {
        work();
    } else {
        std::thread::scope(|scope| {
            for _ in 0..n_threads.min(files.len()) {
                scope.spawn(work);
            }
        });
    }
    let mut done = match done.into_inner() {
        Ok(done) => done,
        Err(poisoned) => poisoned.into_inner(),
    };
    done.sort_by_key(|(i, _)| *i);
    for (i, result) in done {
        if let Some(file) = files.get(i) {
            gatherer.count(result.contents, result.bytes);
            if let Some(scanned) = result.scanned {
                gatherer.add(&Origin::File, &shown(file), scanned);
            }
        }
    }
    let names: Vec<Vec<u8>> = files.iter().map(|file| shown(file)).collect();
    if !names.is_empty() {
        let (gaps, found) = in_names(tools, &names);
        gatherer.gaps(gaps);
        for (name, found) in found {
            gatherer.add_match(Origin::Name, name, found);
        }
    }
    Ok(gatherer.finish())
}

/// Scans one content that came by standard input.
#[must_use]
pub fn review_bytes(origin: &Origin, path: &[u8], bytes: &[u8], tools: Tools<'_>) -> Reviewed {
    let mut gatherer = Gatherer::new(tools);
    gatherer.count(1, bytes.len() as u64);
    let scanned = (tools.scan)(path, bytes);
    gatherer.add(origin, path, scanned);
    gatherer.finish()
}

struct Done {
    contents: u64,
    bytes: u64,
    scanned: Option<Scanned>,
}

fn one(file: &Path, tools: &Tools<'_>, room: &mut Vec<u8>) -> Done {
    let path = shown(file);
    let gap = |why| Done {
        contents: 0,
        bytes: 0,
        scanned: Some(Scanned {
            matches: Vec::new(),
            gaps: vec![Gap {
                path: path.clone(),
                why,
            }],
        }),
    };
    if (tools.expired)() {
        return gap(GapReason::Time);
    }
    let bytes = match read(file, tools.max_blob, room) {
        Ok(bytes) => bytes,
        Err(why) => return gap(why),
    };
    let scanned = (tools.scan)(&path, bytes);
    let done = Done {
        contents: 1,
        bytes: bytes.len() as u64,
        scanned: (!scanned.matches.is_empty() || !scanned.gaps.is_empty()).then_some(scanned),
    };
    if room.len() > ROOM {
        *room = Vec::new();
    }
    done
}

/// Bytes that tell whether a file is text.
const HEAD: usize = 8_000;
/// A buffer of at most so many bytes is kept for the next file.
const ROOM: usize = 1 << 20;

/// Reads a file into `room`, with as few calls of the system as that takes: most files are small.
fn read<'r>(file: &Path, limit: u64, room: &'r mut Vec<u8>) -> Result<&'r [u8], GapReason> {
    let unreadable = |error: std::io::Error| GapReason::Unreadable(error.kind().to_string());
    let irregular = || GapReason::Unreadable("not a regular file".into());
    let mut options = fs::File::options();
    // Nobody may write to a pipe, or ever will.
    let opened = options.read(true).custom_flags(libc::O_NONBLOCK).open(file);
    let mut opened = opened.map_err(|error| match fs::metadata(file) {
        Ok(found) if !found.is_file() => irregular(),
        Ok(_) | Err(_) => unreadable(error),
    })?;
    let found = opened.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err(irregular());
    }
    let too_large = |size, head: &[u8]| GapReason::TooLarge {
        size,
        limit,
        text: crate::attribute::looks_like_text(head.get(..HEAD).unwrap_or(head)),
    };
    if found.len() > limit {
        let mut head = Vec::new();
        opened
            .take(HEAD as u64)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        return Err(too_large(found.len(), &head));
    }
    let size = usize::try_from(found.len()).unwrap_or(usize::MAX);
    let mut len = 0;
    // More than there should be: where some of it stays empty, this is the end.
    let mut wanted = size.saturating_add(64);
    loop {
        if room.len() < wanted {
            room.resize(wanted, 0);
        }
        match opened.read(room.get_mut(len..wanted).unwrap_or_default()) {
            Ok(0) => break,
            Ok(n) => {
                len += n;
                if len == size {
                    break;
                }
                // It grew, or is one that has no size of its own.
                if len as u64 > limit {
                    return Err(too_large(len as u64, room));
                }
                if len == wanted {
                    wanted = wanted.saturating_mul(2);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(room.get(..len).unwrap_or_default())
}

/// The files of a directory.
fn list(dir: &Path, files: &mut Vec<PathBuf>, gatherer: &mut Gatherer<'_>) {
    let walk = WalkBuilder::new(dir)
        .standard_filters(false)
        .hidden(false)
        .follow_links(false)
        // All are of one folder: the paths as bytes are in the order of the names, and not taken apart for that.
        .sort_by_file_path(|a, b| a.as_os_str().cmp(b.as_os_str()))
        .filter_entry(|entry| {
            entry.depth() == 0
                || !entry.file_type().is_some_and(|kind| kind.is_dir())
                || entry.file_name() != ".git"
        })
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let kind = entry.file_type();
                if kind.is_some_and(|kind| !kind.is_dir() && !kind.is_symlink()) {
                    files.push(entry.into_path());
                }
            }
            Err(error) => gatherer.gaps([Gap {
                path: shown(dir),
                why: GapReason::Unreadable(error.to_string()),
            }]),
        }
    }
}

/// A path as a report names it.
fn shown(path: &Path) -> Vec<u8> {
    let bytes = path.as_os_str().as_bytes();
    bytes.strip_prefix(b"./").unwrap_or(bytes).to_vec()
}
