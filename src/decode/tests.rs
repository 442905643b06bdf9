use super::*;
use proptest::prelude::*;

mod inside;
mod lists;
mod long;

/// All that is decoded, to any depth, as text.
fn decode_deep(text: &[u8], depth: usize, out: &mut Vec<Vec<u8>>) {
    if depth == 0 {
        return;
    }
    find_all(text, &mut |decoded| {
        decode_deep(&decoded.bytes, depth - 1, out);
        out.push(decoded.bytes);
    });
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
    let hex = data_encoding::HEXLOWER.encode(plain.as_bytes());
    let url = data_encoding::BASE64URL_NOPAD.encode(plain.as_bytes());
    let each = |write: fn(char) -> String| plain.chars().map(write).collect::<String>();
    let between = |quote: &str, separator: &str, end: &str| {
        let parts: Vec<String> = plain
            .as_bytes()
            .chunks(7)
            .map(|part| String::from_utf8_lossy(part).into_owned())
            .collect();
        format!("{quote}{}{end}", parts.join(separator)).into_bytes()
    };
    // Twelve values a line, as tools write them.
    let listed = |indent: &str, write: fn(char) -> String| {
        let values: Vec<String> = plain.chars().map(write).collect();
        let lines: Vec<String> = values.chunks(12).map(|line| line.join(", ")).collect();
        format!("k = [\n{indent}{}\n]", lines.join(&format!(",\n{indent}"))).into_bytes()
    };
    let utf16 = |write: fn(u16) -> [u8; 2]| plain.encode_utf16().flat_map(write).collect();
    let utf32 = |write: fn(u32) -> [u8; 4]| plain.chars().flat_map(|c| write(c.into())).collect();
    let mut all: Vec<(&'static str, Vec<u8>)> = vec![
        ("base64", format!("auth: {standard}\n").into_bytes()),
        ("base64", url.into_bytes()),
        ("base64", wrapped("data: |\n    ", "\n    ", "\n")),
        ("base64", wrapped("x = \"", "\" +\n      \"", "\";")),
        ("base64", wrapped("\"k\": \"", "\\n", "\"")),
        (
            "manifest",
            format!("kind: Secret\ndata:\n  key: {standard}\n").into_bytes(),
        ),
        (
            "manifest",
            format!("{{\"kind\":\"Secret\",\"data\":{{\"key\":\"{standard}\"}}}}").into_bytes(),
        ),
        (
            "base64",
            data_encoding::BASE32.encode(plain.as_bytes()).into_bytes(),
        ),
        (
            "base64",
            data_encoding::BASE32
                .encode(plain.as_bytes())
                .as_bytes()
                .chunks(36)
                .flat_map(|line| [line, b"\n"].concat())
                .collect(),
        ),
        ("hex", hex.clone().into_bytes()),
        ("hex", format!("0x{}", hex.to_uppercase()).into_bytes()),
        (
            "percent",
            each(|c| sometimes(c, |c| format!("%{c:02x}"))).into_bytes(),
        ),
        (
            "escape",
            each(|c| sometimes(c, |c| format!("\\x{c:02x}"))).into_bytes(),
        ),
        (
            "escape",
            each(|c| sometimes(c, |c| format!("\\u{c:04X}"))).into_bytes(),
        ),
        (
            "escape",
            each(|c| sometimes(c, |c| format!("\\U{c:08x}"))).into_bytes(),
        ),
        (
            "escape",
            each(|c| sometimes(c, |c| format!("\\u{{{c:x}}}"))).into_bytes(),
        ),
        (
            "escape",
            each(|c| sometimes(c, |c| format!("\\{c:03o}"))).into_bytes(),
        ),
        (
            "entity",
            each(|c| sometimes(c, |c| format!("&#{c};"))).into_bytes(),
        ),
        (
            "entity",
            each(|c| sometimes(c, |c| format!("&#x{c:x};"))).into_bytes(),
        ),
        (
            "utf-16",
            [b"\xff\xfe".to_vec(), utf16(u16::to_le_bytes)].concat(),
        ),
        (
            "utf-16",
            [b"\xfe\xff".to_vec(), utf16(u16::to_be_bytes)].concat(),
        ),
        ("utf-16", utf16(u16::to_le_bytes)),
        ("utf-16", utf16(u16::to_be_bytes)),
        (
            "utf-16",
            [
                b"MZ\x90\x03\x80".to_vec(),
                utf16(u16::to_le_bytes),
                vec![0x80; 500],
            ]
            .concat(),
        ),
        (
            "utf-16",
            [
                b"MZ\x90\x03\x80".to_vec(),
                utf16(u16::to_be_bytes),
                vec![0x80; 500],
            ]
            .concat(),
        ),
        ("utf-16", utf32(u32::to_le_bytes)),
        ("utf-16", utf32(u32::to_be_bytes)),
    ];
    // These look only at parts of what could be one token.
    if plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
        all.extend([
            (
                "full-width",
                each(|c| match c {
                    '!'..='~' => char::from_u32(u32::from(c) - 0x21 + 0xff01)
                        .unwrap()
                        .to_string(),
                    _ => c.to_string(),
                })
                .into_bytes(),
            ),
            ("join", between("\"", "\" + \"", "\"")),
            ("join", between("'", "' . '", "'")),
            ("join", between("'", "' + '' + \"\" + '", "'")),
            (
                "byte-list",
                each(|c| format!("{}, ", c as u32)).into_bytes(),
            ),
            ("byte-list", each(|c| format!("{},", c as u32)).into_bytes()),
            (
                "byte-list",
                listed("    ", |c| format!("0x{:02x}", c as u32)),
            ),
            (
                "byte-list",
                each(|c| format!("    {},\r\n", c as u32)).into_bytes(),
            ),
            (
                "byte-list",
                each(|c| format!("chr({}) . ", c as u32)).into_bytes(),
            ),
            (
                "byte-list",
                each(|c| format!("Chr({}) &\n    ", c as u32)).into_bytes(),
            ),
            (
                "byte-list",
                each(|c| format!("[char]0x{:x}+", c as u32)).into_bytes(),
            ),
            ("byte-list", dump(plain, "{address}: {4} ")),
            ("byte-list", dump(plain, "{address}  {2}")),
            ("byte-list", dump(plain, "x = \"{row}\"")),
            ("byte-list", dump(plain, "    {colons}")),
            ("list", between("concat('", "', '", "')")),
            ("list", between("\"\".concat(\"", "\",\n \"", "\")")),
            ("list", between("join('', array('", "', '", "'))")),
            ("list", between("''.join(['", "', '", "'])")),
            (
                "list",
                between("k = [\n  \"", "\",\n  \"", "\",\n].join('')"),
            ),
            ("list", between("join('', ['", "','", "'])")),
            ("list", between("Join([]string{\"", "\", \"", "\"}, \"\")")),
            ("join", between("(\"", "\"\n    \"", "\")")),
            ("join", between("\"", "\" \\\n    f\"", "\"")),
            ("join", between("key=", "\\\n", "\n")),
            ("join", between("key=\"", "\\\r\n    ", "\"\n")),
            (
                "office",
                between(
                    "<?xml?><w:p><w:t>",
                    "</w:t></w:r><w:r><w:t>",
                    "</w:t></w:p>",
                ),
            ),
            ("terminal", between("\u{1b}[1;31m", "\u{1b}[0m", "\u{1b}[K")),
            ("zero-width", between("", "\u{200b}", "")),
            ("zero-width", between("", "\u{ad}", "")),
            ("zero-width", between("", "\u{202e}\u{34f}", "")),
            ("zero-width", between("", "\u{fe0f}\u{e0041}", "")),
            ("zero-width", between("", "\u{2066}\u{61c}", "")),
        ]);
    }
    all.extend(separated(plain));
    all.extend(inside::encodings(plain));
    // Of few texts no character is written otherwise; parts without a digit are not joined.
    let has_digit = plain.bytes().any(|b| b.is_ascii_digit());
    all.retain(|(name, encoded)| {
        encoded != plain.as_bytes() && (!matches!(*name, "list" | "block") || has_digit)
    });
    all
}

