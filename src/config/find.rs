//! Which configuration files a run reads, and the settings of the environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::{Layer, REPOSITORY_FILE, SERVER_FILE, SYSTEM_FILE, Side};
use crate::finding::Confidence;
use crate::policy::Mode;
use crate::table::nearest;

/// The part of the process's environment that configures keysieve.
#[derive(Debug, Default, Clone)]
pub struct Environment {
    pub config: Option<PathBuf>,
    pub home: Option<PathBuf>,
    pub xdg_config: Option<PathBuf>,
    pub mode: Option<OsString>,
    pub block_at: Option<OsString>,
    /// Folders of `PATH`, for the program that opens a page.
    pub path: Vec<PathBuf>,
    /// Programs that open pages, as a person chose them.
    pub browser: Vec<PathBuf>,
    /// Whether a build server runs us: `CI` is set.
    pub ci: bool,
    /// Whether the terminal is one that knows links.
    pub links: bool,
}

impl Environment {
    /// Reads the process's environment.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "one of the two doors to the environment"
    )]
    pub fn from_process() -> Self {
        let path = |name| {
            std::env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        Self {
            config: path("KEYSIEVE_CONFIG"),
            home: path("HOME"),
            xdg_config: path("XDG_CONFIG_HOME"),
            mode: std::env::var_os("KEYSIEVE_MODE"),
            block_at: std::env::var_os("KEYSIEVE_BLOCK_AT"),
            path: std::env::var_os("PATH")
                .map(|path| std::env::split_paths(&path).collect())
                .unwrap_or_default(),
            browser: std::env::var_os("BROWSER")
                .map(|names| std::env::split_paths(&names).collect())
                .unwrap_or_default(),
            ci: std::env::var_os("CI").is_some_and(|v| !v.is_empty() && v != "false" && v != "0"),
            links: knows_links(&|name| std::env::var(name).ok()),
        }
    }

    /// What the environment sets on a client.
    pub(super) fn layer(&self) -> Result<Layer> {
        let mut layer = Layer::default();
        if let Some(mode) = &self.mode {
            let mode = mode.to_string_lossy();
            layer.mode = Mode::parse(&mode);
            if layer.mode.is_none() {
                bail!(
                    "KEYSIEVE_MODE is `{mode}`; it may be {}",
                    Mode::NAMES.join(" or ")
                );
            }
        }
        if let Some(level) = &self.block_at {
            let level = level.to_string_lossy();
            layer.block_at = Confidence::parse(&level);
            if layer.block_at.is_none() {
                let hint = nearest(&level, Confidence::NAMES.iter().copied());
                bail!(
                    "KEYSIEVE_BLOCK_AT is `{level}`; it may be {}{}",
                    Confidence::NAMES.join(", "),
                    hint.map_or_else(String::new, |h| format!("; did you mean `{h}`?"))
                );
            }
        }
        Ok(layer)
    }

    /// The user's own file.
    #[must_use]
    pub fn user_file(&self) -> Option<PathBuf> {
        let folder = self
            .xdg_config
            .clone()
            .or_else(|| self.home.as_ref().map(|home| home.join(".config")))?;
        Some(folder.join("keysieve/config.toml"))
    }

    /// The file that a server hook on this machine would read.
    #[must_use]
    pub fn server_file(&self) -> PathBuf {
        self.config
            .clone()
            .unwrap_or_else(|| PathBuf::from(SERVER_FILE))
    }
}

/// Whether a terminal shows OSC 8 as links, by what it says of itself; others may show the codes.
fn knows_links(var: &dyn Fn(&str) -> Option<String>) -> bool {
    if let Some(forced) = var("FORCE_HYPERLINK") {
        return !matches!(forced.as_str(), "" | "0" | "false");
    }
    let is = |name: &str, values: &[&str]| var(name).is_some_and(|v| values.contains(&v.as_str()));
    let vte = var("VTE_VERSION").and_then(|v| v.parse().ok());
    vte.is_some_and(|version: u32| version >= 5000)
        || var("WT_SESSION").is_some()
        || var("KONSOLE_VERSION").is_some()
        || is(
            "TERM_PROGRAM",
            &["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "zed"],
        )
        || is(
            "TERM",
            &["xterm-kitty", "alacritty", "foot", "xterm-ghostty"],
        )
}

/// The files to read in order, and whether each must exist.
pub(super) fn files(
    side: Side,
    env: &Environment,
    flag: Option<&Path>,
    repository: Option<&Path>,
) -> Vec<(PathBuf, bool)> {
    let named = flag.map(Path::to_path_buf).or_else(|| env.config.clone());
    match side {
        Side::Server => {
            let must_exist = named.is_some();
            vec![(named.unwrap_or_else(|| env.server_file()), must_exist)]
        }
        Side::Client => {
            let mut files = vec![(PathBuf::from(SYSTEM_FILE), false)];
            files.extend(env.user_file().map(|path| (path, false)));
            files.extend(repository.map(|root| (root.join(REPOSITORY_FILE), false)));
            files.extend(named.map(|path| (path, true)));
            files
        }
    }
}

/// The folder whose `.keysieve.toml` holds for `start`: the root of the work tree around it, or, outside of any, the first
/// one upwards that has the file.
#[must_use]
pub fn repository_file(start: &Path) -> Option<PathBuf> {
    let above = |name: &str| start.ancestors().find(|folder| folder.join(name).exists());
    above(".git")
        .or_else(|| above(REPOSITORY_FILE))
        .map(Path::to_path_buf)
}
