//! The text of a configuration file: every problem with its line, column and remedy.

use std::path::PathBuf;

use super::{Bypass, Layer, values};
use crate::finding::Confidence;
use crate::policy::{Mode, OnGap, Sandbox};
use crate::rule::user;
use crate::suppress::{Allow, Expiry, PathPattern, Target};
use crate::table::{At, Problems, Reader, nearest, read_text};

/// Parses a configuration file; `name` is used in messages.
pub fn parse(name: &str, text: &str) -> Result<Layer, Problems> {
    read_text(name, text, |root| {
        let mut layer = Layer::default();
        if let Some(policy) = root.table("policy") {
            read_policy(&policy, &mut layer);
        }
        if let Some(bypass) = root.table("bypass") {
            layer.bypass = read_bypass(&bypass);
        }
        layer.allow = root
            .tables("allow")
            .iter()
            .filter_map(|r| read_allow(r, name, text))
            .collect();
        layer.rules = user::read_all(root);
        root.finish();
        layer
    })
}

fn choice<T>(
    r: &Reader<'_, '_>,
    key: &'static str,
    names: &[&str],
    parse: fn(&str) -> Option<T>,
) -> Option<T> {
    let text = r.text(key)?;
    let value = parse(&text.value);
    if value.is_none() {
        let hint = nearest(&text.value, names.iter().copied())
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        r.problem(
            text.at,
            format!(
                "`{key}` has no value `{}`; it may be {}{hint}",
                text.value,
                names.join(", ")
            ),
        );
    }
    value
}

fn parsed<T>(
    r: &Reader<'_, '_>,
    text: Option<At<String>>,
    parse: fn(&str) -> Result<T, String>,
) -> Option<T> {
    let text = text?;
    match parse(&text.value) {
        Ok(value) => Some(value),
        Err(message) => {
            r.problem(text.at, message);
            None
        }
    }
}

fn read_policy(r: &Reader<'_, '_>, layer: &mut Layer) {
    layer.mode = choice(r, "mode", Mode::NAMES, Mode::parse);
    layer.block_at = choice(r, "block_at", Confidence::NAMES, Confidence::parse);
    layer.allow_inline = r.bool("allow_inline").map(|b| b.value);
    layer.foreign_inline = r.bool("foreign_inline").map(|b| b.value);
    layer.require_reason = r.bool("require_reason").map(|b| b.value);
    layer.strict = r.bool("strict").map(|b| b.value);
    layer.timeout = parsed(r, r.text("timeout"), values::duration);
    layer.on_timeout = choice(r, "on_timeout", OnGap::NAMES, OnGap::parse);
    layer.max_blob = parsed(r, r.text("max_blob"), values::size);
    layer.over_limit = choice(r, "over_limit", OnGap::NAMES, OnGap::parse);
    layer.max_depth = r
        .number("max_depth")
        .map(|n| usize::try_from(n.value).unwrap_or(usize::MAX));
    layer.show = r
        .number("show")
        .map(|n| usize::try_from(n.value).unwrap_or(usize::MAX));
    layer.sandbox = choice(r, "sandbox", Sandbox::NAMES, Sandbox::parse);
    layer.decision_log = r.text("decision_log").map(|t| PathBuf::from(t.value));
    layer.baseline = r.text("baseline").map(|t| PathBuf::from(t.value));
    layer.id_key_file = r.text("id_key_file").map(|t| PathBuf::from(t.value));
    for id in r.texts("disable") {
        match crate::rule::find(&id.value) {
            Some(rule) => layer.disable.push(rule.id.to_string()),
            None => {
                let hint = nearest(
                    &id.value,
                    crate::rule::built_in().iter().map(|rule| rule.id.as_ref()),
                )
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                r.problem(
                    id.at,
                    format!("no built-in rule is called `{}`{hint}", id.value),
                );
            }
        }
    }
    r.finish();
}

fn read_bypass(r: &Reader<'_, '_>) -> Option<Bypass> {
    let push_option = r
        .text("push_option")
        .map_or_else(|| "keysieve.bypass".to_owned(), |t| t.value);
    let users: Vec<String> = r.texts("users").into_iter().map(|t| t.value).collect();
    let min_reason = r
        .number("min_reason")
        .map_or(8, |n| usize::try_from(n.value).unwrap_or(usize::MAX));
    let audit_log = r.required("audit_log");
    if users.is_empty() {
        r.problem(
            r.at,
            "`[bypass]` names no `users`; list who may bypass, or remove the table",
        );
    }
    r.finish();
    Some(Bypass {
        push_option,
        users,
        min_reason,
        audit_log: PathBuf::from(audit_log.value),
    })
}

fn read_allow(r: &Reader<'_, '_>, name: &str, text: &str) -> Option<Allow> {
    let id = r.text("id").map(|t| t.value);
    let each = |key: &'static str| r.texts(key).into_iter().map(|t| t.value);
    let rule: Vec<String> = each("rule").collect();
    let path = all_parsed(r, r.texts("path"), PathPattern::parse);
    let value = all_parsed(r, r.texts("value"), |v| {
        crate::rule::Pattern::compiled(v)
            .map(|pattern| pattern.regex().clone())
            .map_err(|e| format!("the pattern does not compile: {e}"))
    });
    let target = choice(r, "target", Target::NAMES, Target::parse).unwrap_or_default();
    let words: Vec<String> = each("words").map(|w| w.to_ascii_lowercase()).collect();
    let commit = all_parsed(r, r.texts("commit"), |start| {
        let is_id = start.len() >= 7 && start.bytes().all(|b| b.is_ascii_hexdigit());
        is_id.then(|| start.to_ascii_lowercase()).ok_or_else(|| {
            format!("`{start}` is not a commit's id; write 7 or more of its hex digits")
        })
    });
    let reason = r.text("reason").map(|t| t.value.trim().to_owned());
    let owner = r.text("owner").map(|t| t.value);
    let expires = r.date("expires").and_then(|date| match date.value.parse() {
        Ok(day) => Some(Expiry(day)),
        Err(_) => {
            r.problem(
                date.at,
                format!(
                    "`{}` is not a date; write for example 2027-03-01",
                    date.value
                ),
            );
            None
        }
    });
    let names_nothing = r.has_none(&["id", "rule", "path", "value", "words", "commit"]);
    r.finish();
    if names_nothing {
        r.problem(
            r.at,
            "this allow entry names nothing; give `id`, `rule`, `path`, `value`, `words` or `commit`",
        );
    }
    let line = text.get(..r.at).unwrap_or_default().matches('\n').count() + 1;
    Some(Allow {
        id,
        rule,
        path,
        value,
        target,
        words,
        commit,
        reason: reason.unwrap_or_default(),
        owner,
        expires,
        source: format!("{name}:{line}"),
    })
}

