//! How far a value in a credential file is to be believed: templates stand for a secret, and some words are nobody's.

use crate::finding::Confidence;
use crate::known::{is_documentation_sample, looks_like_placeholder};

/// Beginnings of values that say where the secret is kept.
const REFERENCES: &[&str] = &[
    "${",
    "$(",
    "{{",
    "<%",
    "%(",
    "#{",
    "!vault",
    "!secret",
    "enc[",
    "enc(",
    "$ansible_vault",
    "encrypted:",
    "{cipher}",
    "aqicah",
    "op://",
    "ref+",
    "arn:",
    "vault:",
    "env:",
    "env(",
    "file:",
    "secret://",
    "getenv(",
    "process.env",
    "os.environ",
    "data.",
    "var.",
    "local.",
    "module.",
    "@microsoft.keyvault",
    "aws_secretsmanager",
    "projects/",
    "keyring:",
    "none",
    "null",
    "nil",
    "true",
    "false",
];

/// Passwords that are placeholders, defaults or jokes.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "secret",
    "token",
    "key",
    "admin",
    "root",
    "test",
    "testing",
    "user",
    "username",
    "changeme",
    "changeit",
    "change-me",
    "change_me",
    "default",
    "example",
    "demo",
    "foo",
    "bar",
    "foobar",
    "dummy",
    "fake",
    "sample",
    "postgres",
    "mysql",
    "mypassword",
    "mypass",
    "my-password",
    "my_password",
    "mysecret",
    "secretpassword",
    "secret-password",
    "guest",
    "public",
    "anonymous",
    "hunter2",
    "1234",
    "12345",
    "123456",
    "12345678",
    "qwerty",
    "letmein",
    "yourpassword",
    "password1",
    "password123",
    "pass123",
    "p@ssw0rd",
    "passw0rd",
    "abc123",
    "abcdef",
    "todo",
    "tbd",
    "redacted",
    "hidden",
    "removed",
    "none",
    "null",
    "empty",
    "string",
    "value",
    "xxx",
    "xxxx",
    "...",
];

/// Shorter values are samples, or passwords that protect nothing.
const SHORTEST: usize = 4;

/// Says how sure it is that this is somebody's secret; `None` where it only stands for one.
pub(super) fn judge(value: &[u8]) -> Option<Confidence> {
    if value.len() < 3 || is_template(value) || is_documentation_sample(value).is_some() {
        return None;
    }
    let lower = value.to_ascii_lowercase();
    let is_word = WORDS.iter().any(|word| word.as_bytes() == lower);
    let asks = [
        &b"your"[..],
        b"change",
        b"insert",
        b"enter",
        b"put_",
        b"put-",
        b"my_",
        b"my-",
        b"the_",
    ]
    .iter()
    .any(|start| lower.starts_with(start));
    if is_word || asks || value.len() < SHORTEST || looks_like_placeholder(value) {
        return Some(Confidence::Low);
    }
    Some(Confidence::High)
}

/// Whether a template language, the environment or a store fills the value in.
pub(super) fn is_template(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let reference = REFERENCES.iter().any(|start| {
        lower
            .strip_prefix(start.as_bytes())
            // A word refers only as a whole: `none`, not `nonesuch`.
            .is_some_and(|rest| {
                rest.is_empty() || !start.ends_with(|c: char| c.is_ascii_alphabetic())
            })
    });
    let wrapped = matches!(
        value,
        [b'<', .., b'>'] | [b'%', .., b'%'] | [b'@', .., b'@']
    ) && value.len() > 3
        || matches!(value, [b'[', .., b']']);
    let variable = match value {
        // `$NAME`, not `$2y$…` or `$ecret!`.
        [b'$', name @ ..] => {
            name.first()
                .is_some_and(|b| b.is_ascii_uppercase() || *b == b'_')
                && name
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
        }
        _ => false,
    };
    let same = value.first().is_some_and(|first| {
        value.iter().all(|b| b == first) && (b"*x.-_#?0X".contains(first) || value.len() > 4)
    });
    let inner = [&b"${"[..], b"{{", b"<%", b"\xe2\x80\xa2"];
    reference
        || wrapped
        || variable
        || same
        || inner
            .iter()
            .any(|mark| memchr::memmem::find(value, mark).is_some())
}

/// Parts of names whose values are secrets.
const SECRET_PARTS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "private_key",
    "private-key",
    "privatekey",
    "access_key",
    "access-key",
    "accesskey",
    "auth_key",
    "authkey",
    "credential",
    "pwd",
    "encryption_key",
    "signing_key",
    "account_key",
    "shared_key",
    "connection_string",
    "connectionstring",
    "client_key",
    "license_key",
    "master_key",
    "app_key",
    "webhook_url",
    "salt",
    "dsn",
];

/// Ends of names that only speak of a secret.
const HARMLESS_ENDS: &[&str] = &[
    "id",
    "_file",
    "file",
    "_path",
    "path",
    "_name",
    "name",
    "_length",
    "_ttl",
    "expiry",
    "expires",
    "_type",
    "_enabled",
    "_arn",
    "version",
    "_count",
    "_size",
    "_policy",
    "_method",
    "_field",
    "_env",
    "_alias",
    "_endpoint",
    "_uri",
    "_days",
    "_required",
    "_header",
    "_algorithm",
    "_issuer",
    "hint",
    "_user",
    "username",
    "_rotation",
    "_min",
    "_max",
    "_scope",
    "_scopes",
    "_prefix",
    "_vars",
    "_spec",
    "_usage",
    "_state",
    "_status",
    "_class",
    "_mode",
    "_format",
];

/// Whether a name in lower case announces a secret: `db_password`, `apiToken`; not `token_ttl`, `public_key`.
pub(super) fn names_a_secret(lower: &[u8]) -> bool {
    let contains = |part: &str| memchr::memmem::find(lower, part.as_bytes()).is_some();
    (SECRET_PARTS.iter().any(|part| contains(part)) || lower.ends_with(b"pass"))
        && !HARMLESS_ENDS
            .iter()
            .any(|end| lower.ends_with(end.as_bytes()))
        && !contains("public")
}
