//! Values of which a program makes one text.

use super::*;

/// Where the decoded token stands in the text.
#[track_caller]
fn place_of<'t>(text: &'t str, token: &str) -> &'t str {
    let mut places = Vec::new();
    find_all(text.as_bytes(), &mut |decoded| {
        if let Some(at) = memchr::memmem::find(&decoded.bytes, token.as_bytes()) {
            places.push(decoded.map.parent(&(at..at + token.len())));
        }
    });
    assert_eq!(places.len(), 1, "{text}");
    text.get(places.remove(0)).unwrap()
}

#[test]
fn lists_lead_back_to_their_items() {
    let token = concat!("abcdefghij", "klmnopqrst7");
    for (before, inside, after) in [
        ("x = ''.join(['", "abcdefghij', 'klmnopqrst7", "'])"),
        (
            "y = [\n  \"",
            "abcdefghij\",\n  \"klmnopqrst7",
            "\",\n].join(\"\")",
        ),
        (
            "strings.Join([]string{\"",
            "abcdefghij\", \"klmnopqrst7",
            "\"}, \"\")",
        ),
    ] {
        assert_eq!(place_of(&format!("{before}{inside}{after}"), token), inside);
    }
    let values: Vec<String> = token.bytes().map(|b| b.to_string()).collect();
    let values = values.join(", ");
    for (before, after) in [("", ""), ("k = [0, 255, ", ", 0]"), ("f(", ")")] {
        assert_eq!(place_of(&format!("{before}{values}{after}"), token), values);
    }
    let base32 = data_encoding::BASE32.encode(token.as_bytes());
    let base32 = base32.trim_end_matches('=');
    assert_eq!(place_of(&format!("k = \"{base32}\""), token), base32);
}

#[test]
fn lists_of_numbers_and_names_yield_nothing() {
    for text in [
        "[100, 101, 102, 103, 104, 0, 105, 106, 107, 108, 109, 0, 110, 111, 112, 113, 114]",
        "[32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32]",
        "os.path.join('some', 'long_name_of_a_folder', 'another')",
        "', '.join(f'{a}' for a in ['abcdefghij', 'klmnopqrst7'])",
        "[1000, 1010, 1020, 1030, 1040, 1050, 1060, 1070, 1080, 1090, 1100, 1110, 1120, 1130]",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    ] {
        find_all(text.as_bytes(), &mut |decoded| {
            panic!("{text}: {}", decoded.bytes.escape_ascii());
        });
    }
}
