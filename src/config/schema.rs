//! The JSON Schema of a configuration file, for editors that complete and check as one types.

use serde_json::{Map, Value, json};

use crate::check;
use crate::finding::{Confidence, Severity};
use crate::policy::{Mode, OnGap, Sandbox};
use crate::rule::parse::{ENVIRONMENTS, KINDS};
use crate::suppress::Target;

/// The schema, draft 7.
#[must_use]
pub fn schema() -> Value {
    let pattern = "a regular expression over bytes";
    let policy = table(
        "What blocks, and the limits of a run.",
        &[
            (
                "mode",
                one_of(Mode::NAMES, "Whether findings refuse or are only shown."),
            ),
            (
                "block_at",
                one_of(
                    Confidence::NAMES,
                    "Confidence from which a finding refuses.",
                ),
            ),
            (
                "allow_inline",
                flag("Whether the comment `keysieve:allow REASON` counts."),
            ),
            (
                "foreign_inline",
                flag("Whether other scanners' comments count too: `gitleaks:allow`, `nosecret`."),
            ),
            (
                "require_reason",
                flag("Whether an allow entry must give a `reason`; true unless set."),
            ),
            ("strict", flag("Server: new is what no ref reaches.")),
            ("timeout", text("Budget of the whole run: \"4.5s\".")),
            (
                "on_timeout",
                one_of(OnGap::NAMES, "What happens when the time is up."),
            ),
            (
                "max_blob",
                text("Size beyond which a file is not read: \"64MiB\"."),
            ),
            (
                "over_limit",
                one_of(OnGap::NAMES, "What happens beyond a limit."),
            ),
            (
                "max_depth",
                number("Encodings within encodings that are opened."),
            ),
            ("show", number("Findings shown in full.")),
            (
                "sandbox",
                one_of(
                    Sandbox::NAMES,
                    "Whether a hook gives up writing and connecting (Linux).",
                ),
            ),
            (
                "decision_log",
                text("File to which each decision is appended as JSON."),
            ),
            ("baseline", text("File with ids of what was known before.")),
            ("id_key_file", text("File with the key of finding ids.")),
            (
                "disable",
                texts("Built-in rules that are switched off, by id."),
            ),
        ],
    );
    let bypass = table(
        "Server: the way past a refusal.",
        &[
            (
                "push_option",
                text("Name of the push option that holds the reason."),
            ),
            ("users", texts("Who may.")),
            ("min_reason", number("Least length of the reason.")),
            ("audit_log", text("File to which each use is appended.")),
        ],
    );
    let allow = table(
        "Lets a value stay; all parts that are given must hold, of a list one.",
        &[
            ("id", text("Id of a finding.")),
            ("rule", texts("Ids of rules.")),
            (
                "path",
                texts("Globs, or regular expressions that begin with `^`."),
            ),
            ("value", texts(pattern)),
            (
                "target",
                one_of(
                    Target::NAMES,
                    "What `value` is tried on; the value unless set.",
                ),
            ),
            (
                "words",
                texts("Words, one of which the value holds, case aside."),
            ),
            (
                "commit",
                texts("Ids of commits, or their first 7 or more digits."),
            ),
            ("reason", text("Why it may stay.")),
            ("owner", text("Who answers for it.")),
            (
                "expires",
                json!({"description": "Last day, written without quotes: 2027-03-01."}),
            ),
        ],
    );
    let checks: Vec<&str> = check::CHECKS.iter().map(|check| check.name).collect();
    let some_checks =
        |words: &str| json!({"type": "array", "items": {"enum": checks}, "description": words});
    let rule = table(
        "A detector of one's own.",
        &[
            ("id", text("Words of a-z and 0-9 joined by `-`; for ever.")),
            ("name", text("What it finds, in words.")),
            ("provider", text("Who issues it.")),
            ("kind", one_of(KINDS, "What it is.")),
            (
                "severity",
                one_of(Severity::NAMES, "How bad it is when real."),
            ),
            (
                "confidence",
                one_of(Confidence::NAMES, "How likely a match is real."),
            ),
            ("environment", one_of(ENVIRONMENTS, "Where it works.")),
            (
                "pattern",
                text("A regular expression with the group `(?<secret>…)`."),
            ),
            (
                "value",
                text("The form of a value that stands beside one of `names`."),
            ),
            (
                "names",
                texts("Names, one of which stands before the value."),
            ),
            (
                "label",
                flag("Whether a word such as key or token must stand there too."),
            ),
            ("keywords", texts("Texts, one of which every match holds.")),
            ("path", text(pattern)),
            ("checks", some_checks("Proofs of a value.")),
            ("required", some_checks("Those of `checks` that must hold.")),
            (
                "entropy",
                json!({"type": "number", "minimum": 0, "maximum": 8, "description": "Least bits a byte."}),
            ),
            (
                "near",
                text("A pattern that must match close to the value."),
            ),
            ("near_within", number("How close, in bytes.")),
            ("about", text("What it can do.")),
            ("revoke", text("Where to revoke it.")),
            ("rotate", text("How to replace it.")),
            ("standards", texts("Standards it concerns.")),
            ("aliases", texts("Ids it had before.")),
            (
                "hit",
                texts("Templates of texts that hold one; `keysieve rules test` tries them."),
            ),
            ("miss", texts("Templates of texts that hold none.")),
        ],
    );
    let many = |table: Value| json!({"type": "array", "items": table});
    let mut root = table(
        "Configuration of keysieve",
        &[
            ("policy", policy),
            ("bypass", requiring("audit_log", bypass)),
            ("allow", many(allow)),
            ("rule", many(requiring("id", rule))),
        ],
    );
    if let Some(root) = root.as_object_mut() {
        root.insert(
            "$schema".to_owned(),
            "http://json-schema.org/draft-07/schema#".into(),
        );
        root.insert("title".to_owned(), ".keysieve.toml".into());
    }
    root
}

