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
use keysieve::policy::{Policy, leaves_undecided};
use keysieve::scan::Scanner;
use keysieve::template::{Seed, expand};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A finding that blocks.
    Blocked,
    /// No finding, but a gap is reported that leaves the verdict undecided.
    Gap,
    /// No finding, and a gap that is told but does not refuse.
    Noted,
    /// Nothing is said: the table says so plainly.
    Missed,
}

use Outcome::{Blocked, Gap, Missed, Noted};

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
    zip_of("a.txt", plain)
}

fn zip_of(name: &str, plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    let (mut entry, config) = archive.new_file(name).start().unwrap();
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
            Blocked,
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
            Blocked,
        ),
        (
            "`[char]` of byte values, joined",
            text(each(t, |b| format!("[char]{b}+"))),
            Blocked,
        ),
        (
            "a hex dump",
            text(each(t, |b| format!("{b:02x} "))),
            Blocked,
        ),
        ("a hex dump as `xxd` writes it", xxd(l), Blocked),
        (
            "hexadecimal bytes with colons, fifteen a line",
            text(colons(t)),
            Blocked,
        ),
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
            Blocked,
        ),
        (
            "`join` of a list that has a name",
            text(format!("p = ['{head}', '{tail}']\nt = ''.join(p)\n")),
            Blocked,
        ),
        (
            "`concat` of parts",
            text(format!("string.Concat(\"{head}\", \"{tail}\");")),
            Blocked,
        ),
        (
            "pieces of a template literal",
            text(format!("t = `${{'{head}'}}${{'{tail}'}}`")),
            Blocked,
        ),
        (
            "variables of a shell",
            text(format!("a={head}\nb={tail}\ncurl -H \"Bearer $a$b\"\n")),
            Missed,
        ),
        (
            "an empty pair of quotes inside, as shells allow",
            text(format!("T={head}''{tail}\n")),
            Blocked,
        ),
        (
            "a backtick inside, as PowerShell allows",
            text(format!("$t = \"{head}`{tail}\"")),
            Blocked,
        ),
        (
            "a macro between two literals",
            text(format!("t = \"{head}\" NOTHING \"{tail}\";")),
            Blocked,
        ),
        (
            "a folded text of YAML",
            text(format!("t: >-\n  {head}\n  {tail}\n")),
            Blocked,
        ),
        (
            "an underscore that is escaped, as in Markdown",
            text(t.replace('_', "\\_")),
            Blocked,
        ),
        (
            "slashes that are escaped, as in JSON",
            text(format!("{{\"u\": \"https:\\/\\/x:{t}@github.com\\/a\"}}")),
            Blocked,
        ),
        (
            "percent encoding twice",
            text(each(t, |b| format!("%25{b:02x}"))),
            Blocked,
        ),
        (
            "a soft hyphen inside, by its name",
            text(format!("{head}&shy;{tail}")),
            Blocked,
        ),
        (
            "a zero-width space inside, by its number",
            text(format!("{head}&#8203;{tail}")),
            Blocked,
        ),
        (
            "HTML entities without their semicolon",
            text(each(t, |b| format!("&#{b}"))),
            Blocked,
        ),
        (
            "an HTML comment inside",
            text(format!("<p>{head}<!-- -->{tail}</p>")),
            Blocked,
        ),
        (
            "HTML tags inside",
            text(format!("<p>{head}<b>{tail}</b></p>")),
            Blocked,
        ),
        (
            "escapes of CSS",
            text(each(t, |b| format!("\\{b:x} "))),
            Blocked,
        ),
        (
            "`\\x{}` escapes of Perl",
            text(format!("\"{}\"", each(t, |b| format!("\\x{{{b:x}}}")))),
            Blocked,
        ),
        (
            "a mail in quoted-printable",
            text(format!(
                "Subject: s\nContent-Transfer-Encoding: quoted-printable\n\nt {head}=\n{tail}\n"
            )),
            Blocked,
        ),
        (
            "quoted-printable without its mail",
            text(each(t, |b| format!("={b:02X}"))),
            Missed,
        ),
        ("uuencode", uuencode(l), Blocked),
        (
            "UTF-7",
            text(format!(
                "+{}-",
                BASE64_NOPAD.encode(&wide(&line, u16::to_be_bytes))
            )),
            Blocked,
        ),
        (
            "ascii85",
            text(by_fours(l, |n| char::from(b'!' + n))),
            Missed,
        ),
        (
            "Z85",
            text(by_fours(l, |n| char::from(Z85[usize::from(n)]))),
            Missed,
        ),
        (
            "base64 in groups of four",
            text(
                BASE64
                    .encode(l)
                    .as_bytes()
                    .chunks(4)
                    .map(|four| format!("{} ", String::from_utf8_lossy(four)))
                    .collect(),
            ),
            Missed,
        ),
        (
            "UTF-16 after the mark of the other order",
            [b"\xfe\xff".to_vec(), wide(&line, u16::to_le_bytes)].concat(),
            Blocked,
        ),
        (
            "UTF-16 that a byte moves after its mark",
            [b"\xff\xfe.".to_vec(), wide(&line, u16::to_le_bytes)].concat(),
            Blocked,
        ),
        (
            "mathematical letters",
            t.chars().map(mathematical).collect::<String>().into_bytes(),
            Blocked,
        ),
        (
            "Cyrillic letters that look alike",
            text(t.replace('p', "\u{440}")),
            Blocked,
        ),
        (
            "a password in a URL of `.gitmodules`",
            text(format!(
                "[submodule \"x\"]\n\turl = https://x:{t}@github.com/a/b\n"
            )),
            Blocked,
        ),
        (
            "a document whose runs of text split it",
            zip_of(
                "word/document.xml",
                format!(
                    "<?xml?><w:p><w:r><w:t>{head}</w:t></w:r><w:r><w:t>{tail}</w:t></w:r></w:p>"
                )
                .as_bytes(),
            ),
            Blocked,
        ),
        (
            "a page of a PDF that moves between the letters",
            pdf(&format!("BT [({head}) 20 ({tail})] TJ ET")),
            Blocked,
        ),
        (
            "a zip with a comment behind the head of a picture",
            with_comment([b"\x89PNG\r\n\x1a\n\0".to_vec(), zip(l)].concat()),
            Blocked,
        ),
        (
            "gzip in a tar, as a file of an odd kind",
            odd_tar(&gzip(l)),
            Blocked,
        ),
        (
            "zstd after a frame that is passed over",
            [
                b"\x50\x2a\x4d\x18\0\0\0\0".to_vec(),
                ruzstd::encoding::compress_to_vec(l, ruzstd::encoding::CompressionLevel::Fastest),
            ]
            .concat(),
            Blocked,
        ),
        ("an encrypted zip", encrypted(zip(l), l.len()), Noted),
        (
            "an archive that is not opened: 7z, rar, lz4, rpm",
            [
                b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(),
                l.iter().map(|b| b ^ 0x55).collect(),
            ]
            .concat(),
            Noted,
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

fn colons(plain: &str) -> String {
    let values: Vec<String> = plain.bytes().map(|b| format!("{b:02x}")).collect();
    let lines = values
        .chunks(15)
        .map(|line| format!("    {}:\n", line.join(":")));
    lines.collect()
}

fn xxd(plain: &[u8]) -> Vec<u8> {
    let mut out = String::new();
    for (n, row) in plain.chunks(16).enumerate() {
        let pairs: Vec<String> = row
            .chunks(2)
            .map(|two| two.iter().map(|b| format!("{b:02x}")).collect())
            .collect();
        let text = String::from_utf8_lossy(row).replace('\n', ".");
        out += &format!("{:08x}: {:<39}  {text}\n", n * 16, pairs.join(" "));
    }
    out.into_bytes()
}

fn uuencode(plain: &[u8]) -> Vec<u8> {
    let digit = |n: u32| char::from(b' ' + (n & 63) as u8);
    let mut out = "begin 644 a.txt\n".to_owned();
    for line in plain.chunks(45) {
        out.push(digit(line.len() as u32));
        for three in line.chunks(3) {
            let byte = |at: usize| u32::from(*three.get(at).unwrap_or(&0));
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            out.extend([18, 12, 6, 0].map(|shift| digit(bits >> shift)));
        }
        out.push('\n');
    }
    (out + "`\nend\n").into_bytes()
}

const Z85: &[u8] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// Five digits for each four bytes.
fn by_fours(plain: &[u8], digit: fn(u8) -> char) -> String {
    let mut out = String::new();
    for four in plain.as_chunks::<4>().0 {
        let number = u32::from_be_bytes(*four);
        out.extend([4, 3, 2, 1, 0].map(|power| digit((number / 85u32.pow(power) % 85) as u8)));
    }
    out
}

fn mathematical(c: char) -> char {
    let from = |base: u32, first: char| char::from_u32(base + c as u32 - first as u32).unwrap();
    match c {
        'A'..='Z' => from(0x1d5a0, 'A'),
        'a'..='z' => from(0x1d5ba, 'a'),
        '0'..='9' => from(0x1d7e2, '0'),
        _ => c,
    }
}

fn pdf(page: &str) -> Vec<u8> {
    let packed = zlib(page.as_bytes());
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<< /Filter /FlateDecode /Length {} >>\nstream\n",
        packed.len()
    );
    [head.as_bytes(), &packed, b"\nendstream\nendobj\n"].concat()
}

