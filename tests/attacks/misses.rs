//! What nearly is a match, a million times; and regular expressions of users that are made to be slow.

use std::fmt::Write as _;
use std::time::Duration;

use keysieve::rule;
use keysieve::template::{Seed, expand};

use crate::content::key;
use crate::measured::{Target, allowed};
use crate::sandbox::Sandbox;

/// Megabytes of one text, the key behind it.
fn filled(text: &str, bytes: usize) -> Vec<u8> {
    [
        text.repeat(bytes / text.len().max(1)).as_bytes(),
        b"\n",
        key().as_bytes(),
    ]
    .concat()
}

/// Texts that look like a value until late.
fn texts() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = [
        ("names without values", "password = \n"),
        ("names upon names", "api_key_secret_token_password_"),
        ("names in brackets", "[\"password\"] => ["),
        ("prefixes of a token", "ghp_"),
        ("addresses with a user", "https://user:@"),
        ("headers without a value", "Authorization: Bearer \n"),
        ("beginnings of a PEM block", "-----BEGIN "),
        ("quotes and names", "\"token\": \"\", "),
        ("assignments in a row", "secret=secret=secret="),
    ]
    .iter()
    .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
    .collect();
    // Many long literals begin in each run.
    let run = format!("{}1\n", "A".repeat(62));
    all.push(("runs of one letter".to_owned(), run));
    // What a rule finds, with its last character gone.
    for id in [
        "aws-access-key-id",
        "github-pat",
        "jwt",
        "private-key",
        "slack-bot-token",
    ] {
        let Some(template) = rule::find(id).and_then(|rule| rule.hit.first()) else {
            continue;
        };
        let mut text = expand(template, &mut Seed::of(id)).unwrap();
        text.truncate(text.len() * 3 / 4);
        text.push('\n');
        all.push((format!("three quarters of {id}"), text));
    }
    all
}

/// Of the rules' values without their last quarter those that take longest to say no to.
fn costliest(n: usize) -> Vec<(String, String)> {
    let scanner = keysieve::scan::Scanner::default();
    let mut all = Vec::new();
    for rule in rule::built_in() {
        let Some(template) = rule.hit.first() else {
            continue;
        };
        let mut text = expand(template, &mut Seed::of(&rule.id)).unwrap();
        let end = (0..=text.len() * 3 / 4).rfind(|&at| text.is_char_boundary(at));
        text.truncate(end.unwrap_or_default());
        text.push('\n');
        if text.len() > 2_000 {
            continue;
        }
        let content = filled(&text, 20_000);
        let start = std::time::Instant::now();
        drop(scanner.scan(b"a.py", &content));
        all.push((start.elapsed(), rule.id.to_string(), text));
    }
    all.sort();
    let last = all.into_iter().rev().take(n);
    last.map(|(_, id, text)| (format!("three quarters of {id}"), text))
        .collect()
}

#[test]
fn near_misses() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, Duration::from_secs(1), "");
    for (name, text) in texts().iter().step_by(3) {
        target.judge(
            &format!("200 kB of {name}"),
            &target.push_file("a.py", &filled(text, 200_000)),
        );
    }
}

#[test]
#[ignore = "takes minutes"]
fn many_near_misses() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, allowed(), "");
    for (name, text) in texts().into_iter().chain(costliest(10)) {
        target.judge(
            &format!("60 MB of {name}"),
            &target.push_file("a.py", &filled(&text, 60_000_000)),
        );
    }
}

/// Rules of an administrator who knows no better.
fn slow_rules() -> String {
    let mut text = String::new();
    for (i, pattern) in [
        r"(?<secret>(a+)+b)",
        r"(?<secret>(?:a|a|ab){1,200}z)",
        r"x(?<secret>.*y.*z.*)",
        r"(?<secret>([a-z]{1,50}[0-9]?){1,50}!)",
    ]
    .iter()
    .enumerate()
    {
        write!(
            text,
            "[[rule]]\nid = \"slow-{i}\"\nname = \"n\"\nprovider = \"p\"\nkind = \"api-key\"\nseverity = \"high\"\npattern = '{pattern}'\n\n"
        )
        .unwrap();
    }
    text
}

#[test]
fn patterns_of_users() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, Duration::from_secs(1), &slow_rules());
    for text in ["a", "xyz", "abababc"] {
        target.judge(
            &format!("slow rules over {text}"),
            &target.push_file("a.txt", &filled(text, 300_000)),
        );
    }
}

#[test]
#[ignore = "takes minutes"]
fn patterns_of_users_over_much() {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, allowed(), &slow_rules());
    for text in ["a", "xyz", "abababc"] {
        target.judge(
            &format!("slow rules over 60 MB of {text}"),
            &target.push_file("a.txt", &filled(text, 60_000_000)),
        );
    }
}
