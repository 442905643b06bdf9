//! CSV (RFC 4180), one row a place. A cell that a spreadsheet would take for a formula begins with an apostrophe.

use super::{View, plain, record};
use crate::outcome::Outcome;

const HEADER: &str = "file,line,column,rule,name,provider,severity,confidence,blocks,status,reason,id,secret,origin,commit,evidence,revoke";

pub(super) fn render(outcome: &Outcome, view: &View<'_>) -> String {
    let mut out = format!("{HEADER}\r\n");
    for finding in record::shown(outcome, view) {
        let (status, reason) = record::status(finding);
        let evidence: Vec<&str> = finding.evidence.iter().map(|e| e.0.as_ref()).collect();
        for place in &finding.places {
            let cells = [
                plain::path(place),
                place.position.line.to_string(),
                (place.position.column + 1).to_string(),
                finding.rule.id.to_string(),
                plain::clean(finding.rule.name.as_bytes()),
                finding.rule.provider.to_string(),
                finding.severity.as_str().to_owned(),
                finding.confidence.as_str().to_owned(),
                crate::policy::blocks(view.policy, finding).to_string(),
                status.to_owned(),
                reason.clone().unwrap_or_default(),
                finding.id.clone(),
                finding.secret.masked(&finding.rule, '*'),
                record::origin_word(&place.origin).to_owned(),
                record::object_id(&place.origin)
                    .unwrap_or_default()
                    .to_owned(),
                evidence.join("; "),
                finding.rule.revoke.to_string(),
            ];
            out.push_str(&cells.map(|text| cell(&text)).join(","));
            out.push_str("\r\n");
        }
    }
    out
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
        || text.starts_with(['\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\r', '\n', ';', ' ']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::report::sample;

    #[test]
    fn cells_are_quoted_and_are_no_formulas() {
        assert_eq!(cell("a\"b"), "\"a\"\"b\"");
        for start in ["=", "+", "-", "@"] {
            assert_eq!(cell(&format!("{start}1")), format!("'{start}1"));
        }
        assert_eq!(cell("=a,b"), "\"'=a,b\"");
    }

    #[test]
    fn every_row_has_the_headers_cells() {
        let policy = Policy::client();
        let text = render(&sample::outcome(), &sample::view(&policy));
        let rows: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(rows.len(), 5, "{text}");
        assert!(
            rows[1].starts_with("\"src/a,b:c.py\",3,9,github-pat,"),
            "{text}"
        );
        assert!(
            rows[2].starts_with("'=cmd|x.zip!/in\\nside.txt,3,9,"),
            "{text}"
        );
        for row in rows {
            let mut quoted = false;
            let commas = row
                .chars()
                .filter(|c| {
                    quoted ^= *c == '"';
                    *c == ',' && !quoted
                })
                .count();
            assert_eq!(commas, HEADER.matches(',').count(), "{row}");
            assert!(!row.contains('\n'), "{row}");
        }
    }
}
