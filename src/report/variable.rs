//! What the environment variable that would hold a value is called: as the file names it, or by issuer and kind.

use crate::outcome::{Finding, Place};

/// Words that name a credential without saying whose it is.
const PLAIN: &[&str] = &[
    "ACCESS",
    "API",
    "APP",
    "AUTH",
    "BEARER",
    "CLIENT",
    "CREDENTIAL",
    "CREDENTIALS",
    "DEFAULT",
    "KEY",
    "MASTER",
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PRIVATE",
    "PWD",
    "REFRESH",
    "SECRET",
    "SERVICE",
    "SESSION",
    "SIGNING",
    "TOKEN",
    "USER",
    "WEBHOOK",
];
/// Of these, those that say enough beside the issuer.
const ENOUGH: &[&str] = &["TOKEN", "PASSWORD", "SECRET", "PASSPHRASE"];
/// Types that stand between a name and its value.
const TYPES: &[&str] = &["string", "str", "String", "char", "text", "Text"];
/// Longer names are sentences.
const MOST_WORDS: usize = 6;
const LONGEST_NAME: usize = 48;

/// A name for the environment variable that would hold the value: `GITHUB_TOKEN`.
pub(super) fn variable(finding: &Finding, place: &Place) -> String {
    let provider = finding
        .rule
        .provider
        .replace(['-', ' ', '.'], "_")
        .to_ascii_uppercase();
    let known = !provider.is_empty() && provider != "GENERIC";
    let beside = |name: &str| {
        if known {
            format!("{provider}_{name}")
        } else {
            name.to_owned()
        }
    };
    let words = assigned(place).map(words).unwrap_or_default();
    let is_plain = |word: &String| PLAIN.contains(&word.as_str());
    let name = words.join("_");
    if words.iter().all(is_plain) {
        let says = words.len() > 1 || ENOUGH.contains(&name.as_str()) || !known;
        if says && !name.is_empty() {
            return beside(&name);
        }
    } else if words.len() > 1 && words.iter().any(is_plain) {
        return name;
    }
    beside(match finding.rule.kind.as_ref() {
        "api-key" => "API_KEY",
        "password" => "PASSWORD",
        "private-key" | "key-file" | "certificate" => "PRIVATE_KEY",
        "client-secret" => "CLIENT_SECRET",
        "connection-string" => "URL",
        "webhook" => "WEBHOOK_URL",
        "signing-secret" => "SIGNING_SECRET",
        _ => "TOKEN",
    })
}

/// The name to which the displayed line gives the value.
fn assigned(place: &Place) -> Option<&str> {
    let (line, mark) = &place.excerpt.mark;
    let before = place.excerpt.lines.get(*line)?.get(..mark.start)?;
    if !place.route.is_empty() {
        return None;
    }
    let quote = |c: char| matches!(c, '"' | '\'' | '`');
    // The value's own quote, with what marks the literal in some languages.
    let before = match before.strip_suffix(quote) {
        Some(rest) => {
            let bare = rest.trim_end_matches(['b', 'f', 'r', 'u', '@', '$']);
            if bare.ends_with([' ', '=', '(', ':', ',']) {
                bare
            } else {
                rest
            }
        }
        None => before,
    };
    let before = before.trim_end();
    let named = before.trim_end_matches(['=', ':', '>', '|', '?', ' ']);
    let is_list = before.ends_with(',');
    if named.len() == before.len() && !is_list {
        return None;
    }
    let named = named.trim_end_matches([',', ' ', ')', ']']);
    let unquoted = named.trim_end_matches(quote);
    // Of a list only what is quoted is a name: `define('NAME', 'value')`.
    if is_list && unquoted.len() == named.len() {
        return None;
    }
    let (rest, last) = last_word(unquoted);
    // `name: Type = value`, `name string = value`.
    let (_, name) = match rest
        .trim_end()
        .trim_end_matches(['&', '<'])
        .trim_end()
        .strip_suffix(':')
    {
        Some(before) if !is_list && !last.is_empty() => last_word(before.trim_end()),
        _ if TYPES.contains(&last) => last_word(rest.trim_end()),
        _ => (rest, last),
    };
    let name = name.rsplit('.').next().unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        .then_some(name)
}

