//! The scan of one content through all layers: prefilter, match, judge, decode. Bytes and a path in, matches and gaps
//! out; knows no git, no files and no policy.

mod beside;
mod builder;
mod detect;
mod inline;
mod merge;
mod place;
mod quiet;
#[cfg(test)]
mod tests;
mod user;

use std::cell::Cell;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

pub use builder::ScannerBuilder;
#[doc(hidden)]
pub use detect::confirm_at;
pub(crate) use place::is_invisible;
pub use quiet::{Copied, Over, Quiet, Seen};

use crate::archive::{self, Budget};
use crate::finding::{
    Around, EXCERPTS, Excerpt, Gap, GapReason, Match, Scanned, Secret, Step, mask,
};
use crate::rule::Rule;
use crate::{decode, keyfile};
use detect::Raw;
use user::UserRules;

/// Dots that stand for hidden characters in an excerpt.
const DOT: char = '•';

/// What the scan of one content may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Decoders and archives within each other.
    pub max_depth: usize,
    pub archives: archive::Limits,
    /// What rules find in one content with everything nested in it, before what overlaps is merged.
    pub matches: usize,
    /// When the whole run must be over.
    pub deadline: Option<Instant>,
    /// Whether matches keep the text around them, for allow entries that look at it.
    pub around: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: decode::MAX_DEPTH,
            archives: archive::Limits::default(),
            matches: 1 << 16,
            deadline: None,
            around: false,
        }
    }
}

/// Rules and limits made ready; cheap to share between threads.
#[derive(Debug, Default)]
pub struct Scanner {
    user: Option<UserRules>,
    /// Built-in rules that do not report.
    disabled: Vec<String>,
    limits: Limits,
}

impl Scanner {
    /// Begins a scanner with all built-in rules.
    ///
    /// ```
    /// // A private key, in two parts so that this page holds none.
    /// let text = format!("-----BEGIN {}-----\n{}", "PRIVATE KEY", "MIIB".repeat(40));
    /// let scanner = keysieve::Scanner::builder().disable("jwt").max_depth(2).build();
    /// for found in scanner.scan(b"key.pem", text.as_bytes()).matches {
    ///     println!(
    ///         "{}:{} {} ({})",
    ///         found.rule.id,
    ///         found.position.line,
    ///         found.secret.masked(&found.rule, '*'),
    ///         found.confidence.as_str(),
    ///     );
    /// }
    /// ```
    #[must_use]
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder::default()
    }

    /// A scanner with the built-in rules, some of them switched off, and a user's own.
    #[must_use]
    pub fn new(user: Vec<Arc<Rule>>, disabled: Vec<String>, limits: Limits) -> Self {
        let user = (!user.is_empty()).then(|| UserRules::new(user));
        Self {
            user,
            disabled,
            limits,
        }
    }

    /// Everything found in `bytes`, which stand at `path` (bytes, `/`-separated, may be empty), and what was not looked at. Needs
    /// no repository, reads no file.
    ///
    /// ```
    /// let scanned = keysieve::Scanner::default().scan(b"a.txt", b"nothing to see");
    /// assert!(scanned.matches.is_empty() && scanned.gaps.is_empty());
    /// ```
    #[must_use]
    pub fn scan(&self, path: &[u8], bytes: &[u8]) -> Scanned {
        let mut scanned = Scanned::default();
        let run = Run {
            scanner: self,
            budget: Budget::new(self.limits.archives, self.limits.deadline),
            whole: bytes.len(),
            room: Cell::new(self.limits.matches),
        };
        run.container(path, bytes, &[], &mut scanned);
        scanned
    }
}

/// One scan under way.
struct Run<'s> {
    scanner: &'s Scanner,
    budget: Budget,
    /// Length of the content that everything is nested in.
    whole: usize,
    /// Matches that are still taken in.
    room: Cell<usize>,
}

