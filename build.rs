//! Turns `rules.toml` into static tables, so that nothing of it is parsed when the program starts.
//! The reading itself is the same code that the program uses for users' rules.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::exit,
    clippy::disallowed_methods,
    clippy::type_complexity,
    reason = "a build script talks to cargo by printing and exiting; the shared modules have more than it needs"
)]

#[path = "src/prefilter"]
mod prefilter {
    pub mod tables;
    pub mod windows;
}
#[path = "src/rule"]
mod rule {
    pub mod bytes;
    pub mod compile;
    pub mod derive;
    pub mod parse;
    pub mod program;
    pub mod rarity;
}
#[path = "src/rule/run.rs"]
mod run;
#[path = "src/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, process};

use prefilter::tables::Tables;
use rule::derive::Literal;
use rule::parse::RuleText;
use rule::{compile, derive, parse, program};

fn main() {
    println!("cargo::rerun-if-changed=rules.toml");
    println!("cargo::rerun-if-changed=src/check.rs");
    println!("cargo::rerun-if-changed=src/prefilter");
    println!("cargo::rerun-if-changed=src/rule");
    println!("cargo::rerun-if-changed=src/table.rs");
    if let Err(message) = generate() {
        eprintln!("{message}");
        process::exit(1);
    }
}

fn generate() -> Result<(), String> {
    let text = fs::read_to_string("rules.toml").map_err(|e| format!("rules.toml: {e}"))?;
    let checks =
        check_names(&fs::read_to_string("src/check.rs").map_err(|e| format!("src/check.rs: {e}"))?);
    let known: Vec<&str> = checks.iter().map(String::as_str).collect();
    let (rules, prefilter, programs) = table::read_text("rules.toml", &text, |root| {
        let rules: Vec<RuleText> = root
            .tables("rule")
            .iter()
            .map(|r| parse::read_rule(r, &known, true))
            .collect();
        root.finish();
        for pair in rules.windows(2) {
            if pair[0].id.value >= pair[1].id.value {
                root.problem(
                    pair[1].id.at,
                    format!(
                        "rule `{}` must come before `{}`: sort by id, each id once",
                        pair[1].id.value, pair[0].id.value
                    ),
                );
            }
        }
        let mut out = format!("pub static RULES: [Rule; {}] = [\n", rules.len());
        let mut literals = Literals::new();
        let mut programs = Programs::new();
        for (rule, i) in rules.iter().zip(0u16..) {
            match emit(rule, &mut programs) {
                Ok((code, wanted)) => {
                    out.push_str(&code);
                    for literal in wanted {
                        let rules = literals.entry(literal).or_default();
                        if rules.last() != Some(&i) {
                            rules.push(i);
                        }
                    }
                }
                Err((at, message)) => {
                    root.problem(at, format!("rule `{}`: {message}", rule.id.value));
                }
            }
        }
        out.push_str("];\n");
        (out, prefilter_code(&literals), programs)
    })
    .map_err(|problems| problems.to_string())?;
    let dir = env::var("OUT_DIR").map_err(|e| e.to_string())?;
    for (name, bytes) in [
        ("programs.bin", programs.code),
        ("lead.bin", programs.lead),
        ("sets.bin", programs.sets.concat()),
    ] {
        fs::write(Path::new(&dir).join(name), bytes).map_err(|e| e.to_string())?;
    }
    fs::write(Path::new(&dir).join("rules.rs"), rules).map_err(|e| e.to_string())?;
    fs::write(Path::new(&dir).join("prefilter.rs"), prefilter).map_err(|e| e.to_string())
}

/// Each literal with the rules that want to hear of it.
type Literals = BTreeMap<Literal, Vec<u16>>;

/// The code of the built-in prefilter's tables.
fn prefilter_code(literals: &Literals) -> String {
    let Tables {
        rows,
        planes,
        neighbours,
        heads,
        lines,
        frames,
        entries,
        beside,
        shift,
        text,
        ends,
        reach,
    } = Tables::new(&literals.keys().cloned().collect::<Vec<_>>());
    let targets: Vec<u16> = literals.values().flatten().copied().collect();
    let target_ends: Vec<usize> = literals
        .values()
        .scan(0, |end, rules| {
            *end += rules.len();
            Some(*end)
        })
        .collect();
    format!(
        "pub(super) static BUILT_IN: Prefilter = Prefilter {{ tables: Tables {{\n\
         rows: Cow::Borrowed(&{rows:?}),\nplanes: Cow::Borrowed(&{planes:?}),\n\
         neighbours: Cow::Borrowed(&{neighbours:?}),\nheads: Cow::Borrowed(&{heads:?}),\n\
         lines: Cow::Borrowed(&{lines:?}),\n\
         frames: Cow::Borrowed(&{frames:?}),\n\
         entries: Cow::Borrowed(&{entries:?}),\nbeside: Cow::Borrowed(&{beside:?}),\n\
         shift: {shift},\n\
         text: Cow::Borrowed(&{text:?}),\nends: Cow::Borrowed(&{ends:?}),\nreach: {reach} }} }};\n\
         pub(super) static TARGETS: [u16; {}] = {targets:?};\n\
         pub(super) static TARGET_ENDS: [u32; {}] = {target_ends:?};\n",
        targets.len(),
        target_ends.len(),
    )
}

