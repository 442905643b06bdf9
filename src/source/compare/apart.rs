//! Where versions of a tree differ: most have all entries but a few in common, and those need not be taken apart.

use std::cmp::Ordering;
use std::collections::HashSet;

/// Trees without the entries that need not be compared: those of the new tree that one of the old ones has as they are, and
/// whatever these have in their place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Apart {
    pub(super) new: Vec<u8>,
    pub(super) olds: Vec<Option<Vec<u8>>>,
}

/// Leaves out what is neither new nor gone. `None` where an entry has no end. Ids are `width` bytes long.
pub(super) fn apart(new: &[u8], olds: &[Option<&[u8]>], width: usize) -> Option<Apart> {
    let mut pairs = Vec::with_capacity(olds.len());
    for old in olds {
        pairs.push(match old {
            Some(old) => Some(differing(new, old, width)?),
            None => None,
        });
    }
    let mut lists = pairs.iter().flatten();
    let mut kept: Vec<&[u8]> = lists.next()?.iter().filter_map(|pair| pair.new).collect();
    for list in lists {
        let all: HashSet<&[u8]> = list.iter().filter_map(|pair| pair.new).collect();
        kept.retain(|entry| all.contains(entry));
    }
    let is_kept: HashSet<&[u8]> = match olds {
        [_] => HashSet::new(),
        _ => kept.iter().copied().collect(),
    };
    let old = |list: &Vec<Pair<'_>>| {
        let counts = |pair: &&Pair<'_>| {
            let is_kept = |new| olds.len() == 1 || is_kept.contains(new);
            pair.new.is_none_or(is_kept)
        };
        let entries = list.iter().filter(counts).filter_map(|pair| pair.old);
        entries.collect::<Vec<_>>().concat()
    };
    Some(Apart {
        new: kept.concat(),
        olds: pairs.iter().map(|list| list.as_ref().map(old)).collect(),
    })
}

/// An entry, and what another tree has under its name.
struct Pair<'t> {
    new: Option<&'t [u8]>,
    old: Option<&'t [u8]>,
}

/// The entries that do not stand in both trees as they are, in order. In trees that are not sorted some may stand in both, and
/// not all of one name are in one pair.
fn differing<'t>(new: &'t [u8], old: &'t [u8], width: usize) -> Option<Vec<Pair<'t>>> {
    let mut pairs = Vec::new();
    let (mut left_new, mut left_old) = (new, old);
    loop {
        let mut same = shared_start(left_new, left_old);
        while same > 0 {
            let (entry, rest) = split_entry(left_new, width)?;
            let Some(less) = same.checked_sub(entry.len()) else {
                break;
            };
            same = less;
            left_new = rest;
            left_old = left_old.get(entry.len()..)?;
        }
        let order = match (left_new, left_old) {
            ([], []) => return Some(pairs),
            ([], _) => Ordering::Greater,
            (_, []) => Ordering::Less,
            (new, old) => sorted_as(new).cmp(sorted_as(old)),
        };
        let take = |left: &mut &'t [u8]| {
            let (entry, rest) = split_entry(left, width)?;
            *left = rest;
            Some(entry)
        };
        pairs.push(match order {
            Ordering::Less => Pair {
                new: Some(take(&mut left_new)?),
                old: None,
            },
            Ordering::Equal => Pair {
                new: Some(take(&mut left_new)?),
                old: Some(take(&mut left_old)?),
            },
            Ordering::Greater => Pair {
                new: None,
                old: Some(take(&mut left_old)?),
            },
        });
    }
}

/// The entry at the front of a tree, `MODE NAME\0ID`, and the rest.
fn split_entry(tree: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    tree.split_at_checked(memchr::memchr(0, tree)? + 1 + width)
}

/// The name at the front of a tree, for the order of two.
fn sorted_as(tree: &[u8]) -> impl Iterator<Item = u8> {
    let is_tree = tree.starts_with(b"4") || tree.starts_with(b"04");
    let name = tree.iter().skip_while(|byte| **byte != b' ').skip(1);
    let name = name.take_while(|byte| **byte != 0).copied();
    name.chain(is_tree.then_some(b'/'))
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
            let apart = apart(&new, &[Some(&old), None], WIDTH).unwrap();
            prop_assert_eq!(apart.olds.len(), 2);
            let (few_new, few_old) = (apart.new, apart.olds[0].clone().unwrap());
            let set = |tree| entries(tree).into_iter().collect::<BTreeSet<_>>();
            let (all_new, all_old, new, old) = (set(&new), set(&old), set(&few_new), set(&few_old));
            prop_assert!(all_new.difference(&all_old).eq(new.iter()));
            prop_assert!(all_old.difference(&all_new).eq(old.iter()));
        }
    }

    #[test]
    fn what_has_no_end_is_not_taken_apart() {
        let (new, old) = (b"100644 a\0short".as_slice(), b"100644 b\0short".as_slice());
        assert_eq!(apart(new, &[Some(old)], WIDTH), None);
        assert_eq!(apart(new, &[Some(b"")], WIDTH), None);
    }
}
