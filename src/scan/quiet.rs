//! Whether a scan finds nothing, told at the price of what is new: of a content that was made of a quiet one, only what the
//! fresh ranges can have changed is looked at. The answer errs to one side: what is not quiet is scanned.
//!
//! Quiet is a content in which no detector accepts anything, wherever it may start, which no decoder takes as a whole, and
//! whose encoded texts hold nothing. What a rule or the generic detector says of a literal depends on the bytes within
//! its reach; what decoders say never crosses a [`cut`]. So nothing can be in the new content that touches no fresh
//! range and was not in the old one; and of what a fresh range touches, a [`chunk`] says nothing if it stood amid the same bytes
//! in any content that was quiet: deltas are often on a base far off, and hold again what other versions had.

mod chunk;
mod cut;
mod reach;
mod seen;

use std::cell::Cell;
use std::ops::Range;

use regex_automata::Anchored;

use super::detect::{self, TRIED_STARTS};
use super::{Run, Scanner};
use crate::archive::{self, Budget};
use crate::decode;
use crate::generic;
use crate::keyfile;
use crate::prefilter::{self, BuiltIn, LONGEST_KEYWORD};
use crate::rule::program::{Machine, Outcome};
use crate::rule::{self, Detect, Matcher, Rule};
use chunk::Chunk;
use reach::reach_of;
pub use seen::Seen;

/// Larger contents are never quiet.
const LARGEST: usize = 4 << 20;

/// What is remembered of a quiet content.
#[derive(Debug)]
pub struct Quiet {
    /// Where literals stand in it over which bytes decide that are far away, in order.
    far: Vec<Hit>,
    /// Rules that would speak if one of their keywords stood anywhere in it.
    waiting: Vec<u16>,
}

/// Where a literal starts, and its number.
type Hit = (u32, u32);

/// How a content was made of a quiet one.
#[derive(Debug, Clone, Copy)]
pub struct Over<'o> {
    pub base: &'o Quiet,
    /// In order; with `fresh` they cover the content.
    pub copies: &'o [Copied],
    /// In order. An empty range is a seam, where what stands on either side stood apart.
    pub fresh: &'o [Range<usize>],
}

/// A run of bytes that the content has of its base.
#[derive(Debug, Clone, Copy)]
pub struct Copied {
    pub from: usize,
    pub to: usize,
    pub len: usize,
}

impl Scanner {
    /// Tells that a scan of `bytes` at `path` finds nothing, as far as that is cheap. With `over`, the content was made of one
    /// that was quiet at the same path. `seen` is what this scanner was told and tells of contents at any path.
    #[must_use]
    pub fn quiet(
        &self,
        path: &[u8],
        bytes: &[u8],
        over: Option<&Over<'_>>,
        seen: &mut Seen,
    ) -> Option<Quiet> {
        if self.user.is_some() || bytes.len() > LARGEST {
            return None;
        }
        if decode::is_whole(bytes) || archive::format(bytes).is_some() {
            return None;
        }
        let mut keyfiles = Vec::new();
        keyfile::scan(path, bytes, &mut keyfiles);
        if !keyfiles.is_empty() {
            return None;
        }
        let all = 0..bytes.len();
        let fresh = over.map_or(std::slice::from_ref(&all), |over| over.fresh);
        let path_hash = seen.hash(path);
        let is_met = seen.visit(path_hash) && chunk::may_be_seen(bytes, fresh);
        let chunks = is_met.then(|| chunk::unseen(path_hash, bytes, fresh, seen));
        let encoded = match &chunks {
            Some(chunks) => joined(chunks.iter().filter(|chunk| chunk.is_fresh)),
            None => cut::parts(bytes, fresh),
        };
        let run = Run {
            scanner: self,
            budget: Budget::new(self.limits.archives, self.limits.deadline),
            whole: bytes.len(),
            room: Cell::new(self.limits.matches),
        };
        let is_decoded_quiet = encoded
            .into_iter()
            .all(|part| run.is_decoded_quiet(path, bytes.get(part).unwrap_or_default()));
        if !is_decoded_quiet {
            return None;
        }
        let mut waiting = over.map_or_else(Vec::new, |over| over.base.waiting.clone());
        if has_come(&waiting, bytes, fresh) {
            return None;
        }
        // What waits ties its chunk wherever it stands there; all else matters where something fresh can decide over it.
        let parts = chunks.as_ref().map(|chunks| joined(chunks.iter()));
        let is_waiting = !waiting.is_empty();
        let near = |before, after| {
            let near = || reach::near(bytes.len(), fresh, before, after);
            match &parts {
                Some(parts) if is_waiting => parts.clone(),
                Some(parts) => reach::both(parts, &near()),
                None => near(),
            }
        };
        let mut far = over.map_or_else(Vec::new, Over::far);
        let hits = hits(bytes, near(reach::REACH, reach::REACH), &mut far);
        // The value of a gated literal lies in one chunk: its window decides.
        let (before, after) = reach::GATED;
        let gated = gated_hits(bytes, near(before, after));
        let mut tied = Tied(
            far.iter()
                .map(|&(hit, _)| hit as usize..hit as usize + 1)
                .collect(),
        );
        for hits in [&hits, &far, &gated] {
            if !self.are_quiet(path, bytes, fresh, hits, &mut waiting, &mut tied) {
                return None;
            }
        }
        for key in tied
            .free(&chunks.unwrap_or_default())
            .filter_map(|chunk| chunk.key)
        {
            seen.add(path_hash, key);
        }
        Some(Quiet { far, waiting })
    }

