//! How far a long scan is: one line on a terminal from the first second on, gone at the end. Hooks never show it.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What is shorter needs no line.
const PATIENCE: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(200);

/// What was looked at until now.
#[derive(Debug, Default)]
pub(super) struct Counts {
    contents: AtomicU64,
    bytes: AtomicU64,
    over: Mutex<bool>,
    wake: Condvar,
}

impl Counts {
    pub(super) fn add(&self, bytes: u64) {
        self.contents.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Waits; whether all is over.
    fn wait(&self, time: Duration) -> bool {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.wake.wait_timeout_while(over, time, |over| !*over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn line(&self, elapsed: Duration) -> String {
        let bytes = self.bytes.load(Ordering::Relaxed) as f64;
        format!(
            "scanned {} contents, {:.1} MB in {} s",
            self.contents.load(Ordering::Relaxed),
            bytes / 1e6,
            elapsed.as_secs()
        )
    }
}

/// The line, for as long as this lives.
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
            *counts.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
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
    loop {
        show(&counts.line(started.elapsed()));
        if counts.wait(STEP) {
            return show("");
        }
    }
}

/// Puts a text in place of the line; a terminal that has gone away sees nothing.
fn show(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let written = write!(stderr, "\r\x1b[2K{text}").and_then(|()| stderr.flush());
    drop(written);
}
