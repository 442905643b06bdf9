//! Made-up deltas that cut secrets in every way: what stays quiet has nothing in it.

use std::ops::Range;

use proptest::prelude::*;

use super::{Copied, Over, Quiet, Seen};
use crate::rule;
use crate::scan::Scanner;
use crate::template::{Seed, expand};

mod again;
mod inserted;

/// A step of a delta.
#[derive(Debug, Clone)]
enum Op {
    Copy(Range<usize>),
    Insert(Vec<u8>),
}

/// What a delta makes, as a pack says it: result, copies, fresh ranges with seams.
fn apply(base: &[u8], ops: &[Op]) -> (Vec<u8>, Vec<Copied>, Vec<Range<usize>>) {
    let mut out = Vec::new();
    let mut copies: Vec<Copied> = Vec::new();
    let mut fresh: Vec<Range<usize>> = Vec::new();
    for op in ops {
        let at = out.len();
        match op {
            Op::Copy(range) if range.is_empty() => {}
            Op::Copy(range) => {
                let ends_here = copies.last().filter(|last| last.to + last.len == at);
                match ends_here {
                    Some(last) if last.from + last.len == range.start => {
                        copies.last_mut().unwrap().len += range.len();
                        out.extend_from_slice(&base[range.clone()]);
                        continue;
                    }
                    Some(_) => fresh.push(at..at),
                    None if at == 0 && range.start != 0 => fresh.push(0..0),
                    None => {}
                }
                copies.push(Copied {
                    from: range.start,
                    to: at,
                    len: range.len(),
                });
                out.extend_from_slice(&base[range.clone()]);
            }
            Op::Insert(bytes) if bytes.is_empty() => {}
            Op::Insert(bytes) => {
                out.extend_from_slice(bytes);
                match fresh.last_mut() {
                    Some(last) if last.end == at => last.end = out.len(),
                    _ => fresh.push(at..out.len()),
                }
            }
        }
    }
    let last = copies.last().filter(|last| last.to + last.len == out.len());
    if last.is_some_and(|last| last.from + last.len != base.len()) {
        fresh.push(out.len()..out.len());
    }
    (out, copies, fresh)
}

fn scanner() -> &'static Scanner {
    static SCANNER: std::sync::LazyLock<Scanner> = std::sync::LazyLock::new(Scanner::default);
    &SCANNER
}

/// What a content is told by itself.
fn alone(path: &[u8], bytes: &[u8]) -> Option<Quiet> {
    scanner().quiet(path, bytes, None, &mut Seen::with_room(0))
}