/// As programs dump bytes.
fn dump(plain: &str, form: &str) -> Vec<u8> {
    let bytes: Vec<String> = plain.bytes().map(|b| format!("{b:02x}")).collect();
    let mut out = String::new();
    for (n, row) in bytes.chunks(16).enumerate() {
        let text: String = plain.chars().skip(n * 16).take(16).collect();
        let address = format!("{:08x}", n * 16);
        let halves: Vec<String> = row.chunks(8).map(|half| half.join(" ")).collect();
        out += &match form {
            "{address}: {4} " => {
                let fours: Vec<String> = row.chunks(2).map(|two| two.concat()).collect();
                format!("{address}: {:<39}  {text}\n", fours.join(" "))
            }
            "{address}  {2}" => format!("{address}  {:<48}  |{text}|\n", halves.join("  ")),
            "    {colons}" => format!("    {}:\n", row.join(":")),
            _ => return form.replace("{row}", &bytes.join(" ")).into_bytes(),
        };
    }
    out.into_bytes()
}

/// Lists of what stands between a letter, joined by that letter.
fn separated(plain: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut letters = plain.chars().skip(10);
    let Some(letter) =
        letters.find(|&c| c.is_ascii_alphabetic() && !plain.starts_with(c) && !plain.ends_with(c))
    else {
        return Vec::new();
    };
    let parts: Vec<&str> = plain.split(letter).collect();
    let is_plain = plain.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_plain || parts.concat().len() < 16 {
        return Vec::new();
    }
    let list = parts.join("', '");
    [
        format!("'{letter}'.join(['{list}'])"),
        format!("['{list}'].join('{letter}')"),
        format!("join('{letter}', ['{list}'])"),
        format!("Join([]string{{'{list}',\n}}, '{letter}')"),
    ]
    .map(|text| ("list", text.into_bytes()))
    .into()
}

