//! Ways to hide a member from whoever opens archives by the book.

use super::*;

#[test]
fn what_stands_empty_before_a_stream_hides_nothing() {
    let skipped = |size: u8| {
        let head = [0x53, 0x2a, 0x4d, 0x18, size, 0, 0, 0];
        [head.to_vec(), vec![7; size.into()]].concat()
    };
    let frames = [
        skipped(0),
        skipped(5),
        zstd(PLAIN),
        skipped(9),
        zstd(b"more"),
    ]
    .concat();
    check(&frames, &[("zstd", &[PLAIN, b"more"].concat())]);
    // A frame that says that it is longer than all.
    let (contents, _) = opened(
        &[zstd(PLAIN), skipped(9)[..12].to_vec()].concat(),
        &budget(),
    );
    assert_eq!(contents, [("zstd".to_owned(), PLAIN.to_vec())]);
    check(&[bzip2(b""), bzip2(PLAIN)].concat(), &[("bzip2", PLAIN)]);
    check(&[gzip(b""), gzip(PLAIN)].concat(), &[("gzip", PLAIN)]);
}

#[test]
fn members_of_a_tar_are_opened_whatever_kind_they_say() {
    for kind in *b"07Z" {
        let mut builder = ::tar::Builder::new(Vec::new());
        let mut header = ::tar::Header::new_ustar();
        header.set_size(PLAIN.len() as u64);
        header.set_entry_type(::tar::EntryType::new(kind));
        builder.append_data(&mut header, "a", PLAIN).unwrap();
        check(&builder.into_inner().unwrap(), &[("a", PLAIN)]);
    }
}

#[test]
fn a_zip_with_a_comment_is_found_behind_what_is_no_text() {
    let members: &[(&str, &[u8])] = &[("a", PLAIN)];
    let mut packed = zip(members);
    let at = packed.len() - 2;
    packed[at..].copy_from_slice(&[3, 0]);
    packed.extend(b"bye");
    for head in [
        &b"\x89PNG\r\n\x1a\n\0\0"[..],
        b"GIF89a\x01\0",
        b"#!/bin/sh\n",
    ] {
        check(&[head, &packed].concat(), members);
    }
}

#[test]
fn an_encrypted_pdf_is_told_however_the_name_ends() {
    for end in [" 5 0 R", "\n5 0 R", "<</V 1>>", "/X"] {
        let text = format!("%PDF-1.7\ntrailer << /Encrypt{end} >>");
        let (contents, gaps) = opened(text.as_bytes(), &budget());
        assert_eq!(contents, []);
        assert_eq!(gaps, [(String::new(), corrupt("encrypted"))], "{end}");
    }
    check(b"%PDF-1.7\n<< /EncryptMetadata false >>", &[]);
}
