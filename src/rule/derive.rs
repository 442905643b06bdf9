//! What a pattern's structure proves about every match of it: how long it can be, and which literal it must hold and
//! how far from the match's start. The scanner looks only at a window of that reach around a literal, so nothing here
//! may guess. Shared by the build script and the config reader.

use regex_syntax::hir::Hir;

pub use literals::Literal;

mod context;
mod literals;

/// Longest match that a built-in pattern may have, in bytes.
pub const MAX_LEN: usize = 20_000;

/// Facts about a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Every match holds one of these, none shorter than 2 bytes. Empty: nothing could be derived.
    pub literals: Vec<Literal>,
    /// Least and greatest distance from the match's start to the literal's start.
    pub before: (usize, usize),
    /// Longest possible match, `None` without a bound.
    pub max_len: Option<usize>,
}

/// Parses a pattern as the scanner does: bytes, ASCII classes.
pub fn parse(pattern: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .map_err(|e| one_line(&e.to_string()))
}

/// The last line of a `regex-syntax` error says what is wrong; the ones above quote the pattern.
fn one_line(error: &str) -> String {
    error
        .lines()
        .last()
        .unwrap_or_default()
        .trim()
        .trim_start_matches("error: ")
        .to_owned()
}

/// Derives the facts of a parsed pattern.
pub fn facts(hir: &Hir) -> Facts {
    let (literals, before) = literals::best_literals(hir)
        .map_or_else(Default::default, |best| (best.literals, best.before));
    Facts {
        literals,
        before,
        max_len: hir.properties().maximum_len(),
    }
}

/// The whole pattern of a rule that gives `names` and a `value`. A name stands at the start of a word or of a hump in
/// camelCase; a blank in it is an optional `_`, `-`, `.` or blank. Between name and value stands either the rest of
/// the identifier with a separator (assignment in any syntax, call, flag, header, XML, a `value` beside a `name`), or
/// a short piece of text that ends in a word such as key or token with a separator.
pub fn compose_named(names: &[impl AsRef<str>], value: &str) -> String {
    let [head, tail] = named_ends(names, value);
    format!("{head}{}{tail}", lead())
}

/// What [`compose_named`] puts before and after the [`lead`].
pub fn named_ends(names: &[impl AsRef<str>], value: &str) -> [String; 2] {
    let plain = alternatives(names, false);
    let camel = alternatives(names, true);
    [
        format!("(?:(?:^|[^A-Za-z])(?i:{plain})|[a-z](?i:{camel}))"),
        format!(r"(?<secret>{value})(?:[^A-Za-z0-9_+/=\-]|$)"),
    ]
}

/// What leads from a name to its value, the same for every rule.
pub fn lead() -> String {
    format!("(?:{REST})?(?:{ASSIGNED}|{NEARBY})(?:{OPENER}){{0,3}}")
}

/// The rest of an identifier: a word that the name may run into (`airtablekey`), a hump or a mark. Without it `line`
/// would stand in `linear`.
const REST: &str = concat!(
    r"(?:(?i:api|key|token|secret|auth|access|pass|pwd|cred|pat|app|client|private|public|admin|user|account|acct|id",
    r"|project|org|team|prod|dev|test|live|staging|io|com|db|bot|web|hook|cloud|service|server|read|write|master|ci|http",
    r"|licen[sc]e|ingest|personal|rest|sdk|url|bearer|sign|config|deploy|cli)|[A-Z][a-z]|[0-9_.\-])[A-Za-z0-9_.\-]{0,40}",
);
/// A type, a separator; or a `value` that belongs to a `name`.
const ASSIGNED: &str = concat!(
    r"(?:\\?[\x22'`])?[\])}]{0,2}(?:",
    r"(?:[ \t]{0,4}:?[ \t]{0,4}&?(?:'static )?(?i:string|str|text|char|any)(?:\[\])?)?",
    r"[ \t]{0,20}(?:[:=]{1,4}|=>|->|[?+.~|]{1,2}=|,|\()[ \t]{0,20}",
    r"|[ \t]{1,4}|>\s{0,40}",
    r"|,?\s{1,40}[\x22']?(?:[A-Za-z]{1,10}_)?(?i:value|val|default)(?:\\?[\x22'])?[ \t]{0,4}[:=][ \t]{0,4})",
);
/// Some text, a label, a separator.
const NEARBY: &str = concat!(
    r"(?:[^A-Za-z][\x01-\xff]{0,60}?)?",
    r"(?i:key|token|secret|password|passwd|auth|bearer|private|access|credential)s?(?:[_-]?(?i:value|prod|live|test|dev))?",
    r"(?:\\?[\x22'`])?[\])}]{0,2}(?:[ \t]{0,8}(?:[:=]{1,4}|=>|,|\(|>)[ \t]{0,8}|[ \t]{1,2}(?:(?:-|is|is:)[ \t]{1,2})?|-)",
);
/// What stands between the separator and the value.
const OPENER: &str = r"[brfuL@$]?[\x22'`][ ]?|[(\[>{<]|\\[\x22'n]|(?i:bearer|token|basic|apikey|key)(?:[ \t=:]|%20){1,2}";

