//! The judgement that a value of a token's shape is a placeholder. Conservative: each sign is one that a random token
//! bears with a chance below one in a million.

/// Words of at least six letters; no issuer puts them into tokens, and chance hardly does.
const WORDS: &[&str] = &[
    "example",
    "placehold",
    "changeme",
    "change-me",
    "change_me",
    "replaceme",
    "replace-me",
    "replace-with",
    "replace_",
    "key_here",
    "token_here",
    "secret_here",
    "password_here",
    "randomstring",
    "random_string",
    "redacted",
    "yourtoken",
    "yoursecret",
    "yourapi",
    "yourkey",
    "youraccess",
    "yourpassword",
    "yourclient",
    "mytoken",
    "mysecret",
    "myapikey",
    "goes-here",
    "goes_here",
    "goeshere",
    "put-your",
    "put_your",
    "insert-your",
    "insert_your",
    "insertyour",
    "notarealkey",
    "not-a-real",
    "not_a_real",
    "notreal",
    "dummytoken",
    "dummykey",
    "dummysecret",
    "faketoken",
    "fakekey",
    "fakesecret",
    "foobarbaz",
    "qwerty",
    "asdfgh",
    "deadbeef",
    "cafebabe",
    "xxxxxxxx",
];

/// Shorter words, counted only where nothing alphanumeric touches them.
const WHOLE_WORDS: &[&str] = &[
    "your", "fake", "dummy", "sample", "todo", "mock", "xxxx", "xxxxx", "foobar",
];

/// Signs of a template language or of a cut, none of which stands in a token.
const MARKS: &[&str] = &[
    "${", "{{", "}}", "#{", "%{", "...", "***", "\u{2026}", "\u{2022}",
];

