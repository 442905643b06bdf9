//! Lists of findings that others knew: gitleaks' and betterleaks' reports used as baselines, `.gitleaksignore`,
//! detect-secrets' baseline. A finding of ours is looked up at each place; values never leave this process.

use sha1::{Digest, Sha1};

use super::node::{self, Check, Node, Value};
use super::pattern::{self, Dialect};
use super::{Entry, Fate, Into, KnownPlace, KnownValue, NewAllow, Proof, is_plain_value, reason};
use crate::finding::Secret;
use crate::suppress::Target;
use crate::table::problem::{lines, shortened};
use crate::table::{Problem, Problems};

/// SHA-1 of a value, in hex.
pub(super) fn sha1_hex(bytes: &[u8]) -> String {
    Sha1::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// `.gitleaksignore`: a fingerprint a line, `COMMIT:FILE:RULE:LINE` or without the commit.
pub(super) fn gitleaks_ignore(name: &str, text: &str) -> Result<Vec<Entry>, Problems> {
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for (start, line) in lines(text) {
        match fingerprint(line, Into::Allow(reason(name))) {
            Some((what, place)) => entries.push(Entry {
                at: start,
                what,
                fate: vec![Fate::Place(place)],
            }),
            None => problems.push(Problem {
                at: start,
                message: format!(
                    "`{}` is no fingerprint; expected `COMMIT:FILE:RULE:LINE` or `FILE:RULE:LINE`",
                    shortened(line)
                ),
            }),
        }
    }
    if problems.is_empty() {
        Ok(entries)
    } else {
        Err(Problems::new(name, text, problems))
    }
}

/// The words for a fingerprint and the place that it names.
fn fingerprint(text: &str, into: Into) -> Option<(String, KnownPlace)> {
    let (rest, line) = text.rsplit_once(':')?;
    let line: u32 = line.parse().ok()?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let is_commit = |id: &str| id.len() >= 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
    let (commit, path) = match rest.split_once(':') {
        Some((commit, path)) if is_commit(commit) => (Some(commit.to_owned()), path),
        _ => (None, rest),
    };
    if path.is_empty() || rule.is_empty() {
        return None;
    }
    Some((
        format!("`{rule}` in {path}:{line}"),
        KnownPlace {
            commit,
            path: path.to_owned(),
            lines: Some((line, line)),
            proof: Proof::None,
            into,
        },
    ))
}

/// A report of gitleaks or betterleaks as JSON: a list of findings.
pub(super) fn gitleaks(name: &str, text: &str) -> Result<Vec<Entry>, Problems> {
    let root = node::json(name, text)?;
    let check = Check::default();
    let mut entries = Vec::new();
    for item in check.list(&root, "a gitleaks report") {
        check.map(item, "a finding");
        if let Some((what, place)) = gitleaks_finding(&check, item) {
            entries.push(Entry {
                at: item.at,
                what,
                fate: vec![Fate::Place(place)],
            });
        }
    }
    check.finish(name, text, entries)
}

fn gitleaks_finding(check: &Check, item: &Node) -> Option<(String, KnownPlace)> {
    let text = |key: &str| {
        let node = node::get(item, key)?;
        check
            .text(node, &format!("`{key}`"))
            .filter(|text| !text.is_empty())
    };
    let line = |key: &str| node::get(item, key).and_then(node::number);
    let secret = text("Secret").filter(|secret| *secret != "REDACTED" && !secret.ends_with("..."));
    let proof = secret.map_or(Proof::None, |secret| {
        Proof::Value(Secret::new(secret.as_bytes()))
    });
    let Some(path) = text("File") else {
        // Without a file there is the fingerprint at best.
        let known = text("Fingerprint").and_then(|text| fingerprint(text, Into::Baseline));
        if known.is_none() && matches!(item.value, Value::Map(_)) {
            check.problem(
                item.at,
                "this finding has neither `File` nor a `Fingerprint`",
            );
        }
        return known.map(|(what, place)| (what, KnownPlace { proof, ..place }));
    };
    let first = line("StartLine");
    let lines = first.map(|first| (first, line("EndLine").unwrap_or(first).max(first)));
    let rule = text("RuleID").unwrap_or("finding");
    let shown = first.map_or_else(String::new, |line| format!(":{line}"));
    Some((
        format!("`{rule}` in {path}{shown}"),
        KnownPlace {
            commit: text("Commit").map(str::to_owned),
            path: path.to_owned(),
            // A value proves itself on any line.
            lines: lines.filter(|_| matches!(proof, Proof::None)),
            proof,
            into: Into::Baseline,
        },
    ))
}

/// detect-secrets' `.secrets.baseline`: findings by the hash of their value, and the filters that were in force.
pub(super) fn detect_secrets(name: &str, text: &str) -> Result<Vec<Entry>, Problems> {
    let root = node::json(name, text)?;
    let check = Check::default();
    let mut entries = Vec::new();
    let mut add = |at: usize, what: String, fate: Vec<Fate>| {
        entries.push(Entry { at, what, fate });
    };
    for (key, value) in check.map(&root, "a detect-secrets baseline") {
        match key.value.as_str() {
            "version" | "generated_at" => {}
            "plugins_used" => {
                for plugin in check.list(value, "`plugins_used`") {
                    let words =
                        |key| node::get(plugin, key).and_then(|n| check.text(n, "a plugin"));
                    let plugin_name = words("name").unwrap_or("?").to_owned();
                    let fate = if words("path").is_some() {
                        Fate::Lost("a plugin of your own is code; write it as a [[rule]]".into())
                    } else {
                        Fate::Covered("keysieve has detectors of its own".into())
                    };
                    add(plugin.at, format!("plugin {plugin_name}"), vec![fate]);
                }
            }
            "filters_used" => {
                for filter in check.list(value, "`filters_used`") {
                    let (what, fate) = detect_filter(&check, filter, name);
                    add(filter.at, what, fate);
                }
            }
            "exclude" => {
                for (kind, pattern) in check.map(value, "`exclude`") {
                    let target = match kind.value.as_str() {
                        "files" => Some(None),
                        "lines" => Some(Some(Target::Line)),
                        _ => None,
                    };
                    let what = format!("`exclude.{}`", kind.value);
                    match (target, &pattern.value) {
                        (_, Value::Null) => {}
                        (Some(target), _) => {
                            let fate = exclusion(&check, pattern, target, name);
                            add(pattern.at, what, fate);
                        }
                        (None, _) => {
                            let why = "no key that the format is known to have".to_owned();
                            add(pattern.at, what, vec![Fate::Lost(why)]);
                        }
                    }
                }
            }
            "results" => {
                for (file, findings) in check.map(value, "`results`") {
                    for finding in check.list(findings, "the findings of a file") {
                        let (what, place) = detect_finding(&check, &file.value, finding, name);
                        add(finding.at, what, vec![Fate::Place(place)]);
                    }
                }
            }
            "word_list" => {
                if node::get(value, "file").is_some_and(|file| file.value != Value::Null) {
                    let why = "a list of words beside the baseline; write it as `words`".to_owned();
                    add(value.at, "`word_list`".to_owned(), vec![Fate::Lost(why)]);
                }
            }
            other => {
                let why = "no key that the format is known to have".to_owned();
                add(key.at, format!("`{other}`"), vec![Fate::Lost(why)]);
            }
        }
    }
    check.finish(name, text, entries)
}

fn detect_finding(check: &Check, file: &str, finding: &Node, name: &str) -> (String, KnownPlace) {
    let text =
        |key: &str| node::get(finding, key).and_then(|node| check.text(node, &format!("`{key}`")));
    let line = node::get(finding, "line_number").and_then(node::number);
    let hash = text("hashed_secret");
    if hash.is_none() {
        check.problem(finding.at, "this finding has no `hashed_secret`");
    }
    // What an audit found to be no secret is allowed, the rest was only known.
    let judged = node::get(finding, "is_secret").map(|node| &node.value);
    let into = if judged == Some(&Value::Bool(false)) {
        Into::Allow(format!("audited as no secret, {}", reason(name)))
    } else {
        Into::Baseline
    };
    let shown = line.map_or_else(String::new, |line| format!(":{line}"));
    (
        format!("{} in {file}{shown}", text("type").unwrap_or("finding")),
        KnownPlace {
            commit: None,
            path: file.to_owned(),
            lines: None,
            proof: Proof::Sha1(hash.unwrap_or_default().to_owned()),
            into,
        },
    )
}

fn detect_filter(check: &Check, filter: &Node, name: &str) -> (String, Vec<Fate>) {
    let path = node::get(filter, "path").and_then(|node| check.text(node, "`path` of a filter"));
    let path = path.unwrap_or_default();
    let short = path.strip_prefix("detect_secrets.filters.").unwrap_or(path);
    let what = format!("filter {short}");
    let target = match short {
        "regex.should_exclude_file" => None,
        "regex.should_exclude_line" => Some(Target::Line),
        "regex.should_exclude_secret" => Some(Target::Value),
        "wordlist.should_exclude_secret" => {
            let why = "a list of words beside the baseline; write it as `words`".to_owned();
            return (what, vec![Fate::Lost(why)]);
        }
        _ if path.starts_with("detect_secrets.filters.") => {
            let why = "keysieve judges values in its own way".to_owned();
            return (what, vec![Fate::Covered(why)]);
        }
        _ => {
            return (
                what,
                vec![Fate::Lost("a filter of your own is code".to_owned())],
            );
        }
    };
    let fate = node::get(filter, "pattern").map_or_else(
        || vec![Fate::Lost("it has no `pattern`".to_owned())],
        |pattern| exclusion(check, pattern, target, name),
    );
    (what, fate)
}

/// Patterns of files, or of lines and values.
fn exclusion(check: &Check, patterns: &Node, target: Option<Target>, name: &str) -> Vec<Fate> {
    let mut fate = Vec::new();
    for text in check.texts(patterns, "`pattern`") {
        let made = match target {
            None => pattern::path(text.value, Dialect::Python).map(|path| NewAllow {
                path: vec![path],
                ..NewAllow::default()
            }),
            Some(Target::Value) if is_plain_value(text.value) => {
                fate.push(Fate::Value(KnownValue {
                    value: Secret::new(text.value.as_bytes()),
                    reason: reason(name),
                }));
                continue;
            }
            Some(target) => {
                let none = pattern::Value::None;
                pattern::translate(text.value, Dialect::Python, none).map(|value| NewAllow {
                    value: vec![value],
                    target,
                    ..NewAllow::default()
                })
            }
        };
        fate.push(match made {
            Ok(allow) => Fate::Allow(NewAllow {
                reason: reason(name),
                ..allow
            }),
            Err(why) => Fate::Lost(why),
        });
    }
    fate
}
