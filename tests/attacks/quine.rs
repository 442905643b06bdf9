//! Archives that hold themselves, so that opening them never ends by itself: a gzip file that unpacks to the same file, and
//! a zip whose one member is the zip.
//!
//! A stored block of DEFLATE writes what stands in it, a copying one repeats what was written last. In the order of
//! [`quine`] each block writes the next ones, and what all of them write is what was read. The checksum stands in what it
//! is the sum of; since it is linear in the bits of its input, one that is its own sum is found by elimination.

use std::io::Read as _;
use std::time::Duration;

use crate::content::{gzip, key, zip};
use crate::measured::Target;
use crate::sandbox::Sandbox;

/// Bits as DEFLATE packs them, the lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn put(&mut self, value: usize, bits: usize) {
        for i in 0..bits {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> i & 1) as u8) << (self.used % 8);
            self.used += 1;
        }
    }

    /// A code of Huffman, which is packed from its highest bit on.
    fn code(&mut self, value: usize, bits: usize) {
        for i in (0..bits).rev() {
            self.put(value >> i & 1, 1);
        }
    }

    /// The head of a block with the fixed codes that is not the last.
    fn begin(&mut self) {
        self.put(0b010, 3);
    }

    fn end(&mut self) {
        self.code(0, 7);
    }
}

/// A block that repeats the last `pieces` together, piece by piece, and `empty` blocks that do nothing: they fill the last
/// byte.
fn repeat(pieces: &[usize], empty: usize) -> Vec<u8> {
    let distance: usize = pieces.iter().sum();
    let (code, first, extra) = *[(8, 17, 3), (10, 33, 4), (12, 65, 5)]
        .iter()
        .find(|(_, first, extra)| (*first..first + (1 << extra)).contains(&distance))
        .unwrap();
    let mut bits = Bits::default();
    bits.begin();
    for &length in pieces {
        match length {
            3..=10 => bits.code(1 + length - 3, 7),
            67..=82 => {
                bits.code(21, 7);
                bits.put(length - 67, 4);
            }
            _ => panic!("no code for {length}"),
        }
        bits.code(code, 5);
        bits.put(distance - first, extra);
    }
    bits.end();
    for _ in 0..empty {
        bits.begin();
        bits.end();
    }
    assert!(bits.used.is_multiple_of(8), "{} bits", bits.used);
    bits.bytes
}

/// The head of a stored block; its content follows.
fn stored(length: usize, is_last: bool) -> Vec<u8> {
    let length = u16::try_from(length).unwrap();
    [
        &[u8::from(is_last)],
        &length.to_le_bytes()[..],
        &(!length).to_le_bytes(),
    ]
    .concat()
}

/// What unpacks to itself: `head` and `tail` are what stands before and behind the compressed data; `again` repeats as
/// many bytes as `head` and the head of a block have, `last` as many as itself and `tail`.
fn quine(head: &[u8], again: &[u8], last: &[u8], tail: &[u8]) -> Vec<u8> {
    let print = stored(head.len() + 5, false);
    assert_eq!(head.len() + 5, 2 * (again.len() + print.len()));
    let end = [
        again.to_vec(),
        // Nothing, as long as it takes to fill a group.
        stored(0, false).repeat(again.len() / 5 + 1),
        stored(last.len() + tail.len(), false),
    ]
    .concat();
    assert_eq!(end.len(), head.len() + 5);
    let group = [again, &print].concat();
    [
        &[head, &print].concat().repeat(2)[..],
        &group.repeat(4),
        &end.repeat(2),
        &[last, tail].concat().repeat(2),
    ]
    .concat()
}

fn sum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The sum `x` for which `file(x)` has the sum `x`, if there is one.
fn own_sum(file: impl Fn(u32) -> Vec<u8>) -> Option<u32> {
    let zero = sum(&file(0));
    // Each row: which bits of x make up a bit of `sum(file(x)) ^ x`, and what that bit must be.
    let mut rows = [(0u32, false); 32];
    for (bit, row) in rows.iter_mut().enumerate() {
        row.1 = zero >> bit & 1 == 1;
    }
    for input in 0..32 {
        let change = sum(&file(1 << input)) ^ zero ^ 1 << input;
        for (bit, row) in rows.iter_mut().enumerate() {
            row.0 |= (change >> bit & 1) << input;
        }
    }
    let mut done = 0;
    let mut pivots = Vec::new();
    for input in 0..32 {
        let Some(found) = (done..32).find(|&i| rows[i].0 >> input & 1 == 1) else {
            continue;
        };
        rows.swap(done, found);
        let pivot = rows[done];
        for (i, row) in rows.iter_mut().enumerate() {
            if i != done && row.0 >> input & 1 == 1 {
                *row = (row.0 ^ pivot.0, row.1 ^ pivot.1);
            }
        }
        pivots.push(input);
        done += 1;
    }
    if rows[done..].iter().any(|row| row.1) {
        return None;
    }
    let bits = pivots.iter().zip(rows);
    let x = bits.fold(0, |x, (input, row)| x | u32::from(row.1) << input);
    assert_eq!(sum(&file(x)), x);
    Some(x)
}

