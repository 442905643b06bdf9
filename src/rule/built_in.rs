//! The built-in rules, as `build.rs` packed them from `rules.toml`: a record each, unpacked when a rule is first asked for.
//! As statics they would be a megabyte that the loader has to relocate at each start, for the few rules that a run meets.

use std::sync::OnceLock;

use super::program::Program;
use super::run::Run;
use super::{Detect, List, Matcher, Near, Pattern, Rule, Text};
use crate::check;
use crate::finding::{Confidence, Severity};

/// Code, instructions, sets and lead of all programs; as bytes, since a table of instructions takes the compiler gigabytes.
static CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/programs.bin"));
static OPS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ops.bin"));
static SETS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sets.bin"));
static LEAD: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lead.bin"));
/// Every text of a rule, once; records tell places in it.
static TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/texts.txt"));
static RECORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

// `N`, and `ENDS`: where the record of each rule ends. `MARKS` and `PROVIDERS` as `marks` makes them.
include!(concat!(env!("OUT_DIR"), "/rules.rs"));

static RULES: [OnceLock<Box<Rule>>; N] = [const { OnceLock::new() }; N];

/// All built-in rules, sorted by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn(());

/// The built-in rules.
#[must_use]
pub fn built_in() -> BuiltIn {
    BuiltIn(())
}

impl BuiltIn {
    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        N
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        N == 0
    }

    /// The rule of this number.
    #[must_use]
    pub fn get(self, i: usize) -> Option<&'static Rule> {
        let rule = RULES.get(i)?;
        Some(rule.get_or_init(|| {
            Box::new(unpack(i).expect("a test unpacks every rule that build.rs packed"))
        }))
    }

    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'static Rule> + Clone {
        (0..N).filter_map(move |i| self.get(i))
    }
}

impl IntoIterator for BuiltIn {
    type Item = &'static Rule;
    type IntoIter =
        std::iter::FilterMap<std::ops::Range<usize>, fn(usize) -> Option<&'static Rule>>;

    fn into_iter(self) -> Self::IntoIter {
        (0..N).filter_map(|i| built_in().get(i))
    }
}

fn unpack(i: usize) -> Option<Rule> {
    let start = match i.checked_sub(1) {
        Some(before) => *ENDS.get(before)? as usize,
        None => 0,
    };
    let mut record = Record(RECORDS.get(start..*ENDS.get(i)? as usize)?);
    let rule = record.rule()?;
    // Nothing may be left over: the record is read as it was written.
    record.0.is_empty().then_some(rule)
}

