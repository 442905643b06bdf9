//! The text of a rule as a person writes it: `[[rule]]` tables, checked key by key. Shared by the build script (built-in
//! rules) and the config reader (users' rules). Patterns are judged in `rule/derive.rs`.

use crate::table::{At, Reader, nearest};

/// `kind` of a credential.
pub const KINDS: &[&str] = &[
    "api-key",
    "access-token",
    "refresh-token",
    "session-token",
    "client-secret",
    "private-key",
    "password",
    "connection-string",
    "webhook",
    "certificate",
    "signing-secret",
    "key-file",
    "identifier",
    "generic",
];
pub const SEVERITIES: &[&str] = &["low", "medium", "high", "critical"];
pub const CONFIDENCES: &[&str] = &["low", "medium", "high", "certain"];
pub const ENVIRONMENTS: &[&str] = &["live", "test"];

/// A rule as written. `pattern`, `value` with `names`, or neither (a built-in detector reports under this id).
#[derive(Debug, Clone)]
pub struct RuleText {
    pub id: At<String>,
    pub name: String,
    pub provider: String,
    pub kind: String,
    pub severity: String,
    /// Confidence of a match that no check proved or disproved.
    pub confidence: String,
    /// Regular expression over bytes with one group named `secret`.
    pub pattern: Option<At<String>>,
    /// Regular expression of the value alone; `names` must stand before it in an assignment.
    pub value: Option<At<String>>,
    pub names: Vec<At<String>>,
    /// Whether a word such as key, token or secret must stand with the name.
    pub label: bool,
    pub keywords: Vec<At<String>>,
    pub path: Option<At<String>>,
    pub checks: Vec<At<String>>,
    /// Checks of the list above that must hold for a match to count.
    pub required: Vec<At<String>>,
    /// Least Shannon entropy of the value, in bits a byte.
    pub entropy: Option<At<f64>>,
    /// A second pattern that must match within `near_within` bytes of the value.
    pub near: Option<At<String>>,
    pub near_within: u64,
    pub environment: String,
    pub about: String,
    pub revoke: String,
    pub rotate: String,
    pub standards: Vec<String>,
    pub aliases: Vec<String>,
    pub hit: Vec<At<String>>,
    pub miss: Vec<At<String>>,
}

/// Reads one `[[rule]]`. `built_in` asks for the fields that only our own rules must have.
pub fn read_rule(r: &Reader<'_, '_>, known_checks: &[&str], built_in: bool) -> RuleText {
    let id = r.required("id");
    // One that is missing, or no text, was told already; its place is the table's.
    if id.at != r.at && !is_kebab(&id.value) {
        r.problem(
            id.at,
            format!(
                "rule id `{}` must be words of a-z and 0-9 joined by `-`",
                id.value
            ),
        );
    }
    let one_of = |key: &'static str, among: &[&str], default: &str| -> String {
        let Some(got) = r.text(key) else {
            return default.to_owned();
        };
        if !among.contains(&got.value.as_str()) {
            let hint = nearest(&got.value, among.iter().copied()).map_or_else(
                || format!("one of {}", among.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            r.problem(
                got.at,
                format!("`{key}` has no value `{}`; {hint}", got.value),
            );
        }
        got.value
    };
    let kind = one_of("kind", KINDS, "generic");
    let severity = one_of("severity", SEVERITIES, "high");
    let confidence = one_of(
        "confidence",
        CONFIDENCES,
        if built_in { "high" } else { "medium" },
    );
    let environment = one_of("environment", ENVIRONMENTS, "");
    let text = |key: &'static str| r.text(key).map(|t| t.value).unwrap_or_default();
    let name = r.text("name").map_or_else(|| id.value.clone(), |t| t.value);
    let rule = RuleText {
        name,
        provider: text("provider"),
        kind,
        severity,
        confidence,
        pattern: r.text("pattern"),
        value: r.text("value"),
        names: r.texts("names"),
        label: r.bool("label").is_none_or(|b| b.value),
        keywords: r.texts("keywords"),
        path: r.text("path"),
        checks: r.texts("checks"),
        required: r.texts("required"),
        entropy: r.float("entropy"),
        near: r.text("near"),
        near_within: r.number("near_within").map_or(400, |n| n.value),
        environment,
        about: text("about"),
        revoke: text("revoke"),
        rotate: text("rotate"),
        standards: r.texts("standards").into_iter().map(|t| t.value).collect(),
        aliases: r.texts("aliases").into_iter().map(|t| t.value).collect(),
        hit: r.texts("hit"),
        miss: r.texts("miss"),
        id,
    };
    r.finish();
    check_shape(r, &rule, known_checks, built_in);
    rule
}

fn check_shape(r: &Reader<'_, '_>, rule: &RuleText, known_checks: &[&str], built_in: bool) {
    let id = &rule.id.value;
    for check in rule.checks.iter().chain(&rule.required) {
        if !known_checks.contains(&check.value.as_str()) {
            let hint = nearest(&check.value, known_checks.iter().copied()).map_or_else(
                || format!("known: {}", known_checks.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            r.problem(
                check.at,
                format!("unknown check `{}` in rule `{id}`; {hint}", check.value),
            );
        }
    }
    for name in &rule.names {
        if !name.value.bytes().any(|b| b.is_ascii_alphanumeric()) {
            let words = "stands everywhere; give one with letters or digits";
            r.problem(name.at, format!("the name `{}` {words}", name.value));
        }
    }
    for keyword in rule.keywords.iter().filter(|k| k.value.is_empty()) {
        let words = "an empty keyword stands everywhere; give a text or no `keywords`";
        r.problem(keyword.at, words);
    }
    if let Some(entropy) = &rule.entropy
        && !(0.0..=8.0).contains(&entropy.value)
    {
        let words = "`entropy` is in bits a byte, from 0 to 8";
        r.problem(entropy.at, words);
    }
    for check in &rule.required {
        if !rule.checks.iter().any(|c| c.value == check.value) {
            r.problem(
                check.at,
                format!(
                    "`{}` is required but not among the `checks` of rule `{id}`",
                    check.value
                ),
            );
        }
    }
    match (&rule.pattern, &rule.value) {
        (Some(_), Some(value)) => r.problem(
            value.at,
            format!("rule `{id}` has both `pattern` and `value`; give one"),
        ),
        (None, Some(value)) if rule.names.is_empty() => {
            r.problem(
                value.at,
                format!("rule `{id}` has a `value` but no `names` that must stand before it"),
            );
        }
        (None, None) if !built_in && rule.path.is_none() => r.problem(
            r.at,
            format!("rule `{id}` needs a `pattern`, or `names` with a `value`, or a `path` alone"),
        ),
        (Some(_) | None, None) | (None, Some(_)) => {}
    }
    if built_in {
        for (what, given) in [
            ("about", &rule.about),
            ("revoke", &rule.revoke),
            ("provider", &rule.provider),
        ] {
            if given.is_empty() {
                r.problem(r.at, format!("built-in rule `{id}` needs `{what}`"));
            }
        }
    }
}

/// Words of `a-z0-9` joined by single hyphens.
pub fn is_kebab(id: &str) -> bool {
    id.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}
