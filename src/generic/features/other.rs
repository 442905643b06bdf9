//! Values that a name like a secret's announces and that are something else by what the name or the value says as a whole.

use super::{exchanged, role};
use crate::generic::candidate::{Candidate, NameClass, Quote, Syntax, byte, find_fold, is_word};
use crate::generic::class::FileClass;

/// Whether the value is one of them.
pub(super) fn is_other(candidate: &Candidate<'_>, text: &[u8]) -> bool {
    let name = candidate.name_text();
    let last = name.rsplit(|&b| b == b'.').next().unwrap_or(name);
    is_cursor(last)
        || is_of_gpg(last, text)
        || contains(last, b"passenger")
        || last.eq_ignore_ascii_case(b"passes")
        || candidate.before().ends_with(b"Etc::")
        || is_bracketed(text)
        || is_advisory(text)
        || is_pattern(text)
        || is_setting(text)
        || is_variable_to_be(text)
        || is_place_of_one(text)
        || is_sum_of_file(candidate, text)
        || is_in_arn(candidate)
        || is_formatted(text)
        || exchanged::is_member_of_key(candidate)
        || exchanged::is_said_in_the_open(&letters(last))
        || is_operand(candidate, text)
        || is_of_element(candidate)
        || candidate.class == NameClass::Credential
            && (role::of_name(name) == Some("name") || contains(name, b"credit"))
        || contains(name, b"card") && is_card(text)
        || is_public(candidate)
        || is_in_template(candidate)
        || is_alternative(candidate, text)
        || is_prose(candidate, text)
        || find_fold(name, b"identified").is_some() && !is_in_statement(candidate)
}

/// Whether a statement that makes or changes a user begins before `IDENTIFIED BY "…"`; in prose commits are identified by
/// words.
fn is_in_statement(candidate: &Candidate<'_>) -> bool {
    const WORDS: [&[u8]; 5] = [b"create", b"alter", b"grant", b"user", b"role"];
    let from = candidate.name.start.saturating_sub(160);
    let before = candidate
        .window
        .get(from..candidate.name.start)
        .unwrap_or_default();
    candidate.file.class() == FileClass::Sql
        || WORDS.iter().any(|word| find_fold(before, word).is_some())
}

/// A name without joints in small letters.
fn letters(name: &[u8]) -> Vec<u8> {
    let letters = name.iter().filter(|b| b.is_ascii_alphanumeric());
    letters.map(u8::to_ascii_lowercase).collect()
}

/// Whether a name holds a word, whatever case and joints it is written with; the word is small letters.
fn contains(name: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(&letters(name), word).is_some()
}

/// Where a value is to be looked up: `auth.password`, `spring.datasource.password`.
fn is_place_of_one(text: &[u8]) -> bool {
    const LAST: [&[u8]; 5] = [b"password", b"passwd", b"secret", b"token", b"apikey"];
    let mut parts = text.rsplit(|&b| b == b'.');
    let last = parts.next().unwrap_or_default();
    let is_name = |part: &[u8]| part.len() >= 3 && part.iter().all(u8::is_ascii_alphabetic);
    text.contains(&b'.')
        && LAST.iter().any(|word| last.eq_ignore_ascii_case(word))
        && parts.all(is_name)
}

/// A part of a name of AWS: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:…`.
fn is_in_arn(candidate: &Candidate<'_>) -> bool {
    let before = candidate.before();
    let from = before
        .iter()
        .rposition(|b| !(b.is_ascii_alphanumeric() || b":-_/".contains(b)));
    (before.get(from.map_or(0, |at| at + 1)..)).is_some_and(|word| word.starts_with(b"arn:"))
}

/// A text into which a value is put: `0x%s`.
fn is_formatted(text: &[u8]) -> bool {
    text.len() <= 16 && memchr::memmem::find(text, b"%s").is_some()
}

/// The checksum or the commit of what a path names: `/etc/passwd: 429b…`, `example.org/x/oauth2 045497…`.
fn is_sum_of_file(candidate: &Candidate<'_>, text: &[u8]) -> bool {
    matches!(text.len(), 32 | 40 | 64)
        && byte(candidate.window, candidate.name.start.wrapping_sub(1)) == b'/'
        && text.iter().all(u8::is_ascii_hexdigit)
}

/// Where a list goes on, and what makes a request one that was made before: `nextPageToken`, `idempotency_key`.
fn is_cursor(name: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] = [
        b"backwardtoken",
        b"forwardtoken",
        b"pagetoken",
        b"nexttoken",
        b"pagingtoken",
        b"paginationtoken",
        b"continuationtoken",
        b"idempot",
    ];
    let letters = letters(name);
    (WORDS.iter()).any(|word| memchr::memmem::find(&letters, word).is_some())
}

/// Ids of public keys that gpg fetches: `--recv-keys 0123…`, `GPG_KEYS=…`.
fn is_of_gpg(name: &[u8], text: &[u8]) -> bool {
    const WORDS: [&[u8]; 4] = [b"recvkey", b"receivekey", b"gpgkey", b"pgpkey"];
    let hex = text.strip_prefix(b"0x").unwrap_or(text);
    matches!(hex.len(), 8 | 16 | 40)
        && hex.iter().all(u8::is_ascii_hexdigit)
        && WORDS.iter().any(|word| contains(name, word))
}

