//! The literals behind a name and its separator: quoted, bare, of a list, of several lines.

use super::{Place, narrow};
use crate::generic::candidate::{
    Candidate, NameClass, Quote, Syntax, byte, is_blank, is_word, skip_while,
};
use crate::generic::class::FileClass;
use crate::generic::context::{class_of, entity_quote, in_comment, in_string, is_name};
use crate::generic::value::{self, Literal};

/// Most literals of one list or call that are judged.
const MAX_ITEMS: u8 = 6;

/// Finds the literals from `i` on and hands each that can be a value to `each`.
pub(super) fn all(
    place: &Place<'_>,
    syntax: Syntax,
    from: usize,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let window = place.window;
    if syntax == Syntax::Element || syntax == Syntax::Map && byte(window, from - 1) == b'>' {
        if let Some(literal) = value::element(window, from, syntax == Syntax::Element) {
            emit(place, syntax, literal, &[], 0, each);
        }
        return;
    }
    let mut i = skip_while(window, from, 40, is_blank);
    let mut wrap: &[u8] = &[];
    let mut list = syntax == Syntax::Call || logs_in(place.name_text());
    if matches!(byte(window, i), b'\n' | b'\r')
        || byte(window, i) == b'\\' && byte(window, i + 1) == b'\n'
    {
        i = skip_while(window, i, 80, |b| b.is_ascii_whitespace() || b == b'\\');
        let dash = byte(window, i) == b'-' && is_blank(byte(window, i + 1));
        if syntax == Syntax::Colon && dash {
            list = true;
            i = skip_while(window, i + 1, 4, is_blank);
        } else if !matches!(byte(window, i), b'"' | b'\'' | b'`') || syntax == Syntax::Table {
            return;
        }
    }
    // `**Password:** x`
    if syntax == Syntax::Colon && window.get(i..i + 2) == Some(b"**") {
        i = skip_while(window, i + 2, 4, is_blank);
    }
    for _ in 0..5 {
        match byte(window, i) {
            b'"' | b'\'' | b'`' => break,
            b'\\' if matches!(byte(window, i + 1), b'"' | b'\'') => break,
            b'&' if entity_quote(window, i) > 0 => break,
            // An anchor or a tag of YAML: `password: &pw x`, `password: !!str x`.
            b'&' | b'!' if syntax == Syntax::Colon && property_end(window, i).is_some() => {
                i = property_end(window, i).unwrap_or(i);
            }
            b'[' if byte(window, i + 1) == b']' => i += 2,
            b'<' if matches!(window.get(i + 1..i + 3), Some(b"<\"")) => i += 2,
            // What holds where nothing was given: `${1:-"x"}`, `{{ name | default('x') }}`.
            b'$' | b'{' if otherwise(window, i).is_some() => {
                i = otherwise(window, i).unwrap_or(i);
            }
            // `Lazy::new(|| "x")`
            b'|' if list => {
                let end = skip_while(window, i + 1, 12, |b| b != b'|' && b != b'\n');
                if byte(window, end) != b'|' {
                    break;
                }
                i = skip_while(window, end + 1, 4, is_blank);
            }
            // `{SHA}…` is a hash of a password.
            b'{' if byte(window, skip_while(window, i + 1, 12, is_name)) == b'}' => return,
            b'{' if is_template(window, i) => return,
            b'[' | b'{' | b'(' => {
                list = true;
                i = skip_while(window, i + 1, 60, |b| b.is_ascii_whitespace());
            }
            b'&' | b'@' | b'$' if matches!(byte(window, i + 1), b'"' | b'\'') => i += 1,
            b if b.is_ascii_alphabetic() || b == b'_' => {
                let end = skip_while(window, i, 48, |b| is_word(b) || b".:".contains(&b));
                if let Some(literal) = value::perl_quoted(window, i..end) {
                    emit(place, syntax, literal, wrap, 0, each);
                    return;
                }
                match byte(window, end) {
                    b'(' | b'{' if end > i => {
                        wrap = window.get(i..end).unwrap_or_default();
                        list = true;
                        i = skip_while(window, end + 1, 60, |b| b.is_ascii_whitespace());
                    }
                    // `new byte[] {`
                    b'[' if byte(window, end + 1) == b']' => {
                        i = skip_while(window, end + 2, 4, is_blank);
                    }
                    b'"' | b'\'' if end - i <= 2 => i = end,
                    b' ' if window.get(i..end) == Some(b"new") => i = end + 1,
                    b' ' if list && window.get(i..end) == Some(b"value:") => i = end + 1,
                    b'=' | b' ' if is_default(window.get(i..end).unwrap_or_default()) => {
                        i = skip_while(window, end + 1, 4, is_blank);
                    }
                    _ => break,
                }
            }
            _ => break,
        }
    }
    if list
        && byte(window, i).is_ascii_digit()
        && let Some(literal) = value::array::at(window, i)
    {
        emit(place, syntax, literal, wrap, 0, each);
        return;
    }
    let mut nth = 0;
    loop {
        let entity = entity_quote(window, i);
        let literal = match value::quoted(window, i) {
            Some(literal) => literal,
            None if entity > 0 => match value::until_entity(window, i, entity) {
                Some(literal) => literal,
                None => return,
            },
            None if nth == 0
                && syntax != Syntax::Call
                && (byte(window, from - 1) != b',' || syntax == Syntax::Table)
                && syntax != Syntax::Block =>
            {
                if let Some(literal) = unquoted(place, syntax, i, wrap) {
                    emit(place, syntax, literal, wrap, 0, each);
                }
                return;
            }
            None if nth == 0 && syntax == Syntax::Call && logs_in(place.name_text()) => {
                match argument(window, i) {
                    Some(next) => {
                        nth += 1;
                        i = next;
                        continue;
                    }
                    None => return,
                }
            }
            None => return,
        };
        let mut next = skip_while(window, literal.end, 20, is_blank);
        // A key of a map has a value of its own; in Clojure's a keyword follows a value.
        let keyword = next > literal.end && is_word(byte(window, next + 1));
        let is_key = syntax != Syntax::Equal
            && (byte(window, next) == b':' && !keyword
                || byte(window, next) == b'=' && byte(window, next + 1) == b'>');
        if !is_key {
            emit(place, syntax, literal, wrap, nth, each);
        }
        nth += 1;
        if !list || nth >= MAX_ITEMS || byte(window, next) != b',' || is_key {
            return;
        }
        next = skip_while(window, next + 1, 60, |b| b.is_ascii_whitespace());
        let end = skip_while(window, next, 16, is_word);
        let word = window.get(next..end).unwrap_or_default();
        i = if is_default(word) {
            skip_while(window, end, 4, |b| b" =:".contains(&b))
        } else if word == b"Some" && byte(window, end) == b'(' {
            end + 1
        } else {
            next
        };
    }
}

