use proptest::prelude::*;

use super::*;
use crate::template::Seed;

fn made(kind: &str, arg: &str, seed: u64) -> String {
    make(kind, arg, &mut Seed::new(seed)).unwrap_or_else(|| panic!("no maker {kind} {arg}"))
}

fn run(check: &Check, value: &str) -> Proof {
    (check.run)(value.as_bytes())
}

#[track_caller]
fn assert_valid(check: &Check, value: &str) {
    let proof = run(check, value);
    assert!(proof.holds(), "{}: {proof:?} of {value}", check.name);
}

/// Tokens in which no character can change without notice.
#[rustfmt::skip]
const CHECKSUMMED: &[(&str, &str, &Check)] = &[
    ("github", "ghp_", &GITHUB_CRC32),
    ("github", "npm_", &GITHUB_CRC32),
    ("github", "ghs_", &GITHUB_CRC32),
    ("grafana-glsa", "", &GRAFANA_GLSA),
    ("atlassian", "ATATT3xFfGF0", &ATLASSIAN_CRC32),
    ("atlassian", "ATCTT3xFfGN0", &ATLASSIAN_CRC32),
    ("atlassian", "ATBB", &ATLASSIAN_CRC32),
    ("cloudflare", "cfut_", &CLOUDFLARE_CRC32),
    ("matrix", "", &MATRIX_CRC32),
    ("sanctum", "17|", &SANCTUM_CRC32),
    ("cloudflare", "cfk_", &CLOUDFLARE_CRC32),
    ("gitlab-routable", "glpat-", &GITLAB_ROUTABLE),
    ("gitlab-routable-v1", "glrt-t3_", &GITLAB_ROUTABLE),
    ("azure-storage", "", &AZURE_HIS),
    ("azure-cosmos", "", &AZURE_HIS),
    ("azure-servicebus", "", &AZURE_HIS),
    ("azure-iothub", "", &AZURE_HIS),
    ("azure-functions", "", &AZURE_HIS),
    ("azure-search", "", &AZURE_HIS),
    ("azure-registry", "", &AZURE_HIS),
    ("azure-redis", "", &AZURE_HIS),
    ("azure-devops-52", "", &AZURE_DEVOPS_PAT_52),
    ("azure-cask", "ACOG", &AZURE_CASK),
    ("azure-cask", "AZDO", &AZURE_CASK),
    ("age", "", &BECH32_AGE),
    ("nkey", "", &NKEY_CRC16),
    ("nkey", "account", &NKEY_CRC16),
    ("nkey", "operator", &NKEY_CRC16),
    ("stellar", "", &STELLAR_CRC16),
    ("wif", "", &BASE58CHECK),
];