/// The id of an advisory: `GHSA-xxxx-xxxx-xxxx`, `CVE-2014-0160`.
fn is_advisory(text: &[u8]) -> bool {
    let ends = |text: &[u8], from: &[u8], n: usize| {
        let rest = text.strip_prefix(from);
        rest.is_some_and(|rest| {
            rest.len() >= n && rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        })
    };
    ends(text, b"GHSA-", 14) || ends(text, b"CVE-", 8) || ends(text, b"openpgp4fpr:", 40)
}

/// A regular expression, by a class with ranges in it.
fn is_pattern(text: &[u8]) -> bool {
    const SIGNS: [&[u8]; 5] = [b"[A-Za-z", b"[a-zA-Z", b"[a-z0-9", b"[A-Z0-9", b"[0-9]"];
    (SIGNS.iter()).any(|sign| memchr::memmem::find(text, sign).is_some())
}

/// A word that tells when, whether or how: `update_password: always`, `passwd: compat` of `nsswitch.conf`, `password: 'input'`.
fn is_setting(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 16] = [
        b"compat",
        b"files",
        b"input",
        b"hidden",
        b"always",
        b"never",
        b"on_create",
        b"optional",
        b"required",
        b"disabled",
        b"enabled",
        b"prompt",
        b"omit",
        b"present",
        b"absent",
        b"unchanged",
    ];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A variable that a template's tool puts in: `@DB_PASSWORD`.
fn is_variable_to_be(text: &[u8]) -> bool {
    text.strip_prefix(b"@").is_some_and(|name| {
        let is_part = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
        name.contains(&b'_')
            && name.iter().all(is_part)
            && [&b"pass"[..], b"key", b"secret", b"token"]
                .iter()
                .any(|word| find_fold(name, word).is_some())
    })
}

/// An identifier on the other side of a comparison: `password == other_password`.
fn is_operand(candidate: &Candidate<'_>, text: &[u8]) -> bool {
    candidate.syntax == Syntax::Equal
        && matches!(candidate.quote, Quote::None)
        && byte(text, 0).is_ascii_alphabetic()
        && text.iter().all(|&b| is_word(b) || b == b'.')
}

/// `<script nonce="…">`: said anew with each page. `WWW-Authenticate: Digest nonce="…"`: said to everyone.
fn is_of_element(candidate: &Candidate<'_>) -> bool {
    let before = candidate.before();
    let tag = before
        .iter()
        .rposition(|&b| b == b'<')
        .and_then(|at| before.get(at + 1..));
    candidate.name_text().eq_ignore_ascii_case(b"nonce")
        && (find_fold(before, b"www-authenticate").is_some()
            || tag.is_some_and(|tag| {
                [&b"script"[..], b"style", b"link"]
                    .iter()
                    .any(|name| tag.starts_with(name))
                    && !tag.contains(&b'>')
            }))
}

/// Words in brackets, as logs show what they leave out and manuals what is to be put in: `[FILTERED]`, `[truststore password]`.
fn is_bracketed(text: &[u8]) -> bool {
    (text
        .strip_prefix(b"[")
        .and_then(|text| text.strip_suffix(b"]")))
    .is_some_and(|text| {
        text.iter()
            .all(|b| b.is_ascii_alphabetic() || b" _-".contains(b))
    })
}

/// The number of a card: 13 to 19 digits whose check digit holds (ISO/IEC 7812).
fn is_card(text: &[u8]) -> bool {
    let sum: u32 = (text.iter().rev().enumerate())
        .map(|(i, b)| {
            let digit = u32::from(b.wrapping_sub(b'0'));
            if i % 2 == 0 {
                digit
            } else {
                digit * 2 / 10 + digit * 2 % 10
            }
        })
        .sum();
    (13..=19).contains(&text.len()) && text.iter().all(u8::is_ascii_digit) && sum.is_multiple_of(10)
}

/// `Public key: …`, where the name is the last word.
fn is_public(candidate: &Candidate<'_>) -> bool {
    let before = candidate.before().trim_ascii_end();
    let from = before.len().saturating_sub(b"public".len());
    candidate.name_text().eq_ignore_ascii_case(b"key")
        && (before.get(from..)).is_some_and(|word| word.eq_ignore_ascii_case(b"public"))
}

/// A word in a template's expression: `{{ .Values.password | b64enc }}`. In quotes it may be what holds by default.
fn is_in_template(candidate: &Candidate<'_>) -> bool {
    let before = candidate.before();
    let last = |sign: &[u8]| memchr::memmem::rfind(before, sign);
    matches!(candidate.quote, Quote::None)
        && before.contains(&b'{')
        && last(b"{{").is_some_and(|open| last(b"}}") < Some(open))
}

