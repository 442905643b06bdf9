//! The prefilter says what Aho-Corasick says.

use aho_corasick::{AhoCorasick, MatchKind};
use keysieve::prefilter::Prefilter;

use super::bytes::Bytes;

pub fn run(data: &[u8]) {
    let mut input = Bytes(data);
    let mut literals: Vec<Vec<u8>> = Vec::new();
    for _ in 0..1 + input.below(40) {
        // Shorter ones are none: `Prefilter::new` says so.
        let n = 2 + input.below(11);
        let literal = input.take(n).to_ascii_lowercase();
        if literal.len() == n && !literals.contains(&literal) {
            literals.push(literal);
        }
    }
    let (from, to) = (input.two(), input.two());
    let mut haystack = Vec::new();
    // Pieces of literals between other bytes: whole ones would hardly ever come about.
    while !input.is_empty() {
        let n = input.below(20);
        match literals.get(input.below(literals.len() + 1)) {
            Some(literal) if n > 3 => haystack.extend(literal.iter().take(n)),
            Some(_) | None => haystack.extend_from_slice(input.take(n + 1)),
        }
    }
    if literals.is_empty() {
        return;
    }
    let n = haystack.len() + 1;
    let range = (from % n).min(to % n)..(from % n).max(to % n);
    let mut found = Vec::new();
    Prefilter::new(literals.iter().map(Vec::as_slice)).find(
        &haystack,
        range.clone(),
        |literal, start| {
            found.push((start, literal));
        },
    );
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(&literals)
        .unwrap();
    let mut expected: Vec<(usize, u32)> = automaton
        .find_overlapping_iter(&haystack)
        .filter(|m| range.contains(&m.start()))
        .map(|m| (m.start(), m.pattern().as_u32()))
        .collect();
    expected.sort_unstable();
    assert!(
        found == expected,
        "the prefilter differs: {found:?} {expected:?}"
    );
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seed = keysieve::template::Seed::new(7);
    (0..40).map(|i| seed.bytes(30 + i * 20)).collect()
}
