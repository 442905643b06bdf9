//! The scan of one content through all layers: prefilter, match, judge, decode.

use crate::finding::Scanned;

/// Rules and limits made ready; cheap to share between threads.
#[derive(Debug, Default)]
pub struct Scanner {}

impl Scanner {
    /// Everything found in `bytes`, which stand at `path` (bytes, `/`-separated, may be empty).
    #[must_use]
    pub fn scan(&self, path: &[u8], bytes: &[u8]) -> Scanned {
        let _ = (path, bytes);
        Scanned::default()
    }
}
