//! `.gitguardian.yaml`, in its second version and the first one.

use super::lists::path_of_glob;
use super::node::{self, Check, Node, Value};
use super::{Entry, Fate, KnownValue, reason};
use crate::finding::Secret;
use crate::table::{At, Problems};

pub(super) fn read(name: &str, text: &str) -> Result<Vec<Entry>, Problems> {
    let root = node::yaml(name, text)?;
    let check = Check::default();
    let mut out = Out {
        name,
        check: &check,
        entries: Vec::new(),
    };
    for (key, value) in check.map(&root, ".gitguardian.yaml") {
        match key.value.replace('-', "_").as_str() {
            "secret" => {
                for (key, value) in check.map(value, "`secret`") {
                    out.setting(key, value);
                }
            }
            "version" => {}
            "iac"
            | "sca"
            | "instance"
            | "max_commits_for_hook"
            | "allow_self_signed"
            | "insecure"
            | "api_url"
            | "all_policies" => out.add(
                key,
                Fate::Covered("it concerns GitGuardian's service, not what is a secret".into()),
            ),
            _ => out.setting(key, value),
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
    fn add(&mut self, key: &At<String>, fate: Fate) {
        self.entries.push(Entry {
            at: key.at,
            what: format!("`{}`", key.value),
            fate: vec![fate],
        });
    }

    /// A setting of the second version under `secret`, or of the first one at the top.
    fn setting(&mut self, key: &At<String>, value: &Node) {
        let what = format!("`{}`", key.value);
        match key.value.replace('-', "_").as_str() {
            "ignored_paths" | "paths_ignore" => {
                for path in self.check.texts(value, &what) {
                    self.entries.push(Entry {
                        at: path.at,
                        what: format!("path {}", path.value),
                        fate: vec![path_of_glob(path.value, self.name)],
                    });
                }
            }
            "ignored_matches" | "matches_ignore" => {
                for item in self.check.list(value, &what) {
                    self.ignored_match(item);
                }
            }
            "ignored_detectors" | "banlisted_detectors" => {
                for detector in self.check.texts(value, &what) {
                    let rule = crate::rule::built_in()
                        .iter()
                        .find(|rule| rule.name.eq_ignore_ascii_case(detector.value));
                    let fate = rule.map_or_else(
                        || {
                            Fate::Lost(
                                "keysieve's rules go by other names; `keysieve rules list`, then `disable` under [policy]"
                                    .to_owned(),
                            )
                        },
                        |rule| Fate::Disable(rule.id.to_string()),
                    );
                    self.entries.push(Entry {
                        at: detector.at,
                        what: format!("detector {}", detector.value),
                        fate: vec![fate],
                    });
                }
            }
            "exit_zero" if value.value == Value::Bool(true) => self.add(
                key,
                Fate::Lost("it lets everything pass; `mode = \"warn\"` under [policy] does".into()),
            ),
            "exit_zero"
            | "verbose"
            | "show_secrets"
            | "ignore_known_secrets"
            | "with_incident_details"
            | "ignore_default_excludes"
            | "default_excludes" => self.add(
                key,
                Fate::Covered(
                    "it changes how GitGuardian tells things, not what is allowed".into(),
                ),
            ),
            "minimum_severity" => self.add(
                key,
                Fate::Lost("keysieve blocks by confidence; see `block_at` under [policy]".into()),
            ),
            _ => self.add(
                key,
                Fate::Lost("no key that the format is known to have".into()),
            ),
        }
    }

    /// `{name, match}`, or the match alone.
    fn ignored_match(&mut self, item: &Node) {
        let (name, value) = match &item.value {
            Value::Text(text) => (None, Some(text.as_str())),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
                self.check.map(item, "an ignored match");
                let text = |key| {
                    node::get(item, key).and_then(|node| self.check.text(node, &format!("`{key}`")))
                };
                (text("name"), text("match"))
            }
        };
        // An empty one would be a part of every value.
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            self.check
                .problem(item.at, "this ignored match has no `match`");
            return;
        };
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        let is_hash = value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
        let fate = if is_hash {
            Fate::Lost(
                "a hash that only GitGuardian can make; run keysieve and allow the finding by its id"
                    .to_owned(),
            )
        } else {
            Fate::Value(KnownValue {
                value: Secret::new(value.as_bytes()),
                reason: name.map_or_else(|| reason(self.name), str::to_owned),
            })
        };
        self.entries.push(Entry {
            at: item.at,
            what: name.map_or_else(
                || "an ignored match".to_owned(),
                |name| format!("ignored match \"{name}\""),
            ),
            fate: vec![fate],
        });
    }
}
