use proptest::prelude::*;

use super::super::{Decoded, window};
use super::*;

/// Runs of digits of all lengths, signs with and without what makes them tell, other bytes.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        "[0-9A-Za-z+/_-]{0,90}".prop_map(String::into_bytes),
        "[a-z \n;,(){}]{0,70}".prop_map(String::into_bytes),
        proptest::sample::select(vec![
            "%41",
            "%zz",
            "&#65;",
            "&amp;",
            "&x",
            "\\x41",
            "\\n",
            "\\",
            "\" + \"",
            "\",",
            "' '",
            "\x1b[1m",
            "join(",
            ".Concat(",
            "\u{200b}",
            "\0",
            "\u{e4}",
            "\u{440}",
            "\u{1d5a0}",
            "a\u{2011}b",
            "\u{24d0}",
            "\\67 ",
            "\\000068",
            "<b>",
            "</span>",
            "<!-- -->",
            "<i",
            "`",
            "a`b",
            "${'ab'}",
            "${\"abc",
            "'}",
            "k: >-\n",
            "- |\n",
            " >",
            "|\n",
        ])
        .prop_map(|sign| sign.as_bytes().to_vec()),
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn plain_runs(text: &[u8]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut at = 0;
    for part in text.split(|&b| !base64::is_digit(b)) {
        if part.len() >= base64::MIN {
            runs.push(at..at + part.len());
        }
        at += part.len() + 1;
    }
    runs
}

/// Spans and bytes of what a syntax yields.
fn undone(find: impl FnOnce(&mut dyn FnMut(Decoded))) -> Vec<(Range<usize>, Vec<u8>)> {
    let mut all = Vec::new();
    find(&mut |decoded| all.push((decoded.span, decoded.bytes)));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn runs_are_all_that_are_long_enough(text in text()) {
        prop_assert_eq!(Marks::of(&text).runs, plain_runs(&text));
    }

    #[test]
    fn marks_lead_to_what_a_search_of_all_bytes_finds(text in text()) {
        let marks = Marks::of(&text);
        for (syntax, places) in [
            (&percent::SYNTAX, &marks.percent),
            (&escape::SYNTAX, &marks.escape),
            (&entity::SYNTAX, &marks.entity),
            (&join::SYNTAX, &marks.join),
            (&terminal::SYNTAX, &marks.terminal),
            (&css::SYNTAX, &marks.css),
            (&backtick::SYNTAX, &marks.backtick),
            (&template::SYNTAX, &marks.template),
            (&markup::SYNTAX, &marks.markup),
        ] {
            let searched = undone(|sink| window::find(syntax, &text, sink));
            let led = undone(|sink| window::find_at(syntax, &text, places, sink));
            prop_assert_eq!(led, searched, "{}", syntax.name);
        }
        let brackets = memchr::memchr_iter(b'(', &text);
        let lists: Vec<usize> = brackets.filter(|&at| list::is_joined_at(&text, at)).collect();
        prop_assert_eq!(marks.lists, lists);
        let mut alike = [marks.alike.as_slice(), &marks.far].concat();
        alike.sort_unstable();
        let searched = undone(|sink| window::find(&look_alike::SYNTAX, &text, sink));
        let led = undone(|sink| window::find_at(&look_alike::SYNTAX, &text, &alike, sink));
        prop_assert_eq!(led, searched);
        let heads = (0..text.len()).filter(|&at| matches!(text[at], b'>' | b'|') && block::is_head_at(&text, at));
        prop_assert_eq!(marks.blocks, heads.collect::<Vec<_>>());
        prop_assert_eq!(marks.is_ascii, text.is_ascii());
        prop_assert_eq!(marks.has_zero, text.contains(&0));
    }
}

#[test]
fn tokens_are_the_same_in_vectors() {
    assert!((0..=u8::MAX).all(|byte| window::TOKENS.holds(byte) == window::is_token(byte)));
}
