//! JSON and YAML as one tree whose parts know where they stand, so that each problem has its place.

mod json;
mod yaml;

use std::cell::RefCell;

pub(super) use json::parse as json;
pub(super) use yaml::parse as yaml;

use crate::table::{At, Problem, Problems};

/// Values within values beyond which a text is not read.
const MAX_DEPTH: usize = 64;

/// A value and the byte offset at which it stands.
pub(super) type Node = At<Value>;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(At<String>, Node)>),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a table",
        }
    }
}

/// Reads nodes; what is not as it should be is kept with its place.
#[derive(Debug, Default)]
pub(super) struct Check(RefCell<Vec<Problem>>);

impl Check {
    pub(super) fn problem(&self, at: usize, message: impl Into<String>) {
        self.0.borrow_mut().push(Problem {
            at,
            message: message.into(),
        });
    }

    fn wrong(&self, node: &Node, what: &str, want: &str) {
        self.problem(
            node.at,
            format!("{what} must be {want}, not {}", node.value.kind()),
        );
    }

    /// What was read, or every problem.
    pub(super) fn finish<T>(self, file: &str, text: &str, read: T) -> Result<T, Problems> {
        let problems = self.0.into_inner();
        if problems.is_empty() {
            Ok(read)
        } else {
            Err(Problems::new(file, text, problems))
        }
    }

    pub(super) fn text<'n>(&self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) => Some(text),
            Value::Null => None,
            Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
                self.wrong(node, what, "a string");
                None
            }
        }
    }

    pub(super) fn list<'n>(&self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null => &[],
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
                self.wrong(node, what, "a list");
                &[]
            }
        }
    }

    pub(super) fn map<'n>(&self, node: &'n Node, what: &str) -> &'n [(At<String>, Node)] {
        match &node.value {
            Value::Map(items) => items,
            Value::Null => &[],
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                self.wrong(node, what, "a table");
                &[]
            }
        }
    }

    /// A list of strings, or one.
    pub(super) fn texts<'n>(&self, node: &'n Node, what: &str) -> Vec<At<&'n str>> {
        if let Value::Text(text) = &node.value {
            return vec![At {
                at: node.at,
                value: text,
            }];
        }
        let one = |item: &'n Node| self.text(item, what).map(|value| At { at: item.at, value });
        self.list(node, what).iter().filter_map(one).collect()
    }
}

/// The value under a key of a table.
pub(super) fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Map(items) => items
            .iter()
            .find(|(name, _)| name.value == key)
            .map(|(_, node)| node),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
    }
}

/// A whole number.
pub(super) fn number(node: &Node) -> Option<u32> {
    match &node.value {
        Value::Number(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => None,
    }
}
