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
