//! Every built-in rule, through the whole scanner: each `hit` gives a finding of this rule and no other, each `miss`
//! none of it. All failures are listed in one run.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "rules/contexts.rs"]
mod contexts;
#[path = "rules/surroundings.rs"]
mod surroundings;

use keysieve::check::CHECKS;
use keysieve::finding::Confidence;
use keysieve::rule::{self, Detect, Rule};
use keysieve::scan::Scanner;
use keysieve::template::{Seed, expand};

/// Runs `check` on every rule and fails with all that it says.
#[track_caller]
fn each_rule(check: impl Fn(&Rule, &mut Vec<String>)) {
    let mut failures = Vec::new();
    for rule in rule::built_in() {
        let mut said = Vec::new();
        check(rule, &mut said);
        failures.extend(said.into_iter().map(|what| format!("{}: {what}", rule.id)));
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// A release holds one example of each rule only, with which these tests would say little.
#[test]
fn all_examples_are_tried() {
    let text = std::fs::read_to_string("rules.toml").unwrap();
    let written: toml_edit::DocumentMut = text.parse().unwrap();
    let rules = written["rule"].as_array_of_tables().unwrap();
    let of = |rule: &toml_edit::Table, key: &str| {
        let examples = rule.get(key).and_then(toml_edit::Item::as_array);
        examples.map_or(0, toml_edit::Array::len)
    };
    let written: usize = rules
        .iter()
        .map(|rule| of(rule, "hit") + of(rule, "miss"))
        .sum();
    let held = rule::built_in()
        .iter()
        .map(|rule| rule.hit.len() + rule.miss.len());
    assert_eq!(held.sum::<usize>(), written, "run without `--release`");
}

#[test]
fn patterns_compile() {
    each_rule(|rule, said| {
        if let Detect::Pattern(matcher) | Detect::Named { matcher, .. } = &rule.detect
            && let Err(e) = rule::build(&matcher.pattern.text())
        {
            said.push(format!("does not compile: {e}"));
        }
        for pattern in rule
            .path
            .iter()
            .chain(rule.near.iter().map(|near| &near.pattern))
        {
            if let Err(e) = rule::build(&pattern.text()) {
                said.push(format!("`{}` does not compile: {e}", pattern.text()));
            }
        }
    });
}

#[test]
fn rules_say_what_a_person_needs() {
    each_rule(|rule, said| {
        let texts = [
            ("about", &rule.about),
            ("revoke", &rule.revoke),
            ("provider", &rule.provider),
            ("name", &rule.name),
        ];
        for (what, text) in texts {
            if text.is_empty() {
                said.push(format!("has no {what}"));
            }
        }
        if rule.about.lines().count() > 1 {
            said.push("`about` has several lines".into());
        }
        if !matches!(rule.detect, Detect::Code) && rule.hit.is_empty() {
            said.push("has no `hit`".into());
        }
    });
}

/// Rules whose values have the shape of another rule's too (`sk_live_` is Stripe's, Paystack's and PayMongo's): found
/// once all the same, under whichever name says more.
const SHARED: &[&str] = &[
    "databricks-pat",
    "knock-secret-key",
    "paymongo-api-key",
    "paystack-secret-key",
    "vk-access-token",
    "workos-api-key",
];

#[test]
fn each_hit_is_found_by_its_rule_alone() {
    let scanner = Scanner::default();
    each_rule(|rule, said| {
        for (n, template) in rule.hit.iter().enumerate() {
            // Several values a template, so that a rule does not hold by luck.
            for round in 0..3 {
                let mut seed = Seed::of(&format!("{}{n}{round}", rule.id));
                let text = match expand(template, &mut seed) {
                    Ok(text) => text,
                    Err(e) => {
                        said.push(format!("hit {n}: {e}"));
                        break;
                    }
                };
                let scanned = scanner.scan(b"src/app.conf", text.as_bytes());
                let open: Vec<_> = scanned
                    .matches
                    .iter()
                    .filter(|m| m.confidence >= rule.confidence.min(Confidence::Medium))
                    // The id that belongs to a secret may be told beside it.
                    .filter(|m| m.rule.id == rule.id || m.rule.kind != "identifier")
                    .collect();
                let found: Vec<&str> = open.iter().map(|m| m.rule.id.as_ref()).collect();
                let another = SHARED.contains(&rule.id.as_ref()) && found.len() == 1;
                if found != [rule.id.as_ref()] && !another {
                    said.push(format!("hit {n} `{template}` gives {found:?}"));
                    break;
                }
            }
        }
    });
}

#[test]
fn no_miss_is_found() {
    let scanner = Scanner::default();
    each_rule(|rule, said| {
        for (n, template) in rule.miss.iter().enumerate() {
            let mut seed = Seed::of(&format!("miss {}{n}", rule.id));
            match expand(template, &mut seed) {
                Err(e) => said.push(format!("miss {n}: {e}")),
                Ok(text) => {
                    let scanned = scanner.scan(b"src/app.conf", text.as_bytes());
                    if scanned
                        .matches
                        .iter()
                        .any(|m| m.rule.id == rule.id && m.confidence >= Confidence::Medium)
                    {
                        said.push(format!("miss {n} `{template}` is found"));
                    }
                }
            }
        }
    });
}

/// A `hit` with something in place of what is made up: what people write where the value comes from elsewhere.
fn without_a_value(template: &str, instead: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    let mut filled = false;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('{') {
            out.push_str("{{");
            rest = after;
            continue;
        }
        let (_, after) = after.split_once('}')?;
        // The parts of one value count as one.
        if !filled {
            out.push_str(instead);
        }
        filled = true;
        rest = after;
    }
    out.push_str(rest);
    filled.then(|| expand(&out, &mut Seed::new(0)).unwrap())
}

#[test]
fn a_name_without_a_value_is_no_match() {
    let scanner = Scanner::default();
    each_rule(|rule, said| {
        if !matches!(rule.detect, Detect::Named { .. }) {
            return;
        }
        for template in rule.hit.iter() {
            for instead in ["changeme", "${{SECRET}", "os.environ['SECRET']", "<secret>"] {
                let Some(text) = without_a_value(template, instead) else {
                    continue;
                };
                let scanned = scanner.scan(b"src/app.conf", text.as_bytes());
                if scanned
                    .matches
                    .iter()
                    .any(|m| m.rule.id == rule.id && m.confidence >= Confidence::Medium)
                {
                    said.push(format!("`{text}` is found"));
                }
            }
        }
    });
}

#[test]
fn no_template_holds_a_value() {
    let scanner = Scanner::default();
    each_rule(|rule, said| {
        for template in rule.hit.iter().chain(rule.miss.iter()) {
            let scanned = scanner.scan(b"rules.toml", template.as_bytes());
            for found in scanned
                .matches
                .iter()
                .filter(|m| m.confidence >= Confidence::Medium)
            {
                said.push(format!(
                    "the template itself is found by {}: `{template}`",
                    found.rule.id
                ));
            }
        }
    });
}

#[test]
fn checks_are_named_once() {
    let mut names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    assert_eq!(names.len(), before);
    for name in names {
        assert!(keysieve::check::find(name).is_some());
    }
}

/// The static program of each pattern and its regular expression say the same, on texts that match and on texts that
/// nearly do.
#[test]
fn programs_agree_with_their_patterns() {
    use keysieve::rule::program::Outcome;
    use regex_automata::{Anchored, Input};
    each_rule(|rule, said| {
        let (Detect::Pattern(matcher) | Detect::Named { matcher, .. }) = &rule.detect else {
            return;
        };
        let Some(program) = &matcher.program else {
            said.push("its pattern has no program: it is too long when unrolled".into());
            return;
        };
        let regex = rule::build(&matcher.pattern.text()).unwrap();
        let mut captures = regex.create_captures();
        for (n, template) in rule.hit.iter().chain(rule.miss.iter()).enumerate() {
            let mut seed = Seed::of(&format!("program {}{n}", rule.id));
            let Ok(text) = expand(template, &mut seed) else {
                continue;
            };
            for round in 0..6 {
                let mut bytes = text.clone().into_bytes();
                if round > 0 && !bytes.is_empty() {
                    let at = seed.below(bytes.len());
                    match round % 3 {
                        0 => drop(bytes.remove(at)),
                        1 => bytes.insert(at, b"a0-_ =\"\n"[seed.below(8)]),
                        _ => bytes[at] = b"zZ9+/.:x"[seed.below(8)],
                    }
                }
                for start in 0..bytes.len().min(200) {
                    let got = program.run(&bytes, start);
                    regex.search_captures(
                        &Input::new(&bytes)
                            .span(start..bytes.len())
                            .anchored(Anchored::Yes),
                        &mut captures,
                    );
                    let want = captures
                        .get_match()
                        .map_or(Outcome::None, |whole| Outcome::Match {
                            value: captures.get_group_by_name("secret").unwrap().range(),
                            end: whole.end(),
                        });
                    if got != Outcome::Undecided && got != want {
                        said.push(format!(
                            "`{template}` at {start}: program {got:?}, pattern {want:?}"
                        ));
                        return;
                    }
                }
            }
        }
    });
}
