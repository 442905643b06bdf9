//! Expands the templates that stand for tokens in `rules.toml`, tests and demonstrations, so that no text of a token's
//! shape is ever stored. `{base62:30}` gives 30 characters of an alphabet, `{same:36}` one character repeated,
//! `{make:KIND:ARG}` a whole token with a valid check value (`check::make`), `{pick:a|b}` one of some texts, `{{` a
//! brace. The same template and seed always give the same text.

use std::fmt::Write as _;

/// A small generator of reproducible numbers (SplitMix64, public domain algorithm by Sebastiano Vigna).
#[derive(Debug, Clone)]
pub struct Seed(u64);

impl Seed {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A seed made of a text, so that each rule has its own values.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.number() % (n.max(1) as u64)).unwrap_or(0)
    }

    /// `n` characters of an ASCII alphabet.
    pub fn text(&mut self, alphabet: &[u8], n: usize) -> String {
        (0..n)
            .filter_map(|_| {
                alphabet
                    .get(self.below(alphabet.len()))
                    .map(|&b| char::from(b))
            })
            .collect()
    }

    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.number().to_le_bytes()[0]).collect()
    }
}

/// Alphabets by the name used in a template.
pub const ALPHABETS: &[(&str, &str)] = &[
    (
        "base62",
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    ),
    (
        "base64",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    ),
    (
        "base64url",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    ),
    (
        "base58",
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    ),
    ("base36", "0123456789abcdefghijklmnopqrstuvwxyz"),
    ("BASE36", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("base32", "abcdefghijklmnopqrstuvwxyz234567"),
    ("BASE32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    ("hex", "0123456789abcdef"),
    ("HEX", "0123456789ABCDEF"),
    ("digits", "0123456789"),
    ("lower", "abcdefghijklmnopqrstuvwxyz"),
    ("upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    (
        "letters",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    ),
];

/// Expands a template; an error names the part that is not understood.
pub fn expand(template: &str, seed: &mut Seed) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('{') {
            out.push('{');
            rest = after;
            continue;
        }
        let (field, after) = after
            .split_once('}')
            .ok_or_else(|| "a `{` has no `}`; write `{{` for a brace".to_owned())?;
        expand_field(field, seed, &mut out)?;
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn expand_field(field: &str, seed: &mut Seed, out: &mut String) -> Result<(), String> {
    let (name, arg) = field
        .split_once(':')
        .ok_or_else(|| format!("`{{{field}}}` is not `{{NAME:ARGUMENT}}`"))?;
    match name {
        "make" => {
            let (kind, arg) = arg.split_once(':').unwrap_or((arg, ""));
            let token = crate::check::make(kind, arg, seed)
                .ok_or_else(|| format!("no maker of tokens is called `{kind}`"))?;
            out.push_str(&token);
        }
        "pick" => {
            let options: Vec<&str> = arg.split('|').collect();
            out.push_str(
                options
                    .get(seed.below(options.len()))
                    .copied()
                    .unwrap_or_default(),
            );
        }
        "same" => {
            let n: usize = arg.parse().map_err(|_| format!("`{arg}` is not a count"))?;
            out.extend(std::iter::repeat_n('x', n));
        }
        "uuid" => {
            let mut hex = |n| seed.text(b"0123456789abcdef", n);
            write!(
                out,
                "{}-{}-4{}-a{}-{}",
                hex(8),
                hex(4),
                hex(3),
                hex(3),
                hex(12)
            )
            .map_err(|e| e.to_string())?;
        }
        _ => {
            let n: usize = arg.parse().map_err(|_| format!("`{arg}` is not a count"))?;
            let (_, alphabet) = ALPHABETS
                .iter()
                .find(|(a, _)| *a == name)
                .ok_or_else(|| format!("no alphabet is called `{name}`"))?;
            out.push_str(&seed.text(alphabet.as_bytes(), n));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expands_alphabets_and_braces() {
        let text = expand("a{{b} {hex:8} {same:3}", &mut Seed::new(1)).unwrap();
        assert!(
            text.starts_with("a{b} ") && text.ends_with(" xxx") && text.len() == 17,
            "{text}"
        );
        assert_eq!(
            text,
            expand("a{{b} {hex:8} {same:3}", &mut Seed::new(1)).unwrap()
        );
    }

    #[test]
    fn names_what_it_does_not_know() {
        assert_eq!(
            expand("{hax:3}", &mut Seed::new(1)).unwrap_err(),
            "no alphabet is called `hax`"
        );
    }
}
