//! GitLab's report of secret detection, version 15 of its security report schemas: a vulnerability a place.
//! `raw_source_code_extract`, where GitLab's own analyzer puts the value, holds the masked one.

use serde_json::{Value, json};

use super::{View, plain, record};
use crate::finding::Severity;
use crate::outcome::{Finding, Outcome, Place, Status, Verdict};
use crate::policy;

const SCHEMA: &str = "15.2.1";
/// What GitLab's analyzer writes where there is no commit.
const NO_COMMIT: &str = "0000000";

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let vulnerabilities: Vec<Value> = record::shown(outcome, view)
        .flat_map(|finding| {
            finding
                .places
                .iter()
                .map(|place| vulnerability(finding, place, view))
        })
        .collect();
    let messages: Vec<Value> = outcome
        .gaps
        .iter()
        .map(|gap| {
            let level = if policy::leaves_undecided(view.policy, gap) {
                "fatal"
            } else {
                "warn"
            };
            json!({"level": level, "value": plain::gap(gap)})
        })
        .collect();
    let tool = json!({
        "id": "keysieve",
        "name": "keysieve",
        "url": env!("CARGO_PKG_REPOSITORY"),
        "vendor": {"name": "keysieve"},
        "version": env!("CARGO_PKG_VERSION"),
    });
    let document = json!({
        "version": SCHEMA,
        "scan": {
            "type": "secret_detection",
            "status": if outcome.verdict == Verdict::Undecided { "failure" } else { "success" },
            "start_time": view.run.started.trim_end_matches('Z'),
            "end_time": view.run.ended.trim_end_matches('Z'),
            "analyzer": tool,
            "scanner": tool,
            "messages": messages,
        },
        "vulnerabilities": vulnerabilities,
    });
    format!("{document:#}\n")
}

fn vulnerability(finding: &Finding, place: &Place, view: &View<'_>) -> Value {
    let rule = &finding.rule;
    let revision = view
        .run
        .provenance
        .as_ref()
        .and_then(|p| p.revision.as_deref());
    let commit = record::object_id(&place.origin)
        .or(revision)
        .unwrap_or(NO_COMMIT);
    let mut identifiers = vec![json!({
        "type": "keysieve_rule_id",
        "name": format!("keysieve rule {}", rule.id),
        "value": rule.id,
    })];
    for number in rule
        .standards()
        .iter()
        .filter_map(|s| s.strip_prefix("CWE-"))
    {
        identifiers.push(json!({
            "type": "cwe",
            "name": format!("CWE-{number}"),
            "value": number,
            "url": format!("https://cwe.mitre.org/data/definitions/{number}.html"),
        }));
    }
    let mut location = json!({"file": plain::path(place), "commit": {"sha": commit}});
    if let (Some(location), true) = (location.as_object_mut(), record::is_in_file(place)) {
        location.insert("start_line".to_owned(), place.position.line.into());
        location.insert("end_line".to_owned(), place.position.line_end.into());
    }
    let links: Vec<Value> = [("Revoke", &rule.revoke), ("Rotate", &rule.rotate)]
        .iter()
        .filter(|(_, url)| url.starts_with("https://"))
        .map(|(name, url)| json!({"name": name, "url": url}))
        .collect();
    let mut out = json!({
        "id": uuid(finding, place),
        "name": plain::clean(rule.name.as_bytes()),
        "description": format!("{}. {}", record::sentence(finding), rule.about),
        "severity": match finding.severity {
            Severity::Low => "Low",
            Severity::Medium => "Medium",
            Severity::High => "High",
            Severity::Critical => "Critical",
        },
        "solution": format!(
            "Revoke the credential, then read it from outside the repository. Not a secret? keysieve allow {} --reason \"...\"",
            finding.id
        ),
        "raw_source_code_extract": finding.secret.masked(rule, '*'),
        "identifiers": identifiers,
        "location": location,
        "links": links,
    });
    if let (Some(out), Status::Suppressed(_)) = (out.as_object_mut(), &finding.status) {
        let (status, reason) = record::status(finding);
        out.insert(
            "flags".to_owned(),
            json!([{
                "type": "flagged-as-likely-false-positive",
                "origin": "keysieve",
                "description": reason.unwrap_or_else(|| status.to_owned()),
            }]),
        );
    }
    out
}

/// The same finding at the same place has the same id, in the form of a UUID of version 8.
fn uuid(finding: &Finding, place: &Place) -> String {
    let position = &place.position;
    let text = format!(
        "{}\0{}\0{}:{}\0{}",
        finding.id,
        plain::path(place),
        position.line,
        position.column,
        record::object_id(&place.origin).unwrap_or_default()
    );
    let hex = blake3::hash(text.as_bytes()).to_hex();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-8{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 15),
        part(15, 18),
        part(18, 30)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::report::sample;

    #[test]
    fn what_gitlab_requires_is_there() {
        let policy = Policy::client();
        let text = render(&sample::outcome(), &sample::view(&policy));
        let document: Value = serde_json::from_str(&text).unwrap();
        let scan = &document["scan"];
        assert_eq!(scan["start_time"], "2026-11-24T10:00:00");
        assert_eq!(scan["type"], "secret_detection");
        for tool in ["analyzer", "scanner"] {
            for key in ["id", "name", "version"] {
                assert!(scan[tool][key].is_string(), "{tool} {key}");
            }
            assert!(scan[tool]["vendor"]["name"].is_string());
        }
        let all = document["vulnerabilities"].as_array().unwrap();
        assert_eq!(all.len(), 4);
        let mut ids: Vec<&str> = all.iter().map(|v| v["id"].as_str().unwrap()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 4);
        assert!(ids.iter().all(|id| id.len() == 36));
        for vulnerability in all {
            assert!(vulnerability["location"]["commit"]["sha"].is_string());
            assert!(!vulnerability["identifiers"].as_array().unwrap().is_empty());
        }
        assert_eq!(all[0]["location"]["start_line"], 3);
        assert!(all[1]["location"].get("start_line").is_none());
        assert_eq!(
            all[2]["flags"][0]["type"],
            "flagged-as-likely-false-positive"
        );
    }
}
