//! Which words of a fixed list stand in a text, in one pass over it: a feature is made of several such lists, and looking
//! for word after word would go over the text as often.

/// Words in lower case, of two letters or marks at least; at most 64.
#[derive(Debug)]
pub(super) struct Words<const N: usize> {
    words: [&'static [u8]; N],
    /// By the lower five bits of a byte, the words that begin with such a byte; then those whose second byte is such.
    begin: [u64; 32],
    go_on: [u64; 32],
}

impl<const N: usize> Words<N> {
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    pub(super) const fn new(words: [&'static [u8]; N]) -> Self {
        assert!(N <= 64, "a word has a bit of 64");
        let (mut begin, mut go_on) = ([0; 32], [0; 32]);
        let mut i = 0;
        while i < N {
            begin[(words[i][0] & 31) as usize] |= 1 << i;
            go_on[(words[i][1] & 31) as usize] |= 1 << i;
            i += 1;
        }
        Self {
            words,
            begin,
            go_on,
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
        let of =
            |masks: &[u64; 32], byte: u8| masks.get(usize::from(byte & 31)).copied().unwrap_or(0);
        let mut found = 0;
        let mut begun = text.first().map_or(0, |&first| of(&self.begin, first));
        for (at, &second) in text.iter().enumerate().skip(1) {
            let mut maybe = begun & of(&self.go_on, second) & !found;
            begun = of(&self.begin, second);
            while maybe != 0 {
                let i = maybe.trailing_zeros() as usize;
                maybe &= maybe - 1;
                let word = self.words.get(i).copied().unwrap_or_default();
                let stands = (text.get(at - 1..at - 1 + word.len()))
                    .is_some_and(|found| found.eq_ignore_ascii_case(word));
                if stands {
                    found |= 1 << i;
                    if one {
                        return found;
                    }
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::generic::candidate::find_fold;

    proptest! {
        #[test]
        fn finds_what_looking_for_each_word_finds(text in "[aAbBcC_1]{0,40}") {
            static WORDS: Words<6> = Words::new([b"ab", b"abc", b"bca", b"a_1", b"_b", b"ccc"]);
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
