//! No output holds a value: every rule's own made-up secrets, through every format, hook and log, searched for the values,
//! for parts of them, and for their base64 and hex.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
use keysieve::report::Format;
use keysieve::rule;
use keysieve::scan::Scanner;
use keysieve::template::{Seed, expand};

/// Consecutive characters of a value that may not show; more of them where they are digits, which an id may repeat by
/// chance.
const PART: usize = 8;
const DIGITS_PART: usize = 12;
/// Bits of the table that is asked before the map.
const BITS: u32 = 22;

type Windows = HashSet<[u8; PART]>;

/// What may not show: texts by their first characters, each with the rule that it belongs to.
struct Hidden {
    texts: HashMap<[u8; PART], Vec<(Vec<u8>, String)>>,
    table: Vec<bool>,
}

fn windows(text: &[u8]) -> impl Iterator<Item = [u8; PART]> + '_ {
    text.windows(PART).map(|w| w.try_into().unwrap())
}

fn slot(key: [u8; PART]) -> usize {
    (u64::from_le_bytes(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as usize
}

impl Hidden {
    fn new() -> Self {
        Self {
            texts: HashMap::new(),
            table: vec![false; 1 << BITS],
        }
    }

    fn add(&mut self, rule: &str, text: &[u8]) {
        let key: [u8; PART] = text[..PART].try_into().unwrap();
        self.table[slot(key)] = true;
        self.texts
            .entry(key)
            .or_default()
            .push((text.to_vec(), rule.to_owned()));
    }

    /// Adds a value in all its spellings, without what a mask shows and what is `public` anyway.
    fn value(&mut self, rule: &rule::Rule, value: &[u8], public: &Windows) {
        let rest = value
            .strip_prefix(rule.prefix().as_bytes())
            .unwrap_or(value);
        let hidden = if rest.len() >= 20 {
            &rest[..rest.len() - 4]
        } else {
            rest
        };
        let is_public = |text: &[u8]| windows(text).all(|w| public.contains(&w));
        let digits = |text: &[u8]| text.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-');
        for window in hidden.windows(PART) {
            if !digits(window) && !is_public(window) {
                self.add(&rule.id, window);
            }
        }
        for window in hidden.windows(DIGITS_PART).filter(|w| !is_public(w)) {
            self.add(&rule.id, window);
            // Of a long value the first parts stand for all of it.
            if hidden.len() < 400 {
                self.add(&rule.id, BASE64.encode(window).as_bytes());
                self.add(&rule.id, HEXLOWER.encode(window).as_bytes());
                self.add(&rule.id, HEXUPPER.encode(window).as_bytes());
            }
        }
    }

    /// Rules whose values show in an output.
    fn found_in(&self, output: &[u8]) -> HashSet<&str> {
        let mut found = HashSet::new();
        for (at, key) in windows(output).enumerate() {
            if !self.table[slot(key)] {
                continue;
            }
            for (text, rule) in self.texts.get(&key).into_iter().flatten() {
                if output[at..].starts_with(text) {
                    found.insert(rule.as_str());
                }
            }
        }
        found
    }
}

/// A folder with a repository in it that holds the secrets of every rule, and what of them may not show.
struct Given {
    dir: tempfile::TempDir,
    hidden: Hidden,
    rules: usize,
}

/// What a rule's text looks like with other values: what is the same in all is no secret.
fn variants(template: &str, id: &str) -> Option<Vec<Vec<u8>>> {
    (0..4)
        .map(|n| {
            expand(template, &mut Seed::of(&format!("leak {id} {n}")))
                .ok()
                .map(String::into_bytes)
        })
        .collect()
}

fn given() -> Given {
    let dir = tempfile::tempdir().unwrap();
    let scanner = Scanner::default();
    let mut hidden = Hidden::new();
    let mut rules = 0;
    let work = dir.path().join("work");
    fs::create_dir(&work).unwrap();
    let mut before: Option<(Vec<u8>, &[u8])> = None;
    // Every third is several hundred.
    for rule in rule::built_in().iter().step_by(3) {
        let Some(template) = rule.hit.first() else {
            continue;
        };
        let Some(mut variants) = variants(template, &rule.id) else {
            continue;
        };
        let own = variants.remove(0);
        // The secret of the rule before stands on the same line where both are lines of text, so that neighbours are told.
        let one_line = |text: &[u8]| !text.contains(&b'\n') && text.len() < 100;
        let (neighbour, words) = before.take().unzip();
        let text = match neighbour {
            Some(neighbour) if one_line(&own) && one_line(&neighbour) => {
                [own.as_slice(), b" ; ", &neighbour, b"\n"].concat()
            }
            _ => [own.as_slice(), b"\n"].concat(),
        };
        let name = format!("{}.conf", rule.id);
        let scanned = scanner.scan(name.as_bytes(), &text);
        for found in scanned.matches.iter().filter(|m| m.route.is_empty()) {
            let value = &text[found.span.clone()];
            let told = [
                &found.rule.revoke,
                &found.rule.rotate,
                &found.rule.about,
                &found.rule.name,
                &found.rule.provider,
            ];
            let mut public: Windows = told.iter().flat_map(|t| windows(t.as_bytes())).collect();
            public.extend(variants.iter().flat_map(|other| windows(other)));
            public.extend(windows(template.as_bytes()));
            public.extend(words.iter().flat_map(|words| windows(words)));
            hidden.value(&found.rule, value, &public);
        }
        rules += usize::from(!scanned.matches.is_empty());
        fs::write(work.join(name), &text).unwrap();
        before = Some((own, template.as_bytes()));
    }
    fs::write(
        dir.path().join("all.toml"),
        format!(
            "[policy]\nshow = 100000\ntimeout = \"10m\"\ndecision_log = \"{}\"\n",
            dir.path().join("decisions").display()
        ),
    )
    .unwrap();
    Given { dir, hidden, rules }
}

impl Given {
    fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.work())
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.dir.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "a")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_COMMITTER_NAME", "a")
            .env("GIT_COMMITTER_EMAIL", "a@example.com")
            .env("KEYSIEVE_CONFIG", self.dir.path().join("all.toml"))
            .stdin(Stdio::null());
        command
    }

    fn keysieve(&self, args: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_keysieve"), args)
            .output()
            .unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let output = self.command("git", args).output().unwrap();
        assert!(output.status.success(), "git {args:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    #[track_caller]
    fn check(&self, what: &str, output: &[u8]) {
        let mut rules: Vec<&str> = self.hidden.found_in(output).into_iter().collect();
        rules.sort_unstable();
        assert!(
            rules.is_empty(),
            "{what} shows values of {} rules: {}",
            rules.len(),
            rules.join(", ")
        );
    }

    /// Both channels of a command that refused.
    #[track_caller]
    fn check_refusal(&self, what: &str, output: &Output) {
        assert_eq!(output.status.code(), Some(1), "{what} refuses");
        self.check(what, &output.stdout);
        self.check(what, &output.stderr);
        let said = output.stdout.len() + output.stderr.len();
        assert!(
            said > 100 * self.rules,
            "{what} tells of them: {said} bytes"
        );
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let mut hidden = Hidden::new();
    let rule = rule::find("github-pat").unwrap();
    let value = expand("{make:github:ghp_}", &mut Seed::new(1)).unwrap();
    hidden.value(rule, value.as_bytes(), &Windows::new());
    let shows = |text: String| !hidden.found_in(text.as_bytes()).is_empty();
    assert!(!shows(format!("ghp_************{}", &value[36..])));
    assert!(shows(format!("x{}y", &value[10..18])));
    for offset in 0..3 {
        assert!(shows(
            BASE64.encode(format!("{}{value}", &"abc"[offset..]).as_bytes())
        ));
    }
    assert!(shows(HEXLOWER.encode(value.as_bytes())));
}

#[test]
fn no_output_holds_a_value() {
    let given = given();
    assert!(given.rules > 400, "{} rules are found", given.rules);
    let folder = given.dir.path().join("reports");
    fs::create_dir(&folder).unwrap();
    let reports: Vec<(&str, String)> = Format::NAMES
        .iter()
        .map(|name| (*name, folder.join(name).display().to_string()))
        .collect();
    let mut args = vec!["scan", "--show-suppressed", "."];
    for (name, file) in &reports {
        args.extend(["--format", name, "--output", file]);
    }
    given.check_refusal("scan", &given.keysieve(&args));
    for (name, file) in &reports {
        let text = fs::read(file).unwrap();
        assert!(text.len() > 20_000, "{name}: {} bytes", text.len());
        given.check(name, &text);
    }
    given.git(&["init", "-q", "-b", "main"]);
    given.git(&["add", "."]);
    given.check_refusal("hook pre-commit", &given.keysieve(&["hook", "pre-commit"]));
    given.git(&["commit", "-q", "-m", "all"]);
    given.check_refusal(
        "scan --history",
        &given.keysieve(&["scan", "--history", "--format", "json"]),
    );
    receive(&given);
    broken_configuration(&given);
}

fn receive(given: &Given) {
    let head = given.git(&["rev-parse", "HEAD"]);
    // The server's question "is it new" is answered by the refs: none may have it yet.
    given.git(&["update-ref", "-d", "refs/heads/main"]);
    let config = fs::read_to_string(given.dir.path().join("all.toml")).unwrap();
    fs::write(
        given.dir.path().join("all.toml"),
        config.replace("[policy]", "[policy]\nstrict = true"),
    )
    .unwrap();
    let mut child = given
        .command(env!("CARGO_BIN_EXE_keysieve"), &["hook", "pre-receive"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let line = format!("{} {head} refs/heads/main\n", "0".repeat(40));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(line.as_bytes())
        .unwrap();
    given.check_refusal("hook pre-receive", &child.wait_with_output().unwrap());
    let log = fs::read(given.dir.path().join("decisions")).unwrap();
    assert!(!log.is_empty());
    given.check("the log of decisions", &log);
}

/// A value that was pasted into the configuration is not repeated by the error about it.
fn broken_configuration(given: &Given) {
    let value = expand("{make:github:ghp_}", &mut Seed::of("leak config")).unwrap();
    let mut hidden = Hidden::new();
    hidden.value(
        rule::find("github-pat").unwrap(),
        value.as_bytes(),
        &Windows::new(),
    );
    let texts = [
        format!("[policy]\nmode = \"{value}\"\n"),
        format!("[policy]\n{value} = 1\n"),
        format!("{value}\n"),
        format!("[policy]\ndisable = [\"{value}\"]\n"),
        format!("[policy]\ntimeout = \"{value}\"\n"),
        format!("[policy]\nmax_blob = \"{value}\"\n"),
        format!("[[allow]]\nid = \"{value}\"\nexpires = \"{value}\"\nreason = \"r\"\n"),
        format!("[[rule]]\nid = \"{value}\"\npattern = '(?<secret>{value}'\n"),
    ];
    for (n, text) in texts.iter().enumerate() {
        let file = given.dir.path().join("broken.toml");
        fs::write(&file, text).unwrap();
        let output = given.keysieve(&["scan", "--config", path(&file), "."]);
        assert_eq!(
            output.status.code(),
            Some(2),
            "configuration {n} is refused"
        );
        for said in [&output.stdout, &output.stderr] {
            let shown = hidden.found_in(said);
            assert!(
                shown.is_empty(),
                "the error about configuration {n} shows a value"
            );
        }
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
