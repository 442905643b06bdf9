//! Generic secrets: a password, a token, a key, credentials in a URL or a header, told by the name that announces a value
//! and by the value's shape. A keyword that the prefilter found leads to candidates ([`candidate`]); most hits end there,
//! for no literal follows. A linear model ([`model`]) over named features ([`features`]) judges the others.

pub mod candidate;
mod class;
mod context;
pub mod features;
mod file;
mod header;
pub mod model;
mod named;
mod trees;
mod url;
mod value;
mod weights;
mod word_set;
mod words;

use std::ops::Range;

use crate::finding::{Confidence, Evidence};
use candidate::Candidate;
pub use file::File;

/// Bytes on either side of a keyword that can influence the result.
pub const REACH: usize = 768;

/// A value that the generic detector judges to be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenericMatch {
    pub value: Range<usize>,
    /// The name that announces the value.
    pub name: Range<usize>,
    /// Id of a rule in `rules.toml`.
    pub rule: &'static str,
    pub confidence: Confidence,
    pub evidence: Vec<Evidence>,
}

/// Whether everyone can guess the value, or it waits to be replaced: `password`, `admin123`, `your-token`.
#[must_use]
pub fn is_guessed(value: &[u8]) -> bool {
    features::is_guessed(value)
}

/// Judges the candidates that the keyword at `hit` announces. What is found depends on the bytes within [`REACH`] of the
/// hit and on the file's path; a value that is in `out` already is not added again.
pub fn scan_at(bytes: &[u8], hit: Range<usize>, file: &File<'_>, out: &mut Vec<GenericMatch>) {
    candidates_at(bytes, hit, file, &mut |candidate| {
        if out
            .iter()
            .rev()
            .take(8)
            .any(|found| found.value == candidate.value)
        {
            return;
        }
        if let Some((confidence, evidence)) = model::judge(&candidate) {
            out.push(GenericMatch {
                value: candidate.value.clone(),
                name: candidate.name_place(),
                rule: rule_of(&candidate),
                confidence,
                evidence,
            });
        }
    });
}

/// Hands every candidate that the keyword at `hit` announces to `each`; the trainer sees what [`scan_at`] sees.
pub fn candidates_at(
    bytes: &[u8],
    hit: Range<usize>,
    file: &File<'_>,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let from = hit.start.saturating_sub(REACH);
    let to = hit.end.saturating_add(REACH).min(bytes.len());
    let Some(window) = bytes.get(from..to) else {
        return;
    };
    let mut local = hit.start - from..hit.end - from;
    let Some(keyword) = window.get(local.clone()) else {
        return;
    };
    let mut shift = |mut candidate: Candidate<'_>| {
        candidate.value = candidate.value.start + from..candidate.value.end + from;
        each(candidate);
    };
    if keyword == b"://" {
        url::at(window, local, file, &mut shift);
    } else if keyword.first() == Some(&b'-') {
        header::flag(window, local, file, &mut shift);
    } else if keyword.last() == Some(&b' ') {
        header::at(window, local, file, &mut shift);
    } else {
        // The keyword may include the separator: `pw:`.
        if !matches!(keyword.last(), Some(b) if b.is_ascii_alphanumeric()) {
            local.end -= 1;
        }
        named::at(window, local, file, &mut shift);
    }
}

/// The rule under which a candidate is reported: by its syntax, else by its name.
fn rule_of(candidate: &Candidate<'_>) -> &'static str {
    use candidate::{NameClass, Syntax};
    match (candidate.syntax, candidate.class) {
        (Syntax::Url, _) => "generic-credentials-in-url",
        (Syntax::Header, _) => "generic-auth-header",
        (_, NameClass::Password) => "generic-password",
        (_, NameClass::ApiKey | NameClass::Key) => "generic-api-key",
        (_, NameClass::Token | NameClass::Auth) => "generic-token",
        (_, NameClass::Secret | NameClass::Credential | NameClass::Salt | NameClass::Other) => {
            "generic-secret"
        }
    }
}

#[cfg(test)]
mod tests;
