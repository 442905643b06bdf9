//! Files whose name says that they are one secret: `db_password.txt`, as containers are handed theirs.

use super::Sink;
use super::table::{File, file};
use super::text::trim;

/// The rule of such files.
pub const BY_NAME: &str = "secret-file";

/// What is reported of such a file.
pub(super) static FILE: File = file(
    "",
    &[],
    BY_NAME,
    "a file that is one secret by its name",
    one_secret,
);

/// Ends of their names, before an extension that says no more.
const ENDS: &[&str] = &[
    "password",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "api-key",
    "apikey",
    "secret_key",
];

/// Whether a name in lower case says so.
pub(super) fn is_named(name: &[u8]) -> bool {
    let stem = [&b".txt"[..], b".secret"]
        .iter()
        .find_map(|extension| name.strip_suffix(*extension))
        .unwrap_or(name);
    ENDS.iter().any(|end| stem.ends_with(end.as_bytes()))
}

/// A file that is one secret, and no address or placeholder.
fn one_secret(bytes: &[u8], sink: &mut Sink<'_>) {
    let range = trim(bytes, 0..bytes.len());
    let text = bytes.get(range.clone()).unwrap_or_default();
    let is_one = (8..=400).contains(&text.len())
        && text.iter().all(u8::is_ascii_graphic)
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
        && memchr::memmem::find(text, b"://").is_none();
    if is_one {
        sink.password(range);
    }
}

#[cfg(test)]
mod tests {
    use crate::keyfile::tests::{check, clean};

    #[test]
    fn a_file_of_one_word_is_what_its_name_says() {
        check(
            "secrets/db_password.txt",
            "secret-file",
            "[[{base62:8}7q{base62:8}]]\n",
        );
        check("run/secrets/api_token", "secret-file", "[[x1{base62:30}]]");
        clean("secrets/db_password.txt", "changeme1\n");
        clean("docs/token.txt", "https://example.com/{base62:20}7\n");
        clean("passwords.txt", "{base62:8}7\n{base62:9}8\n");
        clean("src/token", "{base62:8}7 and more\n");
    }
}