/// Whether a value of a token's shape reads like a placeholder: `xxxx…`, `1234567890abcdef`, `your_token`, `<token>`.
#[must_use]
pub fn looks_like_placeholder(value: &[u8]) -> bool {
    if MARKS.iter().any(|mark| contains(value, mark.as_bytes())) {
        return true;
    }
    if value.starts_with(b"<") && value.ends_with(b">") {
        return true;
    }
    // Beyond some hundred characters chance writes words.
    if value.len() <= 400 {
        let lower = value.to_ascii_lowercase();
        if WORDS.iter().any(|word| contains(&lower, word.as_bytes())) || has_whole_word(&lower) {
            return true;
        }
    }
    made_by_counting(value)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

fn has_whole_word(lower: &[u8]) -> bool {
    let mut words = lower.split(|b| !b.is_ascii_alphanumeric());
    words.any(|word| WHOLE_WORDS.iter().any(|known| known.as_bytes() == word))
}

/// From here on short runs count too: nobody types so much at random.
const LONG: usize = 50;

/// Least part of the value that runs must cover.
const LEAST_SHARE: usize = 2;

/// Whether half of the letters and digits, or the whole last part, are runs: one character repeated, steps through
/// the alphabet or the digits, or a short piece over and over.
fn made_by_counting(value: &[u8]) -> bool {
    let text: Vec<u8> = value
        .iter()
        .filter(|b| b.is_ascii_alphanumeric() || b"*#".contains(b))
        .map(u8::to_ascii_lowercase)
        .collect();
    if text.len() < 8 {
        return false;
    }
    let last_part = value
        .rsplit(|b| !b.is_ascii_alphanumeric())
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    covered(&text) * LEAST_SHARE >= text.len()
        || (text.len() >= LONG && short_runs(&text) * 3 >= text.len() * 2)
        || (last_part.len() >= 16
            && covered(&last_part.to_ascii_lowercase()) * 4 >= last_part.len() * 3)
}

/// How many bytes belong to a run.
fn covered(text: &[u8]) -> usize {
    let mut in_run = vec![false; text.len()];
    let mut mark = |start: usize, length: usize| {
        in_run
            .iter_mut()
            .skip(start)
            .take(length)
            .for_each(|b| *b = true);
    };
    // Two neighbours, and neighbours but one: `aaaa`, `1234`, `a1b2c3`.
    for (distance, least) in [(1, 5), (2, 8)] {
        runs(text, distance, least, steps, &mut mark);
    }
    runs(text, 1, 5, |a, b| steps(b, a), &mut mark);
    for period in 1..=16 {
        let least = if period == 1 { 4 } else { (2 * period).max(12) };
        runs(text, period, least, |a, b| a == b, &mut mark);
    }
    in_run.iter().filter(|&&b| b).count()
}

/// How many bytes belong to short runs as fingers make them: `abc123xyz456`. Chance covers a tenth of a text with them.
fn short_runs(text: &[u8]) -> usize {
    let mut n = 0;
    for forwards in [true, false] {
        let follows = |a: u8, b: u8| if forwards { steps(a, b) } else { steps(b, a) };
        runs(text, 1, 3, follows, &mut |_, length| n += length);
    }
    n
}

/// Marks the stretches in which each byte follows from the one `distance` before it.
fn runs(
    text: &[u8],
    distance: usize,
    least: usize,
    follows: impl Fn(u8, u8) -> bool,
    mark: &mut impl FnMut(usize, usize),
) {
    let pairs = text.iter().zip(text.iter().skip(distance));
    let mut length = 0;
    let mut end = |at: usize, length: usize| {
        if length > 0 && length + distance >= least {
            mark(at - length, length + distance);
        }
    };
    let mut at = 0;
    for (&a, &b) in pairs {
        if follows(a, b) {
            length += 1;
        } else {
            end(at, length);
            length = 0;
        }
        at += 1;
    }
    end(at, length);
}

/// Whether `b` comes after `a` in the digits or the alphabet; `0` follows `9`, `a` follows a digit, `0` or `1` a letter.
fn steps(a: u8, b: u8) -> bool {
    match (a, b) {
        (b'9', b'0' | b'a') | (b'0', b'a') | (b'f' | b'z', b'0' | b'1' | b'a') => true,
        _ => b.is_ascii_alphanumeric() && a.checked_add(1) == Some(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{ALPHABETS, Seed};

    #[test]
    fn placeholders_are_seen() {
        let x = |n: usize| "x".repeat(n);
        for value in [
            format!("ghp_{}", x(36)),
            format!("xoxb-{}-{}", x(12), x(24)),
            format!("AKIA{}", "X".repeat(16)),
            format!("AKIA{}EXAMPLE", "QQ2W4R6T5"),
            format!("ghp_{}", "1234567890abcdefghijklmnopqrstuvwxyz"),
            format!("sk-{}", "1234567890abcdef".repeat(3)),
            format!("sk-{}", "a1b2c3d4e5f6g7h8i9j0"),
            format!("glpat-{}", "0".repeat(20)),
            format!("sk-ant-api03-{}", "your-api-key-here"),
            "<YOUR_TOKEN>".to_owned(),
            "${GITHUB_TOKEN}".to_owned(),
            "ghp_...".to_owned(),
            format!("npm_{}", "abcd".repeat(9)),
            format!("dapi{}", "deadbeef".repeat(4)),
            format!("hf_{}", "abcdefghijklmnopqrstuvwxyzABCDEFGH"),
            format!(
                "sk-{}",
                "abc123xyz456-def789ghi-jkl012-mno345-pqr678-stu901-vwx234-yza567"
            ),
        ] {
            assert!(looks_like_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn random_tokens_are_no_placeholders() {
        let seed = &mut Seed::new(20);
        for (name, alphabet) in ALPHABETS {
            for n in [16, 20, 24, 32, 40, 64, 160] {
                if *name == "digits" && n < 24 {
                    continue;
                }
                for _ in 0..40 {
                    let value = seed.text(alphabet.as_bytes(), n);
                    assert!(!looks_like_placeholder(value.as_bytes()), "{name}: {value}");
                }
            }
        }
    }

    #[test]
    fn made_tokens_are_no_placeholders() {
        let kinds = [
            ("github", "ghp_"),
            ("gitlab-routable", ""),
            ("grafana-glsa", ""),
            ("atlassian", ""),
            ("cloudflare", ""),
            ("azure-cask", ""),
            ("azure-storage", ""),
            ("aws-key-id", ""),
            ("pypi", ""),
            ("jwt", "plain"),
            ("sendgrid", ""),
            ("openai", ""),
            ("anthropic", ""),
            ("mapbox", ""),
            ("onepassword", ""),
            ("discord", ""),
        ];
        let seed = &mut Seed::new(5);
        for _ in 0..40 {
            for (kind, arg) in kinds {
                let value = crate::check::make(kind, arg, seed).unwrap();
                assert!(!looks_like_placeholder(value.as_bytes()), "{kind}: {value}");
            }
        }
    }
}
