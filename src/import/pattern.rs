//! Regular expressions of other engines in the syntax of ours: bytes, ASCII classes, no looking around. What cannot be
//! said is an error in words, never a pattern that means something else.

mod class;
mod value;

use crate::rule::compile::SECOND_GROUPS;
use crate::rule::{Pattern, derive};

/// Whose syntax a pattern is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Go's, which is RE2's: gitleaks, trufflehog.
    Go,
    /// Python's: detect-secrets.
    Python,
    /// JavaScript's: secretlint.
    Js,
    /// POSIX's extended one with GNU's additions: git-secrets.
    Ere,
}

/// Which part of a match is the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// No part is asked for; groups only group.
    None,
    Whole,
    /// The first group that took part and is not empty, or the whole match where there is none.
    First,
    /// The group of this number.
    Group(u64),
}

/// Translates a pattern and compiles it.
pub(super) fn translate(pattern: &str, dialect: Dialect, value: Value) -> Result<String, String> {
    let mut reader = Reader {
        chars: pattern.chars().collect(),
        at: 0,
        dialect,
        out: vec![Piece::Text(String::new())],
        n_groups: 0,
    };
    reader.read()?;
    let out = value::name(&reader, value)?;
    let compiled = Pattern::compiled(&out).map_err(|e| format!("it does not compile: {e}"))?;
    if value != Value::None {
        let hir = derive::parse(&out)?;
        if hir
            .properties()
            .minimum_len()
            .is_none_or(|least| least == 0)
        {
            return Err("it matches the empty text".to_owned());
        }
    }
    drop(compiled);
    Ok(out)
}

/// The same, and whether the whole match is the value: where so many groups may be it that not each can have a name.
pub(super) fn with_value(
    pattern: &str,
    dialect: Dialect,
    value: Value,
) -> Result<(String, bool), String> {
    match translate(pattern, dialect, value) {
        Err(why) if value == Value::First => match translate(pattern, dialect, Value::Whole) {
            Ok(whole) => Ok((whole, true)),
            Err(_) => Err(why),
        },
        translated => translated.map(|pattern| (pattern, false)),
    }
}

/// A pattern that a text must match somewhere, as the path of a rule or of an allow entry: those begin with `^`.
pub(super) fn path(pattern: &str, dialect: Dialect) -> Result<String, String> {
    let out = translate(pattern, dialect, Value::None)?;
    let out = if out.starts_with('^') {
        out
    } else {
        format!("^.*(?:{out})")
    };
    Pattern::compiled(&out).map_err(|e| format!("it does not compile: {e}"))?;
    Ok(out)
}

#[derive(Debug)]
enum Piece {
    Text(String),
    /// The opening of the group with this number.
    Group(usize),
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    dialect: Dialect,
    out: Vec<Piece>,
    n_groups: usize,
}