/// Tokens of which the structure is checked.
#[rustfmt::skip]
const STRUCTURED: &[(&str, &str, &Check)] = &[
    ("github-fine-grained", "", &GITHUB_FINE_GRAINED),
    ("github-app", "", &GITHUB_APP_JWT),
    ("glc", "", &GRAFANA_JSON),
    ("grafana-key", "", &GRAFANA_JSON),
    ("jira-dc", "", &JIRA_DC),
    ("jira-dc", "BBDC-", &JIRA_DC),
    ("aws-key-id", "AKIA", &AWS_KEY_ID),
    ("aws-key-id", "ASIA", &AWS_KEY_ID),
    ("aws-bedrock", "", &AWS_BEDROCK),
    ("pypi", "", &PYPI_MACAROON),
    ("pypi", "", &PYPI_WHOLE),
    ("jwt", "plain", &JWT),
    ("jwt", "RS256", &JWT),
    ("jwt", "ES256", &JWT),
    ("jwt", "expired", &JWT),
    ("jwt", "service_role", &JWT_SUPABASE_SERVICE_ROLE),
    ("jwt", "anon", &JWT_SUPABASE_ANON),
    ("jwt", "kubernetes", &JWT_KUBERNETES),
    ("sanctum", "17|app_", &SANCTUM_CRC32),
    ("sendgrid", "", &SENDGRID_BITS),
    ("wireguard", "", &WIREGUARD_CLAMP),
    ("discord", "", &DISCORD_ID),
    ("mapbox", "sk.", &MAPBOX_JSON),
    ("sentry", "", &SENTRY_JSON),
    ("jwk", "rsa", &JWK_PRIVATE),
    ("jwk", "ec", &JWK_PRIVATE),
    ("jwk", "oct", &JWK_PRIVATE),
    ("jwk", "literal", &JWK_PRIVATE),
    ("jfrog-reference", "", &JFROG_REFERENCE),
    ("onepassword", "", &ONEPASSWORD_JSON),
    ("basic", "", &BASIC_AUTH),
    ("openai", "sk-proj-", &OPENAI_MARK),
    ("openai", "sk-svcacct-", &OPENAI_MARK),
    ("openai", "sk-admin-", &OPENAI_MARK),
    ("openai", "sk-", &OPENAI_MARK),
    ("anthropic", "sk-ant-api03-", &ANTHROPIC_MARK),
    ("anthropic", "sk-ant-oat01-", &ANTHROPIC_MARK),
    ("groq", "", &GROQ_MARK),
    ("pem", "rsa", &PEM),
    ("pem", "pkcs8", &PEM),
    ("pem", "ec", &PEM),
    ("pem", "ed25519", &PEM),
    ("pem", "openssh", &PEM),
    ("pem", "pgp", &PEM),
    ("pem", "pgp", &PGP_CRC24),
    ("pem", "pgp-encrypted", &PGP_CRC24),
    ("pem", "rsa escaped", &PEM),
    ("pem", "openssh escaped", &PEM),
    ("pem", "ec indented", &PEM),
    ("pem", "pkcs8 quoted", &PEM),
    ("pem", "openssh quoted", &PEM),
    ("pem", "rsa base64", &PEM_BASE64),
    ("pem", "openssh base64", &PEM_BASE64),
    ("pem", "encrypted", &PEM_ENCRYPTED),
    ("pem", "rsa-encrypted", &PEM_ENCRYPTED),
    ("pem", "rsa-encrypted escaped", &PEM_ENCRYPTED),
    ("pem", "openssh-encrypted", &PEM_ENCRYPTED),
    ("pem", "pgp-encrypted", &PEM_ENCRYPTED),
    ("der", "rsa", &DER_PRIVATE_KEY),
    ("der", "pkcs8", &DER_PRIVATE_KEY),
    ("der", "ec", &DER_PRIVATE_KEY),
    ("der", "ed25519", &DER_PRIVATE_KEY),
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_made_is_valid(seed: u64) {
        for (kind, arg, check) in CHECKSUMMED.iter().chain(STRUCTURED) {
            assert_valid(check, &made(kind, arg, seed));
        }
    }

    #[test]
    fn one_changed_character_breaks_a_checksum(seed: u64, at: proptest::sample::Index, by in 1_usize..31) {
        for (kind, arg, check) in CHECKSUMMED {
            let value = made(kind, arg, seed).into_bytes();
            // The prefix decides whether the check knows the form at all.
            let first = match check.name {
                // A change of the first word can turn a valid key into a valid key of another kind: the seeds of
                // Cosmos DB's kinds differ in the half that is added to that word.
                "azure-his" => 6,
                _ if arg.is_empty() => 1,
                _ => arg.len(),
            };
            let end = value.len() - value.iter().rev().take_while(|&&b| b == b'=').count();
            let at = first + at.index(end - first);
            let alphabet = (b'0'..=b'9').chain(b'A'..=b'Z').chain(b'a'..=b'z');
            let alphabet: Vec<u8> = alphabet.filter(|&b| b != value[at]).collect();
            let mut changed = value.clone();
            changed[at] = alphabet[by % alphabet.len()];
            // Bits after the last byte of base64 decide nothing.
            if bits::unbase64(&changed) == bits::unbase64(&value) {
                continue;
            }
            let proof = (check.run)(&changed);
            prop_assert!(!proof.holds(), "{} {kind} at {at}", check.name);
        }
    }

    #[test]
    fn any_bytes_are_judged_without_panic(bytes: Vec<u8>) {
        for check in CHECKS {
            let _proof = (check.run)(&bytes);
        }
    }

    #[test]
    fn damaged_tokens_are_judged_without_panic(seed: u64, at: proptest::sample::Index, byte: u8, cut: bool) {
        for (kind, arg, check) in CHECKSUMMED.iter().chain(STRUCTURED) {
            let mut value = made(kind, arg, seed).into_bytes();
            let at = at.index(value.len());
            value[at] = byte;
            if cut {
                value.truncate(at);
            }
            let _proof = (check.run)(&value);
        }
    }

    #[test]
    fn random_text_is_no_devops_token(text in "[a-z2-7]{52}") {
        prop_assert_eq!(run(&AZURE_DEVOPS_PAT_52, &text), Proof::Invalid);
    }
}

