//! Offline proof that a match is real: check values and structures, one function each. Pure; bad input is "invalid".
//! A new check is a function in `check/` and a `pub static NAME: Check` here; rules name it in kebab-case.

mod azure;
mod bits;
mod crc;
mod der;
mod json;
mod key;
mod make;
mod pem;
mod pgp;
mod shape;

#[cfg(test)]
mod tests;

pub(crate) use der::{is_pkcs12, private_der};
pub(crate) use json::jwk_private_part;
pub use make::make;
pub(crate) use pem::body as pem_body;

use crate::finding::Evidence;

/// What a check says of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The check value or structure holds; the evidence says what was seen.
    Valid(Evidence),
    /// It holds, and what it guards is encrypted: whoever has the value lacks the passphrase still.
    Sealed(Evidence),
    /// The form is right and opens nothing: an unsigned token, one that only its receiver can read.
    Harmless(&'static str),
    /// It does not hold: a made-up, edited or cut value.
    Invalid,
    /// The value has no form that this check knows.
    Unknown,
}

/// A named check of a value's bytes.
pub struct Check {
    pub name: &'static str,
    /// Whether a wrong value proves that no issuer made the token: a sum over it, an end that is missing. What only
    /// inspects a form may be behind the times.
    pub is_sum: bool,
    pub run: fn(&[u8]) -> Proof,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Proof {
    /// `Valid` with these words, or `Invalid`.
    fn when(holds: bool, words: &'static str) -> Self {
        if holds {
            Self::Valid(Evidence::new(words))
        } else {
            Self::Invalid
        }
    }

    /// Whether check value or structure hold.
    #[must_use]
    pub fn holds(&self) -> bool {
        matches!(self, Self::Valid(_) | Self::Sealed(_))
    }
}

/// The check with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Check> {
    CHECKS.iter().copied().find(|check| check.name == name)
}

/// Every check, by name.
pub static CHECKS: &[&Check] = &[
    &ANTHROPIC_MARK,
    &ATLASSIAN_CRC32,
    &AWS_BEDROCK,
    &AWS_KEY_ID,
    &AZURE_CASK,
    &AZURE_DEVOPS_PAT_52,
    &AZURE_HIS,
    &BASE58CHECK,
    &BASIC_AUTH,
    &BECH32_AGE,
    &CLOUDFLARE_CRC32,
    &DER_PRIVATE_KEY,
    &DISCORD_ID,
    &GITHUB_APP_JWT,
    &GITHUB_CRC32,
    &GITHUB_FINE_GRAINED,
    &GITLAB_ROUTABLE,
    &GRAFANA_GLSA,
    &GRAFANA_JSON,
    &GROQ_MARK,
    &JFROG_REFERENCE,
    &JIRA_DC,
    &JWK_PRIVATE,
    &JWT,
    &JWT_KUBERNETES,
    &JWT_SUPABASE_ANON,
    &JWT_SUPABASE_SERVICE_ROLE,
    &MAPBOX_JSON,
    &MATRIX_CRC32,
    &NKEY_CRC16,
    &ONEPASSWORD_JSON,
    &OPENAI_MARK,
    &PEM,
    &PEM_BASE64,
    &PEM_ENCRYPTED,
    &PGP_CRC24,
    &PYPI_MACAROON,
    &PYPI_WHOLE,
    &SANCTUM_CRC32,
    &SENDGRID_BITS,
    &SENTRY_JSON,
    &STELLAR_CRC16,
    &WIREGUARD_CLAMP,
];

/// One static a check; `build.rs` reads the names from these lines.
macro_rules! check {
    ($name:literal, $run:path) => {
        Check {
            name: $name,
            is_sum: false,
            run: $run,
        }
    };
    (sum $name:literal, $run:path) => {
        Check {
            name: $name,
            is_sum: true,
            run: $run,
        }
    };
}

