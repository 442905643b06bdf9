//! What a score alone does not decide: values of another kind than a secret, and such as everyone guesses.

use super::{exchanged, other, public, role, shape};
use crate::generic::candidate::{Candidate, Syntax, byte, find_fold};
use crate::generic::class;
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
    let translated = TRANSLATIONS.any_in(candidate.file.path())
        || candidate.file.is_bundle()
        // A property's name that is a phrase: `Confirm\ Password`.
        || candidate.before().ends_with(b"\\ ");
    let role = role::of_name(name);
    if matches!(role, Some("hash" | "file"))
        || role::is_public_key(name)
        || public::is_ssh(text)
        || public::is_in_hex(text)
        || exchanged::wraps_another(text)
        || matches!(role, Some("place" | "kind")) && is_words(text)
        || role == Some("kind") && is_algorithm(text)
        || role == Some("number") && text.iter().all(u8::is_ascii_digit)
        || addresses(text, name)
        || is_address(text)
        || is_octets(text) && find_fold(name, b"keyid").is_some()
        || role == Some("id") && shape::of(text) == "uuid" && find_fold(name, b"secret").is_none()
        || is_time(text)
        || calls_by_name(text, name)
        || translated && !text.iter().any(u8::is_ascii_digit)
        || is_typed(candidate)
        || other::is_other(candidate, text)
    {
        return Doubt::NoSecret;
    }
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let shape = shape::of(text);
    if translated
        || shape == "uuid"
        || shape == "password-hash"
        || shape == "hex-number" && text.len() == ADDRESS
        || public::is_nkey(text)
        || exchanged::trivial(text) == Some("placeholder")
        || exchanged::wraps_words(text)
        || role == Some("public")
        || is_of_badge(candidate)
        || is_of_guest(text)
        || spells_its_name(text, name)
        || is_shown(candidate)
        || is_aws_secret(name) && text.len() != AWS_SECRET
        || digits >= 4 && byte(text, digits) == b':'
    {
        return Doubt::OnlyWarns;
    }
    Doubt::None
}

/// Whether the value goes with the address of a picture, `badge.svg?token=`: it shows that picture to everyone.
fn is_of_badge(candidate: &Candidate<'_>) -> bool {
    let before = candidate.before();
    before.ends_with(b".svg?") || find_fold(before, b"img.shields.io").is_some()
}

/// A small word and the sign of an address, without a host: what programs give for a password where everybody may log in (RFC 1635).
fn is_of_guest(text: &[u8]) -> bool {
    let word = text.strip_suffix(b"@").unwrap_or_default();
    !word.is_empty() && word.iter().all(u8::is_ascii_lowercase)
}

/// Whether a test that plays a person types the value into a field: `sendKeys("…")`, `fill_in "Password", with: "…"`. The account is
/// made for that; what a program types elsewhere is its owner's.
fn is_typed(candidate: &Candidate<'_>) -> bool {
    const CALLS: [&[u8]; 5] = [b"sendkeys(", b"send_keys(", b"fill(", b"type(", b"fill_in"];
    const TESTS: [&[u8]; 5] = [b"test", b"spec", b"e2e", b"cypress", b"features/"];
    let lead = lead(candidate);
    CALLS.iter().any(|call| find_fold(lead, call).is_some())
        && TESTS
            .iter()
            .any(|word| find_fold(candidate.file.path(), word).is_some())
}

/// Whether a page of documentation shows a command with the value behind `-p`.
fn is_shown(candidate: &Candidate<'_>) -> bool {
    candidate.syntax == Syntax::Userinfo
        && candidate.file.class() == class::FileClass::Docs
        && lead(candidate).windows(3).any(|part| part == b" -p")
}

/// What stands before the literal, from a little before its name on.
fn lead<'a>(candidate: &Candidate<'a>) -> &'a [u8] {
    let from = candidate.name.start.saturating_sub(24);
    (candidate.window.get(from..candidate.local.start)).unwrap_or_default()
}

