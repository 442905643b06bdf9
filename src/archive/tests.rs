use super::*;
use proptest::prelude::*;
use std::io::Write;

mod hidden;

/// Contents by name (the format's for streams), and gaps by name.
type Opened = (Vec<(String, Vec<u8>)>, Vec<(String, GapReason)>);

fn opened(bytes: &[u8], budget: &Budget) -> Opened {
    let mut contents = Vec::new();
    let mut gaps = Vec::new();
    let is_archive = open(bytes, budget, &mut |found| match found {
        Found::Content { step, bytes } => contents.push((
            match step {
                Step::Decoded(name) => name.to_owned(),
                Step::Member(name) => name.into(),
            },
            bytes.to_vec(),
        )),
        Found::Gap { name, why } => gaps.push((name.into(), why)),
    });
    assert!(is_archive);
    (contents, gaps)
}

fn budget() -> Budget {
    Budget::new(Limits::default(), None)
}

#[track_caller]
fn check(bytes: &[u8], expected: &[(&str, &[u8])]) {
    let (contents, gaps) = opened(bytes, &budget());
    let contents: Vec<(&str, &[u8])> = contents
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    assert_eq!(contents, expected);
    assert_eq!(gaps, []);
}

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

fn bzip2(plain: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(plain, ruzstd::encoding::CompressionLevel::Fastest)
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (i, (name, bytes)) in members.iter().enumerate() {
        let is_stored = i % 2 == 1;
        let method = if is_stored {
            rawzip::CompressionMethod::Store
        } else {
            rawzip::CompressionMethod::Deflate
        };
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(method)
            .start()
            .unwrap();
        let descriptor = if is_stored {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap().1
        } else {
            let encoder =
                flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
            let mut writer = config.wrap(encoder);
            writer.write_all(bytes).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

const PLAIN: &[u8] = b"a text in an archive, a text in an archive\n";

/// `PLAIN` as the `xz` program packs it.
const XZ: &[u8] = &[
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36, 0x02, 0x00, 0x21, 0x01,
    0x1c, 0x00, 0x00, 0x00, 0x10, 0xcf, 0x58, 0xcc, 0xe0, 0x00, 0x2a, 0x00, 0x1d, 0x5d, 0x00, 0x30,
    0x88, 0x0a, 0x86, 0x94, 0x88, 0x13, 0xdb, 0x15, 0xd5, 0xb5, 0x6c, 0xec, 0x25, 0xd6, 0x13, 0x85,
    0x77, 0x28, 0x34, 0x2e, 0x4e, 0x01, 0xe2, 0xa7, 0xd8, 0x79, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xc4, 0xc6, 0x5a, 0x96, 0x00, 0x01, 0x35, 0x2b, 0xdd, 0x8e, 0x0b, 0x2e, 0x90, 0x42, 0x99, 0x0d,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a,
];

#[test]
fn streams_are_opened() {
    check(XZ, &[("xz", PLAIN)]);
    check(&gzip(PLAIN), &[("gzip", PLAIN)]);
    check(&bzip2(PLAIN), &[("bzip2", PLAIN)]);
    check(&zstd(PLAIN), &[("zstd", PLAIN)]);
    check(&zlib(PLAIN), &[("zlib", PLAIN)]);
    // A formula begins as zlib's header does.
    check(b"x^2 + y^2 = r^2", &[]);
}

#[test]
fn streams_one_after_another_and_padding_are_one_content() {
    let twice = [PLAIN, PLAIN].concat();
    check(&[gzip(PLAIN), gzip(PLAIN)].concat(), &[("gzip", &twice)]);
    check(&[bzip2(PLAIN), bzip2(PLAIN)].concat(), &[("bzip2", &twice)]);
    check(&[zstd(PLAIN), zstd(PLAIN)].concat(), &[("zstd", &twice)]);
    check(&[gzip(PLAIN), vec![0; 600]].concat(), &[("gzip", PLAIN)]);
}

#[test]
fn members_of_tar_and_zip_are_opened() {
    let members: &[(&str, &[u8])] = &[("a/b.txt", PLAIN), ("c", b"other"), ("d", PLAIN)];
    check(&tar(members), members);
    check(&zip(members), members);
    check(
        &[b"#!/bin/sh\n".as_slice(), &zip(members)].concat(),
        members,
    );
}

#[test]
fn a_cut_stream_yields_its_beginning_and_a_gap() {
    let gzip = (gzip as fn(&[u8]) -> Vec<u8>, "gzip stream is broken");
    let zlib = (zlib as fn(&[u8]) -> Vec<u8>, "zlib stream is broken");
    for ((pack, why), size) in [(gzip, 200_000), (zlib, 600), (zlib, 200_000)] {
        let plain = crate::template::Seed::new(1).bytes(size);
        let packed = pack(&plain);
        let (contents, gaps) = opened(&packed[..packed.len() / 2], &budget());
        assert!(contents[0].1.len() > size / 20 && plain.starts_with(&contents[0].1));
        assert_eq!(gaps, [(String::new(), corrupt(why))]);
    }
}

#[test]
fn a_zip_without_directory_yields_its_members_and_a_gap() {
    let members: &[(&str, &[u8])] = &[("a/b.txt", PLAIN), ("c", b"other"), ("d", PLAIN)];
    let packed = zip(members);
    let end = memchr::memmem::find(&packed, b"PK\x01\x02").unwrap();
    let (contents, gaps) = opened(&packed[..end], &budget());
    let names: Vec<&str> = contents.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a/b.txt", "c", "d"]);
    assert_eq!(gaps, [(String::new(), corrupt("zip directory is broken"))]);
}

/// A limit that is met ends the archive, with what was read until then.
#[track_caller]
fn check_limit(bytes: &[u8], limits: Limits, why: &'static str) {
    let begin = Instant::now();
    let (contents, gaps) = opened(bytes, &Budget::new(limits, None));
    let whys: Vec<&GapReason> = gaps.iter().map(|(_, why)| why).collect();
    assert_eq!(whys, [&GapReason::Limit(why)]);
    let size: usize = contents.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(size > 0 && size as u64 <= limits.bytes);
    assert!(begin.elapsed().as_secs() < 10);
}

#[test]
fn bombs_meet_the_ratio() {
    let zeros = vec![0; 3 << 20];
    let limits = Limits::default();
    check_limit(&gzip(&zeros), limits, "compression ratio");
    check_limit(&bzip2(&zeros), limits, "compression ratio");
    check_limit(&zstd(&zeros), limits, "compression ratio");
    check_limit(&zip(&[("zeros", &zeros)]), limits, "compression ratio");
}

#[test]
fn sizes_and_counts_are_limited() {
    let text = b"0123456789".repeat(100);
    let bytes = Limits {
        bytes: 2500,
        ..Limits::default()
    };
    let three: &[(&str, &[u8])] = &[("a", &text), ("b", &text), ("c", &text)];
    let members = Limits {
        members: 2,
        ..Limits::default()
    };
    check_limit(&tar(three), members, "number of archive members");
    check_limit(&zip(three), members, "number of archive members");
    let member = Limits {
        member: 70_000,
        ..Limits::default()
    };
    check_limit(
        &gzip(&text.repeat(200)),
        member,
        "size of one archive member",
    );
    // Every other member is stored.
    let five: &[(&str, &[u8])] = &[
        ("a", &text),
        ("", b""),
        ("b", &text),
        ("", b""),
        ("c", &text),
    ];
    check_limit(&zip(five), bytes, "size of unpacked archives");
}

#[test]
fn the_deadline_ends_it() {
    let budget = Budget::new(Limits::default(), Some(Instant::now()));
    let (_, gaps) = opened(&gzip(PLAIN), &budget);
    assert_eq!(gaps, [(String::new(), GapReason::Time)]);
}

#[test]
fn what_is_encrypted_or_broken_is_named() {
    let mut packed = zip(&[("plain", PLAIN), ("locked", PLAIN), ("bent", PLAIN)]);
    let place = |name: &[u8]| memchr::memmem::find(&packed, name).unwrap();
    let (locked, bent) = (place(b"locked") - 30 + 6, place(b"bent") + 8);
    packed[locked] |= 1;
    packed[bent] ^= 0x55;
    let (contents, gaps) = opened(&packed, &budget());
    assert_eq!(contents[0], ("plain".to_owned(), PLAIN.to_vec()));
    assert_eq!(gaps[0], ("locked".to_owned(), corrupt("encrypted")));
    assert_eq!(gaps[1].0, "bent");
    assert_eq!(gaps.len(), 2);
}

#[test]
fn members_that_the_directory_hides_are_found() {
    let mut packed = zip(&[("a", PLAIN), ("hidden", PLAIN), ("c", PLAIN)]);
    // The directory's record of it becomes one more of `a`.
    let records: Vec<usize> = memchr::memmem::find_iter(&packed, b"PK\x01\x02").collect();
    packed.copy_within(records[0] + 42..records[0] + 46, records[1] + 42);
    let (contents, _) = opened(&packed, &budget());
    let names: Vec<&str> = contents.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a", "hidden", "c"]);
}

proptest! {
    #[test]
    fn damaged_archives_do_no_harm(kind in 0usize..9, flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8), cut in any::<prop::sample::Index>()) {
        let members: &[(&str, &[u8])] = &[("a/b.txt", PLAIN), ("c", b"other"), ("d", PLAIN)];
        let mut bytes = match kind {
            0 => gzip(PLAIN),
            1 => bzip2(PLAIN),
            2 => zstd(PLAIN),
            3 => XZ.to_vec(),
            4 | 5 => zip(members),
            6 => tar(members),
            7 => pdf(&[("", "BT (a) Tj ET"), ("", "begincmap 1 beginbfrange <00> <ff> <0041> endbfrange")]),
            _ => bundle(),
        };
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        open(&bytes, &budget(), &mut |_| {});
    }

    #[test]
    fn random_bytes_do_no_harm(magic in 0usize..10, rest in prop::collection::vec(any::<u8>(), 0..600)) {
        let magics: [&[u8]; 10] = [
            b"", b"\x1f\x8b\x08\0", b"BZh91AY&SY", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"PK\x03\x04",
            b"%PDF-1.7\n1 0 obj\n<< /Filter /FlateDecode >>\nstream\n", b"PACK\0\0\0\x02\0\0\0\x09",
            b"!<arch>\n", b"# v2 git bundle\n\nPACK\0\0\0\x02",
        ];
        open(&[magics[magic], &rest].concat(), &budget(), &mut |_| {});
    }
}

#[test]
fn names_cannot_play_tricks_on_a_terminal() {
    assert_eq!(&*clean_name(b"a\x1b[2J\xff/b"), "a\\u{1b}[2J\u{fffd}/b");
    assert!(clean_name(&[b'x'; 5000]).len() < 400);
}

/// A PDF of these streams, deflated, each with a dictionary of its own.
fn pdf(streams: &[(&str, &str)]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    for (number, (dictionary, content)) in streams.iter().enumerate() {
        let packed = zlib(content.as_bytes());
        let head = format!(
            "{} 0 obj\n<< /Filter /FlateDecode /Length {}{dictionary} >>\nstream\n",
            number + 1,
            packed.len()
        );
        out.extend([head.as_bytes(), &packed, b"\nendstream\nendobj\n"].concat());
    }
    out
}

#[test]
fn text_of_pdf_pages_is_joined() {
    let page =
        "BT /F1 12 Tf 72 700 Td [(tok) 20 (en: \\050a) -250 <6263>] TJ 0 -14 Td (next) Tj ET";
    check(
        &pdf(&[("", page), (" /Subtype /XML", "<meta>some text</meta>")]),
        &[
            ("object 2", b"<meta>some text</meta>"),
            ("pdf text", b"\ntoken: (a bc\nnext\n\n"),
        ],
    );
}

#[test]
fn glyph_numbers_are_read_through_the_font() {
    let map = "begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n\
               2 beginbfchar <0001> <006b> <0002> <0065> endbfchar\n\
               1 beginbfrange <0003> <0010> <0079> endbfrange endcmap";
    check(
        &pdf(&[
            ("", "BT <000100020003> Tj <0004> Tj (and plain) Tj ET"),
            ("", map),
        ]),
        &[("pdf text", b"and plain\n\n"), ("pdf text", b"keyz\n\n")],
    );
}

/// The header of an object in a pack.
fn pack_header(kind: u8, size: usize) -> Vec<u8> {
    let mut out = vec![kind << 4 | u8::try_from(size & 15).unwrap()];
    let mut rest = size >> 4;
    while rest > 0 {
        *out.last_mut().unwrap() |= 0x80;
        out.push(u8::try_from(rest & 0x7f).unwrap());
        rest >>= 7;
    }
    out
}

/// A bundle of a blob, a delta to it, and one to a blob outside.
fn bundle() -> Vec<u8> {
    let base = [pack_header(3, PLAIN.len()), zlib(PLAIN)].concat();
    // Copy bytes 2..6, insert `new`.
    let delta = [43, 7, 0x91, 2, 4, 3, b'n', b'e', b'w'];
    let back = vec![u8::try_from(base.len()).unwrap()];
    let near = [pack_header(6, delta.len()), back, zlib(&delta)];
    let thin = [pack_header(7, delta.len()), vec![7; 20], zlib(&delta)];
    let head = b"# v2 git bundle\n0000 refs/heads/main\n\nPACK\0\0\0\x02\0\0\0\x03";
    [head.to_vec(), base, near.concat(), thin.concat()].concat()
}

#[test]
fn deltas_in_a_bundle_are_undone() {
    check(
        &bundle(),
        &[
            ("blob 1", PLAIN),
            ("blob 2", b"textnew"),
            ("blob 3", b"\nnew"),
        ],
    );
}

#[test]
fn members_of_ar_are_opened() {
    let mut out = b"!<arch>\n".to_vec();
    for (name, body) in [("debian-binary/", "2.0\n"), ("odd", "abc")] {
        out.extend(
            format!(
                "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
                0,
                0,
                0,
                644,
                body.len()
            )
            .bytes(),
        );
        out.extend(body.bytes());
        out.resize(out.len().next_multiple_of(2), b'\n');
    }
    check(&out, &[("debian-binary", b"2.0\n"), ("odd", b"abc")]);
}
