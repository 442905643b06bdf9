use aho_corasick::{AhoCorasick, MatchKind};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use regex_automata::{Anchored, Input};

use super::built_in::SLICE;
use super::*;
use crate::rule::bytes::ByteSet;

/// What Aho-Corasick finds, in the same order.
fn oracle(literals: &[Vec<u8>], haystack: &[u8], range: &Range<usize>) -> Vec<(usize, u32)> {
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(literals)
        .unwrap();
    let mut hits: Vec<(usize, u32)> = automaton
        .find_overlapping_iter(haystack)
        .filter(|m| range.contains(&m.start()))
        .map(|m| (m.start(), m.pattern().as_u32()))
        .collect();
    hits.sort_unstable();
    hits
}

fn found(prefilter: &Prefilter, haystack: &[u8], range: Range<usize>) -> Vec<(usize, u32)> {
    let mut hits = Vec::new();
    prefilter.find(haystack, range, |literal, start| {
        hits.push((start, literal));
    });
    hits
}

#[track_caller]
fn check(literals: &[&str], haystack: &str, range: Range<usize>) {
    let literals: Vec<Vec<u8>> = literals.iter().map(|l| l.as_bytes().to_vec()).collect();
    let prefilter = Prefilter::new(literals.iter().map(Vec::as_slice));
    assert_eq!(
        found(&prefilter, haystack.as_bytes(), range.clone()),
        oracle(&literals, haystack.as_bytes(), &range)
    );
}

#[test]
fn finds_overlapping_literals_in_any_case() {
    check(
        &["key", "api_key", "ke", "eyk"],
        "my API_KEY = keykey",
        0..19,
    );
}

#[test]
fn a_hit_may_run_past_the_range_but_starts_in_it() {
    check(&["token", "ken"], "xtokentoken", 1..7);
    check(&["token", "ken"], "xtokentoken", 7..11);
    check(&["to"], "toto", 4..4);
}

#[test]
fn a_range_outside_the_haystack_is_nothing() {
    let prefilter = Prefilter::new([&b"key"[..]]);
    assert_eq!(found(&prefilter, b"a key", 3..99), []);
    assert_eq!(found(&prefilter, b"a key", 9..99), []);
}

#[test]
fn folding_joins_letters_only() {
    check(
        &["a_b", "@@[", "a\u{e9}"],
        "a\x7fb A_B a_b `@{ @@[ @@{ A\u{e9} a\u{c9}",
        0..30,
    );
}

/// The literal as it may stand, with what must be beside it, and where it starts.
fn placed(literal: &Literal) -> (Vec<u8>, usize) {
    let any = |set: &ByteSet| (0..=u8::MAX).find(|&byte| set.holds(Some(byte)));
    let mut text = Vec::new();
    if !literal.left.edge {
        text.extend(any(&literal.left));
    }
    let start = text.len();
    text.extend_from_slice(&literal.text);
    if !literal.right.edge {
        text.extend(any(&literal.right));
    }
    (text, start)
}

#[test]
fn built_in_literals_are_found_and_lead_to_every_rule() {
    let mut heard = vec![false; crate::rule::built_in().len()];
    for (group, first) in BuiltIn.groups() {
        for entry in group.tables.entries.iter() {
            let beside = |set: u16| group.tables.beside[usize::from(set)];
            let number = first + entry.literal;
            let literal = Literal {
                text: BuiltIn.literal(number).to_vec(),
                left: beside(entry.left),
                right: beside(entry.right),
            };
            let (text, start) = placed(&literal);
            let mut hits = Vec::new();
            group.find(&text, 0..text.len(), |literal, start| {
                hits.push((start, first + literal));
            });
            assert!(hits.contains(&(start, number)), "{literal:?}");
            for &rule in targets(number) {
                heard[usize::from(rule)] = true;
            }
        }
    }
    let deaf: Vec<_> = crate::rule::built_in()
        .iter()
        .zip(heard)
        .filter(|(rule, heard)| !heard && !matches!(rule.detect, crate::rule::Detect::Code))
        .map(|(rule, _)| &rule.id)
        .collect();
    assert!(deaf.is_empty(), "nothing leads to {deaf:?}");
}

