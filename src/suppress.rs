//! Allow entries, inline allows and baselines: they label findings, drop none. Places of one secret that are allowed
//! become a finding of their own, so that an open place never hides behind an allowed one.

pub mod baseline;

use std::collections::HashMap;

use jiff::ToSpan;
use regex_automata::meta::Regex;

use self::baseline::Baseline;
use crate::finding::named;
use crate::outcome::{Finding, Place, Reason, Status};

/// One `[[allow]]` entry. All parts that are given must hold; of a list, one.
#[derive(Debug, Clone, Default)]
pub struct Allow {
    pub id: Option<String>,
    pub rule: Vec<String>,
    pub path: Vec<PathPattern>,
    pub value: Vec<Regex>,
    /// What `value` is tried on.
    pub target: Target,
    /// Words, lower case, one of which the value holds.
    pub words: Vec<String>,
    /// Starts of commits' ids.
    pub commit: Vec<String>,
    /// Empty only where policy asks for none.
    pub reason: String,
    pub owner: Option<String>,
    /// Days since 1970 after which the entry no longer holds.
    pub expires: Option<Expiry>,
    /// `file:line`, for messages.
    pub source: String,
}

/// What the pattern of an entry is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    #[default]
    Value,
    /// The whole match of the rule.
    Match,
    /// The line on which the value begins.
    Line,
}
named!(Target { Value = "value", Match = "match", Line = "line" });

/// Days before its end from which an entry is told to be expiring.
const SOON: i32 = 14;

/// The last day of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry(pub jiff::civil::Date);

/// A path: a glob, or a regular expression where it begins with `^`; a folder's name covers what is below it.
#[derive(Debug, Clone)]
pub enum PathPattern {
    Glob(Regex),
    Regex(Regex),
}

impl PathPattern {
    /// Parses the text; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let build = |pattern: &str| crate::rule::build(pattern).map_err(|e| e.to_string());
        if text.starts_with('^') {
            return build(text).map(Self::Regex);
        }
        build(&glob_to_regex(text)).map(Self::Glob)
    }

    /// Whether a path is one of these.
    #[must_use]
    pub fn matches(&self, path: &[u8]) -> bool {
        match self {
            Self::Glob(regex) | Self::Regex(regex) => regex.is_match(path),
        }
    }
}

/// `*` within a name, `**` across names, `?` one character; without a `/` the pattern holds in every folder.
fn glob_to_regex(glob: &str) -> String {
    let anchored = glob.trim_end_matches('/').contains('/');
    let glob = glob.strip_prefix('/').unwrap_or(glob);
    let mut out = String::from(if anchored { "^" } else { "(?:^|/)" });
    let mut rest = glob.trim_end_matches('/').chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.peek() == Some(&'*') => {
                rest.next();
                if rest.peek() == Some(&'/') {
                    rest.next();
                    out.push_str("(?:.*/)?");
                } else {
                    out.push_str(".*");
                }
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            c => out.push_str(&regex_syntax::escape(&c.to_string())),
        }
    }
    out.push_str("(?:/.*|!/.*)?$");
    out
}

/// What may suppress a finding in this run.
#[derive(Debug, Default)]
pub struct Suppressions {
    pub allow: Vec<Allow>,
    pub inline: bool,
    /// Whether other scanners' comments count as well.
    pub foreign: bool,
    pub baseline: Baseline,
}

impl Suppressions {
    /// Labels every finding; may split one whose places differ.
    #[must_use]
    pub fn apply(&self, findings: Vec<Finding>, today: jiff::civil::Date) -> Vec<Finding> {
        let mut out = Vec::with_capacity(findings.len());
        for finding in findings {
            let mut open = Vec::new();
            let mut suppressed: Vec<(Reason, Vec<Place>)> = Vec::new();
            // Each place may have a reason of its own.
            let mut at: HashMap<Reason, usize> = HashMap::new();
            for place in &finding.places {
                match self.reason(&finding, place, today) {
                    None => open.push(place.clone()),
                    Some(reason) => {
                        let at = *at.entry(reason.clone()).or_insert(suppressed.len());
                        match suppressed.get_mut(at) {
                            Some((_, places)) => places.push(place.clone()),
                            None => suppressed.push((reason, vec![place.clone()])),
                        }
                    }
                }
            }
            if !open.is_empty() {
                out.push(Finding {
                    places: open,
                    ..finding.clone()
                });
            }
            for (reason, places) in suppressed {
                out.push(Finding {
                    places,
                    status: Status::Suppressed(reason),
                    ..finding.clone()
                });
            }
        }
        out
    }

