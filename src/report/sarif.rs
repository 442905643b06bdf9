//! SARIF 2.1.0 (OASIS): one run, one result a finding; its other places are related locations.

mod place;
mod rules;

use serde_json::{Value, json};

use self::rules::Rules;
use super::{View, plain, record};
use crate::outcome::{Finding, Outcome, Reason, Status, Verdict};
use crate::policy;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let shown: Vec<&Finding> = record::shown(outcome, view).collect();
    let rules = Rules::of(&shown);
    let results: Vec<Value> = shown
        .iter()
        .map(|finding| result(finding, &rules, view))
        .collect();
    let mut run = json!({
        "tool": {"driver": rules.driver()},
        "invocations": [invocation(outcome, view)],
        "automationDetails": {"id": format!("keysieve/{}/", view.stage.as_str())},
        "originalUriBaseIds": {
            place::ROOT: {"description": {"text": "The folder from which the scan was started."}},
        },
        "columnKind": "unicodeCodePoints",
        "taxonomies": rules.taxonomies(),
        "results": results,
    });
    if let (Some(run), Some(details)) = (run.as_object_mut(), version_control(view)) {
        run.insert("versionControlProvenance".to_owned(), json!([details]));
    }
    let document = json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]});
    format!("{document:#}\n")
}

fn result(finding: &Finding, rules: &Rules<'_>, view: &View<'_>) -> Value {
    let mut places = finding.places.iter();
    let first: Vec<Value> = places
        .next()
        .map(|first| place::location(finding, first))
        .into_iter()
        .collect();
    let related: Vec<Value> = places
        .zip(1u32..)
        .map(|(other, id)| place::related(finding, other, id))
        .collect();
    let level = match finding.status {
        Status::Suppressed(_) => "note",
        Status::Open if policy::blocks(view.policy, finding) => "error",
        Status::Open => "warning",
    };
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rules.index(finding),
        "level": level,
        "message": {"text": message(&record::sentence(finding))},
        "locations": first,
        "relatedLocations": related,
        "partialFingerprints": {"keysieveId/v1": finding.id},
        "suppressions": suppressions(finding),
        "properties": {
            "severity": finding.severity.as_str(),
            "confidence": finding.confidence.as_str(),
            "secret": finding.secret.masked(&finding.rule, '*'),
            "environment": finding.rule.environment,
            "evidence": finding.evidence.iter().map(|e| e.0.as_ref()).collect::<Vec<_>>(),
            "places": finding.places.iter().map(record::place).collect::<Vec<_>>(),
        },
    })
}

/// Where one result has the list, all must: an empty one says that the result counts.
fn suppressions(finding: &Finding) -> Vec<Value> {
    let (kind, words) = match &finding.status {
        Status::Open => return Vec::new(),
        Status::Suppressed(Reason::Inline(reason)) => ("inSource", reason.as_str()),
        Status::Suppressed(Reason::Allow(reason)) => ("external", reason.as_str()),
        Status::Suppressed(Reason::Baseline) => ("external", "known before, in the baseline"),
    };
    let words = plain::clean(words.as_bytes());
    vec![json!({"kind": kind, "status": "accepted", "justification": words})]
}

/// In a message, brackets make links and braces stand for arguments.
fn message(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
        .replace('{', "{{")
        .replace('}', "}}")
}

fn invocation(outcome: &Outcome, view: &View<'_>) -> Value {
    let notifications: Vec<Value> = outcome
        .gaps
        .iter()
        .map(|gap| {
            let level = if policy::leaves_undecided(view.policy, gap) {
                "error"
            } else {
                "warning"
            };
            json!({
                "level": level,
                "message": {"text": message(&plain::gap(gap))},
                "locations": [{"physicalLocation": {"artifactLocation": place::artifact(&gap.path)}}],
            })
        })
        .collect();
    let (code, words) = match outcome.verdict {
        Verdict::Pass => (0, "nothing blocks"),
        Verdict::Block => (1, "blocked by findings"),
        Verdict::Undecided => (2, "undecided: not everything could be scanned"),
    };
    let mut out = json!({
        "executionSuccessful": outcome.verdict != Verdict::Undecided,
        "exitCode": code,
        "exitCodeDescription": words,
        "toolExecutionNotifications": notifications,
    });
    if let Some(out) = out.as_object_mut() {
        for (key, time) in [
            ("startTimeUtc", &view.run.started),
            ("endTimeUtc", &view.run.ended),
        ] {
            if !time.is_empty() {
                out.insert(key.to_owned(), time.as_str().into());
            }
        }
    }
    out
}

/// The repository's address is what the format asks for; without one nothing is told.
fn version_control(view: &View<'_>) -> Option<Value> {
    let provenance = view.run.provenance.as_ref()?;
    let mut details = json!({
        "repositoryUri": provenance.uri.as_ref()?,
        "mappedTo": {"uriBaseId": place::ROOT},
    });
    let object = details.as_object_mut()?;
    if let Some(revision) = &provenance.revision {
        object.insert("revisionId".to_owned(), revision.as_str().into());
    }
    if let Some(branch) = &provenance.branch {
        object.insert("branch".to_owned(), plain::clean(branch).into());
    }
    Some(details)
}

#[cfg(test)]
mod tests;
