//! `scan`: files, standard input, the index, a history.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use super::{config, report::Report};
use crate::cli::{Output, Target};
use crate::finding::{Confidence, Gap, GapReason};
use crate::outcome::{Finding, Origin, Place, Status};
use crate::report::Stage;
use crate::scan::Scanner;

pub(super) fn run(
    target: Target,
    output: &Output,
    block_at: Option<Confidence>,
    flag: Option<&Path>,
) -> Result<ExitCode> {
    let started = Instant::now();
    let mut config = config::client(flag)?;
    if let Some(level) = block_at {
        config.policy.block_at = level;
    }
    let scanner = Scanner::new(
        config.rules.clone(),
        config.disable.clone(),
        Default::default(),
    );
    let Target::Paths(paths) = target else {
        bail!("not yet")
    };
    let mut report = Report::new(config, Stage::Files, started);
    for path in paths {
        for entry in ignore::WalkBuilder::new(&path)
            .standard_filters(false)
            .build()
        {
            let entry = entry?;
            if !entry.file_type().is_some_and(|t| t.is_file()) {
                continue;
            }
            let name = entry.path().as_os_str().as_encoded_bytes().to_vec();
            let bytes = match std::fs::read(entry.path()) {
                Ok(b) => b,
                Err(e) => {
                    report.gaps.push(Gap {
                        path: name,
                        why: GapReason::Unreadable(e.to_string()),
                    });
                    continue;
                }
            };
            let scanned = scanner.scan(&name, &bytes);
            report.stats.contents += 1;
            report.stats.bytes += bytes.len() as u64;
            report.gaps.extend(scanned.gaps);
            for m in scanned.matches {
                let id = crate::fingerprint::fingerprint(None, &m.rule.id, m.secret.expose());
                report.findings.push(Finding {
                    id,
                    rule: m.rule,
                    secret: m.secret,
                    severity: m.severity,
                    confidence: m.confidence,
                    evidence: m.evidence,
                    status: Status::Open,
                    places: vec![Place {
                        origin: Origin::File,
                        path: name.clone(),
                        position: m.position,
                        route: m.route,
                        excerpt: m.excerpt,
                        inline_allow: m.inline_allow,
                    }],
                });
            }
        }
    }
    report.finish(output)
}
