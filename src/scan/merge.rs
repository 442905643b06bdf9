//! One secret is one match: of several that overlap, the one whose rule says most stays.

use super::Located;
use crate::finding::Confidence;
use crate::rule::Detect;

/// Drops matches that another one covers, and decoded copies of a value that stands there as it is. Sorted by place.
pub(super) fn merge(mut found: Vec<Located>) -> Vec<Located> {
    found.sort_by(|a, b| {
        (a.span.start, a.span.end, &a.steps).cmp(&(b.span.start, b.span.end, &b.steps))
    });
    let mut kept: Vec<Located> = Vec::with_capacity(found.len());
    for new in found {
        let mut new = Some(new);
        let mut at = kept.len();
        while at > 0 {
            at -= 1;
            let (Some(old), Some(candidate)) = (kept.get_mut(at), new.as_ref()) else {
                break;
            };
            if !same(old, candidate) {
                // Sorted by start: only long decoded spans reach further back than a few matches.
                if kept.len() - at > 64 {
                    break;
                }
                continue;
            }
            if rank(candidate) > rank(old) {
                if let Some(mut winner) = new.take() {
                    confirm(&mut winner, old);
                    *old = winner;
                }
            } else if let Some(loser) = new.take() {
                confirm(old, &loser);
            }
            break;
        }
        kept.extend(new);
    }
    kept
}

/// Whether two matches speak of the same credential.
fn same(a: &Located, b: &Located) -> bool {
    let overlap = a.span.start < b.span.end && b.span.start < a.span.end;
    if !overlap {
        return false;
    }
    match (a.steps.is_empty(), b.steps.is_empty()) {
        (true, true) => true,
        // The encoded text itself was taken for a value, or a decoder repeats what stands there as it is.
        (true, false) => within(b, a) || a.secret == b.secret || joined(b, a),
        (false, true) => within(a, b) || a.secret == b.secret || joined(a, b),
        (false, false) => {
            a.secret == b.secret || (a.span == b.span && a.steps == b.steps && nested(a, b))
        }
    }
}

fn within(inner: &Located, outer: &Located) -> bool {
    inner.span.start >= outer.span.start && inner.span.end <= outer.span.end
}

/// Whether a value that was joined of several literals holds one that stands among them: `'%s' 'zQ7v…'`.
fn joined(whole: &Located, part: &Located) -> bool {
    within(part, whole)
        && memchr::memmem::find(whole.secret.expose(), part.secret.expose()).is_some()
}

/// Whether two decoded values of one text overlap in it.
fn nested(a: &Located, b: &Located) -> bool {
    a.raw.value.start < b.raw.value.end && b.raw.value.start < a.raw.value.end
}

/// What a rule knows: a proof beats everything, then a provider's form, then a name, then the shape alone. `jwt` knows
/// only the shape, and what it proves says nothing of whose token it is.
fn rank(found: &Located) -> (bool, u8, usize, bool, Confidence, usize) {
    let shape_only = found.raw.rule.id == "jwt";
    let mark = found.raw.rule.prefix().len();
    let is_named = matches!(found.raw.rule.detect, Detect::Named { .. });
    let specific = match found.raw.rule.detect {
        Detect::Pattern(_) if shape_only => 1,
        Detect::Pattern(_) => 3,
        Detect::Named { .. } if mark >= 3 => 3,
        Detect::Named { .. } => 2,
        Detect::Code if found.raw.rule.keywords.is_empty() => 2,
        Detect::Code => 1,
        Detect::Path => 0,
    };
    (
        found.raw.confidence == Confidence::Certain && !shape_only,
        specific,
        // `sk_live_a2V5` says more than `sk_live_`, and that beside its provider's name more than alone.
        mark,
        is_named,
        found.raw.confidence,
        found.secret.len(),
    )
}

/// A second detector that agrees raises a match that may block already; it never revives a placeholder.
fn confirm(winner: &mut Located, loser: &Located) {
    if winner.raw.confidence >= Confidence::Medium && loser.steps == winner.steps {
        winner.raw.confidence = winner
            .raw
            .confidence
            .max(loser.raw.confidence.min(Confidence::High));
    }
}
