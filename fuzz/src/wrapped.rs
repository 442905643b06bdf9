//! More ways to pack and encode: those for which no library is at hand are written in their plainest form, which packs nothing.

use std::io::Write as _;

use super::packed::size;
use super::raw;
use super::scanned::deflate;

/// By the number of the way, from 16 on.
pub fn wrap(how: u8, plain: &[u8]) -> Vec<u8> {
    use data_encoding::{BASE32, BASE64, BASE64_MIME, HEXLOWER};
    let text = |open: &str, close: &str, each: &dyn Fn(u8) -> String| {
        let inner: String = plain.iter().map(|&b| each(b)).collect();
        [open, &inner, close].concat().into_bytes()
    };
    match how {
        16 => BASE32.encode(plain).into_bytes(),
        17 => BASE64_MIME.encode(plain).into_bytes(),
        18 => plain.iter().flat_map(|&b| [b, 0, 0, 0]).collect(),
        19 => uuencode(plain),
        20 => text(
            "To: a\nContent-Transfer-Encoding: quoted-printable\n\n",
            "\n",
            &|b| format!("={b:02X}"),
        ),
        21 => zstd(plain),
        22 => xz(plain),
        23 => pdf(plain),
        24 => pack(plain),
        25 => ar(plain),
        26 => text("[", "]", &|b| format!("{b}, ")),
        27 => {
            let rows = plain.chunks(16).enumerate().map(|(i, row)| {
                let pairs: Vec<String> = row.iter().map(|b| HEXLOWER.encode(&[*b])).collect();
                format!("{:08x}: {}\n", i * 16, pairs.join(" "))
            });
            rows.collect::<String>().into_bytes()
        }
        28 => text("''.join([", "])\n", &|b| format!("'{}', ", char::from(b))),
        29 => text("\"", "\"\n", &|b| format!("{}\" + \"", char::from(b))),
        30 => text("<?xml version=\"1.0\"?><w:p>", "</w:p>", &|b| {
            format!("<w:r><w:t>{}</w:t></w:r>", char::from(b))
        }),
        _ => [
            b"kind: Secret\ndata:\n  password: ".as_slice(),
            BASE64.encode(plain).as_bytes(),
            b"\n",
        ]
        .concat(),
    }
}

fn uuencode(plain: &[u8]) -> Vec<u8> {
    let digit = |bits: u32| char::from(b' ' + (bits & 63) as u8);
    let mut out = String::from("begin 644 a\n");
    for line in plain.chunks(45) {
        out.push(digit(line.len() as u32));
        for three in line.chunks(3) {
            let bits = (0..3).fold(0u32, |bits, i| {
                bits << 8 | u32::from(three.get(i).copied().unwrap_or(0))
            });
            out.extend([18, 12, 6, 0].map(|shift| digit(bits >> shift)));
        }
        out.push('\n');
    }
    out.push_str("`\nend\n");
    out.into_bytes()
}

/// One frame of raw blocks (RFC 8878).
fn zstd(plain: &[u8]) -> Vec<u8> {
    let mut out = b"\x28\xb5\x2f\xfd\xa0".to_vec();
    out.extend((plain.len() as u32).to_le_bytes());
    let mut chunks = plain.chunks(1 << 16).peekable();
    if chunks.peek().is_none() {
        out.extend([1, 0, 0]);
    }
    while let Some(chunk) = chunks.next() {
        let head = (chunk.len() as u32) << 3 | u32::from(chunks.peek().is_none());
        out.extend(&head.to_le_bytes()[..3]);
        out.extend(chunk);
    }
    out
}

/// One block of stored chunks.
fn xz(plain: &[u8]) -> Vec<u8> {
    let sum = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let pad = |out: &mut Vec<u8>| out.resize(out.len().next_multiple_of(4), 0);
    let flags = [0, 1];
    let mut out = [b"\xfd7zXZ\0".as_slice(), &flags, &sum(&flags)].concat();
    let head = [2, 0, 0x21, 1, 0x16, 0, 0, 0];
    let mut block = [&head[..], &sum(&head)].concat();
    for (i, chunk) in plain.chunks(1 << 16).enumerate() {
        block.push(if i == 0 { 1 } else { 2 });
        block.extend(((chunk.len() - 1) as u16).to_be_bytes());
        block.extend(chunk);
    }
    block.push(0);
    let unpadded = block.len() + 4;
    pad(&mut block);
    block.extend(sum(plain));
    out.extend(block);
    let mut index = [vec![0, 1], size(unpadded), size(plain.len())].concat();
    pad(&mut index);
    index.extend(sum(&index));
    let back = [&((index.len() / 4 - 1) as u32).to_le_bytes()[..], &flags].concat();
    out.extend(index);
    out.extend(sum(&back));
    out.extend(back);
    out.extend(b"YZ");
    out
}

/// A page that shows it, and a stream that is it.
fn pdf(plain: &[u8]) -> Vec<u8> {
    let shown: Vec<u8> = (plain.iter())
        .flat_map(|&b| {
            if b"()\\".contains(&b) {
                vec![b'\\', b]
            } else {
                vec![b]
            }
        })
        .collect();
    let mut out = b"%PDF-1.7\n".to_vec();
    let page = [b"BT (".as_slice(), &shown, b") Tj ET"].concat();
    for (i, stream) in [deflate(&page), deflate(plain)].iter().enumerate() {
        let head = format!(
            "{i} 0 obj\n<< /Filter /FlateDecode /Length {} >>\nstream\n",
            stream.len()
        );
        out.extend([head.as_bytes(), stream, b"\nendstream\nendobj\n"].concat());
    }
    out
}

/// A pack of one blob.
fn pack(plain: &[u8]) -> Vec<u8> {
    let mut out = b"PACK\0\0\0\x02\0\0\0\x01".to_vec();
    out.extend(raw::head(3, plain.len()));
    out.extend(deflate(plain));
    out.extend([0; 20]);
    out
}

fn ar(plain: &[u8]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    writeln!(
        out,
        "{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`",
        "a.txt/",
        0,
        0,
        0,
        644,
        plain.len()
    )
    .unwrap();
    out.extend(plain);
    out
}

#[cfg(test)]
mod tests {
    use keysieve::scan::Scanner;
    use keysieve::template::{Seed, expand};

    use super::super::scanned;

    /// What is made so is read: a format that is written wrongly would be fuzzed as noise.
    #[test]
    fn every_way_of_packing_is_one_that_is_undone() {
        let text = expand("{make:github:ghp_}", &mut Seed::new(9)).unwrap();
        for how in 0..32 {
            let wrapped = scanned::wrap(how, text.as_bytes());
            let scanned = Scanner::default().scan(b"a.txt", &wrapped);
            assert!(!scanned.matches.is_empty(), "{how}: {:?}", scanned.gaps);
            assert!(scanned.gaps.is_empty(), "{how}: {:?}", scanned.gaps);
        }
    }
}
