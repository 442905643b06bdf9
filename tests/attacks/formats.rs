//! Files of formats that are read in their own way, made to exhaust; the large ones only.

use std::io::Write as _;

use data_encoding::BASE64;

use crate::content::{Make, bomb, findings, gzip, key, lines, many_members, repeated, zip};
use crate::objects::delta_bomb;

/// Other bytes before and after what is repeated; the key stands behind.
pub fn framed(before: &'static str, text: &'static str, n: usize, after: &'static str) -> Make {
    Box::new(move || {
        [before, &text.repeat(n), after, "\n", &key()]
            .concat()
            .into_bytes()
    })
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// A PDF of so many streams of one content, the key in the last.
fn pdf(n: usize, content: &[u8]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let one = zlib(content);
    let last = zlib(format!("BT ({}) Tj ET", key().trim()).as_bytes());
    for (i, body) in std::iter::repeat_n(&one, n).chain([&last]).enumerate() {
        let head = format!(
            "{i} 0 obj\n<< /Filter /FlateDecode /Length {} >>\nstream\n",
            body.len()
        );
        out.extend([head.as_bytes(), body, b"\nendstream\nendobj\n"].concat());
    }
    out
}

/// Members with names longer than a header has room for.
fn tar(n: usize) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for i in 0..=n {
        let content = if i == n {
            gzip(key().as_bytes())
        } else {
            b"x".to_vec()
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        let name = format!("{}/{i}", "n".repeat(150));
        builder
            .append_data(&mut header, name, content.as_slice())
            .unwrap();
    }
    builder.into_inner().unwrap()
}

fn utf16(text: &str, n: usize) -> Vec<u8> {
    let wide = |text: &str| {
        let units = text.encode_utf16();
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    [b"\xff\xfe".to_vec(), wide(text).repeat(n), wide(&key())].concat()
}

/// Name, path, content.
pub fn attacks() -> Vec<(&'static str, &'static str, Make)> {
    vec![
        (
            "docx of 100,000 members",
            "a.docx",
            many_members(100_000, 1),
        ),
        (
            "tar of 25,000 members with long names",
            "a.tar",
            Box::new(|| tar(25_000)),
        ),
        (
            "zip of 200 gzip bombs",
            "a.zip",
            Box::new(|| {
                let bomb = bomb(50, "gzip -9")();
                let members: Vec<_> = (0..200).map(|i| (format!("m{i}"), bomb.clone())).collect();
                zip(&members)
            }),
        ),
        (
            "xz of 15,000 blocks",
            "a.xz",
            lines(60, "xz -0 --block-size=4096"),
        ),
        (
            "base64 of a gzip bomb",
            "a.txt",
            bomb(300, "gzip -9 | base64 -w 0"),
        ),
        (
            "base64 of gzip of base64 of a zip",
            "a.txt",
            Box::new(|| {
                let member = [&vec![b'a'; 40_000_000], b"\n".as_slice(), key().as_bytes()].concat();
                let inner = zip(&[("a".to_owned(), member)]);
                let inner = BASE64.encode(&inner);
                BASE64.encode(&gzip(inner.as_bytes())).into_bytes()
            }),
        ),
        (
            "PDF with a page of 200 MB",
            "a.pdf",
            Box::new(|| {
                let page = [b"BT ".as_slice(), &b"(a) Tj ".repeat(28_000_000), b"ET"].concat();
                pdf(1, &page)
            }),
        ),
        (
            "PDF of 20,000 pages",
            "a.pdf",
            Box::new(|| {
                pdf(
                    20_000,
                    &[b"BT ".as_slice(), &b"(a b) Tj ".repeat(400)].concat(),
                )
            }),
        ),
        (
            "PDF of 200 maps of fonts",
            "a.pdf",
            Box::new(|| {
                let map = "begincmap 1 beginbfrange <0000> <ffff> <0041> endbfrange endcmap";
                pdf(200, map.as_bytes())
            }),
        ),
        (
            "bundle of blobs of 4 MB from little",
            "a.bundle",
            Box::new(|| delta_bomb(600, 4_000_000, &"0".repeat(40)).1),
        ),
        (
            "bundle of blobs of 60 MB from little",
            "a.bundle",
            Box::new(|| delta_bomb(60, 60_000_000, &"0".repeat(40)).1),
        ),
        (
            "SQLite of 60 MB",
            "a.db",
            Box::new(|| {
                let row = b"\0\x07\x17\x21user\0password\0\x81\x0f";
                [
                    b"SQLite format 3\0",
                    &row.repeat(2_800_000)[..],
                    key().as_bytes(),
                ]
                .concat()
            }),
        ),
        (
            "60 MB of UTF-16",
            "a.txt",
            Box::new(|| utf16("password = x\r\n", 2_100_000)),
        ),
        (
            "UTF-16 without a character",
            "a.txt",
            Box::new(|| utf16("\u{fffd}", 30_000_000)),
        ),
        (
            "60 MB of a notebook",
            "a.ipynb",
            framed(
                "{\"cells\": [",
                "\"x = \\\"a\\\"\\n\",\n",
                3_500_000,
                "\"\"]}",
            ),
        ),
        (
            "60 MB of runs of text",
            "a.xml",
            framed(
                "<?xml version=\"1.0\"?><w:p>",
                "<w:r><w:t>a1</w:t></w:r>",
                2_500_000,
                "</w:p>",
            ),
        ),
        (
            "60 MB of quoted-printable",
            "a.eml",
            framed(
                "To: a\nContent-Transfer-Encoding: quoted-printable\n\n",
                "=41b=\n",
                8_500_000,
                "",
            ),
        ),
        (
            "60 MB of parts of a mail",
            "a.eml",
            framed(
                "To: a\n",
                "Content-Transfer-Encoding: quoted-printable\n",
                1_300_000,
                "",
            ),
        ),
        (
            "60 MB of uuencode",
            "a.uue",
            framed("begin 644 a\n", "#0V%T\n", 10_000_000, ""),
        ),
        (
            "60 MB of a private key",
            "a.pem",
            framed(
                concat!("-----BEGIN ", "PRIVATE KEY-----\n"),
                "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUZH\n",
                1_300_000,
                "",
            ),
        ),
        (
            "60 MB of a hex dump",
            "a.txt",
            repeated("67 68 70 5f 41 42 43 44 ", 2_500_000),
        ),
        (
            "60 MB of rows of a hex dump",
            "a.txt",
            repeated(
                "00000000: 6768 705f 4142 4344 4546 4748 494a 4b4c  ghp_ABCDEFGHIJKL\n",
                880_000,
            ),
        ),
        (
            "60 MB of calls that make a character",
            "a.php",
            repeated("chr(103) . ", 5_400_000),
        ),
        (
            "60 MB of brackets of such calls",
            "a.php",
            repeated("((chr(", 10_000_000),
        ),
        (
            "60 MB of byte values, one a line",
            "a.json",
            repeated("  103,\n", 8_500_000),
        ),
        (
            "60 MB of calls that join",
            "a.py",
            repeated("concat('a1','b2',", 3_500_000),
        ),
        (
            "100,000 findings on one line",
            "a.txt",
            findings(100_000, " "),
        ),
        (
            "100,000 findings in gzip in base64",
            "a.txt",
            Box::new(|| {
                BASE64
                    .encode(&gzip(&findings(100_000, "\n")()))
                    .into_bytes()
            }),
        ),
        (
            "100,000 findings in base64",
            "a.txt",
            Box::new(|| BASE64.encode(&findings(100_000, "\n")()).into_bytes()),
        ),
    ]
}
