use super::*;
use proptest::prelude::*;

/// All that is decoded, to any depth, as text.
fn decode_deep(text: &[u8], depth: usize, out: &mut Vec<Vec<u8>>) {
    if depth == 0 {
        return;
    }
    find_all(text, 0..text.len(), &mut |decoded| {
        decode_deep(&decoded.bytes, depth - 1, out);
        out.push(decoded.bytes);
    });
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

/// Ways to write a text, each with the name of the decoder that undoes it.
fn encodings(plain: &str) -> Vec<(&'static str, Vec<u8>)> {
    let standard = data_encoding::BASE64.encode(plain.as_bytes());
    let wrapped = |before: &str, between: &str, after: &str| {
        let lines: Vec<&str> = standard
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!("{before}{}{after}", lines.join(between)).into_bytes()
    };
    vec![
        ("base64", format!("auth: {standard}\n").into_bytes()),
        (
            "base64",
            data_encoding::BASE64URL_NOPAD
                .encode(plain.as_bytes())
                .into_bytes(),
        ),
        ("base64", wrapped("data: |\n    ", "\n    ", "\n")),
        ("base64", wrapped("x = \"", "\" +\n      \"", "\";")),
        ("base64", wrapped("\"k\": \"", "\\n", "\"")),
        (
            "hex",
            data_encoding::HEXLOWER
                .encode(plain.as_bytes())
                .into_bytes(),
        ),
        (
            "hex",
            format!("0x{}", data_encoding::HEXUPPER.encode(plain.as_bytes())).into_bytes(),
        ),
        (
            "percent",
            plain
                .bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() && b % 3 != 0 {
                        char::from(b).to_string()
                    } else {
                        format!("%{b:02x}")
                    }
                })
                .collect::<String>()
                .into_bytes(),
        ),
    ]
}

proptest! {
    #[test]
    fn every_decoder_undoes_its_encoding(plain in "[ -~]{24,300}", around in "[ ;\n]{0,5}") {
        let mut used = Vec::new();
        for (name, encoded) in encodings(&plain) {
            let text = [around.as_bytes(), &encoded, around.as_bytes()].concat();
            let decoder = DECODERS.iter().find(|d| d.name == name).unwrap();
            let mut found = false;
            (decoder.find)(&text, 0..text.len(), &mut |decoded| {
                assert!(decoded.span.start < decoded.span.end && decoded.span.end <= text.len());
                if let Some(at) = memchr::memmem::find(&decoded.bytes, plain.as_bytes()) {
                    found = true;
                    let parent = decoded.map.parent(&(at..at + plain.len()));
                    assert!(parent.start >= decoded.span.start && parent.end <= decoded.span.end);
                }
            });
            prop_assert!(found, "{name}: {}", String::from_utf8_lossy(&text));
            used.push(name);
        }
        for decoder in DECODERS {
            prop_assert!(used.contains(&decoder.name), "{} has no encoding here", decoder.name);
        }
    }

    #[test]
    fn spans_lie_in_any_input(text in proptest::collection::vec(any::<u8>(), 0..600), a in 0usize..600, b in 0usize..600) {
        let range = a.min(b).min(text.len())..a.max(b).min(text.len());
        find_all(&text, range, &mut |decoded| {
            assert!(decoded.span.start <= decoded.span.end && decoded.span.end <= text.len());
            let parent = decoded.map.parent(&(0..decoded.bytes.len()));
            assert!(decoded.span.start <= parent.start && parent.end <= decoded.span.end);
        });
    }

    #[test]
    fn a_range_yields_what_the_whole_yields_there(plain in "[ -~]{24,100}", before in "[a-z\n ]{0,300}") {
        for (_, encoded) in encodings(&plain) {
            let text = [before.as_bytes(), b"\n", &encoded, b"\n", before.as_bytes()].concat();
            let middle = before.len() + 1 + encoded.len() / 2;
            let mut found = false;
            find_all(&text, middle..middle + 1, &mut |decoded| found |= contains(&decoded.bytes, plain.as_bytes()));
            prop_assert!(found);
        }
    }
}

#[test]
fn nested_base64_is_undone_to_the_depth() {
    let plain = "the innermost text of all, long enough";
    let once = data_encoding::BASE64.encode(plain.as_bytes());
    let twice = data_encoding::BASE64.encode(once.as_bytes());
    let mut out = Vec::new();
    decode_deep(twice.as_bytes(), 2, &mut out);
    assert!(out.iter().any(|bytes| bytes == plain.as_bytes()));
}

#[test]
fn hashes_identifiers_and_certificates_yield_nothing() {
    let certificate = data_encoding::BASE64.encode(&[
        0x30, 0x82, 3, 0x8d, 0x30, 0x82, 2, 0x75, 0xa0, 3, 2, 1, 2, 2, 9, 0, 0xd4, 0xaf, 7, 1, 9,
    ]);
    let text = format!(
        "getUserAuthenticationTokenProvider() path/to/some/deeply/nested/module_name\n\
         d41d8cd98f00b204e9800998ecf8427e 550e8400-e29b-41d4-a716-446655440000\n\
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 {certificate}\n\
         printf(\"%02x %d%% 100%\\n\", value);\n"
    );
    find_all(text.as_bytes(), 0..text.len(), &mut |decoded| {
        panic!("{:?} {}", decoded.step, decoded.bytes.escape_ascii());
    });
}
