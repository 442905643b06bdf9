//! Diagnostics at several widths.

use super::*;
use crate::policy::Policy;
use crate::report::sample;

/// What may be wider than the terminal: a line to paste, a link, a path, a line of the file that annotate-snippets cuts.
fn may_be_wide(line: &str) -> bool {
    let line = line.trim_start();
    let words = line.trim_start_matches("help: ");
    ["git ", "https://", "-->", ":::"]
        .iter()
        .any(|start| words.starts_with(start))
}

#[test]
fn lines_are_no_wider_than_the_terminal() {
    let policy = Policy::client();
    let mut outcome = sample::outcome();
    let long = "x = 1; ".repeat(30);
    let place = &mut outcome.findings[0].places[0];
    place.excerpt.lines = vec![format!("{long}token = \"••••••••\" {long}")];
    let start = long.len() + 9;
    place.excerpt.mark = (0, start..start + 24);
    for width in [60, 80, 120] {
        let view = View {
            width,
            ..sample::view(&policy)
        };
        let text = render(&outcome, &view);
        for line in text.lines().filter(|line| !may_be_wide(line)) {
            assert!(fits(line, width), "{width}: {line}\n{text}");
        }
    }
}

#[test]
fn what_has_no_room_beside_the_value_stands_below_it() {
    let policy = Policy::client();
    let outcome = sample::outcome();
    let at = |width| {
        let view = View {
            width,
            ..sample::view(&policy)
        };
        render(&outcome, &view)
    };
    assert!(at(80).contains("^^^^^^^^ CRC32 checksum valid: a real one"));
    let narrow = at(40);
    assert!(narrow.contains("^^^^^^^^ a real one"), "{narrow}");
    assert!(
        narrow.contains("= note: CRC32 checksum valid\n"),
        "{narrow}"
    );
}

#[test]
fn a_value_that_stands_as_it_is_comes_first() {
    let policy = Policy::client();
    let mut outcome = sample::outcome();
    outcome.findings[0].places.reverse();
    let text = render(&outcome, &sample::view(&policy));
    let [plain, decoded] = ["--> src/a,b:c.py:3", "::: =cmd|x.zip"].map(|p| text.find(p));
    assert!(plain.is_some() && plain < decoded, "{text}");
}

#[test]
fn the_page_to_revoke_is_a_link_where_a_terminal_knows_links() {
    let policy = Policy::client();
    let outcome = sample::outcome();
    let page = "https://github.com/settings/tokens";
    let link = format!("\u{1b}]8;;{page}\u{1b}\\{page}\u{1b}]8;;\u{1b}\\");
    for links in [false, true] {
        let view = View {
            links,
            color: links,
            ..sample::view(&policy)
        };
        let text = render(&outcome, &view);
        assert_eq!(text.contains(&link), links, "{text:?}");
        assert!(text.contains(page), "{text}");
    }
}

#[test]
fn the_place_is_that_in_the_file_where_the_line_is_cut_and_masked() {
    let policy = Policy::client();
    let mut outcome = sample::outcome();
    let place = &mut outcome.findings[0].places[0];
    place.position.column = 50_010;
    place.excerpt.lines = vec!["…a = \"••••\"; \u{65e5}\u{672c} = ••••••••".into()];
    let start = place.excerpt.lines[0].rfind(" ").unwrap() + 1;
    place.excerpt.mark = (0, start..start + 24);
    let text = render(&outcome, &sample::view(&policy));
    // Two characters of three bytes.
    assert!(text.contains("--> src/a,b:c.py:3:50007\n"), "{text}");
    assert!(text.contains("::: =cmd|x.zip"), "{text}");
}
