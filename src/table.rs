//! Typed reading of a TOML text. Every problem is collected with its place, so that a person sees all of
//! them at once; an unknown key is a problem and names the nearest known one. Knows nothing of what the keys mean.

// The build script reads this file too, from another place.
#[path = "table/problem.rs"]
pub mod problem;

use std::cell::RefCell;

use toml::de::{DeTable, DeValue};

pub use problem::{Problem, Problems};

/// A value with the byte offset at which it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct At<T> {
    pub at: usize,
    pub value: T,
}

/// One table being read. Call the typed getters, then [`Reader::finish`].
pub struct Reader<'a, 'i> {
    table: &'a DeTable<'i>,
    /// Offset of the table's header.
    pub at: usize,
    seen: RefCell<Vec<&'static str>>,
    problems: &'a RefCell<Vec<Problem>>,
}

/// Parses `text` and hands its root table to `read`; returns what it made, or every problem found.
pub fn read_text<T>(
    file: &str,
    text: &str,
    read: impl FnOnce(&Reader<'_, '_>) -> T,
) -> Result<T, Problems> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let problems = RefCell::new(
        errors
            .iter()
            .map(|e| {
                let at = e.span().map_or(0, |s| s.start);
                let message = first_line(e.message());
                Problem {
                    at,
                    message: match problem::standing_at(text, at) {
                        Some(line) => format!("`{line}`: {message}"),
                        None => message,
                    },
                }
            })
            .collect::<Vec<_>>(),
    );
    // After a syntax error the table is a guess; its keys are not judged as well.
    if problems.borrow().is_empty() {
        let reader = Reader {
            table: root.get_ref(),
            at: root.span().start,
            seen: RefCell::default(),
            problems: &problems,
        };
        let value = read(&reader);
        if problems.borrow().is_empty() {
            return Ok(value);
        }
    }
    Err(Problems::new(file, text, problems.into_inner()))
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

impl<'a, 'i> Reader<'a, 'i> {
    fn get(&self, key: &'static str) -> Option<(usize, &'a DeValue<'i>)> {
        self.seen.borrow_mut().push(key);
        self.table
            .get(key)
            .map(|value| (value.span().start, value.get_ref()))
    }

    /// Whether the table has none of these keys, or only empty lists.
    pub fn has_none(&self, keys: &[&str]) -> bool {
        let is_empty = |value: &DeValue<'_>| value.as_array().is_some_and(|items| items.is_empty());
        keys.iter()
            .filter_map(|key| self.table.get(*key))
            .all(|value| is_empty(value.get_ref()))
    }

    /// Records a problem at an offset of the text.
    pub fn problem(&self, at: usize, message: impl Into<String>) {
        self.problems.borrow_mut().push(Problem {
            at,
            message: message.into(),
        });
    }

    fn wrong(&self, key: &str, at: usize, want: &str, got: &DeValue<'_>) {
        self.problem(
            at,
            format!("`{key}` must be {want}, not {}", got.type_str()),
        );
    }

    /// A string.
    pub fn text(&self, key: &'static str) -> Option<At<String>> {
        let (at, value) = self.get(key)?;
        match value.as_str() {
            Some(text) => Some(At {
                at,
                value: text.to_owned(),
            }),
            None => {
                self.wrong(key, at, "a string", value);
                None
            }
        }
    }

    /// A string that must be there.
    pub fn required(&self, key: &'static str) -> At<String> {
        if !self.table.contains_key(key) {
            self.problem(self.at, format!("`{key}` is missing"));
        }
        self.text(key).unwrap_or(At {
            at: self.at,
            value: String::new(),
        })
    }

