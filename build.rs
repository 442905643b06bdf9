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
    pub mod gate;
    pub mod marks;
    pub mod named;
    pub mod parse;
    pub mod program;
    pub mod rarity;
    pub mod run;
}
#[path = "src/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, process};

use prefilter::tables::Tables;
use rule::derive::Literal;
use rule::gate::{self, Gate, Kind, Reach};
use rule::parse::RuleText;
use rule::{compile, derive, marks, named, parse, program, run};

fn main() {
    println!("cargo::rerun-if-changed=rules.toml");
    println!("cargo::rerun-if-changed=src/check.rs");
    println!("cargo::rerun-if-changed=src/prefilter");
    println!("cargo::rerun-if-changed=src/rule");
    println!("cargo::rerun-if-changed=src/table.rs");
    if let Err(message) = link().and_then(|()| generate()) {
        eprintln!("{message}");
        process::exit(1);
    }
}

/// What libgit2 calls of the regular expressions that it brings.
const PCRE2: [&str; 7] = [
    "pcre2_code_free_8",
    "pcre2_compile_8",
    "pcre2_get_error_message_8",
    "pcre2_get_ovector_pointer_8",
    "pcre2_match_8",
    "pcre2_match_data_create_8",
    "pcre2_match_data_free_8",
];

/// How the binary is linked, where it is a static one.
fn link() -> Result<(), String> {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let is_static = variable("TARGET").ends_with("-linux-gnu")
        && variable("CARGO_CFG_TARGET_FEATURE").contains("crt-static");
    if is_static && packs_relocations() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    if is_static {
        // Libgit2 looks into settings by regular expressions, which object databases alone, all that is used of it, never
        // reach: without the engine behind them a third of a megabyte is less. Whoever called it would end the program.
        for name in PCRE2 {
            println!("cargo::rustc-link-arg-bins=-Wl,--defsym={name}=abort");
        }
    }
    if is_static && variable("PROFILE") == "release" {
        // A release aborts where it panics: nobody walks these frames, and they are half a megabyte.
        let script = Path::new(&variable("OUT_DIR")).join("frames.ld");
        let discard =
            "SECTIONS { /DISCARD/ : { *(.eh_frame) *(.eh_frame_hdr) } } INSERT AFTER .text;\n";
        fs::write(&script, discard).map_err(|e| e.to_string())?;
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
    Ok(())
}

/// Whether a static binary's own start-up understands packed relocations, a third of a megabyte less: glibc 2.36 does, and
/// the one that is linked is this machine's, where host and target are the same.
fn packs_relocations() -> bool {
    let version = || {
        let output = process::Command::new("getconf")
            .arg("GNU_LIBC_VERSION")
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
    };
    env::var("HOST") == env::var("TARGET") && version().is_some_and(|version| version >= (2, 36))
}

fn generate() -> Result<(), String> {
    let text = fs::read_to_string("rules.toml").map_err(|e| format!("rules.toml: {e}"))?;
    let checks =
        check_names(&fs::read_to_string("src/check.rs").map_err(|e| format!("src/check.rs: {e}"))?);
    let known: Vec<&str> = checks.iter().map(String::as_str).collect();
    let (index, packed, prefilter, programs) = table::read_text("rules.toml", &text, |root| {
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
        let mut packed = Packed::default();
        let mut ends: Vec<usize> = Vec::new();
        let mut literals = Literals::default();
        let mut programs = Programs::new();
        for (rule, i) in rules.iter().zip(0u16..) {
            match emit(rule, &mut programs, &mut packed) {
                Ok(wanted) => {
                    ends.push(packed.records.len());
                    literals.add(i, wanted);
                }
                Err((at, message)) => {
                    root.problem(at, format!("rule `{}`: {message}", rule.id.value));
                }
            }
        }
        let index = format!(
            "const N: usize = {0};\nstatic ENDS: [u32; N] = {ends:?};\n{1}",
            ends.len(),
            marks_code(&rules)
        );
        (index, packed, prefilter_code(&literals), programs)
    })
    .map_err(|problems| problems.to_string())?;
    let dir = env::var("OUT_DIR").map_err(|e| e.to_string())?;
    for (name, bytes) in [
        ("rules.bin", packed.records),
        ("texts.txt", packed.texts.into_bytes()),
        ("programs.bin", programs.code),
        ("ops.bin", programs.ops.into_code()),
        ("lead.bin", programs.lead),
        ("sets.bin", programs.sets.concat()),
    ] {
        fs::write(Path::new(&dir).join(name), bytes).map_err(|e| e.to_string())?;
    }
    fs::write(Path::new(&dir).join("rules.rs"), index).map_err(|e| e.to_string())?;
    fs::write(Path::new(&dir).join("prefilter.rs"), prefilter).map_err(|e| e.to_string())
}

/// The code of the providers' marks.
fn marks_code(rules: &[RuleText]) -> String {
    let prefixes = rules.iter().map(|rule| match (&rule.pattern, &rule.value) {
        (Some(pattern), _) => marks::start_of_secret(&pattern.value),
        (None, Some(value)) => marks::plain_start(&value.value),
        (None, None) => "",
    });
    let marks = marks::marks(prefixes);
    let known = rules
        .iter()
        .map(|rule| (rule.provider.as_str(), rule.pattern.is_some()));
    let providers = marks::providers(known);
    format!(
        "pub static MARKS: [&str; {}] = {marks:?};\npub static PROVIDERS: [&str; {}] = {providers:?};\n",
        marks.len(),
        providers.len()
    )
}

/// The literals that a rule wants to hear of, and near which runs, if not everywhere.
struct Wanted {
    literals: Vec<Literal>,
    gate: Option<Gate>,
    /// Length of the longest keyword.
    keyword: usize,
}

/// What all rules want to hear of.
#[derive(Default)]
struct Literals {
    /// Each literal with its rules.
    rules: BTreeMap<Literal, Vec<u16>>,
    gates: BTreeMap<u16, Gate>,
    longest_keyword: usize,
}

impl Literals {
    fn add(&mut self, rule: u16, wanted: Wanted) {
        for literal in wanted.literals {
            let rules = self.rules.entry(literal).or_default();
            if rules.last() != Some(&rule) {
                rules.push(rule);
            }
        }
        if let Some(gate) = wanted.gate {
            self.gates.insert(rule, gate);
        }
        self.longest_keyword = self.longest_keyword.max(wanted.keyword);
    }

    /// The kind of run near which a literal matters, if all of its rules say the same.
    fn kind(&self, rules: &[u16]) -> Option<Kind> {
        let kinds = rules
            .iter()
            .map(|rule| self.gates.get(rule).map(|gate| gate.kind));
        // A narrow run is part of a telling one.
        let both = |one: Kind, other| match (one, other) {
            _ if one == other => Some(one),
            (Kind::Long, _) | (_, Kind::Long) => None,
            (Kind::Narrow | Kind::Telling, Kind::Narrow | Kind::Telling) => Some(Kind::Telling),
        };
        kinds.reduce(|one, other| both(one?, other?)).flatten()
    }

    /// The literals of a kind, or those that matter everywhere, with their rules.
    fn of(&self, kind: Option<Kind>) -> Vec<(&Literal, &Vec<u16>)> {
        let all = self.rules.iter();
        all.filter(|(_, rules)| self.kind(rules) == kind).collect()
    }

    /// What has room for all gates of a kind, and for all their matches.
    fn reach(&self, kind: Kind) -> [Reach; 2] {
        let is_here = |gate: &&Gate| match kind {
            Kind::Telling => gate.kind != Kind::Long,
            Kind::Narrow | Kind::Long => gate.kind == kind,
        };
        let gates = self.gates.values().filter(is_here);
        gates.fold([Reach::default(); 2], |[reach, matched], gate| {
            [reach.max(gate.reach), matched.max(gate.matched)]
        })
    }
}

/// The code of the built-in prefilter's tables, for each group of literals, and of what rules they lead to.
fn prefilter_code(literals: &Literals) -> String {
    let groups = [
        ("EVERYWHERE", None),
        ("NARROW", Some(Kind::Narrow)),
        ("TELLING", Some(Kind::Telling)),
        ("LONG", Some(Kind::Long)),
    ];
    let (mut code, mut targets, mut ends, mut first) = (String::new(), Vec::new(), Vec::new(), 0);
    for (name, kind) in groups {
        let group = literals.of(kind);
        let texts: Vec<Literal> = group
            .iter()
            .map(|(literal, _)| (*literal).clone())
            .collect();
        code += &tables_code(name, &texts);
        for (_, rules) in &group {
            targets.extend_from_slice(rules);
            ends.push(targets.len());
        }
        if let Some(kind) = kind {
            let [reach, matched] = literals.reach(kind);
            code += &format!(
                "pub(super) const FIRST_{name}: u32 = {first};\n\
                 pub(super) const {name}_REACH: Reach = {reach:?};\n\
                 pub(super) const {name}_MATCHED: Reach = {matched:?};\n",
            );
        }
        first += group.len();
    }
    let lengths = literals.rules.keys().map(|literal| literal.text.len());
    format!(
        "{code}pub(super) static TARGETS: [u16; {}] = {targets:?};\n\
         pub(super) const N_LITERALS: usize = {};\n\
         pub(super) static TARGET_ENDS: [u16; N_LITERALS] = {ends:?};\n\
         pub(super) const LONGEST_LITERAL: usize = {};\n\
         pub(super) const LONGEST_KEYWORD: usize = {};\n",
        targets.len(),
        ends.len(),
        lengths.max().unwrap_or(0),
        literals.longest_keyword,
    )
}

/// The code of the tables for some literals.
fn tables_code(name: &str, literals: &[Literal]) -> String {
    let Tables {
        rows,
        planes,
        neighbours,
        heads,
        lines,
        firsts,
        frames,
        entries,
        beside,
        shift,
        text,
        ends,
        reach,
    } = Tables::new(literals);
    format!(
        "pub(super) static {name}: Prefilter = Prefilter {{ tables: Tables {{\n\
         rows: Cow::Borrowed(&{rows:?}),\nplanes: Cow::Borrowed(&{planes:?}),\n\
         neighbours: Cow::Borrowed(&{neighbours:?}),\nheads: Cow::Borrowed(&{heads:?}),\n\
         lines: Cow::Borrowed(&{lines:?}),\n\
         firsts: Cow::Borrowed(&{firsts:?}),\n\
         frames: Cow::Borrowed(&{frames:?}),\n\
         entries: Cow::Borrowed(&{entries:?}),\nbeside: Cow::Borrowed(&{beside:?}),\n\
         shift: {shift},\n\
         text: Cow::Borrowed(&{text:?}),\nends: Cow::Borrowed(&{ends:?}),\nreach: {reach} }} }};\n",
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

/// Packs a rule, in the order in which `src/rule/built_in.rs` reads; gives the literals it wants to hear of.
fn emit(
    rule: &RuleText,
    programs: &mut Programs,
    out: &mut Packed,
) -> Result<Wanted, (usize, String)> {
    for text in [
        &rule.id.value,
        &rule.name,
        &rule.provider,
        &rule.kind,
        &rule.severity,
        &rule.confidence,
    ] {
        out.text(text);
    }
    let mut literals = Vec::new();
    let gate;
    match (&rule.pattern, &rule.value) {
        (Some(pattern), _) => {
            let hir = derive::parse(&pattern.value).map_err(|e| (pattern.at, e))?;
            if !pattern.value.contains("(?<secret>") {
                return Err((
                    pattern.at,
                    "the pattern has no group `(?<secret>…)`".to_owned(),
                ));
            }
            out.number(1);
            out.text(&pattern.value);
            let program = programs.whole(&hir);
            let facts = matcher(pattern.at, &hir, None, program, out, &mut literals)?;
            gate = gate::of(rule, &hir, None, &facts);
        }
        (None, Some(value)) => {
            let names: Vec<&str> = rule.names.iter().map(|n| n.value.as_str()).collect();
            let whole = named::compose(&names, &value.value);
            let hir = derive::parse(&whole).map_err(|e| (value.at, e))?;
            let program = programs
                .named(&names, &value.value)
                .map_err(|e| (value.at, e))?;
            out.number(2);
            out.number(usize::from(rule.label));
            out.texts(names.iter().copied());
            out.text(&value.value);
            let parsed = derive::parse(&value.value).map_err(|e| (value.at, e))?;
            let facts = matcher(value.at, &hir, Some(&parsed), program, out, &mut literals)?;
            gate = gate::of(rule, &hir, Some(&parsed), &facts);
        }
        (None, None) => {
            let keywords = rule.keywords.iter();
            literals.extend(keywords.map(|k| Literal::plain(k.value.as_bytes())));
            gate = None;
            out.number(0);
        }
    }
    for p in [&rule.path, &rule.near].into_iter().flatten() {
        derive::parse(&p.value).map_err(|e| (p.at, e))?;
    }
    out.texts(rule.keywords.iter().map(|k| k.value.as_str()));
    out.option(rule.path.as_ref(), |out, path| out.text(&path.value));
    out.texts(rule.checks.iter().map(|c| c.value.as_str()));
    out.texts(rule.required.iter().map(|c| c.value.as_str()));
    out.option(rule.entropy.as_ref(), |out, entropy| {
        out.number((entropy.value as f32).to_bits() as usize);
    });
    out.option(rule.near.as_ref(), |out, near| {
        out.text(&near.value);
        out.number(rule.near_within as usize);
    });
    for text in [&rule.environment, &rule.about, &rule.revoke, &rule.rotate] {
        out.text(text);
    }
    out.texts(rule.standards.iter().map(String::as_str));
    out.texts(rule.aliases.iter().map(String::as_str));
    // Only tests try all examples, and they are built so; a release shows one of each rule, which saves 0.1 MB.
    let (hits, misses) = match env::var("PROFILE").as_deref() {
        Ok("debug") => (rule.hit.len(), rule.miss.len()),
        Ok(_) | Err(_) => (rule.hit.len().min(1), 0),
    };
    out.texts(rule.hit.iter().take(hits).map(|t| t.value.as_str()));
    out.texts(rule.miss.iter().take(misses).map(|t| t.value.as_str()));
    let keywords = rule.keywords.iter().map(|keyword| keyword.value.len());
    Ok(Wanted {
        literals,
        gate,
        keyword: keywords.max().unwrap_or(0),
    })
}

/// Records of rules, and the texts that they name, each once.
#[derive(Default)]
struct Packed {
    records: Vec<u8>,
    texts: String,
    known: BTreeMap<String, usize>,
}

impl Packed {
    /// Of 7 bits a byte, the lowest first.
    fn number(&mut self, mut number: usize) {
        while number > 0x7f {
            self.records.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.records.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        let texts = &mut self.texts;
        let at = *self.known.entry(text.to_owned()).or_insert_with(|| {
            texts.push_str(text);
            texts.len() - text.len()
        });
        self.number(at);
        self.number(text.len());
    }

    fn texts<'t>(&mut self, items: impl ExactSizeIterator<Item = &'t str>) {
        self.number(items.len());
        items.for_each(|text| self.text(text));
    }

    fn option<T>(&mut self, item: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.number(usize::from(item.is_some()));
        if let Some(item) = item {
            write(self, item);
        }
    }
}

/// The code of all programs, with the instructions, the sets and the lead that they share.
struct Programs {
    code: Vec<u8>,
    ops: program::Ops,
    sets: Vec<program::Set>,
    lead: Vec<u8>,
}

/// Where a program's code begins, its length, and where it goes on after the lead; 0 where it has none.
type Place = (usize, usize, u16);

impl Programs {
    fn new() -> Self {
        let mut sets = Vec::new();
        let mut ops = program::Ops::default();
        let lead = derive::parse(&named::lead()).expect("a test parses the lead");
        let lead = compile::compile_lead(&lead, &mut sets).expect("a test compiles the lead");
        let lead = ops.number(&lead).expect("the lead is short");
        Self {
            code: Vec::new(),
            ops,
            sets,
            lead,
        }
    }

    fn whole(&mut self, hir: &regex_syntax::hir::Hir) -> Option<Place> {
        let code = compile::compile_whole(hir, &mut self.sets)?;
        self.add(&code, 0)
    }

    fn named(&mut self, names: &[&str], value: &str) -> Result<Option<Place>, String> {
        let [head, tail] = named::ends(names, value).map(|part| derive::parse(&part));
        let code = compile::compile_ends(&head?, &tail?, &mut self.sets);
        Ok(code.and_then(|(code, after)| self.add(&code, after)))
    }

    fn add(&mut self, code: &[u8], after_lead: u16) -> Option<Place> {
        let numbers = self.ops.number(code)?;
        let at = self.code.len();
        self.code.extend_from_slice(&numbers);
        Some((at, numbers.len(), after_lead))
    }
}

/// Packs a `Matcher` behind its pattern, that of a rule with names with its `value`. Built-in patterns must be bounded and
/// must yield a literal.
fn matcher(
    at: usize,
    hir: &regex_syntax::hir::Hir,
    value: Option<&regex_syntax::hir::Hir>,
    program: Option<Place>,
    out: &mut Packed,
    wanted: &mut Vec<Literal>,
) -> Result<derive::Facts, (usize, String)> {
    let facts = derive::facts(hir);
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
        .map(|l| String::from_utf8_lossy(&l.text.to_ascii_lowercase()).into_owned())
        .collect();
    literals.sort();
    literals.dedup();
    out.option(program, |out, (at, len, after_lead)| {
        out.number(at);
        out.number(len);
        out.number(usize::from(after_lead));
    });
    out.texts(literals.iter().map(String::as_str));
    out.number(facts.before.1);
    out.number(max_len as usize);
    let run = value.and_then(run::of_value).or_else(|| run::derive(hir));
    out.option(run, |out, run| {
        out.number(usize::from(run.wide) | usize::from(run.is_value) << 1);
        out.number(usize::from(run.least));
    });
    Ok(facts)
}
