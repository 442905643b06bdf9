//! JSON with the place of each value.

use super::{MAX_DEPTH, Node, Value};
use crate::table::{At, Problem, Problems};

/// Parses a JSON text.
pub(in crate::import) fn parse(file: &str, text: &str) -> Result<Node, Problems> {
    let text_without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser {
        text,
        at: text.len() - text_without_mark.len(),
    };
    parser
        .value(0)
        .and_then(|node| {
            parser.space();
            match parser.peek() {
                None => Ok(node),
                Some(_) => Err(parser.wrong("nothing more")),
            }
        })
        .map_err(|problem| Problems::new(file, text, vec![problem]))
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn eat(&mut self, text: &str) -> bool {
        let there = self.rest().starts_with(text);
        self.at += if there { text.len() } else { 0 };
        there
    }

    fn wrong(&self, want: &str) -> Problem {
        let found = match self.peek() {
            None => "the text ends".to_owned(),
            Some('"') => "a string stands here".to_owned(),
            Some(c) => format!("`{}` stands here", c.escape_default()),
        };
        Problem {
            at: self.at,
            message: format!("this is not JSON: expected {want}, but {found}"),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Problem> {
        self.space();
        let at = self.at;
        if depth > MAX_DEPTH {
            return Err(Problem {
                at,
                message: format!("values are nested more than {MAX_DEPTH} deep"),
            });
        }
        let value = if self.eat("{") {
            self.map(depth)?
        } else if self.eat("[") {
            self.list(depth)?
        } else if self.peek() == Some('"') {
            Value::Text(self.string()?)
        } else if self.eat("true") {
            Value::Bool(true)
        } else if self.eat("false") {
            Value::Bool(false)
        } else if self.eat("null") {
            Value::Null
        } else {
            self.number()?
        };
        Ok(Node { at, value })
    }

    fn number(&mut self) -> Result<Value, Problem> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')))
            .unwrap_or(rest.len());
        let number = rest.get(..end).unwrap_or_default().to_owned();
        if serde_json::from_str::<serde_json::Number>(&number).is_err() {
            return Err(self.wrong("a value"));
        }
        self.at += end;
        Ok(Value::Number(number))
    }

    fn list(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut items = Vec::new();
        self.space();
        if self.eat("]") {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.eat("]") {
                return Ok(Value::List(items));
            }
            if !self.eat(",") {
                return Err(self.wrong("`,` or `]`"));
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut items = Vec::new();
        self.space();
        if self.eat("}") {
            return Ok(Value::Map(items));
        }
        loop {
            self.space();
            let at = self.at;
            if self.peek() != Some('"') {
                return Err(self.wrong("a key in quotes"));
            }
            let key = self.string()?;
            self.space();
            if !self.eat(":") {
                return Err(self.wrong("`:`"));
            }
            let node = self.value(depth + 1)?;
            items.push((At { at, value: key }, node));
            self.space();
            if self.eat("}") {
                return Ok(Value::Map(items));
            }
            if !self.eat(",") {
                return Err(self.wrong("`,` or `}`"));
            }
        }
    }

    /// A string in quotes: its end is found here, its escapes are `serde_json`'s.
    fn string(&mut self) -> Result<String, Problem> {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|b| {
            let ends = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            ends
        });
        let Some(quoted) = end.and_then(|end| rest.get(..end + 2)) else {
            return Err(Problem {
                at: self.at,
                message: "this is not JSON: the string that begins here does not end".to_owned(),
            });
        };
        let len = quoted.len();
        match serde_json::from_str(quoted) {
            Ok(serde_json::Value::String(text)) => {
                self.at += len;
                Ok(text)
            }
            Ok(_) | Err(_) => Err(Problem {
                at: self.at,
                message:
                    "this is not JSON: the string has a character or an escape that it may not"
                        .to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => serde_json::from_str(n).unwrap(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(plain).collect(),
            Value::Map(items) => items
                .iter()
                .map(|(key, value)| (key.value.clone(), plain(value)))
                .collect(),
        }
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for text in [
            r#"{"a": [1, -2.5e3, true, null], "b\"\\": {"c": "d\u00e9\ud83d\ude00"}, "e": []}"#,
            "[]",
            " {} ",
            "\"x\"",
            "[[[]]]",
        ] {
            let want: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(plain(&parse("f", text).unwrap()), want, "{text}");
        }
    }

    #[test]
    fn problems_have_their_place() {
        let said = |text: &str| parse("f.json", text).unwrap_err().to_string();
        assert_eq!(
            said("{\n \"a\": 1,\n}"),
            "f.json:3:1: this is not JSON: expected a key in quotes, but `}` stands here"
        );
        assert!(said("[1 2]").starts_with("f.json:1:4: "));
        assert!(said("[\"a").contains("does not end"));
        assert!(said("[").contains("the text ends"));
        assert!(said(&"[".repeat(100)).contains("nested"));
    }

    proptest! {
        #[test]
        fn never_fails_otherwise_than_serde_json(text in r#"[\[\]{}:,"a1 \\n.-]{0,24}"#) {
            prop_assert_eq!(parse("f", &text).is_ok(), serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
    }
}
