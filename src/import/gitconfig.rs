//! git-secrets' settings in git's own configuration: `secrets.patterns`, `secrets.allowed`, `secrets.providers`.

use super::pattern::{self, Dialect, Value};
use super::{Entry, Fate, NewRule, lists};
use crate::table::{At, Problem, Problems};

/// Whether a text is a git configuration with git-secrets' section.
pub(super) fn has_secrets(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.any(|line| line.to_ascii_lowercase().starts_with("[secrets]"))
        && text.lines().any(|line| line.contains('='))
}

pub(super) fn read(name: &str, text: &str) -> Result<Vec<Entry>, Problems> {
    let settings = settings(text).map_err(|problems| Problems::new(name, text, problems))?;
    let mut entries = Vec::new();
    let mut n_rules = 0;
    for (at, key, value) in settings {
        let (what, fate) = match key.as_str() {
            "patterns" => {
                n_rules += 1;
                (format!("pattern {n_rules}"), rule(&value, n_rules))
            }
            "allowed" => (
                "an allowed pattern".to_owned(),
                lists::allowed(&value, name),
            ),
            "providers" if value.contains("aws") => (
                "a provider".to_owned(),
                Fate::Covered("keysieve has rules of AWS itself; nothing configured is run".into()),
            ),
            "providers" => (
                "a provider".to_owned(),
                Fate::Lost("nothing configured is run; write what it prints as rules".into()),
            ),
            other => (
                format!("`secrets.{other}`"),
                Fate::Lost("no key that the format is known to have".into()),
            ),
        };
        entries.push(Entry {
            at,
            what,
            fate: vec![fate],
        });
    }
    Ok(entries)
}

/// A prohibited pattern; git-secrets gives it no name.
fn rule(text: &str, number: usize) -> Fate {
    match pattern::translate(text, Dialect::Ere, Value::Whole) {
        Ok(pattern) => Fate::Rule(NewRule {
            id: format!("git-secrets-{number}"),
            name: format!("Pattern {number} of git-secrets"),
            pattern: Some(pattern),
            ..NewRule::default()
        }),
        Err(why) => Fate::Lost(why),
    }
}

/// The keys of `[secrets]` with their values, as git reads its files.
fn settings(text: &str) -> Result<Vec<(usize, String, String)>, Vec<Problem>> {
    let mut out = Vec::new();
    let mut problems = Vec::new();
    let mut inside = false;
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let line = text
            .get(at..)
            .and_then(|rest| rest.split_inclusive('\n').next());
        let line = line.unwrap_or_default();
        at += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if trimmed.starts_with('[') {
            inside = trimmed.to_ascii_lowercase().starts_with("[secrets]");
            continue;
        }
        if !inside {
            continue;
        }
        let Some((key, _)) = line.split_once('=') else {
            problems.push(Problem {
                at: start,
                message: "expected `key = value` in [secrets]".to_owned(),
            });
            continue;
        };
        let value_at = start + key.len() + 1;
        match value(text, value_at) {
            Ok(At { at: end, value }) => {
                out.push((start, key.trim().to_ascii_lowercase(), value));
                at = end;
            }
            Err(message) => problems.push(Problem {
                at: value_at,
                message,
            }),
        }
    }
    if problems.is_empty() {
        Ok(out)
    } else {
        Err(problems)
    }
}

/// The value that begins at an offset, and where the line after it begins: quotes, escapes, comments, continued lines.
fn value(text: &str, start: usize) -> Result<At<String>, String> {
    let rest = text.get(start..).unwrap_or_default();
    let mut out = String::new();
    let mut quoted = false;
    // Blanks count only where something follows.
    let mut solid = 0;
    let mut chars = rest.char_indices();
    let mut end = rest.len();
    while let Some((i, c)) = chars.next() {
        match c {
            '\n' if quoted => return Err("a quote in this value does not end".to_owned()),
            '\n' => {
                end = i + 1;
                break;
            }
            '"' => {
                quoted = !quoted;
                solid = out.len();
            }
            '\\' => {
                match chars.next().map(|(_, c)| c) {
                    Some('\n') => continue,
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('b') => out.push('\x08'),
                    Some(c @ ('"' | '\\')) => out.push(c),
                    _ => {
                        return Err(
                            "an escape that git does not know: write a backslash twice".to_owned()
                        );
                    }
                }
                solid = out.len();
            }
            '#' | ';' if !quoted => {
                let comment = rest.get(i..).and_then(|rest| rest.find('\n'));
                end = comment.map_or(rest.len(), |newline| i + newline + 1);
                break;
            }
            c => {
                if !(out.is_empty() && c.is_whitespace() && !quoted) {
                    out.push(c);
                }
                if quoted || !c.is_whitespace() {
                    solid = out.len();
                }
            }
        }
    }
    out.truncate(solid);
    Ok(At {
        at: start + end,
        value: out,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_git_reads_them() {
        let text = "[core]\n\tpatterns = no\n[secrets]\n\tpatterns = a\\\\.b[\\\"x] \n allowed = \"q # r\" ; c\n\
                    \tproviders = git \\\nsecrets\n[other]\nallowed = no\n";
        let got: Vec<(String, String)> = settings(text)
            .unwrap()
            .into_iter()
            .map(|(_, k, v)| (k, v))
            .collect();
        let want = [
            ("patterns", "a\\.b[\"x]"),
            ("allowed", "q # r"),
            ("providers", "git secrets"),
        ];
        assert_eq!(got, want.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    #[test]
    fn every_broken_line_is_named() {
        let said = read(
            "config",
            "[secrets]\npatterns\nallowed = \"a\n patterns = \\d\n",
        )
        .unwrap_err()
        .to_string();
        assert_eq!(said.lines().count(), 3, "{said}");
        assert!(
            said.starts_with("config:2:1: expected `key = value`"),
            "{said}"
        );
    }
}
