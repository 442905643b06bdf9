//! Classes in brackets: each engine has marks of its own in them.

use super::{Dialect, Reader, literal};

impl Reader {
    /// A class in brackets; the opening one is read.
    pub(super) fn class(&mut self) -> Result<(), String> {
        let negated = self.eat("^");
        let mut inside = String::new();
        let mut beyond = Vec::new();
        let mut first = true;
        loop {
            let Some(c) = self.next() else {
                return Err("it has a class without an end".to_owned());
            };
            if c == ']' && !(first && self.dialect != Dialect::Js) {
                break;
            }
            first = false;
            if c == '[' && matches!(self.dialect, Dialect::Go | Dialect::Ere) {
                if self.peek(0) == Some(':') {
                    let name: String = self
                        .chars
                        .iter()
                        .skip(self.at)
                        .take_while(|c| **c != ']')
                        .collect();
                    self.at += name.chars().count() + 1;
                    inside.push_str(&format!("[{name}]"));
                    continue;
                }
                if self.dialect == Dialect::Ere && matches!(self.peek(0), Some('=' | '.')) {
                    return Err("it has a collating class".to_owned());
                }
            }
            let is_escape = c == '\\' && self.dialect != Dialect::Ere;
            if is_escape && matches!(self.peek(0), Some('d' | 'D' | 'w' | 'W' | 's' | 'S')) {
                let class = self.next().unwrap_or_default();
                inside.push_str(&format!("\\{class}"));
                continue;
            }
            let low = self.class_char(c)?;
            let is_range = self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']');
            let ends_in_class = self.dialect != Dialect::Ere
                && self.peek(1) == Some('\\')
                && matches!(self.peek(2), Some('d' | 'D' | 'w' | 'W' | 's' | 'S'));
            if is_range && !ends_in_class {
                self.at += 1;
                let c = self.next().unwrap_or_default();
                let high = self.class_char(c)?;
                if !low.is_ascii() || !high.is_ascii() {
                    return Err("it has a range of characters beyond ASCII".to_owned());
                }
                inside.push_str(&format!("{}-{}", in_class(low), in_class(high)));
            } else if low.is_ascii() {
                inside.push_str(&in_class(low));
            } else {
                beyond.push(literal(low));
            }
        }
        let class = match (negated, inside.is_empty()) {
            // JavaScript's `[^]` and `[]`.
            (true, true) if beyond.is_empty() => "(?s:.)".to_owned(),
            (false, true) if beyond.is_empty() => "[^\\x00-\\xff]".to_owned(),
            (false, true) => String::new(),
            (true, _) => format!("[^{inside}]"),
            (false, false) => format!("[{inside}]"),
        };
        if beyond.is_empty() {
            self.push(&class);
        } else if negated {
            return Err("it excludes characters beyond ASCII".to_owned());
        } else {
            let parts = [vec![class], beyond].concat();
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            self.push(&format!("(?:{})", parts.join("|")));
        }
        Ok(())
    }

    /// One character of a class, of which `c` is read.
    fn class_char(&mut self, c: char) -> Result<char, String> {
        if c != '\\' || self.dialect == Dialect::Ere {
            return Ok(c);
        }
        match self.next() {
            Some('b') if self.dialect != Dialect::Go => Ok('\x08'),
            Some(c) => self.escaped_char(c),
            None => Err("it ends with a backslash".to_owned()),
        }
    }
}

/// An ASCII character in a class, where `-`, `&&` and `[` mean something.
fn in_class(c: char) -> String {
    match c {
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        c if c.is_ascii_control() => format!("\\x{:02x}", u32::from(c)),
        '-' | '&' | '~' | '[' | ']' | '^' | '\\' => format!("\\{c}"),
        c => c.to_string(),
    }
}
