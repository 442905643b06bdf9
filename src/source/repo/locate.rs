//! Finds the repository's directories and the few settings that say how its objects are stored.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use git2::ObjectFormat;

use crate::source::object::unquote;

/// The repository at a path, or the nearest around it.
pub(super) fn discover(start: &Path) -> Result<PathBuf> {
    let whole = fs::canonicalize(start)
        .with_context(|| format!("cannot look for a repository at `{}`", start.display()))?;
    for dir in whole.ancestors() {
        let dot_git = dir.join(".git");
        if let Some(found) = dot_git.exists().then(|| git_dir(&dot_git)) {
            return found;
        }
        if is_git_dir(dir) {
            return Ok(dir.to_path_buf());
        }
    }
    bail!(
        "`{}` is not in a git repository; run this in one, or name one",
        start.display()
    )
}

/// A git directory, or what a `.git` file points to.
pub(super) fn git_dir(path: &Path) -> Result<PathBuf> {
    if path.is_dir() {
        if is_git_dir(path) {
            return Ok(path.to_path_buf());
        }
        bail!("`{}` is not a git directory", path.display());
    }
    let text = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let target = text.strip_prefix(b"gitdir:").with_context(|| {
        format!(
            "`{}` does not say where the git directory is",
            path.display()
        )
    })?;
    let target = relative_to(path.parent().unwrap_or(Path::new(".")), target.trim_ascii());
    if is_git_dir(&target) {
        Ok(target)
    } else {
        bail!("`{}` points to no git directory", path.display())
    }
}

/// The directory that linked work trees share.
pub(super) fn common_dir(git_dir: &Path) -> Result<PathBuf> {
    let file = git_dir.join("commondir");
    match fs::read(&file) {
        Ok(text) => Ok(relative_to(git_dir, text.trim_ascii())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(git_dir.to_path_buf()),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", file.display())),
    }
}

fn is_git_dir(dir: &Path) -> bool {
    let shared = || {
        common_dir(dir)
            .is_ok_and(|common| common.join("objects").is_dir() && common.join("refs").is_dir())
    };
    fs::symlink_metadata(dir.join("HEAD")).is_ok() && shared()
}

fn relative_to(dir: &Path, path_bytes: &[u8]) -> PathBuf {
    dir.join(path(path_bytes.to_vec()))
}

/// A path of any bytes.
pub(super) fn path(bytes: Vec<u8>) -> PathBuf {
    OsString::from_vec(bytes).into()
}

/// How a repository stores objects and refs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) format: ObjectFormat,
    pub(super) ref_tables: bool,
}