fn alternatives(names: &[impl AsRef<str>], camel: bool) -> String {
    let one = |name: &str| {
        let mut out = String::new();
        for (i, word) in name.split(' ').enumerate() {
            if i > 0 {
                out.push_str("[-_. ]?");
            }
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            if camel && i == 0 {
                let first = regex_syntax::escape(&first.to_uppercase());
                out.push_str(&format!("(?-i:{first}){}", regex_syntax::escape(rest)));
            } else {
                out.push_str(&regex_syntax::escape(word));
            }
        }
        out
    };
    names
        .iter()
        .map(|name| one(name.as_ref()))
        .collect::<Vec<_>>()
        .join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, literals: &[&str], before: (usize, usize), max_len: Option<usize>) {
        let got = facts(&parse(pattern).unwrap());
        let texts: Vec<_> = got
            .literals
            .iter()
            .map(|l| String::from_utf8_lossy(&l.text))
            .collect();
        assert_eq!(texts, literals);
        assert_eq!((got.before, got.max_len), (before, max_len));
    }

    #[test]
    fn prefix_is_the_literal() {
        check(
            r"\b(?<secret>abc_[0-9a-z]{4})\b",
            &["abc_"],
            (0, 0),
            Some(8),
        );
    }

    #[test]
    fn inner_literal_has_a_distance() {
        check(r"\b([0-9]{8,10}:AA[a-z]{4})", &[":AA"], (8, 10), Some(17));
    }

    #[test]
    fn either_case_is_one_literal() {
        check(
            r"[^a-z](?i:abcdefghijk)[0-9]",
            &["abcdefghijk"],
            (1, 1),
            Some(13),
        );
    }

    #[test]
    fn classes_are_spelled_out_only_where_nothing_better_is() {
        let spelled = facts(&parse(r"[AE][0-9]x[0-9a-z]{20}").unwrap());
        assert_eq!(spelled.literals.len(), 20);
        check(r"keyword[0-9]{2}", &["keyword"], (0, 0), Some(9));
    }

    #[test]
    fn each_branch_gives_a_literal() {
        check(
            r"(?:[^a-z]abcd|[a-z]{2}Efgh)x{3}",
            &["Efgh", "abcd"],
            (1, 2),
            Some(9),
        );
    }

    #[test]
    fn names_are_the_literals_of_a_named_rule() {
        let names = ["datadog", "dd api"].map(str::to_owned);
        let facts = facts(&parse(&compose_named(&names, "[0-9a-f]{32}")).unwrap());
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
        assert!(facts.max_len.unwrap() < 400);
    }

    #[test]
    fn named_values_are_found_in_any_syntax() {
        let names = ["datadog".to_owned(), "dd api".to_owned()];
        let regex = regex::bytes::RegexBuilder::new(&compose_named(&names, "[0-9a-f]{32}"))
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
            "'{\\\"datadog_key\\\": \\\"@\\\"}'",
        ] {
            let text = text.replace('@', &value);
            let found = regex
                .captures(text.as_bytes())
                .unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&found["secret"], value.as_bytes(), "{text}");
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

    #[test]
    fn alternatives_are_all_kept() {
        check(r"(?:gx|hy)p_[a-z]{3,}", &["gxp_", "hyp_"], (0, 0), None);
    }
}