fn table(words: &str, keys: &[(&str, Value)]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    json!({
        "type": "object",
        "description": words,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// A table that cannot do without this key.
fn requiring(key: &str, mut table: Value) -> Value {
    if let Some(table) = table.as_object_mut() {
        table.insert("required".to_owned(), json!([key]));
    }
    table
}

fn text(words: &str) -> Value {
    json!({"type": "string", "description": words})
}

fn flag(words: &str) -> Value {
    json!({"type": "boolean", "description": words})
}

fn number(words: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": words})
}

fn one_of(names: &[&str], words: &str) -> Value {
    json!({"enum": names, "description": words})
}

/// A list, or one string for a list of one.
fn texts(words: &str) -> Value {
    json!({"type": ["array", "string"], "items": {"type": "string"}, "description": words})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(table: &Value) -> Vec<String> {
        table["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    }

    #[test]
    fn what_is_required_is_missed() {
        let root = &schema()["properties"];
        for (header, table, key) in [
            ("[[rule]]", &root["rule"]["items"], "id"),
            ("[bypass]", &root["bypass"], "audit_log"),
        ] {
            assert_eq!(table["required"], json!([key]));
            let said = crate::config::parse("f", header).unwrap_err().to_string();
            assert!(said.contains(&format!("`{key}` is missing")), "{said}");
        }
    }

    /// Every key of the schema is one that the parser knows.
    #[test]
    fn the_parser_knows_each_key() {
        let schema = schema();
        let root = &schema["properties"];
        for (header, table) in [
            ("[policy]", &root["policy"]),
            ("[bypass]", &root["bypass"]),
            ("[[allow]]", &root["allow"]["items"]),
            ("[[rule]]", &root["rule"]["items"]),
        ] {
            for key in keys(table) {
                let text = format!("{header}\n{key} = []\n");
                let said = crate::config::parse("f", &text)
                    .map_or_else(|e| e.to_string(), |_| String::new());
                assert!(!said.contains("unknown key"), "{header} {said}");
            }
        }
    }

    /// Every key that the parser asks for is in the schema.
    #[test]
    fn the_schema_knows_each_key() {
        let schema = schema();
        let root = &schema["properties"];
        let mut known = keys(&schema);
        known.extend(keys(&root["policy"]));
        known.extend(keys(&root["bypass"]));
        known.extend(keys(&root["allow"]["items"]));
        known.extend(keys(&root["rule"]["items"]));
        let sources = [
            include_str!("file.rs"),
            include_str!("../rule/parse.rs"),
            include_str!("../rule/user.rs"),
        ];
        let mut asked = 0;
        for source in sources {
            let code = source.split("#[cfg(test)]").next().unwrap();
            for reader in [
                "text(\"",
                "texts(\"",
                "each(\"",
                "bool(\"",
                "number(\"",
                "float(\"",
                "date(\"",
                "table(\"",
                "tables(\"",
                "required(\"",
                "choice(r, \"",
                "one_of(\"",
            ] {
                for after in code.split(reader).skip(1) {
                    let key = after.split('"').next().unwrap();
                    asked += 1;
                    assert!(
                        known.iter().any(|known| known == key),
                        "{key} is not in the schema"
                    );
                }
            }
        }
        assert!(asked > 40, "{asked}");
    }
}
