//! How far a long scan is: a bar on a terminal from the first second on, gone at the end. Hooks never show it.
//!
//! Who scans only adds to counters; a thread of its own draws them.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::report::width;
use crate::finding::Match;

/// What is shorter needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(200);

/// Columns of the words beside the bar; what is wider than the terminal is cut.
const WORDS: usize = 56;

/// What was looked at until now.
#[derive(Debug, Default)]
pub(super) struct Counts {
    contents: AtomicU64,
    bytes: AtomicU64,
    expected: Mutex<Option<Expected>>,
    found: Mutex<Found>,
    over: Mutex<bool>,
    wake: Condvar,
}

/// How much there is to be.
#[derive(Debug, Clone, Copy)]
struct Expected {
    contents: u64,
    /// What was looked at before this was known, and when it was.
    before: u64,
    since: Instant,
}

/// Values that were found, each once, as numbers that mean nothing to another run.
#[derive(Debug, Default)]
struct Found {
    hasher: RandomState,
    values: HashSet<u64>,
}

impl Counts {
    /// Counts one content.
    pub(super) fn add(&self, bytes: u64, found: &[Match]) {
        self.contents.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if !found.is_empty() {
            let mut known = locked(&self.found);
            for one in found {
                let value = known.hasher.hash_one((one.rule.id.as_ref(), &one.secret));
                known.values.insert(value);
            }
        }
    }

    /// So many contents are to come.
    pub(super) fn expect(&self, contents: u64) {
        let expected = Expected {
            contents,
            before: self.contents.load(Ordering::Relaxed),
            since: Instant::now(),
        };
        *locked(&self.expected) = (contents > 0).then_some(expected);
    }

    /// Waits; whether all is over.
    fn wait(&self, time: Duration) -> bool {
        let over = locked(&self.over);
        let waited = self.wake.wait_timeout_while(over, time, |over| !*over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// How far it is after so much time.
    fn state(&self, elapsed: Duration) -> State {
        let contents = self.contents.load(Ordering::Relaxed);
        let megabytes = self.bytes.load(Ordering::Relaxed) as f64 / 1e6;
        let n_found = locked(&self.found).values.len();
        let found = format!("{megabytes:.1} MB, {n_found} found");
        let Some(expected) = *locked(&self.expected) else {
            return State {
                done: None,
                words: format!("{contents} objects, {found}, {} s", elapsed.as_secs()),
            };
        };
        let all = expected.contents;
        let done = contents.saturating_sub(expected.before).min(all);
        let left = match done {
            0 => String::new(),
            done => {
                let so_far = expected.since.elapsed().as_secs_f64();
                format!(", {:.0} s left", so_far * (all - done) as f64 / done as f64)
            }
        };
        State {
            done: Some((done, all)),
            words: format!("{done}/{all} objects, {found}{left}"),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How far it is.
struct State {
    /// Contents, and how many there are to be.
    done: Option<(u64, u64)>,
    words: String,
}

/// The bar, for as long as this lives.
pub(super) struct Progress(Option<(Arc<Counts>, JoinHandle<()>)>);

impl Progress {
    /// Begins to watch where it is shown.
    pub(super) fn start(is_shown: bool) -> Self {
        Self(is_shown.then(|| {
            let counts = Arc::new(Counts::default());
            let seen = Arc::clone(&counts);
            (counts, std::thread::spawn(move || watch(&seen)))
        }))
    }

    pub(super) fn counts(&self) -> Option<Arc<Counts>> {
        self.0.as_ref().map(|(counts, _)| Arc::clone(counts))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((counts, thread)) = self.0.take() {
            *locked(&counts.over) = true;
            counts.wake.notify_all();
            drop(thread.join());
        }
    }
}

fn watch(counts: &Counts) {
    let started = Instant::now();
    if counts.wait(PATIENCE) {
        return;
    }
    // On standard error, and nowhere but on a terminal.
    let bar = ProgressBar::no_length();
    bar.set_style(style("{spinner} {wide_msg}"));
    let columns = width().saturating_sub(WORDS).clamp(6, 40);
    let with_bar = style(&format!("[{{bar:{columns}}}] {{wide_msg}}"));
    loop {
        let state = counts.state(started.elapsed());
        if let Some((done, expected)) = state.done {
            if bar.length().is_none() {
                bar.set_style(with_bar.clone());
            }
            bar.set_length(expected);
            bar.set_position(done);
        } else {
            bar.tick();
        }
        bar.set_message(state.words);
        if counts.wait(STEP) {
            return bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .progress_chars("=> ")
        .tick_chars("|/-\\ ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Seed, expand};

    #[test]
    fn it_counts_until_it_knows_how_much_there_is() {
        let counts = Counts::default();
        counts.add(500_000, &[]);
        let told = |after| counts.state(Duration::from_secs(after)).words;
        assert_eq!(told(2), "1 objects, 0.5 MB, 0 found, 2 s");
        counts.expect(4);
        assert_eq!(told(2), "0/4 objects, 0.5 MB, 0 found");
        for _ in 0..4 {
            counts.add(1_000_000, &[]);
        }
        assert_eq!(told(2), "4/4 objects, 4.5 MB, 0 found, 0 s left");
        // A blob that was looked at once more is no fifth of four.
        counts.add(0, &[]);
        assert_eq!(counts.state(Duration::ZERO).done, Some((4, 4)));
    }

    #[test]
    fn a_value_in_two_contents_is_found_once() {
        let counts = Counts::default();
        let value = expand("t = \"{make:github:ghp_}\"", &mut Seed::of("progress")).unwrap();
        let found = crate::scan::Scanner::default().scan(b"a.py", value.as_bytes());
        assert_eq!(found.matches.len(), 1, "{found:?}");
        counts.add(1, &found.matches);
        counts.add(1, &found.matches);
        assert!(counts.state(Duration::ZERO).words.contains("1 found"));
    }
}