/// One word of several that may stand in a place: `'password' | 'redirect'`, `'password' or 'saltedpassword'`.
fn is_alternative(candidate: &Candidate<'_>, text: &[u8]) -> bool {
    let is_word = || text.iter().all(u8::is_ascii_alphabetic);
    candidate.name_quoted
        && !matches!(candidate.quote, Quote::None)
        && (candidate.syntax == Syntax::Table && candidate.file.class() == FileClass::Code
            || candidate.syntax == Syntax::Default && is_word())
}

/// A sentence about what is named: "`password`: some of the next chapters …", `# password: the address of …`.
fn is_prose(candidate: &Candidate<'_>, text: &[u8]) -> bool {
    let (window, name) = (candidate.window, &candidate.name);
    let is_marked =
        byte(window, name.start.wrapping_sub(1)) == b'`' && byte(window, name.end) == b'`';
    let before = candidate.before().trim_ascii_start();
    let is_commented = [&b"#"[..], b"//", b"*"]
        .iter()
        .any(|mark| before.starts_with(mark));
    // In a literal that began before the name, behind other words.
    let is_within = byte(window, name.start.wrapping_sub(1)) == b' '
        && [b'"', b'\'']
            .iter()
            .any(|quote| before.iter().filter(|b| *b == quote).count() % 2 == 1)
        && text.contains(&b' ');
    (is_marked && candidate.file.class() == FileClass::Docs || is_commented || is_within)
        && matches!(candidate.quote, Quote::None)
        && candidate.syntax == Syntax::Colon
        && text
            .iter()
            .all(|b| b.is_ascii_lowercase() || *b >= 0x80 || *b == b' ')
        && goes_on(candidate.after())
}

/// Whether a word follows after a blank.
fn goes_on(after: &[u8]) -> bool {
    matches!(after, [b' ', next, third, ..] if next.is_ascii_lowercase() && (third.is_ascii_lowercase() || *third >= 0x80))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Seed;

    /// Whether each value that a keyword of the text leads to is something else.
    fn told(path: &str, text: &str, keyword: &str) -> Vec<bool> {
        let at = text.find(keyword).unwrap();
        let mut told = Vec::new();
        crate::generic::candidates_at(
            text.as_bytes(),
            at..at + keyword.len(),
            &crate::generic::File::new(path.as_bytes()),
            &mut |c| {
                told.push(is_other(&c, c.text()));
            },
        );
        told
    }

    #[test]
    fn what_sounds_like_a_secret_is_told_from_one() {
        let value = Seed::new(7).text(b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTVWXYZ23456789", 24);
        let hex = Seed::new(8).text(b"0123456789ABCDEF", 40);
        let (card, always) = (4_012_001_037_141_112_u64, "always");
        for (text, keyword, is_other) in [
            (format!("\"nextPageToken\": \"{value}\""), "Token", true),
            (format!("\"nextAuthToken\": \"{value}\""), "Token", false),
            (format!("idempotency_key = \"{value}\""), "key", true),
            (format!("gpg --recv-keys {hex}"), "key", true),
            (format!("GPG_KEYS={hex}"), "KEY", true),
            (format!("<script nonce=\"{value}\">"), "nonce", true),
            (format!("nonce = \"{value}\""), "nonce", false),
            (format!("card_token = '{card}'"), "token", true),
            (format!("card_token = '{}'", card + 1), "token", false),
            (format!("storeCredits = '{value}'"), "Cred", true),
            (format!("mysql.credentials.name: {value}"), "cred", true),
            (format!("mysql.credentials.value: {value}"), "cred", false),
            (format!("update_password: {always}"), "pass", true),
            (format!("update_password: {always}X"), "pass", false),
            (
                format!("CREATE USER me IDENTIFIED BY \"{value}\""),
                "IDENTIFIED",
                false,
            ),
            (
                format!("those identified by \"{always}\" commands"),
                "identified",
                true,
            ),
        ] {
            let told = told("x.yml", &text, keyword);
            assert!(
                !told.is_empty() && told.iter().all(|told| *told == is_other),
                "{text}: {told:?}"
            );
        }
    }

    #[test]
    fn prose_that_explains_a_name_holds_no_value() {
        let value = Seed::new(9).text(b"abcdefgh23456789", 9);
        for (text, is_other) in [
            ("some of the next chapters treat it".to_owned(), true),
            (format!("{value} of the next chapters"), false),
            (value, false),
        ] {
            let text = format!("* `password`: {text}");
            let told = told("index.md", &text, "pass");
            assert!(
                told.iter().all(|told| *told == is_other),
                "{text}: {told:?}"
            );
        }
    }

    #[test]
    fn advisories_patterns_and_variables_are_told_by_their_form() {
        assert!(is_advisory(b"GHSA-8mxv-9xhp-86h4") && is_advisory(b"CVE-2014-0160"));
        assert!(!is_advisory(b"GHSA-8mxv") && !is_advisory(b"CVE"));
        assert!(is_pattern(b"^[A-Za-z0-9_]{8,}$") && !is_pattern(b"zQ7[vLm"));
        assert!(is_variable_to_be(b"@DB_PASSWORD") && !is_variable_to_be(b"@DBP4SSW0RD"));
    }
}
