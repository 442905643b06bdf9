//! A run of token characters that every match of a pattern must hold: proved from the pattern's structure, looked for
//! around a literal before the pattern is tried. Most hits of a provider's name in source code end here.

use std::ops::Range;

use regex_syntax::hir::{Class, Hir, HirKind};

/// Shorter runs stand everywhere and tell nothing.
const LEAST: usize = 8;

/// At least `least` bytes in a row, all of them letters, digits, `_` or `-`; `wide` admits `+ / = . ~ :` as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub wide: bool,
    pub least: u16,
    /// It is all of the value of a rule with names: a value begins where the run does or within it.
    pub is_value: bool,
}

/// Whether a byte belongs to a run.
const fn belongs(byte: u8, wide: bool) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'-')
        || (wide && matches!(byte, b'+' | b'/' | b'=' | b'.' | b'~' | b':'))
}

/// What each byte belongs to: bit 0 the narrow kind of run, bit 1 the wide one.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = belongs(byte as u8, false) as u8 | (belongs(byte as u8, true) as u8) << 1;
        byte += 1;
    }
    kinds
};

/// The longest run that every match must hold; the narrow kind where it is nearly as long.
#[must_use]
pub fn derive(hir: &Hir) -> Option<Run> {
    let [narrow, wide] = [false, true].map(|wide| {
        let mut longest = Longest {
            wide,
            now: 0,
            best: 0,
        };
        longest.walk(hir);
        longest.best.max(longest.now)
    });
    let (wide, least) = if narrow >= LEAST && narrow + narrow / 2 >= wide {
        (false, narrow)
    } else {
        (true, wide)
    };
    (least >= LEAST).then(|| Run {
        wide,
        least: u16::try_from(least).unwrap_or(u16::MAX),
        is_value: false,
    })
}

/// The run that a value is, if it is nothing else.
#[must_use]
pub fn of_value(value: &Hir) -> Option<Run> {
    let least = value.properties().minimum_len().unwrap_or(0);
    let wide = !only_token(value, false);
    (least >= LEAST && only_token(value, wide)).then(|| Run {
        wide,
        least: u16::try_from(least).unwrap_or(u16::MAX),
        is_value: true,
    })
}

struct Longest {
    wide: bool,
    /// Length of the run that must stand right before this point of the pattern.
    now: usize,
    best: usize,
}

impl Longest {
    fn walk(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            HirKind::Capture(capture) => self.walk(&capture.sub),
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                for &byte in &literal.0 {
                    if belongs(byte, self.wide) {
                        self.now += 1;
                    } else {
                        self.cut();
                    }
                }
            }
            HirKind::Class(_) | HirKind::Repetition(_) | HirKind::Alternation(_) => {
                // Whatever is made of token characters only lengthens the run by its least length.
                if only_token(hir, self.wide) {
                    self.now += hir.properties().minimum_len().unwrap_or(0);
                } else {
                    self.cut();
                }
            }
        }
    }

    fn cut(&mut self) {
        self.best = self.best.max(self.now);
        self.now = 0;
    }
}

/// Whether every match of a pattern is made of token characters only.
pub fn only_token(hir: &Hir, wide: bool) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.iter().all(|&b| belongs(b, wide)),
        HirKind::Class(Class::Bytes(class)) => class
            .ranges()
            .iter()
            .all(|r| (r.start()..=r.end()).all(|b| belongs(b, wide))),
        HirKind::Class(Class::Unicode(_)) => false,
        HirKind::Repetition(repetition) => only_token(&repetition.sub, wide),
        HirKind::Capture(capture) => only_token(&capture.sub, wide),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().all(|part| only_token(part, wide))
        }
    }
}

impl Run {
    /// Whether such a run lies in the window.
    #[must_use]
    pub fn lies_in(self, bytes: &[u8], window: Range<usize>) -> bool {
        self.any(bytes, window, |_| true)
    }

    /// Whether something holds of one of the window's runs, each as far as it goes in the window. Looks at every `least`-th
    /// byte only, and around those that belong.
    pub fn any(
        self,
        bytes: &[u8],
        window: Range<usize>,
        mut holds: impl FnMut(Range<usize>) -> bool,
    ) -> bool {
        let from = window.start.min(bytes.len());
        let window = bytes
            .get(from..window.end.min(bytes.len()))
            .unwrap_or_default();
        let least = usize::from(self.least);
        let kind = 1 << u8::from(self.wide);
        let belongs = |byte: u8| {
            KINDS
                .get(usize::from(byte))
                .is_some_and(|kinds| kinds & kind != 0)
        };
        let mut probe = least - 1;
        while let Some(&byte) = window.get(probe) {
            if !belongs(byte) {
                probe += least;
                continue;
            }
            // Back to the run's start, then on to its end.
            let before = window
                .get(..probe)
                .unwrap_or_default()
                .iter()
                .rev()
                .take_while(|&&b| belongs(b))
                .count();
            let start = probe - before;
            let after = window
                .get(probe..)
                .unwrap_or_default()
                .iter()
                .take_while(|&&b| belongs(b))
                .count();
            let end = probe + after;
            if end - start >= least && holds(from + start..from + end) {
                return true;
            }
            probe += after + least;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rule::derive::parse;

    #[track_caller]
    fn check(pattern: &str, want: Option<(bool, u16)>) {
        assert_eq!(
            derive(&parse(pattern).unwrap()).map(|run| (run.wide, run.least)),
            want
        );
    }

    #[test]
    fn runs_are_what_a_match_must_hold() {
        check(r"\b(?<secret>ab_[0-9a-f]{32})\b", Some((false, 35)));
        check(r"(?<secret>[0-9A-Za-z+/]{40})", Some((true, 40)));
        check(r"x?(?<secret>[0-9a-f]{12}) [0-9]{20}", Some((false, 20)));
        check(r"(?<secret>abc[^x]{40})", None);
        check(r"(?<secret>(?:ab|c.d)[0-9]{30})", Some((false, 30)));
    }

    proptest! {
        #[test]
        fn finds_exactly_the_runs_that_are_there(text in "[ab. ]{0,80}", least in 8u16..20, wide: bool) {
            let run = Run { wide, least, is_value: false };
            let parts = text.as_bytes().split(|&b| !belongs(b, wide));
            let plain: Vec<&[u8]> = parts.filter(|part| part.len() >= usize::from(least)).collect();
            prop_assert_eq!(run.lies_in(text.as_bytes(), 0..text.len()), !plain.is_empty());
            let mut runs = Vec::new();
            run.any(text.as_bytes(), 0..text.len(), |range| {
                runs.push(&text.as_bytes()[range]);
                false
            });
            prop_assert_eq!(runs, plain);
        }
    }
}