/// Where the literal begins that a template or a shell takes when nothing else was given.
fn otherwise(window: &[u8], i: usize) -> Option<usize> {
    let from = match window.get(i..i + 2)? {
        b"${" => {
            let end = skip_while(window, i + 2, 32, is_word);
            let end = end + usize::from(byte(window, end) == b':');
            b"-=".contains(&byte(window, end)).then_some(end + 1)?
        }
        b"{{" => {
            let end = skip_while(window, i + 2, 80, |b| b != b'}' && b != b'\n');
            let inner = window.get(i..end)?;
            i + memchr::memmem::find(inner, b"default(")? + b"default(".len()
        }
        _ => return None,
    };
    b"\"'".contains(&byte(window, from)).then_some(from)
}

/// Where the value begins behind an anchor or a tag of YAML at `i`.
fn property_end(window: &[u8], i: usize) -> Option<usize> {
    let from = i + usize::from(window.get(i..i + 2) == Some(b"!!"));
    let end = skip_while(window, from + 1, 32, is_name);
    let is_property =
        byte(window, i) == b'&' || from > i && window.get(from + 1..end) == Some(b"str");
    (is_property && end > from + 1 && is_blank(byte(window, end)))
        .then(|| skip_while(window, end, 4, is_blank))
}

/// The parameter of a look-up that gives the value where nothing is found: `config('KEY', default='x')`.
fn is_default(word: &[u8]) -> bool {
    let word = word.strip_suffix(b":").unwrap_or(word);
    [b"default".as_slice(), b"defaultvalue", b"fallback"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// Calls that take a user and a password: `NetworkCredential(user, "x")`, `SetBasicAuth("me", "x")`, `auth=("me", "x")`.
fn logs_in(name: &[u8]) -> bool {
    let ends = |word: &[u8]| {
        name.len()
            .checked_sub(word.len())
            .and_then(|from| name.get(from..))
            .is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    };
    ends(b"credential")
        || ends(b"credentials")
        || ends(b"basicauth")
        || ends(b"basic_auth")
        || ends(b"basicauthentication")
        || ends(b"passwordauthentication")
        || name == b"auth"
}

/// Whether argument `nth` of the call `name` is a password: the second one, of Go's mail package the third.
fn is_password(name: &[u8], nth: u8) -> bool {
    nth == 1 && logs_in(name) || nth == 2 && name.ends_with(b"PlainAuth")
}

/// Where the argument after the name at `i` begins.
fn argument(window: &[u8], i: usize) -> Option<usize> {
    let end = skip_while(window, i, 48, |b| is_word(b) || b".:$@>-".contains(&b));
    (end > i && byte(window, end) == b',')
        .then(|| skip_while(window, end + 1, 60, |b| b.is_ascii_whitespace()))
}

/// Whether `name: word` or `name=word`, its value from `from` to `end`, is a line of a raw string rather than code of Go:
/// there a field ends with a comma and blanks stand around `=`.
fn raw_line(place: &Place<'_>, syntax: Syntax, from: usize, end: usize) -> bool {
    let window = place.window;
    let glued = byte(window, place.name.end) == b'=' && from == place.name.end + 1;
    place.file.is_go()
        && matches!(byte(window, end), b'\n' | b'\r')
        && (syntax == Syntax::Colon || syntax == Syntax::Assign && glued)
}

/// Most digits of a number in hex: 128 bits.
const NUMBER: usize = 32;

/// A bare word as a value, where the file and the place allow one.
fn unquoted(place: &Place<'_>, syntax: Syntax, i: usize, wrap: &[u8]) -> Option<Literal> {
    let window = place.window;
    let first = byte(window, i);
    if first <= b' ' || b"\"'`,;)]}<>|=".contains(&first) || !wrap.is_empty() {
        return None;
    }
    let file = place.file.class();
    // In the query of a URL `&` ends a password.
    let query = b"?&".contains(&byte(window, place.name.start.wrapping_sub(1)))
        && class_of(window, &place.name) == NameClass::Password;
    // The quote that opens the name is closed behind it.
    let opened = usize::from(
        place.name_quoted && b"\"'`".contains(&byte(window, place.name.start.wrapping_sub(1))),
    );
    let in_text = query || in_string(window, place.name.start - opened);
    let literal = value::bare(window, i, file, in_text)?;
    let text = window.get(literal.range.clone())?;
    // `user.password = hashedPassword;` in a document.
    let quoted_code = file == FileClass::Docs
        && syntax == Syntax::Assign
        && byte(window, i - 1) == b' '
        && byte(window, literal.end) == b';';
    let code = (quoted_code || matches!(file, FileClass::Code | FileClass::Data | FileClass::Json))
        && !in_text
        && !matches!(syntax, Syntax::Flag | Syntax::Table)
        && !in_comment(window, place.name.start)
        && !raw_line(place, syntax, i, literal.end);
    if code
        && (value::is_expression(text, place.file.shouts()) || byte(window, literal.end) == b'(')
    {
        return None;
    }
    // The next flag: `--disabled-password --gecos ""`.
    if let (Syntax::Flag, [b'-', b'-', letter, ..]) = (syntax, text)
        && letter.is_ascii_lowercase()
    {
        return None;
    }
    // A number: `0x1F`. A key has more digits.
    if let [b'0', b'x' | b'X', digits @ ..] = text
        && digits.len() <= NUMBER
        && digits.iter().all(u8::is_ascii_hexdigit)
    {
        return None;
    }
    // An expression in any kind of file: a call, an index, a path of names.
    let called = text.iter().position(|&b| b == b'(');
    if called.is_some_and(|n| {
        n > 0
            && text
                .iter()
                .take(n)
                .all(|&b| is_word(b) || b".:".contains(&b))
    }) {
        return None;
    }
    if matches!(syntax, Syntax::Table | Syntax::Default) && text.iter().all(u8::is_ascii_alphabetic)
    {
        return None;
    }
    Some(literal)
}

/// Whether two braces open a template's expression, `{{ db_password }}`, and no list of lists, `{{"a", "b"}}`.
fn is_template(window: &[u8], i: usize) -> bool {
    let inner = skip_while(window, i + 2, 8, |b| b" -{".contains(&b));
    byte(window, i + 1) == b'{' && !matches!(byte(window, inner), b'"' | b'\'' | b'`')
}

fn emit(
    place: &Place<'_>,
    syntax: Syntax,
    literal: Literal,
    wrap: &[u8],
    nth: u8,
    each: &mut dyn FnMut(Candidate<'_>),
) {
    let window = place.window;
    let range = narrow::to_value(window, literal.range, place.name_text());
    let Some(text) = window.get(range.clone()) else {
        return;
    };
    let literal_dollar = match literal.quote {
        Quote::Single | Quote::Double => text.starts_with(b"$") && !place.file.fills_in(),
        Quote::None
        | Quote::Backtick
        | Quote::Triple
        | Quote::Escaped
        | Quote::Entity
        | Quote::Open
        | Quote::Array => false,
    };
    if !value::plausible(text, literal_dollar) || value::is_looked_up(wrap, text, nth) {
        return;
    }
    let name = place.name_text();
    let class = if is_password(name, nth) || is_password(wrap, nth) {
        NameClass::Password
    } else {
        class_of(window, &place.name)
    };
    each(Candidate {
        window,
        value: range.clone(),
        local: range,
        name: place.name.clone(),
        class,
        syntax,
        quote: literal.quote,
        wrap: if wrap.is_empty() { &[] } else { wrap },
        nth,
        name_quoted: place.name_quoted,
        file: place.file,
    });
}