/// Makes the delta and asks; whatever is quiet has nothing in it and remembers what it would if asked as a whole.
#[track_caller]
fn step(
    path: &[u8],
    base: &[u8],
    quiet: &Quiet,
    ops: &[Op],
    seen: &mut Seen,
) -> (Vec<u8>, Option<Quiet>) {
    let (bytes, copies, fresh) = apply(base, ops);
    let over = Over {
        base: quiet,
        copies: &copies,
        fresh: &fresh,
    };
    let quiet = scanner().quiet(path, &bytes, Some(&over), seen);
    if let Some(quiet) = &quiet {
        let scanned = scanner().scan(path, &bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let found: Vec<_> = scanned.matches.iter().map(|found| &found.rule.id).collect();
        assert!(
            found.is_empty() && scanned.gaps.is_empty(),
            "{found:?} in {text:?}, fresh {fresh:?}"
        );
        let whole = alone(path, &bytes);
        let whole =
            whole.unwrap_or_else(|| panic!("not quiet as a whole: {text:?}, fresh {fresh:?}"));
        // A literal at the edge of a copy may have lost the neighbour that it needs: it is asked in vain.
        let is_known = whole.far.iter().all(|far| quiet.far.contains(far));
        assert!(is_known, "{:?} {:?} {text:?}", whole.far, quiet.far);
        // What waited once may wait for nothing now.
        assert!(
            whole
                .waiting
                .iter()
                .all(|rule| quiet.waiting.contains(rule))
        );
    }
    (bytes, quiet)
}

const FILLER: &str = "static int count(const char *text) {\n    return lookup(text, 0);\n}\n";

#[test]
fn samples_of_all_rules_come_together_unseen_by_none() {
    let mut n_quiet_bases = 0;
    let mut seen = Seen::with_room(1 << 16);
    let mut seed = Seed::new(11);
    for rule in rule::built_in() {
        for template in rule.hit.iter() {
            let text = expand(template, &mut seed).unwrap();
            let text = format!("{FILLER}{text}\n{FILLER}").into_bytes();
            let body = FILLER.len()..text.len() - FILLER.len();
            let a = body.start + seed.below(body.len());
            let b = (a + 1 + seed.below(12)).min(body.end);
            // Deleted: what stood apart meets. Inserted: a part that was missing.
            let apart = [&text[..a], b"\nreturn 0;\n", &text[a..]].concat();
            let together = [Op::Copy(0..a), Op::Copy(a + 11..apart.len())];
            let without = [&text[..a], &text[b..]].concat();
            let with = [
                Op::Copy(0..a),
                Op::Insert(text[a..b].to_vec()),
                Op::Copy(a..without.len()),
            ];
            for (base, ops) in [(apart, &together[..]), (without, &with[..])] {
                if let Some(quiet) = alone(b"a.txt", &base) {
                    n_quiet_bases += 1;
                    step(b"a.txt", &base, &quiet, ops, &mut seen);
                }
            }
        }
    }
    assert!(n_quiet_bases > 500, "{n_quiet_bases}");
}

#[test]
fn a_keyword_far_away_makes_old_matches_count() {
    let mut seen = Seen::with_room(1 << 16);
    let mut seed = Seed::new(13);
    let with_keywords = rule::built_in().iter().filter(|rule| {
        !rule.keywords.is_empty() && !matches!(rule.detect, crate::rule::Detect::Code)
    });
    let mut n_waiting = 0;
    for rule in with_keywords {
        for template in rule.hit.iter() {
            let text = expand(template, &mut seed).unwrap();
            // The sample without its keywords, which come far below.
            let mut bare = text.clone();
            for keyword in rule.keywords.iter() {
                bare = bare
                    .replace(&**keyword, "-")
                    .replace(&keyword.to_uppercase(), "-");
            }
            let base = format!("{bare}\n{}", FILLER.repeat(300)).into_bytes();
            let Some(quiet) = alone(b"a.txt", &base) else {
                continue;
            };
            n_waiting += usize::from(!quiet.waiting.is_empty());
            let ops = [
                Op::Copy(0..base.len()),
                Op::Insert(format!("// {}\n", rule.keywords[0]).into_bytes()),
            ];
            let (bytes, after) = step(b"a.txt", &base, &quiet, &ops, &mut seen);
            let found = !scanner().scan(b"a.txt", &bytes).matches.is_empty();
            assert!(!found || after.is_none());
        }
    }
    assert!(n_waiting > 0);
}

#[test]
fn edits_of_ordinary_code_stay_quiet() {
    let mut seen = Seen::with_room(1 << 10);
    let text = FILLER.repeat(400).into_bytes();
    let mut base = alone(b"a.c", &text).unwrap();
    let mut bytes = text;
    for nth in 0..20 {
        let at = 101 * (nth + 1);
        let ops = [
            Op::Copy(0..at),
            Op::Insert(format!("value_{nth}").into_bytes()),
            Op::Copy(at + 5..bytes.len()),
        ];
        let (next, quiet) = step(b"a.c", &bytes, &base, &ops, &mut seen);
        base = quiet.expect("nothing was added but a name");
        bytes = next;
    }
}

/// Pieces of text on which detectors and decoders turn.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed = prop::sample::select(vec![
        "\n",
        "\n\n",
        ";\n",
        "}\n",
        " ",
        "\"",
        "'",
        "\\",
        "\\\n",
        " +\n",
        "+",
        ".",
        "password = ",
        "token: ",
        "key=\"",
        "kind: ",
        "Secret",
        "\ndata:\n  a: ",
        "<?xml",
        "\0",
        "\\n",
        "\\u0067",
        "%67",
        "&#103;",
        "&amp;",
        "ghp",
        "_",
        "://",
        "user:",
        "@host/",
        "=",
        "==",
        ",",
        "#",
        ">",
        "-----BEGIN",
        " PRIVATE",
        " KEY-----",
        "\u{200b}",
        "eyJ",
        "AKIA",
        "xox",
        "b-",
        "''.join([",
        "].join('')",
        "103, 104, 112, 95, 65, 66, 67, 68, 69, 70, 71, 72,",
        "0x67, 0x68, 0x70, 0x5f, 0x41, 0x42, 0x43, 0x44,\n",
        "0, 1, ",
        "p = ['",
        "']\n",
        "t = ''.join(p)\n",
        "X_1",
        "\" X_1 \"",
        "k: >-\n",
        "- |\n  ",
        "\n  ",
        " >",
        "|\n",
        "\u{440}",
        "\u{1d5a0}",
        "<b>",
        "</span>",
        "`",
        "${'",
        "'}",
        "\\67 ",
    ]);
    let made = prop::sample::select(vec![
        "{base62:6}",
        "'{base62:9}', ",
        "'{base62:9}',\n",
        "{base62:12}",
        "  {base62:12}\n",
        "{base64:23}",
        "{base64:24}",
        "{base64:28}\n{base64:28}\n",
        "{hex:16}",
        "{hex:31}",
        "{hex:33}",
        "{digits:6}",
        "line {lower:5} of {lower:7};\n",
        "{lower:8}({lower:3});\n",
        "{make:github:ghp_}",
        "password = \"{base62:16}\"\n",
    ]);
    prop_oneof![
        5 => fixed.prop_map(|text| text.as_bytes().to_vec()),
        4 => (made, any::<u64>()).prop_map(|(template, seed)| {
            expand(template, &mut Seed::new(seed)).unwrap().into_bytes()
        }),
        1 => any::<u64>().prop_map(|seed| {
            let text = expand("token = '{make:github:ghp_}' and so on", &mut Seed::new(seed)).unwrap();
            data_encoding::BASE64.encode(text.as_bytes()).into_bytes()
        }),
        3 => Just(FILLER.as_bytes().to_vec()),
    ]
}

