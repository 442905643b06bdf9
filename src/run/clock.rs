//! The end of the time that policy allows, whatever the run is doing then. Scanning looks at the time by itself and ends with
//! what it has; this is for what cannot look: one huge object being read, a pattern's long way, standard input that never
//! comes. The verdict is given once, either by the run or by the clock, and the clock's is always a refusal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// How long after the time is up the run may still end by itself: to say what was found until then.
const GRACE: Duration = Duration::from_millis(40);
/// The same as a part of the time, if that is longer.
const GRACE_PART: u32 = 32;

/// A clock that runs until the verdict is there.
pub(super) struct Clock {
    over: Arc<AtomicBool>,
    /// Its end tells the thread to stop waiting.
    _running: Option<Sender<()>>,
}

impl Clock {
    /// Starts a clock, where there is a time to keep. `refuse` says that the time is up; the process then ends with 2.
    pub(super) fn start(
        started: Instant,
        timeout: Option<Duration>,
        refuse: impl FnOnce() + Send + 'static,
    ) -> Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let Some(timeout) = timeout else {
            return Ok(Self {
                over,
                _running: None,
            });
        };
        let (running, stopped) = mpsc::channel::<()>();
        let end = started + timeout + GRACE.max(timeout / GRACE_PART);
        let theirs = Arc::clone(&over);
        thread::Builder::new()
            .name("clock".to_owned())
            .stack_size(256 << 10)
            .spawn(move || {
                let left = end.saturating_duration_since(Instant::now());
                match stopped.recv_timeout(left) {
                    Err(RecvTimeoutError::Timeout) if !theirs.swap(true, Ordering::SeqCst) => {
                        refuse();
                        end_now();
                    }
                    Ok(()) | Err(_) => {}
                }
            })
            .context("the thread that keeps the time cannot be started")?;
        Ok(Self {
            over,
            _running: Some(running),
        })
    }

    /// The run has its verdict and may tell it. Where the clock was first, this never comes back.
    pub(super) fn stop(self) {
        while self.over.swap(true, Ordering::SeqCst) {
            // The process is about to end.
            thread::park();
        }
    }
}

/// Ends the process as undecided, in the middle of whatever it does.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the main thread is somewhere that cannot be left"
)]
fn end_now() {
    std::process::exit(2);
}