    fn reason(&self, finding: &Finding, place: &Place, today: jiff::civil::Date) -> Option<Reason> {
        let allowed = self
            .allow
            .iter()
            .find(|allow| allow.holds(finding, place, today));
        if let Some(allow) = allowed {
            return Some(Reason::Allow(allow.reason.clone()));
        }
        if let (true, Some(inline)) = (self.inline, &place.inline_allow)
            && (self.foreign || !inline.foreign)
        {
            return Some(Reason::Inline(inline.reason.to_string()));
        }
        self.baseline.knows(&finding.id).then_some(Reason::Baseline)
    }
}

impl Allow {
    /// Whether the entry's last day is over.
    #[must_use]
    pub fn expired(&self, today: jiff::civil::Date) -> bool {
        self.expires.is_some_and(|Expiry(last)| last < today)
    }

    /// Its last day, where that is near.
    #[must_use]
    pub fn ends_soon(&self, today: jiff::civil::Date) -> Option<jiff::civil::Date> {
        let Expiry(last) = self.expires?;
        let soon = today.checked_add(SOON.days()).unwrap_or(today);
        (last >= today && last <= soon).then_some(last)
    }

    /// The entries that hold, and let none of these findings stay.
    pub fn unused<'a>(
        entries: &'a [Self],
        findings: &[Finding],
        today: jiff::civil::Date,
    ) -> Vec<&'a Self> {
        let is_used = |entry: &Self| {
            let holds = |f: &Finding| f.places.iter().any(|place| entry.holds(f, place, today));
            findings.iter().any(holds)
        };
        let mut unused: Vec<&Self> = entries.iter().collect();
        unused.retain(|entry| !entry.expired(today) && !is_used(entry));
        unused
    }

    /// Whether the entry lets this place of a finding stay.
    #[must_use]
    pub fn holds(&self, finding: &Finding, place: &Place, today: jiff::civil::Date) -> bool {
        !self.expired(today)
            && self.id.as_ref().is_none_or(|id| is_id_of(id, &finding.id))
            && one_of(&self.rule, |rule| {
                *rule == finding.rule.id || finding.rule.aliases.iter().any(|a| a == rule)
            })
            && one_of(&self.path, |path| path.matches(&place.path))
            && one_of(&self.commit, |start| {
                let commit = place.origin.commit();
                commit.is_some_and(|commit| commit.id.starts_with(start.as_str()))
            })
            && (self.words.is_empty() || {
                let folded = finding.secret.expose().to_ascii_lowercase();
                let mut words = self.words.iter();
                words.any(|word| memchr::memmem::find(&folded, word.as_bytes()).is_some())
            })
            && one_of(&self.value, |value| {
                let around = place.around.as_ref();
                let text = match self.target {
                    Target::Value => Some(finding.secret.expose()),
                    Target::Match => around.map(|around| around.whole.expose()),
                    Target::Line => around.map(|around| around.line.expose()),
                };
                text.is_some_and(|text| value.is_match(text))
            })
    }

    /// Whether the entry looks at more than path and value, so that the scanner must keep it.
    #[must_use]
    pub fn looks_around(&self) -> bool {
        !self.value.is_empty() && self.target != Target::Value
    }
}

/// Whether an entry's id is a finding's, or its first 8 digits or more.
fn is_id_of(id: &str, whole: &str) -> bool {
    const LEAST: usize = 8;
    let start = whole.get(..id.len());
    id == whole || id.len() >= LEAST && start.is_some_and(|start| start.eq_ignore_ascii_case(id))
}

/// Whether nothing is asked or one of it holds.
fn one_of<T>(asked: &[T], holds: impl Fn(&T) -> bool) -> bool {
    asked.is_empty() || asked.iter().any(holds)
}

#[cfg(test)]
mod tests;
