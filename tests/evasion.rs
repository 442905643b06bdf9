//! Ways to get a secret past a scanner by writing it otherwise, each with what becomes of it. `docs/threat-model.md`
//! shows the same table; the last test compares.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on panics"
)]

use std::io::Write as _;

use data_encoding::{BASE32, BASE64, BASE64_NOPAD, BASE64URL, HEXLOWER};
use keysieve::finding::Confidence;
use keysieve::scan::Scanner;
use keysieve::template::{Seed, expand};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A finding that blocks.
    Blocked,
    /// No finding, but a gap is reported that leaves the verdict undecided.
    Gap,
    /// Nothing is said: the table says so plainly.
    Missed,
}

use Outcome::{Blocked, Gap, Missed};

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zip(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    let (mut entry, config) = archive.new_file("a.txt").start().unwrap();
    let mut writer = config.wrap(&mut entry);
    writer.write_all(plain).unwrap();
    let descriptor = writer.finish().unwrap().1;
    entry.finish(descriptor).unwrap();
    archive.finish().unwrap();
    out
}

fn tar(plain: &[u8]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_gnu();
    header.set_size(plain.len() as u64);
    builder.append_data(&mut header, "a.txt", plain).unwrap();
    builder.into_inner().unwrap()
}

fn times(count: usize, encode: fn(&[u8]) -> Vec<u8>, plain: &[u8]) -> Vec<u8> {
    (0..count).fold(plain.to_vec(), |text, _| encode(&text))
}

/// Each byte written by itself.
fn each(text: &str, write: fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}

fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// Name, content, outcome.
fn ways() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    let token = expand("{make:github:ghp_}", &mut Seed::of("evasion")).unwrap();
    let t = token.as_str();
    let line = format!("token = \"{t}\"\n");
    let l = line.as_bytes();
    let (head, tail) = t.split_at(15);
    let base64 = |plain: &[u8]| BASE64.encode(plain).into_bytes();
    let wrapped = |plain: &[u8]| {
        let text = BASE64.encode(plain);
        text.as_bytes()
            .chunks(60)
            .flat_map(|c| [c, b"\n"].concat())
            .collect::<Vec<u8>>()
    };
    let text = |text: String| text.into_bytes();
    vec![
        ("plain text", l.to_vec(), Blocked),
        ("in a comment", text(format!("/* {t} */")), Blocked),
        (
            "lines that end in CR only",
            text(format!("a=1\r{t}\rb=2")),
            Blocked,
        ),
        (
            "after 5,000 NUL bytes",
            [vec![0; 5000], l.to_vec()].concat(),
            Blocked,
        ),
        (
            "a line of 5 MB before it",
            [vec![b'x'; 5_000_000], l.to_vec()].concat(),
            Blocked,
        ),
        ("base64", base64(l), Blocked),
        (
            "base64 of several lines",
            wrapped(&line.repeat(5).into_bytes()),
            Blocked,
        ),
        (
            "base64 without padding",
            BASE64_NOPAD.encode(l).into_bytes(),
            Blocked,
        ),
        (
            "base64 for URLs",
            BASE64URL
                .encode(&[b"\xff\xfe??>>", l].concat())
                .into_bytes(),
            Blocked,
        ),
        (
            "base64 four times",
            times(4, |b| BASE64.encode(b).into_bytes(), l),
            Blocked,
        ),
        (
            "base64 five times",
            times(5, |b| BASE64.encode(b).into_bytes(), l),
            Gap,
        ),
        (
            "base64 in a `data:` URL",
            text(format!(
                "href=\"data:text/plain;base64,{}\"",
                BASE64.encode(l)
            )),
            Blocked,
        ),
        (
            "a Basic header",
            text(format!(
                "Authorization: Basic {}",
                BASE64.encode(format!("u:{t}").as_bytes())
            )),
            Blocked,
        ),
        ("hex", HEXLOWER.encode(l).into_bytes(), Blocked),
        (
            "percent encoding",
            text(each(t, |b| format!("%{b:02x}"))),
            Blocked,
        ),
        (
            "one percent-encoded character",
            text(t.replace('_', "%5F")),
            Blocked,
        ),
        (
            "`\\x` escapes",
            text(format!("\"{}\"", each(t, |b| format!("\\x{b:02x}")))),
            Blocked,
        ),
        (
            "`\\u` escapes",
            text(format!("\"{}\"", each(t, |b| format!("\\u{b:04x}")))),
            Blocked,
        ),
        (
            "octal escapes",
            text(format!("\"{}\"", each(t, |b| format!("\\{b:03o}")))),
            Blocked,
        ),
        (
            "HTML entities",
            text(each(t, |b| format!("&#{b};"))),
            Blocked,
        ),
        (
            "UTF-16, either order, no mark",
            wide(&line, u16::to_be_bytes),
            Blocked,
        ),
        (
            "UTF-16 inside a binary",
            [
                b"MZ\x90\x03\x80".to_vec(),
                wide(&line, u16::to_le_bytes),
                vec![0x80; 99],
            ]
            .concat(),
            Blocked,
        ),
        (
            "UTF-32",
            line.chars()
                .flat_map(|c| u32::from(c).to_le_bytes())
                .collect(),
            Blocked,
        ),
        (
            "zero-width characters inside",
            text(format!("{head}\u{200b}{tail}")),
            Blocked,
        ),
        (
            "several zero-width characters in a row inside",
            text(format!("{head}\u{200b}\u{200b}\u{200d}{tail}")),
            Blocked,
        ),
        (
            "soft hyphens inside",
            text(format!("{head}\u{ad}{tail}")),
            Blocked,
        ),
        (
            "marks of the direction of writing inside",
            text(format!("{}\u{202e}{}\u{61c}{tail}", &head[..9], &head[9..])),
            Blocked,
        ),
        (
            "selectors of variants and tag characters inside",
            text(format!(
                "{}\u{fe0f}{}\u{e0041}{tail}",
                &head[..9],
                &head[9..]
            )),
            Blocked,
        ),
        (
            "full-width letters",
            t.chars()
                .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
                .collect::<String>()
                .into_bytes(),
            Blocked,
        ),
        (
            "colours of a terminal around and inside",
            text(format!("\u{1b}[31m{head}\u{1b}[1m{tail}\u{1b}[0m")),
            Blocked,
        ),
        (
            "two literals joined by `+`",
            text(format!("t = \"{head}\" + \"{tail}\"")),
            Blocked,
        ),
        (
            "an empty literal between two that are joined",
            text(format!("t = \"{head}\" + \"\" + '' + \"{tail}\"")),
            Blocked,
        ),
        (
            "literals side by side",
            text(format!("t = (\"{head}\"\n     \"{tail}\")")),
            Blocked,
        ),
        (
            "the prefix cut in two",
            text(format!("t = \"{}\" + \"{}\"", &t[..2], &t[2..])),
            Blocked,
        ),
        (
            "a backslash at the end of a line",
            text(format!("T={head}\\\n{tail}\n")),
            Blocked,
        ),
        ("gzip", gzip(l), Blocked),
        ("zlib, also as a loose object of git", zlib(l), Blocked),
        ("gzip in base64", base64(&gzip(l)), Blocked),
        ("zlib in base64", base64(&zlib(l)), Blocked),
        ("zip", zip(l), Blocked),
        ("tar in gzip", gzip(&tar(l)), Blocked),
        ("zip in zip in zip", zip(&zip(&zip(l))), Blocked),
        (
            "a zip behind the head of a picture",
            [b"\x89PNG\r\n\x1a\n".to_vec(), vec![7; 500], zip(l)].concat(),
            Blocked,
        ),
        ("base32", BASE32.encode(l).into_bytes(), Blocked),
        (
            "base32 of several lines",
            BASE32
                .encode(l)
                .as_bytes()
                .chunks(76)
                .flat_map(|line| [line, b"\n"].concat())
                .collect(),
            Blocked,
        ),
        (
            "base32 in base64",
            base64(BASE32.encode(l).as_bytes()),
            Blocked,
        ),
        (
            "gzip in base32",
            BASE32.encode(&gzip(l)).into_bytes(),
            Blocked,
        ),
        (
            "an array of byte values",
            text(each(t, |b| format!("{b}, "))),
            Blocked,
        ),
        (
            "an array of hexadecimal byte values, eight a line",
            text(byte_lines(t)),
            Blocked,
        ),
        (
            "an array of byte values, one a line",
            text(each(t, |b| format!("  {b},\n"))),
            Missed,
        ),
        (
            "`String.fromCharCode` of byte values",
            text(format!(
                "String.fromCharCode({})",
                each(t, |b| format!("{b}, "))
            )),
            Blocked,
        ),
        (
            "`chr` of byte values, joined",
            text(each(t, |b| format!("chr({b}) . "))),
            Missed,
        ),
        ("a hex dump", text(each(t, |b| format!("{b:02x} "))), Missed),
        (
            "`join` of a list of parts",
            text(format!("''.join(['{head}', '{tail}'])")),
            Blocked,
        ),
        (
            "a list of parts, a line each, joined at its end",
            text(format!("k = [\n  '{head}',\n  '{tail}',\n].join('')\n")),
            Blocked,
        ),
        (
            "`join` of a list of single characters",
            text(format!(
                "''.join([{}])",
                each(t, |b| format!("'{}', ", char::from(b)))
            )),
            Blocked,
        ),
        (
            "`join` of parts with what stands between them",
            text(format!("'_'.join(['{}', '{}'])", &t[..3], &t[4..])),
            Missed,
        ),
        (
            "`join` of a list that has a name",
            text(format!("p = ['{head}', '{tail}']\nt = ''.join(p)\n")),
            Missed,
        ),
        (
            "`concat` of parts",
            text(format!("string.Concat(\"{head}\", \"{tail}\");")),
            Missed,
        ),
        (
            "parts that a program puts together in another order",
            text(format!("b = '{tail}'\na = '{head}'\nprint(a + b)\n")),
            Missed,
        ),
        (
            "reversed",
            t.chars().rev().collect::<String>().into_bytes(),
            Missed,
        ),
        (
            "rot13",
            t.chars().map(rot13).collect::<String>().into_bytes(),
            Missed,
        ),
        ("EBCDIC", t.bytes().map(ebcdic).collect(), Missed),
        (
            "blanks between all characters",
            text(each(t, |b| format!("{} ", char::from(b)))),
            Missed,
        ),
    ]
}