/// The names in the table `CHECKS`, read from its source: `("github-crc32", …` one a line.
fn check_names(source: &str) -> Vec<String> {
    source
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("pub static ")?
                .split_once(": Check =")
                .map(|(name, _)| name)
        })
        .map(|name| name.to_ascii_lowercase().replace('_', "-"))
        .collect()
}

/// Shorter literals of a built-in rule would stand everywhere.
const MIN_LITERAL: usize = 3;

/// The code of a rule and the literals it wants to hear of.
fn emit(
    rule: &RuleText,
    programs: &mut Programs,
) -> Result<(String, Vec<Literal>), (usize, String)> {
    let mut literals = Vec::new();
    let detect = match (&rule.pattern, &rule.value) {
        (Some(pattern), _) => {
            let hir = derive::parse(&pattern.value).map_err(|e| (pattern.at, e))?;
            if !pattern.value.contains("(?<secret>") {
                return Err((
                    pattern.at,
                    "the pattern has no group `(?<secret>…)`".to_owned(),
                ));
            }
            let source = format!("Pattern::new(Text::Borrowed({:?}))", pattern.value);
            let program = programs.whole(&hir);
            format!(
                "Detect::Pattern({})",
                matcher(pattern.at, &hir, &source, &program, &mut literals)?
            )
        }
        (None, Some(value)) => {
            let names: Vec<&str> = rule.names.iter().map(|n| n.value.as_str()).collect();
            let whole = derive::compose_named(&names, &value.value);
            let hir = derive::parse(&whole).map_err(|e| (value.at, e))?;
            let source = format!(
                "Pattern::named({}, Text::Borrowed({:?}))",
                texts(&mut names.iter().copied()),
                value.value
            );
            let program = programs
                .named(&names, &value.value)
                .map_err(|e| (value.at, e))?;
            format!(
                "Detect::Named {{ matcher: {}, label: {} }}",
                matcher(value.at, &hir, &source, &program, &mut literals)?,
                rule.label
            )
        }
        (None, None) => {
            let keywords = rule.keywords.iter();
            literals.extend(keywords.map(|k| Literal::plain(k.value.as_bytes())));
            "Detect::Code".to_owned()
        }
    };
    let checks = |items: &[table::At<String>]| -> String {
        let items: Vec<String> = items
            .iter()
            .map(|c| format!("&check::{}", c.value.to_ascii_uppercase().replace('-', "_")))
            .collect();
        format!("List::Borrowed(&[{}])", items.join(", "))
    };
    let pattern = |p: &Option<table::At<String>>| -> Result<Option<String>, (usize, String)> {
        let Some(p) = p else { return Ok(None) };
        derive::parse(&p.value).map_err(|e| (p.at, e))?;
        Ok(Some(format!("Pattern::new(Text::Borrowed({:?}))", p.value)))
    };
    let option = |code: Option<String>| {
        code.map_or_else(|| "None".to_owned(), |code| format!("Some({code})"))
    };
    let near = pattern(&rule.near)?
        .map(|p| format!("Near {{ pattern: {p}, within: {} }}", rule.near_within));
    let title = |name: &str| name[..1].to_ascii_uppercase() + &name[1..];
    let mut out = String::from("Rule {\n");
    let fields: [(&str, String); 22] = [
        ("id", format!("Text::Borrowed({:?})", rule.id.value)),
        ("name", format!("Text::Borrowed({:?})", rule.name)),
        ("provider", format!("Text::Borrowed({:?})", rule.provider)),
        ("kind", format!("Text::Borrowed({:?})", rule.kind)),
        ("severity", format!("Severity::{}", title(&rule.severity))),
        (
            "confidence",
            format!("Confidence::{}", title(&rule.confidence)),
        ),
        ("detect", detect),
        (
            "keywords",
            texts(&mut rule.keywords.iter().map(|k| k.value.as_str())),
        ),
        ("path", option(pattern(&rule.path)?)),
        ("checks", checks(&rule.checks)),
        ("required", checks(&rule.required)),
        (
            "entropy",
            option(rule.entropy.as_ref().map(|e| format!("{:?}_f32", e.value))),
        ),
        ("near", option(near)),
        (
            "environment",
            format!("Text::Borrowed({:?})", rule.environment),
        ),
        ("about", format!("Text::Borrowed({:?})", rule.about)),
        ("revoke", format!("Text::Borrowed({:?})", rule.revoke)),
        ("rotate", format!("Text::Borrowed({:?})", rule.rotate)),
        (
            "standards",
            texts(&mut rule.standards.iter().map(String::as_str)),
        ),
        (
            "aliases",
            texts(&mut rule.aliases.iter().map(String::as_str)),
        ),
        ("hit", texts(&mut rule.hit.iter().map(|t| t.value.as_str()))),
        (
            "miss",
            texts(&mut rule.miss.iter().map(|t| t.value.as_str())),
        ),
        ("", String::new()),
    ];
    for (name, code) in fields.iter().filter(|(name, _)| !name.is_empty()) {
        writeln!(out, "    {name}: {code},").map_err(|e| (0, e.to_string()))?;
    }
    out.push_str("},\n");
    Ok((out, literals))
}

