//! Every fuzz target for a moment, with fixed seeds: a crash that a change brings shows here, and again at the next run. A
//! long search is libFuzzer's (`docs/testing.md`); without a nightly compiler this does it as well, only blindly:
//! `KEYSIEVE_FUZZ_SECONDS=600 cargo test --test fuzz -- --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that cannot go on panics"
)]

use std::time::{Duration, Instant};

use keysieve::template::Seed;

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use fuzz::{TARGETS, Target};

/// Runs of each target in a test, beside its seeds.
const RUNS: usize = 150;

/// What often stands where a parser decides.
const WORDS: &[&[u8]] = &[
    b"\0",
    b"\xff\xff\xff\xff",
    b"\n",
    b"\r\n",
    b"=",
    b"\"",
    b"PK\x03\x04",
    b"\x1f\x8b\x08\0",
    b"%PDF-1.4",
    b"\x78\x9c",
    b"BZh9",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"\\u00",
    b"%41",
    b"&#x41;",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"[[rule]]",
    b"password: ",
    b"\xe2\x80\x8b",
];

/// Changes an input in a few places.
fn mutate(input: &[u8], other: &[u8], seed: &mut Seed) -> Vec<u8> {
    let mut out = input.to_vec();
    for _ in 0..1 + seed.below(4) {
        let at = seed.below(out.len() + 1);
        let n = seed.below(16).min(out.len() - at);
        match seed.below(8) {
            0 if at < out.len() => out[at] ^= 1 << seed.below(8),
            1 if at < out.len() => out[at] = seed.number() as u8,
            2 => drop(out.splice(at..at, WORDS[seed.below(WORDS.len())].iter().copied())),
            3 => drop(out.drain(at..at + n)),
            4 => {
                let part = out[at..at + n].to_vec();
                let to = seed.below(out.len() + 1);
                drop(out.splice(to..to, part));
            }
            5 => {
                let from = seed.below(other.len() + 1);
                drop(out.splice(at.., other[from..].iter().copied()));
            }
            6 => {
                let n = seed.below(40);
                drop(out.splice(at..at, seed.bytes(n)));
            }
            _ => out.truncate(at.max(1)),
        }
        out.truncate(1 << 16);
    }
    out
}

/// Says which input it was, in hex, where a target panics.
struct Tell<'t>(&'t Target, &'t [u8]);

impl Drop for Tell<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "{} fails on {}",
                self.0.name,
                data_encoding::HEXLOWER.encode(self.1)
            );
        }
    }
}

fn search(target: &Target, runs: usize, time: Option<Duration>) {
    let seeds = (target.seeds)();
    let mut seed = Seed::of(target.name);
    let start = Instant::now();
    let mut n = 0;
    for input in seeds.iter().step_by(1 + seeds.len() / 40) {
        let _tell = Tell(target, input);
        (target.run)(input);
    }
    while time.map_or(n < runs, |time| start.elapsed() < time) {
        let (one, other) = (seed.below(seeds.len()), seed.below(seeds.len()));
        let input = mutate(&seeds[one], &seeds[other], &mut seed);
        let _tell = Tell(target, &input);
        (target.run)(&input);
        n += 1;
    }
    eprintln!(
        "{}: {n} runs in {:.1} s",
        target.name,
        start.elapsed().as_secs_f32()
    );
}

#[test]
fn no_target_fails() {
    let time = std::env::var("KEYSIEVE_FUZZ_SECONDS").ok();
    let time = time.map(|text| Duration::from_secs(text.parse().unwrap()));
    let only = std::env::var("KEYSIEVE_FUZZ_TARGET").ok();
    std::thread::scope(|scope| {
        let targets = TARGETS
            .iter()
            .filter(|target| only.as_deref().is_none_or(|only| only == target.name));
        let threads: Vec<_> = targets
            .map(|target| scope.spawn(move || search(target, RUNS, time)))
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}
