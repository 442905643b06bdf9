//! The rules of the results, and the standards that they belong to as taxonomies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::finding::{Confidence, Severity};
use crate::outcome::Finding;
use crate::report::plain;
use crate::rule::Rule;

/// The rules that results name, by id.
pub(super) struct Rules<'f>(BTreeMap<&'f str, &'f Rule>);

impl<'f> Rules<'f> {
    pub(super) fn of(findings: &[&'f Finding]) -> Self {
        Self(
            findings
                .iter()
                .map(|finding| (finding.rule.id.as_ref(), &*finding.rule))
                .collect(),
        )
    }

    pub(super) fn index(&self, finding: &Finding) -> usize {
        self.0
            .keys()
            .position(|id| *id == finding.rule.id)
            .unwrap_or(0)
    }

    pub(super) fn driver(&self) -> Value {
        json!({
            "name": "keysieve",
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "supportedTaxonomies": self.taxa().keys().map(|name| json!({"name": name})).collect::<Vec<_>>(),
            "rules": self.0.values().map(|rule| describe(rule)).collect::<Vec<_>>(),
        })
    }

    /// Standards by taxonomy: `CWE` with `CWE-798`.
    fn taxa(&self) -> BTreeMap<&'f str, Vec<&'f str>> {
        let mut taxa: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for rule in self.0.values() {
            for (taxonomy, taxon) in rule.standards().into_iter().filter_map(split) {
                let list = taxa.entry(taxonomy).or_default();
                if !list.contains(&taxon) {
                    list.push(taxon);
                }
            }
        }
        taxa
    }

    pub(super) fn taxonomies(&self) -> Vec<Value> {
        self.taxa()
            .into_iter()
            .map(|(name, taxa)| {
                let taxa: Vec<Value> = taxa.into_iter().map(|id| json!({"id": id})).collect();
                json!({"name": name, "isComprehensive": false, "taxa": taxa})
            })
            .collect()
    }
}

/// The taxonomy and the taxon of a standard: `OWASP NHI2:2025` is `NHI2:2025` of `OWASP`.
fn split(standard: &str) -> Option<(&str, &str)> {
    if standard.starts_with("CWE-") {
        return Some(("CWE", standard));
    }
    match standard.split_once(' ')? {
        ("OWASP", taxon) if taxon.starts_with("NHI") => Some(("OWASP NHI", taxon)),
        _ => standard.rsplit_once(' '),
    }
}

fn describe(rule: &Rule) -> Value {
    let name = plain::clean(rule.name.as_bytes());
    let about = match rule.about.trim() {
        "" => name.clone(),
        about => plain::clean(about.as_bytes()),
    };
    let links = [("Revoke", &rule.revoke), ("How to rotate", &rule.rotate)];
    let links = links.iter().filter(|(_, url)| url.starts_with("https://"));
    let text: Vec<String> = links
        .clone()
        .map(|(n, url)| format!("{n}: {url}"))
        .collect();
    let markdown: Vec<String> = links.map(|(n, url)| format!("[{n}]({url})")).collect();
    let relationships: Vec<Value> = rule
        .standards()
        .into_iter()
        .filter_map(split)
        .map(|(taxonomy, taxon)| {
            json!({
                "target": {"id": taxon, "toolComponent": {"name": taxonomy}},
                "kinds": ["relevant"],
            })
        })
        .collect();
    let mut tags = vec!["security".to_owned(), "secret".to_owned()];
    tags.extend([rule.provider.to_string(), rule.kind.to_string()]);
    for number in rule
        .standards()
        .iter()
        .filter_map(|s| s.strip_prefix("CWE-"))
    {
        tags.push(format!("external/cwe/cwe-{number}"));
    }
    tags.retain(|tag| !tag.is_empty());
    tags.dedup();
    json!({
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": name},
        "fullDescription": {"text": about},
        "help": {
            "text": format!("{about} Revoke the credential, then read it from outside the repository. {}", text.join(" ")),
            "markdown": format!("{about} Revoke the credential, then read it from outside the repository. {}", markdown.join(" ")),
        },
        "defaultConfiguration": {"level": if rule.confidence >= Confidence::Medium { "error" } else { "warning" }},
        "relationships": relationships,
        "properties": {
            "tags": tags,
            "security-severity": security_severity(rule.severity),
            "precision": precision(rule.confidence),
        },
    })
}

/// The middle of the bands in which code scanning sorts CVSS-like scores.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "3.0",
        Severity::Medium => "5.5",
        Severity::High => "8.0",
        Severity::Critical => "9.5",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
        Confidence::Certain => "very-high",
    }
}
