//! The shape of a text: which kinds of characters it is made of, how long it is, whether it repeats itself.

use crate::generic::candidate::byte;

/// Kind of one character.
pub(super) fn kind(b: u8) -> &'static str {
    match b {
        b'a'..=b'z' => "lower",
        b'A'..=b'Z' => "upper",
        b'0'..=b'9' => "digit",
        b'.' | b'!' | b'?' | b',' | b':' | b';' => "stop",
        b'=' => "=",
        b'/' => "/",
        b'_' => "_",
        b'-' => "-",
        0x80.. => "wide",
        _ => "mark",
    }
}

/// The kind of text that a value is.
pub(super) fn of(text: &[u8]) -> &'static str {
    let count = |f: fn(&u8) -> bool| text.iter().filter(|b| f(b)).count();
    let n = text.len();
    let lower = count(u8::is_ascii_lowercase);
    let upper = count(u8::is_ascii_uppercase);
    let digit = count(u8::is_ascii_digit);
    let hex = count(u8::is_ascii_hexdigit);
    let wide = text.iter().filter(|&&b| b >= 0x80).count();
    let blank = text.iter().filter(|&&b| b == b' ').count();
    let has = |b: u8| text.contains(&b);
    if wide > 0 {
        return "wide";
    }
    if blank > 0 {
        return if blank == 1 { "two-words" } else { "sentence" };
    }
    if digit == n {
        return "digits";
    }
    if is_uuid(text) {
        return "uuid";
    }
    if hex == n && n >= 8 && digit > 0 && (lower == 0 || upper == 0) {
        return "hex";
    }
    if text.starts_with(b"0x") && text.iter().skip(2).all(u8::is_ascii_hexdigit) {
        return "hex-number";
    }
    if byte(text, 0) == b'$' && text.iter().filter(|&&b| b == b'$').count() >= 3
        || text.starts_with(b"pbkdf2")
        || text.starts_with(b"sha256$")
        || text.starts_with(b"sha512$")
    {
        return "password-hash";
    }
    if lower + upper + digit == n {
        return match (lower, upper, digit) {
            (_, 0, 0) => "lower",
            (0, _, 0) => "upper",
            (_, 1, 0) if byte(text, 0).is_ascii_uppercase() => "title",
            (_, _, 0) => "camel",
            (_, 0, _) if n - trailing_digits(text) == lower => "lower+digits",
            (_, 0, _) => "lower-digits-mixed",
            (0, _, _) => "upper-digits",
            _ if text
                .iter()
                .take(n - trailing_digits(text))
                .all(u8::is_ascii_alphabetic) =>
            {
                "camel+digits"
            }
            _ => "alnum",
        };
    }
    if text.windows(3).any(|w| w == b"://") {
        return "url";
    }
    let ends_equal = text.last() == Some(&b'=');
    let base64 = text
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    if base64 && n >= 12 && (ends_equal || has(b'+')) && upper > 0 && lower > 0 {
        return "base64";
    }
    let named = text
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(b));
    if named {
        let mixed = digit > 0 && upper > 0 && lower > 0;
        return match () {
            () if mixed => "token",
            () if has(b'_') && upper == 0 && !has(b'-') => {
                if digit > 0 {
                    "snake+digits"
                } else {
                    "snake"
                }
            }
            () if has(b'_') && lower == 0 && !has(b'-') => {
                if digit > 0 {
                    "SNAKE+digits"
                } else {
                    "SNAKE"
                }
            }
            () if upper == 0 && digit == 0 => "kebab",
            () if upper == 0 => "kebab+digits",
            () => "named",
        };
    }
    if has(b'@')
        && text
            .rsplit(|&b| b == b'@')
            .next()
            .is_some_and(|host| host.contains(&b'.'))
    {
        return "email";
    }
    if text
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b))
    {
        return match () {
            () if digit == 0 => "dotted",
            () if lower > 0 && upper > 0 && n >= 20 => "dotted-token",
            () => "dotted+digits",
        };
    }
    if has(b'/') {
        return if digit > 0 && upper > 0 && lower > 0 && n >= 16 && base64 {
            "base64"
        } else {
            "path"
        };
    }
    if has(b'(') || has(b'{') || has(b'[') || has(b'<') {
        return "brackets";
    }
    if has(b':') {
        return "colon";
    }
    if byte(text, 0).is_ascii_punctuation() {
        return "mark-first";
    }
    if digit > 0 && upper + lower > 0 {
        "marks+digits"
    } else {
        "marks"
    }
}

fn trailing_digits(text: &[u8]) -> usize {
    text.iter().rev().take_while(|b| b.is_ascii_digit()).count()
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Length, in steps; lengths that keys often have stand alone.
pub(super) fn length(n: usize) -> &'static str {
    match n {
        0..=3 => "3",
        4 => "4",
        5 => "5",
        6 => "6",
        7 => "7",
        8 => "8",
        9 => "9",
        10 => "10",
        11..=12 => "11",
        13..=15 => "13",
        16 => "16",
        17..=19 => "17",
        20 => "20",
        21..=23 => "21",
        24 => "24",
        25..=31 => "25",
        32 => "32",
        33..=39 => "33",
        40 => "40",
        41..=63 => "41",
        64 => "64",
        65..=99 => "65",
        _ => "100",
    }
}

/// How an identifier is written.
pub(super) fn case(name: &[u8]) -> &'static str {
    let lower = name.iter().any(u8::is_ascii_lowercase);
    let upper = name.iter().any(u8::is_ascii_uppercase);
    let joint = name.iter().find(|b| b"_-.".contains(b)).copied();
    match (lower, upper, joint) {
        (_, true, Some(b'_')) if !lower => "UPPER_SNAKE",
        (_, _, Some(b'_')) => "snake",
        (_, _, Some(b'-')) => "kebab",
        (_, _, Some(_)) => "dotted",
        (true, true, None) if byte(name, 0).is_ascii_uppercase() => "Camel",
        (true, true, None) => "camel",
        (false, _, None) => "UPPER",
        (true, false, None) => "lower",
    }
}

/// Characters that follow each other: `aaaa`, `1234`, `abcd`, or few distinct ones.
pub(super) fn run(text: &[u8]) -> Option<&'static str> {
    let longest = |f: fn(u8, u8) -> bool| {
        let (mut best, mut now) = (1, 1);
        for pair in text.windows(2) {
            if let &[a, b] = pair {
                now = if f(a, b) { now + 1 } else { 1 };
                best = best.max(now);
            }
        }
        best
    };
    let same = longest(|a, b| a == b);
    let up = longest(|a, b| a.wrapping_add(1) == b || (a, b) == (b'9', b'0'));
    if same >= 4 {
        return Some("same");
    }
    if up >= 8 {
        return Some("sequence-8");
    }
    if up >= 6 {
        return Some("sequence-6");
    }
    (up >= 3).then_some("sequence-3")
}

/// A value without the digits and marks at its end.
pub(super) fn stem(text: &[u8]) -> &[u8] {
    let end = text
        .iter()
        .rposition(u8::is_ascii_alphabetic)
        .map_or(0, |i| i + 1);
    text.get(..end).unwrap_or_default()
}
