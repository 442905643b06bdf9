//! Values that nobody takes for a secret.

use super::role::letters_end;
use crate::generic::word_set::Words;

/// Words that are secrets in examples only.
const WEAK: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"pass",
    b"pwd",
    b"pw",
    b"secret",
    b"token",
    b"key",
    b"admin",
    b"root",
    b"test",
    b"testing",
    b"user",
    b"foo",
    b"bar",
    b"baz",
    b"foobar",
    b"qux",
    b"abc",
    b"abcd",
    b"abcdef",
    b"asdf",
    b"qwerty",
    b"letmein",
    b"guest",
    b"demo",
    b"dummy",
    b"fake",
    b"default",
    b"postgres",
    b"mysql",
    b"mypassword",
    b"mysecret",
    b"mytoken",
    b"mykey",
    b"example",
    b"sample",
    b"value",
    b"string",
    b"hello",
    b"world",
    b"shhh",
    b"shh",
    b"wrong",
    b"invalid",
    b"xxx",
    b"yyy",
    b"zzz",
    b"xyz",
    b"api",
    b"supersecret",
    b"topsecret",
    b"changeme",
    b"credentials",
    b"passwords",
    b"secrets",
    b"tokens",
    b"keys",
    b"login",
    // A password in other languages.
    b"passwort",
    b"kennwort",
    b"senha",
    b"contrasena",
    b"wachtwoord",
    b"parola",
    b"heslo",
    b"salasana",
    b"clave",
    b"passe",
    b"palavra",
    b"passord",
    b"adgangskode",
    b"kodeord",
    b"jelszo",
    b"sifre",
    b"haslo",
    b"lozinka",
    b"parool",
    b"sandi",
];
/// By the lower five bits of its first letter, the lengths that a weak word may have: a bit for each.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static WEAK_LENGTHS: [u32; 32] = {
    let mut lengths = [0; 32];
    let mut i = 0;
    while i < WEAK.len() {
        lengths[(WEAK[i][0] & 31) as usize] |= 1 << WEAK[i].len();
        i += 1;
    }
    lengths
};
/// Parts of texts that wait to be replaced.
static PLACEHOLDER: Words<37> = Words::new([
    b"your",
    b"example",
    b"placeholder",
    b"changeme",
    b"changeit",
    b"change_me",
    b"change-me",
    b"replace",
    b"insert",
    b"dummy",
    b"sample",
    b"todo",
    b"fixme",
    b"redacted",
    b"_here",
    b"-here",
    b"enter",
    b"some-",
    b"some_",
    b"put_",
    b"fill",
    b"xxxx",
    b"notreal",
    b"not-real",
    b"not_real",
    b"fake",
    b"secret_key",
    b"access_key",
    b"api_key",
    b"apikey",
    b"api-key",
    b"my_",
    b"my-",
    b"the_",
    b"env.",
    b"vault",
    b"goes",
]);

/// Whether the value is one word that everyone guesses, or waits to be replaced.
pub(in crate::generic) fn is_guessed(text: &[u8]) -> bool {
    matches!(trivial(text), Some("weak" | "weak-digits" | "placeholder"))
}

/// A value that stands for a secret in examples: a weak word alone, with digits, or a placeholder's word in it.
pub(super) fn trivial(text: &[u8]) -> Option<&'static str> {
    if text.contains(&b'<') || PLACEHOLDER.any_in(text) {
        return Some("placeholder");
    }
    let stem = text.get(..letters_end(text)).unwrap_or_default();
    if stem.is_empty() {
        return Some("no-letter");
    }
    let weak = |part: &[u8]| {
        let first = part.first().map_or(0, |first| usize::from(first & 31));
        let lengths = WEAK_LENGTHS.get(first).copied().unwrap_or(0);
        part.len() < 32
            && lengths >> part.len() & 1 == 1
            && WEAK.iter().any(|word| word.eq_ignore_ascii_case(part))
    };
    if weak(stem) {
        return Some(if stem.len() == text.len() {
            "weak"
        } else {
            "weak-digits"
        });
    }
    stem.split(|b| !b.is_ascii_alphabetic())
        .filter(|part| !part.is_empty())
        .all(weak)
        .then_some("weak-words")
}
