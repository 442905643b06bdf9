//! A candidate: a literal with the name that announces it and the syntax in between. Made by the parsers beside this file,
//! judged by the model.

use std::ops::Range;

use super::file::File;
use super::value::array;
use super::word_set::Words;

/// A literal that may be a secret.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// The bytes around the keyword.
    pub window: &'a [u8],
    /// The literal in `window`.
    pub local: Range<usize>,
    /// The literal in the whole content.
    pub value: Range<usize>,
    /// The identifier around the keyword, in `window`.
    pub name: Range<usize>,
    pub class: NameClass,
    pub syntax: Syntax,
    pub quote: Quote,
    /// The last call or constructor between the separator and the literal: `getenv` in `x = getenv("…")`.
    pub wrap: &'a [u8],
    /// How many literals of the same list or call stand before it.
    pub nth: u8,
    /// The name stands in quotes.
    pub name_quoted: bool,
    pub file: &'a File<'a>,
}

/// What the name calls the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameClass {
    Password,
    Secret,
    Token,
    ApiKey,
    Key,
    Auth,
    Credential,
    Salt,
    Other,
}

/// What stands between name and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    Assign,
    Colon,
    Arrow,
    Equal,
    Default,
    Comma,
    Call,
    Flag,
    Space,
    Is,
    Sql,
    Element,
    Map,
    Table,
    List,
    Block,
    Url,
    Header,
    /// `-u user:password`.
    Userinfo,
}

/// How the literal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    None,
    Single,
    Double,
    Backtick,
    Triple,
    Escaped,
    /// Between `&quot;` or `&#39;`.
    Entity,
    /// The first line of a literal that goes on in the next.
    Open,
    /// An array of bytes: `{0x07, 0x51, …}`.
    Array,
}

impl<'a> Candidate<'a> {
    /// The bytes of the literal.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        self.window.get(self.local.clone()).unwrap_or_default()
    }

    /// The text that is judged: the literal, or in hex (made in `room`) the bytes that an array lists.
    #[must_use]
    pub fn judged<'b>(&self, room: &'b mut [u8; array::ROOM]) -> &'b [u8]
    where
        'a: 'b,
    {
        match self.quote {
            Quote::Array => array::hex(self.text(), room),
            Quote::None
            | Quote::Single
            | Quote::Double
            | Quote::Backtick
            | Quote::Triple
            | Quote::Escaped
            | Quote::Entity
            | Quote::Open => self.text(),
        }
    }

    /// The name in the whole content.
    #[must_use]
    pub fn name_place(&self) -> Range<usize> {
        let shift = self.value.start - self.local.start;
        self.name.start + shift..self.name.end + shift
    }

    /// The bytes of the name.
    #[must_use]
    pub fn name_text(&self) -> &'a [u8] {
        self.window.get(self.name.clone()).unwrap_or_default()
    }

    /// The line up to the name, at most 160 bytes of it.
    #[must_use]
    pub fn before(&self) -> &'a [u8] {
        let from = self.name.start.saturating_sub(160);
        let head = self.window.get(from..self.name.start).unwrap_or_default();
        let start = memchr::memrchr(b'\n', head).map_or(0, |i| i + 1);
        head.get(start..).unwrap_or_default()
    }

    /// The line after the literal and its closing quote, at most 80 bytes of it.
    #[must_use]
    pub fn after(&self) -> &'a [u8] {
        let quote = match self.quote {
            Quote::None | Quote::Open => 0,
            Quote::Single | Quote::Double | Quote::Backtick | Quote::Array => 1,
            Quote::Escaped => 2,
            Quote::Entity => 5,
            Quote::Triple => 3,
        };
        let from = self.local.end + quote;
        let to = (from + 80).min(self.window.len());
        let tail = self.window.get(from..to).unwrap_or_default();
        let end = memchr::memchr(b'\n', tail).unwrap_or(tail.len());
        tail.get(..end).unwrap_or_default()
    }
}

/// Words of names, the most telling first, and what each tells.
static TELLING: Words<12> = Words::new([
    b"pass",
    b"pw",
    b"identified",
    b"securestring",
    b"secret",
    b"token",
    b"access",
    b"cred",
    b"salt",
    b"nonce",
    b"auth",
    b"key",
]);
const TOLD: [NameClass; 12] = [
    NameClass::Password,
    NameClass::Password,
    NameClass::Password,
    NameClass::Password,
    NameClass::Secret,
    NameClass::Token,
    NameClass::ApiKey,
    NameClass::Credential,
    NameClass::Salt,
    NameClass::Salt,
    NameClass::Auth,
    NameClass::Key,
];