    /// Whether nothing speaks that a fresh range can have changed.
    fn are_quiet(
        &self,
        path: &[u8],
        bytes: &[u8],
        fresh: &[Range<usize>],
        hits: &[Hit],
        waiting: &mut Vec<u16>,
        tied: &mut Tied,
    ) -> bool {
        let built_in = rule::built_in();
        let mut generics = Vec::new();
        let file = generic::File::new(path);
        let mut machine = Machine::default();
        // The first range that begins after the hit.
        let mut next = 0;
        for &(hit, literal) in hits {
            let hit = hit as usize;
            while fresh.get(next).is_some_and(|range| range.start <= hit) {
                next += 1;
            }
            // How far back the fresh range before the hit ends, and how far ahead the one after it begins.
            let last = next.checked_sub(1).and_then(|last| fresh.get(last));
            let since = last.map(|range| hit.saturating_sub(range.end));
            let until = fresh.get(next).map(|range| range.start - hit);
            let touches = |(before, after): (usize, usize)| {
                since.is_some_and(|since| since <= before)
                    || until.is_some_and(|until| until <= after)
            };
            if waiting.is_empty() && !touches(reach::of_literal(literal)) {
                continue;
            }
            let len = BuiltIn.literal(literal).len();
            for &target in prefilter::targets(literal) {
                let Some(rule) = built_in.get(usize::from(target)) else {
                    continue;
                };
                let reach = reach_of(rule, len);
                // What waits already has no keyword here.
                if waiting.contains(&target) {
                    tied.0.push(hit..hit + reach.1);
                    continue;
                }
                if !touches(reach) {
                    continue;
                }
                match &rule.detect {
                    Detect::Pattern(matcher) | Detect::Named { matcher, .. } => {
                        if self.accepts(&mut machine, path, bytes, rule, matcher, hit) {
                            if detect::has_keyword(rule, bytes) {
                                return false;
                            }
                            waiting.push(target);
                            tied.0.push(hit..hit + reach.1);
                        }
                    }
                    Detect::Path => {}
                    Detect::Code => {
                        generic::scan_at(bytes, hit..hit + len, &file, &mut generics);
                        if !generics.is_empty() {
                            return false;
                        }
                    }
                }
            }
        }
        true
    }

    /// Whether a match of the rule around the literal at `hit` counts, wherever it starts: what was found before it, and so
    /// moves the start, is not asked, nor are keywords.
    fn accepts(
        &self,
        machine: &mut Machine,
        path: &[u8],
        bytes: &[u8],
        rule: &Rule,
        matcher: &Matcher,
        hit: usize,
    ) -> bool {
        let Some(max_len) = matcher.max_len else {
            return true;
        };
        let first = hit.saturating_sub(matcher.before as usize);
        let last = (hit + max_len as usize).min(bytes.len());
        if !matcher.may_match(machine, bytes, first, hit) {
            return false;
        }
        let counts = |value: &Range<usize>, start: usize| {
            detect::judge(path, bytes, rule, value, start).is_some()
                && !self.disabled.iter().any(|id| *id == rule.id)
        };
        if matcher.before <= TRIED_STARTS {
            machine.begin(first);
            for start in first..=hit {
                let program = matcher.program.as_ref();
                let outcome = program.map(|program| program.run_in(machine, bytes, start));
                let is_match = match outcome {
                    Some(Outcome::Match { value, end: _ }) => {
                        // What led to a match must not be remembered as if it had failed.
                        machine.begin(start + 1);
                        counts(&value, start)
                    }
                    Some(Outcome::None) => false,
                    Some(Outcome::Undecided) | None => {
                        let end = (start + max_len as usize).min(bytes.len());
                        detect::search(matcher, bytes, start..end, Anchored::Yes)
                            .is_some_and(|(value, _)| counts(&value, start))
                    }
                };
                if is_match {
                    return true;
                }
            }
            return false;
        }
        let mut from = first;
        while from <= hit
            && let Some((value, whole)) = detect::search(matcher, bytes, from..last, Anchored::No)
        {
            if counts(&value, whole.start) {
                return true;
            }
            from = whole.start + 1;
        }
        false
    }
}

