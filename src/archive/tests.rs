use super::*;
use std::io::Write;

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

#[test]
fn streams_are_opened() {
    check(&gzip(PLAIN), &[("gzip", PLAIN)]);
    check(&bzip2(PLAIN), &[("bzip2", PLAIN)]);
    check(&zstd(PLAIN), &[("zstd", PLAIN)]);
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
    let plain = crate::template::Seed::new(1).bytes(200_000);
    let packed = gzip(&plain);
    let (contents, gaps) = opened(&packed[..packed.len() / 2], &budget());
    assert!(contents[0].1.len() > 10_000 && plain.starts_with(&contents[0].1));
    assert_eq!(gaps, [(String::new(), corrupt("gzip stream is broken"))]);
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

#[test]
fn names_cannot_play_tricks_on_a_terminal() {
    assert_eq!(&*clean_name(b"a\x1b[2J\xff/b"), "a\\u{1b}[2J\u{fffd}/b");
    assert!(clean_name(&[b'x'; 5000]).len() < 400);
}