#[test]
fn every_check_is_in_the_table_under_its_name() {
    let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    let source = include_str!("../check.rs");
    let statics: Vec<String> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub static ")?.split_once(": Check ="))
        .map(|(name, _)| name.to_ascii_lowercase().replace('_', "-"))
        .collect();
    assert_eq!(names, statics);
}

#[test]
fn a_macaroon_without_its_end_is_cut_and_any_other_form_is_unknown() {
    let whole = made("pypi", "", 3);
    for length in [40, 70, 90] {
        assert_eq!(
            run(&PYPI_WHOLE, whole.get(..length).unwrap()),
            Proof::Invalid,
            "{length}"
        );
    }
    let other = format!(
        "{}{}",
        whole.get(..22).unwrap(),
        "0d3fb462a584db651e732f8c7cb8".repeat(3)
    );
    assert_eq!(run(&PYPI_WHOLE, &other), Proof::Unknown);
}

#[test]
fn every_check_has_a_maker() {
    for check in CHECKS {
        let mut tested = CHECKSUMMED.iter().chain(STRUCTURED);
        assert!(
            tested.any(|(_, _, c)| c.name == check.name),
            "{}",
            check.name
        );
    }
}

#[test]
fn a_form_without_check_value_is_unknown() {
    let seed = &mut Seed::new(1);
    let classic = format!("glpat-{}", seed.text(bits::BASE62, 20));
    assert_eq!(run(&GITLAB_ROUTABLE, &classic), Proof::Unknown);
    let long = format!("ghs_{}", seed.text(bits::BASE62, 80));
    assert_eq!(run(&GITHUB_CRC32, &long), Proof::Unknown);
    let plain = format!("gsk_{}", seed.text(bits::BASE62, 52));
    assert_eq!(run(&GROQ_MARK, &plain), Proof::Unknown);
    let storage = bits::base64(&seed.bytes(64));
    assert_eq!(run(&AZURE_HIS, &storage), Proof::Unknown);
    let old_key_id = format!("AKIAI{}", seed.text(bits::BASE32, 15));
    assert_eq!(run(&AWS_KEY_ID, &old_key_id), Proof::Unknown);
}

#[test]
fn escaped_equals_signs_of_atlassian_are_undone() {
    let token = made("atlassian", "ATATT3xFfGF0", 3);
    assert_valid(&ATLASSIAN_CRC32, &token.replace('=', "%3D"));
    assert_valid(&ATLASSIAN_CRC32, &token.replace('=', "\\="));
}

#[test]
fn roles_of_supabase_are_told_apart() {
    let (secret, public) = (made("jwt", "service_role", 1), made("jwt", "anon", 1));
    assert_eq!(run(&JWT_SUPABASE_SERVICE_ROLE, &public), Proof::Invalid);
    assert_eq!(run(&JWT_SUPABASE_ANON, &secret), Proof::Invalid);
    assert_eq!(run(&JWT_KUBERNETES, &secret), Proof::Invalid);
}

