//! What stands inside a value, or in place of its characters.

use super::*;

/// Ways to write what could be one token, each with the name of the decoder that undoes it.
pub(super) fn encodings(plain: &str) -> Vec<(&'static str, Vec<u8>)> {
    if !plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Vec::new();
    }
    let between = |size: usize, before: &str, inside: &str, after: &str| {
        let parts: Vec<&str> = plain
            .as_bytes()
            .chunks(size)
            .map(|part| std::str::from_utf8(part).unwrap())
            .collect();
        format!("{before}{}{after}", parts.join(inside)).into_bytes()
    };
    let each = |write: fn(char) -> String| plain.chars().map(write).collect::<String>();
    vec![
        (
            "look-alike",
            each(|c| mathematical(c).to_string()).into_bytes(),
        ),
        ("look-alike", format!("k = '{}'", each(letter)).into_bytes()),
        ("markup", between(7, "<p>", "<b>", "</p>")),
        ("markup", between(1, "<p>", "</span><SPAN class=\"x\">", "")),
        ("markup", between(9, "", "<!-- - -->", "")),
        (
            "css",
            each(|c| format!("\\{:x} ", u32::from(c))).into_bytes(),
        ),
        (
            "css",
            each(|c| format!("\\{:06X}", u32::from(c))).into_bytes(),
        ),
        ("template", between(7, "x = `${'", "'}${'", "'}`")),
        ("template", between(3, "`${\"", "\"}${\"", "\"}`")),
        ("backtick", between(7, "$t = \"", "`", "\"")),
        ("join", between(7, "\"", "\" NAME_2 \"", "\";")),
        ("list", between(7, "p = ['", "', '", "']\nt = ''.join(p)\n")),
        (
            "list",
            between(
                9,
                "const k = [\"",
                "\",\n  \"",
                "\"];\n\n  f(k.join(''));\n",
            ),
        ),
        ("block", between(20, "key: >-\n  ", "\n  ", "\n")),
        ("block", between(20, "- |2+\r\n    ", "\r\n    ", "\r\nx")),
        ("block", between(20, "k: >\n\t", " \n\t", "")),
    ]
}

/// Some characters as letters of other scripts.
fn letter(char: char) -> String {
    match char {
        'a' => "\u{430}".to_owned(),
        'P' => "\u{420}".to_owned(),
        'o' => "\u{3bf}".to_owned(),
        'x' => "\u{445}".to_owned(),
        'A'..='Z' | '0'..='9' if u32::from(char) % 3 != 0 => char.to_string(),
        _ => mathematical(char).to_string(),
    }
}

fn mathematical(char: char) -> char {
    let code = match char {
        'A'..='Z' => u32::from(char) - u32::from('A') + 0x1d5a0,
        'a'..='z' => u32::from(char) - u32::from('a') + 0x1d5ba,
        _ => u32::from(char) - u32::from('0') + 0x1d7e2,
    };
    char::from_u32(code).unwrap()
}

const TOKEN: &str = concat!("abcdefghij", "klmnopqrst7");

/// The bytes of a text that stand for the token, and by which decoder.
fn places(text: &str) -> Vec<(&str, String)> {
    let mut places = Vec::new();
    find_all(text.as_bytes(), &mut |decoded| {
        if let Some(at) = memchr::memmem::find(&decoded.bytes, TOKEN.as_bytes()) {
            let place = decoded.map.parent(&(at..at + TOKEN.len()));
            let Step::Decoded(name) = decoded.step else {
                unreachable!("a decoder's step has its name")
            };
            places.push((text.get(place).unwrap(), name.to_owned()));
        }
    });
    places
}

