//! Files of deployments: Terraform, Kubernetes, Rails, Jenkins, .NET, WordPress, environment files.

use super::Sink;
use super::text::{assignments, attributes, elements, json_members, lines, trim, unquote};
use super::value::{is_template, names_a_secret};

/// A file that is one token.
pub(super) fn whole_token(bytes: &[u8], sink: &mut Sink<'_>) {
    let range = trim(bytes, 0..bytes.len());
    let text = bytes.get(range.clone()).unwrap_or_default();
    if (8..=400).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic) {
        sink.password(range);
    }
}

/// A file that is secret as a whole.
pub(super) fn whole_file(bytes: &[u8], sink: &mut Sink<'_>) {
    sink.sure(0..bytes.len());
}

/// The key of Rails' encrypted credentials: 32 hex digits (64 for AES-256).
pub(super) fn rails_key(bytes: &[u8], sink: &mut Sink<'_>) {
    let range = trim(bytes, 0..bytes.len());
    let text = bytes.get(range.clone()).unwrap_or_default();
    if matches!(text.len(), 32 | 64) && text.iter().all(u8::is_ascii_hexdigit) {
        sink.password(range);
    }
}

/// `secret_key_base` and its ancestors.
pub(super) fn rails_secret(bytes: &[u8], sink: &mut Sink<'_>) {
    for separators in [&b":"[..], b"="] {
        for pair in assignments(bytes, separators) {
            let lower = pair.name.to_ascii_lowercase();
            let long = pair.value.len() >= 30;
            let signs = lower.ends_with(b"secret_key_base") || lower.ends_with(b"secret_token");
            if (signs && long) || (!signs && names_a_secret(&lower)) {
                sink.password(pair.value);
            }
        }
    }
}

/// Secret attributes and outputs of Terraform's state, and passwords that Terraform made.
pub(super) fn tfstate(bytes: &[u8], sink: &mut Sink<'_>) {
    let mut is_password = false;
    for pair in json_members(bytes) {
        let lower = pair.name.to_ascii_lowercase();
        let value = bytes.get(pair.value.clone()).unwrap_or_default();
        if pair.is(&["type"]) {
            is_password = value == b"random_password";
        } else if is_password && pair.is(&["result"]) {
            sink.password(pair.value);
            continue;
        }
        // A block of PEM is reported as what it is.
        let is_pem = value.starts_with(b"-----BEGIN");
        if names_a_secret(&lower) && !is_pem && !value.starts_with(b"arn:") {
            sink.password(pair.value);
        }
    }
    sensitive_outputs(bytes, sink);
}

/// `"sensitive": true` beside a `"value"` in the same object.
fn sensitive_outputs(bytes: &[u8], sink: &mut Sink<'_>) {
    // Up to where values were told: objects in each other, or without an end, are not read again for each mark.
    let mut done = 0;
    for at in memchr::memmem::find_iter(bytes, b"\"sensitive\"") {
        if at < done {
            continue;
        }
        let rest = bytes.get(at + 11..).unwrap_or_default().trim_ascii_start();
        let flag = rest
            .strip_prefix(b":")
            .unwrap_or_default()
            .trim_ascii_start();
        if !flag.starts_with(b"true") {
            continue;
        }
        let before = bytes.get(done..at).unwrap_or_default();
        let start = memchr::memrchr(b'{', before).map_or(done, |open| done + open + 1);
        let after = bytes.get(at..).unwrap_or_default();
        let end = at + memchr::memchr(b'}', after).unwrap_or(after.len());
        let object = bytes.get(start..end).unwrap_or_default();
        for pair in json_members(object) {
            if pair.is(&["value"]) {
                sink.password(start + pair.value.start..start + pair.value.end);
            }
        }
        done = end;
    }
}

/// Tokens and passwords of a kubeconfig. Its client keys are base64 of PEM, found where that is decoded.
pub(super) fn kubeconfig(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in assignments(bytes, b":") {
        if pair.is(&[
            "token",
            "password",
            "client-secret",
            "refresh-token",
            "id-token",
        ]) {
            sink.password(pair.value);
        }
    }
}

