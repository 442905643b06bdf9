//! Forms of code in which more than a separator stands between a name and its value: a field that is filled in, a look-up with
//! what holds otherwise, a property, a function that returns its value, a comparison by a call.

use super::Place;
use crate::generic::candidate::{NameClass, Syntax, byte, is_blank, is_word, skip_while};
use crate::generic::context::{calls, class_of};

/// Methods that put a value into what the name found, from `By.id("password")).sendKeys("x")` to
/// `getByLabel("Password").fill("x")`; how they begin.
const FILLS: &[&[u8]] = &[
    b"sendkeys",
    b"send_keys",
    b"type",
    b"fill",
    b"set",
    b"val",
    b"enter",
    b"input",
    b"replacetext",
    b"press",
];
/// Methods that give what holds where nothing was found: `var("TOKEN").unwrap_or("x")`.
const OTHERWISE: &[&[u8]] = &[
    b"unwrap_or",
    b"unwrap_or_else",
    b"or",
    b"or_else",
    b"orelse",
    b"orelseget",
    b"getorelse",
    b"withdefault",
];
/// Methods that compare.
const EQUALS: &[&[u8]] = &[b"equals", b"equalsignorecase", b"eq", b"eql?"];
/// Members of a field that hold its text.
const TEXTS: &[&[u8]] = &[b"value", b"text", b"stringvalue"];
/// Most bytes of the calls without arguments between a field and the one that fills it: `.clear()`, `.first()`.
const IDLE: usize = 3;

/// Where the value begins that code announces by the name in `place`; what follows the name and its closing marks is at
/// `next`, and after blanks at `after`.
pub(super) fn between(place: &Place<'_>, next: usize, after: usize) -> Option<(Syntax, usize)> {
    let window = place.window;
    if place.name_quoted {
        let dot = skip_while(window, next, 60, |b| b.is_ascii_whitespace());
        return match byte(window, dot) {
            b'.' | b'-' if next > place.name.end + 1 => chained(window, dot),
            b',' if dot == next => labelled(window, next + 1),
            b'e' | b'd' => tagged(window, dot),
            _ => None,
        };
    }
    match byte(window, after) {
        b'{' => property(window, after + 1).or_else(|| braced(window, after)),
        b',' if calls(window, place.name.start, COMPARES) || curl_user(place) => {
            Some((Syntax::Equal, after + 1))
        }
        _ => None,
    }
    .or_else(|| returned(place, next))
}

/// What functions of C and their kin are called that compare or copy two texts.
const COMPARES: &[&[u8]] = &[
    b"strcmp",
    b"strncmp",
    b"strcasecmp",
    b"stricmp",
    b"_stricmp",
    b"strcpy",
    b"strncpy",
    b"strlcpy",
    b"strcpy_s",
    b"wcscmp",
    b"wcscpy",
    b"lstrcmp",
    b"memcmp",
    b"hash_equals",
    b"compare_digest",
    b"equals",
];

/// The option of curl's library that takes `user:password`.
fn curl_user(place: &Place<'_>) -> bool {
    place.name_text().ends_with(b"OPT_USERPWD")
}

/// `.clear().type("x")`, `->setValue("x")`, `.value = "x"` from the dot or arrow on.
fn chained(window: &[u8], from: usize) -> Option<(Syntax, usize)> {
    let mut i = from;
    for _ in 0..IDLE {
        i = match (byte(window, i), byte(window, i + 1)) {
            (b'.', _) => i + 1,
            (b'-', b'>') => i + 2,
            _ => return None,
        };
        let end = skip_while(window, i, 24, |b| is_word(b) || b == b'?');
        let word = window.get(i..end)?;
        let known = |list: &[&[u8]]| list.iter().any(|k| k.eq_ignore_ascii_case(word));
        let fills = |start: &&[u8]| {
            (word.get(..start.len())).is_some_and(|head| head.eq_ignore_ascii_case(start))
        };
        if byte(window, end) != b'(' {
            let sign = skip_while(window, end, 4, is_blank);
            let ended = skip_while(window, sign, 3, |b| b == b'=');
            return match ended - sign {
                1 if known(TEXTS) && byte(window, ended) != b'>' => Some((Syntax::Assign, ended)),
                2 | 3 if known(TEXTS) => Some((Syntax::Equal, ended)),
                _ => None,
            };
        }
        if byte(window, end + 1) == b')' {
            i = skip_while(window, end + 2, 60, |b| b.is_ascii_whitespace());
            continue;
        }
        return if known(OTHERWISE) {
            Some((Syntax::Default, i))
        } else if known(EQUALS) {
            Some((Syntax::Equal, end + 1))
        } else {
            FILLS.iter().any(fills).then_some((Syntax::Assign, end + 1))
        };
    }
    None
}

/// How labels of arguments end that hold the value of what the first argument names.
const LABELS: &[&[u8]] = &[b"default", b"default_value", b"defaultvalue", b"with"];
/// Most arguments before it.
const ARGUMENTS: usize = 6;