impl NameClass {
    pub(super) const ALL: [Self; 9] = [
        Self::Password,
        Self::Secret,
        Self::Token,
        Self::ApiKey,
        Self::Key,
        Self::Auth,
        Self::Credential,
        Self::Salt,
        Self::Other,
    ];

    /// Reads the class from an identifier; the more telling word wins.
    #[must_use]
    pub fn of(name: &[u8]) -> Self {
        let has = |word: &[u8]| find_fold(name, word).is_some();
        let told = TELLING.first_in(name).and_then(|word| TOLD.get(word));
        match told.copied() {
            Some(told @ (Self::Password | Self::Secret | Self::Token | Self::ApiKey)) => told,
            _ if has(b"api") && has(b"key") => Self::ApiKey,
            Some(told) => told,
            None if is_access_token(name) => Self::Token,
            None => Self::Other,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::ApiKey => "api-key",
            Self::Key => "key",
            Self::Auth => "auth",
            Self::Credential => "credential",
            Self::Salt => "salt",
            Self::Other => "other",
        }
    }
}

/// Whether a name ends in the short for a personal access token: `AZURE_DEVOPS_PAT`.
fn is_access_token(name: &[u8]) -> bool {
    name.trim_ascii_end()
        .last_chunk::<4>()
        .is_some_and(|end| end.eq_ignore_ascii_case(b"_pat"))
}

impl Syntax {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Colon => "colon",
            Self::Arrow => "arrow",
            Self::Equal => "equal",
            Self::Default => "default",
            Self::Comma => "comma",
            Self::Call => "call",
            Self::Flag => "flag",
            Self::Space => "space",
            Self::Is => "is",
            Self::Sql => "sql",
            Self::Element => "element",
            Self::Map => "map",
            Self::Table => "table",
            Self::List => "list",
            Self::Block => "block",
            Self::Url => "url",
            Self::Header => "header",
            Self::Userinfo => "userinfo",
        }
    }
}

impl Quote {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Single => "single",
            Self::Double => "double",
            Self::Backtick => "backtick",
            Self::Triple => "triple",
            Self::Escaped => "escaped",
            Self::Entity => "entity",
            Self::Open => "open",
            // As explicit a literal as one in quotes.
            Self::Array => "double",
        }
    }
}

/// Where `word` (lower case) first stands in `text`, whatever the case of its letters.
#[must_use]
pub fn find_fold(text: &[u8], word: &[u8]) -> Option<usize> {
    let last = text.len().checked_sub(word.len())?;
    let stands = |&start: &usize| {
        text.get(start..start + word.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(word))
    };
    if last < SHORT {
        let &first = word.first()?;
        return (text.iter().take(last + 1).enumerate())
            .filter_map(|(i, b)| (b.to_ascii_lowercase() == first).then_some(i))
            .find(stands);
    }
    // Its rarest byte is looked for: there are few of it to be wrong about.
    let (at, &rarest) = (word.iter().enumerate()).min_by_key(|&(_, &byte)| frequency(byte))?;
    memchr::memchr2_iter(
        rarest,
        rarest.to_ascii_uppercase(),
        text.get(at..=last + at)?,
    )
    .find(stands)
}

/// In shorter texts a plain loop is done before a vector search has begun.
const SHORT: usize = 32;

/// How often a byte stands in text, from rare to frequent.
fn frequency(byte: u8) -> u8 {
    match byte {
        b'e' | b't' | b' ' => 4,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 3,
        b'c' | b'd' | b'l' | b'p' | b'u' | b'm' | b'/' | b'-' | b'_' | b'.' => 2,
        b'f' | b'g' | b'h' | b'b' | b'y' => 1,
        _ => 0,
    }
}

/// The byte at `i`, 0 outside.
pub(super) fn byte(bytes: &[u8], i: usize) -> u8 {
    bytes.get(i).copied().unwrap_or(0)
}

/// The first index from `i` at which `skip` does not hold, at most `limit` further.
pub(super) fn skip_while(
    bytes: &[u8],
    mut i: usize,
    limit: usize,
    skip: impl Fn(u8) -> bool,
) -> usize {
    let end = i.saturating_add(limit).min(bytes.len());
    while i < end && skip(byte(bytes, i)) {
        i += 1;
    }
    i
}

pub(super) fn is_blank(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

pub(super) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_found_where_they_first_stand(text in "[aAbBxX]{0,80}", word in "[abx]{0,4}") {
            let folded = text.to_ascii_lowercase();
            let plain = if word.is_empty() { None } else { folded.find(&word) };
            prop_assert_eq!(find_fold(text.as_bytes(), word.as_bytes()), plain);
        }
    }
}