/// Each text of a list, or a problem at its place.
fn all_parsed<T>(
    r: &Reader<'_, '_>,
    texts: Vec<At<String>>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Vec<T> {
    let one = |text: At<String>| match parse(&text.value) {
        Ok(value) => Some(value),
        Err(message) => {
            r.problem(text.at, message);
            None
        }
    };
    texts.into_iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(parse("f.toml", text).unwrap_err().to_string(), want);
    }

    #[test]
    fn each_problem_has_its_place_and_remedy() {
        check(
            "[policy]\nmode = \"blok\"\nblock_att = \"high\"\n",
            "f.toml:2:8: `mode` has no value `blok`; it may be block, warn; did you mean `block`?\n\
             f.toml:3:1: unknown key `block_att`; did you mean `block_at`?",
        );
        check(
            "[[allow]]\nreason = \"x\"\n",
            "f.toml:1:1: this allow entry names nothing; give `id`, `rule`, `path`, `value`, `words` or `commit`",
        );
        check(
            "[[allow]]\nvalue = [\"a\", \"(b\"]\ntarget = \"lines\"\ncommit = \"main\"\n",
            "f.toml:2:15: the pattern does not compile: unclosed group\n\
             f.toml:3:10: `target` has no value `lines`; it may be value, match, line; did you mean `line`?\n\
             f.toml:4:10: `main` is not a commit's id; write 7 or more of its hex digits",
        );
    }

    #[test]
    fn a_rule_that_cannot_be_right_is_refused() {
        let pattern = "pattern = '(?<secret>acme_[a-z]{8})'";
        for (rule, want) in [
            ("id = \"\"\nPATTERN", "1: rule id `` must be words"),
            ("id = \"Acme\"\nPATTERN", "1: rule id `Acme` must be words"),
            ("PATTERN", "0: `id` is missing"),
            (
                "id = \"a\"\npattern = '(?<secret>(?:[a-z]{900}){900})'",
                "2: rule `a`: the pattern does not compile: it is too large; make the counts",
            ),
            (
                "id = \"a\"\nnames = [\"acme\"]\nvalue = '[a-z]*'",
                "3: rule `a`: the value matches the empty text; ask for",
            ),
            (
                "id = \"a\"\nnames = [\" \"]\nvalue = '[a-z]{20}'",
                "2: the name ` ` stands everywhere; give one",
            ),
            (
                "id = \"a\"\nPATTERN\nkeywords = [\"\"]",
                "3: an empty keyword stands everywhere; give",
            ),
            (
                "id = \"a\"\nPATTERN\nentropy = 9",
                "3: `entropy` is in bits a byte, from 0 to 8",
            ),
            (
                "id = \"a\"\nPATTERN\nchecks = [\"jvt\"]",
                "3: unknown check `jvt` in rule `a`; did you mean `jwt`?",
            ),
            (
                "id = \"github-pat\"\nPATTERN",
                "1: rule `github-pat` is a built-in rule's id; choose",
            ),
        ] {
            let text = format!("[[rule]]\n{}\n", rule.replace("PATTERN", pattern));
            let said = parse("f.toml", &text).unwrap_err().to_string();
            let (line, want) = want.split_once(": ").unwrap();
            let place = format!("f.toml:{}:", line.parse::<usize>().unwrap() + 1);
            assert!(
                said.starts_with(&place) && said.contains(want),
                "{rule}: {said}"
            );
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }

    #[test]
    fn a_rule_without_the_group_is_refused() {
        check(
            "[[rule]]\nid = \"acme-token\"\npattern = \"acme_[a-z]{8}\"\n",
            "f.toml:3:11: rule `acme-token`: the pattern has no group `(?<secret>…)` around the value",
        );
        check(
            "[[rule]]\nid = \"acme-token\"\npattern = \"(?<secret>x*)\"\n",
            "f.toml:3:11: rule `acme-token`: the pattern matches the empty text; ask for at least one character",
        );
    }

    #[test]
    fn a_whole_file_is_read() {
        let layer = parse(
            "f.toml",
            "[policy]\nmode = \"warn\"\ntimeout = \"4.5s\"\nmax_blob = \"1MiB\"\n[[allow]]\nid = \"9f\"\nreason = \"sample\"\nexpires = 2027-03-01\n\
             [[rule]]\nid = \"acme-token\"\npattern = '\\b(?<secret>acme_[a-z0-9]{20})\\b'\n",
        )
        .unwrap();
        assert_eq!(layer.mode, Some(Mode::Warn));
        assert_eq!(layer.max_blob, Some(1 << 20));
        assert_eq!(layer.rules.len(), 1);
        assert!(layer.allow[0].expires.is_some());
    }
}
