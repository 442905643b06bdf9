//! Contents of files that are made to exhaust.

use std::process::{Command, Stdio};
use std::time::Duration;

use data_encoding::BASE64;

use crate::formats::framed;
use crate::measured::{Target, allowed};
use crate::objects::delta_bomb;
use crate::sandbox::{Sandbox, token};

/// What makes the content.
pub type Make = Box<dyn Fn() -> Vec<u8>>;

pub fn key() -> String {
    format!("token = \"{}\"\n", token("attack"))
}

/// What a shell command makes, with the key in `KEY`; nothing where one of its programs is not there.
pub fn shell(script: &str) -> Vec<u8> {
    let output = Command::new("bash")
        .args(["-o", "pipefail", "-c", script])
        .env("KEY", key())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    if output.status.success() {
        output.stdout
    } else {
        Vec::new()
    }
}

/// So many megabytes of zeros, the key behind them, through a program.
pub fn bomb(megabytes: usize, program: &str) -> Make {
    let script =
        format!("{{ head -c {megabytes}000000 /dev/zero; printf %s \"$KEY\"; }} | {program}");
    Box::new(move || shell(&script))
}

/// Text that packs well but not absurdly well: many different lines.
pub fn lines(megabytes: usize, program: &str) -> Make {
    let script = format!(
        "{{ seq 1000000000 | head -c {megabytes}000000; printf '\\n%s' \"$KEY\"; }} | {program}"
    );
    Box::new(move || shell(&script))
}

fn times(n: usize, wrap: impl Fn(&[u8]) -> Vec<u8> + 'static) -> Make {
    Box::new(move || (0..n).fold(key().into_bytes(), |inner, _| wrap(&inner)))
}

