use serde_json::Value;

use super::*;
use crate::policy::Policy;
use crate::report::sample;

fn document() -> Value {
    let policy = Policy::client();
    serde_json::from_str(&render(&sample::outcome(), &sample::view(&policy))).unwrap()
}

/// Every object that has a member of this name.
fn all<'v>(value: &'v Value, key: &str, out: &mut Vec<&'v Value>) {
    if let Some(object) = value.as_object() {
        if let Some(found) = object.get(key) {
            out.push(found);
        }
        object.values().for_each(|inner| all(inner, key, out));
    }
    if let Some(list) = value.as_array() {
        list.iter().for_each(|inner| all(inner, key, out));
    }
}

#[test]
fn what_the_schema_requires_is_there() {
    let document = document();
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "keysieve");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!((rules.len(), results.len()), (1, 3));
    for result in results {
        assert!(result["message"]["text"].is_string());
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        assert!(result["suppressions"].is_array());
    }
    let severity: f64 = rules[0]["properties"]["security-severity"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((0.0..=10.0).contains(&severity));
    let mut regions = Vec::new();
    all(run, "region", &mut regions);
    assert_eq!(regions.len(), 3, "a member's lines are not the archive's");
    for region in regions {
        assert!(region["startLine"].as_u64() > Some(0) && region["startColumn"].as_u64() > Some(0));
    }
}

#[test]
fn standards_are_taxa_and_rules_point_to_them() {
    let document = document();
    let run = &document["runs"][0];
    let mut known = Vec::new();
    for taxonomy in run["taxonomies"].as_array().unwrap() {
        for taxon in taxonomy["taxa"].as_array().unwrap() {
            known.push((taxonomy["name"].clone(), taxon["id"].clone()));
        }
    }
    assert!(
        known.contains(&("CWE".into(), "CWE-798".into())),
        "{known:?}"
    );
    assert!(
        known.contains(&("OWASP NHI".into(), "NHI2:2025".into())),
        "{known:?}"
    );
    let relationships = run["tool"]["driver"]["rules"][0]["relationships"]
        .as_array()
        .unwrap();
    for relationship in relationships {
        let target = &relationship["target"];
        let pair = (
            target["toolComponent"]["name"].clone(),
            target["id"].clone(),
        );
        assert!(known.contains(&pair), "{pair:?}");
    }
}

#[test]
fn any_name_is_a_uri_and_an_allowed_finding_says_why() {
    let document = document();
    let mut uris = Vec::new();
    all(&document, "uri", &mut uris);
    for uri in uris {
        let uri = uri.as_str().unwrap();
        assert!(
            uri.bytes()
                .all(|b| b.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&b)),
            "{uri}"
        );
    }
    let results = &document["runs"][0]["results"];
    assert_eq!(results[1]["suppressions"][0]["kind"], "external");
    assert_eq!(
        results[1]["suppressions"][0]["justification"],
        "a \"sample\" | of, the docs"
    );
    assert_eq!(results[0]["relatedLocations"][0]["id"], 1);
    assert_eq!(
        results[0]["partialFingerprints"]["keysieveId/v1"],
        "0123456789abcdef"
    );
    let provenance = &document["runs"][0]["versionControlProvenance"][0];
    assert_eq!(provenance["repositoryUri"], "https://h.example/o/r");
    assert_eq!(message("a[b](c) {0} \\"), "a\\[b\\](c) {{0}} \\\\");
}
