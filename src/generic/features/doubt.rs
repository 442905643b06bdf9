//! What a score alone does not decide: values of another kind than a secret, and such as everyone guesses.

use super::{role, shape};
use crate::generic::candidate::{Candidate, byte, find_fold};
use crate::generic::value::array;
use crate::generic::word_set::Words;

/// Parts of paths of translations.
static TRANSLATIONS: Words<7> = Words::new([
    b"messages",
    b"language",
    b"locale",
    b"i18n",
    b"l10n",
    b"/lang/",
    b"translation",
]);

/// How far a value's kind makes it doubtful, whatever its score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Its score decides.
    None,
    /// Only a score that would block speaks for it, and then it warns.
    OnlyWarns,
    /// It is something else.
    NoSecret,
}

/// Doubt about the kind of a value: an identifier or a public key by its form, a placeholder by its words, a hash, a file or a
/// public key by its name, a translation by its path, a token of a provider's form that the provider's rule judges.
#[must_use]
pub fn doubt(candidate: &Candidate<'_>) -> Doubt {
    let mut room = [0; array::ROOM];
    let text = candidate.judged(&mut room);
    let name = candidate.name_text();
    let translated = TRANSLATIONS.any_in(candidate.path);
    let role = role::of_name(name);
    if matches!(role, Some("hash" | "file"))
        || role::is_public_key(name)
        || translated && !text.iter().any(u8::is_ascii_digit)
    {
        return Doubt::NoSecret;
    }
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let shape = shape::of(text);
    if translated
        || shape == "uuid"
        || shape == "password-hash"
        || shape == "hex-number" && text.len() == ADDRESS
        || shape::is_public_nkey(text)
        || role::trivial(text) == Some("placeholder")
        || role == Some("public")
        || is_aws_secret(name) && text.len() != AWS_SECRET
        || digits >= 4 && byte(text, digits) == b':'
    {
        return Doubt::OnlyWarns;
    }
    Doubt::None
}

/// A value that everyone can guess, or an identifier by its name: as a warning it may be worth a look, but it stops nobody.
#[must_use]
pub fn is_weak(candidate: &Candidate<'_>) -> bool {
    let mut room = [0; array::ROOM];
    let text = candidate.judged(&mut room);
    let trivial = role::trivial(text);
    is_counted(text)
        || shape::run(text) == Some("sequence-8")
        || matches!(trivial, Some("weak" | "weak-digits" | "weak-words"))
        || role::of_name(candidate.name_text()) == Some("id")
}

/// Length of an account's address of Ethereum, which is public.
const ADDRESS: usize = 42;
/// Length of every secret access key of AWS.
const AWS_SECRET: usize = 40;

/// Names such as `AWS_SECRET_ACCESS_KEY` and `secretAccessKey`: what they announce has a known form.
fn is_aws_secret(name: &[u8]) -> bool {
    let has = |word: &[u8]| find_fold(name, word).is_some();
    has(b"secret") && has(b"key") && (has(b"aws") || has(b"access"))
}

/// Whether a long text is made by counting in letters and in digits by turns, whatever marks stand in it: `a1b2c3d4-e5f6-…`.
fn is_counted(text: &[u8]) -> bool {
    let all = || text.iter().filter(|b| b.is_ascii_alphanumeric());
    let (n, letters) = (
        all().count(),
        text.iter().filter(|b| b.is_ascii_alphabetic()).count(),
    );
    let close = (all().zip(all().skip(2)))
        .filter(|(a, b)| a.to_ascii_lowercase().abs_diff(b.to_ascii_lowercase()) <= 2)
        .count();
    n >= 20 && letters > 0 && letters < n && close * 5 >= n * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_is_seen_through_marks() {
        assert!(is_counted(b"px-a1b2c3d4-e5f6-g7h8-i8j0"));
        let seed = &mut crate::template::Seed::new(3);
        let counted = |alphabet: &[u8], seed: &mut crate::template::Seed| {
            (0..2000)
                .filter(|_| is_counted(seed.text(alphabet, 32).as_bytes()))
                .count()
        };
        assert_eq!(counted(b"0123456789abcdef", seed), 0);
        assert_eq!(counted(b"abcdefghijklmnopqrstuvwxyz0123456789", seed), 0);
    }
}
