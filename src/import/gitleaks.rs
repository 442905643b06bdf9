//! gitleaks' configuration (and betterleaks', which reads the same): rules, allowlists in the old and the new form, what
//! it extends.

use std::collections::HashSet;

use super::pattern::{self, Dialect, Value};
use super::{Entry, Fate, KnownValue, NewAllow, NewRule, free_id, is_plain_value, kebab, reason};
use crate::finding::Secret;
use crate::suppress::Target;
use crate::table::{At, Problems, Reader, read_text};

pub(super) fn read(name: &str, text: &str) -> Result<Vec<Entry>, Problems> {
    read_text(name, text, |root| {
        let mut out = Out {
            default_reason: reason(name),
            entries: Vec::new(),
            own: HashSet::new(),
        };
        for key in [
            "title",
            "description",
            "minVersion",
            "betterleaksMinVersion",
        ] {
            root.skip(key);
        }
        let rules = root.tables("rules");
        out.own = rules
            .iter()
            .filter(|rule| !rule.has_none(&["regex", "path"]))
            .filter_map(|rule| rule.text("id"))
            .map(|id| id.value)
            .collect();
        if let Some(extend) = root.table("extend") {
            out.extend(&extend);
        }
        for rule in &rules {
            out.rule(rule);
        }
        for (at, list) in both_forms(root) {
            let what = list.text("description").map_or_else(
                || "allowlist".to_owned(),
                |text| format!("allowlist \"{}\"", text.value.trim()),
            );
            let targets = list.texts("targetRules");
            let fate = out.allowlist(&list, &targets, &[]);
            out.add(at, what, fate);
        }
        out.unknown(root, "this file");
        out.entries
    })
}

/// `[allowlist]` and `[[allowlists]]`, each with its place.
fn both_forms<'a, 'i>(r: &Reader<'a, 'i>) -> Vec<(usize, Reader<'a, 'i>)> {
    let old = r.table_or_tables("allowlist");
    let new = r.tables("allowlists");
    old.into_iter()
        .chain(new)
        .map(|list| (list.at, list))
        .collect()
}

struct Out {
    default_reason: String,
    entries: Vec<Entry>,
    /// Ids of the rules that the file defines.
    own: HashSet<String>,
}

impl Out {
    fn add(&mut self, at: usize, what: impl Into<String>, fate: Vec<Fate>) {
        self.entries.push(Entry {
            at,
            what: what.into(),
            fate,
        });
    }

    /// Keys that nobody asked for.
    fn unknown(&mut self, r: &Reader<'_, '_>, whose: &str) {
        for key in r.unseen() {
            let why = "no key that the format is known to have".to_owned();
            self.add(
                key.at,
                format!("`{}` of {whose}", key.value),
                vec![Fate::Lost(why)],
            );
        }
    }

    fn extend(&mut self, r: &Reader<'_, '_>) {
        if let Some(default) = r.bool("useDefault") {
            let words = if default.value {
                "keysieve's own rules are always on"
            } else {
                "keysieve's own rules stay on; `disable` under [policy] switches some off"
            };
            self.add(
                default.at,
                "`useDefault`",
                vec![Fate::Covered(words.into())],
            );
        }
        if let Some(path) = r.text("path") {
            let what = format!("`extend.path` {}", path.value);
            self.add(path.at, what, vec![Fate::Extends(path.value)]);
        }
        if let Some(url) = r.text("url") {
            let why = "nothing is fetched; save the file and import it as well".to_owned();
            self.add(url.at, "`extend.url`", vec![Fate::Lost(why)]);
        }
        for id in r.texts("disabledRules") {
            let fate = match crate::rule::find(&kebab(&id.value)) {
                Some(rule) => Fate::Disable(rule.id.to_string()),
                None => Fate::Covered("keysieve has no rule of this id".to_owned()),
            };
            self.add(id.at, format!("disabled rule `{}`", id.value), vec![fate]);
        }
        self.unknown(r, "`extend`");
    }

