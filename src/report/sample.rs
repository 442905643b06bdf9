//! An outcome for the tests of the formats: names that attack each of them, values that may never show.

use std::borrow::Cow;

use super::{Run, Stage, View};
use crate::finding::{
    Confidence, Evidence, Excerpt, Gap, GapReason, Position, Secret, Severity, Step,
};
use crate::outcome::{Finding, Origin, Outcome, Place, Reason, Stats, Status, Verdict};
use crate::policy::Policy;
use crate::rule::{self, RuleRef};
use crate::source::provenance::Provenance;

/// The value of every sample finding.
pub(super) const VALUE: &str = "Zq7-vXw2";

pub(super) fn place(path: &str) -> Place {
    Place {
        origin: Origin::File,
        path: path.as_bytes().to_vec(),
        position: Position {
            line: 3,
            column: 8,
            line_end: 3,
            column_end: 16,
        },
        route: Vec::new(),
        excerpt: Excerpt {
            line: 3,
            lines: vec!["token = ••••••••".into()],
            mark: (0, 8..32),
        },
        inline_allow: None,
        around: None,
    }
}

pub(super) fn finding(path: &str) -> Finding {
    Finding {
        id: "0123456789abcdef".into(),
        rule: RuleRef::BuiltIn(rule::find("github-pat").unwrap()),
        secret: Secret::new(VALUE.as_bytes()),
        severity: Severity::Critical,
        confidence: Confidence::Certain,
        evidence: vec![Evidence(Cow::Borrowed("CRC32 checksum valid"))],
        status: Status::Open,
        places: vec![place(path)],
    }
}

/// One that blocks in two places, one that is allowed, one that only warns, and a gap.
pub(super) fn outcome() -> Outcome {
    let mut twice = finding("src/a,b:c.py");
    let mut member = place("=cmd|x.zip");
    member.route = vec![Step::Member("in\nside.txt".into()), Step::Decoded("base64")];
    twice.places.push(member);
    let mut allowed = finding("docs/`|<b>&\"'.md");
    allowed.id = "aaaaaaaaaaaaaaaa".into();
    allowed.status = Status::Suppressed(Reason::Allow("a \"sample\" | of, the docs".into()));
    let mut weak = finding("@evil\u{202e}\n::error::x");
    weak.id = "bbbbbbbbbbbbbbbb".into();
    weak.confidence = Confidence::Low;
    Outcome {
        findings: vec![twice, allowed, weak],
        gaps: vec![Gap {
            path: b"big\n.bin".to_vec(),
            why: GapReason::TooDeep,
        }],
        stats: Stats::default(),
        verdict: Verdict::Block,
    }
}

pub(super) fn view(policy: &Policy) -> View<'_> {
    View {
        policy,
        stage: Stage::Files,
        color: false,
        links: false,
        width: 100,
        show_suppressed: true,
        refs: Vec::new(),
        gitlab_web: false,
        situation: super::Situation::default(),
        summary: true,
        run: Run {
            started: "2026-11-24T10:00:00Z".into(),
            ended: "2026-11-24T10:00:01Z".into(),
            provenance: Some(Provenance {
                uri: Some("https://h.example/o/r".into()),
                revision: Some("1".repeat(40)),
                branch: Some(b"main".to_vec()),
            }),
        },
    }
}