pub(super) fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// Cuts and insertions, as places in thousandths of the base.
fn edits() -> impl Strategy<Value = Vec<(usize, usize, Option<Vec<u8>>)>> {
    let edit = (
        0..1000_usize,
        0..1000_usize,
        prop::option::weighted(0.6, text()),
    );
    prop::collection::vec(edit, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn what_stays_quiet_has_nothing_in_it(base in text(), steps in prop::collection::vec(edits(), 1..4), path in prop::sample::select(vec!["a.txt", "b.py", "c.yml"])) {
        let path = path.as_bytes();
        let mut seen = Seen::with_room(1 << 10);
        let mut bytes = base;
        let mut quiet = scanner().quiet(path, &bytes, None, &mut seen);
        prop_assert!(quiet.is_none() || scanner().scan(path, &bytes).matches.is_empty());
        for edits in steps {
            let Some(base) = quiet.take() else { break };
            let mut ops = Vec::new();
            let mut at = 0;
            for (from, to, insert) in edits {
                let (from, to) = (from * bytes.len() / 1000, to * bytes.len() / 1000);
                // Most copies go on where the last one ended, some begin anywhere.
                ops.push(Op::Copy(at.min(from)..from.max(at).min(bytes.len())));
                ops.extend(insert.map(Op::Insert));
                at = to;
            }
            ops.push(Op::Copy(at..bytes.len()));
            let (next, next_quiet) = step(path, &bytes, &base, &ops, &mut seen);
            bytes = next;
            quiet = next_quiet;
        }
    }
}
