//! Configuration: built-in values, then files, then the environment, then flags, each a layer of overrides. A server
//! takes only the built-in values and its own file. The environment is read here and in `host.rs`, nowhere else.

mod file;
mod find;
mod schema;
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};

pub use file::parse;
pub use find::{Environment, repository_file};
pub use schema::schema;
pub use values::{duration, size};

use crate::finding::Confidence;
use crate::fingerprint::IdKey;
use crate::policy::{Mode, OnGap, Policy, Sandbox};
use crate::rule::Rule;
use crate::suppress::Allow;
use crate::suppress::baseline::Baseline;

/// Name of a repository's own file, at its root.
pub const REPOSITORY_FILE: &str = ".keysieve.toml";
/// Name of a repository's baseline, at its root.
pub const BASELINE_FILE: &str = ".keysieve-baseline";
/// Where a machine's administrator configures clients, and where a server looks unless told otherwise.
pub const SYSTEM_FILE: &str = "/etc/keysieve/config.toml";
pub const SERVER_FILE: &str = "/etc/keysieve/server.toml";

/// Who is asking: a client may be configured by its repository, a server only by its administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// Everything a run needs to know, merged.
#[derive(Debug)]
pub struct Config {
    pub policy: Policy,
    pub bypass: Option<Bypass>,
    pub allow: Vec<Allow>,
    pub rules: Vec<Arc<Rule>>,
    /// Built-in rules that are switched off.
    pub disable: Vec<String>,
    pub id_key: Option<IdKey>,
    /// JSON Lines of decisions, appended.
    pub decision_log: Option<PathBuf>,
    /// The file that `baseline` was read from.
    pub baseline_file: Option<PathBuf>,
    pub baseline: Baseline,
    /// Which layer set what, in order, for `config show`.
    pub sources: Vec<(&'static str, String, String)>,
}

/// The way past a server's refusal that its administrator opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bypass {
    pub push_option: String,
    pub users: Vec<String>,
    /// Least length of the reason, in characters.
    pub min_reason: usize,
    pub audit_log: PathBuf,
}

/// What one layer sets. A new field does not compile until `Config::apply` handles it.
#[derive(Debug, Default)]
pub struct Layer {
    pub mode: Option<Mode>,
    pub block_at: Option<Confidence>,
    pub allow_inline: Option<bool>,
    pub foreign_inline: Option<bool>,
    pub require_reason: Option<bool>,
    pub strict: Option<bool>,
    pub timeout: Option<Duration>,
    pub on_timeout: Option<OnGap>,
    pub max_blob: Option<u64>,
    pub over_limit: Option<OnGap>,
    pub max_depth: Option<usize>,
    pub show: Option<usize>,
    pub sandbox: Option<Sandbox>,
    pub disable: Vec<String>,
    pub bypass: Option<Bypass>,
    pub allow: Vec<Allow>,
    pub rules: Vec<Rule>,
    pub id_key_file: Option<PathBuf>,
    pub decision_log: Option<PathBuf>,
    pub baseline: Option<PathBuf>,
}

impl Config {
    /// The built-in values for a side.
    #[must_use]
    pub fn built_in(side: Side) -> Self {
        let policy = match side {
            Side::Client => Policy::client(),
            Side::Server => Policy::server(),
        };
        Self {
            policy,
            bypass: None,
            allow: Vec::new(),
            rules: Vec::new(),
            disable: Vec::new(),
            id_key: None,
            decision_log: None,
            baseline_file: None,
            baseline: Baseline::default(),
            sources: Vec::new(),
        }
    }

