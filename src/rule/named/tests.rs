//! Names, what leads from them to values, and what does not.

use std::collections::BTreeSet;

use proptest::prelude::*;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::*;
use crate::rule::derive::{facts, parse};

#[test]
fn names_are_the_literals_of_a_named_rule() {
    let names = ["datadog", "dd api"].map(str::to_owned);
    let facts = facts(&parse(&compose(&names, "[0-9a-f]{32}")).unwrap());
    let mut literals: Vec<String> = facts
        .literals
        .iter()
        .map(|l| String::from_utf8_lossy(&l.text).to_ascii_lowercase())
        .collect();
    literals.sort();
    literals.dedup();
    assert_eq!(
        literals,
        ["datadog", "dd api", "dd-api", "dd.api", "dd_api", "ddapi"]
    );
    assert_eq!(facts.before, (0, 1));
    assert!(facts.max_len.unwrap() < 640);
}

#[test]
fn named_values_are_found_in_any_syntax() {
    let names = ["datadog".to_owned(), "dd api".to_owned()];
    let regex = regex::bytes::RegexBuilder::new(&compose(&names, "[0-9a-f]{32}"))
        .unicode(false)
        .build()
        .unwrap();
    let value = "0123456789abcdef".repeat(2);
    for text in [
        "MY_DATADOG_API_KEY_PROD = \"@\"",
        "{\"datadogApiKey\": \"@\"}",
        "datadog.api-key=@",
        "var datadogToken string = `@`",
        "let DATADOG_KEY: &'static str = \"@\";",
        "myDatadogKey := \"@\"",
        "datadogkey: @",
        "os.environ[\"DD_API_KEY\"] = '@'",
        "getenv('DD_API_KEY', '@')",
        "--datadog-token @ --verbose",
        "-H 'DD-API-KEY: @'",
        "Datadog-Token: Bearer @",
        "<datadogToken>\n    @\n</datadogToken>",
        "<add key=\"DATADOG_TOKEN\" value=\"@\" />",
        "- name: DATADOG_TOKEN\n  value: @",
        "datadog:\n  api_key: @\n",
        "DATADOG_KEY ?= @",
        "datadog_key :::= @",
        "datadog token - '@'",
        "Your datadog key is @, keep it",
        "datadog token = ' @ '",
        "\"datadogToken\" => \"@\"",
        "datadog.Client(token=\"@\")",
        "calling the datadog API\n    with KEY=@",
        "https://datadog.example/v1?token=@&n=1",
        "variable \"datadog_key\" {\n  type = string\n  default = \"@\"\n}",
        "DatadogKey:\n  Type: String\n  Default: @\n",
        "string(name: 'DATADOG_KEY', defaultValue: '@')",
        "<meta name=\"datadog-key\" content=\"@\">",
        "<key>DatadogKey</key>\n<string>@</string>",
        "<name>datadog.key</name>\n  <value>@</value>",
        "gh secret set DATADOG_KEY --body \"@\"",
        "process.env.DATADOG_KEY || '@'",
        "process.env.DATADOG_KEY ?? '@'",
        "os.environ.get('DATADOG_KEY') or '@'",
        "ENV.fetch('DATADOG_KEY') { '@' }",
        "${DATADOG_KEY:-@}",
        "datadog_key: String::from(\"@\")",
        "datadogKey := []byte(\"@\")",
        "datadog_key: str = Field(default=\"@\")",
        "DATADOG_KEY = (\n    \"@\"\n)",
        "datadog_key: >-\n  @",
        "datadog_key: !!str @",
        "datadog_key: &key \"@\"",
        "public string DatadogKey { get; set; } = \"@\";",
        "Dim DatadogKey As String = \"@\"",
        "static const char datadog_key[] = \"@\";",
        "std::string datadog_key{\"@\"};",
        "| `DATADOG_KEY` | `@` |",
        "**Datadog API key:** @",
        "## Datadog API key\n\n@\n",
        "Datadog API key:\n@",
        "set datadogKey to \"@\"",
        "java -Ddatadog.api.key=@ -jar a.jar",
        "Datadog::Client.new(\"@\")",
        "'{\\\"datadog_key\\\": \\\"@\\\"}'",
        "var(\"DATADOG_KEY\").unwrap_or(\"@\".into())",
        "var(\"DATADOG_KEY\").unwrap_or_else(|_| \"@\".into())",
        "ofNullable(getenv(\"DATADOG_KEY\")).orElse(\"@\")",
        "add_argument('--datadog-key', type=str, default='@')",
        "{\"name\":\"DATADOG_KEY\",\"slotSetting\":false,\"value\":\"@\"}",
        "{\"ParameterKey\": \"DatadogKey\", \"ParameterValue\": \"@\"}",
        "ParameterKey=DatadogKey,ParameterValue=@",
        "<datadogKey><![CDATA[@]]></datadogKey>",
        "Datadog API key (prod): @",
        "DD API (prod): @",
        "Datadog API key for staging = @",
        "new Datadog('id-1', '@')",
        "c = datadog.NewClient(nil, nil, \"@\")",
        "datadog = Client(\"a\", \"b\", \"@\")",
        "new \\Datadog\\Api\\Client('@')",
        "require('datadog-node').connect('id', '@')",
        "provider :datadog, 'id', '@'",
        "from datadog.api import Spot\n\nclient = Spot('id', '@')",
        "datadog:\n  pat: @",
        "datadog login @",
        "datadog login --relogin @",
        "datadog init @",
        "- Datadog pat: `@`",
    ] {
        let text = text.replace('@', &value);
        let found = regex
            .captures(text.as_bytes())
            .unwrap_or_else(|| panic!("{text}"));
        assert_eq!(&found["secret"], value.as_bytes(), "{text}");
        let start = found.name("secret").unwrap().start();
        assert!(may_follow_lead(text.as_bytes(), start), "{text}");
    }
    for text in [
        "datadog @0",
        "updatadog = @",
        "DATADOGMA_KEY = @",
        "datadogmatic_key = @",
        "datadog is a service; see commit @",
    ] {
        let text = text.replace('@', &value);
        assert!(!regex.is_match(text.as_bytes()), "{text}");
    }
}

