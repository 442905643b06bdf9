//! The machine against the plain engine.

use proptest::prelude::*;

use super::*;
use crate::rule::compile::compile;
use crate::rule::derive;

/// What the plain engine says of a match that starts at `start`.
fn oracle(pattern: &str, bytes: &[u8], start: usize) -> Outcome {
    use regex_automata::{Anchored, Input};
    let regex = crate::rule::build(pattern).unwrap();
    let mut captures = regex.create_captures();
    regex.search_captures(
        &Input::new(bytes)
            .span(start..bytes.len())
            .anchored(Anchored::Yes),
        &mut captures,
    );
    captures
        .get_match()
        .map_or(Outcome::None, |whole| Outcome::Match {
            value: captures
                .get_group_by_name("secret")
                .map_or(whole.range(), |g| g.range()),
            end: whole.end(),
        })
}

#[track_caller]
fn check(pattern: &str, text: &str) {
    let program = compile(&derive::parse(pattern).unwrap()).unwrap();
    for start in 0..=text.len() {
        assert_eq!(
            program.run(text.as_bytes(), start),
            oracle(pattern, text.as_bytes(), start),
            "{pattern} at {start}"
        );
    }
}

#[test]
fn agrees_with_the_regular_expression() {
    check(
        r"\b(?<secret>ab_[0-9a-f]{3,5})\b",
        "xab_123 ab_12345 ab_123456 ab_12 ab_abc-",
    );
    check(
        r"(?:gx|hy|h)p(?<secret>[a-z]{1,3}?)x",
        "gxpabx hypx hpabcx hpxxx",
    );
    check(
        r"a(?:b|bc)(?<secret>c?d{0,2})(?:[^a-z]|$)",
        "abcd abcdd abd. abc",
    );
    check(
        r"(?i:Key)(?:[ =]{1,2}){1,3}(?<secret>[a-z]{2,4}[0-9]?)$",
        "key= abcd1",
    );
    check(r"(?<secret>(?:ab?){2,3})b", "abababb aab aaab");
}

#[test]
fn gives_up_on_too_many_steps() {
    let program =
        compile(&derive::parse("(?<secret>(?:[ab]{1,9}[ab]{0,9}){8})c").unwrap()).unwrap();
    assert_eq!(program.run(&[b'a'; 200], 0), Outcome::Undecided);
}

proptest! {
    #[test]
    fn agrees_on_random_patterns(pattern in patterns(), text in "[abc1 ]{0,12}") {
        let hir = derive::parse(&pattern).unwrap();
        if let Some(program) = compile(&hir) {
            for start in 0..=text.len() {
                let got = program.run(text.as_bytes(), start);
                if got != Outcome::Undecided {
                    prop_assert_eq!(got, oracle(&pattern, text.as_bytes(), start), "{} at {}", pattern, start);
                }
            }
        }
    }
}

/// Small patterns with every construct, around one group.
fn patterns() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("[ab]".to_owned()),
        Just("[^a]".to_owned()),
        Just(r"\b".to_owned()),
        Just("c?".to_owned()),
        Just("[a-c]{0,2}".to_owned()),
        Just("[ab]{1,3}?".to_owned()),
    ];
    let part = atom.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}{b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(?:{a}|{b})")),
            (inner.clone(), 0..3u32, 0..2u32)
                .prop_map(|(a, min, more)| format!("(?:{a}){{{min},{}}}", min + more)),
        ]
    });
    (part.clone(), part.clone(), part).prop_map(|(a, b, c)| format!("{a}(?<secret>{b}){c}"))
}
