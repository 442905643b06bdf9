//! What refs point to: `HEAD`, the commits being merged, all refs. Files are read here; reference tables by git.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use git2::Oid;

use super::{GitRepo, Place, locate};
use crate::source::object::{hex_len, parse_oid};

/// Git follows no more symbolic refs than this.
const SYMREF_DEPTH: usize = 5;

impl GitRepo {
    /// The commit that `HEAD` means, or `None` before the first commit.
    pub fn head(&self) -> Result<Option<Oid>> {
        if self.ref_tables {
            return self.git()?.commit_of("HEAD", self.format);
        }
        self.resolve(b"HEAD")
    }

    /// What a ref (its full name) points to, tags not peeled.
    fn resolve(&self, name: &[u8]) -> Result<Option<Oid>> {
        let mut name = name.to_vec();
        for _ in 0..=SYMREF_DEPTH {
            let Some(text) = self.loose_ref(&name)? else {
                return self.packed_ref(&name);
            };
            let text = text.trim_ascii_end();
            let Some(target) = text.strip_prefix(b"ref:") else {
                let digits = text.get(..hex_len(self.format)).unwrap_or(text);
                return parse_oid(digits, self.format)
                    .with_context(|| format!("`{}` is malformed", name.escape_ascii()))
                    .map(Some);
            };
            name = target.trim_ascii().to_vec();
        }
        bail!("`HEAD` leads through more than {SYMREF_DEPTH} symbolic refs")
    }

    fn loose_ref(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        let own = !name.starts_with(b"refs/")
            || [&b"refs/bisect/"[..], b"refs/worktree/", b"refs/rewritten/"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
        let dir = if own { &self.git_dir } else { &self.common_dir };
        let file = dir.join(locate::path(name.to_vec()));
        match fs::read(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
                ) =>
            {
                // A dangling link is how old gits wrote symbolic refs.
                fs::read_link(&file)
                    .map(|to| Some([b"ref: ", to.as_os_str().as_encoded_bytes()].concat()))
                    .or(Ok(None))
            }
            Err(error) => Err(error).with_context(|| format!("cannot read `{}`", file.display())),
        }
    }

    fn packed_ref(&self, name: &[u8]) -> Result<Option<Oid>> {
        let text = self.packed_refs()?;
        let needle = [b" ", name, b"\n"].concat();
        let mut from = 0;
        while let Some(at) = memchr::memmem::find(text.get(from..).unwrap_or_default(), &needle) {
            let end = from + at;
            let start = end.saturating_sub(hex_len(self.format));
            let at_line_start = start == 0 || text.get(start - 1) == Some(&b'\n');
            if at_line_start && let Some(hex) = text.get(start..end) {
                return parse_oid(hex, self.format)
                    .context("`packed-refs` is malformed")
                    .map(Some);
            }
            from = end + 1;
        }
        Ok(None)
    }

    fn packed_refs(&self) -> Result<Vec<u8>> {
        let file = self.common_dir.join("packed-refs");
        match fs::read(&file) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error).with_context(|| format!("cannot read `{}`", file.display())),
        }
    }

    /// The commits that stand beside `HEAD` in the merge that is being committed.
    pub fn merge_heads(&self) -> Result<Vec<Oid>> {
        let file = self.git_dir.join("MERGE_HEAD");
        let text = match fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", file.display()));
            }
        };
        text.split(|&byte| byte == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty())
            .map(|line| {
                let hex = line.split(u8::is_ascii_whitespace).next().unwrap_or(line);
                parse_oid(hex, self.format)
            })
            .collect::<Result<_>>()
            .with_context(|| format!("`{}` is malformed", file.display()))
    }

    /// The commits whose parents a shallow clone, or a push from one, cuts off.
    pub fn shallow(&self) -> Result<HashSet<Oid>> {
        let mut ids = HashSet::new();
        let own = self.common_dir.join("shallow");
        for file in std::iter::once(&own).chain(&self.env.shallow_file) {
            let text = match fs::read(file) {
                Ok(text) => text,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot read `{}`", file.display()));
                }
            };
            for line in text
                .split(|&byte| byte == b'\n')
                .filter(|line| !line.is_empty())
            {
                ids.insert(
                    parse_oid(line, self.format)
                        .with_context(|| format!("`{}` is malformed", file.display()))?,
                );
            }
        }
        Ok(ids)
    }

    /// Every ref's target and `HEAD`'s, sorted, each once.
    pub fn all_tips(&self) -> Result<Vec<Oid>> {
        let mut tips = if self.ref_tables {
            self.git()?.tips(self.format)?
        } else {
            let mut tips = Vec::new();
            let packed = self.packed_refs()?;
            let mut overridden = Vec::new();
            self.loose_tips(&self.common_dir.join("refs"), b"refs", &mut overridden, 0)?;
            for line in packed.split(|&byte| byte == b'\n') {
                if line.is_empty() || line.starts_with(b"#") || line.starts_with(b"^") {
                    continue;
                }
                let (hex, name) = line
                    .split_at_checked(hex_len(self.format))
                    .context("`packed-refs` is malformed")?;
                let name = name.strip_prefix(b" ").unwrap_or(name);
                if !overridden.iter().any(|(loose, _)| loose == name) {
                    tips.push(parse_oid(hex, self.format).context("`packed-refs` is malformed")?);
                }
            }
            tips.extend(overridden.into_iter().filter_map(|(_, id)| id));
            tips
        };
        tips.extend(self.head()?);
        tips.sort();
        tips.dedup();
        Ok(tips)
    }

    /// The targets of the refs of those repositories whose objects this one shares. Where they cannot be read, more is new.
    #[must_use]
    pub fn alternate_tips(&self) -> Vec<Oid> {
        let shared = self.object_dirs.iter().skip(1);
        let mut tips: Vec<Oid> = shared
            .filter_map(|objects| Self::open(Place::At(objects.parent()?), &self.env).ok())
            .filter_map(|repo| repo.all_tips().ok())
            .flatten()
            .filter(|id| self.exists(*id))
            .collect();
        tips.sort();
        tips.dedup();
        tips
    }

    fn loose_tips(
        &self,
        dir: &Path,
        prefix: &[u8],
        found: &mut Vec<(Vec<u8>, Option<Oid>)>,
        depth: usize,
    ) -> Result<()> {
        if depth > 64 {
            bail!("refs are nested too deep");
        }
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", dir.display()));
            }
        };
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read `{}`", dir.display()))?;
            let name = [prefix, b"/", entry.file_name().as_encoded_bytes()].concat();
            if entry.path().is_dir() {
                self.loose_tips(&entry.path(), &name, found, depth + 1)?;
            } else if !name.ends_with(b".lock") {
                let target = self.resolve(&name)?;
                found.push((name, target));
            }
        }
        Ok(())
    }
}