pub static ANTHROPIC_MARK: Check = check!("anthropic-mark", shape::anthropic);
pub static ATLASSIAN_CRC32: Check = check!(sum "atlassian-crc32", crc::atlassian);
pub static AWS_BEDROCK: Check = check!("aws-bedrock", shape::aws_bedrock);
pub static AWS_KEY_ID: Check = check!("aws-key-id", shape::aws_key_id);
pub static AZURE_CASK: Check = check!(sum "azure-cask", azure::cask);
pub static AZURE_DEVOPS_PAT_52: Check = check!("azure-devops-pat-52", azure::devops_pat);
pub static AZURE_HIS: Check = check!("azure-his", azure::identifiable);
pub static BASE58CHECK: Check = check!(sum "base58check", key::base58check);
pub static BASIC_AUTH: Check = check!("basic-auth", shape::basic_auth);
pub static BECH32_AGE: Check = check!(sum "bech32-age", key::age);
pub static CLOUDFLARE_CRC32: Check = check!(sum "cloudflare-crc32", crc::cloudflare);
pub static DER_PRIVATE_KEY: Check = check!("der-private-key", pem::der_base64);
pub static DISCORD_ID: Check = check!("discord-id", shape::discord);
pub static GITHUB_APP_JWT: Check = check!("github-app-jwt", json::github_app);
pub static GITHUB_CRC32: Check = check!(sum "github-crc32", crc::github);
pub static GITHUB_FINE_GRAINED: Check = check!("github-fine-grained", shape::github_fine_grained);
pub static GITLAB_ROUTABLE: Check = check!(sum "gitlab-routable", crc::gitlab_routable);
pub static GRAFANA_GLSA: Check = check!(sum "grafana-glsa", crc::grafana);
pub static GRAFANA_JSON: Check = check!("grafana-json", json::grafana);
pub static GROQ_MARK: Check = check!("groq-mark", shape::groq);
pub static JFROG_REFERENCE: Check = check!("jfrog-reference", shape::jfrog_reference);
pub static JIRA_DC: Check = check!("jira-dc", shape::jira_data_center);
pub static JWK_PRIVATE: Check = check!("jwk-private", json::jwk);
pub static JWT: Check = check!(sum "jwt", json::jwt);
pub static JWT_KUBERNETES: Check = check!("jwt-kubernetes", json::kubernetes);
pub static JWT_SUPABASE_ANON: Check = check!("jwt-supabase-anon", json::anon);
pub static JWT_SUPABASE_SERVICE_ROLE: Check =
    check!("jwt-supabase-service-role", json::service_role);
pub static MAPBOX_JSON: Check = check!("mapbox-json", json::mapbox);
pub static MATRIX_CRC32: Check = check!(sum "matrix-crc32", crc::matrix);
pub static NKEY_CRC16: Check = check!(sum "nkey-crc16", key::nkey);
pub static ONEPASSWORD_JSON: Check = check!("onepassword-json", json::onepassword);
pub static OPENAI_MARK: Check = check!("openai-mark", shape::openai);
pub static PEM: Check = check!("pem", pem::plain);
pub static PEM_BASE64: Check = check!("pem-base64", pem::base64_of_pem);
pub static PEM_ENCRYPTED: Check = check!("pem-encrypted", pem::encrypted);
pub static PGP_CRC24: Check = check!("pgp-crc24", pgp::armor);
pub static PYPI_MACAROON: Check = check!("pypi-macaroon", shape::pypi);
pub static PYPI_WHOLE: Check = check!(sum "pypi-whole", shape::pypi_whole);
pub static SANCTUM_CRC32: Check = check!(sum "sanctum-crc32", crc::sanctum);
pub static SENDGRID_BITS: Check = check!("sendgrid-bits", shape::sendgrid);
pub static SENTRY_JSON: Check = check!("sentry-json", json::sentry);
pub static STELLAR_CRC16: Check = check!(sum "stellar-crc16", key::stellar);
pub static WIREGUARD_CLAMP: Check = check!("wireguard-clamp", shape::wireguard);