/// Writes some characters plainly.
fn sometimes(char: char, write: fn(u32) -> String) -> String {
    if char.is_ascii_alphanumeric() && u32::from(char) % 3 != 0 {
        char.to_string()
    } else {
        write(char.into())
    }
}

/// Sentences and tokens.
fn plain() -> impl Strategy<Value = String> {
    // A text of blanks or brackets alone is never worth decoding.
    prop_oneof![
        "[ -~]{20,100}[a-p]{4}",
        "[0-9A-Za-z]{24,100}",
        "[0-9A-Za-z]{20,40}[a-p]{4}"
    ]
}

proptest! {
    #[test]
    fn every_decoder_undoes_its_encoding(plain in plain()) {
        for (name, text) in encodings(&plain) {
            let decoder = DECODERS.iter().find(|d| d.name == name).unwrap();
            let mut found = false;
            (decoder.find)(&text, &Marks::of(&text), &mut |decoded| {
                assert!(decoded.span.start < decoded.span.end && decoded.span.end <= text.len());
                if let Some(at) = memchr::memmem::find(&decoded.bytes, plain.as_bytes()) {
                    found = true;
                    let parent = decoded.map.parent(&(at..at + plain.len()));
                    assert!(parent.start >= decoded.span.start && parent.end <= decoded.span.end);
                }
            });
            prop_assert!(found, "{name}: {}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn spans_lie_in_any_input(text in proptest::collection::vec(any::<u8>(), 0..600)) {
        find_all(&text, &mut |decoded| {
            assert!(decoded.span.start <= decoded.span.end && decoded.span.end <= text.len());
            let parent = decoded.map.parent(&(0..decoded.bytes.len()));
            assert!(decoded.span.start <= parent.start && parent.end <= decoded.span.end);
        });
    }
}

#[test]
fn the_round_trip_covers_every_decoder() {
    let used = encodings("abcdefghijklmnopqrstuvwxyz0123");
    for decoder in DECODERS {
        assert!(
            used.iter().any(|(name, _)| *name == decoder.name),
            "{decoder:?}"
        );
    }
}

#[test]
fn short_values_of_a_manifest_keep_their_key() {
    let value = data_encoding::BASE64.encode(b"hunter2");
    let text = format!("apiVersion: v1\nkind: Secret\ntype: Opaque\ndata:\n  password: {value}\n");
    let mut found = Vec::new();
    find_all(text.as_bytes(), &mut |decoded| {
        let value = decoded.map.parent(&(11..18));
        found.push((decoded.bytes, text.as_bytes()[value].to_vec()));
    });
    assert_eq!(
        found,
        [(b"password: \"hunter2\"".to_vec(), value.into_bytes())]
    );
}

#[test]
fn only_what_cannot_be_seen_is_hidden() {
    let hidden = |name| {
        let mut all = Vec::new();
        for (_, text) in encodings("abcdefghijklmnopqrstuvwxyz")
            .iter()
            .filter(|(n, _)| *n == name)
        {
            let decoder = DECODERS.iter().find(|d| d.name == name).unwrap();
            (decoder.find)(text, &Marks::of(text), &mut |decoded| {
                all.push(decoded.is_hidden());
            });
        }
        all
    };
    assert!(hidden("base64").iter().all(|is| *is) && hidden("utf-16").iter().all(|is| *is));
    assert!(!hidden("escape").contains(&true) && !hidden("join").contains(&true));
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
    find_all(text.as_bytes(), &mut |decoded| {
        panic!("{:?} {}", decoded.step, decoded.bytes.escape_ascii());
    });
}
