//! What a scan looks at, as the command line says it.

use std::path::PathBuf;

use clap::ArgMatches;

use super::Target;

/// `None` where nothing is named.
pub(super) fn target(m: &ArgMatches) -> Option<Target> {
    let path = |key: &str| m.get_one::<PathBuf>(key).cloned();
    let paths: Vec<PathBuf> = m
        .get_many::<PathBuf>("path")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let text = |key: &str| m.get_one::<String>(key).cloned();
    let (since, branch) = (text("since"), text("branch"));
    if m.get_flag("staged") {
        Some(Target::Staged)
    } else if m.get_flag("all-files") {
        Some(Target::AllFiles)
    } else if let Some(repository) =
        path("history").or_else(|| (since.is_some() || branch.is_some()).then(|| ".".into()))
    {
        // `--history RANGE` and `--history REPO RANGE` as people type them; `--range` says it outright.
        let given = text("range")
            .or(branch)
            .or_else(|| paths.first().map(|p| p.display().to_string()));
        let is_range = given.is_none() && !repository.exists();
        Some(if is_range {
            Target::History {
                repository: PathBuf::from("."),
                range: Some(repository.display().to_string()),
                since,
            }
        } else {
            Target::History {
                repository,
                range: given,
                since,
            }
        })
    } else if let Some(path) = path("stdin-path") {
        Some(Target::StdinAs(path))
    } else if paths.is_empty() {
        None
    } else {
        Some(Target::Paths(paths))
    }
}
