//! `baseline`: what was there before keysieve was, written down by id; what was fixed since, what is new, what came back.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::report::Report;
use super::{aside, complain, config, say, scan};
use crate::cli::{BaselineAction, Target};
use crate::config::{BASELINE_FILE, Config};
use crate::outcome::Finding;
use crate::report;
use crate::suppress::baseline::{Baseline, Comparison};

pub(super) fn run(action: BaselineAction, target: Target, file: Option<&Path>) -> Result<ExitCode> {
    let started = Instant::now();
    let mut config = config::client(None)?;
    let file = place(&config, file)?;
    let mut baseline = match std::fs::read_to_string(&file) {
        Ok(_) if action == BaselineAction::Create { force: false } => bail!(
            "`{0}` is there already; `keysieve baseline update` brings it up to date, `--force` starts anew",
            file.display()
        ),
        Ok(_) if action == (BaselineAction::Create { force: true }) => Baseline::default(),
        Ok(text) => Baseline::parse(&file.display().to_string(), &text)?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => match action {
            BaselineAction::Create { .. } => Baseline::default(),
            BaselineAction::Update { .. } | BaselineAction::Audit => bail!(
                "`{}` is not there; `keysieve baseline create` writes one",
                file.display()
            ),
        },
        Err(e) => return Err(e).with_context(|| format!("`{}` cannot be read", file.display())),
    };
    // Compared with all that is open but for the baseline.
    config.baseline = Baseline::default();
    let (stage, reviewed) = scan::look(target, &config, started)?;
    let (_, _, outcome) = Report::of(config, stage, started, reviewed).decide();
    for gap in &outcome.gaps {
        complain(&report::gap_line(gap));
    }
    let comparison = baseline.compare(&outcome.findings);
    let (open, fixed) = (
        comparison.new.len() + comparison.back.len(),
        comparison.fixed.len(),
    );
    say(&tell(&comparison, action))?;
    match action {
        BaselineAction::Create { .. } => baseline.accept(&comparison),
        BaselineAction::Update { accept_new } => {
            if accept_new {
                baseline.accept(&comparison);
            }
            if outcome.gaps.is_empty() {
                baseline.mark_fixed(&comparison);
            } else if fixed > 0 {
                complain("warning: not everything could be scanned, so nothing is marked as fixed");
            }
        }
        BaselineAction::Audit => {
            return Ok(ExitCode::from(u8::from(open > 0)));
        }
    }
    aside::write(&file, &baseline.render())?;
    say(&format!(
        "{} ids in {}; commit that file\n",
        baseline.len(),
        file.display()
    ))?;
    let left = matches!(action, BaselineAction::Update { accept_new: false }) && open > 0;
    if left {
        say("what is new was not taken in: mend it, or `keysieve baseline update --accept-new`\n")?;
    }
    Ok(ExitCode::from(u8::from(left)))
}

/// The file in force: the one given, the configured one, or the one at the repository's root.
fn place(config: &Config, given: Option<&Path>) -> Result<PathBuf> {
    if let Some(file) = given.or(config.baseline_file.as_deref()) {
        return Ok(file.to_path_buf());
    }
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    let root = crate::config::repository_file(&here).unwrap_or(here);
    Ok(root.join(BASELINE_FILE))
}

fn tell(comparison: &Comparison<'_>, action: BaselineAction) -> String {
    let mut out = String::new();
    let mut list = |word: &str, findings: &[&Finding]| {
        for finding in findings {
            out.push_str(&format!("{word:<9} {}\n", report::finding_line(finding)));
        }
    };
    if !matches!(action, BaselineAction::Create { .. }) {
        list("new", &comparison.new);
        list("came back", &comparison.back);
        for (id, rule) in &comparison.fixed {
            out.push_str(&format!("{:<9} {id} {rule}\n", "fixed"));
        }
    }
    out.push_str(&format!(
        "{} known, {} new, {} came back, {} fixed\n",
        comparison.known.len(),
        comparison.new.len(),
        comparison.back.len(),
        comparison.fixed.len()
    ));
    out
}
