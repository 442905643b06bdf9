//! One JSON document: the verdict, findings with their places, what was not examined, how much was.

use serde_json::{Value, json};

use super::{View, plain, record};
use crate::outcome::{Outcome, Verdict};
use crate::policy;

/// Version of the shape; a field may be added without a new one.
const SHAPE: u32 = 1;

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let Outcome {
        findings: _,
        gaps,
        stats,
        verdict,
    } = outcome;
    let findings: Vec<Value> = record::shown(outcome, view)
        .map(|finding| {
            let mut object = record::finding(finding, view);
            let places = finding.places.iter().map(record::place).map(Value::Object);
            object.insert("places".to_owned(), places.collect());
            Value::Object(object)
        })
        .collect();
    let gaps: Vec<Value> = gaps
        .iter()
        .map(|gap| {
            json!({
                "file": plain::clean(&gap.path),
                "why": plain::gap(gap),
                "undecided": policy::leaves_undecided(view.policy, gap),
            })
        })
        .collect();
    let provenance = view.run.provenance.as_ref().map(|provenance| {
        json!({
            "uri": provenance.uri,
            "revision": provenance.revision,
            "branch": provenance.branch.as_deref().map(plain::clean),
        })
    });
    let document = json!({
        "keysieve": env!("CARGO_PKG_VERSION"),
        "shape": SHAPE,
        "verdict": verdict_word(*verdict),
        "stage": view.stage.as_str(),
        "started": view.run.started,
        "ended": view.run.ended,
        "repository": provenance,
        "findings": findings,
        "gaps": gaps,
        "stats": {
            "contents": stats.contents,
            "bytes": stats.bytes,
            "commits": stats.commits,
            "milliseconds": u64::try_from(stats.elapsed.as_millis()).unwrap_or(u64::MAX),
        },
    });
    format!("{document:#}\n")
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Block => "block",
        Verdict::Undecided => "undecided",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::report::sample;

    #[test]
    fn the_shape_stays() {
        let policy = Policy::client();
        let text = render(&sample::outcome(), &sample::view(&policy));
        let document: Value = serde_json::from_str(&text).unwrap();
        let keys =
            |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
        assert_eq!(
            keys(&document).join(" "),
            "keysieve shape verdict stage started ended repository findings gaps stats"
        );
        assert_eq!(
            keys(&document["findings"][0]).join(" "),
            "rule severity confidence id secret name provider kind environment evidence blocks status reason revoke standards places"
        );
        assert_eq!(
            keys(&document["findings"][0]["places"][1]).join(" "),
            "file line line_end start end route origin commit"
        );
        // The published schema requires these fields, in this order.
        let schema: Value =
            serde_json::from_str(include_str!("../../docs/schema/json-1.schema.json")).unwrap();
        let lines: Value =
            serde_json::from_str(include_str!("../../docs/schema/jsonl-1.schema.json")).unwrap();
        let required = |schema: &Value| -> Vec<String> {
            let names = schema["required"].as_array().unwrap().iter();
            names
                .map(|name| name.as_str().unwrap().to_owned())
                .collect()
        };
        let finding = &document["findings"][0];
        let finding_schema = &schema["properties"]["findings"]["items"];
        assert_eq!(schema["properties"]["shape"]["const"], SHAPE);
        assert_eq!(required(&schema), keys(&document));
        assert_eq!(required(finding_schema), keys(finding));
        let mut line = keys(&finding["places"][0]);
        assert_eq!(
            required(&finding_schema["properties"]["places"]["items"]),
            line
        );
        line.extend(keys(finding));
        line.retain(|key| key != "places");
        assert_eq!(required(&lines), line);
        assert_eq!(
            document["findings"][0]["places"][1]["file"],
            "=cmd|x.zip!/in\\nside.txt"
        );
        assert_eq!(document["findings"][1]["status"], "allowed");
        assert_eq!(document["gaps"][0]["undecided"], true);
    }
}