/// What is still to be read of a record. Numbers are of 7 bits a byte, the lowest first.
struct Record(&'static [u8]);

impl Record {
    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.number()? == 1)
    }

    fn str(&mut self) -> Option<&'static str> {
        let at = self.number()? as usize;
        let len = self.number()? as usize;
        TEXTS.get(at..at + len)
    }

    fn text(&mut self) -> Option<Text> {
        self.str().map(Text::Borrowed)
    }

    fn list<T: Clone>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<List<T>> {
        let len = self.number()?;
        let items: Option<Vec<T>> = (0..len).map(|_| one(self)).collect();
        items.map(List::Owned)
    }

    /// Something that may be absent.
    fn option<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? {
            one(self).map(Some)
        } else {
            Some(None)
        }
    }

    fn texts(&mut self) -> Option<List<Text>> {
        self.list(Self::text)
    }

    fn checks(&mut self) -> Option<List<&'static check::Check>> {
        self.list(|record| check::find(record.str()?))
    }

    fn pattern(&mut self) -> Option<Pattern> {
        self.text().map(Pattern::new)
    }

    /// In the order in which `emit` of `build.rs` writes.
    fn rule(&mut self) -> Option<Rule> {
        Some(Rule {
            id: self.text()?,
            name: self.text()?,
            provider: self.text()?,
            kind: self.text()?,
            severity: Severity::parse(self.str()?)?,
            confidence: Confidence::parse(self.str()?)?,
            detect: self.detect()?,
            keywords: self.texts()?,
            path: self.option(Self::pattern)?,
            checks: self.checks()?,
            required: self.checks()?,
            entropy: self.option(|record| record.number().map(f32::from_bits))?,
            near: self.option(|record| {
                Some(Near {
                    pattern: record.pattern()?,
                    within: record.number()?,
                })
            })?,
            environment: self.text()?,
            about: self.text()?,
            revoke: self.text()?,
            rotate: self.text()?,
            standards: self.texts()?,
            aliases: self.texts()?,
            hit: self.texts()?,
            miss: self.texts()?,
        })
    }

    fn detect(&mut self) -> Option<Detect> {
        Some(match self.number()? {
            0 => Detect::Code,
            1 => {
                let pattern = self.pattern()?;
                Detect::Pattern(self.matcher(pattern)?)
            }
            _ => {
                let label = self.flag()?;
                let pattern = Pattern::named(self.texts()?, self.text()?);
                let matcher = self.matcher(pattern)?;
                Detect::Named { matcher, label }
            }
        })
    }

    fn matcher(&mut self, pattern: Pattern) -> Option<Matcher> {
        Some(Matcher {
            pattern,
            program: self.option(Self::program)?,
            literals: self.texts()?,
            before: self.number()?,
            max_len: Some(self.number()?),
            run: self.option(|record| {
                let kind = record.number()?;
                Some(Run {
                    wide: kind & 1 != 0,
                    is_value: kind & 2 != 0,
                    least: u16::try_from(record.number()?).ok()?,
                })
            })?,
        })
    }

    /// A program by its place in the code; what follows the lead is 0 where it has none.
    fn program(&mut self) -> Option<Program> {
        let at = self.number()? as usize;
        let len = self.number()? as usize;
        let after_lead = u16::try_from(self.number()?).ok()?;
        let lead = if after_lead == 0 { &[] } else { LEAD };
        Some(Program {
            code: List::Borrowed(CODE.get(at..at + len)?),
            ops: List::Borrowed(OPS),
            sets: List::Borrowed(SETS),
            lead: List::Borrowed(lead),
            after_lead,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::parse::{RuleText, read_rule};
    use crate::rule::{derive, named};
    use crate::table::{self, At};

    #[test]
    fn every_rule_is_unpacked_as_it_was_written() {
        let known: Vec<&str> = check::CHECKS.iter().map(|check| check.name).collect();
        let text = include_str!("../../rules.toml");
        let written: Vec<RuleText> = table::read_text("rules.toml", text, |root| {
            let rules = root.tables("rule");
            let rules = rules.iter().map(|r| read_rule(r, &known, true)).collect();
            root.finish();
            rules
        })
        .unwrap();
        assert_eq!(written.len(), built_in().len());
        for (i, text) in written.iter().enumerate() {
            let rule = unpack(i).unwrap();
            let words = [
                (&rule.id, &text.id.value),
                (&rule.name, &text.name),
                (&rule.provider, &text.provider),
                (&rule.kind, &text.kind),
                (&rule.environment, &text.environment),
                (&rule.about, &text.about),
                (&rule.revoke, &text.revoke),
                (&rule.rotate, &text.rotate),
            ];
            for (unpacked, written) in words {
                assert_eq!(unpacked, written, "{}", rule.id);
            }
            let own = |items: &[At<String>]| -> Vec<String> {
                items.iter().map(|item| item.value.clone()).collect()
            };
            let names = |checks: &[&check::Check]| -> Vec<String> {
                checks.iter().map(|check| check.name.to_owned()).collect()
            };
            let lists = [
                (rule.keywords.to_vec(), own(&text.keywords)),
                (rule.standards.to_vec(), text.standards.clone()),
                (rule.aliases.to_vec(), text.aliases.clone()),
                (rule.hit.to_vec(), own(&text.hit)),
                (rule.miss.to_vec(), own(&text.miss)),
            ];
            for (unpacked, written) in lists {
                assert_eq!(unpacked, written, "{}", rule.id);
            }
            assert_eq!(names(&rule.checks), own(&text.checks), "{}", rule.id);
            assert_eq!(names(&rule.required), own(&text.required), "{}", rule.id);
            assert_eq!(rule.severity.as_str(), text.severity, "{}", rule.id);
            assert_eq!(rule.confidence.as_str(), text.confidence, "{}", rule.id);
            let entropy = text.entropy.as_ref().map(|e| e.value as f32);
            assert_eq!(rule.entropy, entropy, "{}", rule.id);
            let near = rule.near.as_ref().map(|near| near.pattern.text());
            let written = text.near.as_ref().map(|near| near.value.as_str());
            assert_eq!(near.as_deref(), written, "{}", rule.id);
            let path = rule.path.as_ref().map(Pattern::text);
            let written = text.path.as_ref().map(|path| path.value.as_str());
            assert_eq!(path.as_deref(), written, "{}", rule.id);
            let (Detect::Pattern(matcher) | Detect::Named { matcher, .. }) = &rule.detect else {
                assert!(text.pattern.is_none() && text.value.is_none());
                continue;
            };
            let whole = match (&text.pattern, &text.value) {
                (Some(pattern), _) => pattern.value.clone(),
                (None, Some(value)) => named::compose(&own(&text.names), &value.value),
                (None, None) => String::new(),
            };
            assert_eq!(matcher.pattern.text(), whole, "{}", rule.id);
            let facts = derive::facts(&derive::parse(&whole).unwrap());
            assert_eq!(matcher.before as usize, facts.before.1, "{}", rule.id);
            let longest = matcher.max_len.map(|len| len as usize);
            assert_eq!(longest, facts.max_len, "{}", rule.id);
            assert!(!matcher.literals.is_empty(), "{}", rule.id);
        }
    }
}
