//! Programs that manage hooks: whether they call keysieve, and whether they are switched off.

use std::fs;
use std::path::Path;

use crate::host::Switches;
use crate::install::folder::{executable, git};
use crate::install::script;

/// Who calls keysieve from a hook that is not ours. `None` where nobody does, or the hook is ours.
pub(crate) fn through_another(hook: &Path, name: &str) -> Option<String> {
    let text = fs::read(hook).ok()?;
    if script::is_ours(&text) {
        return None;
    }
    if let Some(framework) = framework(&text)
        && is_legacy(hook)
    {
        return Some(format!("{framework}, which kept it"));
    }
    calls(&text, name).then(|| "the hook that is there".to_owned())
}

/// How a hook that is not ours calls keysieve, or why it will not; `None` where it does not.
pub(super) fn of_foreign(
    dir: &Path,
    hook: &Path,
    text: &[u8],
    name: &str,
    switches: &Switches,
) -> Option<Result<String, String>> {
    if let Some(framework) = framework(text) {
        if is_legacy(hook) {
            return Some(Ok(format!("{framework}, which kept it")));
        }
        return framework_has(dir, name).then(|| {
            let skipped = switches.skip.iter().find(|id| ids(name).contains(&id.as_str()));
            match skipped {
                Some(id) => Err(format!("SKIP={id} is set for {framework}")),
                None if name == "pre-push" => Ok(format!(
                    "{framework}, which hands over the first ref of a push alone; `keysieve install` adds the others"
                )),
                None => Ok(framework.to_owned()),
            }
        });
    }
    if memchr::memmem::find(text, b"lefthook").is_some() {
        let kept = hook.with_extension("old");
        if fs::read(&kept).is_ok_and(|text| script::is_ours(&text)) && !lefthook_has(dir) {
            return Some(Err(format!(
                "lefthook moved it to `{}` and does not run it; add a job to lefthook.yml: `run: keysieve hook {name}`",
                kept.display()
            )));
        }
        return lefthook_has(dir).then(|| {
            if switches.lefthook_off {
                Err("LEFTHOOK=0 is set".to_owned())
            } else {
                Ok("lefthook".to_owned())
            }
        });
    }
    calls(text, name).then(|| Ok("the hook that is there".to_owned()))
}

/// Why husky will not run its hook.
pub(super) fn husky_off(folder: &Path, name: &str, switches: &Switches) -> Option<String> {
    if switches.husky_off {
        return Some("HUSKY=0 is set".to_owned());
    }
    if let Some(file) = &switches.husky_file
        && fs::read_to_string(file).is_ok_and(|text| live(&text).any(|l| l.contains("HUSKY=0")))
    {
        return Some(format!("`{}` sets HUSKY=0", file.display()));
    }
    let stub = folder.join("_").join(name);
    (!executable(&stub)).then(|| {
        format!(
            "husky's `{}` is not there or not executable; run husky again",
            stub.display()
        )
    })
}

/// What git's own configuration says of a hook (`hook.NAME.command`, since git 2.54); `None` where nothing of keysieve.
pub(super) fn by_config(dir: &Path, event: &str) -> Option<Result<String, String>> {
    let get = |key: &str| git(dir, &["config", "--get", key]).ok();
    let commands = all_lines(dir, &["config", "--get-regexp", r"^hook\..*\.command$"]);
    for line in commands {
        let Some((key, command)) = line.split_once(' ') else {
            continue;
        };
        let Some(name) = key
            .strip_prefix("hook.")
            .and_then(|k| k.strip_suffix(".command"))
        else {
            continue;
        };
        let events = all_lines(dir, &["config", "--get-all", &format!("hook.{name}.event")]);
        if !command.contains("keysieve") || !events.iter().any(|e| e == event) {
            continue;
        }
        let off = |key: String| get(&key).is_some_and(|set| set == "false");
        for key in [
            format!("hook.{name}.enabled"),
            format!("hook.{event}.enabled"),
        ] {
            if off(key.clone()) {
                return Some(Err(format!("git config {key} is false")));
            }
        }
        return Some(match version(dir) {
            Some(version) if version < (2, 54) => Err(format!(
                "git {}.{} does not know hook.{name}.command, git 2.54 does",
                version.0, version.1
            )),
            _ => Ok(format!("git config hook.{name}.command")),
        });
    }
    None
}

fn all_lines(dir: &Path, args: &[&str]) -> Vec<String> {
    super::folder::git_lines(dir, args).unwrap_or_default()
}

fn version(dir: &Path) -> Option<(u32, u32)> {
    let text = git(dir, &["version"]).ok()?;
    let mut numbers = text.split_whitespace().nth(2)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The program of `.pre-commit-config.yaml` that wrote a hook.
fn framework(text: &[u8]) -> Option<&'static str> {
    let says = |mark: &[u8]| memchr::memmem::find(text, mark).is_some();
    if says(b"https://pre-commit.com") {
        Some("the pre-commit framework")
    } else if says(b"generated by prek") {
        Some("prek")
    } else {
        None
    }
}

/// The framework keeps the hook that was there beside its own and runs it first.
fn is_legacy(hook: &Path) -> bool {
    let mut kept = hook.as_os_str().to_owned();
    kept.push(".legacy");
    let kept = Path::new(&kept);
    executable(kept) && fs::read(kept).is_ok_and(|text| script::is_ours(&text))
}

/// A command line of a script that runs keysieve for this hook.
fn calls(text: &[u8], name: &str) -> bool {
    let text = String::from_utf8_lossy(text);
    live(&text).any(|line| line.contains("keysieve") && line.contains(&format!("hook {name}")))
}

/// Lines that are no comment.
fn live(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
}

/// Our ids in `.pre-commit-hooks.yaml` for a hook.
fn ids(name: &str) -> &'static [&'static str] {
    match name {
        "pre-commit" | "pre-merge-commit" => &["keysieve", "keysieve-system"],
        "commit-msg" => &["keysieve-commit-msg", "keysieve-commit-msg-system"],
        _ => &["keysieve-pre-push", "keysieve-pre-push-system"],
    }
}

/// Whether the framework's configuration has a hook of ours for this stage.
fn framework_has(dir: &Path, name: &str) -> bool {
    let Some(root) = work_tree(dir) else {
        return false;
    };
    let stage = if name == "pre-merge-commit" {
        "pre-commit"
    } else {
        name
    };
    let names_ours = |text: String| {
        live(&text).any(|line| {
            let words = || line.split([' ', ':', '=', ',', '{', '}', '"', '\'']);
            words().any(|word| word == "id") && words().any(|word| ids(name).contains(&word))
                || line.contains(&format!("keysieve hook {stage}"))
        })
    };
    let files = [
        ".pre-commit-config.yaml",
        ".pre-commit-config.yml",
        "prek.toml",
    ];
    files
        .iter()
        .any(|file| fs::read_to_string(root.join(file)).is_ok_and(names_ours))
}

fn lefthook_has(dir: &Path) -> bool {
    let Some(root) = work_tree(dir) else {
        return false;
    };
    let names = ["lefthook", ".lefthook", "lefthook-local", ".lefthook-local"];
    let ends = ["yml", "yaml", "toml", "json"];
    names.iter().any(|name| {
        ends.iter().any(|end| {
            fs::read_to_string(root.join(format!("{name}.{end}")))
                .is_ok_and(|text| live(&text).any(|line| line.contains("keysieve")))
        })
    })
}

fn work_tree(dir: &Path) -> Option<std::path::PathBuf> {
    git(dir, &["rev-parse", "--show-toplevel"])
        .ok()
        .map(Into::into)
}

#[cfg(test)]
mod tests;
