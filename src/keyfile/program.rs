//! Settings of programs that log in somewhere: mail, file transfer, chat, databases, storage.

use super::Sink;
use super::text::{assignments, attributes, elements, json_members};
use super::value::names_a_secret;

/// Settings, one a line, whose name announces a secret.
pub(super) fn properties(bytes: &[u8], sink: &mut Sink<'_>) {
    for separators in [&b"="[..], b":"] {
        for pair in assignments(bytes, separators) {
            let lower = pair.name.to_ascii_lowercase();
            if names_a_secret(&lower) || lower == b"psk" || lower == b"bindpw" {
                sink.password(pair.value);
            }
        }
    }
}

/// Storage clients: also their short names, `pass` and `key`.
pub(super) fn cloud(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in assignments(bytes, b"=") {
        let lower = pair.name.to_ascii_lowercase();
        let short = pair.is(&[
            "pass",
            "key",
            "sas_url",
            "account_key",
            "secret_key",
            "access_token",
        ]);
        let identifier = pair.is(&["access_key", "aws_access_key", "gs_access_key"]);
        if (names_a_secret(&lower) || short) && !identifier {
            sink.password(pair.value);
        }
    }
}

const PASSWORDS: &[&str] = &[
    "password",
    "pass",
    "passphrase",
    "userpassword",
    "user_password",
    "token",
    "secret",
    "passwd",
];

/// Members of JSON that are passwords by their whole name.
pub(super) fn json_passwords(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in json_members(bytes) {
        if pair.is(PASSWORDS) {
            sink.password(pair.value);
        }
    }
}

/// Members of JSON whose name announces a secret.
pub(super) fn json_secrets(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in json_members(bytes) {
        if names_a_secret(&pair.name.to_ascii_lowercase()) {
            sink.password(pair.value);
        }
    }
}

/// XML elements that hold a password: FileZilla's `<Pass>`, Pidgin's `<password>`.
pub(super) fn xml_passwords(bytes: &[u8], sink: &mut Sink<'_>) {
    for element in elements(bytes) {
        if element.is(PASSWORDS) {
            sink.password(element.text);
        }
    }
}

/// XML attributes that hold a password.
pub(super) fn xml_password_attributes(bytes: &[u8], sink: &mut Sink<'_>) {
    for element in elements(bytes) {
        for attribute in attributes(bytes, &element) {
            if attribute.is(PASSWORDS) {
                sink.password(attribute.value);
            }
        }
    }
}

/// Answers for an unattended installation of Windows: `<Password><Value>…`.
pub(super) fn unattend(bytes: &[u8], sink: &mut Sink<'_>) {
    let mut in_password = false;
    for element in elements(bytes) {
        if in_password && element.is(&["value"]) {
            sink.password(element.text.clone());
        }
        let name = element.name.to_ascii_lowercase();
        in_password = name.ends_with(b"password");
        if in_password && !element.text.is_empty() {
            sink.password(element.text);
        }
    }
}

/// Firefox's logins, encrypted with a key that lies beside them.
pub(super) fn firefox(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in json_members(bytes) {
        if pair.is(&["encryptedPassword"]) {
            sink.password(pair.value);
        }
    }
}

/// An Ethereum account under a password.
pub(super) fn ethereum(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in json_members(bytes) {
        let is_hex = bytes
            .get(pair.value.clone())
            .is_some_and(|text| text.len() >= 64 && text.iter().all(u8::is_ascii_hexdigit));
        if pair.is(&["ciphertext"]) && is_hex {
            sink.sure(pair.value);
        }
    }
}
