//! secretlint's `.secretlintrc.json` (or `.yaml`): its own rules by pattern, and what is allowed to others.

use super::node::{self, Check, Node, Value};
use super::pattern::{self, Dialect};
use super::{
    Entry, Fate, KnownValue, NewAllow, NewRule, free_id, is_plain_value, kebab, lists, reason,
};
use crate::finding::Secret;
use crate::table::Problems;

pub(super) fn read(name: &str, text: &str) -> Result<Vec<Entry>, Problems> {
    let is_json = text.trim_start().starts_with(['{', '[']);
    let root = if is_json {
        node::json(name, text)?
    } else {
        node::yaml(name, text)?
    };
    let check = Check::default();
    let mut out = Out {
        name,
        check: &check,
        entries: Vec::new(),
    };
    for (key, value) in check.map(&root, ".secretlintrc") {
        match key.value.as_str() {
            "rules" => out.rules(value),
            "sharedOptions" | "locale" | "$schema" => {}
            other => {
                let why = "no key that the format is known to have".to_owned();
                out.add(key.at, format!("`{other}`"), vec![Fate::Lost(why)]);
            }
        }
    }
    let entries = out.entries;
    check.finish(name, text, entries)
}

struct Out<'o> {
    name: &'o str,
    check: &'o Check,
    entries: Vec<Entry>,
}

impl Out<'_> {
    fn add(&mut self, at: usize, what: String, fate: Vec<Fate>) {
        self.entries.push(Entry { at, what, fate });
    }

    fn rules(&mut self, list: &Node) {
        for rule in self.check.list(list, "`rules`") {
            self.check.map(rule, "a rule");
            let id = node::get(rule, "id").and_then(|id| self.check.text(id, "`id`"));
            let Some(id) = id else {
                if matches!(rule.value, Value::Map(_)) {
                    self.check.problem(rule.at, "this rule has no `id`");
                }
                continue;
            };
            self.rule(rule, id);
            // A preset's own rules.
            if let Some(inner) = node::get(rule, "rules") {
                self.rules(inner);
            }
        }
    }

    fn rule(&mut self, rule: &Node, id: &str) {
        let short = id.rsplit("secretlint-rule-").next().unwrap_or(id);
        let what = format!("rule {id}");
        let is_theirs = id.starts_with("@secretlint/");
        let options = node::get(rule, "options");
        let option = |key| options.and_then(|options| node::get(options, key));
        let mut fate = Vec::new();
        if node::get(rule, "disabled").map(|n| &n.value) == Some(&Value::Bool(true)) {
            fate.push(Fate::Lost(
                "it is switched off; keysieve's rules go by other names: `keysieve rules list`, then `disable` under [policy]"
                    .to_owned(),
            ));
        } else if short == "pattern" && is_theirs {
            let patterns = option("patterns");
            for item in patterns.map_or(&[][..], |p| self.check.list(p, "`patterns`")) {
                self.pattern(item);
            }
        } else if short == "filter-comments" && is_theirs {
            fate.push(Fate::Covered(
                "`secretlint-disable-line` and `-next-line` count where `foreign_inline` does; comments that span blocks do not"
                    .to_owned(),
            ));
        } else if is_theirs {
            fate.push(Fate::Covered(
                "keysieve has rules of its own for these".to_owned(),
            ));
        } else {
            fate.push(Fate::Lost(
                "a rule of your own is code; write it as a [[rule]]".to_owned(),
            ));
        }
        if let Some(allows) = option("allows") {
            let ids = ids_of(short);
            for (i, text) in self.check.texts(allows, "`allows`").into_iter().enumerate() {
                fate.push(match regex_or_plain(text.value) {
                    Ok(_) if is_plain_value(text.value) => Fate::Value(KnownValue {
                        value: Secret::new(text.value.as_bytes()),
                        reason: reason(self.name),
                    }),
                    Ok(value) => Fate::Allow(NewAllow {
                        rule: ids.clone(),
                        value: vec![value],
                        reason: reason(self.name),
                        ..NewAllow::default()
                    }),
                    Err(why) => Fate::Lost(format!("`allows[{i}]`: {why}")),
                });
            }
        }
        for key in ["allowMessageIds", "disabledMessages"] {
            let named = option(key).or_else(|| node::get(rule, key));
            if named.is_some_and(|list| list.value != Value::List(Vec::new())) {
                fate.push(Fate::Lost(format!(
                    "`{key}`: keysieve has no messages of these names"
                )));
            }
        }
        if node::get(rule, "severity").is_some_and(|s| s.value != Value::Text("error".to_owned())) {
            fate.push(Fate::Lost(
                "`severity`: keysieve's rules have their own; see `block_at` under [policy]"
                    .to_owned(),
            ));
        }
        if !fate.is_empty() {
            self.add(rule.at, what, fate);
        }
    }

    /// One of `patterns`: `{name, pattern}` or `{name, patterns}`.
    fn pattern(&mut self, item: &Node) {
        self.check.map(item, "a pattern");
        let name = node::get(item, "name").and_then(|name| self.check.text(name, "`name`"));
        let name = name.unwrap_or("pattern").to_owned();
        let given = node::get(item, "pattern").or_else(|| node::get(item, "patterns"));
        let Some(given) = given else {
            self.check.problem(item.at, "this entry has no `pattern`");
            return;
        };
        let mut fate = Vec::new();
        let paths: Vec<String> = node::get(item, "filePathGlobs")
            .map(|globs| self.check.texts(globs, "`filePathGlobs`"))
            .unwrap_or_default()
            .into_iter()
            .filter_map(|glob| lists::regex_of_glob(glob.value))
            .collect();
        let texts = self.check.texts(given, "`pattern`");
        if texts.is_empty() {
            self.check.problem(given.at, "this `pattern` is empty");
        }
        let many = texts.len() > 1;
        for (i, text) in texts.into_iter().enumerate() {
            let id = free_id(&name, "secretlint");
            let id = if many { format!("{id}-{}", i + 1) } else { id };
            fate.push(match js(text.value, pattern::Value::Whole) {
                Ok(pattern) => Fate::Rule(NewRule {
                    id,
                    name: name.clone(),
                    pattern: Some(pattern),
                    path: (!paths.is_empty()).then(|| paths.join("|")),
                    ..NewRule::default()
                }),
                Err(why) => Fate::Lost(why),
            });
        }
        self.add(item.at, format!("pattern \"{name}\""), fate);
    }
}

