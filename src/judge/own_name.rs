//! The name that stands right before a value. A provider's name near it says whose the value is; its own may say that it is
//! no key.

use super::Candidate;

/// Last words of names that make their value a hash or a version, whatever the provider's name beside it.
const HASHES: &[&str] = &[
    "sha",
    "sha1",
    "sha256",
    "sha384",
    "sha512",
    "md5",
    "checksum",
    "digest",
    "integrity",
    "hash",
    "fingerprint",
    "commit",
    "revision",
    "rev",
    "etag",
    "version",
];
/// What has an identifier that is no secret: `workspace_id`, `projectId`.
const IDENTIFIED: &[&str] = &[
    "workspace",
    "project",
    "account",
    "organization",
    "organisation",
    "org",
    "team",
    "tenant",
    "user",
    "group",
    "customer",
    "company",
    "site",
    "zone",
    "domain",
    "record",
    "environment",
    "device",
    "request",
    "trace",
    "event",
    "job",
    "run",
    "build",
    "page",
    "list",
    "template",
    "campaign",
    "folder",
    "board",
    "form",
    "product",
    "plan",
    "price",
    "message",
    "document",
    "asset",
    "image",
    "region",
    "cluster",
    "node",
    "instance",
    "model",
    "voice",
    "agent",
    "dataset",
    "pipeline",
];

/// Words of what a program keeps for itself, whoever's name stands on a line above: `rememberMeKey`, `SESSION_SECRET`.
const OF_PROGRAMS: &[&str] = &[
    "remember",
    "session",
    "cookie",
    "csrf",
    "jwt",
    "salt",
    "encryption",
    "keystore",
    "truststore",
    "database",
    "mysql",
    "postgres",
    "postgresql",
    "redis",
    "rabbitmq",
    "smtp",
];

/// Whether the value's own name calls it a certificate or says what something is called: `ca.crt`, `tls.ca`, `server`.
pub(super) fn is_public(candidate: &Candidate<'_>) -> bool {
    const LAST: &[&str] = &[
        "crt",
        "cert",
        "certs",
        "certificate",
        "ca",
        "bundle",
        "name",
        "namespace",
        "server",
        "type",
        "project",
    ];
    own_name(candidate).is_some_and(|(name, _)| {
        let words = words_of(name);
        (words.last()).is_some_and(|word| LAST.contains(&word.as_str()))
    })
}

/// Whether the value's own name calls it a secret that a program keeps for itself, and the provider's name stands on another
/// line: it says nothing of this value then.
pub(super) fn is_of_the_program(candidate: &Candidate<'_>) -> bool {
    let between = (candidate.bytes.get(candidate.start..candidate.value_start)).unwrap_or_default();
    // The match begins with the byte before the provider's name.
    between.trim_ascii_start().contains(&b'\n')
        && own_name(candidate).is_some_and(|(name, _)| {
            let words = words_of(name);
            words
                .iter()
                .any(|word| OF_PROGRAMS.contains(&word.as_str()))
        })
}

/// Whether the value's own name, which stands right before it, calls it a hash, a version or the identifier of a thing:
/// the provider's name says whose it is, not that it is a key.
pub(super) fn is_something_else(candidate: &Candidate<'_>) -> bool {
    let words = words_before(candidate);
    match words.as_slice() {
        // What Telegram calls so is a secret.
        [.., api, hash] if api == "api" && hash == "hash" => false,
        [.., last] if HASHES.contains(&last.as_str()) => true,
        [.., thing, last] => {
            matches!(last.as_str(), "id" | "uuid" | "guid") && IDENTIFIED.contains(&thing.as_str())
        }
        _ => false,
    }
}

/// The identifier before the value on its line, and the marks in between, with nothing else there: `name = "`, `"name": "`.
fn own_name<'c>(candidate: &Candidate<'c>) -> Option<(&'c [u8], &'c [u8])> {
    let from = candidate.value_start.saturating_sub(64);
    let head = candidate.bytes.get(from..candidate.value_start)?;
    let line = head.rsplit(|&b| b == b'\n').next()?;
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || b"_-.".contains(b);
    let (name, marks) = line.split_at(line.iter().rposition(is_word)? + 1);
    Some((name.rsplit(|b| !is_word(b)).next()?, marks))
}

/// Whether the value's own name calls it a client's id, which stands in every link to a login: no secret of that client.
pub(super) fn is_client_id(candidate: &Candidate<'_>) -> bool {
    matches!(words_before(candidate).as_slice(), [.., client, id] if client == "client" && id == "id")
}

/// The words of the value's own name where a mark between them sets it; none where none does so.
fn words_before(candidate: &Candidate<'_>) -> Vec<String> {
    own_name(candidate)
        .filter(|(_, marks)| marks.iter().any(|b| b":=".contains(b)))
        .map(|(name, _)| words_of(name))
        .unwrap_or_default()
}

/// The words of an identifier in lower case, split at joints and where a capital follows a small letter.
fn words_of(name: &[u8]) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = b'_';
    for &b in name {
        let starts = b.is_ascii_uppercase() && before.is_ascii_lowercase();
        if starts || !b.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (b.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(char::from(b.to_ascii_lowercase()));
        }
        before = b;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(judge: fn(&Candidate<'_>) -> bool, before: &str) -> bool {
        let bytes = format!("{before}q7Tz31Lw9bYp");
        judge(&Candidate {
            bytes: bytes.as_bytes(),
            start: 0,
            value: b"q7Tz31Lw9bYp",
            value_start: before.len(),
        })
    }

    fn told(before: &str) -> bool {
        ask(is_something_else, before)
    }

    #[test]
    fn a_clients_id_is_told_by_its_name() {
        for before in ["ACME_CLIENT_ID=", "clientId: '", "\"acme.client-id\": \""] {
            assert!(ask(is_client_id, before), "{before}");
        }
        for before in [
            "ACME_CLIENT_SECRET=",
            "acme_id = \"",
            "client_id\n",
            "acme ",
        ] {
            assert!(!ask(is_client_id, before), "{before}");
        }
    }

    #[test]
    fn what_a_program_keeps_is_not_the_providers_of_a_line_above() {
        let told = |between: &str| {
            let bytes = format!("\nacme{between}q7Tz31Lw9bYp");
            is_of_the_program(&Candidate {
                bytes: bytes.as_bytes(),
                start: 0,
                value: b"q7Tz31Lw9bYp",
                value_start: between.len() + 5,
            })
        };
        assert!(told(".example\nrememberMeKey: \"") && told("\n  SESSION_SECRET="));
        assert!(!told("_session_secret: ") && !told("\n  api_key: \""));
    }

    #[test]
    fn hashes_versions_and_identifiers_of_things_are_no_keys() {
        for before in [
            "acme_sha256: ",
            "acmeCommit = \"",
            "\"acme_api_version\": \"",
            "acme.workspace-id=",
            "const acmeProjectId = '",
            "acme_account_uuid: ",
        ] {
            assert!(told(before), "{before}");
        }
        for before in [
            "acme_api_key: ",
            "acme_api_hash: ",
            "acme_client_id = \"",
            "acme_secret_id: ",
            "acmeKeyId=",
            "acme: ",
            "acme project id ",
            "commit\nacme_key = ",
            "",
        ] {
            assert!(!told(before), "{before}");
        }
    }
}