impl Format {
    /// Reads the repository's own `config`; these settings count nowhere else.
    pub(super) fn read(common_dir: &Path) -> Result<Self> {
        let file = common_dir.join("config");
        match fs::read(&file) {
            Ok(text) => Self::parse(&text).with_context(|| format!("in `{}`", file.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::parse(b""),
            Err(error) => Err(error).with_context(|| format!("cannot read `{}`", file.display())),
        }
    }

    fn parse(text: &[u8]) -> Result<Self> {
        let mut found = Self {
            format: ObjectFormat::Sha1,
            ref_tables: false,
        };
        let mut in_extensions = false;
        for line in text.split(|&byte| byte == b'\n') {
            let mut line = line.trim_ascii();
            if let Some(header) = line.strip_prefix(b"[") {
                let end = memchr::memchr(b']', header).unwrap_or(header.len());
                in_extensions = header
                    .get(..end)
                    .is_some_and(|name| name.trim_ascii().eq_ignore_ascii_case(b"extensions"));
                line = header
                    .get(end.saturating_add(1)..)
                    .unwrap_or_default()
                    .trim_ascii();
            }
            if !in_extensions {
                continue;
            }
            let Some(at) = memchr::memchr(b'=', line) else {
                continue;
            };
            let (key, value) = line.split_at(at);
            let value = value
                .get(1..)
                .unwrap_or_default()
                .split(|byte| b"#;".contains(byte))
                .next()
                .unwrap_or_default()
                .trim_ascii();
            let value = value
                .strip_prefix(b"\"")
                .and_then(|value| value.strip_suffix(b"\""))
                .unwrap_or(value);
            let key = key.trim_ascii();
            if key.eq_ignore_ascii_case(b"objectformat") {
                found.format = match value.to_ascii_lowercase().as_slice() {
                    b"sha1" => ObjectFormat::Sha1,
                    b"sha256" => ObjectFormat::Sha256,
                    _ => bail!("`extensions.objectFormat` is neither `sha1` nor `sha256`"),
                };
            } else if key.eq_ignore_ascii_case(b"refstorage") {
                found.ref_tables = !value.eq_ignore_ascii_case(b"files");
            }
        }
        Ok(found)
    }
}

/// Git follows no more than this many links from store to store.
const ALTERNATES_DEPTH: usize = 5;

/// The object directories given and those that their `info/alternates` name, in order. Libgit2 would follow most of the
/// latter, but neither quoted ones nor relative ones that do not start with a dot.
pub(super) fn object_dirs(given: impl Iterator<Item = PathBuf>) -> Result<Vec<PathBuf>> {
    let mut dirs: Vec<PathBuf> = Vec::new();
    let mut next: Vec<(PathBuf, usize)> = given.map(|dir| (dir, 0)).collect();
    next.reverse();
    while let Some((dir, depth)) = next.pop() {
        if dirs.contains(&dir) {
            continue;
        }
        let file = dir.join("info/alternates");
        match fs::read(&file) {
            Ok(text) if depth < ALTERNATES_DEPTH => {
                let lines = text
                    .split(|&byte| byte == b'\n')
                    .map(<[u8]>::trim_ascii_end)
                    .filter(|line| !line.is_empty() && !line.starts_with(b"#"));
                next.extend(lines.map(|line| (relative_to(&dir, &unquote(line)), depth + 1)));
            }
            Ok(_) => {}
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", file.display()));
            }
        }
        dirs.push(dir);
    }
    Ok(dirs)
}

/// A directory's name as libgit2 takes it. One that is not UTF-8 may still be so seen from here.
pub(super) fn utf8(dir: &Path) -> Result<String> {
    if let Some(text) = dir.to_str() {
        return Ok(text.to_owned());
    }
    let here = fs::canonicalize(".").context("cannot tell the current directory")?;
    let whole =
        fs::canonicalize(dir).with_context(|| format!("cannot find `{}`", dir.display()))?;
    let mut up = PathBuf::new();
    for base in here.ancestors() {
        if let Ok(rest) = whole.strip_prefix(base)
            && let Some(text) = up.join(rest).to_str()
        {
            return Ok(if text.is_empty() {
                ".".into()
            } else {
                text.into()
            });
        }
        up.push("..");
    }
    bail!(
        "the object directory `{}` has a name that is not UTF-8",
        dir.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, format: ObjectFormat, ref_tables: bool) {
        let found = Format::parse(text.as_bytes()).unwrap();
        assert_eq!(found, Format { format, ref_tables });
    }

    #[test]
    fn the_format_stands_under_extensions_only() {
        check("", ObjectFormat::Sha1, false);
        check(
            "[core]\n\tobjectformat = sha256\n",
            ObjectFormat::Sha1,
            false,
        );
        check(
            "[Extensions]\n\tObjectFormat = SHA256 ; x\n",
            ObjectFormat::Sha256,
            false,
        );
        check(
            "[extensions] objectformat=\"sha256\"\n[a]\nb=c",
            ObjectFormat::Sha256,
            false,
        );
        check(
            "[extensions]\nrefStorage = reftable\n",
            ObjectFormat::Sha1,
            true,
        );
        check(
            "[extensions]\nrefStorage = files\n",
            ObjectFormat::Sha1,
            false,
        );
        assert!(Format::parse(b"[extensions]\nobjectformat = sha512\n").is_err());
    }

    #[test]
    fn alternates_are_followed_and_unquoted_and_loops_end() {
        let dir = tempfile::tempdir().unwrap();
        let make = |name: &str, text: &str| {
            let objects = dir.path().join(name);
            fs::create_dir_all(objects.join("info")).unwrap();
            fs::write(objects.join("info/alternates"), text).unwrap();
            objects
        };
        let first = make("a", "# no\n\n\"../b\\tc\"\n../d\n");
        let second = make("b\tc", "../a\n");
        make("d", "");
        let found = object_dirs(std::iter::once(first)).unwrap();
        assert!(found.len() >= 3);
        assert!(
            found
                .iter()
                .any(|dir| dir.canonicalize().unwrap() == second.canonicalize().unwrap())
        );
    }
}