impl Reader {
    /// The pattern, in which the groups given are named and the others only group.
    fn assemble(&self, named: &[usize]) -> String {
        let mut out = String::new();
        for piece in &self.out {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Group(group) => match named.iter().position(|n| n == group) {
                    None => out.push_str("(?:"),
                    Some(0) => out.push_str("(?<secret>"),
                    Some(at) => {
                        let name = SECOND_GROUPS.get(at - 1).copied().unwrap_or_default();
                        out.push_str(&format!("(?<{name}>"));
                    }
                },
            }
        }
        out
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek(0);
        self.at += usize::from(c.is_some());
        c
    }

    fn eat(&mut self, text: &str) -> bool {
        let matches = text
            .chars()
            .enumerate()
            .all(|(i, c)| self.peek(i) == Some(c));
        if matches {
            self.at += text.chars().count();
        }
        matches
    }

    fn push(&mut self, text: &str) {
        if let Some(Piece::Text(last)) = self.out.last_mut() {
            last.push_str(text);
        }
    }

    fn open_group(&mut self) {
        self.n_groups += 1;
        self.out.push(Piece::Group(self.n_groups));
        self.out.push(Piece::Text(String::new()));
    }

    fn read(&mut self) -> Result<(), String> {
        while let Some(c) = self.next() {
            match c {
                '\\' => self.escape()?,
                '(' => self.group()?,
                '[' => self.class()?,
                '{' => self.braces(),
                '^' | '$' | '.' | '|' | ')' | '*' | '+' | '?' => self.push(&c.to_string()),
                c => self.push(&literal(c)),
            }
        }
        Ok(())
    }

    /// `{n}`, `{n,}`, `{n,m}`; anything else is a brace.
    fn braces(&mut self) {
        let rest: String = self.chars.iter().skip(self.at).take(24).collect();
        let Some((inside, _)) = rest.split_once('}') else {
            self.push("\\{");
            return;
        };
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let repetition = match inside.split_once(',') {
            None => is_number(inside).then(|| format!("{{{inside}}}")),
            Some((least, most)) if is_number(least) && (most.is_empty() || is_number(most)) => {
                Some(format!("{{{inside}}}"))
            }
            Some(("", most))
                if is_number(most) && matches!(self.dialect, Dialect::Python | Dialect::Ere) =>
            {
                Some(format!("{{0,{most}}}"))
            }
            Some(_) => None,
        };
        match repetition {
            Some(text) => {
                self.at += inside.chars().count() + 1;
                self.push(&text);
            }
            None => self.push("\\{"),
        }
    }

    fn group(&mut self) -> Result<(), String> {
        if self.peek(0) != Some('?') {
            self.open_group();
            return Ok(());
        }
        for (mark, words) in [
            ("?=", "looks ahead"),
            ("?!", "looks ahead"),
            ("?<=", "looks behind"),
            ("?<!", "looks behind"),
            ("?>", "has an atomic group"),
            ("?(", "has a condition"),
            ("?P=", "refers back to a group"),
        ] {
            if self.eat(mark) {
                return Err(format!(
                    "it {words} (`({mark}`), which this engine does not"
                ));
            }
        }
        if self.eat("?#") {
            while self.next().is_some_and(|c| c != ')') {}
            return Ok(());
        }
        if self.eat("?P<") || self.eat("?<") {
            while self.next().is_some_and(|c| c != '>') {}
            self.open_group();
            return Ok(());
        }
        let mut flags = String::from("(");
        while let Some(c) = self.next() {
            match c {
                // Python's flags of what letters are; ours are ASCII.
                'a' | 'u' | 'L' if self.dialect == Dialect::Python => {}
                '?' | 'i' | 'm' | 's' | 'U' | 'x' | '-' => flags.push(c),
                ')' if flags == "(?" => return Ok(()),
                ')' | ':' => {
                    flags.push(c);
                    self.push(&flags);
                    return Ok(());
                }
                _ => return Err(format!("it has a group `(?{c}` that this engine lacks")),
            }
        }
        Err("it has a group that does not end".to_owned())
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(c) = self.next() else {
            return Err("it ends with a backslash".to_owned());
        };
        let dialect = self.dialect;
        match c {
            'Q' if dialect == Dialect::Go => {
                while self.peek(0).is_some() && !self.eat("\\E") {
                    if let Some(c) = self.next() {
                        self.push(&literal(c));
                    }
                }
            }
            'b' | 'B' | 'd' | 'D' | 'w' | 'W' | 's' | 'S' => self.push(&format!("\\{c}")),
            'A' | 'z' if dialect != Dialect::Js => self.push(&format!("\\{c}")),
            'Z' if dialect == Dialect::Python => self.push("\\z"),
            '<' if dialect == Dialect::Ere => self.push("\\b{start}"),
            '>' if dialect == Dialect::Ere => self.push("\\b{end}"),
            _ => {
                let c = self.escaped_char(c)?;
                self.push(&literal(c));
            }
        }
        Ok(())
    }

    /// The character that an escape stands for; `c` is what follows the backslash.
    fn escaped_char(&mut self, c: char) -> Result<char, String> {
        let wrong = |what: &str| Err(format!("it has `\\{c}`, {what}"));
        match c {
            'a' if self.dialect != Dialect::Js => Ok('\x07'),
            'f' => Ok('\x0c'),
            't' => Ok('\t'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            'v' => Ok('\x0b'),
            'x' => self.hex(2),
            'u' if self.dialect != Dialect::Go => self.hex(4),
            'U' if self.dialect == Dialect::Python => self.hex(8),
            'p' | 'P' => wrong("a class of Unicode; patterns are over bytes and ASCII"),
            'C' | 'X' | 'k' => wrong("which this engine lacks"),
            '0'..='7' => {
                let mut value = c.to_digit(8).unwrap_or_default();
                let more = self.peek(0).and_then(|c| c.to_digit(8));
                if c != '0' && (more.is_none() || self.dialect != Dialect::Go) {
                    return wrong("a reference back to a group, which this engine does not follow");
                }
                for _ in 0..2 {
                    if let Some(digit) = self.peek(0).and_then(|c| c.to_digit(8)) {
                        value = value * 8 + digit;
                        self.at += 1;
                    }
                }
                char::from_u32(value).ok_or_else(|| "it has an octal escape of no character".into())
            }
            '8' | '9' => wrong("a reference back to a group, which this engine does not follow"),
            // JavaScript and grep take other letters as they are.
            c if c.is_ascii_alphabetic()
                && matches!(self.dialect, Dialect::Go | Dialect::Python) =>
            {
                wrong("which stands for nothing")
            }
            c => Ok(c),
        }
    }

    fn hex(&mut self, digits: usize) -> Result<char, String> {
        let text: String = if self.eat("{") {
            let text: String = self
                .chars
                .iter()
                .skip(self.at)
                .take_while(|c| c.is_ascii_hexdigit())
                .collect();
            self.at += text.len() + 1;
            text
        } else {
            let text: String = self.chars.iter().skip(self.at).take(digits).collect();
            self.at += digits;
            text
        };
        u32::from_str_radix(&text, 16)
            .ok()
            .and_then(char::from_u32)
            .ok_or_else(|| "it has a hexadecimal escape of no character".to_owned())
    }
}

/// A character that stands for itself. Beyond ASCII its bytes do.
fn literal(c: char) -> String {
    if c.is_ascii() {
        return if c.is_ascii_control() {
            format!("\\x{:02x}", u32::from(c))
        } else {
            regex_syntax::escape(&c.to_string())
        };
    }
    let mut bytes = [0; 4];
    let bytes: String = c
        .encode_utf8(&mut bytes)
        .bytes()
        .map(|b| format!("\\x{b:02x}"))
        .collect();
    format!("(?:{bytes})")
}

#[cfg(test)]
mod tests;
