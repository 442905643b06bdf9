//! Files of package managers and registries: npm, Docker, Composer, Maven, NuGet, RubyGems.

use super::Sink;
use super::text::{assignments, attributes, elements, json_members};
use super::value::{is_template, names_a_secret};
use crate::check::{BASIC_AUTH, Proof};

/// npm's and Yarn's settings: `//registry/:_authToken=`, `_auth`, `_password`, `npmAuthToken:`.
pub(super) fn npmrc(bytes: &[u8], sink: &mut Sink<'_>) {
    for separators in [&b"="[..], b":"] {
        for pair in assignments(bytes, separators) {
            let lower = pair.name.to_ascii_lowercase();
            let secret = [
                &b"_authtoken"[..],
                b"_auth",
                b"_password",
                b"npmauthtoken",
                b"npmauthident",
            ];
            if secret.iter().any(|end| lower.ends_with(end)) {
                sink.password(pair.value);
            }
        }
    }
}

/// Docker's and Podman's `auths`.
pub(super) fn docker(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in json_members(bytes) {
        let value = bytes.get(pair.value.clone()).unwrap_or_default();
        if pair.is(&["auth"]) {
            match (BASIC_AUTH.run)(value) {
                Proof::Valid(_) => sink.sure(pair.value),
                // Made of a placeholder, or no base64 at all.
                Proof::Unknown => sink.doubtful(pair.value),
                Proof::Invalid | Proof::Sealed(_) | Proof::Harmless(_) => {}
            }
        } else if pair.is(&["identitytoken", "registrytoken", "password"]) {
            sink.password(pair.value);
        }
    }
}

/// Composer's `auth.json`: hosts with a token each, or a user and a password.
pub(super) fn composer(bytes: &[u8], sink: &mut Sink<'_>) {
    let sections = [
        "http-basic",
        "github-oauth",
        "gitlab-token",
        "gitlab-oauth",
        "bearer",
        "bitbucket-oauth",
    ];
    let is_composer = sections
        .iter()
        .any(|name| memchr::memmem::find(bytes, format!("\"{name}\"").as_bytes()).is_some());
    if !is_composer {
        return;
    }
    for pair in json_members(bytes) {
        let is_host = pair.name.contains(&b'.') && !pair.name.contains(&b'/');
        if is_host || pair.is(&["password", "consumer-secret", "token"]) {
            sink.password(pair.value);
        }
    }
}

/// Maven's settings; `{…}` is encrypted with the master password of settings-security.xml, and that with a key which is
/// the same in every Maven.
pub(super) fn maven(bytes: &[u8], sink: &mut Sink<'_>) {
    for element in elements(bytes) {
        if !element.is(&["password", "passphrase", "master"]) {
            continue;
        }
        match bytes.get(element.text.clone()) {
            Some([b'{', .., b'}']) if element.is(&["master"]) => {
                sink.password(element.text.start + 1..element.text.end - 1);
            }
            Some([b'{', .., b'}']) => sink.doubtful(element.text),
            Some(_) | None => sink.password(element.text),
        }
    }
}

/// NuGet's configuration: `ClearTextPassword`; a `Password` is encrypted for one Windows user.
pub(super) fn nuget(bytes: &[u8], sink: &mut Sink<'_>) {
    for element in elements(bytes) {
        let attributes = attributes(bytes, &element);
        let find = |name: &str| attributes.iter().find(|a| a.is(&[name]));
        let (Some(key), Some(value)) = (find("key"), find("value")) else {
            continue;
        };
        let key = bytes
            .get(key.value.clone())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let text = bytes.get(value.value.clone()).unwrap_or_default();
        if key == b"cleartextpassword" {
            sink.password(value.value.clone());
        } else if (key == b"password" || names_a_secret(&key)) && !is_template(text) {
            sink.doubtful(value.value.clone());
        }
    }
}

/// RubyGems' keys by host: `:rubygems_api_key: KEY`.
pub(super) fn gem(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in super::text::lines(bytes) {
        let text = bytes.get(line.clone()).unwrap_or_default();
        // After the last colon that a blank follows.
        let Some(at) = memchr::memmem::rfind(text, b": ") else {
            continue;
        };
        if !text.trim_ascii_start().starts_with(b"#") {
            let value = super::text::trim(bytes, line.start + at + 2..line.end);
            sink.password(super::text::unquote(bytes, value));
        }
    }
}
