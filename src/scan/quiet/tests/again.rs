//! Contents that have much of each other: what was quiet in one and is not looked at in the next is quiet there too.

use std::ops::Range;

use proptest::prelude::*;

use super::super::{Tied, chunk};
use super::{FILLER, Op, Seen, alone, apply, piece, scanner, step};
use crate::rule::{self, Detect};
use crate::scan::Over;
use crate::template::{Seed, expand};

/// Pieces amid so much ordinary code that windows fit in.
fn block() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        6 => (0..40u32).prop_map(|nth| FILLER.replace("count", &format!("count_{nth}")).into_bytes()),
        1 => piece(),
        1 => prop::collection::vec("[A-Za-z0-9]{24,32}", 8..40).prop_map(|runs| (runs.concat() + "\n").into_bytes()),
        1 => (250usize..1200).prop_map(|n| [b"-".repeat(n), b";\n".to_vec()].concat()),
    ];
    prop::collection::vec(line, 1..24).prop_map(|lines| lines.concat())
}

/// Makes a path one of those at which it pays to remember.
fn visit(seen: &mut Seen, path: &[u8]) {
    let path = seen.hash(path);
    while !seen.visit(path) {}
}

/// Contents as blocks of one pool.
fn contents() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<Vec<usize>>)> {
    let orders = prop::collection::vec(prop::collection::vec(0..5usize, 1..6), 2..8);
    (prop::collection::vec(block(), 5), orders)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn what_was_quiet_before_hides_nothing((blocks, orders) in contents(), cut in 0..1000usize) {
        let mut seen = Seen::with_room(1 << 12);
        let path = b"src/count.c";
        visit(&mut seen, path);
        let mut base: Option<(Vec<u8>, super::Quiet)> = None;
        for order in orders {
            // A block is cut anywhere, so that halves meet.
            let part = |nth: &usize| {
                let block = &blocks[*nth];
                if nth.is_multiple_of(2) { &block[..] } else { &block[..cut * block.len() / 1000] }
            };
            let bytes: Vec<u8> = order.iter().flat_map(part).copied().collect();
            let quiet = match &base {
                None => scanner().quiet(path, &bytes, None, &mut seen),
                Some((base, quiet)) => {
                    let (made, copies, fresh) = apply(base, &delta(base, &bytes));
                    prop_assert_eq!(&made, &bytes);
                    let over = Over { base: quiet, copies: &copies, fresh: &fresh };
                    scanner().quiet(path, &bytes, Some(&over), &mut seen)
                }
            };
            if let Some(quiet) = quiet {
                let scanned = scanner().scan(path, &bytes);
                prop_assert!(scanned.matches.is_empty() && scanned.gaps.is_empty(), "{}", String::from_utf8_lossy(&bytes));
                base = Some((bytes, quiet));
            }
        }
    }
}

/// A delta as git makes them: blocks of the base that stand in the new content, and what is between.
fn delta(base: &[u8], bytes: &[u8]) -> Vec<Op> {
    const LEAST: usize = 16;
    let mut ops = Vec::new();
    let mut at = 0;
    let mut fresh = Vec::new();
    while at < bytes.len() {
        let begin = bytes.get(at..at + LEAST);
        let found = begin.and_then(|begin| memchr::memmem::find(base, begin));
        let Some(from) = found else {
            fresh.push(bytes[at]);
            at += 1;
            continue;
        };
        let same = base[from..].iter().zip(&bytes[at..]);
        let len = same.take_while(|(a, b)| a == b).count();
        ops.push(Op::Insert(std::mem::take(&mut fresh)));
        ops.push(Op::Copy(from..from + len));
        at += len;
    }
    ops.push(Op::Insert(fresh));
    ops
}

