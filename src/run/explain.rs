//! `explain`: finds a finding again by its id and says why it was judged so.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use super::report::Report;
use super::{config, say, scan};
use crate::cli::Target;
use crate::finding::Step;
use crate::outcome::{Finding, Place};
use crate::report;

pub(super) fn run(id: &str, target: Option<Target>) -> Result<ExitCode> {
    let named = target.is_some();
    let targets = target.map_or_else(
        || vec![Target::Staged, Target::Paths(vec![PathBuf::from(".")])],
        |target| vec![target],
    );
    for target in targets {
        let started = Instant::now();
        let config = config::client(None)?;
        let looked = match scan::look(target, &config, started) {
            Ok(looked) => looked,
            // Outside a repository nothing is staged.
            Err(e) if named => return Err(e),
            Err(_) => continue,
        };
        let (config, _, outcome) = Report::of(config, looked.0, started, looked.1).decide();
        let found: Vec<&Finding> = outcome
            .findings
            .iter()
            .filter(|finding| finding.id.starts_with(id))
            .collect();
        for finding in &found {
            let content = finding.places.first().and_then(content);
            let content = content
                .as_ref()
                .map(|(path, bytes)| (path.as_slice(), bytes.as_slice()));
            say(&report::explain(finding, content, &config.policy))?;
        }
        if !found.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    bail!(
        "no finding has the id `{id}` here; say where it is: `keysieve explain {id} FILE`, or `--history`, or `--all-files`"
    )
}

/// The file of a place as it is on disk now.
fn content(place: &Place) -> Option<(Vec<u8>, Vec<u8>)> {
    if place
        .route
        .iter()
        .any(|step| matches!(step, Step::Member(_)))
    {
        return None;
    }
    let path = String::from_utf8(place.path.clone()).ok()?;
    let here = std::env::current_dir().ok()?;
    let root = crate::config::repository_file(&here).unwrap_or_else(|| here.clone());
    let read = |folder: &Path| std::fs::read(folder.join(&path)).ok();
    let bytes = read(&here).or_else(|| read(&root))?;
    Some((place.path.clone(), bytes))
}
