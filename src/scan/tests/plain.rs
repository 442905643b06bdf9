//! The prefilter, the windows around its hits and the programs of patterns lose nothing that the regular expression finds
//! when it goes over the whole text.

use std::collections::BTreeSet;

use regex_automata::Anchored;

use super::super::detect::{detect, has_keyword, judge, search};
use super::*;
use crate::rule::{self, Detect};

/// What a rule finds without any of it.
fn plainly(rule: &Rule, bytes: &[u8]) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    let (Detect::Pattern(matcher) | Detect::Named { matcher, .. }) = &rule.detect else {
        return found;
    };
    if !has_keyword(rule, bytes) {
        return found;
    }
    let mut at = 0;
    while let Some((value, whole)) = search(matcher, bytes, at..bytes.len(), Anchored::No) {
        at = value.end.max(whole.start + 1);
        if judge(b"f", bytes, rule, &value, whole.start).is_some() {
            found.insert((value.start, value.end));
        }
    }
    found
}

/// Changes a text in a few places, or puts another one into it.
fn changed(text: &str, other: &str, seed: &mut Seed) -> Vec<u8> {
    let mut out = text.as_bytes().to_vec();
    for _ in 0..seed.below(4) {
        let at = seed.below(out.len() + 1);
        let n = seed.below(12).min(out.len() - at);
        match seed.below(6) {
            0 if at < out.len() => out[at] ^= 1 << seed.below(7),
            1 => drop(out.splice(at..at, other.bytes())),
            2 => drop(out.drain(at..at + n)),
            3 => {
                let part = out[at..at + n].to_vec();
                drop(out.splice(at..at, part));
            }
            4 => out[at..at + n].make_ascii_uppercase(),
            _ => drop(out.splice(at..at, b"\n \"=:_-".iter().copied().take(n))),
        }
    }
    // Twice, one right after the other: what was found before is not looked at again.
    if seed.below(3) == 0 {
        out.extend_from_within(..);
    }
    out
}

#[test]
fn what_a_pattern_finds_in_the_whole_text_is_found() {
    let texts: Vec<(usize, String)> = rule::built_in()
        .iter()
        .enumerate()
        .flat_map(|(index, rule)| rule.hit.iter().map(move |hit| (index, hit)))
        .filter_map(|(index, hit)| Some((index, expand(hit, &mut Seed::of(hit)).ok()?)))
        .filter(|(_, text)| text.len() < 2000)
        .collect();
    let mut seed = Seed::new(7);
    let (mut n_found, mut lost) = (0, Vec::new());
    for (index, text) in &texts {
        let rule = rule::built_in().iter().nth(*index).unwrap();
        for _ in 0..2 {
            let other = &texts[seed.below(texts.len())].1;
            let bytes = changed(text, other, &mut seed);
            let plain = plainly(rule, &bytes);
            n_found += plain.len();
            let fast: BTreeSet<(usize, usize)> = detect(None, b"f", &bytes, None, usize::MAX)
                .0
                .iter()
                .filter(|raw| raw.rule.id == rule.id)
                .map(|raw| (raw.value.start, raw.value.end))
                .collect();
            if !plain.is_subset(&fast) {
                lost.push(format!(
                    "{}: {plain:?} {fast:?} {}",
                    rule.id,
                    bytes.escape_ascii()
                ));
            }
        }
    }
    assert!(n_found > texts.len(), "{n_found}");
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}