/// The key with which Jenkins encrypts: 256 hex digits.
pub(super) fn jenkins_key(bytes: &[u8], sink: &mut Sink<'_>) {
    let range = trim(bytes, 0..bytes.len());
    let text = bytes.get(range.clone()).unwrap_or_default();
    if text.len() == 256 && text.iter().all(u8::is_ascii_hexdigit) {
        sink.password(range);
    }
}

/// Tokens that a cloud's command line keeps.
pub(super) fn token_cache(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in json_members(bytes) {
        let value = bytes.get(pair.value.clone()).unwrap_or_default();
        let is_token = pair.is(&["refreshToken", "accessToken", "secret", "refresh_token"]);
        if is_token && value.len() >= 32 {
            sink.password(pair.value);
        }
    }
}

/// Jenkins' credentials; `{…}` is encrypted with a key in `secrets/`, which often travels with the file.
pub(super) fn jenkins(bytes: &[u8], sink: &mut Sink<'_>) {
    for element in elements(bytes) {
        let secret = element.is(&[
            "password",
            "passphrase",
            "secret",
            "apiToken",
            "secretBytes",
            "privateKey",
        ]);
        let text = bytes.get(element.text.clone()).unwrap_or_default();
        if secret && !text.starts_with(b"-----BEGIN") {
            match text {
                [b'{', inner @ .., b'}'] if inner.len() >= 16 => {
                    sink.push(element.text, crate::finding::Confidence::Medium);
                }
                _ => sink.password(element.text),
            }
        }
    }
}

/// Jenkins' users and jobs: hashes of passwords, and what its credentials hold.
pub(super) fn jenkins_config(bytes: &[u8], sink: &mut Sink<'_>) {
    let is_named = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    if !is_named(b"<hudson.")
        && !is_named(b"<jenkins.")
        && !is_named(b"<project")
        && !is_named(b"<flow-definition")
    {
        return;
    }
    for element in elements(bytes).filter(|element| element.is(&["passwordHash"])) {
        let text = bytes.get(element.text.clone()).unwrap_or_default();
        // Jenkins names this method itself; others begin with their own.
        let hash = text.strip_prefix(b"#jbcrypt:").unwrap_or(text);
        if hash.len() >= 40 && hash.starts_with(b"$") {
            sink.proved(element.text.end - hash.len()..element.text.end);
        }
    }
    jenkins(bytes, sink);
}

/// Connection strings, settings and machine keys of .NET.
pub(super) fn dot_net(bytes: &[u8], sink: &mut Sink<'_>) {
    for element in elements(bytes) {
        let attributes = attributes(bytes, &element);
        let text = |pair: &super::text::Pair<'_>| bytes.get(pair.value.clone()).unwrap_or_default();
        for attribute in &attributes {
            let hex =
                text(attribute).len() >= 32 && text(attribute).iter().all(u8::is_ascii_hexdigit);
            if attribute.is(&["validationKey", "decryptionKey"]) && hex {
                sink.password(attribute.value.clone());
            }
            if attribute.is(&["connectionString", "value"]) {
                connection_password(text(attribute), attribute.value.start, sink);
            }
            if attribute.is(&["password", "userPWD"]) {
                sink.password(attribute.value.clone());
            }
        }
        let find = |name: &str| attributes.iter().find(|a| a.is(&[name]));
        if let (Some(key), Some(value)) = (find("key"), find("value")) {
            let is_connection = memchr::memchr(b';', text(value)).is_some();
            if names_a_secret(&text(key).to_ascii_lowercase()) && !is_connection {
                sink.password(value.value.clone());
            }
        }
    }
}

/// `Password=…;` in a connection string that stands at `start`.
fn connection_password(text: &[u8], start: usize, sink: &mut Sink<'_>) {
    let mut at = start;
    for part in text.split(|&b| b == b';') {
        if let Some(equals) = memchr::memchr(b'=', part) {
            let name = part.get(..equals).unwrap_or_default().trim_ascii();
            if name.eq_ignore_ascii_case(b"password") || name.eq_ignore_ascii_case(b"pwd") {
                let value = at + equals + 1..at + part.len();
                // `&quot;` and other entities end with the separator.
                if !part.ends_with(b"&quot") {
                    sink.password(value);
                }
            }
        }
        at += part.len() + 1;
    }
}

