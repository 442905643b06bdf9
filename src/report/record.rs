//! What every format for programs tells of a finding and of a place, in one order and under the same names.

use serde_json::{Map, Value, json};

use super::{View, plain};
use crate::finding::Step;
use crate::outcome::{Finding, Origin, Outcome, Place, Reason, Status};
use crate::policy;

/// The findings that a report shows: all that are open, suppressed ones where they were asked for.
pub(super) fn shown<'o>(
    outcome: &'o Outcome,
    view: &View<'_>,
) -> impl Iterator<Item = &'o Finding> + use<'o> {
    let all = view.show_suppressed;
    outcome
        .findings
        .iter()
        .filter(move |finding| all || finding.status == Status::Open)
}

/// Fields of the finding itself; every one is named here, so leaving one out is a choice.
pub(super) fn finding(finding: &Finding, view: &View<'_>) -> Map<String, Value> {
    let Finding {
        id,
        rule,
        secret,
        severity,
        confidence,
        evidence,
        status: _,
        places: _,
    } = finding;
    let (status, reason) = status(finding);
    object(json!({
        "rule": rule.id,
        "severity": severity.as_str(),
        "confidence": confidence.as_str(),
        "id": id,
        "secret": secret.masked(rule, '*'),
        "name": rule.name,
        "provider": rule.provider,
        "kind": rule.kind,
        "environment": rule.environment,
        "evidence": evidence.iter().map(|e| e.0.as_ref()).collect::<Vec<_>>(),
        "blocks": policy::blocks(view.policy, finding),
        "status": status,
        "reason": reason,
        "revoke": rule.revoke,
        "standards": rule.standards(),
    }))
}

/// Fields of one place.
pub(super) fn place(place: &Place) -> Map<String, Value> {
    let Place {
        origin,
        path: _,
        position,
        route,
        excerpt: _,
        inline_allow: _,
        around: _,
    } = place;
    let steps: Vec<String> = route
        .iter()
        .map(|step| match step {
            Step::Decoded(name) => (*name).to_owned(),
            Step::Member(name) => format!("member {}", plain::clean(name.as_bytes())),
        })
        .collect();
    object(json!({
        "file": plain::path(place),
        "line": position.line,
        "line_end": position.line_end,
        "start": position.column,
        "end": position.column_end,
        "route": steps,
        "origin": origin_word(origin),
        "commit": object_id(origin),
    }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

/// Whether a finding counts, as one word, and the reason if it does not.
pub(super) fn status(finding: &Finding) -> (&'static str, Option<String>) {
    let reason = |text: &str| Some(plain::clean(text.as_bytes()));
    match &finding.status {
        Status::Open => ("open", None),
        Status::Suppressed(Reason::Inline(text)) => ("allowed-inline", reason(text)),
        Status::Suppressed(Reason::Allow(text)) => ("allowed", reason(text)),
        Status::Suppressed(Reason::Baseline) => ("baseline", None),
    }
}

/// `GitHub personal access token ghp_****1M1z: prefix, checksum valid`.
pub(super) fn sentence(finding: &Finding) -> String {
    let evidence: Vec<&str> = finding.evidence.iter().map(|e| e.0.as_ref()).collect();
    let secret = finding.secret.masked(&finding.rule, '*');
    let name = plain::clean(finding.rule.name.as_bytes());
    if evidence.is_empty() {
        format!("{name} {secret}")
    } else {
        format!("{name} {secret}: {}", evidence.join(", "))
    }
}

/// The object that holds a place, in hex.
pub(super) fn object_id(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Commit(commit) | Origin::Message(commit) => Some(&commit.id),
        Origin::Tag(id) | Origin::Object(id) => Some(id),
        Origin::Index | Origin::Name | Origin::MessageFile | Origin::File | Origin::Stdin => None,
    }
}

pub(super) fn origin_word(origin: &Origin) -> &'static str {
    match origin {
        Origin::Index => "index",
        Origin::Commit(_) => "commit",
        Origin::Message(_) => "message",
        Origin::Tag(_) => "tag",
        Origin::Object(_) => "object",
        Origin::Name => "name",
        Origin::MessageFile => "message-file",
        Origin::File => "file",
        Origin::Stdin => "stdin",
    }
}

/// Whether lines of the place are lines of the file that its path names: not those of an archive's member.
pub(super) fn is_in_file(place: &Place) -> bool {
    place.position.line > 0
        && place.origin != Origin::Name
        && !place
            .route
            .iter()
            .any(|step| matches!(step, Step::Member(_)))
}

/// First column from 1 and the column behind the value, where characters are known to be bytes: the text before the
/// value is ASCII, or masked, and shown from the start of the line.
pub(super) fn columns(finding: &Finding, place: &Place) -> Option<(u32, u32)> {
    let (line, mark) = &place.excerpt.mark;
    let before = place.excerpt.lines.get(*line)?.get(..mark.start)?;
    let is_wide = place
        .route
        .iter()
        .any(|step| matches!(step, Step::Decoded(name) if name.starts_with("utf-")));
    let position = &place.position;
    let known = before.chars().all(|c| c.is_ascii() || c == '•')
        && finding.secret.is_ascii()
        && position.line == position.line_end
        && !is_wide;
    known.then(|| (position.column + 1, position.column_end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn columns_are_told_only_where_they_are_characters() {
        let mut finding = sample::finding("a.py");
        let place = finding.places[0].clone();
        assert_eq!(columns(&finding, &place), Some((9, 17)));
        let mut accented = place.clone();
        accented.excerpt.lines = vec!["t\u{e9}ken = ••••••••".into()];
        accented.excerpt.mark = (0, 9..33);
        assert_eq!(columns(&finding, &accented), None);
        let mut wide = place.clone();
        wide.route = vec![Step::Decoded("utf-16")];
        assert_eq!(columns(&finding, &wide), None);
        finding.secret = crate::finding::Secret::new("p\u{e4}ss".as_bytes());
        assert_eq!(columns(&finding, &place), None);
    }
}
