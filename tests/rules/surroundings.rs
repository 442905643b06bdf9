//! The examples of all rules in other surroundings: line ends, blanks, comments, quotes, other alphabets, long lines, names
//! that say nothing, values that are cut. What is found in one is found in the other. A sample for each rule, the same in
//! every run.

use keysieve::finding::Confidence;
use keysieve::rule::{self, Detect, Rule};
use keysieve::scan::Scanner;
use keysieve::template::{Seed, expand};

/// Puts an example elsewhere; `None` where that says nothing new of it.
type Change = fn(&Example<'_>) -> Option<String>;

struct Example<'e> {
    text: &'e str,
    value: &'e str,
    /// Whether the value alone is found.
    tells_itself: bool,
}

impl Example<'_> {
    /// The example with something in place of its value.
    fn with(&self, value: &str) -> String {
        self.text.replacen(self.value, value, 1)
    }

    /// Something around a value that needs no name.
    fn renamed(&self, form: &str) -> Option<String> {
        self.tells_itself.then(|| form.replace("@V", self.value))
    }

    /// Whether the value is all that stands in its quotes.
    fn is_quoted(&self) -> bool {
        self.text.contains(&format!("\"{}\"", self.value))
    }

    fn is_one_line(&self) -> bool {
        !self.text.contains('\n')
    }
}

#[rustfmt::skip]
const CHANGES: &[(&str, Change)] = &[
    ("CRLF", |e| Some(format!("# first\n\n{}\n\nlast = 1\n", e.text).replace('\n', "\r\n"))),
    ("CR", |e| e.is_one_line().then(|| format!("first = 1\r{}\rlast = 1", e.text))),
    ("tabs", |e| Some(format!("\t\t\t{}\t", e.text.replace('\n', "\n\t\t\t")))),
    ("deep", |e| Some(format!("{0}{1}", " ".repeat(60), e.text.replace('\n', &format!("\n{}", " ".repeat(60)))))),
    ("comment behind", |e| Some(format!("{}  # rotate soon", e.text))),
    ("other comment behind", |e| e.is_one_line().then(|| format!("{} // do not commit!", e.text))),
    ("block behind", |e| e.is_one_line().then(|| format!("{} /* old */", e.text))),
    ("semicolon", |e| e.is_one_line().then(|| format!("a=1;{};b=2", e.text))),
    ("other alphabets", |e| Some(format!("// \u{43a}\u{43b}\u{44e}\u{447} \u{2013} \u{9375}\n\u{e9}\u{e0} {} \u{2602}\u{fe0f}\n", e.text))),
    ("beside other alphabets", |e| e.is_one_line().then(|| format!("\u{ff08}{}\u{ff09}\u{3002}", e.text))),
    ("Latin-1", |e| Some(format!("{}\n", e.text))),
    ("BOM", |e| Some(format!("\u{feff}{}", e.text))),
    ("long line", |e| e.is_one_line().then(|| format!("{0} {1} {0}", "lorem ipsum, dolor; ".repeat(300), e.text))),
    ("long line of code", |e| e.is_one_line().then(|| format!("{0};{1};{0}", "function a(b){return c+1}".repeat(200), e.text))),
    ("NUL", |e| Some(format!("\0\0{}\0\0", e.text))),
    ("in a string", |e| Some(format!("{{\"body\": \"a\\n{}\\n\"}}", e.text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")))),
    ("other quotes", |e| (!e.text.contains('\'')).then(|| e.text.replace('"', "'"))),
    ("backquotes", |e| e.is_quoted().then(|| e.with(&format!("\"{}\"", e.value)).replace("\"\"", "`"))),
    ("nameless", |e| e.renamed("x = \"@V\"")),
    ("in a list", |e| e.renamed("[1, '@V', 2]")),
    ("in brackets", |e| e.renamed("see <@V> (or {@V})")),
    ("a line of its own", |e| e.renamed("- @V\n")),
    ("behind a colon", |e| e.renamed("a:@V,b")),
    ("in a query", |e| e.renamed("https://h.example/p?x=@V&y=2")),
    ("in prose", |e| e.renamed("It was @V, I think.")),
    ("in a diff", |e| e.renamed("-a\n+  x: @V\n")),
    ("in XML", |e| e.renamed("<x>@V</x>")),
    ("in a table", |e| e.renamed("|@V|ok|")),
    ("in two parts", |e| cut(e, "\" +\n    \"")),
    ("in two literals", |e| cut(e, "\"\n    \"")),
    ("over two lines", |e| cut(e, "\\\n")),
];

/// A quoted value with something in its middle.
fn cut(example: &Example<'_>, with: &str) -> Option<String> {
    let middle = example.value.len() / 2;
    let (head, tail) = example.value.split_at_checked(middle)?;
    example
        .is_quoted()
        .then(|| example.with(&[head, with, tail].concat()))
}

fn is_found(scanner: &Scanner, text: &[u8]) -> bool {
    let scanned = scanner.scan(b"src/app.conf", text);
    let mut matches = scanned.matches.iter();
    matches.any(|m| m.confidence >= Confidence::Medium)
}

/// The value that the rule finds in an example.
fn value_of<'t>(scanner: &Scanner, rule: &Rule, text: &'t str) -> Option<&'t str> {
    let scanned = scanner.scan(b"src/app.conf", text.as_bytes());
    let mut matches = scanned.matches.iter();
    let found = matches.find(|m| m.rule.id == rule.id && m.confidence >= Confidence::Medium)?;
    text.get(found.span.clone())
}

#[test]
fn what_stands_around_an_example_does_not_hide_it() {
    /// Changes that are tried of each example.
    const SAMPLE: usize = 5;
    let scanner = Scanner::default();
    let mut seed = Seed::new(7);
    let (mut tried, mut missed) = (vec![0; CHANGES.len()], vec![Vec::new(); CHANGES.len()]);
    for rule in rule::built_in() {
        if !matches!(rule.detect, Detect::Pattern(_) | Detect::Named { .. }) {
            continue;
        }
        for template in rule.hit.iter() {
            let text = expand(template, &mut seed).unwrap();
            // Of identifiers and others that only warn nothing is asked; `each_hit_is_found_by_its_rule_alone` tells of
            // the rest.
            let Some(value) = value_of(&scanner, rule, &text) else {
                continue;
            };
            let example = Example {
                text: &text,
                value,
                tells_itself: is_found(&scanner, format!("({value})").as_bytes()),
            };
            for _ in 0..SAMPLE {
                let n = seed.below(CHANGES.len());
                let (name, change) = CHANGES[n];
                let Some(changed) = change(&example) else {
                    continue;
                };
                tried[n] += 1;
                let mut bytes = changed.clone().into_bytes();
                if name == "Latin-1" {
                    // A letter that is not UTF-8 either.
                    bytes.splice(0..0, *b"caf\xe9 \xfc\n");
                }
                if !is_found(&scanner, &bytes) {
                    missed[n].push((rule.id.as_ref(), template.as_ref()));
                }
            }
        }
    }
    let failures: Vec<String> = (CHANGES.iter().zip(&tried).zip(&missed))
        // One in forty, and four that a sample of some hundreds may have more by chance.
        .filter(|((_, tried), missed)| missed.len() * 40 > **tried + 160 || **tried < 100)
        .map(|(((name, _), tried), missed)| format!("{name}: {missed:?} of {tried}"))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