/// A text and the identifier at its end.
fn last_word(text: &str) -> (&str, &str) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let rest = text.trim_end_matches(is_name);
    (rest, text.get(rest.len()..).unwrap_or_default())
}

/// The words of an identifier in any style, in capitals; none where it is too long to be one.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last = '_';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let is_hump = c.is_ascii_uppercase()
            && (last.is_ascii_lowercase()
                || last.is_ascii_alphanumeric()
                    && chars.peek().is_some_and(char::is_ascii_lowercase));
        if c.is_ascii_alphanumeric() {
            if is_hump || !last.is_ascii_alphanumeric() {
                out.push(String::new());
            }
            if let Some(word) = out.last_mut() {
                word.push(c.to_ascii_uppercase());
            }
        }
        last = c;
    }
    if out.len() > MOST_WORDS || name.len() > LONGEST_NAME {
        out.clear();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::rule::{self, RuleRef};

    /// The name for a value of the rule in a line, in which `@` stands for it.
    fn named(rule: &str, line: &str) -> String {
        let mut finding = sample::finding("a.py");
        finding.rule = RuleRef::BuiltIn(rule::find(rule).unwrap());
        let mut place = sample::place("a.py");
        let at = line.find('@').unwrap();
        place.excerpt.lines = vec![line.into()];
        place.excerpt.mark = (0, at..at + 1);
        variable(&finding, &place)
    }

    #[test]
    fn the_name_in_the_file_comes_first() {
        for (line, want) in [
            ("aws_secret_access_key = \"@\"", "AWS_SECRET_ACCESS_KEY"),
            ("awsSecretAccessKey: '@',", "AWS_SECRET_ACCESS_KEY"),
            (
                "os.environ[\"AWS_SECRET_ACCESS_KEY\"] = '@'",
                "AWS_SECRET_ACCESS_KEY",
            ),
            ("os.environ.get('S3_SECRET_KEY', '@')", "S3_SECRET_KEY"),
            ("process.env.S3_SECRET || \"@\"", "S3_SECRET"),
            ("self.s3SecretKey = b\"@\"", "S3_SECRET_KEY"),
            ("const BACKUP_SECRET: &str = \"@\";", "BACKUP_SECRET"),
            ("let backupSecret: String = \"@\";", "BACKUP_SECRET"),
            ("var backupSecret string = \"@\"", "BACKUP_SECRET"),
            ("\"backup-secret\": \"@\",", "BACKUP_SECRET"),
            ("<backupSecret>@</backupSecret>", "BACKUP_SECRET"),
            ("$config['backup_secret'] => '@'", "BACKUP_SECRET"),
        ] {
            assert_eq!(named("aws-secret-access-key", line), want, "{line}");
        }
    }

    #[test]
    fn a_name_that_does_not_say_whose_gets_the_issuer() {
        for (rule, line, want) in [
            (
                "aws-secret-access-key",
                "secretAccessKey: '@'",
                "AWS_SECRET_ACCESS_KEY",
            ),
            ("github-pat", "return Client(token=\"@\")", "GITHUB_TOKEN"),
            ("github-pat", "x = \"@\"", "GITHUB_TOKEN"),
            ("github-pat", "call(one, \"@\")", "GITHUB_TOKEN"),
            (
                "github-pat",
                "headers = {\"Authorization\": \"token @\"}",
                "GITHUB_TOKEN",
            ),
            (
                "google-oauth-client-secret",
                "client_secret='@'",
                "GOOGLE_CLIENT_SECRET",
            ),
            ("resend-api-key", "key = '@'", "RESEND_API_KEY"),
        ] {
            assert_eq!(named(rule, line), want, "{line}");
        }
    }
}
