//! How fast the prefilter is by number of rules, and whether it finds what Aho-Corasick finds.
//!
//! ```text
//! cargo bench --bench prefilter                     over this crate's own sources, repeated
//! cargo bench --bench prefilter -- FOLDER           over the files of a folder, compared with Aho-Corasick
//! cargo bench --bench prefilter -- FOLDER LITERALS  the same with the literals of a file, one a line
//! ```

#![expect(clippy::print_stdout, reason = "it reports to a person")]

use std::collections::BTreeSet;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;
use keysieve::prefilter::{BuiltIn, Prefilter};

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let folder = arguments.next();
    let files = files(Path::new(folder.as_deref().unwrap_or("src")));
    let text: Vec<u8> = files
        .iter()
        .flat_map(|(_, bytes)| bytes.iter().copied())
        .collect();
    let copies = (32_000_000 / text.len().max(1)).max(1);
    let text = text.repeat(copies);
    println!(
        "{} files, {copies} x {:.1} MB",
        files.len(),
        text.len() as f64 / 1e6 / copies as f64
    );
    if let Some(path) = arguments.next() {
        let literals = fs::read_to_string(path).expect("the file of literals can be read");
        measure(
            &literals.lines().map(str::to_owned).collect::<Vec<_>>(),
            &text,
        );
        return;
    }
    let n_rules = keysieve::rule::built_in().len();
    print!("{n_rules} built-in rules: ");
    let built_in = |piece: &[u8], hit: &mut dyn FnMut(u32, usize)| BuiltIn.find(piece, hit);
    measure_alone(&built_in, &text);
    println!("the texts of literals alone, of");
    for n_rules in [100, 300, 700, 1500, n_rules] {
        print!("{n_rules} rules: ");
        measure(&literals(n_rules), &text);
    }
    if folder.is_some() {
        for n_rules in [700, n_rules] {
            compare(&literals(n_rules), &files);
        }
    }
}

/// The literals of so many built-in rules, taken evenly from all of them.
fn literals(n_rules: usize) -> Vec<String> {
    let rules = keysieve::rule::built_in();
    let some = (0..n_rules).filter_map(|i| rules.get(i * rules.len() / n_rules));
    let literals: BTreeSet<String> = some.flat_map(literals_of).collect();
    literals.into_iter().collect()
}

fn literals_of(rule: &keysieve::rule::Rule) -> Vec<String> {
    use keysieve::rule::Detect;
    let (Detect::Pattern(matcher) | Detect::Named { matcher, .. }) = &rule.detect else {
        return rule
            .keywords
            .iter()
            .map(|k| k.to_ascii_lowercase())
            .collect();
    };
    matcher.literals.iter().map(|l| l.to_string()).collect()
}

/// Gigabytes a second: a text is gone through in pieces, and of each piece the best of some runs counts, so that
/// whatever else the machine does disturbs little.
fn speed(text: &[u8], mut run: impl FnMut(&[u8])) -> f64 {
    let mut sum = Duration::ZERO;
    for piece in text.chunks(1 << 19) {
        let one = |_| {
            let start = Instant::now();
            run(piece);
            start.elapsed()
        };
        sum += (0..9).map(one).min().unwrap_or_default();
    }
    text.len() as f64 / sum.as_secs_f64() / 1e9
}

fn measure(literals: &[String], text: &[u8]) {
    let start = Instant::now();
    let prefilter = Prefilter::new(literals.iter().map(|l| l.as_bytes()));
    let built = start.elapsed();
    let find = |piece: &[u8], hit: &mut dyn FnMut(u32, usize)| {
        prefilter.find(piece, 0..piece.len(), hit);
    };
    measure_alone(&find, text);
    let some = text.get(..4_000_000).unwrap_or(text);
    let automaton = automaton(literals);
    let theirs = speed(some, |piece| {
        black_box(automaton.find_overlapping_iter(piece).count());
    });
    println!(
        "    {} literals, made in {:.1} ms; aho-corasick {theirs:.2} GB/s",
        literals.len(),
        built.as_secs_f64() * 1e3,
    );
}

/// A search that calls back with literal and place.
type Find<'f> = &'f dyn Fn(&[u8], &mut dyn FnMut(u32, usize));

fn measure_alone(find: Find<'_>, text: &[u8]) {
    let ours = speed(text, |piece| {
        find(piece, &mut |literal, start| {
            black_box((literal, start));
        });
    });
    let mut hits = 0;
    find(text, &mut |_, _| hits += 1);
    let per_kb = f64::from(hits) * 1e3 / text.len() as f64;
    println!("{ours:.2} GB/s, {per_kb:.2} hits a kB");
}

fn automaton(literals: &[String]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(aho_corasick::AhoCorasickKind::DFA))
        .build(literals)
        .expect("the automaton can be built")
}

/// Stops at the first file in which the two differ.
fn compare(literals: &[String], files: &[(PathBuf, Vec<u8>)]) {
    let prefilter = Prefilter::new(literals.iter().map(|l| l.as_bytes()));
    let automaton = automaton(literals);
    let mut n_hits = 0;
    for (path, bytes) in files {
        let mut theirs: Vec<(usize, u32)> = automaton
            .find_overlapping_iter(bytes)
            .map(|m| (m.start(), m.pattern().as_u32()))
            .collect();
        theirs.sort_unstable();
        let mut ours = Vec::new();
        prefilter.find(bytes, 0..bytes.len(), |literal, start| {
            ours.push((start, literal));
        });
        assert!(ours == theirs, "hits differ in {}", path.display());
        n_hits += ours.len();
    }
    println!(
        "{} literals: the same {n_hits} hits as aho-corasick in {} files",
        literals.len(),
        files.len()
    );
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let entry = entry.expect("the folder can be read");
            let kind = entry.file_type().expect("the type of a file is known");
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                let bytes = fs::read(entry.path()).expect("the file can be read");
                files.push((entry.path(), bytes));
            }
        }
    }
    files
}
