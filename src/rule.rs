//! A rule: one detector as data. Built-in rules are records that `build.rs` packs from `rules.toml`, unpacked when they are
//! first asked for; a user's rules are the same type made at load. Nothing is compiled before a literal of the rule was seen.

mod built_in;
pub mod bytes;
pub mod compile;
pub mod derive;
pub mod gate;
pub mod marks;
pub mod named;
pub mod parse;
pub mod program;
pub mod rarity;
pub mod run;
pub mod user;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

pub use built_in::{BuiltIn, MARKS, PROVIDERS, built_in};

use self::program::{Machine, Outcome, Program};
use self::run::Run;
use crate::check::Check;
use crate::finding::{Confidence, Severity};

pub type Text = Cow<'static, str>;
pub type List<T> = Cow<'static, [T]>;

/// One detector. Fields as in `rules.toml`, see `rule/parse.rs` for their meaning.
#[derive(Debug)]
pub struct Rule {
    pub id: Text,
    pub name: Text,
    pub provider: Text,
    pub kind: Text,
    pub severity: Severity,
    pub confidence: Confidence,
    #[doc(hidden)]
    pub detect: Detect,
    #[doc(hidden)]
    pub keywords: List<Text>,
    #[doc(hidden)]
    pub path: Option<Pattern>,
    #[doc(hidden)]
    pub checks: List<&'static Check>,
    #[doc(hidden)]
    pub required: List<&'static Check>,
    #[doc(hidden)]
    pub entropy: Option<f32>,
    #[doc(hidden)]
    pub near: Option<Near>,
    /// `live`, `test` or empty.
    pub environment: Text,
    pub about: Text,
    pub revoke: Text,
    pub rotate: Text,
    pub standards: List<Text>,
    pub aliases: List<Text>,
    /// Templates (`template.rs`) of texts that hold a finding of this rule, and of texts that do not.
    #[doc(hidden)]
    pub hit: List<Text>,
    #[doc(hidden)]
    pub miss: List<Text>,
}

/// How a rule finds its candidates.
#[derive(Debug)]
pub enum Detect {
    /// A pattern with its facts; the group `secret` is the value.
    Pattern(Matcher),
    /// The same, composed of names and a value; `label` asks for a word such as key or token beside the name.
    Named { matcher: Matcher, label: bool },
    /// Reported by a detector in code (`generic.rs`, `keyfile.rs`) under this id.
    Code,
    /// The path alone tells: a user's rule without a pattern.
    Path,
}

/// A pattern and the reach within which it is tried, see `rule/derive.rs`.
#[derive(Debug)]
pub struct Matcher {
    pub pattern: Pattern,
    /// The same pattern for the machine of `rule/program.rs`, where that knows it.
    pub program: Option<Program>,
    /// Lower case; every match holds one of them.
    pub literals: List<Text>,
    /// Greatest distance from the match's start to the literal's.
    pub before: u32,
    /// Longest match; `None` (users' rules only) means the whole content is searched.
    pub max_len: Option<u32>,
    /// A run that every match holds, of a named rule in the value.
    pub run: Option<Run>,
}

#[derive(Debug)]
pub struct Near {
    pub pattern: Pattern,
    pub within: u32,
}

/// A regular expression over bytes, compiled on first use.
#[derive(Debug)]
pub struct Pattern {
    source: Source,
    regex: OnceLock<Regex>,
}

/// What a pattern is made of.
#[derive(Debug)]
enum Source {
    Text(Text),
    /// Composed when it is asked for: the text is long and the same but for these.
    Named {
        names: List<Text>,
        value: Text,
    },
}

impl Pattern {
    #[must_use]
    pub const fn new(text: Text) -> Self {
        Self {
            source: Source::Text(text),
            regex: OnceLock::new(),
        }
    }

    /// The pattern of a value that stands beside one of these names.
    #[must_use]
    pub const fn named(names: List<Text>, value: Text) -> Self {
        Self {
            source: Source::Named { names, value },
            regex: OnceLock::new(),
        }
    }

    /// A pattern compiled now, or why it does not compile.
    pub fn compiled(text: &str) -> Result<Self, String> {
        derive::parse(text)?;
        let regex = build(text).map_err(|e| match e.size_limit() {
            Some(_) => "it is too large; make the counts in it smaller".to_owned(),
            None => e.to_string(),
        })?;
        Ok(Self {
            source: Source::Text(Text::Owned(text.to_owned())),
            regex: OnceLock::from(regex),
        })
    }