/// `SASL_PASSWORD = "sasl_password"`: the name of the setting rather than what it holds.
fn spells_its_name(text: &[u8], name: &[u8]) -> bool {
    let small = |text: &[u8]| -> Vec<u8> {
        let letters = text.iter().filter(|b| b.is_ascii_alphanumeric());
        letters.map(u8::to_ascii_lowercase).collect()
    };
    text.iter().any(|b| b"_-".contains(b)) && small(name).ends_with(&small(text))
}

/// An address of the sixth version of IP: groups of hex digits, the longest run of zeros left out.
fn is_address(text: &[u8]) -> bool {
    text.contains(&b':')
        && std::str::from_utf8(text).is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Words as a place or a kind has them, all small or all large: `passwordfile=exclusive`, `PASSWORD_SCHEME=SHA512-CRYPT`.
fn is_words(text: &[u8]) -> bool {
    let joint = |b: &u8| b"-_.".contains(b);
    text.iter().all(|b| b.is_ascii_lowercase() || joint(b))
        || text.len() < 16
            && text.iter().any(u8::is_ascii_uppercase)
            && text
                .iter()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || joint(b))
            && text.iter().any(joint)
}

/// A short name with a number in it, as algorithms have: `argon2`, `sha512-crypt`.
fn is_algorithm(text: &[u8]) -> bool {
    (3..=14).contains(&text.len())
        && text.first().is_some_and(u8::is_ascii_lowercase)
        && text
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

/// Whether the value ends with its own name behind a joint, as permissions, addresses of settings and of translations do:
/// `"ChangePassword": "iam:ChangePassword"`, `password = "form.password"`.
fn addresses(text: &[u8], name: &[u8]) -> bool {
    let Some((head, tail)) = (text.len().checked_sub(name.len()))
        .filter(|_| name.len() >= 3)
        .and_then(|from| text.split_at_checked(from))
    else {
        return false;
    };
    let is_path =
        |text: &[u8]| (text.iter()).all(|b| b.is_ascii_alphanumeric() || b"-_.:/".contains(b));
    tail.eq_ignore_ascii_case(name)
        && head.last().is_some_and(|b| b".:/".contains(b))
        && head.len() >= 3
        && is_path(head)
}

/// `docker-password: DOCKER_PASSWORD`: the variable or the setting of the same name that holds the value.
fn calls_by_name(text: &[u8], name: &[u8]) -> bool {
    let is_joint = |b: &&u8| !b"-_".contains(b);
    let shouts = text.contains(&b'_') && !text.iter().any(u8::is_ascii_lowercase);
    shouts
        && name.iter().any(u8::is_ascii_lowercase)
        && (text.iter().filter(is_joint))
            .map(u8::to_ascii_lowercase)
            .eq((name.iter().filter(is_joint)).map(u8::to_ascii_lowercase))
}

/// A date, or a date and a time: `2019-04-15T04:19:00+00:00`.
fn is_time(text: &[u8]) -> bool {
    text.len() >= 10
        && text.iter().take(10).enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        })
        && text
            .iter()
            .skip(10)
            .all(|b| b.is_ascii_digit() || b"TZtz :.+-".contains(b))
}

/// Pairs of hex digits between colons, as fingerprints and identifiers of keys are printed.
fn is_octets(text: &[u8]) -> bool {
    text.len() >= 16 * 3 - 1
        && text.iter().enumerate().all(|(i, b)| match i % 3 {
            2 => *b == b':',
            _ => b.is_ascii_hexdigit(),
        })
}

/// A value that everyone can guess, or an identifier, a label or a message by its name: as a warning it may be worth a look, but it stops nobody.
#[must_use]
pub fn is_weak(candidate: &Candidate<'_>) -> bool {
    let mut room = [0; array::ROOM];
    let text = candidate.judged(&mut room);
    let trivial = exchanged::trivial(text);
    is_counted(text)
        || is_monotonous(text)
        || shape::run(text) == Some("sequence-8")
        || matches!(trivial, Some("weak" | "weak-digits" | "weak-words"))
        || match role::of_name(candidate.name_text()) {
            Some("id") => true,
            // `--user name:password` and addresses name whose password it is.
            Some("name") => !matches!(candidate.syntax, Syntax::Userinfo | Syntax::Url),
            _ => false,
        }
}

