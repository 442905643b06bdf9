//! `man DIR`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::{aside, say};
use crate::cli;

pub(super) fn run(dir: &Path) -> Result<ExitCode> {
    let pages = cli::pages();
    for (name, text) in &pages {
        // As manual readers want it: each section in a folder of its own.
        let section = name.rsplit('.').next().unwrap_or("1");
        let folder = dir.join(format!("man{section}"));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("the folder `{}` cannot be made", folder.display()))?;
        aside::write(&folder.join(name), text)?;
    }
    let dir = dir.display();
    say(&format!(
        "{} pages in {dir}; read one: man {dir}/man1/keysieve.1\n",
        pages.len()
    ))?;
    Ok(ExitCode::SUCCESS)
}