/// WordPress: `define('DB_PASSWORD', '…')` and the salts.
pub(super) fn wordpress(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let line = trim(bytes, line);
        let text = bytes.get(line.clone()).unwrap_or_default();
        if !text.starts_with(b"define") {
            continue;
        }
        let quoted = |from: usize| -> Option<(usize, usize)> {
            let open = from + text.get(from..)?.iter().position(|b| b"'\"".contains(b))?;
            let quote = *text.get(open)?;
            let length = memchr::memchr(quote, text.get(open + 1..)?)?;
            Some((open + 1, open + 1 + length))
        };
        let Some(name) = quoted(0) else { continue };
        let Some(value) = quoted(name.1 + 1) else {
            continue;
        };
        // A call between them looks the value up elsewhere.
        let between = text.get(name.1 + 1..value.0).unwrap_or_default();
        if between.iter().any(u8::is_ascii_alphanumeric) {
            continue;
        }
        let lower = text
            .get(name.0..name.1)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let secret =
            names_a_secret(&lower) || lower.ends_with(b"_key") || lower.ends_with(b"_salt");
        let unset = memchr::memmem::find(text, b"put your unique phrase here").is_some();
        if secret && !unset {
            sink.password(line.start + value.0..line.start + value.1);
        }
    }
}

/// Environment files: names that announce a secret. What the value looks like is for the generic detector; here the
/// place alone speaks, so a short or plain value is of low confidence.
pub(super) fn dotenv(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in assignments(bytes, b"=") {
        let lower = pair.name.to_ascii_lowercase();
        let value = unquote(bytes, pair.value.clone());
        let text = bytes.get(value.clone()).unwrap_or_default();
        if !names_a_secret(&lower) || is_template(text) || is_public_dsn(text) || text.len() < 6 {
            continue;
        }
        let kinds: [fn(&u8) -> bool; 4] = [
            u8::is_ascii_digit,
            u8::is_ascii_lowercase,
            u8::is_ascii_uppercase,
            u8::is_ascii_punctuation,
        ];
        let n_kinds = kinds.iter().filter(|is| text.iter().any(is)).count();
        if text.len()
            >= [usize::MAX, usize::MAX, 12, 8, 6]
                .get(n_kinds)
                .copied()
                .unwrap_or(12)
        {
            sink.password(value);
        } else {
            sink.doubtful(value);
        }
    }
}

/// Whether a value is where an application reports its errors to, as Sentry gives it out: a URL with a public key and no
/// password. It stands in every page that reports.
fn is_public_dsn(value: &[u8]) -> bool {
    let Some(rest) = value.strip_prefix(b"https://") else {
        return false;
    };
    let mut parts = rest.split(|&b| b == b'@');
    let key = parts.next().unwrap_or_default();
    let place = parts.next().unwrap_or_default();
    let project = place.rsplit(|&b| b == b'/').next().unwrap_or_default();
    key.len() == 32
        && key.iter().all(u8::is_ascii_hexdigit)
        && !project.is_empty()
        && project.len() < place.len()
        && project.iter().all(u8::is_ascii_digit)
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use crate::finding::Confidence;
    use crate::keyfile::tests::{check_as, clean};

    #[test]
    fn users_and_jobs_of_jenkins() {
        check_as(
            "home/users/me_17/config.xml",
            "jenkins-credentials",
            Confidence::Certain,
            "<user>\n<hudson.security.HudsonPrivateSecurityRealm_-Details>\n<passwordHash>#jbcrypt:[[$2a$10${base62:53}]]</passwordHash>\n",
        );
        check_as(
            "home/users/me_17/config.xml",
            "jenkins-credentials",
            Confidence::Medium,
            "<user>\n<jenkins.security.ApiTokenProperty><apiToken>[[{{AQAAABAAAAAw{base64:64}}]]</apiToken>\n",
        );
        clean(
            "home/users/me_17/config.xml",
            "<user>\n<jenkins.security.ApiTokenProperty><apiToken></apiToken>\n<passwordHash>#jbcrypt:</passwordHash>\n",
        );
        clean(
            "app/config.xml",
            "<settings><password>{base62:16}</password></settings>",
        );
    }
}
