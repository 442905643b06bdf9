//! Marks of providers: the public texts with which their tokens begin, `npm_`. A value with one that no rule found is none of
//! that provider's. They are gathered from the rules when the program is built.

use std::collections::BTreeMap;

/// Words that begin values of people's own making too: `test_`, `api-`.
const COMMON: &[&str] = &[
    "access", "api", "key", "live", "local", "private", "public", "sandbox", "sdk", "secret",
    "test",
];
/// Shortest mark that tells a provider, with its separator: `npm_`.
pub const SHORTEST: usize = 4;
/// A longer prefix is more than a mark.
const LONG: usize = 20;
/// Shortest name of a provider that is not likely to be a word for something else.
pub const SHORTEST_NAME: usize = 5;

/// What every value of a pattern with a group `secret` begins with; empty if there is no such thing.
#[must_use]
pub fn start_of_secret(pattern: &str) -> &str {
    let value = pattern.split_once("(?<secret>");
    value.map_or("", |(_, value)| plain_start(value))
}

/// The plain characters with which a pattern starts.
#[must_use]
pub fn plain_start(rest: &str) -> &str {
    let end = rest
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || b"_-".contains(&b)))
        .unwrap_or(rest.len());
    // The last character may belong to a repetition: `ab{3}`.
    let quantified = rest
        .as_bytes()
        .get(end)
        .is_some_and(|b| b"{*+?|".contains(b));
    rest.get(..end.saturating_sub(usize::from(quantified)))
        .unwrap_or_default()
}

/// The marks among the beginnings of rules' values: those that are no words, in small letters, sorted.
#[must_use]
pub fn marks<'r>(prefixes: impl Iterator<Item = &'r str>) -> Vec<String> {
    let mut marks: Vec<_> = prefixes
        .map(|prefix| mark_of(prefix).to_ascii_lowercase())
        .filter(|mark| is_mark(mark))
        .collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// The providers of rules none of whose tokens is known by its name alone. Of each rule: the provider, and whether its values
/// are known by themselves.
#[must_use]
pub fn providers<'r>(rules: impl Iterator<Item = (&'r str, bool)>) -> Vec<&'r str> {
    let mut by_provider: BTreeMap<&str, bool> = BTreeMap::new();
    for (provider, is_known_by_itself) in rules {
        *by_provider.entry(provider).or_insert(true) &= is_known_by_itself;
    }
    let marked = by_provider
        .into_iter()
        .filter(|(provider, marked)| *marked && provider.len() >= SHORTEST_NAME);
    marked.map(|(provider, _)| provider).collect()
}

/// What tells the provider in a long prefix, behind which the token's own fixed content follows: `pypi-AgEI…`.
#[must_use]
pub fn mark_of(prefix: &str) -> &str {
    match prefix.find(['_', '-']) {
        Some(at) if prefix.len() > LONG => prefix.get(..=at).unwrap_or(prefix),
        Some(_) | None => prefix,
    }
}

fn is_mark(prefix: &str) -> bool {
    let Some(words) = prefix.strip_suffix(['_', '-']) else {
        return false;
    };
    prefix.len() >= SHORTEST && !words.split(['_', '-']).all(|word| COMMON.contains(&word))
}
