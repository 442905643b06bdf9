use super::*;
use crate::config;
use crate::rule::find;
use crate::template::{Seed, expand};

/// A rule of a user's, of medium confidence.
fn rule(more: &str) -> Rule {
    let text = format!(
        "[[rule]]\nid = \"acme\"\nname = \"n\"\nprovider = \"acme\"\nkind = \"api-key\"\nseverity = \"high\"\n{more}\n"
    );
    let mut layer = config::parse("f", &text).unwrap_or_else(|e| panic!("{e}"));
    layer.rules.remove(0)
}

/// What is said of a value that stands between these texts; the match begins at a mark `|` before the value.
fn judged(rule: &Rule, before: &str, value: &str, after: &str) -> Option<Judgement> {
    let start = before.find('|').unwrap_or(before.len());
    let before = before.replace('|', "");
    let bytes = [&before, value, after].concat();
    let candidate = Candidate {
        bytes: bytes.as_bytes(),
        start,
        value: value.as_bytes(),
        value_start: before.len(),
    };
    judge(rule, &candidate)
}

fn confidence(rule: &Rule, value: &str) -> Option<Confidence> {
    judged(rule, "", value, "").map(|judgement| judgement.confidence)
}

const VALUE: &str = "Qk3vZ81xWm5TpR2dLc90";

#[test]
fn a_check_that_holds_proves_and_one_that_does_not_disproves() {
    let rule = find("github-pat").unwrap();
    let token = expand("{make:github:ghp_}", &mut Seed::of("judge")).unwrap();
    let proved = judged(rule, "", &token, "").unwrap();
    assert_eq!(proved.confidence, Confidence::Certain);
    assert_eq!(proved.severity, rule.severity);
    let evidence = format!("{:?}", proved.evidence);
    assert!(
        evidence.contains("prefix `ghp_`") && evidence.contains("valid"),
        "{evidence}"
    );

    // A sum that does not add up: nobody's token, however random it is.
    let mut edited = token.clone();
    let last = if edited.pop() == Some('0') { '1' } else { '0' };
    edited.push(last);
    let disproved = judged(rule, "", &edited, "").unwrap();
    assert_eq!(disproved.confidence, Confidence::Low);
    assert!(format!("{:?}", disproved.evidence).contains("does not hold"));
}

#[test]
fn what_lacks_the_structure_is_at_most_likely_and_low_where_it_repeats() {
    let rule = rule(
        "pattern = '\\b(?<secret>[0-9A-Za-z]{20})\\b'\nchecks = [\"der-private-key\"]\nconfidence = \"high\"",
    );
    assert_eq!(confidence(&rule, VALUE), Some(Confidence::Medium));
    // 8 characters in equal number have 3 bits each, 7 a little less.
    assert_eq!(
        confidence(&rule, "kZ8vQm3xv8xkm3ZQ"),
        Some(Confidence::Medium)
    );
    let low = judged(&rule, "", "kZ8vQm3mv8kQm3ZQ", "").unwrap();
    assert_eq!(low.confidence, Confidence::Low);
    assert!(!format!("{:?}", low.evidence).contains("placeholder"));
}

#[test]
fn a_check_that_is_required_is_known_by_its_name() {
    let of = |required: &str| {
        rule(&format!(
            "pattern = '\\b(?<secret>[0-9A-Za-z]{{20}})\\b'\nchecks = [\"der-private-key\"]\n{required}"
        ))
    };
    assert_eq!(
        confidence(&of("required = [\"der-private-key\"]"), VALUE),
        None
    );
    assert_eq!(confidence(&of(""), VALUE), Some(Confidence::Medium));
}

#[test]
fn a_required_check_that_does_not_hold_is_no_match() {
    let of = |required: &str| {
        rule(&format!(
            "pattern = '\\b(?<secret>[0-9A-Za-z]{{20}})\\b'\nchecks = [\"der-private-key\", \"jwk-private\"]\nrequired = [{required}]"
        ))
    };
    assert_eq!(confidence(&of("\"der-private-key\""), VALUE), None);
    assert_eq!(confidence(&of("\"jwk-private\""), VALUE), None);
    assert_eq!(confidence(&of(""), VALUE), Some(Confidence::Medium));
}

#[test]
fn nothing_published_samples_and_placeholders() {
    let rule = rule("pattern = '\\b(?<secret>[0-9A-Za-z]{16,40})\\b'");
    assert_eq!(confidence(&rule, VALUE), Some(Confidence::Medium));
    assert_eq!(confidence(&rule, ""), None);
    let sample = ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCY", "EXAMPLEKEY"].concat();
    assert_eq!(confidence(&rule, &sample), None);
    let placeholder = judged(&rule, "", "your-api-key-goes-here", "").unwrap();
    assert_eq!(placeholder.confidence, Confidence::Low);
    assert!(format!("{:?}", placeholder.evidence).contains("placeholder"));
}