#[test]
fn what_waits_comes_in_order_wherever_a_slice_ends() {
    let run = "Dk4".repeat(8);
    let letters = "A".repeat(23);
    let gated = format!("Dropbox_api_token: {run} {letters}1 twitter key = \n");
    for shift in (0..gated.len()).step_by(9) {
        let mut text = "some words. ".repeat(SLICE / 6).into_bytes();
        for end in [SLICE, 2 * SLICE] {
            text.splice(end - shift..end - shift, gated.bytes());
        }
        let near = gates::near(&text, std::iter::once(0..text.len()), &GATES);
        let mut wanted = Vec::new();
        let [(everywhere, _), groups @ ..] = BuiltIn.groups();
        everywhere.find(&text, 0..text.len(), |literal, start| {
            wanted.push((start, literal));
        });
        for ((group, first), near) in groups.into_iter().zip(near) {
            group.find_in(&text, near, |literal, start| {
                wanted.push((start, first + literal));
            });
        }
        wanted.sort_unstable();
        assert!(
            wanted
                .iter()
                .filter(|(_, literal)| *literal >= groups[0].1)
                .count()
                > 8
        );
        let mut found = Vec::new();
        BuiltIn.find(&text, &mut |literal, start| found.push((start, literal)));
        assert!(found.is_sorted_by_key(|(start, _)| *start));
        found.sort_unstable();
        assert_eq!(found, wanted);
    }
}

/// All files of this crate's own sources, as one long text each.
fn own_sources(folder: &std::path::Path, out: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            own_sources(&path, out);
        } else {
            out.push(std::fs::read(path).unwrap());
        }
    }
}

#[test]
fn same_as_aho_corasick_over_the_own_sources() {
    let mut texts = Vec::new();
    own_sources(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texts,
    );
    let mut literals: Vec<Vec<u8>> = (0..)
        .map(|i| BuiltIn.literal(i).to_ascii_lowercase())
        .take_while(|literal| !literal.is_empty())
        .collect();
    literals.sort();
    literals.dedup();
    let prefilter = Prefilter::new(literals.iter().map(Vec::as_slice));
    let mut n_hits = 0;
    for text in &texts {
        let hits = found(&prefilter, text, 0..text.len());
        assert_eq!(hits, oracle(&literals, text, &(0..text.len())));
        n_hits += hits.len();
    }
    assert!(n_hits > 1000, "{n_hits} hits");
}

fn sets() -> impl Strategy<Value = ByteSet> {
    let some = (
        proptest::collection::vec(any::<u8>(), 0..4),
        "[a-c_A-C-]{1,4}",
        any::<bool>(),
    );
    let some = some.prop_map(|(bytes, more, edge)| {
        let mut set = ByteSet {
            edge,
            ..ByteSet::NONE
        };
        for byte in bytes.into_iter().chain(more.bytes()) {
            set.add(byte, byte);
        }
        set
    });
    prop_oneof![Just(ByteSet::ALL), some]
}

proptest! {
    #[test]
    fn same_as_aho_corasick(
        literals in proptest::collection::vec("[ab_A-]{2,9}|[a-z0-9]{2,4}", 1..30),
        haystack in "([abAB_\\-\x7f]{0,90}|[ -~]{0,40}){1,4}",
        start in 0usize..20,
        len in 0usize..300,
    ) {
        let literals: Vec<Vec<u8>> = literals.iter().map(|l| l.to_ascii_lowercase().into_bytes()).collect();
        let prefilter = Prefilter::new(literals.iter().map(Vec::as_slice));
        let start = start.min(haystack.len());
        let range = start..(start + len).min(haystack.len());
        prop_assert_eq!(
            found(&prefilter, haystack.as_bytes(), range.clone()),
            oracle(&literals, haystack.as_bytes(), &range)
        );
    }
}

