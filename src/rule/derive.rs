//! What a pattern's structure proves about every match of it: how long it can be, and which literal it must hold and
//! how far from the match's start. The scanner looks only at a window of that reach around a literal, so nothing here
//! may guess. Shared by the build script and the config reader.

use regex_syntax::hir::{Hir, HirKind, literal::ExtractKind, literal::Extractor};

/// Longest match that a built-in pattern may have, in bytes.
pub const MAX_LEN: usize = 20_000;

/// Facts about a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Every match holds one of these (lower case; compared without regard to ASCII case), none shorter than 2 bytes.
    /// Empty: nothing could be derived.
    pub literals: Vec<Vec<u8>>,
    /// Least and greatest distance from the match's start to the literal's start.
    pub before: (usize, usize),
    /// Longest possible match, `None` without a bound.
    pub max_len: Option<usize>,
}

/// Parses a pattern as the scanner does: bytes, ASCII classes.
pub fn parse(pattern: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .map_err(|e| one_line(&e.to_string()))
}

/// The last line of a `regex-syntax` error says what is wrong; the ones above quote the pattern.
fn one_line(error: &str) -> String {
    error
        .lines()
        .last()
        .unwrap_or_default()
        .trim()
        .trim_start_matches("error: ")
        .to_owned()
}

/// Derives the facts of a parsed pattern.
pub fn facts(hir: &Hir) -> Facts {
    let (literals, before) = best_literals(hir).unwrap_or_default();
    Facts {
        literals,
        before,
        max_len: hir.properties().maximum_len(),
    }
}

/// Concatenation of a pattern with its groups taken off.
fn flatten<'h>(hir: &'h Hir, out: &mut Vec<&'h Hir>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|part| flatten(part, out)),
        HirKind::Capture(capture) => flatten(&capture.sub, out),
        HirKind::Empty
        | HirKind::Literal(_)
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Alternation(_) => out.push(hir),
    }
}

type Literals = (Vec<Vec<u8>>, (usize, usize));

fn best_literals(hir: &Hir) -> Option<Literals> {
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    let mut best: Option<(usize, Literals)> = None;
    let mut before = (0usize, Some(0usize));
    for start in 0..parts.len() {
        if let Some(reach) = before.1 {
            let rest = Hir::concat(parts.iter().skip(start).map(|h| (*h).clone()).collect());
            if let Some(literals) = prefixes(&rest) {
                let score = score(&literals);
                if best.as_ref().is_none_or(|(s, _)| score > *s) {
                    best = Some((score, (literals, (before.0, reach))));
                }
            }
        }
        let Some(part) = parts.get(start) else { break };
        let p = part.properties();
        before.0 += p.minimum_len().unwrap_or(0);
        before.1 = match (before.1, p.maximum_len()) {
            (Some(a), Some(b)) => Some(a + b),
            (None | Some(_), None) | (None, Some(_)) => None,
        };
    }
    best.map(|(_, literals)| literals)
}

/// The set of strings one of which begins every match of `hir`, lower-cased; none shorter than 2 bytes.
fn prefixes(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_class(4)
        .limit_repeat(4)
        .limit_literal_len(16)
        .limit_total(512);
    let seq = extractor.extract(hir);
    let mut set: Vec<Vec<u8>> = seq
        .literals()?
        .iter()
        .map(|l| l.as_bytes().to_ascii_lowercase())
        .collect();
    set.sort();
    set.dedup();
    // A literal that begins with another one of the set adds nothing.
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for literal in set {
        if !kept.last().is_some_and(|k| literal.starts_with(k)) {
            kept.push(literal);
        }
    }
    (!kept.is_empty() && kept.len() <= 64 && kept.iter().all(|l| l.len() >= 2)).then_some(kept)
}

/// Rare literals first: long ones, few of them, with bytes that ordinary words lack.
fn score(literals: &[Vec<u8>]) -> usize {
    let weight = |l: &[u8]| -> usize {
        let odd = l.iter().filter(|b| !b.is_ascii_alphabetic()).count();
        l.len().min(8) * 10 + odd.min(3) * 6
    };
    let least = literals.iter().map(|l| weight(l)).min().unwrap_or(0);
    least.saturating_sub(literals.len().ilog2() as usize * 4)
}

/// The whole pattern of a rule that gives `names` and a `value`: a name at the start of a word (or of a hump in
/// camelCase), the rest of the identifier, a separator, at most some quotes, the value, the value's end.
/// A blank in a name stands for an optional `_`, `-`, `.` or blank.
pub fn compose_named(names: &[String], value: &str) -> String {
    let forms = |camel: bool| -> String {
        names
            .iter()
            .map(|name| {
                let mut out = String::new();
                for (i, word) in name.split(' ').enumerate() {
                    if i > 0 {
                        out.push_str("[-_. ]?");
                    }
                    let mut chars = word.chars();
                    if camel && i == 0 {
                        if let Some(first) = chars.next() {
                            out.push_str("(?-i:");
                            out.push_str(&regex_syntax::escape(&first.to_uppercase().to_string()));
                            out.push(')');
                        }
                    }
                    out.push_str(&regex_syntax::escape(chars.as_str()));
                }
                out
            })
            .collect::<Vec<_>>()
            .join("|")
    };
    let plain = forms(false);
    let camel = forms(true);
    format!(
        "(?:(?:^|[^A-Za-z])(?i:{plain})|[a-z](?i:{camel}))[A-Za-z0-9_.\\-]{{0,40}}(?:[\"'`\\])]{{0,3}}\
         [ \\t]{{0,20}}(?::=|=>|->|==?|:|,|\\()[ \\t]{{0,20}}|[\"'`]?[ \\t]{{1,4}}|</?[a-z]{{0,20}}>)\
         (?:[\"'`(\\[>]|\\\\[\"'n]|(?i:bearer|token|basic|apikey)[ \\t]){{0,3}}(?<secret>{value})(?:[^A-Za-z0-9_+/=\\-]|$)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, literals: &[&str], before: (usize, usize), max_len: Option<usize>) {
        let got = facts(&parse(pattern).unwrap());
        let want: Vec<Vec<u8>> = literals.iter().map(|l| l.as_bytes().to_vec()).collect();
        assert_eq!(
            got,
            Facts {
                literals: want,
                before,
                max_len
            }
        );
    }

    #[test]
    fn prefix_is_the_literal() {
        check(
            r"\b(?<secret>abc_[0-9a-z]{4})\b",
            &["abc_"],
            (0, 0),
            Some(8),
        );
    }

    #[test]
    fn inner_literal_has_a_distance() {
        check(r"\b([0-9]{8,10}:AA[a-z]{4})", &[":aa"], (8, 10), Some(17));
    }

    #[test]
    fn alternatives_are_all_kept() {
        check(r"(?:gx|hy)p_[a-z]{3,}", &["gxp_", "hyp_"], (0, 0), None);
    }
}