#[test]
fn the_same_content_is_looked_at_once() {
    let text: Vec<u8> = (0..200)
        .flat_map(|nth| {
            FILLER
                .replace("count", &format!("count_{nth}"))
                .into_bytes()
        })
        .collect();
    let mut seen = Seen::with_room(1 << 16);
    let unseen = |text: &[u8], seen: &Seen, path: &[u8]| {
        let all: Range<usize> = 0..text.len();
        chunk::unseen(seen.hash(path), text, std::slice::from_ref(&all), seen).len()
    };
    visit(&mut seen, b"a.c");
    let n_chunks = unseen(&text, &seen, b"a.c");
    assert!(n_chunks > 10);
    assert!(scanner().quiet(b"a.c", &text, None, &mut seen).is_some());
    assert_eq!(unseen(&text, &seen, b"a.c"), 0);
    assert_eq!(unseen(&text, &seen, b"b.c"), n_chunks);
    // A line that is new in the middle makes few of them new.
    let middle = FILLER.len() * 100;
    let text = [&text[..middle], b"a line;\n", &text[middle..]].concat();
    let n_new = unseen(&text, &seen, b"a.c");
    assert!(n_new > 0 && n_new < n_chunks / 3, "{n_new} of {n_chunks}");
    assert!(alone(b"a.c", &text).is_some());
}

proptest! {
    #[test]
    fn what_is_tied_keeps_chunks_from_being_remembered(
        sizes in prop::collection::vec(1usize..9, 0..30),
        tied in prop::collection::vec((0usize..200, 0usize..20), 0..20),
    ) {
        let mut at = 0;
        let chunks: Vec<chunk::Chunk> = sizes
            .iter()
            .map(|size| {
                let start = at + size % 3;
                at = start + size;
                chunk::Chunk { range: start..at, is_fresh: false, key: Some(1) }
            })
            .collect();
        let tied: Vec<Range<usize>> = tied.iter().map(|&(start, len)| start..start + len + 1).collect();
        let touches = |range: &Range<usize>| tied.iter().any(|tied| tied.start < range.end && tied.end > range.start);
        let plain: Vec<_> = chunks.iter().filter(|chunk| !touches(&chunk.range)).collect();
        let free: Vec<_> = Tied(tied.clone()).free(&chunks).collect();
        prop_assert_eq!(free, plain);
    }
}

/// What waits for a keyword waits in every content, also where the chunk that holds it was looked at for another's sake.
#[test]
fn what_waits_is_not_taken_for_quiet() {
    let mut seed = Seed::new(21);
    let path = b"a.txt";
    let mut n_asked = 0;
    let with_keywords = rule::built_in()
        .iter()
        .filter(|rule| !rule.keywords.is_empty() && !matches!(rule.detect, Detect::Code));
    for rule in with_keywords {
        for template in rule.hit.iter() {
            let mut bare = expand(template, &mut seed).unwrap();
            for keyword in rule.keywords.iter() {
                bare = bare
                    .replace(&**keyword, "-")
                    .replace(&keyword.to_uppercase(), "-");
            }
            let filler = |from: u32| -> String {
                (from..from + 60)
                    .map(|nth| FILLER.replace("count", &format!("count_{nth}")))
                    .collect()
            };
            let first = format!("{}{bare}\n{}", filler(0), filler(60)).into_bytes();
            let mut seen = Seen::with_room(1 << 12);
            visit(&mut seen, path);
            let Some(quiet) = scanner().quiet(path, &first, None, &mut seen) else {
                continue;
            };
            if quiet.waiting.is_empty() {
                continue;
            }
            n_asked += 1;
            // Changes at many distances from it.
            let mut second = first.clone();
            for nth in [46, 48, 50, 52, 54, 66, 68, 70, 72] {
                let name = format!("count_{nth}(");
                let at = memchr::memmem::find(&second, name.as_bytes()).unwrap();
                second.splice(at..at + 5, *b"total");
            }
            step(path, &first, &quiet, &delta(&first, &second), &mut seen);
            let third = scanner().quiet(path, &second, None, &mut seen).unwrap();
            let keyword = format!("// {}\n", rule.keywords[0]);
            let fourth = [&second[..], keyword.as_bytes()].concat();
            step(path, &second, &third, &delta(&second, &fourth), &mut seen);
        }
    }
    assert!(n_asked > 0);
}
