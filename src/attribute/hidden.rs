//! Values that stand in names which are told beside findings: paths, refs, authors. All are looked for at once, for there
//! may be as many names as values.

use crate::finding::{Secret, mask};
use crate::outcome::Finding;
use crate::rule::RuleRef;

/// Values that are not to be seen in a name.
#[derive(Debug)]
pub struct Hidden<'v> {
    /// Sorted, each once, none empty.
    values: Vec<(&'v [u8], &'v RuleRef)>,
    /// By value: the longest other one with which it begins.
    shorter: Vec<Option<usize>>,
    /// Whether a value begins with the byte.
    firsts: [bool; 256],
}

/// From here on letters alone are no word that names share by chance.
const LONGEST_WORD: usize = 12;

/// Whether a value is a word such as folders bear: a password `mysql` in `docker/mysql/` is not given away by the path, and
/// without the path nobody finds it.
fn is_word(value: &[u8]) -> bool {
    value.len() <= LONGEST_WORD && value.iter().all(u8::is_ascii_lowercase)
}

/// A name with a mask for one value.
pub(super) fn without(text: &[u8], secret: &Secret, rule: &RuleRef) -> Vec<u8> {
    let value = secret.expose();
    if value.is_empty() || value.len() > text.len() || is_word(value) {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, value) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(mask(value, rule.prefix(), '*').as_bytes());
        rest = rest.get(at + value.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

impl<'v> Hidden<'v> {
    #[must_use]
    pub fn new(values: impl Iterator<Item = (&'v Secret, &'v RuleRef)>) -> Self {
        let mut values: Vec<_> = values
            .map(|(secret, rule)| (secret.expose(), rule))
            .filter(|(value, _)| !value.is_empty() && !is_word(value))
            .collect();
        values.sort_by_key(|(value, _)| *value);
        values.dedup_by_key(|(value, _)| *value);
        let mut firsts = [false; 256];
        let mut shorter = Vec::with_capacity(values.len());
        // Values that the one at hand may begin with, each the beginning of the next.
        let mut open: Vec<usize> = Vec::new();
        for (at, (value, _)) in values.iter().enumerate() {
            let begins = |other: &usize| values.get(*other).is_some_and(|o| value.starts_with(o.0));
            while open.last().is_some_and(|other| !begins(other)) {
                open.pop();
            }
            shorter.push(open.last().copied());
            open.push(at);
            let first = value.first().and_then(|b| firsts.get_mut(usize::from(*b)));
            if let Some(first) = first {
                *first = true;
            }
        }
        Self {
            values,
            shorter,
            firsts,
        }
    }

    /// The values of findings.
    #[must_use]
    pub fn of(findings: &'v [Finding]) -> Self {
        Self::new(findings.iter().map(|f| (&f.secret, &f.rule)))
    }

    /// The name with a mask for each value in it, one for those that overlap.
    #[must_use]
    pub fn mask(&self, name: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(name.len());
        let mut done = 0;
        for (at, first) in name.iter().enumerate() {
            if self.firsts.get(usize::from(*first)) != Some(&true) {
                continue;
            }
            let Some((value, rule)) = self.longest(name.get(at..).unwrap_or_default()) else {
                continue;
            };
            if at >= done {
                out.extend_from_slice(name.get(done..at).unwrap_or_default());
                out.extend_from_slice(mask(value, rule.prefix(), '*').as_bytes());
            }
            done = done.max(at + value.len());
        }
        out.extend_from_slice(name.get(done..).unwrap_or_default());
        out
    }

    /// The longest value with which a text begins. What sorts last of all that is no greater than the text begins with it, or
    /// is it.
    fn longest(&self, text: &[u8]) -> Option<(&'v [u8], &'v RuleRef)> {
        let after = self.values.partition_point(|(value, _)| *value <= text);
        let mut at = after.checked_sub(1)?;
        loop {
            let found = *self.values.get(at)?;
            if text.starts_with(found.0) {
                return Some(found);
            }
            at = *self.shorter.get(at)?.as_ref()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rule;

    fn rule() -> RuleRef {
        RuleRef::BuiltIn(rule::find("jwt").unwrap())
    }

    /// Every byte of a name that lies in a value, looked for one value after the other.
    fn covered(name: &[u8], values: &[Secret]) -> Vec<bool> {
        let mut covered = vec![false; name.len()];
        for value in values.iter().map(Secret::expose) {
            for at in 0..name.len() {
                if !value.is_empty() && name[at..].starts_with(value) {
                    covered[at..at + value.len()].fill(true);
                }
            }
        }
        covered
    }

    proptest! {
        #[test]
        fn nothing_of_a_value_is_left(name in "[12]{0,24}", values in prop::collection::vec("[12]{0,6}", 0..8)) {
            let values: Vec<Secret> = values.iter().map(|v| Secret::new(v.as_bytes())).collect();
            let rule = rule();
            let hidden = Hidden::new(values.iter().map(|value| (value, &rule)));
            let covered = covered(name.as_bytes(), &values);
            // Neighbours are masks of their own, what overlaps is one: only what lies outside is compared.
            let want: String = name.chars().zip(&covered).filter(|(_, c)| !**c).map(|(c, _)| c).collect();
            let got = String::from_utf8(hidden.mask(name.as_bytes())).unwrap();
            prop_assert_eq!(got.replace('*', ""), want);
            prop_assert_eq!(got.contains('*'), covered.contains(&true));
        }
    }

    #[test]
    fn words_that_folders_bear_are_left() {
        let values = ["mysql", "mysql8", "averylongpassword"].map(|v| Secret::new(v.as_bytes()));
        let rule = rule();
        let hidden = Hidden::new(values.iter().map(|value| (value, &rule)));
        let masked = |name: &str| String::from_utf8(hidden.mask(name.as_bytes())).unwrap();
        let alone = |name: &[u8], value: usize| without(name, &values[value], &rule);
        let path = "docker/mysql/x.yml";
        assert_eq!(masked(path), path);
        assert_eq!(alone(path.as_bytes(), 0), path.as_bytes());
        assert_ne!(alone(b"docker/mysql8/x.yml", 1), b"docker/mysql8/x.yml");
        assert!(!masked("docker/mysql8/x.yml").contains("mysql8"));
        assert!(!masked("docker/averylongpassword").contains("averylong"));
    }

    #[test]
    fn many_names_and_values_take_no_longer_than_their_bytes() {
        let values: Vec<Secret> = (0..100_000)
            .map(|i| Secret::new(format!("value-{i:06}").as_bytes()))
            .collect();
        let rule = rule();
        let start = std::time::Instant::now();
        let hidden = Hidden::new(values.iter().map(|value| (value, &rule)));
        for i in 0..100_000 {
            let name = format!("refs/heads/value-{:06}/x", i * 7 % 100_003);
            let masked = hidden.mask(name.as_bytes());
            assert_eq!(masked.contains(&b'*'), i * 7 % 100_003 < 100_000);
        }
        // Each in each took minutes.
        assert!(start.elapsed().as_secs() < 20);
    }
}