/// `"--password", type=str, default="x"`, `"Password", with: "x"`: the argument that says it holds the value, the first of
/// them being at `from`.
fn labelled(window: &[u8], from: usize) -> Option<(Syntax, usize)> {
    let mut i = from;
    for _ in 0..ARGUMENTS {
        i = skip_while(window, i, 80, |b| b.is_ascii_whitespace());
        let end = skip_while(window, i, 32, is_word);
        let sign = skip_while(window, end, 4, is_blank);
        if end > i && matches!(byte(window, sign), b'=' | b':') {
            let word = window.get(i..end)?;
            let value = skip_while(window, sign + 1, 8, |b| is_blank(b) || b == b'>');
            if LABELS.iter().any(|label| label.eq_ignore_ascii_case(word)) {
                return Some((Syntax::Assign, value));
            }
            i = value;
        }
        i = match byte(window, i) {
            quote @ (b'"' | b'\'') => {
                1 + skip_while(window, i + 1, 120, |b| b != quote && b != b'\n')
            }
            _ => skip_while(window, i, 48, |b| is_word(b) || b == b'.'),
        };
        i = skip_while(window, i, 4, is_blank);
        if byte(window, i) != b',' {
            return None;
        }
        i += 1;
    }
    None
}

/// `env:"PASSWORD" envDefault:"x"` of a tag in Go.
fn tagged(window: &[u8], from: usize) -> Option<(Syntax, usize)> {
    let end = skip_while(window, from, 24, is_word);
    let word = window.get(from..end)?;
    let (colon, quote) = (byte(window, end), byte(window, end + 1));
    (colon == b':' && quote == b'"' && word.to_ascii_lowercase().ends_with(b"default"))
        .then_some((Syntax::Assign, end + 1))
}

/// `Password { get; set; } = "x"`
fn property(window: &[u8], from: usize) -> Option<(Syntax, usize)> {
    let word = skip_while(window, from, 4, is_blank);
    if window.get(word..word + 3)? != b"get" {
        return None;
    }
    let close = skip_while(window, word, 60, |b| {
        is_word(b) || b == b';' || b.is_ascii_whitespace()
    });
    let sign = skip_while(window, close + 1, 4, is_blank);
    (byte(window, close) == b'}'
        && byte(window, sign) == b'='
        && !b"=>".contains(&byte(window, sign + 1)))
    .then_some((Syntax::Assign, sign + 1))
}

/// A literal alone between braces: `password { "x" }` of Ruby, `password{"x"}` of C++.
fn braced(window: &[u8], open: usize) -> Option<(Syntax, usize)> {
    let from = skip_while(window, open + 1, 4, is_blank);
    let quote = byte(window, from);
    if !b"\"'".contains(&quote) {
        return None;
    }
    let end = skip_while(window, from + 1, 256, |b| b != quote && b != b'\n');
    let close = skip_while(window, end + 1, 4, is_blank);
    (byte(window, close) == b'}').then_some((Syntax::Block, from))
}

/// `def password` with a literal below, `getPassword() { return "x"; }`, `fn password() -> &'static str { "x" }`.
fn returned(place: &Place<'_>, next: usize) -> Option<(Syntax, usize)> {
    let window = place.window;
    let mut i = next;
    let ruby = window
        .get(..place.name.start)
        .is_some_and(|head| head.ends_with(b"def "));
    if byte(window, next) == b'(' && byte(window, next + 1) == b's' {
        // `(self)`
        i = skip_while(window, next + 1, 5, is_word);
        if byte(window, i) != b')' {
            return None;
        }
        i += 1;
    } else if next == place.name.end && !ruby {
        return None;
    }
    // A type.
    let body = skip_while(window, i, 40, |b| is_word(b) || b" ->:&'<>[].".contains(&b));
    let opened = match byte(window, body) {
        b'{' => body + 1,
        b'\n' | b'\r' if ruby || byte(window, body.wrapping_sub(1)) == b':' => body,
        _ => return None,
    };
    let from = skip_while(window, opened, 80, |b| b.is_ascii_whitespace());
    let says = window.get(from..from + 7) == Some(b"return ");
    let from = if says { from + 7 } else { from };
    let quote = byte(window, from);
    if !b"\"'".contains(&quote) {
        return None;
    }
    // The literal is all there is.
    let end = skip_while(window, from + 1, 256, |b| b != quote && b != b'\n');
    let close = skip_while(window, end + 1, 80, |b| {
        b == b';' || b.is_ascii_whitespace()
    });
    let ends = byte(window, close) == b'}'
        || window.get(close..close + 3) == Some(b"end")
        || says && !b".+,&?%".contains(&byte(window, close));
    // What a function of another name returns is rarely a secret of its own.
    let told = || {
        matches!(
            class_of(window, &place.name),
            NameClass::Password | NameClass::Secret | NameClass::ApiKey | NameClass::Token
        )
    };
    (byte(window, end) == quote && ends && told()).then_some((Syntax::Assign, from))
}
