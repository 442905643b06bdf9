//! YAML with the place of each value. One document; anchors and tags are refused, since a configuration needs neither.

use yaml_rust2::parser::{Event, MarkedEventReceiver, Parser};
use yaml_rust2::scanner::{Marker, TScalarStyle};

use super::{MAX_DEPTH, Node, Value};
use crate::table::{At, Problem, Problems};

/// Parses a YAML text.
pub(in crate::import) fn parse(file: &str, text: &str) -> Result<Node, Problems> {
    let mut reader = Reader {
        text,
        open: Vec::new(),
        root: None,
        problem: None,
    };
    let mut parser = Parser::new_from_str(text);
    if let Err(e) = parser.load(&mut reader, true) {
        let at = place(text, e.marker());
        let message = format!("this is not YAML: {}", e.info());
        return Err(Problems::new(file, text, vec![Problem { at, message }]));
    }
    match (reader.problem, reader.root) {
        (Some(problem), _) => Err(Problems::new(file, text, vec![problem])),
        (None, Some(root)) => Ok(root),
        (None, None) => Ok(Node {
            at: 0,
            value: Value::Null,
        }),
    }
}

/// The byte offset of a mark, whose column counts characters.
fn place(text: &str, mark: &Marker) -> usize {
    let mut at = 0;
    for line in text
        .split_inclusive('\n')
        .take(mark.line().saturating_sub(1))
    {
        at += line.len();
    }
    let line = text.get(at..).unwrap_or_default();
    let column = line
        .char_indices()
        .nth(mark.col())
        .map_or(line.len(), |(i, _)| i);
    at + column
}

/// A list or a table that is not over.
enum Open {
    List(usize, Vec<Node>),
    Map(usize, Vec<(At<String>, Node)>, Option<At<String>>),
}

struct Reader<'t> {
    text: &'t str,
    open: Vec<Open>,
    root: Option<Node>,
    problem: Option<Problem>,
}

impl Reader<'_> {
    fn refuse(&mut self, at: usize, message: impl Into<String>) {
        self.problem.get_or_insert(Problem {
            at,
            message: message.into(),
        });
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            None if self.root.is_some() => {
                self.refuse(node.at, "a second document begins here; one is read");
            }
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, items, key)) => match (key.take(), node.value) {
                (Some(key), value) => items.push((key, Node { at: node.at, value })),
                (None, Value::Text(text) | Value::Number(text)) => {
                    *key = Some(At {
                        at: node.at,
                        value: text,
                    });
                }
                (None, _) => self.refuse(node.at, "a key must be a plain word"),
            },
        }
    }
}

impl MarkedEventReceiver for Reader<'_> {
    fn on_event(&mut self, event: Event, mark: Marker) {
        let at = place(self.text, &mark);
        match event {
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart
            | Event::DocumentEnd => {}
            Event::Alias(_) => self.refuse(at, "anchors are not read; write the value out"),
            Event::Scalar(text, style, _, tag) => {
                if tag.is_some() {
                    self.refuse(at, "tags are not read; write the value without it");
                }
                let value = if style == TScalarStyle::Plain {
                    plain(text)
                } else {
                    Value::Text(text)
                };
                self.add(Node { at, value });
            }
            Event::SequenceStart(..) => self.open.push(Open::List(at, Vec::new())),
            Event::MappingStart(..) => self.open.push(Open::Map(at, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(at, items)) => self.add(Node {
                    at,
                    value: Value::List(items),
                }),
                Some(Open::Map(at, items, _)) => self.add(Node {
                    at,
                    value: Value::Map(items),
                }),
                None => {}
            },
        }
        if self.open.len() > MAX_DEPTH {
            self.refuse(at, format!("values are nested more than {MAX_DEPTH} deep"));
        }
    }
}

/// A scalar without quotes.
fn plain(text: String) -> Value {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        number
            if number
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
                && number.parse::<f64>().is_ok() =>
        {
            Value::Number(text)
        }
        _ => Value::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::get;
    use super::*;

    #[test]
    fn places_count_bytes() {
        let text = "# é\nversion: 2\nsecret:\n  ignored_paths: # é\n    - 'é/**'\n    - b\n";
        let root = parse("f", text).unwrap();
        let paths = get(get(&root, "secret").unwrap(), "ignored_paths").unwrap();
        let Value::List(items) = &paths.value else {
            panic!("{paths:?}")
        };
        assert_eq!(items[0].value, Value::Text("é/**".to_owned()));
        for (item, want) in items.iter().zip(["'é", "b\n"]) {
            let rest = text.get(item.at..).unwrap();
            assert!(rest.starts_with(want), "{rest}");
        }
        assert_eq!(
            get(&root, "version").unwrap().value,
            Value::Number("2".to_owned())
        );
    }

    #[test]
    fn what_is_not_read_is_named() {
        let said = |text: &str| parse("f", text).unwrap_err().to_string();
        assert!(said("a: &x 1\nb: *x\n").contains("f:2:4: anchors"));
        assert!(said("a: [1\n").contains("not YAML"));
        assert!(said("a: 1\n---\nb: 2\n").contains("second document"));
        assert!(said("a: !!str 1\n").contains("tags"));
        assert!(said(&"- ".repeat(100)).contains("nested"));
    }
}