#[test]
fn entropy_counts_from_its_bound_on() {
    let rule = rule("pattern = '\\b(?<secret>[0-9A-Za-z]{8,40})\\b'\nentropy = 3.0");
    assert_eq!(confidence(&rule, "kZ8vQm3x"), Some(Confidence::Medium));
    assert_eq!(confidence(&rule, "kZ8vQm3k"), None);
    assert_eq!(confidence(&rule, VALUE), Some(Confidence::Medium));
}

#[test]
fn what_must_stand_near_is_looked_for_on_both_sides_and_no_farther() {
    let rule = rule(
        "pattern = '\\b(?<secret>[0-9A-Za-z]{20})\\b'\nnear = 'acme\\.example'\nnear_within = 30",
    );
    let near = |before: &str, after: &str| judged(&rule, before, VALUE, after).is_some();
    let (host, gap) = ("acme.example", " ".repeat(18));
    assert!(!near("", ""));
    assert!(near(&format!("{host}{gap}"), "") && near("", &format!("{gap}{host}")));
    assert!(!near(&format!("{host} {gap}"), "") && !near("", &format!("{gap} {host}")));
}

#[test]
fn a_value_without_a_mark_needs_a_label() {
    let rule = rule("names = [\"acme\"]\nvalue = '[0-9A-Za-z-]{20,32}'");
    let has = |before: &str| judged(&rule, before, VALUE, "\"").is_some();
    for labelled in [
        "|acme_key = \"",
        "|acmeKey = \"",
        "|acmeapikey = \"",
        "|ACME_KEYS = \"",
        "|acme_key_id = \"",
        "|acmeKeyStaging = \"",
        "|acmeApiKeyIdentity = \"",
        "|AcmeTokensSpare = \"",
        "key: |acme = \"",
        "apiKey |acme: \"",
        "x = new |Acme(\"",
        "x = |Acme(\"",
        "x = |AcmeClient(\"",
        "x = |Acme(\"id\", \"",
        "const |acme = new Acme(\"",
        "$x = new |Acme\\Client(\"",
        "let x = |acme::Client::new(\"",
        "x = |Acme::Base.new(\"",
        "const |acme = require('acme')(\"",
    ] {
        assert!(has(labelled), "{labelled}");
    }
    for bare in [
        "|acme = \"",
        "|acme_name = \"",
        "|acme_keyboard = \"",
        "|ACME_KEYBOARD = \"",
        "|acme_keystone = \"",
        "|ACME_KEYSTONE = \"",
        "|acmeKeyidle = \"",
        "monkey |acme = \"",
        "key:\n|acme = \"",
        "x = |AcmeImage(\"",
        "renew |acme(\"",
        "const |acme = make('acme')(\"",
    ] {
        assert!(!has(bare), "{bare}");
    }
    // Far before on the same line.
    let far = |n: usize| has(&format!("key {}|acme = \"", " ".repeat(n)));
    assert!(far(50) && !far(60));
    // Words are no value, whatever stands before them.
    assert!(judged(&rule, "|acme_key = \"", "the-name-of-a-header", "\"").is_none());
    let told = judged(&rule, "|acme_key = \"", VALUE, "\"").unwrap();
    assert!(format!("{:?}", told.evidence).contains("beside the name acme"));
}

#[test]
fn a_clients_id_is_no_secret_of_the_client() {
    let secret = find("spotify-client-secret").unwrap();
    let value = expand("{hex:32}", &mut Seed::of("judge")).unwrap();
    let named = |name: &str| judged(secret, &format!("|{name}="), &value, "\n");
    assert!(named("SPOTIFY_CLIENT_SECRET").is_some());
    assert!(named("SPOTIFY_CLIENT_ID").is_none());
}