/// The bytes in which matches may end, and whether one may be empty.
fn last_bytes(hir: &Hir) -> (BTreeSet<u8>, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (BTreeSet::new(), true),
        HirKind::Literal(literal) => (literal.0.last().copied().into_iter().collect(), false),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end());
            (bytes.collect(), false)
        }
        HirKind::Class(Class::Unicode(_)) => panic!("patterns are over bytes"),
        HirKind::Repetition(repetition) => {
            let (bytes, empty) = last_bytes(&repetition.sub);
            (bytes, empty || repetition.min == 0)
        }
        HirKind::Capture(capture) => last_bytes(&capture.sub),
        HirKind::Concat(parts) => {
            let mut all = BTreeSet::new();
            for part in parts.iter().rev() {
                let (bytes, empty) = last_bytes(part);
                all.extend(bytes);
                if !empty {
                    return (all, false);
                }
            }
            (all, true)
        }
        HirKind::Alternation(parts) => {
            let parts = parts.iter().map(last_bytes);
            parts.fold((BTreeSet::new(), false), |(all, any), (bytes, empty)| {
                (&all | &bytes, any || empty)
            })
        }
    }
}

#[test]
fn a_value_ends_where_nothing_goes_on() {
    let [_, tail] = ends(&["x"], "y");
    let tail = regex::bytes::RegexBuilder::new(&tail)
        .unicode(false)
        .build()
        .unwrap();
    for byte in 0..=u8::MAX {
        let found = tail.find(&[b'y', byte]).map(|found| found.start());
        assert_ne!(found == Some(0), goes_on(byte), "{byte}");
    }
}

#[test]
fn no_lead_ends_in_a_word() {
    let (bytes, empty) = last_bytes(&parse(&lead()).unwrap());
    assert!(!empty);
    let words: Vec<u8> = bytes
        .into_iter()
        .filter(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .collect();
    // Of `\n` and `%20`.
    assert_eq!(words, b"0n");
}

#[test]
fn words_that_begin_like_a_name_lead_nowhere() {
    let names = ["chec", "cargo registry"];
    for (text, leads) in [
        ("check the value", false),
        ("CHEC_API_KEY", true),
        ("chectoken", true),
        ("checToken", true),
        ("cargo build", false),
        ("cargo_registry_token", true),
        ("cargoRegistries", false),
    ] {
        assert_eq!(may_lead(&names, text.as_bytes(), 0), leads, "{text}");
    }
}

/// Texts of what names and leads are made of.
fn text() -> impl Strategy<Value = String> {
    let words = [INTO, LABELS, TYPES].concat();
    let marks = [
        "_",
        "-",
        ".",
        " ",
        "=",
        ": ",
        "\"",
        "(",
        ",\n",
        "",
        "Ab",
        "x",
        "0123456789",
    ];
    let names = ["chec", "Chec", "CHEC", "dd", "api", "Dd api", "dd.api"];
    let part = prop_oneof![
        proptest::sample::select(words).prop_map(|word| word.replace("[sc]", "s")),
        proptest::sample::select(marks.to_vec()).prop_map(str::to_owned),
        proptest::sample::select(names.to_vec()).prop_map(str::to_owned),
    ];
    proptest::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_match_is_taken_for_another_word(text in text()) {
        let names = ["chec", "dd api"];
        let regex = regex::bytes::RegexBuilder::new(&compose(&names, "[0-9]{4}")).unicode(false).build().unwrap();
        for start in 0..text.len() {
            let Some(found) = regex.find_at(text.as_bytes(), start) else { break };
            prop_assert!(
                [0, 1].iter().any(|before| may_lead(&names, text.as_bytes(), found.start() + before)),
                "{text:?} at {}", found.start()
            );
        }
    }
}
