//! The decoders' pass over ordinary source, where hardly anything is encoded, and over text that is all encoded.
#![expect(clippy::print_stdout, reason = "a benchmark's result")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use brunch::{Bench, Benches};
use keysieve::decode::{DECODERS, Decoder, Marks, find_all};

const SOURCE: [&str; 4] = [
    include_str!("../src/finding.rs"),
    include_str!("../src/template.rs"),
    include_str!("../src/archive/zip.rs"),
    include_str!("../src/decode/base64.rs"),
];
const SIZE: usize = 1_000_000;

fn main() {
    let source = repeat(&SOURCE.concat());
    let base64 = repeat(&data_encoding::BASE64.encode(SOURCE.concat().as_bytes()));
    let escapes = repeat(r#"key = "ab\x63\u0064%65&#x66;" + "ghij";"#);
    for decoder in DECODERS {
        println!(
            "{:>12} {:8.0} MB/s",
            decoder.name,
            speed(|| run(decoder, &source))
        );
    }
    println!(
        "{:>12} {:8.0} MB/s of source\n",
        "all",
        speed(|| run_all(&source))
    );

    let mut benches = Benches::default();
    for (name, text) in [
        ("1 MB of source", &source),
        ("1 MB of base64", &base64),
        ("1 MB of escapes", &escapes),
    ] {
        benches.push(Bench::new(name).run(|| run_all(text)));
    }
    benches.finish();
}

fn repeat(text: &str) -> Vec<u8> {
    text.bytes().cycle().take(SIZE).collect()
}

fn run(decoder: &Decoder, text: &[u8]) {
    (decoder.find)(text, &Marks::of(text), &mut |decoded| {
        black_box(decoded);
    });
}

fn run_all(text: &[u8]) {
    find_all(text, &mut |decoded| {
        black_box(decoded);
    });
}

/// Megabytes in a second, the best of some runs.
fn speed(pass: impl Fn()) -> f64 {
    let best = (0..20).map(|_| {
        let begin = Instant::now();
        pass();
        begin.elapsed()
    });
    let best = best.min().unwrap_or(Duration::MAX);
    SIZE as f64 / best.as_secs_f64() / 1e6
}