#[test]
fn one_word_before_a_mixed_value_is_label_enough() {
    let rule = rule("names = [\"acme\"]\nvalue = '[0-9A-Za-z-]{20,32}'");
    let mixed = "Qk3vZ81xWm5TpR2dLc90HsYb";
    let has = |before: &str, value: &str| judged(&rule, before, value, "'").is_some();
    assert!(has("|acme: '", mixed) && has("|acme='", mixed) && has("|\"acme\": '", mixed));
    for (before, value) in [
        // Two words; nothing that assigns.
        ("|acme name: '", mixed),
        ("|acme ", mixed),
        // Too short, a hash, one case, no digit, always the same.
        ("|acme: '", "Qk3vZ81xWm5TpR2dLc90HsY"),
        ("|acme: '", "3b5d5c3712955042212316173ccf37be"),
        ("|acme: '", "QK3VZ81XWM5TPR2DLC90HSYB"),
        ("|acme: '", "QkIvZaExWmFTpRgdLcOoHsYb"),
        ("|acme: '", "aB3aB3aB3aB3aB3aB3aB3aB3"),
    ] {
        assert!(!has(before, value), "{before}{value}");
    }
}

#[test]
fn words_are_told_from_random_letters() {
    for words in [
        "authentication",
        "capabilities",
        "X-GraphQL-Event-Stream",
        "secretorpublickey-options-callback",
        "GoogleOAuth2TokenHandler",
        "GoogleBaseAuthConnection",
        "openAIEndpointConfig.azureOpenAIApiKey",
    ] {
        assert!(reads_as_words(words.as_bytes()), "{words}");
    }
    let mut seed = crate::template::Seed::new(7);
    let random = |n| seed.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", n);
    let kept = [16, 20, 24, 32, 40]
        .map(random)
        .iter()
        .filter(|v| !reads_as_words(v.as_bytes()))
        .count();
    assert!(kept >= 4, "{kept}");
    assert!(!reads_as_words(b"authentication1"));
    for _ in 0..400 {
        let value = seed.text(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            24,
        );
        assert!(!is_camel_case(value.as_bytes()), "{value}");
    }
}

#[test]
fn entropy_of_known_texts() {
    assert_eq!(entropy(b"aaaa"), 0.0);
    assert_eq!(entropy(b"abcd"), 2.0);
    assert_eq!(entropy(b""), 0.0);
}

#[test]
fn words_and_numbers_with_joints_are_no_value_of_a_provider() {
    for value in [
        "2024-01-15-stable-release-notes",
        "2nd-generation-integration-tests",
        "PROD_2024_INTEGRATION_ACCOUNT",
    ] {
        assert!(is_slug(value.as_bytes()), "{value}");
    }
    let seed = &mut Seed::of("slug");
    for _ in 0..200 {
        for template in [
            "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}",
            "{base64url:40}",
            "{hex:32}",
        ] {
            let value = expand(template, seed).unwrap();
            assert!(!is_slug(value.as_bytes()), "{value}");
        }
    }
}

#[test]
fn humps_are_words_of_three_letters_that_make_up_nearly_all() {
    for (value, is_words) in [
        // Two are enough, four letters each on the average, 17 of 20 characters in them.
        ("DataHandler", true),
        ("FourFive", true),
        ("OneTwoHandler", true),
        ("HandlerHandlerAbc123", true),
        ("HandlerHandlerAbc1234", false),
        ("OneTwoSix", false),
        ("Handlerhandler", false),
        ("some-words-here", false),
    ] {
        assert_eq!(is_camel_case(value.as_bytes()), is_words, "{value}");
    }
}

#[test]
fn what_a_passphrase_guards_warns_and_what_opens_nothing_is_no_finding() {
    let sealed = rule("pattern = '(?<secret>-.*)'\nchecks = [\"pem-encrypted\"]");
    for kind in ["encrypted", "openssh-encrypted"] {
        let key = expand(&format!("{{make:pem:{kind}}}"), &mut Seed::of("sealed")).unwrap();
        assert_eq!(confidence(&sealed, &key), Some(Confidence::Low), "{kind}");
    }
    let jwt = find("jwt").unwrap();
    for (kind, expected) in [
        ("plain", Some(Confidence::Certain)),
        ("none", None),
        ("text", None),
        ("encrypted", None),
    ] {
        let token = expand(&format!("{{make:jwt:{kind}}}"), &mut Seed::of("jwt")).unwrap();
        assert_eq!(confidence(jwt, &token), expected, "{kind}");
    }
}

#[test]
fn a_quarter_of_the_letters_changes_case_where_they_are_random() {
    assert!(!reads_as_words(b"aaAAaaaa"));
    assert!(reads_as_words(b"aaAAaaaaa"));
}

#[test]
fn four_bits_a_byte_are_mixed_enough_beside_a_name() {
    let mixed = b"aB3dE5gH7jK9mN1p".repeat(2);
    assert_eq!(entropy(&mixed), 4.0);
    assert!(alone_with_name(b"mux: '", &mixed));
    let less = [&mixed[..31], b"a"].concat();
    assert!(!alone_with_name(b"mux: '", &less));
}
