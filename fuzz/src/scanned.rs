//! The scan of one content: it comes back, its places lie inside, and the fast path says no less than the slow one.

use std::cell::RefCell;
use std::io::Write as _;
use std::sync::LazyLock;

use keysieve::archive;
use keysieve::rule;
use keysieve::scan::{Limits, Scanner, Seen};
use keysieve::template::{Seed, expand};

use super::bytes::Bytes;
use super::wrapped;

thread_local! {
    /// What one input showed to be quiet is believed in the next.
    static SEEN: RefCell<Seen> = RefCell::default();
}

/// Small limits, so that a run is short.
pub static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let archives = archive::Limits {
        bytes: 1 << 20,
        member: 1 << 18,
        members: 64,
        ratio: 50,
        ratio_from: 1 << 16,
    };
    let limits = Limits {
        archives,
        ..Limits::default()
    };
    Scanner::new(Vec::new(), Vec::new(), limits)
});

/// Kinds of files that are looked at in their own way.
pub const PATHS: &[&str] = &[
    "a.txt",
    "b.py",
    "c.json",
    ".env",
    "d/.npmrc",
    "id_rsa",
    ".pgpass",
    "k8s.yaml",
    "e.xml",
    "f.tf",
    "g.ipynb",
    ".git-credentials",
    "credentials",
    "h.properties",
    "wp-config.php",
    "i.sh",
    "j.go",
    ".htpasswd",
    "k.jks",
    "l.docx",
    "m.min.js",
    "n.sql",
    ".dockercfg",
    "o.plist",
];

/// The first byte says at which path the rest stands.
pub fn run(data: &[u8]) {
    let mut input = Bytes(data);
    let path = PATHS[input.below(PATHS.len())].as_bytes();
    check(path, input.0);
}

/// A few rounds of packing and encoding, as the first bytes say, and the content then.
pub fn nested(data: &[u8]) {
    let mut input = Bytes(data);
    let path = PATHS[input.below(PATHS.len())].as_bytes();
    let rounds: Vec<u8> = (0..1 + input.below(5)).map(|_| input.byte()).collect();
    let (at, change) = (input.two(), input.byte());
    let mut content = input.0.to_vec();
    for round in rounds {
        content = wrap(round, &content);
    }
    if change != 0 && !content.is_empty() {
        let n = content.len();
        content[at % n] ^= change;
    }
    check(path, &content);
}

fn check(path: &[u8], bytes: &[u8]) {
    let scanned = SCANNER.scan(path, bytes);
    for found in &scanned.matches {
        assert!(
            found.span.start <= found.span.end && found.span.end <= bytes.len(),
            "a span lies outside"
        );
        let at = found.position;
        assert!(
            at.line >= 1 && (at.line, at.column) <= (at.line_end, at.column_end),
            "a place is upside down"
        );
        assert!(!found.secret.is_empty(), "a value is empty");
        let excerpt = &found.excerpt;
        if !excerpt.lines.is_empty() {
            let line = &excerpt.lines[excerpt.mark.0];
            assert!(
                line[excerpt.mark.1.clone()].contains('\u{2022}'),
                "a mark shows no mask"
            );
        }
        for line in &excerpt.lines {
            assert!(
                !line.chars().any(char::is_control),
                "an excerpt has control characters"
            );
        }
    }
    let quiet = SEEN.with_borrow_mut(|seen| SCANNER.quiet(path, bytes, None, seen));
    if quiet.is_some() {
        assert!(
            scanned.matches.is_empty() && scanned.gaps.is_empty(),
            "what is called quiet is not"
        );
    }
}

/// Packs or encodes once.
pub fn wrap(how: u8, plain: &[u8]) -> Vec<u8> {
    use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
    let each = |write: fn(u8) -> String| {
        plain
            .iter()
            .map(|&b| write(b))
            .collect::<String>()
            .into_bytes()
    };
    match how % 32 {
        0 => BASE64.encode(plain).into_bytes(),
        1 => BASE64URL_NOPAD.encode(plain).into_bytes(),
        2 => HEXLOWER.encode(plain).into_bytes(),
        3 => each(|b| format!("%{b:02x}")),
        4 => each(|b| format!("\\x{b:02x}")),
        5 => each(|b| format!("&#{b};")),
        6 => {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        7 => deflate(plain),
        8 => {
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
        9 => {
            let mut builder = tar::Builder::new(Vec::new());
            let mut header = tar::Header::new_gnu();
            header.set_size(plain.len() as u64);
            builder.append_data(&mut header, "a.txt", plain).unwrap();
            builder.into_inner().unwrap()
        }
        10 => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        11 => plain.iter().flat_map(|&b| [b, 0]).collect(),
        12 => plain.iter().flat_map(|&b| [0, b]).collect(),
        13 => [b"{\"data\": \"", plain, b"\"}\n"].concat(),
        14 => [&[0x89, b'P', b'N', b'G', 0, 1][..], plain].concat(),
        15 => plain.iter().flat_map(|&b| [b, 0xe2, 0x80, 0x8b]).collect(),
        how => wrapped::wrap(how, plain),
    }
}

pub fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// Texts that rules find, and such that they nearly find.
pub fn texts() -> Vec<Vec<u8>> {
    let rules = rule::built_in().iter();
    rules
        .flat_map(|rule| rule.hit.first().into_iter().chain(rule.miss.first()))
        .filter_map(|template| expand(template, &mut Seed::of(template)).ok())
        .map(String::into_bytes)
        .filter(|text| text.len() < 4096)
        .collect()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = texts();
    let kinds = 0..PATHS.len() as u8;
    texts
        .iter()
        .zip(kinds.cycle())
        .map(|(text, kind)| [&[kind], text.as_slice()].concat())
        .collect()
}

pub fn nested_seeds() -> Vec<Vec<u8>> {
    let texts = texts();
    texts
        .iter()
        .step_by(7)
        .enumerate()
        .map(|(i, text)| [&[0, 1, i as u8, (i / 32) as u8, 0, 0, 0], text.as_slice()].concat())
        .collect()
}