/// Tries names of four letters until there is a sum.
fn named(make: impl Fn(&str, u32) -> Vec<u8>) -> Vec<u8> {
    let name = |i: u8| format!("a{i}");
    (10..100)
        .find_map(|i| {
            let name = name(i);
            own_sum(|x| make(&name, x)).map(|x| make(&name, x))
        })
        .unwrap()
}

fn gzip_quine() -> Vec<u8> {
    named(|name, crc| {
        let head = [
            b"\x1f\x8b\x08\x08\0\0\0\0\0\xff",
            name.as_bytes(),
            b"_\0".as_slice(),
        ]
        .concat();
        let again = repeat(&[10, 10], 0);
        let last = repeat(&[9, 9], 0);
        let file = |length: usize| {
            let tail = [
                &stored(0, true)[..],
                &crc.to_le_bytes(),
                &u32::try_from(length).unwrap().to_le_bytes(),
            ]
            .concat();
            quine(&head, &again, &last, &tail)
        };
        file(file(0).len())
    })
}

fn zip_quine() -> Vec<u8> {
    named(|name, crc| {
        let name = format!("{name}_z");
        let again = repeat(&[8; 5], 3);
        let last = repeat(&[76, 8], 0);
        let file = |length: usize| {
            let behind = 46 + name.len() + 22;
            let packed = length.saturating_sub(30 + name.len() + behind) as u32;
            // Version, no flags, deflated, no date, sums, the name's length, nothing extra.
            let fields = [
                b"\x14\0\0\0\x08\0\0\0\x21\0".as_slice(),
                &crc.to_le_bytes(),
                &packed.to_le_bytes(),
                &(length as u32).to_le_bytes(),
                &(name.len() as u16).to_le_bytes(),
                b"\0\0",
            ]
            .concat();
            let head = [b"PK\x03\x04", &fields[..], name.as_bytes()].concat();
            let central = [b"PK\x01\x02\x14\0", &fields[..], &[0; 14], name.as_bytes()].concat();
            let end = [
                b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(),
                &(central.len() as u32).to_le_bytes(),
                &(length.saturating_sub(behind) as u32).to_le_bytes(),
                b"\0\0",
            ]
            .concat();
            quine(
                &head,
                &again,
                &last,
                &[stored(0, true), central, end].concat(),
            )
        };
        file(file(0).len())
    })
}

#[test]
fn archives_that_hold_themselves() {
    let (in_gzip, in_zip) = (gzip_quine(), zip_quine());
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&in_gzip[..])
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, in_gzip, "no quine");
    let archive = rawzip::ZipArchive::from_slice(&in_zip).unwrap();
    let entry = archive.entries().next().unwrap().unwrap();
    assert_eq!(entry.uncompressed_size_hint(), in_zip.len() as u64);
    let data = archive.get_entry(entry.wayfinder()).unwrap();
    let mut unpacked = Vec::new();
    data.verifying_reader(flate2::read::DeflateDecoder::new(data.data()))
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, in_zip, "no quine");

    let sandbox = Sandbox::new();
    let target = Target::new(&sandbox, Duration::from_secs(1), "");
    let member = |name: &str, content: &[u8]| (name.to_owned(), content.to_vec());
    for (name, content, finds) in [
        ("gzip quine", in_gzip.clone(), false),
        ("zip quine", in_zip.clone(), false),
        (
            "gzip quine, a key as the next member",
            [&in_gzip[..], &gzip(key().as_bytes())].concat(),
            true,
        ),
        (
            "zip quine, a key beside it in a zip",
            zip(&[member("q.zip", &in_zip), member("z", key().as_bytes())]),
            true,
        ),
        (
            "both quines, a key in a zip between them",
            zip(&[
                member("a", &in_gzip),
                member("b", &zip(&[member("z", key().as_bytes())])),
                member("c", &in_zip),
            ]),
            true,
        ),
    ] {
        let seen = target.push_file("a", &content);
        assert!(seen.refused, "{name} passes: {}", seen.said);
        assert!(
            seen.said.contains("nested deeper"),
            "{name}: nothing is said of its depth: {}",
            seen.said
        );
        assert_eq!(
            seen.said.contains("GitHub personal"),
            finds,
            "{}",
            seen.said
        );
        target.judge(name, &seen);
    }
}
