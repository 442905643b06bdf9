//! Which words of a fixed list stand in a text, in one pass over it: a feature is made of several such lists, and looking
//! for word after word would go over the text as often.

use crate::sets::{self, Set};

/// Words in lower case, of two letters or marks at least; at most 64.
#[derive(Debug)]
pub(super) struct Words<const N: usize> {
    words: [&'static [u8]; N],
    /// By the lower five bits of a byte, the words that begin with such a byte; then those whose second byte is such.
    begin: [u64; 32],
    go_on: [u64; 32],
    /// What the first, second and third byte of a word may be, and whether all words have three.
    first: [Set; 3],
    have_three: bool,
}

/// Shorter texts are looked at byte after byte.
const LONG: usize = 48;

impl<const N: usize> Words<N> {
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    pub(super) const fn new(words: [&'static [u8]; N]) -> Self {
        assert!(N <= 64, "a word has a bit of 64");
        let (mut begin, mut go_on) = ([0; 32], [0; 32]);
        let (mut first, mut have_three) = ([Set::of(&[]); 3], true);
        let mut i = 0;
        while i < N {
            begin[(words[i][0] & 31) as usize] |= 1 << i;
            go_on[(words[i][1] & 31) as usize] |= 1 << i;
            have_three &= words[i].len() >= first.len();
            let mut at = 0;
            while at < first.len() && at < words[i].len() {
                first[at] = first[at].with(words[i][at]);
                at += 1;
            }
            i += 1;
        }
        Self {
            words,
            begin,
            go_on,
            first,
            have_three,
        }
    }

    /// Whether one of them stands in the text, whatever the case of its letters.
    pub(super) fn any_in(&self, text: &[u8]) -> bool {
        self.search(text, true) != 0
    }

    /// Those that stand in the text, in their order.
    pub(super) fn all_in(&self, text: &[u8]) -> impl Iterator<Item = &'static [u8]> {
        let found = self.search(text, false);
        let words = self.words.iter().enumerate();
        words.filter_map(move |(i, word)| (found >> i & 1 == 1).then_some(*word))
    }

    /// The place in the list of the first of them that stands in the text.
    pub(super) fn first_in(&self, text: &[u8]) -> Option<usize> {
        let found = self.search(text, false);
        (found != 0).then(|| found.trailing_zeros() as usize)
    }

    /// A bit for each word that stands in the text, or for the first that was seen.
    fn search(&self, text: &[u8], one: bool) -> u64 {
        let mut found = 0;
        if text.len() < LONG || !self.have_three {
            let mut begun = 0;
            for (at, &byte) in text.iter().enumerate() {
                let maybe = begun & of(&self.go_on, byte);
                begun = of(&self.begin, byte);
                if maybe != 0 {
                    self.compare(text, at - 1, maybe, &mut found);
                    if one && found != 0 {
                        return found;
                    }
                }
            }
            return found;
        }
        // Of the block before, the bytes that a word may have first, and first but one.
        let (mut begun, mut went_on) = (0, 0);
        sets::tell(&self.first, text, |block, masks| {
            let [first, second, third] = masks.held;
            let two = second & (first << 1 | begun >> (sets::BLOCK - 1));
            let mut three = third & (two << 1 | went_on >> (sets::BLOCK - 1));
            (begun, went_on) = (first, two);
            while three != 0 && !(one && found != 0) {
                let at = block + three.trailing_zeros() as usize;
                three &= three - 1;
                if let Some(&[first, second]) = text.get(at - 2..at).and_then(<[u8]>::first_chunk) {
                    let maybe = of(&self.begin, first) & of(&self.go_on, second);
                    self.compare(text, at - 2, maybe, &mut found);
                }
            }
        });
        found
    }

    /// Adds those of some words that stand at a place.
    fn compare(&self, text: &[u8], at: usize, maybe: u64, found: &mut u64) {
        let mut maybe = maybe & !*found;
        while maybe != 0 {
            let i = maybe.trailing_zeros() as usize;
            maybe &= maybe - 1;
            let word = self.words.get(i).copied().unwrap_or_default();
            let here = text.get(at..at + word.len());
            if here.is_some_and(|here| here.eq_ignore_ascii_case(word)) {
                *found |= 1 << i;
            }
        }
    }
}

/// The words that have such a byte at a place.
fn of(masks: &[u64; 32], byte: u8) -> u64 {
    masks.get(usize::from(byte & 31)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::generic::candidate::find_fold;

    proptest! {
        #[test]
        fn finds_what_looking_for_each_word_finds(text in "[aAbBcC_1 ]{0,40}|[aAbBcC_1 ]{60,200}|[ .]{40,70}[abcABC1_]{3,40}") {
            static WORDS: Words<6> = Words::new([b"aba", b"abc1", b"bca", b"a_1", b"_b_a", b"ccc"]);
            let all: Vec<&[u8]> = WORDS.all_in(text.as_bytes()).collect();
            let each = WORDS.words.iter().copied();
            let each: Vec<&[u8]> = each.filter(|word| find_fold(text.as_bytes(), word).is_some()).collect();
            let first = WORDS.words.iter().position(|word| Some(word) == each.first());
            prop_assert_eq!(WORDS.first_in(text.as_bytes()), first);
            prop_assert_eq!(WORDS.any_in(text.as_bytes()), !each.is_empty());
            prop_assert_eq!(all, each);
        }
    }
}
