//! One folder of hooks: installing keeps an existing hook beside ours, uninstalling puts it back.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::script;

/// Suffix of a hook that was there before.
const KEPT: &str = ".before-keysieve";
/// Left in a hooks folder that we made, so that uninstalling removes it.
const MADE: &str = ".made-by-keysieve";

/// What installing or uninstalling one hook did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Installed,
    InstalledBeforeOther,
    Updated,
    Unchanged,
    Removed,
    Restored,
    NotOurs,
}

impl Change {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::InstalledBeforeOther => "installed; the hook that was here runs first",
            Self::Updated => "updated",
            Self::Unchanged => "was installed already",
            Self::Removed => "removed",
            Self::Restored => "removed; the hook that was here before is back",
            Self::NotOurs => "not ours, left alone",
        }
    }
}

/// A folder in which git looks for hooks.
#[derive(Debug)]
pub(super) struct HooksFolder {
    pub(super) path: PathBuf,
    /// File name of our hook: git's name, or one of a `.d` folder.
    file: fn(&str) -> String,
}

impl HooksFolder {
    /// Where git looks for this repository's hooks.
    pub(super) fn of_repository(dir: &Path) -> Result<Self> {
        let path = hooks_path(dir)?;
        let everywhere = ["--global", "--system"].iter().any(|scope| {
            git(dir, &["config", scope, "--get", "core.hooksPath"]).is_ok_and(|set| !set.is_empty())
        });
        let here = git(dir, &["config", "--local", "--get", "core.hooksPath"])
            .is_ok_and(|set| !set.is_empty());
        if everywhere && !here {
            bail!(
                "core.hooksPath is set for all repositories, so git runs the hooks in `{}`; \
                 use `keysieve install --global`, or unset core.hooksPath",
                path.display()
            );
        }
        Ok(Self {
            path: husky(&path).unwrap_or(path),
            file: str::to_owned,
        })
    }

    /// Where a server runs hooks for this bare repository.
    pub(super) fn of_server(dir: &Path) -> Result<Self> {
        if !dir.join("objects").is_dir() && !dir.join(".git").exists() {
            bail!(
                "`{}` is not a repository; name a bare repository's folder",
                dir.display()
            );
        }
        let path = hooks_path(dir).unwrap_or_else(|_| dir.join("hooks"));
        // Gitea, Forgejo: their own hook runs everything in the folder and is regenerated at will.
        let many = path.join("pre-receive.d");
        if many.is_dir() {
            return Ok(Self {
                path: many,
                file: |_| "keysieve".to_owned(),
            });
        }
        // GitLab's Gitaly: hooks of one repository.
        let custom = dir.join("custom_hooks");
        if custom.is_dir() {
            return Ok(Self {
                path: custom,
                file: str::to_owned,
            });
        }
        Ok(Self {
            path,
            file: str::to_owned,
        })
    }

    /// A folder that is ours as a whole.
    pub(super) fn at(path: PathBuf) -> Self {
        Self {
            path,
            file: str::to_owned,
        }
    }

    pub(super) fn hook(&self, name: &str) -> PathBuf {
        self.path.join((self.file)(name))
    }

    pub(super) fn install(&self, name: &str, exe: &Path) -> Result<Change> {
        self.write(name, &script::own(name, exe))
    }

    /// Puts a script in place of the hook, which is kept beside it.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<Change> {
        self.writable()?;
        let hook = self.hook(name);
        let kept = self.kept(name);
        let change = match fs::read(&hook) {
            Ok(old) if old == text.as_bytes() && executable(&hook) => return Ok(Change::Unchanged),
            Ok(old) if script::is_ours(&old) => Change::Updated,
            Ok(_) if kept.exists() => bail!(
                "`{}` is not ours although `{}` holds the hook that was here before; join the two by hand, then install again",
                hook.display(),
                kept.display()
            ),
            Ok(_) => {
                fs::rename(&hook, &kept)
                    .with_context(|| format!("the hook `{}` cannot be kept", hook.display()))?;
                Change::InstalledBeforeOther
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Change::Installed,
            Err(e) => {
                return Err(e)
                    .with_context(|| format!("the hook `{}` cannot be read", hook.display()));
            }
        };
        let aside = self
            .path
            .join(format!(".keysieve-{name}-{}", std::process::id()));
        let put = || -> std::io::Result<()> {
            fs::write(&aside, text)?;
            fs::set_permissions(&aside, fs::Permissions::from_mode(0o755))?;
            fs::rename(&aside, &hook)
        };
        put()
            .inspect_err(|_| {
                drop(fs::remove_file(&aside));
                if change == Change::InstalledBeforeOther {
                    drop(fs::rename(&kept, &hook));
                }
            })
            .with_context(|| format!("the hook `{}` cannot be written", hook.display()))?;
        Ok(change)
    }

