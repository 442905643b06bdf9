//! Configuration, a user's rules, baselines and templates: an error or a value, never a panic, and rules that then run.

use std::sync::Arc;

use keysieve::config;
use keysieve::scan::{Limits, Scanner};
use keysieve::suppress::PathPattern;
use keysieve::suppress::baseline::Baseline;
use keysieve::template::{Seed, expand};

use super::bytes::Bytes;

pub fn run(data: &[u8]) {
    let mut input = Bytes(data);
    let kind = input.byte();
    let text = String::from_utf8_lossy(input.0);
    match kind % 4 {
        0 => {
            let (text, content) = text.split_once('\u{1}').unwrap_or((&text, ""));
            match config::parse("f", text) {
                Err(problems) => assert!(!problems.to_string().is_empty()),
                Ok(layer) => {
                    let rules: Vec<_> = layer.rules.into_iter().map(Arc::new).collect();
                    if !rules.is_empty() {
                        let scanner = Scanner::new(rules, layer.disable, Limits::default());
                        drop(scanner.scan(b"f", [text, content].concat().as_bytes()));
                    }
                }
            }
        }
        1 => {
            if let Ok(baseline) = Baseline::parse("f", &text) {
                let again = Baseline::parse("f", &baseline.render());
                assert_eq!(
                    again.map(|again| again.len()).ok(),
                    Some(baseline.len()),
                    "a baseline does not come back"
                );
            }
        }
        2 => drop(PathPattern::parse(&text)),
        _ => {
            // A count may be large: what comes of it need not be made here.
            if text.bytes().filter(u8::is_ascii_digit).count() < 5 {
                drop(expand(&text, &mut Seed::new(1)));
            }
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let rule = "[[rule]]\nid = \"acme-token\"\nname = \"n\"\nprovider = \"p\"\nkind = \"api-key\"\nseverity = \"high\"\npattern = '\\b(?<secret>acme_[0-9a-z]{8,20})\\b'\nhit = [\"acme_{base36:10}\"]\n";
    let named = "[[rule]]\nid = \"other\"\nname = \"n\"\nprovider = \"p\"\nkind = \"api-key\"\nseverity = \"low\"\nnames = [\"acme_key\"]\nvalue = '[0-9a-f]{8,32}'\n";
    let policy = "[policy]\nmode = \"block\"\nblock_at = \"medium\"\nallow_inline = true\nstrict = false\ntimeout = \"4.5s\"\non_timeout = \"block\"\nmax_blob = \"64MiB\"\nmax_depth = 4\nshow = 5\n";
    let allow = "[[allow]]\nid = \"9f3c21ab\"\nreason = \"sample\"\npath = \"docs/**\"\nexpires = 2027-03-01\n\n[bypass]\npush_option = \"k.b\"\nusers = [\"a\"]\nmin_reason = 8\naudit_log = \"/l\"\n";
    let baseline = Baseline::default().render();
    [
        (0, format!("{policy}{allow}{rule}")),
        (0, format!("{rule}\u{1}acme_0123456789 and more")),
        (0, format!("{named}\u{1}acme_key = 0123456789abcdef")),
        (0, policy.to_owned()),
        (1, baseline),
        (2, "src/**/x?[a].py".to_owned()),
        (2, "^a/(b|c)+$".to_owned()),
        (
            3,
            "a {base62:12} {pick:x|y} {same:3} {{ {make:github:ghp_}".to_owned(),
        ),
    ]
    .into_iter()
    .map(|(kind, text)| [&[kind], text.as_bytes()].concat())
    .collect()
}
