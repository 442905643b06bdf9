//! Credential and key files whose name, place or first bytes are the mark: what stands in a `.pgpass` is a password, with
//! no keyword beside it. One lookup of the name and one of the first bytes decide; nearly every file ends there.

mod binary;
mod daemon;
mod developer;
mod login;
mod program;
mod server;
mod single;
mod table;
mod text;
mod value;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use single::BY_NAME;

use crate::finding::{Confidence, Evidence};

/// A value that a file's name or first bytes announce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyfileMatch {
    pub value: Range<usize>,
    /// Id of a rule in `rules.toml`.
    pub rule: &'static str,
    pub confidence: Confidence,
    pub evidence: Vec<Evidence>,
}

/// Findings that the file's name or first bytes announce. `path` is `/`-separated and may be empty.
pub fn scan(path: &[u8], bytes: &[u8], out: &mut Vec<KeyfileMatch>) {
    if bytes.is_empty() {
        return;
    }
    binary::scan(path, bytes, out);
    table::files(path, |file| {
        let mut sink = Sink {
            bytes,
            rule: file.rule,
            words: file.words,
            out,
        };
        (file.read)(bytes, &mut sink);
    });
}

/// Reads one kind of file and hands its secrets to the sink.
type Read = fn(&[u8], &mut Sink<'_>);

/// Values among which one is looked for that was told already.
const LAST: usize = 64;

/// Values that are told of one file: so many are there only to exhaust.
pub const MOST: usize = 1 << 16;

/// Where the readers put values; judges each.
struct Sink<'s> {
    bytes: &'s [u8],
    rule: &'static str,
    words: &'static str,
    out: &'s mut Vec<KeyfileMatch>,
}

impl Sink<'_> {
    /// A password as people choose them: templates are left out, placeholders are of low confidence.
    fn password(&mut self, value: Range<usize>) {
        let text = self.bytes.get(value.clone()).unwrap_or_default();
        if let Some(confidence) = value::judge(text) {
            self.push(value, confidence);
        }
    }

    /// A value whose form leaves no doubt.
    fn sure(&mut self, value: Range<usize>) {
        self.push(value, Confidence::High);
    }

    /// A value that its place and its form prove together.
    fn proved(&mut self, value: Range<usize>) {
        self.push(value, Confidence::Certain);
    }

    /// A value that opens little by itself.
    fn doubtful(&mut self, value: Range<usize>) {
        self.push(value, Confidence::Low);
    }

    fn push(&mut self, value: Range<usize>, confidence: Confidence) {
        // A place that was told long before is told twice, and merged later: a file may be all values.
        let mut last = self.out.iter().rev().take(LAST);
        if self.out.len() >= MOST || last.any(|found| found.value == value) {
            return;
        }
        self.out.push(KeyfileMatch {
            value,
            rule: self.rule,
            confidence,
            evidence: vec![Evidence::new(self.words)],
        });
    }
}