impl Run<'_> {
    /// Scans a file or an archive's member, whose lines are places of their own, and what is packed in it.
    fn container(&self, path: &[u8], bytes: &[u8], route: &[Step], out: &mut Scanned) {
        let mut found = Vec::new();
        let mut gaps = Vec::new();
        self.layer(path, bytes, route.len(), &mut found, &mut gaps);
        out.gaps.extend(gaps.into_iter().map(|why| Gap {
            path: path.to_vec(),
            why,
        }));
        if let Some(user) = &self.scanner.user {
            user.named(path, bytes, route, &mut out.matches);
        }
        let own = out.matches.len();
        if !found.is_empty() {
            self.place(bytes, route, found, out);
        }
        let members = out.matches.len();
        if route.len() >= self.scanner.limits.max_depth {
            if archive::format(bytes).is_some() {
                out.gaps.push(Gap {
                    path: path.to_vec(),
                    why: GapReason::TooDeep,
                });
            }
            return;
        }
        archive::open(bytes, &self.budget, &mut |found| match found {
            archive::Found::Content { step, bytes } => {
                let mut route = route.to_vec();
                let path = member_path(path, &step);
                route.push(step);
                self.container(&path, bytes, &route, out);
            }
            archive::Found::Gap { name, why } => {
                let path = if name.is_empty() {
                    path.to_vec()
                } else {
                    member_path(path, &Step::Member(name))
                };
                out.gaps.push(Gap { path, why });
            }
        });
        if own < members && members < out.matches.len() {
            drop_repeated(&mut out.matches, own, members);
        }
    }

    /// Turns a container's matches into places.
    fn place(&self, bytes: &[u8], route: &[Step], found: Vec<Located>, out: &mut Scanned) {
        let masks = masks(&found);
        let mut lines = place::Lines::new(bytes);
        let mut allows = inline::Allows::default();
        let mut last: Option<Range<usize>> = None;
        let mut room = EXCERPTS;
        for Located {
            raw,
            span,
            secret,
            steps,
            around,
        } in merge::merge(found)
        {
            // Everything in an encoded archive stands where that does.
            let same = out.matches.last().filter(|_| last.as_ref() == Some(&span));
            let (position, excerpt) = match same {
                Some(found) => (found.position, found.excerpt.clone()),
                None => {
                    let position = lines.position(&span);
                    let excerpt = if room > 0 {
                        place::excerpt(bytes, &span, &position, &masks)
                    } else {
                        Excerpt::default()
                    };
                    (position, excerpt)
                }
            };
            last = Some(span.clone());
            room = room.saturating_sub(excerpt.len());
            out.matches.push(Match {
                rule: raw.rule,
                secret,
                span: if route.is_empty() {
                    span.clone()
                } else {
                    0..self.whole
                },
                position,
                route: route.iter().cloned().chain(steps).collect(),
                severity: raw.severity,
                confidence: raw.confidence,
                evidence: raw.evidence,
                inline_allow: allows.at(bytes, span.start),
                around,
                excerpt,
            });
        }
    }

    /// Matches in one layer of text and in what its decoders yield, all placed in this layer's bytes.
    fn layer(
        &self,
        path: &[u8],
        bytes: &[u8],
        depth: usize,
        found: &mut Vec<Located>,
        gaps: &mut Vec<GapReason>,
    ) {
        let deadline = self.scanner.limits.deadline;
        let user = self.scanner.user.as_ref();
        let room = self.room.get();
        let (raws, more) = detect::detect(user, path, bytes, deadline, room);
        self.room.set(room - raws.len());
        for raw in raws {
            if self.scanner.disabled.iter().any(|id| *id == raw.rule.id) {
                continue;
            }
            let secret = Secret::new(bytes.get(raw.value.clone()).unwrap_or_default());
            found.push(Located {
                span: raw.value.clone(),
                around: self
                    .scanner
                    .limits
                    .around
                    .then(|| Box::new(place::around(bytes, &raw.value, &raw.whole))),
                raw,
                secret,
                steps: Vec::new(),
            });
        }
        match more {
            None => self.decoded(path, bytes, depth, found, gaps),
            Some(why) if gaps.last() != Some(&why) => gaps.push(why),
            Some(_) => {}
        }
    }

    /// Matches in what a layer's decoders yield.
    fn decoded(
        &self,
        path: &[u8],
        bytes: &[u8],
        depth: usize,
        found: &mut Vec<Located>,
        gaps: &mut Vec<GapReason>,
    ) {
        let mut too_deep = false;
        let mut unpaid = None;
        decode::find_all(bytes, &mut |decoded| {
            if let Err(why) = self.budget.charge(decoded.bytes.len()) {
                unpaid = Some(why);
                return;
            }
            if depth >= self.scanner.limits.max_depth {
                // Escaped text at the limit was scanned, only not in its other spelling.
                too_deep |= decoded.is_hidden();
                return;
            }
            let mut inner = Vec::new();
            self.layer(path, &decoded.bytes, depth + 1, &mut inner, gaps);
            self.unpack(path, &decoded.bytes, depth + 1, &mut inner, gaps);
            // A file's name says nothing of a part of it.
            inner.retain(|located| located.raw.rule.id != keyfile::BY_NAME);
            found.extend(inner.into_iter().map(|mut located| {
                located.span = decoded.map.parent(&located.span);
                located.steps.insert(0, decoded.step.clone());
                located
            }));
        });
        if too_deep {
            gaps.push(GapReason::TooDeep);
        }
        gaps.extend(unpaid);
    }

    /// Archives within decoded text (base64 of gzip): their matches stand where the encoded text does.
    fn unpack(
        &self,
        path: &[u8],
        bytes: &[u8],
        depth: usize,
        found: &mut Vec<Located>,
        gaps: &mut Vec<GapReason>,
    ) {
        if depth >= self.scanner.limits.max_depth {
            return;
        }
        archive::open(bytes, &self.budget, &mut |item| match item {
            archive::Found::Content {
                step,
                bytes: member,
            } => {
                let mut inner = Vec::new();
                self.layer(path, member, depth + 1, &mut inner, gaps);
                self.unpack(path, member, depth + 1, &mut inner, gaps);
                found.extend(inner.into_iter().map(|mut located| {
                    located.span = 0..bytes.len();
                    located.steps.insert(0, step.clone());
                    located
                }));
            }
            archive::Found::Gap { name: _, why } => gaps.push(why),
        });
    }
}