    fn writable(&self) -> Result<()> {
        if !self.path.exists() {
            fs::create_dir_all(&self.path).with_context(|| {
                format!("the hooks folder `{}` cannot be made", self.path.display())
            })?;
            fs::write(self.path.join(MADE), "").with_context(|| {
                format!(
                    "the hooks folder `{}` cannot be written",
                    self.path.display()
                )
            })?;
        }
        if no_exec(&self.path) {
            bail!(
                "the hooks folder `{}` is on a file system mounted noexec: git could not run a hook there",
                self.path.display()
            );
        }
        Ok(())
    }

    pub(super) fn uninstall(&self, name: &str) -> Result<Change> {
        let hook = self.hook(name);
        let ours = fs::read(&hook).is_ok_and(|text| script::is_ours(&text));
        if !ours {
            return Ok(Change::NotOurs);
        }
        let kept = self.kept(name);
        let change = if kept.symlink_metadata().is_ok() {
            fs::rename(&kept, &hook)
                .with_context(|| format!("the hook `{}` cannot be put back", hook.display()))?;
            Change::Restored
        } else {
            fs::remove_file(&hook)
                .with_context(|| format!("the hook `{}` cannot be removed", hook.display()))?;
            Change::Removed
        };
        self.remove_if_made();
        Ok(change)
    }

    /// Removes the folder if we made it and nothing else is in it.
    fn remove_if_made(&self) {
        let marker = self.path.join(MADE);
        let alone = fs::read_dir(&self.path).is_ok_and(|entries| entries.count() == 1);
        if alone && marker.exists() {
            drop(fs::remove_file(&marker));
            drop(fs::remove_dir(&self.path));
        }
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.path.join(format!("{}{KEPT}", (self.file)(name)))
    }
}

/// Where git looks for hooks, by git's own word.
pub(super) fn hooks_path(dir: &Path) -> Result<PathBuf> {
    let answer = git(dir, &["rev-parse", "--git-path", "hooks"]).with_context(|| {
        format!(
            "`{}` is not a repository; name one, or run `git init` first",
            dir.display()
        )
    })?;
    let path = PathBuf::from(answer);
    Ok(if path.is_absolute() {
        path
    } else {
        dir.join(path)
    })
}

/// husky regenerates `.husky/_` and runs what stands in `.husky`: the hook belongs there.
fn husky(path: &Path) -> Option<PathBuf> {
    (path.file_name() == Some(OsStr::new("_")) && path.join("h").is_file())
        .then(|| path.parent().map(Path::to_path_buf))?
}

/// Asks git, with none of the variables of a hook that may be running us; the answer's first line.
pub(super) fn git(dir: &Path, args: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(args)
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .context("`git` cannot be run; install it, or put it on the PATH")?;
    if !output.status.success() {
        bail!(
            "git {}: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned())
}

pub(super) fn executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Whether the file system forbids running programs.
#[expect(
    unsafe_code,
    reason = "statvfs has no safe binding in the standard library"
)]
pub(super) fn no_exec(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    let mut stat = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: `path` is a C string that outlives the call; `stat` is zeroed memory of the type that statvfs fills, for
    // which all bit patterns are valid.
    let (result, stat) = unsafe {
        (
            libc::statvfs(path.as_ptr(), stat.as_mut_ptr()),
            stat.assume_init(),
        )
    };
    result == 0 && stat.f_flag & libc::ST_NOEXEC != 0
}
