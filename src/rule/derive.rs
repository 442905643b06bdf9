//! What a pattern's structure proves about every match of it: how long it can be, and which literal it must hold and
//! how far from the match's start. The scanner looks only at a window of that reach around a literal, so nothing here
//! may guess. Shared by the build script and the config reader.

use regex_syntax::hir::Hir;

pub use literals::Literal;

mod context;
mod literals;

/// Longest match that a built-in pattern may have, in bytes.
pub const MAX_LEN: usize = 20_000;

/// Facts about a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Every match holds one of these, none shorter than 2 bytes. Empty: nothing could be derived.
    pub literals: Vec<Literal>,
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
    let (literals, before) = literals::best_literals(hir)
        .map_or_else(Default::default, |best| (best.literals, best.before));
    Facts {
        literals,
        before,
        max_len: hir.properties().maximum_len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, literals: &[&str], before: (usize, usize), max_len: Option<usize>) {
        let got = facts(&parse(pattern).unwrap());
        let texts: Vec<_> = got
            .literals
            .iter()
            .map(|l| String::from_utf8_lossy(&l.text))
            .collect();
        assert_eq!(texts, literals);
        assert_eq!((got.before, got.max_len), (before, max_len));
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
        check(r"\b([0-9]{8,10}:AA[a-z]{4})", &[":AA"], (8, 10), Some(17));
    }

    #[test]
    fn either_case_is_one_literal() {
        check(
            r"[^a-z](?i:abcdefghijk)[0-9]",
            &["abcdefghijk"],
            (1, 1),
            Some(13),
        );
    }

    #[test]
    fn classes_are_spelled_out_only_where_nothing_better_is() {
        let spelled = facts(&parse(r"[AE][0-9]x[0-9a-z]{20}").unwrap());
        assert_eq!(spelled.literals.len(), 20);
        check(r"keyword[0-9]{2}", &["keyword"], (0, 0), Some(9));
    }

    #[test]
    fn each_branch_gives_a_literal() {
        check(
            r"(?:[^a-z]abcd|[a-z]{2}Efgh)x{3}",
            &["Efgh", "abcd"],
            (1, 2),
            Some(9),
        );
    }

    #[test]
    fn alternatives_are_all_kept() {
        check(r"(?:gx|hy)p_[a-z]{3,}", &["gxp_", "hyp_"], (0, 0), None);
    }
}