/// The code of a list of texts.
fn texts(items: &mut dyn Iterator<Item = &str>) -> String {
    let items: Vec<String> = items.map(|s| format!("Text::Borrowed({s:?})")).collect();
    format!("List::Borrowed(&[{}])", items.join(", "))
}

/// The code of all programs, with the sets and the lead that they share.
struct Programs {
    code: Vec<u8>,
    sets: Vec<program::Set>,
    lead: Vec<u8>,
}

impl Programs {
    fn new() -> Self {
        let mut sets = Vec::new();
        let lead = derive::parse(&derive::lead()).expect("a test parses the lead");
        let lead = compile::compile_lead(&lead, &mut sets).expect("a test compiles the lead");
        Self {
            code: Vec::new(),
            sets,
            lead,
        }
    }

    fn whole(&mut self, hir: &regex_syntax::hir::Hir) -> String {
        let code = compile::compile_whole(hir, &mut self.sets);
        code.map_or_else(|| "None".to_owned(), |code| self.add(&code, 0))
    }

    fn named(&mut self, names: &[&str], value: &str) -> Result<String, String> {
        let [head, tail] = derive::named_ends(names, value).map(|part| derive::parse(&part));
        let code = compile::compile_ends(&head?, &tail?, &mut self.sets);
        Ok(code.map_or_else(|| "None".to_owned(), |(code, after)| self.add(&code, after)))
    }

    fn add(&mut self, code: &[u8], after_lead: u16) -> String {
        let at = self.code.len();
        self.code.extend_from_slice(code);
        format!("Some(program({at}, {}, {after_lead}))", code.len())
    }
}

/// The code of a `Matcher`. Built-in patterns must be bounded and must yield a literal.
fn matcher(
    at: usize,
    hir: &regex_syntax::hir::Hir,
    source: &str,
    program: &str,
    wanted: &mut Vec<Literal>,
) -> Result<String, (usize, String)> {
    let facts = derive::facts(hir);
    let run = run::derive(hir).map_or_else(
        || "None".to_owned(),
        |run| format!("Some(Run {{ wide: {}, least: {} }})", run.wide, run.least),
    );
    let max_len = match facts.max_len {
        Some(n) if n <= derive::MAX_LEN => n,
        Some(n) => {
            return Err((
                at,
                format!(
                    "a match can be {n} bytes long, more than {}",
                    derive::MAX_LEN
                ),
            ));
        }
        None => {
            return Err((
                at,
                "the pattern is unbounded: give `+`, `*` and `{n,}` an upper bound".to_owned(),
            ));
        }
    };
    if facts.literals.is_empty() {
        return Err((
            at,
            "no literal of at least 3 bytes stands in every match; add one to the pattern"
                .to_owned(),
        ));
    }
    if let Some(short) = facts.literals.iter().find(|l| l.text.len() < MIN_LITERAL) {
        return Err((
            at,
            format!(
                "all that some match is sure to hold is `{}`, shorter than {MIN_LITERAL} bytes; give a longer name, or \
                 say more in the pattern",
                String::from_utf8_lossy(&short.text)
            ),
        ));
    }
    wanted.extend_from_slice(&facts.literals);
    let mut literals: Vec<String> = facts
        .literals
        .iter()
        .map(|l| {
            format!(
                "Text::Borrowed({:?})",
                String::from_utf8_lossy(&l.text.to_ascii_lowercase())
            )
        })
        .collect();
    literals.sort();
    literals.dedup();
    Ok(format!(
        "Matcher {{ pattern: {source}, program: {program}, literals: List::Borrowed(&[{}]), before: {}, max_len: Some({max_len}), run: {run} }}",
        literals.join(", "),
        facts.before.1
    ))
}
