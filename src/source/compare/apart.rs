//! Where two versions of a tree differ: most have all entries but one in common, and those need not be taken apart.

/// The entries between the beginning and the end that two trees share, byte by byte; all of both where an entry has no
/// end. Whatever is left out stands in both, so that it is neither new nor gone. Ids are `width` bytes long.
pub(super) fn apart<'t>(new: &'t [u8], old: &'t [u8], width: usize) -> (&'t [u8], &'t [u8]) {
    places(new, old, width)
        .and_then(|(from, to_new, to_old)| Some((new.get(from..to_new)?, old.get(from..to_old)?)))
        .unwrap_or((new, old))
}

/// Where the entries begin that may differ, and where they end in each tree.
fn places(new: &[u8], old: &[u8], width: usize) -> Option<(usize, usize, usize)> {
    let after = |tree: &[u8], at: usize| {
        // `MODE NAME\0ID`
        let end = at + memchr::memchr(0, tree.get(at..)?)? + 1 + width;
        (end <= tree.len()).then_some(end)
    };
    let same = shared_start(new, old);
    let mut from = 0;
    while from < same {
        let end = after(new, from)?;
        if end > same {
            break;
        }
        from = end;
    }
    let same = shared_end(new.get(from..)?, old.get(from..)?);
    let (mut to_new, mut to_old) = (from, from);
    // On to where entries of both begin, with as much behind them, all of it shared.
    loop {
        let (left_new, left_old) = (new.len() - to_new, old.len() - to_old);
        if left_new == left_old && left_new <= same {
            return Some((from, to_new, to_old));
        }
        if left_new >= left_old {
            to_new = after(new, to_new)?;
        } else {
            to_old = after(old, to_old)?;
        }
    }
}

/// Bytes that are compared at once.
const BLOCK: usize = 64;

/// With how many of the same bytes both begin.
fn shared_start(a: &[u8], b: &[u8]) -> usize {
    let blocks = a
        .as_chunks::<BLOCK>()
        .0
        .iter()
        .zip(b.as_chunks::<BLOCK>().0);
    let at = BLOCK * blocks.take_while(|(a, b)| a == b).count();
    let rest = a.iter().zip(b).skip(at);
    at + rest.take_while(|(a, b)| a == b).count()
}

/// With how many of the same bytes both end.
fn shared_end(a: &[u8], b: &[u8]) -> usize {
    let (a_blocks, b_blocks) = (a.as_rchunks::<BLOCK>().1, b.as_rchunks::<BLOCK>().1);
    let blocks = a_blocks.iter().rev().zip(b_blocks.iter().rev());
    let at = BLOCK * blocks.take_while(|(a, b)| a == b).count();
    let rest = a.iter().rev().zip(b.iter().rev()).skip(at);
    at + rest.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const WIDTH: usize = 20;

    /// Names and a byte of which the id is made, and the tree of these.
    fn tree(entries: &[(String, u8)]) -> Vec<u8> {
        let entry = |(name, id): &(String, u8)| {
            [b"100644 ", name.as_bytes(), b"\0", &[*id; WIDTH]].concat()
        };
        entries.iter().flat_map(entry).collect()
    }

    fn entries(tree: &[u8]) -> Vec<&[u8]> {
        let mut entries = Vec::new();
        let mut rest = tree;
        while let Some(end) = memchr::memchr(0, rest) {
            let (entry, after) = rest.split_at(end + 1 + WIDTH);
            entries.push(entry);
            rest = after;
        }
        assert!(rest.is_empty());
        entries
    }

    proptest! {
        #[test]
        fn what_differs_is_kept(
            all in proptest::collection::btree_map("[a-d]{1,40}", 0u8..3, 0..12),
            dropped in proptest::collection::vec((0usize..12, any::<bool>(), 0u8..4), 0..4),
        ) {
            let all: Vec<(String, u8)> = all.into_iter().collect();
            let (mut new, mut old) = (all.clone(), all);
            for (at, side, id) in dropped {
                let side = if side { &mut new } else { &mut old };
                if at < side.len() {
                    // An id like the bytes around it, or one entry less.
                    if id == 3 { side.remove(at); } else { side[at].1 = id; }
                }
            }
            let (new, old) = (tree(&new), tree(&old));
            let (few_new, few_old) = apart(&new, &old, WIDTH);
            let set = |tree| entries(tree).into_iter().collect::<BTreeSet<_>>();
            let (all_new, all_old, new, old) = (set(&new), set(&old), set(few_new), set(few_old));
            prop_assert!(all_new.difference(&all_old).eq(new.difference(&old)));
            prop_assert!(all_old.difference(&all_new).eq(old.difference(&new)));
            if all_new == all_old {
                prop_assert!(new.is_empty() && old.is_empty());
            }
        }
    }

    #[test]
    fn what_has_no_end_is_kept_whole() {
        let (new, old) = (b"100644 a\0short".as_slice(), b"100644 b\0short".as_slice());
        assert_eq!(apart(new, old, WIDTH), (new, old));
    }
}