fn with_comment(mut zip: Vec<u8>) -> Vec<u8> {
    let at = zip.len() - 2;
    zip[at] = 3;
    zip.extend(b"bye");
    zip
}

fn odd_tar(plain: &[u8]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_ustar();
    header.set_size(plain.len() as u64);
    header.set_entry_type(::tar::EntryType::new(b'7'));
    builder.append_data(&mut header, "a.gz", plain).unwrap();
    builder.into_inner().unwrap()
}

/// The flags say so, and what is stored cannot be read.
fn encrypted(mut zip: Vec<u8>, len: usize) -> Vec<u8> {
    zip[6] |= 1;
    let record = zip
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    zip[record + 8] |= 1;
    let start = record - 16 - len;
    zip[start..start + len].iter_mut().for_each(|b| *b ^= 0x55);
    zip
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
    let mut wrong = Vec::new();
    for (name, content, wanted) in ways() {
        let scanned = Scanner::default().scan(b"file", &content);
        let blocks = scanned
            .matches
            .iter()
            .any(|m| m.confidence >= Confidence::Medium);
        let refuses = |gap| leaves_undecided(&Policy::server(), gap);
        let got = if blocks {
            Blocked
        } else if scanned.gaps.iter().any(refuses) {
            Gap
        } else if scanned.gaps.is_empty() {
            Missed
        } else {
            Noted
        };
        if got != wanted {
            wrong.push(format!("{name}: {got:?}, not {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What other scanners say to the same files, each with its deepest decoding, for the table in the threat model:
/// `GITLEAKS=… BETTERLEAKS=… cargo test --test evasion other -- --ignored --nocapture`
#[test]
#[ignore = "needs other scanners"]
fn other_scanners_on_the_same_table() {
    let dir = tempfile::tempdir().unwrap();
    let ways = ways();
    let place = |n: usize| format!("{n:03}/file");
    for (n, (_, content, _)) in ways.iter().enumerate() {
        let file = dir.path().join(place(n));
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }
    let report = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    let says = |variable: &str, args: &[&str], to: &str| {
        let program = std::env::var_os(variable)?;
        let mut command = std::process::Command::new(program);
        command.args(args).arg(to).arg(report.path());
        let status = command.arg(dir.path()).status().unwrap();
        assert_eq!(status.code(), Some(1));
        Some(std::fs::read_to_string(report.path()).unwrap())
    };
    let deep = [
        "--no-banner",
        "--max-decode-depth=8",
        "--max-archive-depth=8",
    ];
    let said = [
        says(
            "GITLEAKS",
            &[&["dir", "--report-format=json"], &deep[..]].concat(),
            "--report-path",
        ),
        says("BETTERLEAKS", &deep, "--output"),
    ];
    for (n, (name, ..)) in ways.iter().enumerate() {
        let seen = said.each_ref().map(|said| match said {
            Some(said) if said.contains(&place(n)) => "blocked",
            Some(_) => "not seen",
            None => "-",
        });
        println!("| {name} | {} |", seen.join(" | "));
    }
}

#[test]
fn the_threat_model_tells_the_same() {
    let told = include_str!("../docs/threat-model.md");
    let mut wrong = Vec::new();
    for (name, _, outcome) in ways() {
        let word = match outcome {
            Blocked => "blocked",
            Gap => "undecided: refused",
            Noted => "passes with a note",
            Missed => "not seen",
        };
        let row = format!("| {name} | {word} | ");
        if !told.contains(&row) {
            wrong.push(row);
        }
    }
    assert!(
        wrong.is_empty(),
        "docs/threat-model.md lacks:\n{}",
        wrong.join("\n")
    );
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
