//! JSON Lines: one object a place.

use serde_json::Value;

use super::{View, record};
use crate::outcome::Outcome;

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let mut out = String::new();
    for finding in record::shown(outcome, view) {
        for place in &finding.places {
            let mut line = record::place(place);
            line.extend(record::finding(finding, view));
            out.push_str(&Value::Object(line).to_string());
            out.push('\n');
        }
    }
    out
}