    /// All layers of a side, in order. `flag` is `--config`; `repository` the work tree's root, if there is one.
    pub fn load(
        side: Side,
        env: &Environment,
        flag: Option<&Path>,
        repository: Option<&Path>,
    ) -> Result<Self> {
        let mut config = Self::built_in(side);
        for (path, must_exist) in find::files(side, env, flag, repository) {
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound && !must_exist => continue,
                Err(e) => {
                    return Err(e).with_context(|| {
                        format!(
                            "config file `{}` cannot be read; make it readable or name another one",
                            path.display()
                        )
                    });
                }
            };
            let name = path.display().to_string();
            let layer = file::parse(&name, &text)?;
            config.apply(layer, &name)?;
        }
        if side == Side::Client {
            config.apply(env.layer()?, "environment")?;
        }
        config.check_reasons()?;
        config.read_baseline(repository)?;
        Ok(config)
    }

    /// Entries without a reason are errors unless policy says otherwise, in whichever file.
    pub fn check_reasons(&self) -> Result<()> {
        let bare = |allow: &&Allow| allow.reason.is_empty();
        let lines: Vec<String> = self
            .allow
            .iter()
            .filter(bare)
            .map(|allow| {
                format!(
                    "{}: this allow entry has no `reason`; say why the value may stay",
                    allow.source
                )
            })
            .collect();
        if self.policy.require_reason && !lines.is_empty() {
            anyhow::bail!("{}", lines.join("\n"));
        }
        Ok(())
    }

    /// Reads the baseline that a file names, which must be there, or else the one at the repository's root.
    fn read_baseline(&mut self, repository: Option<&Path>) -> Result<()> {
        let default = repository.map(|root| root.join(BASELINE_FILE));
        let Some(file) = self.baseline_file.clone().or(default) else {
            return Ok(());
        };
        match std::fs::read_to_string(&file) {
            Ok(text) => self.baseline = Baseline::parse(&file.display().to_string(), &text)?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && self.baseline_file.is_none() => {}
            Err(e) => {
                return Err(e).with_context(|| {
                    format!(
                        "the baseline `{}` cannot be read; `keysieve baseline create` writes one",
                        file.display()
                    )
                });
            }
        }
        Ok(())
    }

    /// Lays one layer over what is there.
    pub fn apply(&mut self, layer: Layer, source: &str) -> Result<()> {
        let Layer {
            mode,
            block_at,
            allow_inline,
            foreign_inline,
            require_reason,
            strict,
            timeout,
            on_timeout,
            max_blob,
            over_limit,
            max_depth,
            show,
            sandbox,
            disable,
            bypass,
            allow,
            rules,
            id_key_file,
            decision_log,
            baseline,
        } = layer;
        let sources = &mut self.sources;
        let mut said =
            |key: &'static str, value: String| sources.push((key, value, source.to_owned()));
        let policy = &mut self.policy;
        set(&mut policy.mode, mode, |v| {
            said("mode", v.as_str().to_owned());
        });
        set(&mut policy.block_at, block_at, |v| {
            said("block_at", v.as_str().to_owned());
        });
        set(&mut policy.allow_inline, allow_inline, |v| {
            said("allow_inline", v.to_string());
        });
        set(&mut policy.foreign_inline, foreign_inline, |v| {
            said("foreign_inline", v.to_string());
        });
        set(&mut policy.require_reason, require_reason, |v| {
            said("require_reason", v.to_string());
        });
        set(&mut policy.strict, strict, |v| {
            said("strict", v.to_string());
        });
        set(&mut policy.on_timeout, on_timeout, |v| {
            said("on_timeout", v.as_str().to_owned());
        });
        set(&mut policy.max_blob, max_blob, |v| {
            said("max_blob", v.to_string());
        });
        set(&mut policy.over_limit, over_limit, |v| {
            said("over_limit", v.as_str().to_owned());
        });
        set(&mut policy.max_depth, max_depth, |v| {
            said("max_depth", v.to_string());
        });
        set(&mut policy.show, show, |v| said("show", v.to_string()));
        set(&mut policy.sandbox, sandbox, |v| {
            said("sandbox", v.as_str().to_owned());
        });
        if let Some(timeout) = timeout {
            said("timeout", format!("{timeout:?}"));
            policy.timeout = Some(timeout);
        }
        if let Some(bypass) = bypass {
            said("bypass", bypass.push_option.clone());
            self.bypass = Some(bypass);
        }
        if let Some(log) = decision_log {
            said("decision_log", log.display().to_string());
            self.decision_log = Some(log);
        }
        if let Some(file) = baseline {
            // As a file names it: from where that file stands.
            let folder = Path::new(source).parent().unwrap_or(Path::new(""));
            said("baseline", file.display().to_string());
            self.baseline_file = Some(folder.join(file));
        }
        if let Some(path) = id_key_file {
            let key = std::fs::read(&path)
                .with_context(|| format!("the id key `{}` cannot be read", path.display()))?;
            said("id_key_file", path.display().to_string());
            self.id_key = Some(IdKey::derive(key.trim_ascii()));
        }
        for rule in rules {
            if self.rules.iter().any(|known| known.id == rule.id) {
                anyhow::bail!(
                    "{source}: rule `{}` is defined twice; give each rule its own id",
                    rule.id
                );
            }
            said("rule", rule.id.to_string());
            self.rules.push(Arc::new(rule));
        }
        self.disable.extend(disable);
        self.allow.extend(allow);
        Ok(())
    }
}

fn set<T: Copy>(slot: &mut T, value: Option<T>, mut said: impl FnMut(T)) {
    if let Some(value) = value {
        *slot = value;
        said(value);
    }
}
