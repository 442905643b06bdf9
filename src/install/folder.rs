//! One folder of hooks: installing keeps an existing hook beside ours, uninstalling puts it back.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

use super::script;

/// Suffix of a hook that was there before.
const KEPT: &str = ".before-keysieve";
/// Left in a hooks folder that we made, so that uninstalling removes it.
const MADE: &str = ".made-by-keysieve";

/// What helps where a folder cannot be changed.
const WRITABLE: &str = "make its folder writable, or run this as the user who owns it";

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

/// A folder in which git, or a host, looks for hooks.
#[derive(Debug)]
pub(super) struct HooksFolder {
    pub(super) path: PathBuf,
    /// File name of our hook: git's own name, or one of a folder where several programs stand side by side.
    pub(super) file: fn(&str) -> String,
    /// How the folder's owner runs what stands in it.
    pub(super) style: Style,
}

/// How hooks of a folder are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As programs: one that is not executable is skipped.
    Programs,
    /// By `sh -e`, executable or not (husky).
    ShellText,
}

impl HooksFolder {
    /// A folder whose hooks have git's names.
    pub(super) fn at(path: PathBuf) -> Self {
        Self {
            path,
            file: str::to_owned,
            style: Style::Programs,
        }
    }

    pub(super) fn hook(&self, name: &str) -> PathBuf {
        self.path.join((self.file)(name))
    }

    pub(super) fn install(&self, name: &str, exe: &Path) -> Result<Change> {
        self.write(name, &script::own(name, exe, self.style))
    }

    /// Puts a script in place of the hook, which is kept beside it.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<Change> {
        self.writable()?;
        let hook = self.hook(name);
        let kept = self.kept(name);
        let change = match fs::read(&hook) {
            Ok(old) if old == text.as_bytes() && executable(&hook) => return Ok(Change::Unchanged),
            Ok(old) if script::is_ours(&old) => Change::Updated,
            Ok(_) if kept.symlink_metadata().is_ok() => bail!(
                "`{}` is not ours although `{}` holds the hook that was here before; join the two by hand, then install again",
                hook.display(),
                kept.display()
            ),
            Ok(_) => self.keep(&hook, &kept)?,
            // A link to nothing is no hook, and yet it comes back when ours goes.
            Err(e) if e.kind() == ErrorKind::NotFound && hook.symlink_metadata().is_ok() => {
                self.keep(&hook, &kept)?
            }
            Err(e) if e.kind() == ErrorKind::NotFound => Change::Installed,
            Err(e) => {
                return Err(e).with_context(|| {
                    format!(
                        "the hook `{}` cannot be read; repair or remove it, then install again",
                        hook.display()
                    )
                });
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
                self.remove_if_made();
            })
            .with_context(|| {
                format!(
                    "the hook `{}` cannot be written; {WRITABLE}",
                    hook.display()
                )
            })?;
        Ok(change)
    }

    fn keep(&self, hook: &Path, kept: &Path) -> Result<Change> {
        fs::rename(hook, kept)
            .with_context(|| format!("the hook `{}` cannot be kept; {WRITABLE}", hook.display()))?;
        Ok(Change::InstalledBeforeOther)
    }

    fn writable(&self) -> Result<()> {
        let link = self.path.symlink_metadata().is_ok();
        if link && !self.path.is_dir() {
            bail!(
                "the hooks folder `{}` is no folder, or a link that leads to none; remove it, then install again",
                self.path.display()
            );
        }
        if !link {
            let first = self.path.ancestors().take_while(|dir| !dir.exists()).last();
            let first = first.unwrap_or(&self.path).to_path_buf();
            fs::create_dir_all(&self.path).with_context(|| {
                format!(
                    "the hooks folder `{}` cannot be made; {WRITABLE}",
                    self.path.display()
                )
            })?;
            let marker = self.path.join(MADE);
            fs::write(&marker, first.as_os_str().as_encoded_bytes())
                .inspect_err(|_| {
                    drop(fs::remove_file(&marker));
                    self.remove_up_to(&first);
                })
                .with_context(|| {
                    format!(
                        "the hooks folder `{}` cannot be written; {WRITABLE}",
                        self.path.display()
                    )
                })?;
        }
        if no_exec(&self.path) {
            bail!(
                "the hooks folder `{}` is on a file system mounted noexec: git could not run a hook there; mount it without that, or set core.hooksPath to another folder",
                self.path.display()
            );
        }
        Ok(())
    }

    pub(super) fn uninstall(&self, name: &str) -> Result<Change> {
        let hook = self.hook(name);
        let kept = self.kept(name);
        let ours = match fs::read(&hook) {
            Ok(text) => script::is_ours(&text),
            // Someone removed ours; what was here before still waits beside it.
            Err(e) => e.kind() == ErrorKind::NotFound && kept.symlink_metadata().is_ok(),
        };
        if !ours {
            return Ok(Change::NotOurs);
        }
        let change = if kept.symlink_metadata().is_ok() {
            fs::rename(&kept, &hook).with_context(|| {
                format!(
                    "the hook `{}` cannot be put back; {WRITABLE}",
                    hook.display()
                )
            })?;
            Change::Restored
        } else {
            fs::remove_file(&hook).with_context(|| {
                format!(
                    "the hook `{}` cannot be removed; {WRITABLE}",
                    hook.display()
                )
            })?;
            Change::Removed
        };
        self.remove_if_made();
        Ok(change)
    }

    /// Removes the folder if we made it and nothing else is in it, and the folders above that were made for it.
    fn remove_if_made(&self) {
        let marker = self.path.join(MADE);
        let alone = fs::read_dir(&self.path).is_ok_and(|entries| entries.count() == 1);
        let Some(first) = alone.then(|| fs::read(&marker).ok()).flatten() else {
            return;
        };
        let first = PathBuf::from(OsString::from_vec(first));
        drop(fs::remove_file(&marker));
        self.remove_up_to(&first);
    }

    /// Removes the folder, and those above it up to this one, if they are empty.
    fn remove_up_to(&self, first: &Path) {
        for dir in self.path.ancestors() {
            if fs::remove_dir(dir).is_err() || dir == first {
                break;
            }
        }
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}{KEPT}"))
    }
}

/// Asks git, with none of the variables of a hook that may be running us; the answer's first line.
pub(super) fn git(dir: &Path, args: &[&str]) -> Result<String> {
    Ok(git_lines(dir, args)?.into_iter().next().unwrap_or_default())
}

/// Git in a folder, with none of the variables that would lead it to another repository.
pub(super) fn git_command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).args(args);
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_PREFIX",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_QUARANTINE_PATH",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs it; where there is no git, says what to do.
pub(super) fn output(command: &mut Command) -> Result<Output> {
    command
        .output()
        .context("`git` cannot be run; install it, or put it on the PATH")
}

/// The same with all lines.
pub(super) fn git_lines(dir: &Path, args: &[&str]) -> Result<Vec<String>> {
    let output = output(&mut git_command(dir, args))?;
    if !output.status.success() {
        bail!(
            "git {}: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect())
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
