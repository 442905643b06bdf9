//! `config show`, `config check`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};

use super::{say, scan, today};
use crate::cli::Target;
use crate::config::{self, Config, Environment, Side};
use crate::outcome::Finding;
use crate::suppress::Allow;

/// The configuration in force for a client in the current folder.
pub(super) fn client(flag: Option<&Path>) -> Result<Config> {
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    Config::load(
        Side::Client,
        &Environment::from_process(),
        flag,
        config::repository_file(&here).as_deref(),
    )
}

pub(super) fn server(flag: Option<&Path>) -> Result<Config> {
    Config::load(Side::Server, &Environment::from_process(), flag, None)
}

pub(super) fn show(as_server: bool, flag: Option<&Path>) -> Result<ExitCode> {
    let config = if as_server {
        server(flag)?
    } else {
        client(flag)?
    };
    let policy = &config.policy;
    let source = |key: &str| {
        config
            .sources
            .iter()
            .rev()
            .find(|(k, _, _)| *k == key)
            .map_or("built in", |(_, _, s)| s)
    };
    let mut out = String::new();
    let mut line = |key: &str, value: String| {
        out.push_str(&format!("{key:<14} = {value:<12} # {}\n", source(key)));
    };
    line("mode", policy.mode.as_str().to_owned());
    line("block_at", policy.block_at.as_str().to_owned());
    line("allow_inline", policy.allow_inline.to_string());
    line("foreign_inline", policy.foreign_inline.to_string());
    line("require_reason", policy.require_reason.to_string());
    line("strict", policy.strict.to_string());
    line(
        "timeout",
        policy
            .timeout
            .map_or_else(|| "none".to_owned(), |t| format!("{t:?}")),
    );
    line("on_timeout", policy.on_timeout.as_str().to_owned());
    line("max_blob", policy.max_blob.to_string());
    line("over_limit", policy.over_limit.as_str().to_owned());
    line("max_depth", policy.max_depth.to_string());
    line("show", policy.show.to_string());
    line("sandbox", policy.sandbox.as_str().to_owned());
    if let Some(file) = &config.baseline_file {
        line("baseline", file.display().to_string());
    } else if !config.baseline.is_empty() {
        line("baseline", format!("{} ids", config.baseline.len()));
    }
    if let Some(bypass) = &config.bypass {
        line(
            "bypass",
            format!("{} by {}", bypass.push_option, bypass.users.join(", ")),
        );
    }
    for rule in &config.rules {
        out.push_str(&format!("rule           = {}\n", rule.id));
    }
    for allow in &config.allow {
        out.push_str(&format!(
            "allow          = {} # {}\n",
            allow.reason, allow.source
        ));
    }
    say(&out)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn check(file: Option<&Path>, unused: bool, strict: bool) -> Result<ExitCode> {
    let mut config = match file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("`{}` cannot be read", file.display()))?;
            let name = file.display().to_string();
            let mut config = Config::built_in(Side::Client);
            config.apply(config::parse(&name, &text)?, &name)?;
            config.check_reasons()?;
            config
        }
        None => client(None)?,
    };
    let today = today();
    let mut out = String::new();
    let mut warn = |allow: &Allow, words: &str| {
        out.push_str(&format!(
            "warning: {}: this allow entry {words}: {}\n",
            allow.source, allow.reason
        ));
    };
    for allow in &config.allow {
        if allow.expired(today) {
            warn(allow, "has expired and holds no longer");
        } else if let Some(last) = allow.ends_soon(today) {
            warn(allow, &format!("expires on {last}"));
        }
    }
    let allow = std::mem::take(&mut config.allow);
    if unused && allow.iter().any(|entry| !entry.expired(today)) {
        let findings = everywhere(&config)?;
        for entry in Allow::unused(&allow, &findings, today) {
            warn(entry, "allows nothing here and can go");
        }
    }
    config.allow = allow;
    let is_clean = out.is_empty();
    out.push_str(&format!(
        "{} rules, {} allow entries, no error found\n",
        config.rules.len(),
        config.allow.len()
    ));
    say(&out)?;
    Ok(ExitCode::from(u8::from(strict && !is_clean)))
}

/// What is in any commit, staged, or on disk here.
pub(super) fn everywhere(config: &Config) -> Result<Vec<Finding>> {
    let history = Target::History {
        repository: PathBuf::from("."),
        range: None,
        since: None,
    };
    let here = Target::Paths(vec![PathBuf::from(".")]);
    let mut findings = scan::look(here, config, Instant::now())?.1.findings;
    for target in [Target::Staged, history] {
        // Outside a repository there are only files.
        if let Ok((_, reviewed)) = scan::look(target, config, Instant::now()) {
            findings.extend(reviewed.findings);
        }
    }
    Ok(findings)
}

pub(super) fn schema() -> Result<ExitCode> {
    say(&format!("{:#}\n", config::schema()))?;
    Ok(ExitCode::SUCCESS)
}