/// `/pattern/flags`.
fn js(text: &str, value: pattern::Value) -> Result<String, String> {
    let whole = text
        .strip_prefix('/')
        .and_then(|rest| rest.rsplit_once('/'));
    let Some((pattern, flags)) = whole else {
        return pattern::translate(text, Dialect::Js, value);
    };
    let kept: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
    if let Some(flag) = flags.chars().find(|flag| !"imsguvyd".contains(*flag)) {
        return Err(format!("it has an unknown flag `{flag}`"));
    }
    let pattern = if kept.is_empty() {
        pattern.to_owned()
    } else {
        format!("(?{kept}){pattern}")
    };
    pattern::translate(&pattern, Dialect::Js, value)
}

/// An allowed value: a pattern between slashes, or the very value.
fn regex_or_plain(text: &str) -> Result<String, String> {
    if text.starts_with('/') && text.rfind('/').is_some_and(|at| at > 0) {
        js(text, pattern::Value::None)
    } else {
        Ok(format!("^{}$", regex_syntax::escape(text)))
    }
}

/// Our rules about what a rule of secretlint is about, by the name of its provider.
fn ids_of(short: &str) -> Vec<String> {
    let prefix = format!("{}-", kebab(short));
    crate::rule::built_in()
        .iter()
        .filter(|rule| rule.id.starts_with(&prefix) || rule.provider.eq_ignore_ascii_case(short))
        .map(|rule| rule.id.to_string())
        .collect()
}
