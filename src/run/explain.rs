//! `explain`: finds a finding again by its id and says why it was judged so.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::{say, scan};
use crate::cli::Target;
use crate::finding::Step;
use crate::outcome::Place;
use crate::report;

pub(super) fn run(id: &str, target: Option<Target>) -> Result<ExitCode> {
    let mut told = false;
    scan::look_around(target, &mut |config, _, outcome| {
        for finding in &outcome.findings {
            if finding.id.starts_with(id) {
                let content = finding.places.first().and_then(content);
                let content = content
                    .as_ref()
                    .map(|(path, bytes)| (path.as_slice(), bytes.as_slice()));
                say(&report::explain(finding, content, &config.policy))?;
                told = true;
            }
        }
        Ok(if told {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    if told {
        return Ok(ExitCode::SUCCESS);
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
