//! Gathers findings from contents whatever their source: one per secret, with all its places.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::hidden::{self, Hidden};
use crate::finding::{
    EXCERPTS, Excerpt, Gap, GapReason, MANY, Match, Position, Scanned, Secret, Step,
};
use crate::outcome::{Finding, Origin, Place, Stats, Status};
use crate::rule::RuleRef;
use crate::scan::{Over, Quiet, Seen};

/// The type of [`Tools::quiet`].
pub type Hush<'q> = dyn Fn(&[u8], &[u8], Option<&Over<'_>>, &mut Seen) -> Option<Quiet> + Sync + 'q;

/// What judging needs from the layers below and above.
#[derive(Clone, Copy)]
pub struct Tools<'t> {
    /// The scan of one content: path, bytes.
    pub scan: &'t (dyn Fn(&[u8], &[u8]) -> Scanned + Sync),
    /// Tells that the scan of one content finds nothing, see `Scanner::quiet`: path, bytes, how these were made, what was
    /// seen before.
    pub quiet: &'t Hush<'t>,
    /// The id of a finding.
    pub fingerprint: &'t (dyn Fn(&RuleRef, &Secret) -> String + Sync),
    /// Is told how many contents there are to be, as soon as that is known.
    pub expect: &'t (dyn Fn(usize) + Sync),
    /// Whether the time is up.
    pub expired: &'t (dyn Fn() -> bool + Sync),
    /// Blobs larger than this are not read.
    pub max_blob: u64,
    /// Places of findings that are kept; that there are more is told.
    pub most: usize,
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Reviewed {
    pub findings: Vec<Finding>,
    pub gaps: Vec<Gap>,
    pub stats: Stats,
}

/// A finding's number, and what tells its places apart.
type PlaceKey = (usize, Origin, Vec<u8>, Position, Vec<Step>);

/// Gathers findings from contents whatever their source.
pub struct Gatherer<'t> {
    tools: Tools<'t>,
    reviewed: Reviewed,
    by_id: HashMap<String, usize>,
    /// Places that are there, so that each comes once.
    places: HashSet<PlaceKey>,
    /// Gaps that are there.
    known: HashSet<Gap>,
    /// No more places are kept.
    is_full: bool,
    /// Bytes of excerpts that are still kept.
    excerpts: usize,
    /// Values that stand in names or headers: they are masked wherever such a name is told.
    named: HashMap<Secret, RuleRef>,
}

impl<'t> Gatherer<'t> {
    #[must_use]
    pub fn new(tools: Tools<'t>) -> Self {
        Self {
            tools,
            reviewed: Reviewed::default(),
            by_id: HashMap::new(),
            places: HashSet::new(),
            named: HashMap::new(),
            known: HashSet::new(),
            is_full: false,
            excerpts: if tools.most == usize::MAX {
                usize::MAX
            } else {
                3 * EXCERPTS
            },
        }
    }

    /// Adds the result of scanning a content that is new as a whole.
    pub fn add(&mut self, origin: &Origin, path: &[u8], scanned: Scanned) {
        self.gaps(scanned.gaps);
        for found in scanned.matches {
            self.add_match(origin.clone(), path, found);
        }
    }

    /// Counts contents that were looked at.
    pub fn count(&mut self, contents: u64, bytes: u64) {
        self.reviewed.stats.contents += contents;
        self.reviewed.stats.bytes += bytes;
    }

    /// Counts a commit.
    pub(super) fn count_commit(&mut self) {
        self.reviewed.stats.commits += 1;
    }

    /// Adds one match.
    pub fn add_match(&mut self, origin: Origin, path: &[u8], mut found: Match) {
        if self.places.len() >= self.tools.most {
            self.tell_full();
            return;
        }
        let id = (self.tools.fingerprint)(&found.rule, &found.secret);
        if matches!(origin, Origin::Name | Origin::Message(_) | Origin::Tag(_)) {
            let named = self.named.entry(found.secret.clone());
            named.or_insert_with(|| found.rule.clone());
        }
        self.excerpts = self.excerpts.saturating_sub(found.excerpt.len());
        if self.excerpts == 0 {
            found.excerpt = Excerpt::default();
        }
        let place = Place {
            path: hidden::without(path, &found.secret, &found.rule),
            origin,
            position: found.position,
            route: found.route,
            excerpt: found.excerpt,
            inline_allow: found.inline_allow,
            around: found.around,
        };
        let findings = &mut self.reviewed.findings;
        let at = *self.by_id.entry(id.clone()).or_insert(findings.len());
        let fresh = self.places.insert((
            at,
            place.origin.clone(),
            place.path.clone(),
            place.position,
            place.route.clone(),
        ));
        if let Some(finding) = findings.get_mut(at) {
            finding.severity = finding.severity.max(found.severity);
            if found.confidence > finding.confidence {
                finding.confidence = found.confidence;
                finding.evidence = found.evidence;
            }
            if fresh {
                finding.places.push(place);
            }
        } else {
            findings.push(Finding {
                id,
                rule: found.rule,
                secret: found.secret,
                severity: found.severity,
                confidence: found.confidence,
                evidence: found.evidence,
                status: Status::Open,
                places: vec![place],
            });
        }
    }

    /// Says once that no more places are kept.
    fn tell_full(&mut self) {
        if !std::mem::replace(&mut self.is_full, true) {
            self.gaps([Gap {
                path: Vec::new(),
                why: GapReason::Limit(MANY),
            }]);
        }
    }

    /// Adds what was not examined, each thing once.
    pub fn gaps(&mut self, gaps: impl IntoIterator<Item = Gap>) {
        for gap in gaps {
            if self.known.insert(gap.clone()) {
                self.reviewed.gaps.push(gap);
            }
        }
    }

    /// The result. Names that hold a secret are masked in it.
    #[must_use]
    pub fn finish(mut self) -> Reviewed {
        if self.named.is_empty() {
            return self.reviewed;
        }
        let hidden = Hidden::new(self.named.iter());
        let findings = self.reviewed.findings.iter_mut();
        for place in findings.flat_map(|finding| &mut finding.places) {
            place.path = hidden.mask(&place.path);
            if let Origin::Commit(commit) | Origin::Message(commit) = &mut place.origin {
                commit.author = hidden.mask(&commit.author);
            }
        }
        for gap in &mut self.reviewed.gaps {
            gap.path = hidden.mask(&gap.path);
        }
        self.reviewed
    }
}

/// Values in names, which are scanned all in one go: each with its name and its columns in it.
#[must_use]
pub fn in_names<'n>(tools: Tools<'_>, names: &'n [Vec<u8>]) -> (Vec<Gap>, Vec<(&'n [u8], Match)>) {
    let scanned = (tools.scan)(b"", &names.join(&b'\n'));
    // Starts of the names in what was scanned.
    let mut starts = BTreeMap::new();
    let mut at = 0;
    for name in names {
        starts.insert(at, name.as_slice());
        at += name.len() + 1;
    }
    let column = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let placed = |mut found: Match| {
        let (start, name) = starts.range(..=found.span.start).next_back()?;
        found.position = Position {
            line: 1,
            column: column(found.span.start - start),
            line_end: 1,
            column_end: column(found.span.end - start),
        };
        found.excerpt = Excerpt::default();
        Some((*name, found))
    };
    let found = scanned.matches.into_iter().filter_map(placed).collect();
    (scanned.gaps, found)
}
