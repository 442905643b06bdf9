//! Writes a file whole or not at all: beside it, then renamed, so that nothing is lost where that fails.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

/// Replaces what is at `path`; its permissions stay, a link is followed. What is no file, as `/dev/stdout`, is written to.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    write_to(path, text).with_context(|| {
        format!(
            "`{}` cannot be written; what was there is as it was",
            path.display()
        )
    })
}

fn write_to(path: &Path, text: &str) -> std::io::Result<()> {
    let old = std::fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all(text.as_bytes());
    }
    let path = match old {
        Some(_) => std::fs::canonicalize(path)?,
        None => path.to_path_buf(),
    };
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let aside = path.with_file_name(name);
    let written = || -> std::io::Result<()> {
        // Only a new file: a link that someone laid there is not followed.
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&aside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        if let Some(old) = &old {
            file.set_permissions(old.permissions())?;
        }
        std::fs::rename(&aside, &path)
    };
    written().inspect_err(|e| {
        if e.kind() != std::io::ErrorKind::AlreadyExists {
            drop(std::fs::remove_file(&aside));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_replaced_whole_or_stays() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("r.json");
        write(&file, "one").unwrap();
        write(&file, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "two");
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, "three").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "three");
        assert!(write(&dir.path().join("no/such/folder"), "x").is_err());
        assert!(write(dir.path(), "x").is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
