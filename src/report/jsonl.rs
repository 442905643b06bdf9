//! JSON Lines: one object a place. The shape is fixed here; core types know nothing of it.

use serde_json::{Value, json};

use super::{View, plain};
use crate::finding::Step;
use crate::outcome::{Finding, Origin, Outcome, Place, Reason, Status};

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let mut out = String::new();
    for finding in &outcome.findings {
        if matches!(finding.status, Status::Suppressed(_)) && !view.show_suppressed {
            continue;
        }
        for place in &finding.places {
            out.push_str(&line(finding, place).to_string());
            out.push('\n');
        }
    }
    out
}

/// The object of one place; every field of a finding is named here, so leaving one out is a choice.
fn line(finding: &Finding, place: &Place) -> Value {
    let Finding {
        id,
        rule,
        secret,
        severity,
        confidence,
        evidence,
        status,
        places: _,
    } = finding;
    let Place {
        origin,
        path: _,
        position,
        route,
        excerpt: _,
        inline_allow: _,
    } = place;
    let (status, reason) = match status {
        Status::Open => ("open", None),
        Status::Suppressed(Reason::Inline(reason)) => ("allowed-inline", Some(reason.as_str())),
        Status::Suppressed(Reason::Allow(reason)) => ("allowed", Some(reason.as_str())),
        Status::Suppressed(Reason::Baseline) => ("baseline", None),
    };
    let commit = match origin {
        Origin::Commit(commit) | Origin::Message(commit) => Some(commit.id.as_str()),
        Origin::Tag(id) | Origin::Object(id) => Some(id.as_str()),
        Origin::Index | Origin::Name | Origin::MessageFile | Origin::File | Origin::Stdin => None,
    };
    let steps: Vec<String> = route
        .iter()
        .map(|step| match step {
            Step::Decoded(name) => (*name).to_owned(),
            Step::Member(name) => format!("member {}", plain::clean(name.as_bytes())),
        })
        .collect();
    json!({
        "file": plain::path(place),
        "line": position.line,
        "line_end": position.line_end,
        "start": position.column,
        "end": position.column_end,
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
        "route": steps,
        "origin": origin_word(origin),
        "commit": commit,
        "status": status,
        "reason": reason,
        "revoke": rule.revoke,
        "standards": rule.standards(),
    })
}

fn origin_word(origin: &Origin) -> &'static str {
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