    /// A list of strings; a single string stands for a list of one.
    pub fn texts(&self, key: &'static str) -> Vec<At<String>> {
        let Some((at, value)) = self.get(key) else {
            return Vec::new();
        };
        if let Some(text) = value.as_str() {
            return vec![At {
                at,
                value: text.to_owned(),
            }];
        }
        let Some(items) = value.as_array() else {
            self.wrong(key, at, "a list of strings", value);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => out.push(At {
                    at: item.span().start,
                    value: text.to_owned(),
                }),
                None => self.wrong(key, item.span().start, "a list of strings", item.get_ref()),
            }
        }
        out
    }

    pub fn bool(&self, key: &'static str) -> Option<At<bool>> {
        let (at, value) = self.get(key)?;
        let got = value.as_bool();
        if got.is_none() {
            self.wrong(key, at, "true or false", value);
        }
        got.map(|value| At { at, value })
    }

    /// A whole number from 0.
    pub fn number(&self, key: &'static str) -> Option<At<u64>> {
        let (at, value) = self.get(key)?;
        let got = value
            .as_integer()
            .and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        if got.is_none() {
            self.wrong(key, at, "a whole number from 0", value);
        }
        got.map(|value| At { at, value })
    }

    /// A number, whole or not.
    pub fn float(&self, key: &'static str) -> Option<At<f64>> {
        let (at, value) = self.get(key)?;
        let got = match (value.as_float(), value.as_integer()) {
            (Some(n), _) => n.as_str().parse().ok(),
            (None, Some(n)) => n.as_str().parse().ok(),
            (None, None) => None,
        };
        if got.is_none() {
            self.wrong(key, at, "a number", value);
        }
        got.map(|value| At { at, value })
    }

    /// A string or a TOML date, as its text.
    pub fn date(&self, key: &'static str) -> Option<At<String>> {
        let (at, value) = self.get(key)?;
        let got = value
            .as_str()
            .map(str::to_owned)
            .or_else(|| value.as_datetime().map(ToString::to_string));
        if got.is_none() {
            self.wrong(key, at, "a date", value);
        }
        got.map(|value| At { at, value })
    }

    /// A table below this one.
    pub fn table(&self, key: &'static str) -> Option<Self> {
        let (at, value) = self.get(key)?;
        let Some(table) = value.as_table() else {
            self.wrong(key, at, "a table", value);
            return None;
        };
        Some(Reader {
            table,
            at,
            seen: RefCell::default(),
            problems: self.problems,
        })
    }

    /// The tables of `[[key]]`.
    pub fn tables(&self, key: &'static str) -> Vec<Self> {
        let Some((at, value)) = self.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.as_array() else {
            self.wrong(key, at, "a list of tables", value);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref().as_table() {
                Some(table) => out.push(Reader {
                    table,
                    at: item.span().start,
                    seen: RefCell::default(),
                    problems: self.problems,
                }),
                None => self.wrong(key, item.span().start, "a table", item.get_ref()),
            }
        }
        out
    }

    /// The table under a key, or the tables of a list there.
    pub fn table_or_tables(&self, key: &'static str) -> Vec<Self> {
        let is_list = |value: &DeValue<'_>| value.as_array().is_some();
        if self
            .table
            .get(key)
            .is_some_and(|value| is_list(value.get_ref()))
        {
            self.tables(key)
        } else {
            self.table(key).into_iter().collect()
        }
    }

    /// Passes over a key; whether it is there.
    pub fn skip(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// The keys that no getter asked for.
    pub fn unseen(&self) -> Vec<At<String>> {
        let seen = self.seen.borrow();
        let unseen =
            |key: &&toml::Spanned<toml::de::DeString<'_>>| !seen.contains(&key.get_ref().as_ref());
        self.table
            .keys()
            .filter(unseen)
            .map(|key| At {
                at: key.span().start,
                value: key.get_ref().as_ref().to_owned(),
            })
            .collect()
    }

    /// Reports every key that no getter asked for.
    pub fn finish(&self) {
        let unseen = self.unseen();
        let seen = self.seen.borrow();
        for At { at, value: name } in &unseen {
            let near = nearest(name, seen.iter().copied());
            let hint = near.map_or_else(
                || {
                    format!(
                        "; known here: {}",
                        seen.iter()
                            .map(|k| format!("`{k}`"))
                            .collect::<Vec<_>>()
                            .join(", ")
                    )
                },
                |near| format!("; did you mean `{near}`?"),
            );
            self.problem(*at, format!("unknown key `{name}`{hint}"));
        }
    }
}

/// The known name closest to `name`, if it is close enough to be a slip of the hand.
#[must_use]
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .min()
        .filter(|(d, candidate)| *d <= candidate.len().max(name.len()) / 3 + 1)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut left = i + 1;
        let mut diagonal = i;
        for (j, y) in b.bytes().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let next = (diagonal + usize::from(x != y))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            left = next;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_key_names_the_nearest() {
        let problems = read_text("f.toml", "a = 1\nblock_att = 'x'\n", |r| {
            r.number("a");
            r.text("block_at");
            r.finish();
        })
        .unwrap_err();
        assert_eq!(
            problems.to_string(),
            "f.toml:2:1: unknown key `block_att`; did you mean `block_at`?"
        );
    }

    #[test]
    fn distances_are_levenshtein() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
