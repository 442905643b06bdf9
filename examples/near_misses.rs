//! What a byte of near misses costs, rule by rule, against a byte of source code:
//! `cargo run --profile quick --example near_misses [TOP]`. Each rule's own `hit` is cut short or spoilt in its last byte and
//! repeated; the costliest way counts.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::{Duration, Instant};

use keysieve::rule;
use keysieve::scan::Scanner;
use keysieve::template::{Seed, expand};

/// Bytes of each text.
const SIZE: usize = 150_000;

fn filled(text: &[u8]) -> Vec<u8> {
    text.iter().copied().cycle().take(SIZE).collect()
}

/// The shortest of a few runs, and how much was found.
fn cost(scanner: &Scanner, bytes: &[u8]) -> (Duration, usize) {
    let mut best = Duration::MAX;
    let mut found = 0;
    for _ in 0..2 {
        let start = Instant::now();
        found = scanner.scan(b"a.py", bytes).matches.len();
        best = best.min(start.elapsed());
    }
    (best, found)
}

fn main() {
    let top = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(25);
    let scanner = Scanner::default();
    let code = filled(include_str!("../src/scan.rs").as_bytes());
    let clean = cost(&scanner, &code).0;
    let mut rows = Vec::new();
    for rule in rule::built_in() {
        for template in &*rule.hit {
            let Ok(text) = expand(template, &mut Seed::of(&rule.id)) else {
                continue;
            };
            let text = text.into_bytes();
            for (how, len) in [
                ("half", text.len() / 2),
                ("three quarters", text.len() * 3 / 4),
                ("all but one byte", text.len() - 1),
            ] {
                for end in [&b"\n"[..], b" ", b"", b"!"] {
                    let miss = [text.get(..len).unwrap_or_default(), end].concat();
                    if miss.is_empty() {
                        continue;
                    }
                    let (time, found) = cost(&scanner, &filled(&miss));
                    // What is found is no miss: reports cost more, and once.
                    if found < 5 {
                        let times = time.as_secs_f64() / clean.as_secs_f64();
                        rows.push((
                            times,
                            rule.id.to_string(),
                            how,
                            String::from_utf8_lossy(end).escape_debug().to_string(),
                        ));
                    }
                }
            }
        }
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut seen = std::collections::HashSet::new();
    println!(
        "source code: {:.1} MB/s",
        SIZE as f64 / 1e6 / clean.as_secs_f64()
    );
    println!("| rule | near miss | times the cost of source code |\n| --- | --- | --- |");
    for (times, id, how, end) in rows
        .iter()
        .filter(|row| seen.insert(row.1.clone()))
        .take(top)
    {
        println!("| {id} | {how}, then {end:?} | {times:.0} |");
    }
    let over = rows.iter().filter(|row| row.0 > 20.0).count();
    println!("{over} of {} near misses cost over 20 times", rows.len());
}
