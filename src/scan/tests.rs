//! Layers together: what is nested is found once and paid for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod more;
mod plain;

use super::*;
use crate::template::{Seed, expand};

fn token(seed: &str) -> String {
    expand("{make:github:ghp_}", &mut Seed::of(seed)).unwrap()
}

#[test]
fn a_stored_member_is_one_place_and_text_outside_members_another() {
    let inside = format!("token = {}\n", token("inside"));
    let mut header = tar::Header::new_ustar();
    header.set_path("conf/app.ini").unwrap();
    header.set_size(inside.len() as u64);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, inside.as_bytes()).unwrap();
    let mut bytes = builder.into_inner().unwrap();
    bytes.extend_from_slice(format!("\n{}\n", token("after")).as_bytes());

    let scanned = Scanner::default().scan(b"a.tar", &bytes);
    let mut found: Vec<(&[u8], usize)> = scanned
        .matches
        .iter()
        .map(|m| (m.secret.expose(), m.route.len()))
        .collect();
    found.sort_unstable();
    let (inside, after) = (token("inside"), token("after"));
    let mut wanted = vec![(inside.as_bytes(), 1), (after.as_bytes(), 0)];
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

#[test]
fn decoded_text_is_paid_for_like_members_are() {
    let plain = format!(
        "{} {}",
        "some words of no interest ".repeat(40),
        token("deep")
    );
    let text = data_encoding::BASE64.encode(plain.as_bytes());
    let limits = |bytes| Limits {
        archives: archive::Limits {
            bytes,
            ..archive::Limits::default()
        },
        ..Limits::default()
    };
    let scan =
        |bytes| Scanner::new(Vec::new(), Vec::new(), limits(bytes)).scan(b"a", text.as_bytes());
    assert_eq!(scan(1 << 20).matches.len(), 1);
    assert!(scan(1 << 20).gaps.is_empty());
    let short = scan(100);
    assert!(short.matches.is_empty());
    assert!(matches!(short.gaps.as_slice(), [gap] if matches!(gap.why, GapReason::Limit(_))));
}

/// How many matches there are, and whether it is told that there may be more.
fn within(matches: usize, path: &[u8], bytes: &[u8]) -> (usize, bool) {
    let limits = Limits {
        matches,
        ..Limits::default()
    };
    let scanned = Scanner::new(Vec::new(), Vec::new(), limits).scan(path, bytes);
    let told = (scanned.gaps.iter())
        .filter(|gap| matches!(gap.why, GapReason::Limit(what) if what == crate::finding::MANY));
    (scanned.matches.len(), told.count() > 0)
}

#[test]
fn more_matches_than_are_kept_are_told() {
    let text: String = (0..8)
        .map(|i| format!("{}\n", token(&format!("{i}"))))
        .collect();
    let text = text.as_bytes();
    assert_eq!(within(9, b"a", text), (8, false));
    assert_eq!(within(5, b"a", text), (5, true));
    assert_eq!(within(0, b"a", text), (0, true));
    assert_eq!(within(0, b"a", b"nothing"), (0, false));
    // What judgement drops in the end takes room until then: all the more is it told.
    let sample = ["wJalrXUtnFEMI", "/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat();
    let samples = format!("secret_key = \"{sample}\"\n").repeat(4);
    let (found, told) = within(3, b"a.py", format!("{samples}{}", token("x")).as_bytes());
    assert!(found > 0 || told, "a token after samples is passed over");
    // All layers take from one.
    let nested = [text, data_encoding::BASE64.encode(text).as_bytes()].concat();
    assert_eq!(within(17, b"a", &nested), (16, false));
    assert_eq!(within(12, b"a", &nested), (12, true));
    // A user's rule that has to look at everything.
    let pattern = "[[rule]]\nid = \"all\"\nname = \"n\"\nprovider = \"p\"\nkind = \"api-key\"\nseverity = \"high\"\npattern = '(?<secret>[a-z]+[0-9]+)'\n";
    let rules = crate::config::parse("f", pattern).unwrap().rules;
    let limits = Limits {
        matches: 3,
        ..Limits::default()
    };
    let scanner = Scanner::new(
        rules.into_iter().map(Arc::new).collect(),
        Vec::new(),
        limits,
    );
    let scanned = scanner.scan(b"a", b"ab1 cd2 ef3 gh4 ij5");
    assert_eq!((scanned.matches.len(), scanned.gaps.len()), (3, 1));
}

#[test]
fn what_stands_in_an_encoded_archive_has_one_place() {
    let lines: String = (0..2_000)
        .map(|i| format!("{}\n", token(&format!("{i}"))))
        .collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, lines.as_bytes()).unwrap();
    let text = format!(
        "x = {}\n",
        data_encoding::BASE64.encode(&gzip.finish().unwrap())
    );
    let scanned = Scanner::default().scan(b"a", text.as_bytes());
    assert_eq!(scanned.matches.len(), 2_000);
    let first = &scanned.matches[0];
    assert_eq!((first.position.line, first.position.column), (1, 4));
    assert!(
        (scanned.matches.iter())
            .all(|m| m.position == first.position && m.excerpt == first.excerpt)
    );
}