/// Whether a keyword for which a rule waits came with something fresh; there was none before.
fn has_come(waiting: &[u16], bytes: &[u8], fresh: &[Range<usize>]) -> bool {
    if waiting.is_empty() {
        return false;
    }
    let near = reach::near(bytes.len(), fresh, LONGEST_KEYWORD, LONGEST_KEYWORD);
    let rules = waiting
        .iter()
        .filter_map(|&rule| rule::built_in().get(usize::from(rule)));
    rules.into_iter().any(|rule| {
        let mut parts = near.iter().filter_map(|range| bytes.get(range.clone()));
        parts.any(|part| detect::has_keyword(rule, part))
    })
}

impl Over<'_> {
    /// The far literals of the base that were copied.
    fn far(&self) -> Vec<Hit> {
        let all = &self.base.far;
        if all.is_empty() {
            return Vec::new();
        }
        let mut far = Vec::new();
        for copy in self.copies {
            let first = all.partition_point(|&(hit, _)| (hit as usize) < copy.from);
            let copied = all.get(first..).unwrap_or_default().iter();
            let end = copy.from + copy.len;
            for &(hit, literal) in copied.take_while(|&&(hit, _)| (hit as usize) < end) {
                if hit as usize + BuiltIn.literal(literal).len() <= end {
                    far.push((narrow(hit as usize - copy.from + copy.to), literal));
                }
            }
        }
        far
    }
}

/// Chunks in order, those that follow each other made one.
fn joined<'c>(chunks: impl Iterator<Item = &'c Chunk>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for Chunk { range, .. } in chunks {
        match joined.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            Some(_) | None => joined.push(range.clone()),
        }
    }
    joined
}

/// Places that tie chunks to more than their windows: that they were quiet says nothing of another content.
#[derive(Debug)]
struct Tied(Vec<Range<usize>>);

impl Tied {
    /// The chunks, which are in order, that nothing tied touches.
    fn free(mut self, chunks: &[Chunk]) -> impl Iterator<Item = &Chunk> {
        self.0.sort_unstable_by_key(|tied| tied.start);
        let mut tied = self.0.into_iter().peekable();
        let mut farthest = 0;
        chunks.iter().filter(move |Chunk { range, .. }| {
            while let Some(tied) = tied.next_if(|tied| tied.start < range.end) {
                farthest = farthest.max(tied.end);
            }
            farthest <= range.start
        })
    }
}

/// Where literals stand in some parts that are neither gated nor far, in order; far ones are added to those that are known.
fn hits(bytes: &[u8], parts: Vec<Range<usize>>, far: &mut Vec<Hit>) -> Vec<Hit> {
    let mut hits = Vec::new();
    BuiltIn.find_ungated(bytes, parts, |literal, start| {
        let hits = if reach::is_far(literal) {
            &mut *far
        } else {
            &mut hits
        };
        hits.push((narrow(start), literal));
    });
    far.sort_unstable();
    far.dedup();
    hits
}

/// Where gated literals stand whose values are in some parts, in order.
fn gated_hits(bytes: &[u8], parts: Vec<Range<usize>>) -> Vec<Hit> {
    let mut hits = Vec::new();
    BuiltIn.find_gated(bytes, parts, &mut |literal, start| {
        hits.push((narrow(start), literal));
    });
    hits.sort_unstable();
    hits
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Run<'_> {
    /// Whether nothing is in the encoded texts of a part.
    fn is_decoded_quiet(&self, path: &[u8], part: &[u8]) -> bool {
        if memchr::memchr(0, part).is_some() || decode::is_manifest(part) {
            return false;
        }
        let mut found = Vec::new();
        let mut gaps = Vec::new();
        self.decoded(path, part, 0, &mut found, &mut gaps);
        found.is_empty() && gaps.is_empty()
    }
}

#[cfg(test)]
mod tests;
