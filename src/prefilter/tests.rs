use aho_corasick::{AhoCorasick, MatchKind};
use proptest::prelude::*;

use super::*;

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

#[test]
fn built_in_literals_lead_to_their_rules() {
    for (rule, i) in crate::rule::built_in().iter().zip(0u16..) {
        let literals = match &rule.detect {
            crate::rule::Detect::Pattern(m) | crate::rule::Detect::Named { matcher: m, .. } => {
                &m.literals
            }
            crate::rule::Detect::Code => &rule.keywords,
        };
        for literal in literals.iter() {
            let mut heard = false;
            Prefilter::built_in().find(literal.as_bytes(), 0..1, |hit, _| {
                heard |= Prefilter::built_in().literal(hit) == literal.as_bytes()
                    && targets(hit).contains(&i);
            });
            assert!(heard, "rule {} does not hear of {literal}", rule.id);
        }
    }
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
        let tables = Tables::new(literals.iter().map(String::as_bytes));
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
