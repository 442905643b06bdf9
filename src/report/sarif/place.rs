//! Where a result stands: a file below the folder of the scan, as a URI, and the lines in it.

use serde_json::{Value, json};

use crate::finding::Step;
use crate::outcome::{Finding, Place};
use crate::report::{plain, record};

/// The folder of the scan, as code scanning services call it.
pub(super) const ROOT: &str = "%SRCROOT%";

pub(super) fn location(finding: &Finding, place: &Place) -> Value {
    let mut physical = json!({"artifactLocation": artifact(&place.path)});
    if let (Some(physical), Some(region)) = (physical.as_object_mut(), region(finding, place)) {
        physical.insert("region".to_owned(), region);
    }
    let mut out = json!({"physicalLocation": physical});
    if let (Some(out), Some(member)) = (out.as_object_mut(), member(place)) {
        out.insert("logicalLocations".to_owned(), json!([member]));
    }
    out
}

pub(super) fn related(finding: &Finding, place: &Place, id: u32) -> Value {
    let decoded = plain::decodings(place);
    let words = if decoded.is_empty() {
        "the same value".to_owned()
    } else {
        format!("the same value, {decoded}")
    };
    let mut out = location(finding, place);
    if let Some(out) = out.as_object_mut() {
        out.insert("id".to_owned(), id.into());
        out.insert("message".to_owned(), json!({"text": words}));
    }
    out
}

/// A path as a URI reference: every byte but unreserved ones and `/` is encoded, so that any name is one.
pub(super) fn artifact(path: &[u8]) -> Value {
    let mut uri = String::new();
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    if uri.starts_with('/') {
        json!({"uri": format!("file://{uri}")})
    } else {
        json!({"uri": uri, "uriBaseId": ROOT})
    }
}

fn region(finding: &Finding, place: &Place) -> Option<Value> {
    if !record::is_in_file(place) {
        return None;
    }
    let position = &place.position;
    Some(match record::columns(finding, place) {
        Some((start, end)) => json!({
            "startLine": position.line,
            "startColumn": start,
            "endLine": position.line_end,
            "endColumn": end,
        }),
        None => json!({"startLine": position.line, "endLine": position.line_end}),
    })
}

/// The member of an archive that holds the value.
fn member(place: &Place) -> Option<Value> {
    let is_member = |step: &Step| matches!(step, Step::Member(_));
    place.route.iter().any(is_member).then(|| {
        json!({
            "fullyQualifiedName": plain::path(place),
            "kind": "member",
        })
    })
}