    fn rule(&mut self, r: &Reader<'_, '_>) {
        let foreign = r.required("id").value;
        let what = format!("rule `{foreign}`");
        let regex = r.text("regex");
        let path = r.text("path");
        let group = r.number("secretGroup").map(|n| n.value);
        let entropy = r.float("entropy").map(|n| n.value).filter(|n| *n > 0.0);
        let keywords = r.texts("keywords");
        let description = r.text("description").map(|t| t.value);
        let is_part = r.bool("skipReport").is_some_and(|b| b.value);
        let mut fate = Vec::new();
        let mut rule = NewRule {
            id: free_id(&foreign, "gitleaks"),
            name: description
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| foreign.clone()),
            keywords: keywords.into_iter().map(|k| k.value).collect(),
            entropy,
            ..NewRule::default()
        };
        rule.alias = (rule.id != foreign).then(|| foreign.clone());
        let mut problems = Vec::new();
        let value = group.map_or(Value::First, Value::Group);
        if let Some(regex) = &regex {
            match pattern::with_value(&regex.value, Dialect::Go, value) {
                Ok((pattern, whole)) => {
                    rule.pattern = Some(pattern);
                    if whole {
                        let words = "the value is all that it matches, no group of it";
                        fate.push(Fate::Covered(words.to_owned()));
                    }
                }
                Err(why) => problems.push(format!("`regex`: {why}")),
            }
        }
        if let Some(path) = &path {
            match pattern::translate(&path.value, Dialect::Go, Value::None) {
                Ok(pattern) => rule.path = Some(pattern),
                Err(why) => problems.push(format!("`path`: {why}")),
            }
        }
        let mut ids = vec![rule.id.clone()];
        if is_part {
            problems.push("it reports nothing by itself (`skipReport`)".to_owned());
        }
        if regex.is_none() && path.is_none() {
            // It only adds to a rule that the file does not define.
            ids = known_ids(&foreign);
            if ids.is_empty() {
                fate.push(Fate::Lost(
                    "it adds to a rule that neither keysieve nor this file has".to_owned(),
                ));
            } else {
                fate.push(Fate::Covered(format!(
                    "`{foreign}` is one of keysieve's own rules"
                )));
            }
        } else if problems.is_empty() {
            fate.push(Fate::Rule(rule));
        } else {
            fate.extend(problems.into_iter().map(Fate::Lost));
            ids = known_ids(&foreign);
        }
        // What was allowed to the rule is allowed to ours of the same name too.
        for id in known_ids(&foreign) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let is_taken = !ids.is_empty();
        for (_, list) in both_forms(r) {
            let lists = self.allowlist(&list, &[], &ids);
            if is_taken {
                fate.extend(lists);
            }
        }
        r.skip("tags");
        for (key, why) in [
            (
                "required",
                "`required` is not kept: the rule reports by itself",
            ),
            (
                "validate",
                "`validate` is not kept: nothing leaves this machine",
            ),
            (
                "filter",
                "`filter` is not kept: keysieve has no such language",
            ),
            (
                "prefilter",
                "`prefilter` is not kept: keysieve has no such language",
            ),
            ("tokenEfficiency", "`tokenEfficiency` is not kept"),
        ] {
            if r.skip(key) {
                fate.push(Fate::Lost(why.to_owned()));
            }
        }
        self.add(r.at, what, fate);
        self.unknown(r, &format!("rule `{foreign}`"));
    }

    /// An allowlist as entries: one a criterion, or one with all of them.
    fn allowlist(
        &mut self,
        r: &Reader<'_, '_>,
        targets: &[At<String>],
        ids: &[String],
    ) -> Vec<Fate> {
        let mut fate = Vec::new();
        let description = r
            .text("description")
            .map(|text| text.value.trim().to_owned());
        let condition = r.text("condition");
        let target = r.text("regexTarget");
        let mut rule = ids.to_vec();
        for id in targets {
            let known = self.known(&id.value);
            if known.is_empty() {
                fate.push(Fate::Lost(format!(
                    "`targetRules` names `{}`, which neither keysieve nor this file has",
                    id.value
                )));
            }
            rule.extend(known);
        }
        if rule.is_empty() && !targets.is_empty() {
            return fate;
        }
        let all = condition.is_some_and(|condition| {
            let word = condition.value.to_ascii_uppercase();
            if !["", "AND", "&&", "OR", "||"].contains(&word.as_str()) {
                r.problem(
                    condition.at,
                    format!(
                        "`condition` has no value `{}`; it may be AND, OR",
                        condition.value
                    ),
                );
            }
            matches!(word.as_str(), "AND" | "&&")
        });
        let target = target.map_or(Target::Value, |target| match target.value.as_str() {
            "" | "secret" => Target::Value,
            "match" => Target::Match,
            "line" => Target::Line,
            other => {
                r.problem(
                    target.at,
                    format!("`regexTarget` has no value `{other}`; it may be secret, match, line"),
                );
                Target::Value
            }
        });
        let base = NewAllow {
            rule,
            reason: description
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| self.default_reason.clone()),
            ..NewAllow::default()
        };
        let mut lost = |key: &str, index: usize, why: &str| {
            fate.push(Fate::Lost(format!("`{key}[{index}]`: {why}")));
        };
        let mut path = Vec::new();
        for (i, text) in r.texts("paths").iter().enumerate() {
            match pattern::path(&text.value, Dialect::Go) {
                Ok(pattern) => path.push(pattern),
                Err(why) => lost("paths", i, &why),
            }
        }
        let mut value = Vec::new();
        let mut values = Vec::new();
        for (i, text) in r.texts("regexes").iter().enumerate() {
            match pattern::translate(&text.value, Dialect::Go, Value::None) {
                Ok(pattern) if is_plain_value(&text.value) && !all => {
                    drop(pattern);
                    values.push(Fate::Value(KnownValue {
                        value: Secret::new(text.value.as_bytes()),
                        reason: base.reason.clone(),
                    }));
                }
                Ok(pattern) => value.push(pattern),
                Err(why) => lost("regexes", i, &why),
            }
        }
        let mut commit = Vec::new();
        for (i, text) in r.texts("commits").iter().enumerate() {
            let id = text.value.trim().to_ascii_lowercase();
            if id.len() >= 7 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
                commit.push(id);
            } else {
                lost("commits", i, "no id of a commit");
            }
        }
        let words: Vec<String> = r
            .texts("stopwords")
            .into_iter()
            .map(|word| word.value.to_ascii_lowercase())
            .filter(|word| !word.is_empty())
            .collect();
        self.unknown(r, "an allowlist");
        let whole = NewAllow {
            path,
            value,
            target,
            words,
            commit,
            ..base.clone()
        };
        let parts = if all { vec![whole] } else { whole.parts(&base) };
        let parts = parts.into_iter().filter(NewAllow::asks);
        fate.extend(parts.map(Fate::Allow));
        fate.extend(values);
        if fate.is_empty() {
            fate.push(Fate::Covered("it allows nothing".to_owned()));
        }
        fate
    }

    /// The ids under which a rule is known afterwards.
    fn known(&self, foreign: &str) -> Vec<String> {
        let mut ids = known_ids(foreign);
        if self.own.contains(foreign) {
            ids.insert(0, free_id(foreign, "gitleaks"));
        }
        ids
    }
}

/// The built-in rule of this name, if there is one.
fn known_ids(foreign: &str) -> Vec<String> {
    let rule = crate::rule::find(foreign).or_else(|| crate::rule::find(&kebab(foreign)));
    rule.into_iter().map(|rule| rule.id.to_string()).collect()
}