#[test]
fn tokens_that_open_nothing_are_harmless_and_edited_ones_are_not() {
    for kind in ["none", "text", "encrypted"] {
        let proof = run(&JWT, &made("jwt", kind, 3));
        assert!(matches!(proof, Proof::Harmless(_)), "{kind}: {proof:?}");
    }
    let whole = made("jwt", "plain", 3);
    let (head, signature) = whole.rsplit_once('.').unwrap();
    let (header, payload) = head.split_once('.').unwrap();
    let cut = format!(
        "{header}.{}.{signature}",
        payload.split_at(payload.len() / 2).0
    );
    assert_eq!(run(&JWT, &cut), Proof::Invalid);
    assert_eq!(
        run(&JWT, &format!("{header}.111{payload}.{signature}")),
        Proof::Invalid
    );
}

#[test]
fn key_ids_of_aws_have_no_digits_outside_base32() {
    let id = made("aws-key-id", "AKIA", 5);
    for digit in ["0", "1", "8", "9"] {
        let mut edited = id.clone();
        edited.replace_range(9..10, digit);
        assert_eq!(run(&AWS_KEY_ID, &edited), Proof::Invalid);
    }
}

#[test]
fn encrypted_and_public_blocks_are_no_plain_private_key() {
    for kind in [
        "encrypted",
        "rsa-encrypted",
        "openssh-encrypted",
        "pgp-encrypted",
        "public",
    ] {
        assert_eq!(run(&PEM, &made("pem", kind, 7)), Proof::Invalid, "{kind}");
    }
    for kind in ["rsa", "pkcs8", "ec", "ed25519", "openssh", "pgp", "public"] {
        assert_eq!(
            run(&PEM_ENCRYPTED, &made("pem", kind, 7)),
            Proof::Invalid,
            "{kind}"
        );
    }
    assert_eq!(
        run(&DER_PRIVATE_KEY, &made("der", "public", 7)),
        Proof::Invalid
    );
    for kind in ["public", "rsa-public"] {
        assert_eq!(run(&JWK_PRIVATE, &made("jwk", kind, 7)), Proof::Invalid);
    }
    assert_eq!(
        run(&PEM_BASE64, &made("pem", "public base64", 7)),
        Proof::Invalid
    );
}

#[test]
fn a_block_of_a_few_characters_is_documentation() {
    let block = made("pem", "rsa", 9);
    let lines: Vec<&str> = block.lines().collect();
    for kept in [1, 2, 3] {
        let mut cut = lines[..kept].join("\n");
        cut.push_str("\n...\n");
        cut.push_str(lines.last().unwrap());
        assert_eq!(run(&PEM, &cut), Proof::Invalid, "{kept} lines");
    }
}

#[test]
fn a_long_body_that_does_not_decode_is_unknown() {
    let body = Seed::new(4).text(bits::BASE64, 400);
    let block = format!(
        "-----BEGIN {0}-----\n{body}\n-----END {0}-----",
        "PRIVATE KEY"
    );
    assert_eq!(run(&PEM, &block), Proof::Unknown);
    assert_eq!(run(&PEM_ENCRYPTED, &block), Proof::Invalid);
}

#[test]
fn evidence_names_the_size_of_an_rsa_key() {
    let words = "decodes to: RSA private key of 2048 bits";
    for kind in ["rsa", "pkcs8"] {
        let Proof::Valid(evidence) = run(&PEM, &made("pem", kind, 2)) else {
            panic!("{kind} is not valid")
        };
        assert_eq!(evidence.0, words);
    }
}

/// Published by the issuers; each in parts, so that the whole stands nowhere.
#[test]
fn values_of_public_documentation_hold() {
    let nats = [
        "SUACSSL3UAHUDXKFSNVUZRF5UHPM",
        "WZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY",
    ]
    .concat();
    assert_valid(&NKEY_CRC16, &nats);
    for (id, tail) in [
        (["ASIAQNZGKI", "QY56JQ7WML"].concat(), "4753"),
        (["ASIAY34FZK", "BOKMUTVV7A"].concat(), "5308"),
    ] {
        let Proof::Valid(evidence) = run(&AWS_KEY_ID, &id) else {
            panic!("not valid")
        };
        assert_eq!(
            evidence.0,
            format!("decodes to an AWS account ending in {tail}")
        );
    }
}
