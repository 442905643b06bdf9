//! Files with an entry a line: trufflehog's exclusions, ripsecrets' `.secretsignore`, git-secrets' `.gitallowed`.

use super::pattern::{self, Dialect};
use super::{Entry, Fate, KnownValue, NewAllow, is_plain_value, reason};
use crate::finding::Secret;
use crate::suppress::Target;
use crate::table::problem::lines;

/// Patterns of paths that trufflehog's `--exclude-paths` names.
pub(super) fn trufflehog(name: &str, text: &str) -> Vec<Entry> {
    let fate = |line: &str| match pattern::path(line, Dialect::Go) {
        Ok(path) => Fate::Allow(NewAllow {
            path: vec![path],
            reason: reason(name),
            ..NewAllow::default()
        }),
        Err(why) => Fate::Lost(why),
    };
    lines(text)
        .map(|(at, line)| Entry {
            at,
            what: format!("path {line}"),
            fate: vec![fate(line)],
        })
        .collect()
}

/// Paths as in `.gitignore`, then, after `[secrets]`, values.
pub(super) fn ripsecrets(name: &str, text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut values = false;
    for (at, line) in lines(text) {
        if line == "[secrets]" {
            values = true;
            continue;
        }
        entries.push(if values {
            Entry {
                at,
                what: "a value under [secrets]".to_owned(),
                fate: vec![Fate::Value(KnownValue {
                    value: Secret::new(line.as_bytes()),
                    reason: reason(name),
                })],
            }
        } else {
            Entry {
                at,
                what: format!("path {line}"),
                fate: vec![path_of_glob(line, name)],
            }
        });
    }
    entries
}

/// Patterns that git-secrets allows, from its file.
pub(super) fn git_allowed(name: &str, text: &str) -> Vec<Entry> {
    let entry = |(at, line)| Entry {
        at,
        what: "an allowed pattern".to_owned(),
        fate: vec![allowed(line, name)],
    };
    lines(text).map(entry).collect()
}

/// An allowed pattern of git-secrets, which looks at `PATH:NUMBER:LINE`.
pub(super) fn allowed(text: &str, name: &str) -> Fate {
    if is_plain_value(text) {
        return Fate::Value(KnownValue {
            value: Secret::new(text.as_bytes()),
            reason: reason(name),
        });
    }
    if text.starts_with('^') || text.contains(":[0-9]") || text.contains(":\\d") {
        let why = "it looks at a path and a line's number; write an [[allow]] with `path`";
        return Fate::Lost(why.to_owned());
    }
    match pattern::translate(text, Dialect::Ere, pattern::Value::None) {
        Ok(value) => Fate::Allow(NewAllow {
            value: vec![value],
            target: Target::Line,
            reason: reason(name),
            ..NewAllow::default()
        }),
        Err(why) => Fate::Lost(why),
    }
}

/// A path as `.gitignore` writes it.
pub(super) fn path_of_glob(glob: &str, name: &str) -> Fate {
    if glob.starts_with('!') {
        let why = "an exception from others; entries here only add up".to_owned();
        return Fate::Lost(why);
    }
    let special = glob.contains(['[', '\\', '{']) || glob.starts_with('^');
    let path = if special {
        regex_of_glob(glob)
    } else {
        Some(glob.to_owned())
    };
    match path {
        Some(path) => Fate::Allow(NewAllow {
            path: vec![path],
            reason: reason(name),
            ..NewAllow::default()
        }),
        None => Fate::Lost("a class or a brace in it does not end".to_owned()),
    }
}

/// A glob with classes, escapes or braces as a regular expression.
pub(super) fn regex_of_glob(glob: &str) -> Option<String> {
    let trimmed = glob.trim_end_matches('/');
    let anchored = trimmed.contains('/');
    let mut out = String::from(if anchored { "^" } else { "^(?:.*/)?" });
    let mut braces = 0;
    let mut rest = trimmed
        .strip_prefix('/')
        .unwrap_or(trimmed)
        .chars()
        .peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.peek() == Some(&'*') => {
                rest.next();
                if rest.next_if_eq(&'/').is_some() {
                    out.push_str("(?:.*/)?");
                } else {
                    out.push_str(".*");
                }
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => {
                out.push('[');
                if rest.next_if(|c| *c == '!' || *c == '^').is_some() {
                    out.push('^');
                }
                let mut first = true;
                loop {
                    let c = rest.next()?;
                    if c == ']' && !first {
                        break;
                    }
                    first = false;
                    if matches!(c, '[' | ']' | '\\' | '&' | '~' | '^') {
                        out.push('\\');
                    }
                    out.push(c);
                }
                out.push(']');
            }
            '{' => {
                braces += 1;
                out.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                out.push(')');
            }
            ',' if braces > 0 => out.push('|'),
            '\\' => out.push_str(&regex_syntax::escape(&rest.next()?.to_string())),
            c => out.push_str(&regex_syntax::escape(&c.to_string())),
        }
    }
    out.push_str("(?:/.*|!/.*)?$");
    (braces == 0 && crate::rule::build(&out).is_ok()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suppress::PathPattern;

    #[track_caller]
    fn check(glob: &str, path: &str, want: bool) {
        let Fate::Allow(allow) = path_of_glob(glob, "f") else {
            panic!("{glob} is not taken")
        };
        let pattern = PathPattern::parse(&allow.path[0]).unwrap();
        assert_eq!(pattern.matches(path.as_bytes()), want, "{glob} on {path}");
    }

    #[test]
    fn globs_with_more_than_stars() {
        check("*.[jt]s", "src/a.js", true);
        check("*.[!jt]s", "src/a.js", false);
        check("/src/{a,b}/*.rs", "src/b/x.rs", true);
        check("src/{a,b}/*.rs", "x/src/b/x.rs", false);
        check("a\\*b", "a*b", true);
        check("a\\*b", "axb", false);
        check("^x", "y/^x", true);
        assert!(matches!(path_of_glob("a[b", "f"), Fate::Lost(_)));
        assert!(matches!(path_of_glob("!a", "f"), Fate::Lost(_)));
    }
}
