//! Entries into the text of a configuration file: what stands there stays, with its comments, and nothing comes twice.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::{NewAllow, NewRule};
use crate::suppress::Target;

/// What is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Additions {
    pub rules: Vec<NewRule>,
    pub allow: Vec<NewAllow>,
    pub disable: Vec<String>,
}

impl Additions {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Lists longer than this stand one item a line.
const LINE: usize = 80;

/// The text with these entries. A rule of the same id is replaced; an entry that is there already is left.
pub fn with_entries(text: &str, new: &Additions) -> Result<String, String> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|_| "this is not TOML; mend it first: `keysieve config check`".to_owned())?;
    let root = document.as_table_mut();
    if !new.disable.is_empty() {
        disable(root, &new.disable)?;
    }
    for rule in &new.rules {
        let made = rule_table(rule);
        let list = tables(root, "rule")?;
        let is_same = |table: &Table| text_of(table, "id") == Some(rule.id.as_str());
        let known = list.iter().position(is_same);
        match known.and_then(|at| list.get_mut(at)) {
            Some(old) => {
                let decor = old.decor().clone();
                let position = old.position();
                *old = made;
                *old.decor_mut() = decor;
                old.set_position(position);
            }
            None => list.push(made),
        }
    }
    for allow in &new.allow {
        let made = allow_table(allow);
        let list = tables(root, "allow")?;
        if !list.iter().any(|old| asks_the_same(old, &made)) {
            list.push(made);
        }
    }
    Ok(document.to_string())
}

fn tables<'t>(root: &'t mut Table, key: &str) -> Result<&'t mut ArrayOfTables, String> {
    root.entry(key)
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| format!("`{key}` is not a list of tables; write `[[{key}]]`"))
}

fn text_of<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Item::as_str)
}

/// Whether two entries allow the same; reasons, owners and ends aside.
fn asks_the_same(a: &Table, b: &Table) -> bool {
    let list = |table: &Table, key: &str| -> Vec<String> {
        match table.get(key) {
            Some(Item::Value(Value::String(text))) => vec![text.value().clone()],
            Some(Item::Value(Value::Array(items))) => {
                let texts = items.iter().filter_map(Value::as_str);
                texts.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    };
    ["id", "rule", "path", "value", "target", "words", "commit"]
        .iter()
        .all(|key| list(a, key) == list(b, key))
}

fn disable(root: &mut Table, ids: &[String]) -> Result<(), String> {
    let wrong = || "`[policy]` is not a table".to_owned();
    let policy = root
        .entry("policy")
        .or_insert_with(|| Item::Table(Table::new()))
        .as_table_like_mut()
        .ok_or_else(wrong)?;
    let item = policy
        .entry("disable")
        .or_insert_with(|| value(Array::new()));
    if let Some(one) = item.as_str() {
        *item = value(Array::from_iter([one.to_owned()]));
    }
    let list = item
        .as_array_mut()
        .ok_or_else(|| "`disable` under [policy] is not a list".to_owned())?;
    for id in ids {
        if !list.iter().any(|known| known.as_str() == Some(id)) {
            list.push(id);
        }
    }
    Ok(())
}

fn rule_table(rule: &NewRule) -> Table {
    let NewRule {
        id,
        name,
        pattern,
        path,
        keywords,
        entropy,
        alias,
    } = rule;
    let mut table = Table::new();
    table.insert("id", value(id));
    table.insert("name", value(name));
    if let Some(pattern) = pattern {
        table.insert("pattern", value(pattern));
    }
    if let Some(path) = path {
        table.insert("path", value(path));
    }
    put_list(&mut table, "keywords", keywords);
    if let Some(entropy) = entropy {
        table.insert("entropy", value(*entropy));
    }
    if let Some(alias) = alias {
        put_list(&mut table, "aliases", std::slice::from_ref(alias));
    }
    table
}

fn allow_table(allow: &NewAllow) -> Table {
    let NewAllow {
        id,
        rule,
        path,
        value: values,
        target,
        words,
        commit,
        reason,
    } = allow;
    let mut table = Table::new();
    if let Some(id) = id {
        table.insert("id", value(id));
    }
    for (key, items) in [("rule", rule), ("path", path), ("value", values)] {
        if let [one] = items.as_slice() {
            table.insert(key, value(one));
        } else {
            put_list(&mut table, key, items);
        }
    }
    if *target != Target::Value && !values.is_empty() {
        table.insert("target", value(target.as_str()));
    }
    put_list(&mut table, "words", words);
    put_list(&mut table, "commit", commit);
    table.insert("reason", value(reason));
    table
}

fn put_list(table: &mut Table, key: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    let mut list = Array::from_iter(items);
    if list.to_string().len() > LINE {
        for item in list.iter_mut() {
            item.decor_mut().set_prefix("\n    ");
        }
        list.set_trailing("\n");
        list.set_trailing_comma(true);
    }
    table.insert(key, value(list));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_there_stays_and_nothing_comes_twice() {
        let text = "# ours\n[policy] # p\nshow = 3\n\n# why\n[[allow]]\npath = \"a\" # here\nreason = \"r\"\n\n[[rule]]\nid = \"acme\"\nname = \"old\"\n";
        let new = Additions {
            rules: vec![NewRule {
                id: "acme".to_owned(),
                name: "Acme".to_owned(),
                pattern: Some("\\b(?<secret>a'b\\d+)\\b".to_owned()),
                entropy: Some(3.5),
                ..NewRule::default()
            }],
            allow: vec![
                NewAllow {
                    path: vec!["a".to_owned()],
                    reason: "other".to_owned(),
                    ..NewAllow::default()
                },
                NewAllow {
                    words: (0..30).map(|n| format!("word{n}")).collect(),
                    reason: "words".to_owned(),
                    ..NewAllow::default()
                },
            ],
            disable: vec!["jwt".to_owned()],
        };
        let got = with_entries(text, &new).unwrap();
        for kept in [
            "# ours\n[policy] # p\nshow = 3\n",
            "# why\n[[allow]]\npath = \"a\" # here\n",
        ] {
            assert!(got.contains(kept), "{got}");
        }
        assert!(
            got.contains("disable = [\"jwt\"]") && got.contains("\n    \"word0\",\n"),
            "{got}"
        );
        assert_eq!(
            (
                got.matches("[[allow]]").count(),
                got.matches("[[rule]]").count()
            ),
            (2, 1),
            "{got}"
        );
        let layer = crate::config::parse("f", &got).unwrap();
        assert_eq!((layer.rules.len(), layer.allow.len()), (1, 2));
        assert_eq!(with_entries(&got, &new).unwrap(), got);
    }

    #[test]
    fn what_has_another_form_is_an_error() {
        let new = Additions {
            allow: vec![NewAllow::default()],
            ..Additions::default()
        };
        assert!(
            with_entries("allow = 1\n", &new)
                .unwrap_err()
                .contains("[[allow]]")
        );
        assert!(with_entries("[", &new).is_err());
    }
}