    /// The names beside which the value stands, of a built-in rule that gives them.
    fn names(&self) -> &[Text] {
        match &self.source {
            Source::Text(_) => &[],
            Source::Named { names, value: _ } => names,
        }
    }

    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match &self.source {
            Source::Text(text) => Cow::Borrowed(text),
            Source::Named { names, value } => Cow::Owned(named::compose(names, value)),
        }
    }

    /// The compiled pattern. Built-in patterns are all compiled by a test, users' patterns at load.
    pub fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| {
            build(&self.text())
                .expect("tests/rules.rs compiles each built-in, config.rs each of a user")
        })
    }
}

/// Up to this distance of a literal from the start of its match the name is looked for.
const NEAR_NAME: usize = 16;

impl Matcher {
    /// Whether a match may hold the literal at `hit`, as far as a name and a run or value tell; it starts at `first` or later.
    #[must_use]
    pub fn may_match(&self, machine: &mut Machine, bytes: &[u8], first: usize, hit: usize) -> bool {
        let names = self.pattern.names();
        // A name begins with the literal, or a little before it: a match has a byte before its name.
        let before = self.before.max(1) as usize;
        let mut begins = (hit + 1).saturating_sub(before)..=hit;
        if !names.is_empty()
            && before <= NEAR_NAME
            && !begins.any(|at| named::may_lead(names, bytes, at))
        {
            return false;
        }
        let last = hit + self.max_len.map_or(bytes.len(), |len| len as usize);
        let Some(run) = self.run else { return true };
        let Some(program) = self.program.as_ref().filter(|_| run.is_value) else {
            return run.lies_in(bytes, first..last);
        };
        machine.begin(first);
        run.any(bytes, first..last, |run_of_value| {
            // Within a narrow run, and where it runs into a path or base64, no value ends.
            let next = bytes.get(run_of_value.end);
            if !run.wide && next.is_some_and(|&byte| named::goes_on(byte)) {
                return false;
            }
            let last_start = run_of_value.end - usize::from(run.least);
            (run_of_value.start..=last_start).any(|at| {
                named::may_follow_lead(bytes, at)
                    && program.run_after_lead(machine, bytes, at) != Outcome::None
            })
        })
    }
}

/// Compiles a pattern with the scanner's settings: bytes, ASCII classes, a size limit.
pub fn build(text: &str) -> Result<Regex, Box<regex_automata::meta::BuildError>> {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(
            Regex::config()
                .utf8_empty(false)
                .nfa_size_limit(Some(8 << 20))
                .hybrid_cache_capacity(512 << 10),
        )
        .build(text)
        .map_err(Box::new)
}

impl Rule {
    /// The public text with which every value of the rule begins, `ghp_`; empty if there is none.
    pub fn prefix(&self) -> &str {
        match &self.detect {
            Detect::Pattern(matcher) | Detect::Named { matcher, .. } => {
                match &matcher.pattern.source {
                    Source::Text(text) => marks::start_of_secret(text),
                    Source::Named { names: _, value } => marks::plain_start(value),
                }
            }
            Detect::Code | Detect::Path => "",
        }
    }

    /// The names beside which its values stand, of a built-in rule that gives them.
    #[must_use]
    pub fn names(&self) -> &[Text] {
        match &self.detect {
            Detect::Pattern(matcher) | Detect::Named { matcher, .. } => matcher.pattern.names(),
            Detect::Code | Detect::Path => &[],
        }
    }

    #[must_use]
    pub fn standards(&self) -> Vec<&str> {
        if self.standards.is_empty() {
            return vec!["CWE-798", "OWASP NHI2:2025", "NIST CSF 2.0 PR.AA-01"];
        }
        self.standards.iter().map(AsRef::as_ref).collect()
    }
}

/// A rule that a match can keep: built-in or a user's.
#[derive(Debug, Clone)]
pub enum RuleRef {
    BuiltIn(&'static Rule),
    User(Arc<Rule>),
}

impl Deref for RuleRef {
    type Target = Rule;

    fn deref(&self) -> &Rule {
        match self {
            Self::BuiltIn(rule) => rule,
            Self::User(rule) => rule,
        }
    }
}

impl PartialEq for RuleRef {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for RuleRef {}

/// The built-in rule with this id or former id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    let rules = built_in();
    let (mut first, mut end) = (0, rules.len());
    while first < end {
        let middle = first.midpoint(end);
        let rule = rules.get(middle)?;
        match rule.id.as_ref().cmp(id) {
            Ordering::Less => first = middle + 1,
            Ordering::Greater => end = middle,
            Ordering::Equal => return Some(rule),
        }
    }
    rules
        .iter()
        .find(|rule| rule.aliases.iter().any(|alias| alias == id))
}
