//! Every writer, with names and contents that attack it: what it writes is of its format and fit for a terminal.

use keysieve::attribute::{Hidden, Tools};
use keysieve::finding::{Gap, GapReason};
use keysieve::fingerprint::fingerprint;
use keysieve::outcome::{Origin, Outcome, Verdict};
use keysieve::policy::Policy;
use keysieve::report::{
    Format, Run, Situation, Stage, View, error_lines, explain, gap_line, lines_for_pusher, render,
    render_for_pusher,
};
use keysieve::source::files;

use super::bytes::Bytes;
use super::scanned::{SCANNER, texts};

pub fn tools() -> Tools<'static> {
    Tools {
        scan: &|path, bytes| SCANNER.scan(path, bytes),
        quiet: &|path, bytes, over, seen| SCANNER.quiet(path, bytes, over, seen),
        fingerprint: &|rule, secret| fingerprint_of(&rule.id, secret),
        expect: &|_| {},
        expired: &|| false,
        max_blob: 1 << 20,
        most: 1 << 16,
    }
}

/// An id for tests: what tells values apart without being one.
fn fingerprint_of(rule: &str, secret: &keysieve::finding::Secret) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    secret.hash(&mut hasher);
    fingerprint(None, rule, &hasher.finish().to_le_bytes())
}

pub fn run(data: &[u8]) {
    let mut input = Bytes(data);
    let flags = input.byte();
    let n = input.below(64);
    let path = input.take(n);
    let origin =
        [Origin::File, Origin::Index, Origin::Stdin, Origin::Name][usize::from(flags % 4)].clone();
    let reviewed = files::review_bytes(&origin, path, input.0, tools());
    let mut gaps = reviewed.gaps;
    if flags & 4 != 0 {
        gaps.push(Gap {
            path: path.to_vec(),
            why: GapReason::Unreadable("words".to_owned()),
        });
    }
    drop(Hidden::of(&reviewed.findings).mask(path));
    let verdict = if reviewed.findings.is_empty() {
        Verdict::Undecided
    } else {
        Verdict::Block
    };
    let outcome = Outcome {
        findings: reviewed.findings,
        gaps,
        stats: reviewed.stats,
        verdict,
    };
    let policy = Policy::server();
    let view = View {
        policy: &policy,
        stage: if flags & 8 != 0 {
            Stage::Pushed
        } else {
            Stage::Files
        },
        color: false,
        links: false,
        width: 40 + usize::from(flags),
        show_suppressed: true,
        refs: vec![String::from_utf8_lossy(path).into_owned()],
        gitlab_web: flags & 16 != 0,
        situation: Situation::default(),
        summary: true,
        run: Run::default(),
    };
    for name in Format::NAMES {
        let format = Format::parse(name).expect("a name is of a format");
        check(format, &render(format, &outcome, &view));
    }
    let coloured = View {
        color: true,
        ..view.clone()
    };
    check(
        Format::Text,
        &without_colours(&render(Format::Text, &outcome, &coloured)),
    );
    for finding in &outcome.findings {
        check(
            Format::Text,
            &explain(finding, Some((path, input.0)), &policy),
        );
    }
    for gap in &outcome.gaps {
        check(Format::Text, &gap_line(gap));
    }
    let words = String::from_utf8_lossy(path);
    check(Format::Text, &error_lines(&words));
    let text = [
        render_for_pusher(&outcome, &view),
        lines_for_pusher(&words, flags & 16 != 0),
    ]
    .concat();
    for line in text.lines() {
        assert!(
            line.bytes().all(|b| (0x20..0x7f).contains(&b)),
            "a pusher sees more than ASCII"
        );
        assert!(line.len() <= 72 + 13, "a pusher's line is long");
    }
}

/// The text without the colours that a report itself writes, and nothing else.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('m').expect("an escape is no colour");
        assert!(
            code.bytes().all(|b| b.is_ascii_digit() || b == b';'),
            "an escape is no colour"
        );
        out.push_str(rest);
    }
    out
}

/// What moves a cursor, hides itself or turns a line around.
fn is_plain(c: char) -> bool {
    let turns = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
    (!c.is_control() && !turns) || matches!(c, '\n' | '\t')
}

fn check(format: Format, text: &str) {
    let plain = is_plain;
    match format {
        Format::Json | Format::Sarif | Format::Gitlab => {
            serde_json::from_str::<serde_json::Value>(text).expect("a document is no JSON");
        }
        Format::Jsonl => {
            for line in text.lines() {
                serde_json::from_str::<serde_json::Value>(line).expect("a line is no JSON");
            }
        }
        Format::Text | Format::Markdown | Format::Github => {
            assert!(
                text.chars().all(plain),
                "{}: control characters",
                format.as_str()
            );
        }
        Format::Junit => {
            assert!(text.chars().all(plain), "control characters in XML");
            let (opened, closed) = (
                text.matches("<testcase").count(),
                text.matches("</testcase>").count(),
            );
            assert!(closed <= opened, "XML that a name has broken");
        }
        Format::Html => {
            assert_eq!(
                text.matches("<script").count(),
                text.matches("</script>").count(),
                "a script that a name has brought"
            );
            assert!(!text.contains("<img"), "an element that a name has brought");
        }
        Format::Csv => assert!(
            text.chars().all(|c| plain(c) || c == '\r'),
            "control characters"
        ),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let names: &[&[u8]] = &[
        b"a.txt",
        b"<img src=x>",
        b"a\x1b]0;x\x07\r\n::error::x",
        b"=cmd|' /C calc'!A0",
        b"\xff\xe2\x80\xae</script>|`b`",
        b"]]>\"'&<",
    ];
    let texts = texts();
    texts
        .iter()
        .step_by(11)
        .enumerate()
        .map(|(i, text)| {
            let name = names[i % names.len()];
            let line = [
                b"<img src=y> ]]> \x1b[31m ",
                text.as_slice(),
                b" | </script>\n",
            ]
            .concat();
            [&[i as u8, name.len() as u8], name, &line].concat()
        })
        .collect()
}