pub fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (name, content) in members {
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(rawzip::CompressionMethod::Deflate)
            .start()
            .unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(content).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

pub fn gzip(plain: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

pub fn many_members(n: usize, size: usize) -> Make {
    Box::new(move || {
        let filler = vec![b'\n'; size];
        let mut members: Vec<_> = (0..n).map(|i| (format!("m{i}"), filler.clone())).collect();
        members.push(("last".to_owned(), key().into_bytes()));
        zip(&members)
    })
}

pub fn repeated(text: &'static str, n: usize) -> Make {
    Box::new(move || [text.repeat(n).as_bytes(), b"\n", key().as_bytes()].concat())
}

/// Many different values.
pub fn findings(n: usize, end: &'static str) -> Make {
    Box::new(move || {
        let one = |i: usize| format!("token = \"{}\"{end}", token(&format!("{i}")));
        (0..n).map(one).collect::<String>().into_bytes()
    })
}

/// Name, path, content; those for every test run, then the large ones.
fn attacks(large: bool) -> Vec<(&'static str, &'static str, Make)> {
    let mut all: Vec<(&'static str, &'static str, Make)> = vec![
        ("gzip bomb of 100 MB", "a.gz", bomb(100, "gzip -9")),
        ("bzip2 bomb of 100 MB", "a.bz2", bomb(100, "bzip2 -9")),
        ("xz bomb of 100 MB", "a.xz", bomb(100, "xz -0")),
        ("gzip in gzip, 40 deep", "a.gz", times(40, gzip)),
        (
            "zip in zip, 40 deep",
            "a.zip",
            times(40, |inner| zip(&[("a".to_owned(), inner.to_vec())])),
        ),
        (
            "base64 in base64, 20 deep",
            "a.txt",
            times(20, |inner| BASE64.encode(inner).into_bytes()),
        ),
        ("zip of 12,000 members", "a.zip", many_members(12_000, 1)),
        (
            "a pack with deltas in a file",
            "a.bundle",
            Box::new(|| delta_bomb(10, 200_000, &"0".repeat(40)).1),
        ),
        ("200 findings on one line", "a.txt", findings(200, " ")),
        ("100,000 lines", "a.txt", repeated("line\n", 100_000)),
        ("one line of 5 MB", "a.js", repeated("x=1;", 1_250_000)),
        (
            "3 MB of what stands inside of tokens",
            "a.txt",
            repeated(
                "\u{430}\u{1d5a0}a<b>c<!--`d${'e'}\\41 f\" X_1 \"- >\n  ABCDEFGH1\n",
                45_000,
            ),
        ),
    ];
    if large {
        all.extend([
            ("gzip bomb of 1 GB", "a.gz", bomb(1000, "gzip -9")),
            ("bzip2 bomb of 1 GB", "a.bz2", bomb(1000, "bzip2 -9")),
            ("xz bomb of 1 GB", "a.xz", bomb(1000, "xz -0")),
            (
                "xz with a dictionary of 128 MiB",
                "a.xz",
                lines(200, "xz -0 --lzma2=preset=0,dict=128MiB"),
            ),
            (
                "zstd bomb of 1 GB",
                "a.zst",
                bomb(1000, "zstd -3 --long=27"),
            ),
            (
                "gzip of a gzip bomb",
                "a.gz",
                bomb(1000, "gzip -9 | gzip -9 | gzip -9"),
            ),
            ("gzip of 300 MB of lines", "a.gz", lines(300, "gzip -1")),
            ("xz of 300 MB of lines", "a.xz", lines(300, "xz -0")),
            (
                "zip of 20 members of 40 MB",
                "a.zip",
                Box::new(|| {
                    shell(
                        "d=$(mktemp -d); cd $d; head -c 40000000 /dev/zero > m0; for i in {1..19}; do ln -s m0 m$i; done; printf %s \"$KEY\" > z; zip -q1 - m* z; rm -r $d",
                    )
                }),
            ),
            (
                "base64 in base64, 40 deep",
                "a.txt",
                times(40, |inner| BASE64.encode(inner).into_bytes()),
            ),
            ("10^6 lines", "a.txt", repeated("line\n", 1_000_000)),
            ("one line of 60 MB", "a.js", repeated("x=1;", 15_000_000)),
            ("one line of 100 MB", "a.js", repeated("x=1;", 25_000_000)),
            (
                "60 MB of base64",
                "a.txt",
                repeated("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUZH\n", 1_300_000),
            ),
            (
                "60 MB of escapes",
                "a.txt",
                repeated("\\x41%41&#65;\\u0041", 3_000_000),
            ),
            (
                "60 MB of quotes and pluses",
                "a.js",
                repeated("\"a\"+", 15_000_000),
            ),
            (
                "60 MB of open brackets",
                "a.json",
                repeated("{\"a\":[", 10_000_000),
            ),
            (
                "60 MB of byte values",
                "a.c",
                repeated("103, 104, 112, 95, 65, ", 2_600_000),
            ),
            (
                "60 MB of byte values that are no token",
                "a.c",
                repeated("0x20, 0x41, 0x20, 0x0a, ", 2_500_000),
            ),
            (
                "60 MB of joined lists",
                "a.py",
                repeated("''.join(['a1',", 4_200_000),
            ),
            (
                "60 MB of zero-width characters",
                "a.txt",
                repeated("a\u{200b}", 15_000_000),
            ),
            (
                "60 MB of letters that look alike",
                "a.txt",
                repeated("\u{430}\u{440}a", 12_000_000),
            ),
            (
                "60 MB of lines of mathematical letters",
                "a.txt",
                repeated("\u{1d5a0}\u{1d5a1}\u{1d5a2}\u{1d5a3}\n", 3_500_000),
            ),
            (
                "60 MB of tags and of comments that never end",
                "a.html",
                repeated("a<b>b</b>c<!-- d<i", 3_300_000),
            ),
            (
                "60 MB of escapes of CSS",
                "a.css",
                repeated("\\41 \\0042 \\43", 4_600_000),
            ),
            (
                "60 MB of backticks and of literals in templates",
                "a.js",
                repeated("a`b${'c'}${\"d", 4_300_000),
            ),
            (
                "60 MB of blocks of YAML",
                "a.yml",
                repeated("k: >-\n  ABCDEFGH1\n  ABCDEFGH2\n", 2_000_000),
            ),
            (
                "60 MB of lists that are joined by their names",
                "a.py",
                repeated("p = ['A1', 'B2']\nx(p.join(''), p.join(''))\n", 1_300_000),
            ),
            (
                "60 MB of one block of YAML",
                "a.yml",
                framed("k: |\n", "  ABCDEFGH1\n", 5_000_000, ""),
            ),
        ]);
        all.extend(crate::formats::attacks());
        all.extend(crate::keyfiles::attacks());
    }
    all
}

fn run(large: bool, timeout: Duration) {
    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, timeout, "");
    let only = std::env::var("KEYSIEVE_ATTACK").ok();
    for (name, path, make) in attacks(large) {
        if only.as_deref().is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let content = make();
        if content.is_empty() {
            eprintln!("| {name} | its program is not here |");
            continue;
        }
        target.judge(name, &target.push_file(path, &content));
    }
}

#[test]
fn bombs_and_long_lines() {
    run(false, Duration::from_secs(1));
}

#[test]
#[ignore = "takes minutes"]
fn large_bombs_and_long_lines() {
    run(true, allowed());
}