/// A member that an archive stores as it is was found in the archive's own bytes as well: of the matches from `own` on,
/// those before `members` go where one after it has the same value.
fn drop_repeated(matches: &mut Vec<Match>, own: usize, members: usize) {
    let inner: HashSet<Vec<u8>> = matches
        .iter()
        .skip(members)
        .map(|m| m.secret.expose().to_vec())
        .collect();
    let mut at = 0;
    matches.retain(|m| {
        at += 1;
        at <= own || at > members || !inner.contains(m.secret.expose())
    });
}

/// `archive!/member`; a compression without a name keeps the path.
fn member_path(path: &[u8], step: &Step) -> Vec<u8> {
    match step {
        Step::Member(name) => [path, b"!/", name.as_bytes()].concat(),
        Step::Decoded(_) => path.to_vec(),
    }
}

/// A raw match with its place in the container.
#[derive(Debug)]
struct Located {
    raw: Raw,
    /// In the container's bytes: the value, or its outermost encoding.
    span: Range<usize>,
    secret: Secret,
    steps: Vec<Step>,
    around: Option<Box<Around>>,
}

/// What hides each match in an excerpt.
fn masks(found: &[Located]) -> place::Masks {
    let masks = found.iter().map(|f| {
        let prefix = if f.steps.is_empty() {
            f.raw.rule.prefix()
        } else {
            ""
        };
        let shown: &[u8] = if f.steps.is_empty() {
            f.secret.expose()
        } else {
            &[]
        };
        (f.span.clone(), mask(shown, prefix, DOT))
    });
    place::Masks::new(masks.collect())
}
