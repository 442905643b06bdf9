//! Archives and compressed files as new content, recognised by their bytes, never by a name.
//!
//! Opening is streaming and bounded by a [`Budget`]; a met limit or a broken archive is a [`Found::Gap`], and what was
//! read until then is yielded first. Nesting is the caller's: it hands a member's bytes to [`open`] again.

use std::borrow::Cow;
use std::cell::Cell;
use std::time::Instant;

use crate::finding::{GapReason, Step};

mod ar;
mod bundle;
mod closed;
mod mail;
mod pdf;
mod stream;
mod tar;
mod uu;
mod zip;

/// What opening may cost. All counts are for one content with everything nested in it, the ratio for one archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all members together.
    pub bytes: u64,
    /// Bytes of one member.
    pub member: u64,
    pub members: u32,
    /// Unpacked bytes for each packed one…
    pub ratio: u64,
    /// …beyond this many.
    pub ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            member: 64 << 20,
            members: 10_000,
            ratio: 200,
            ratio_from: 1 << 20,
        }
    }
}

/// What is left of the [`Limits`]. Shared by all levels of nesting, so members can be opened while their archive is.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    bytes: Cell<u64>,
    members: Cell<u32>,
    deadline: Option<Instant>,
}

impl Budget {
    #[must_use]
    pub fn new(limits: Limits, deadline: Option<Instant>) -> Self {
        Self {
            limits,
            bytes: Cell::new(limits.bytes),
            members: Cell::new(limits.members),
            deadline,
        }
    }

    /// Pays for decoded text, which nests like archives do and counts with them.
    pub fn charge(&self, bytes: usize) -> Result<(), GapReason> {
        let left = self.bytes.get().checked_sub(bytes as u64);
        let left = left.ok_or(GapReason::Limit("size of decoded texts"))?;
        self.bytes.set(left);
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(GapReason::Time),
            Some(_) | None => Ok(()),
        }
    }

    fn count_member(&self) -> Result<(), GapReason> {
        match self.members.get().checked_sub(1) {
            Some(left) => {
                self.members.set(left);
                Ok(())
            }
            None => Err(GapReason::Limit("number of archive members")),
        }
    }
}

/// What comes out of an archive.
#[derive(Debug)]
pub enum Found<'a> {
    /// `step` is the member's name, escaped, or the kind of compression where there is no name.
    Content { step: Step, bytes: &'a [u8] },
    /// A member, or with an empty name the archive itself, that could not be read, wholly or from some point on.
    Gap { name: Box<str>, why: GapReason },
}

/// Where an opener puts what it finds.
type Sink<'s> = dyn FnMut(Found<'_>) + 's;

/// One kind of archive.
struct Format {
    name: &'static str,
    is: fn(&[u8]) -> bool,
    open: fn(&[u8], &Budget, &mut Sink<'_>),
}

/// Every format; the first that recognises the content opens it.
static FORMATS: &[Format] = &[
    zip::FORMAT,
    stream::GZIP,
    stream::ZSTD,
    stream::XZ,
    stream::BZIP2,
    stream::ZLIB,
    pdf::FORMAT,
    bundle::FORMAT,
    ar::FORMAT,
    tar::FORMAT,
    mail::FORMAT,
    uu::FORMAT,
    closed::FORMAT,
];

fn recognise(bytes: &[u8]) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.is)(bytes))
}

/// The name of the archive format of `bytes`, for content that is nested too deeply to be opened.
#[must_use]
pub fn format(bytes: &[u8]) -> Option<&'static str> {
    recognise(bytes).map(|format| format.name)
}

/// Yields the members of an archive in order; `false` if `bytes` are none. The bytes themselves remain to be scanned.
pub fn open(bytes: &[u8], budget: &Budget, sink: &mut dyn FnMut(Found<'_>)) -> bool {
    let format = recognise(bytes);
    if let Some(format) = format {
        (format.open)(bytes, budget, sink);
    }
    format.is_some()
}

/// How much may still come out of one archive.
struct Allowance<'b> {
    budget: &'b Budget,
    left: u64,
}

impl<'b> Allowance<'b> {
    /// For an archive of `packed` bytes.
    fn new(budget: &'b Budget, packed: usize) -> Self {
        let Limits {
            ratio, ratio_from, ..
        } = budget.limits;
        Self {
            budget,
            left: (packed as u64).saturating_mul(ratio).max(ratio_from),
        }
    }

    /// Asks for `count` more bytes of a member that has `size`.
    fn take(&mut self, count: usize, size: usize) -> Result<(), GapReason> {
        let Budget {
            limits,
            bytes,
            members: _,
            deadline,
        } = self.budget;
        let count = count as u64;
        if size as u64 + count > limits.member {
            return Err(GapReason::Limit("size of one archive member"));
        }
        let Some(left) = self.left.checked_sub(count) else {
            return Err(GapReason::Limit("compression ratio"));
        };
        let Some(total) = bytes.get().checked_sub(count) else {
            return Err(GapReason::Limit("size of unpacked archives"));
        };
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(GapReason::Time);
        }
        self.left = left;
        bytes.set(total);
        Ok(())
    }
}

/// A member's name made safe to show: no control characters, not endless.
fn clean_name(name: &[u8]) -> Box<str> {
    const MAX: usize = 300;
    let text = String::from_utf8_lossy(name);
    let is_plain = text.chars().all(|c| !is_hidden(c)) && text.len() <= MAX;
    let clean: Cow<'_, str> = if is_plain {
        text
    } else {
        let mut escaped = String::new();
        for char in text.chars() {
            if escaped.len() > MAX {
                escaped.push('\u{2026}');
                break;
            }
            if is_hidden(char) {
                escaped.extend(char.escape_default());
            } else {
                escaped.push(char);
            }
        }
        escaped.into()
    };
    clean.into()
}

/// Control characters, and those that reorder or hide text on a terminal.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn corrupt(words: &str) -> GapReason {
    GapReason::Corrupt(words.to_owned())
}

#[cfg(test)]
mod tests;
