//! `config import`: reads another scanner's file, looks up the findings that it names, writes the entries, and says of
//! each what it became.

mod known;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::json;

use self::known::Known;
use super::{aside, complain, say};
use crate::cli::Import;
use crate::config::{self, BASELINE_FILE, REPOSITORY_FILE};
use crate::host::GitEnv;
use crate::import::{self, Additions, Entry, Fate, Format, Into, NewAllow};
use crate::scan::is_invisible;
use crate::source::repo::{GitRepo, Place};
use crate::suppress::baseline::Baseline;
use crate::table::problem::without_values;

/// Files that build on each other, as deep as gitleaks follows them.
const MAX_EXTENDS: usize = 2;

/// A foreign file that was read.
struct Source {
    name: String,
    text: String,
    entries: Vec<Entry>,
}

/// What became of one entry, in words.
#[derive(Default)]
struct Told {
    became: Vec<String>,
    covered: Vec<String>,
    lost: Vec<String>,
}

pub(super) fn run(request: &Import) -> Result<ExitCode> {
    let mut sources = Vec::new();
    match &request.file {
        Some(file) => read_file(file, request.from, MAX_EXTENDS, &mut sources)?,
        None => sources.push(git_settings(request.from)?),
    }
    let root = root()?;
    let file = root.join(REPOSITORY_FILE);
    let old = read_or_empty(&file)?;
    let mut new = Additions::default();
    for fate in sources
        .iter()
        .flat_map(|s| &s.entries)
        .flat_map(|e| &e.fate)
    {
        match fate {
            Fate::Rule(rule) => new.rules.push(rule.clone()),
            Fate::Allow(allow) => new.allow.push(allow.clone()),
            Fate::Disable(id) => new.disable.push(id.clone()),
            Fate::Place(_)
            | Fate::Value(_)
            | Fate::Extends(_)
            | Fate::Covered(_)
            | Fate::Lost(_) => {}
        }
    }
    let known = Known::new(&root, &new)?;
    let baseline_file = root.join(BASELINE_FILE);
    let mut baseline = read_baseline(&baseline_file)?;
    let before = baseline.clone();
    let mut ids: Vec<(String, String)> = Vec::new();
    let mut lines = Vec::new();
    for source in &sources {
        for entry in &source.entries {
            let mut told = Told::default();
            for fate in &entry.fate {
                tell(fate, &known, &mut told, &mut new, &mut |id, rule| {
                    baseline.add(id, rule);
                    ids.push((id.to_owned(), rule.to_owned()));
                })?;
            }
            lines.push((place(source, entry.at), entry.what.clone(), told));
        }
    }
    let name = file.display().to_string();
    let text = import::with_entries(&old, &new).map_err(|e| anyhow::anyhow!("{name}: {e}"))?;
    config::parse(&name, &text)?;
    report(&lines, request.jsonl);
    if request.dry_run {
        dry_run(&new, &ids)?;
    } else {
        if text != old {
            aside::write(&file, &text)?;
        }
        if baseline != before {
            aside::write(&baseline_file, &baseline.render())?;
        }
    }
    let count = |of: fn(&Told) -> bool| lines.iter().filter(|(_, _, told)| of(told)).count();
    let lost = count(|told| !told.lost.is_empty());
    if !request.jsonl {
        complain(&format!(
            "{} entries: {} taken over, {} need nothing, {lost} not or not wholly; {}",
            lines.len(),
            count(|told| !told.became.is_empty()),
            count(|told| told.became.is_empty() && told.lost.is_empty()),
            if request.dry_run {
                "nothing was written"
            } else if text == old && baseline == before {
                "there was nothing to write"
            } else {
                "commit what was written"
            }
        ));
    }
    Ok(ExitCode::from(u8::from(lost > 0)))
}

/// The folder whose configuration is written.
fn root() -> Result<PathBuf> {
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    Ok(config::repository_file(&here).unwrap_or(here))
}

fn read_or_empty(file: &Path) -> Result<String> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(e).with_context(|| format!("`{}` cannot be read", file.display())),
    }
}

fn read_baseline(file: &Path) -> Result<Baseline> {
    Ok(Baseline::parse(
        &file.display().to_string(),
        &read_or_empty(file)?,
    )?)
}

/// Reads a file, and those that it extends before it.
fn read_file(
    file: &Path,
    from: Option<Format>,
    extends: usize,
    out: &mut Vec<Source>,
) -> Result<()> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("`{}` cannot be read", file.display()))?;
    let Some(format) = from.or_else(|| import::detect(file, &text)) else {
        bail!(
            "whose file `{}` is cannot be told; say it with `--from`: {}",
            file.display(),
            Format::NAMES.join(", ")
        );
    };
    let name = file.display().to_string();
    let mut entries = import::read(format, &name, &text)?;
    for entry in &mut entries {
        for fate in &mut entry.fate {
            let Fate::Extends(named) = fate else { continue };
            let beside = file.parent().unwrap_or(Path::new("")).join(&*named);
            let found = [PathBuf::from(&*named), beside]
                .into_iter()
                .find(|path| path.is_file());
            *fate = match found {
                Some(path) if extends > 0 => {
                    read_file(&path, Some(Format::Gitleaks), extends - 1, out)?;
                    Fate::Covered(format!("`{}` is imported as well", path.display()))
                }
                Some(_) => Fate::Lost("files extend each other too deep".to_owned()),
                None => Fate::Lost(format!("`{named}` is not there")),
            };
        }
    }
    out.push(Source {
        name,
        text,
        entries,
    });
    Ok(())
}