/// A long text of one character, but for one or two others: `fooooooooooo`.
fn is_monotonous(text: &[u8]) -> bool {
    let seen = text.iter().fold(0u128, |seen, b| seen | 1 << (b & 127));
    text.len() >= 12 && seen.count_ones() <= 3
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
    n >= 20 && letters > 0 && letters < n && (close * 5 >= n * 3 || goes_through_letters(text))
}

/// Whether most letters are next to the one before in the alphabet, whatever digits stand between: `d4c3b2a1-f6e5`. Of hexadecimal digits
/// chance has too many such.
fn goes_through_letters(text: &[u8]) -> bool {
    let letters = || {
        let letters = text.iter().filter(|b| b.is_ascii_alphabetic());
        letters.map(u8::to_ascii_lowercase)
    };
    let next = (letters().zip(letters().skip(1))).filter(|(a, b)| a.abs_diff(*b) == 1);
    let n = letters().count();
    n >= 12 && letters().any(|b| b > b'f') && next.count() * 20 >= (n - 1) * 11
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_only_name_something_are_told() {
        let addressed = |text: &str, name: &str| addresses(text.as_bytes(), name.as_bytes());
        assert!(addressed("iam:ChangePassword", "ChangePassword"));
        assert!(addressed("form.labels.password", "password"));
        assert!(!addressed("mypassword", "password"));
        assert!(!addressed("x:password", "password"));
        assert!(calls_by_name(b"DOCKER_PASSWORD", b"docker-password"));
        assert!(!calls_by_name(b"DOCKER_PASSWORD", b"DOCKER_PASSWORD"));
        assert!(!calls_by_name(b"docker_password", b"docker-password"));
        assert!(is_time(b"2019-04-15T04:19:00+00:00") && is_time(b"2019-04-15"));
        assert!(!is_time(b"2019-04-15-horse") && !is_time(b"20190415ab"));
        assert!(is_octets(["7D"; 20].join(":").as_bytes()));
        assert!(is_monotonous(b"foooooooooooo") && !is_monotonous(b"abababab"));
        assert!(is_words(b"SHA512-CRYPT") && !is_words(b"ZQ7VLM"));
        assert!(is_algorithm(b"argon2id") && !is_algorithm(b"Zq7vLm"));
        assert!(is_words(b"exclusive") && !is_words(b"zq7vLm"));
    }

    #[test]
    fn tokens_of_badges_only_warn() {
        let told = |address: &str| {
            let value = crate::template::Seed::new(4).text(b"ABCDEFGHJKMNPQRSTVWXYZ23456789", 10);
            let text = format!("[![x](https://example.com/{address}?token={value})](y)");
            let at = text.find("token").unwrap();
            let mut told = Vec::new();
            crate::generic::candidates_at(
                text.as_bytes(),
                at..at + 5,
                &crate::generic::File::new(b"README.md"),
                &mut |c| {
                    told.push(doubt(&c));
                },
            );
            told
        };
        assert_eq!(told("graph/badge.svg"), [Doubt::OnlyWarns]);
        assert_eq!(told("graph/upload"), [Doubt::None]);
    }

    #[test]
    fn what_tests_type_into_fields_is_no_secret() {
        let told = |path: &str| {
            let value = crate::template::Seed::new(4).text(b"ABCDEFGHJKMNPQRSTVWXYZ23456789", 10);
            let text = format!("page.find(By.id(\"password\")).sendKeys(\"{value}\");\n");
            let at = text.find("pass").unwrap();
            let mut told = Vec::new();
            crate::generic::candidates_at(
                text.as_bytes(),
                at..at + 4,
                &crate::generic::File::new(path.as_bytes()),
                &mut |c| {
                    told.push(doubt(&c));
                },
            );
            told
        };
        assert_eq!(told("tests/login.e2e.js"), [Doubt::NoSecret]);
        assert_eq!(told("bot/login.js"), [Doubt::None]);
    }

    #[test]
    fn counting_is_seen_through_marks() {
        assert!(is_counted(b"px-a1b2c3d4-e5f6-g7h8-i8j0"));
        assert!(is_counted(b"px-dep-d4c3b2a1-f6e5-h8g7-j1i8-p5o0n5m3l2k1"));
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
