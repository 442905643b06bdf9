//! The shape of a text: which kinds of characters it is made of, how long it is, whether it repeats itself.

use super::hashed;
use crate::generic::candidate::byte;
use crate::generic::words;

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
    let n = text.len();
    let (mut lower, mut upper, mut digit, mut hex, mut wide, mut blank) = (0, 0, 0, 0, 0, 0);
    for b in text {
        match b {
            b'a'..=b'z' => lower += 1,
            b'A'..=b'Z' => upper += 1,
            b'0'..=b'9' => digit += 1,
            b' ' => blank += 1,
            0x80.. => wide += 1,
            _ => {}
        }
        hex += usize::from(b.is_ascii_hexdigit());
    }
    let has = |b: u8| text.contains(&b);
    if wide > 0 && (blank > 0 || !is_marks(text)) {
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
    if hashed::is_hash(text) {
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
    // A mark in a letter's place does what a digit does.
    if digit > 0 && upper + lower > 0 || leet(text) {
        "marks+digits"
    } else {
        "marks"
    }
}

/// A text beyond ASCII that no language has words for: marks, digits, and letters that never stand three together.
fn is_marks(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let mut run = 0;
    let worded = text.chars().any(|c| {
        run = if c.is_alphabetic() { run + 1 } else { 0 };
        run >= 3
    });
    !worded && text.bytes().filter(u8::is_ascii_punctuation).count() >= 2
}

/// Whether the text is the base64 of printable text.
pub(super) fn decodes(text: &[u8]) -> bool {
    let end = text.iter().rposition(|&b| b != b'=').map_or(0, |i| i + 1);
    let body = text.get(..end).unwrap_or_default();
    if text.len() < 8 || !text.len().is_multiple_of(4) || text.len() - end > 2 {
        return false;
    }
    let (mut bits, mut held) = (0u32, 0u32);
    for &b in body {
        let sextet = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return false,
        };
        bits = bits << 6 | u32::from(sextet);
        held += 6;
        if held >= 8 {
            held -= 8;
            let byte = (bits >> held) as u8;
            if !(byte.is_ascii_graphic() || byte.is_ascii_whitespace() || byte == b' ') {
                return false;
            }
        }
    }
    true
}

/// How many characters lie at most two apart from the one before, or from the one before that: most of `AbCeFG123` and
/// `1a2b3c4d`, few of a random text. Case does not matter.
pub(super) fn steps(text: &[u8]) -> usize {
    // What is no letter or digit is close to nothing that comes after it.
    const FAR: u8 = 0x80;
    let (mut by_one, mut by_two) = (0, 0);
    let (mut last_but_one, mut last) = (FAR, FAR);
    for b in text {
        let b = b.to_ascii_lowercase();
        by_one += usize::from(last < FAR && last.abs_diff(b) <= 2);
        by_two += usize::from(last_but_one < FAR && last_but_one.abs_diff(b) <= 2);
        last_but_one = last;
        last = if b.is_ascii_alphanumeric() { b } else { FAR };
    }
    by_one.max(by_two)
}

/// Letters written as digits and marks: `p@ssw0rd`, `super$ecret`. Read as letters they make words.
pub(super) fn leet(text: &[u8]) -> bool {
    let is_read_as_letter = |b: &u8| {
        matches!(
            b,
            b'$' | b'5' | b'@' | b'4' | b'0' | b'1' | b'!' | b'3' | b'7'
        )
    };
    if !text.iter().any(is_read_as_letter) {
        return false;
    }
    let mut plain = [0; LEET];
    let Some(plain) = plain.get_mut(..text.len()) else {
        return false;
    };
    let mut changed = false;
    for (i, slot) in plain.iter_mut().enumerate() {
        let b = byte(text, i);
        let letter = match b {
            b'$' | b'5' => b's',
            b'@' | b'4' => b'a',
            b'0' => b'o',
            b'1' | b'!' => b'i',
            b'3' => b'e',
            b'7' => b't',
            _ => b,
        };
        let beside = byte(text, i + 1).is_ascii_alphabetic()
            || i > 0 && byte(text, i - 1).is_ascii_alphabetic();
        *slot = if beside { letter } else { b };
        changed |= beside && letter != b;
    }
    if !changed {
        return false;
    }
    let words::Cover {
        covered, letters, ..
    } = words::cover(plain);
    let before = words::cover(text).covered;
    let all = covered == letters && covered > before;
    all || covered * 5 >= letters * 3 && covered >= before + 4
}

/// Longest text that is read so.
const LEET: usize = 32;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_values_go_in_steps() {
        for text in ["AbCeFG123", "1a2b3c4d5e", "abcd1234"] {
            assert!(steps(text.as_bytes()) * 4 >= text.len() * 3, "{text}");
        }
        assert!(steps(b"zQ7mW2xK9v") * 4 < 10);
    }

    #[test]
    fn letters_in_disguise_make_words() {
        for text in ["super$ecret", "p@ssword", "passw0rd"] {
            assert!(leet(text.as_bytes()), "{text}");
        }
        for text in ["supersecret", "zQ7mW2xK9v", "password1"] {
            assert!(!leet(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn marks_beyond_ascii_are_no_translation() {
        assert_eq!(of("A,.:-\u{a8}@*\u{bf}?!".as_bytes()), of(b"A,.:-@*?!"));
        for text in [
            "pass\u{f6}ord",
            "\u{5bc6}\u{7801}\u{9519}\u{8bef}!!",
            "no \u{e9} !!",
        ] {
            assert_eq!(of(text.as_bytes()), "wide", "{text}");
        }
    }
}