/// As tools write the bytes of a file into a source.
fn byte_lines(plain: &str) -> String {
    let values: Vec<String> = plain.bytes().map(|b| format!("0x{b:02x}")).collect();
    let lines: Vec<String> = values.chunks(8).map(|line| line.join(", ")).collect();
    format!("char key[] = {{\n  {}\n}};\n", lines.join(",\n  "))
}

fn rot13(c: char) -> char {
    match c {
        'a'..='m' | 'A'..='M' => char::from(c as u8 + 13),
        'n'..='z' | 'N'..='Z' => char::from(c as u8 - 13),
        _ => c,
    }
}

/// Code page 500, letters and digits.
fn ebcdic(byte: u8) -> u8 {
    match byte {
        b'a'..=b'i' => byte - b'a' + 0x81,
        b'j'..=b'r' => byte - b'j' + 0x91,
        b's'..=b'z' => byte - b's' + 0xa2,
        b'A'..=b'I' => byte - b'A' + 0xc1,
        b'J'..=b'R' => byte - b'J' + 0xd1,
        b'S'..=b'Z' => byte - b'S' + 0xe2,
        b'0'..=b'9' => byte - b'0' + 0xf0,
        _ => 0x6d,
    }
}

#[test]
fn each_way_has_the_outcome_that_is_told() {
    for (name, content, wanted) in ways() {
        let scanned = Scanner::default().scan(b"file", &content);
        let blocks = scanned
            .matches
            .iter()
            .any(|m| m.confidence >= Confidence::Medium);
        let got = match (blocks, scanned.gaps.is_empty()) {
            (true, _) => Blocked,
            (false, false) => Gap,
            (false, true) => Missed,
        };
        assert_eq!(got, wanted, "{name}");
    }
}

/// What other scanners say to the same files, each with its deepest decoding, for the table in the threat model:
/// `GITLEAKS=… BETTERLEAKS=… cargo test --test evasion other -- --ignored --nocapture`
#[test]
#[ignore = "needs other scanners"]
fn other_scanners_on_the_same_table() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    let says = |variable: &str, args: &[&str]| {
        let program = std::env::var_os(variable)?;
        let mut command = std::process::Command::new(program);
        let output = command.args(args).arg(&file).output().unwrap();
        Some(match output.status.code() {
            Some(0) => "not seen",
            Some(1) => "blocked",
            Some(_) | None => "error",
        })
    };
    let deep = [
        "--no-banner",
        "--max-decode-depth=8",
        "--max-archive-depth=8",
    ];
    let mut rows = Vec::new();
    for (name, content, _) in ways() {
        std::fs::write(&file, content).unwrap();
        let gitleaks = says("GITLEAKS", &[&["dir"], &deep[..]].concat());
        let betterleaks = says("BETTERLEAKS", &deep);
        rows.push(format!(
            "| {name} | {} | {} |",
            gitleaks.unwrap_or("-"),
            betterleaks.unwrap_or("-")
        ));
    }
    println!("{}", rows.join("\n"));
}

#[test]
fn the_threat_model_tells_the_same() {
    let told = include_str!("../docs/threat-model.md");
    for (name, _, outcome) in ways() {
        let word = match outcome {
            Blocked => "blocked",
            Gap => "undecided: refused",
            Missed => "not seen",
        };
        let row = format!("| {name} | {word} | ");
        assert!(told.contains(&row), "docs/threat-model.md lacks `{row}`");
    }
}

#[test]
fn the_tests_that_the_threat_model_names_exist() {
    let told = include_str!("../docs/threat-model.md");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests: String = ["tests/git", "tests/attacks", "src"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .filter(|entry| entry.as_ref().unwrap().path().is_file())
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let names: Vec<&str> = told
        .split('`')
        .filter(|word| word.matches('_').count() >= 3 && !word.contains(' '))
        .collect();
    assert!(names.len() >= 15);
    for name in names {
        assert!(tests.contains(&format!("fn {name}()")), "no test `{name}`");
    }
}