/// git-secrets' settings as git itself sees them here, in the form of a file.
fn git_settings(from: Option<Format>) -> Result<Source> {
    if from != Some(Format::GitSecrets) {
        bail!("name the file; only `--from git-secrets` can do without one");
    }
    let repo = GitRepo::open(Place::Here, &GitEnv::read())?;
    let mut text = String::from("[secrets]\n");
    for (key, value) in repo.git()?.settings("^secrets\\.")? {
        let key = key.rsplit('.').next().unwrap_or_default();
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        text.push_str(&format!("{key} = \"{}\"\n", value.replace('\n', "\\n")));
    }
    let name = "git config".to_owned();
    let entries = import::read(Format::GitSecrets, &name, &text)?;
    if entries.is_empty() {
        bail!("git has no setting that begins with `secrets.` here");
    }
    Ok(Source {
        name,
        text,
        entries,
    })
}

/// Takes a fate down in words; what is known by place or value becomes entries.
fn tell(
    fate: &Fate,
    known: &Known,
    told: &mut Told,
    new: &mut Additions,
    to_baseline: &mut dyn FnMut(&str, &str),
) -> Result<()> {
    match fate {
        Fate::Rule(rule) => told.became.push(format!("[[rule]] {}", rule.id)),
        Fate::Allow(allow) => told
            .became
            .push(format!("[[allow]] by {}", criteria(allow))),
        Fate::Disable(id) => told.became.push(format!("`disable` of {id}")),
        Fate::Covered(why) => told.covered.push(why.clone()),
        Fate::Lost(why) => told.lost.push(why.clone()),
        Fate::Extends(_) => {}
        Fate::Place(place) => match known.at(place)? {
            None => told.lost.push(match &place.commit {
                Some(commit) => format!("there is no such file in commit {commit:.12} here"),
                None => "there is no such file here".to_owned(),
            }),
            Some(found) if found.is_empty() => {
                told.covered.push("keysieve finds nothing there".to_owned());
            }
            Some(found) => {
                for (id, rule) in found {
                    if let Into::Allow(reason) = &place.into {
                        new.allow.push(by_id(&id, reason));
                        told.became.push(format!("[[allow]] by id {id} ({rule})"));
                    } else {
                        to_baseline(&id, &rule);
                        told.became
                            .push(format!("{id} ({rule}) in {BASELINE_FILE}"));
                    }
                }
            }
        },
        Fate::Value(value) => {
            let found = known.with_value(value)?;
            if found.is_empty() {
                let why = "no finding of keysieve here has this value";
                told.covered.push(why.to_owned());
            }
            for (id, rule) in found {
                new.allow.push(by_id(&id, &value.reason));
                told.became.push(format!("[[allow]] by id {id} ({rule})"));
            }
        }
    }
    Ok(())
}

fn by_id(id: &str, reason: &str) -> NewAllow {
    NewAllow {
        id: Some(id.to_owned()),
        reason: reason.to_owned(),
        ..NewAllow::default()
    }
}

/// What an entry asks for.
fn criteria(allow: &NewAllow) -> String {
    let NewAllow {
        id: _,
        rule,
        path,
        value,
        target,
        words,
        commit,
        reason: _,
    } = allow;
    let asked = [
        ("rule", rule.is_empty()),
        ("path", path.is_empty()),
        (target.as_str(), value.is_empty()),
        ("words", words.is_empty()),
        ("commit", commit.is_empty()),
    ];
    let asked: Vec<&str> = asked
        .iter()
        .filter(|(_, is_empty)| !is_empty)
        .map(|(key, _)| *key)
        .collect();
    asked.join(" and ")
}

/// File, line and column of an entry.
fn place(source: &Source, at: usize) -> (String, usize, usize) {
    let before = source.text.as_bytes().get(..at).unwrap_or_default();
    let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|&&b| b != b'\n').count() + 1;
    (source.name.clone(), line, column)
}

/// Words of a foreign file as they may be shown: no value, nothing that moves a cursor.
fn shown(text: &str) -> String {
    let visible = |c: char| {
        if c.is_control() || is_invisible(c) {
            '\u{fffd}'
        } else {
            c
        }
    };
    without_values(&text.chars().map(visible).collect::<String>())
}

fn report(lines: &[((String, usize, usize), String, Told)], jsonl: bool) {
    for ((file, line, column), what, told) in lines {
        let list = |words: &[String]| words.iter().map(|w| shown(w)).collect::<Vec<_>>();
        let [became, covered, lost] = [&told.became, &told.covered, &told.lost].map(|w| list(w));
        if jsonl {
            complain(
                &json!({
                    "file": file, "line": line, "column": column, "entry": shown(what),
                    "became": became, "needs_nothing": covered, "not_taken": lost,
                })
                .to_string(),
            );
            continue;
        }
        let mut parts = Vec::new();
        if !became.is_empty() {
            parts.push(format!("became {}", became.join(", ")));
        }
        if !covered.is_empty() {
            parts.push(format!("needs nothing: {}", covered.join(", ")));
        }
        if !lost.is_empty() {
            parts.push(format!("not taken over: {}", lost.join(", ")));
        }
        complain(&format!(
            "{file}:{line}:{column}: {}: {}",
            shown(what),
            parts.join("; ")
        ));
    }
}

/// Prints what would be written.
fn dry_run(new: &Additions, ids: &[(String, String)]) -> Result<()> {
    let mut out = import::with_entries("", new).map_err(anyhow::Error::msg)?;
    if !ids.is_empty() {
        let mut baseline = Baseline::default();
        for (id, rule) in ids {
            baseline.add(id, rule);
        }
        out.push_str(&format!("\n# {BASELINE_FILE}\n"));
        for line in baseline.render().lines().skip(1) {
            out.push_str(&format!("# {line}\n"));
        }
    }
    say(&out)
}