#[test]
fn what_was_inside_leads_back_to_all_of_it() {
    for (before, inside, after, name) in [
        (
            "t = '",
            "abcdefghij\u{43a}lmn\u{43e}pqrst7",
            "' # x",
            "look-alike",
        ),
        (
            "\u{44f} '",
            "\u{430}bcdefghijklmnopqrst7",
            "'",
            "look-alike",
        ),
        ("('", "abcdefghijklmnopqrst\u{2466}", "')", "look-alike"),
        ("<td>", "abcde<b>fghij</b>klmnopqrst7", "</td>", "markup"),
        ("<a>", "abcdefghij<!-- no -->klmnopqrst7", "</a>", "markup"),
        ("x: \"", "abcdefghij\\6b lmnopqrst7", "\"", "css"),
        ("`", "abcdefghij${'klmnopqrst7", "'}`", "template"),
        ("`${'", "abcdefghij'}klmnopqrst7", "`", "template"),
        ("\"", "abcdefghij`klmnopqrst7", "\"", "backtick"),
        ("k: >-\n    ", "abcdefghijklmnopqrst\n    7", "\n", "block"),
        (
            "p = ['",
            "abcdefghij', 'klmnopqrst7",
            "']\nf(p.join(''))",
            "list",
        ),
        ("\"", "abcdefghij\" SEP \"klmnopqrst7", "\"", "join"),
    ] {
        let text = format!("{before}{inside}{after}");
        assert_eq!(places(&text), [(inside, name.to_owned())], "{text}");
    }
}

#[test]
fn words_markup_and_scripts_yield_nothing() {
    for text in [
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: \u{43d}\u{435}\u{442} A \u{438} B",
        "\u{3ba}\u{3b1}\u{3bb}\u{3b7}\u{3bc}\u{3ad}\u{3c1}\u{3b1} 2024",
        "10\u{2013}20, the state\u{2011}of\u{2011}the art, \u{2460} one",
        "na\u{ef}ve caf\u{e9}s in D\u{fc}sseldorf, \u{4e2d}\u{6587}abc",
        "<p>some <b>bold</b> words</p><td>1</td><td>2</td>",
        "std::map<std::string, int> x; if (a<b && c>d) y = z<<2 | w >>1;",
        "a List<String>of and Vec<u8>s",
        "C:\\20 files\\7z \\2b or \\67 alone",
        "echo ${HOME} ${a:-'x'} ${'abcdefghijklmnopqrst7'}",
        "the `name`s of `some_functions`, `a``b` and `db`.`a_table_of_users`",
        "run: |\n  make\n  test\n  install\n",
        "steps: >\n  abcdefgh\n  12345678 ijklmnop\n",
        "a | b > c\n  d >\n    eeeeeeeeeeeeeeeeeeee\n    eeeeeeeeeeee7\n",
        "| --- | - |\n| abc | def |\n",
        "p = ['abcdefghij', 'klmnopqrst7']\nt = ''.join(pp)\n",
        "p = ['abcdefghij', 'klmnopqrst7']\nx()\nt = ''.join(p)\n",
        "\"abcdefghijk\" NAME\n  \"lmnopqrst7\"",
        "WHERE a = 'abcdefghijk' AND 'lmnopqrstuv' OR 'wxyzabcdefg'",
    ] {
        find_all(text.as_bytes(), &mut |decoded| {
            panic!(
                "{text}: {:?} {}",
                decoded.step,
                decoded.bytes.escape_ascii()
            );
        });
    }
}

#[test]
fn blocks_end_where_something_else_stands() {
    let line = "  Abcdefghij1";
    for (text, expected) in [
        (format!("k: |\n{line}\n{line}\nother\n"), Some(22)),
        (format!("k: |\n{line}\n{line} x\n"), None),
        (format!("k: |\n{line}\n{line}\n\n{line}\n"), Some(22)),
        (format!("k: |\n{line}\nAbcdefghij1\n"), None),
        (format!("k:|\n{line}\n{line}\n"), None),
        (format!("k: |a\n{line}\n{line}\n"), None),
        (format!("k: |\n  short\n{line}\n{line}\n"), None),
        (format!("k: |\n{line}\n  short\n{line}\n"), Some(16)),
    ] {
        let mut lengths = Vec::new();
        find_all(text.as_bytes(), &mut |decoded| {
            lengths.push(decoded.bytes.len());
        });
        assert_eq!(lengths, Vec::from_iter(expected), "{text}");
    }
    let text = format!("k: |\n{}", format!("{line}\n").repeat(1000));
    let mut lengths = Vec::new();
    find_all(text.as_bytes(), &mut |decoded| {
        lengths.push(decoded.bytes.len());
    });
    assert_eq!(lengths, [4103]);
}