proptest! {
    /// The version for this processor gives the masks of the portable one, carried from call to call.
    #[test]
    fn masks_are_the_same_on_every_processor(
        literals in proptest::collection::vec("[a-d12_.=-]{2,9}", 1..40),
        bytes in proptest::collection::vec(
            prop_oneof![9 => proptest::sample::select(&b"abcdABCD12_.=-"[..]), 1 => any::<u8>()],
            BLOCK * 6,
        ),
        code in 0u8..32,
        first: bool,
    ) {
        let tables = Prefilter::new(literals.iter().map(String::as_bytes)).tables;
        let (blocks, _) = bytes.as_chunks::<BLOCK>();
        let (mut ours, mut portable) = ([0; 6], [0; 6]);
        let mut carries = [Carry { code, first }; 2];
        for step in [0..2, 2..6] {
            masks::fill(&tables, &mut carries[0], &blocks[step.clone()], &mut ours[step.clone()]);
            masks::portable(&tables, &mut carries[1], &blocks[step.clone()], &mut portable[step]);
            prop_assert_eq!(carries[0], carries[1]);
        }
        prop_assert_eq!(ours, portable);
    }
}
proptest! {
    /// With what may stand beside a literal: what looking at every place gives.
    #[test]
    fn case_and_neighbours_are_kept(
        literals in proptest::collection::vec(("[abAB_-]{2,9}|[a-z0-9]{3,4}", sets(), sets()), 1..30),
        haystack in "([abAB_-]{0,90}|[ -~]{0,40}){1,4}",
        start in 0usize..20,
        len in 0usize..300,
    ) {
        let literals: Vec<Literal> = literals
            .into_iter()
            .map(|(text, left, right)| Literal { text: text.into_bytes(), left, right })
            .collect();
        let haystack = haystack.as_bytes();
        let start = start.min(haystack.len());
        let range = start..(start + len).min(haystack.len());
        let mut want = Vec::new();
        for start in range.clone() {
            for (literal, i) in literals.iter().zip(0u32..) {
                let end = start + literal.text.len();
                let stands = haystack.get(start..end).is_some_and(|found| {
                    found.iter().zip(&literal.text).all(|(found, wanted)| {
                        if wanted.is_ascii_lowercase() {
                            found.to_ascii_lowercase() == *wanted
                        } else {
                            found == wanted
                        }
                    })
                });
                if stands
                    && literal.left.holds(start.checked_sub(1).map(|before| haystack[before]))
                    && literal.right.holds(haystack.get(end).copied())
                {
                    want.push((start, i));
                }
            }
        }
        prop_assert_eq!(found(&Prefilter::of(&literals), haystack, range), want);
    }

    /// Whatever a pattern matches, one of its literals stands in it, within the distance that was derived.
    #[test]
    fn derived_literals_lose_no_match(
        lead in prop_oneof![Just(""), Just(r"\b"), Just("(?:^|[^a-z])"), Just("[a-c]?"), Just("(?:^|[A-Z]|b)")],
        parts in proptest::collection::vec(
            prop_oneof![
                Just("ab".to_owned()),
                Just("Key".to_owned()),
                Just("(?i:key)".to_owned()),
                Just("x_".to_owned()),
                Just("[a-cA-B]{2,4}".to_owned()),
                Just("[0-9]{3}".to_owned()),
                Just("(?:b|Ax|1_)".to_owned()),
                Just("(?:[^a-z](?i:ab)|[a-c]Ab)".to_owned()),
                Just("[b-]".to_owned()),
                Just("(?:1|0a){0,2}".to_owned()),
                Just("_?".to_owned()),
            ],
            1..6,
        ),
        tail in prop_oneof![Just(""), Just(r"\b"), Just("(?:[^a-z]|$)")],
        noise in "[abkeyABKEYx_01-]{0,60}",
        salt: [u8; 32],
    ) {
        let core = parts.concat();
        let pattern = format!("{lead}{core}{tail}");
        let facts = crate::rule::derive::facts(&crate::rule::derive::parse(&pattern).unwrap());
        prop_assume!(!facts.literals.is_empty());
        let mut runner = proptest::test_runner::TestRunner::new_with_rng(
            proptest::test_runner::Config::default(),
            proptest::test_runner::TestRng::from_seed(
                proptest::test_runner::RngAlgorithm::ChaCha,
                &salt,
            ),
        );
        let matching = proptest::string::bytes_regex(&format!("(?-u:{core})")).unwrap();
        let matching = matching.new_tree(&mut runner).unwrap().current();
        let (before, after) = noise.split_at(noise.len() / 2);
        let text = [before.as_bytes(), &matching, after.as_bytes()].concat();
        let hits = found(&Prefilter::of(&facts.literals), &text, 0..text.len());
        let regex = crate::rule::build(&pattern).unwrap();
        for start in 0..text.len() {
            // Every place at which a match can begin, not only those that a search would go on to.
            let here = Input::new(&text).range(start..).anchored(Anchored::Yes);
            let Some(found) = regex.find(here) else {
                continue;
            };
            let (least, most) = facts.before;
            prop_assert!(
                hits.iter().any(|(hit, _)| (start + least..=start + most).contains(hit)),
                "{} at {:?} of {:?}: {:?} gave {:?}",
                pattern, found.range(), String::from_utf8_lossy(&text), facts, hits
            );
        }
    }
}
