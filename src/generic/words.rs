//! Dictionary words: how much of a value is made of them, and how much its letters look like them. The list is made by
//! the trainer from the identifiers that several repositories share; `words.txt` holds it, one word a line.

/// Bits of the filter: a word sets three.
const BITS: usize = 1 << 17;
const FILTER: [u64; BITS / 64] = filter(include_bytes!("words.txt"));
/// How common each pair of letters is in the list, `0` (never) to `9`; rows and columns are `a` to `z`.
const PAIRS: &[u8] = include_bytes!("pairs.txt");
static WORDS: [u64; BITS / 64] = FILTER;

/// Longest and shortest word of the list.
const MAX_WORD: usize = 14;
const MIN_WORD: usize = 3;

const fn step(hash: u64, b: u8) -> u64 {
    (hash ^ b as u64).wrapping_mul(0x0100_0000_01b3)
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of bounds"
)]
const fn filter(list: &[u8]) -> [u64; BITS / 64] {
    let mut bits = [0u64; BITS / 64];
    let mut hash = SEED;
    let mut i = 0;
    let mut length = 0;
    while i < list.len() {
        if list[i] == b'\n' {
            if length > 0 {
                let mut k = 0;
                while k < 3 {
                    let bit = bit(hash, k);
                    bits[bit / 64] |= 1 << (bit % 64);
                    k += 1;
                }
            }
            hash = SEED;
            length = 0;
        } else {
            hash = step(hash, list[i]);
            length += 1;
        }
        i += 1;
    }
    bits
}

const fn bit(hash: u64, k: u32) -> usize {
    ((hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (k * 17)) as usize % BITS
}

fn has(hash: u64) -> bool {
    (0..3).all(|k| {
        let bit = bit(hash, k);
        WORDS
            .get(bit / 64)
            .is_some_and(|word| word >> (bit % 64) & 1 == 1)
    })
}

/// How much of a text dictionary words cover.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Cover {
    /// Letters in words, and all letters.
    pub(super) covered: usize,
    pub(super) letters: usize,
    /// Letters of the longest word.
    pub(super) longest: usize,
}

/// How dictionary words cover a text at best. A word begins and ends anywhere in a run of letters; longer ones are preferred
/// from left to right.
#[must_use]
pub(super) fn cover(text: &[u8]) -> Cover {
    let mut cover = Cover::default();
    spans(text, &mut |word| {
        cover.covered += word;
        cover.letters += word.max(1);
        cover.longest = cover.longest.max(word);
    });
    cover
}

/// Hands the length of each word to `each`, and 0 for each letter that belongs to none.
fn spans(text: &[u8], each: &mut dyn FnMut(usize)) {
    let mut i = 0;
    while let Some(&b) = text.get(i) {
        if !b.is_ascii_alphabetic() {
            i += 1;
            continue;
        }
        let mut hash = SEED;
        let mut best = 0;
        for (n, &b) in text.iter().skip(i).take(MAX_WORD).enumerate() {
            if !b.is_ascii_alphabetic() {
                break;
            }
            hash = step(hash, b.to_ascii_lowercase());
            if n + 1 >= MIN_WORD && has(hash) {
                best = n + 1;
            }
        }
        each(best);
        i += best.max(1);
    }
}

/// How common the pairs of letters in a text are.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Pairs {
    /// On average, 0 to 9.
    pub(super) mean: f32,
    pub(super) n: usize,
    /// How many are rare in words.
    pub(super) rare: usize,
}

#[must_use]
pub(super) fn pairs(text: &[u8]) -> Pairs {
    let (mut sum, mut pairs) = (0usize, Pairs::default());
    for pair in text.windows(2) {
        if let &[a, b] = pair
            && a.is_ascii_alphabetic()
            && b.is_ascii_alphabetic()
        {
            let (a, b) = (a.to_ascii_lowercase() - b'a', b.to_ascii_lowercase() - b'a');
            let digit = PAIRS
                .get(usize::from(a) * 27 + usize::from(b))
                .copied()
                .unwrap_or(b'0');
            let common = usize::from(digit - b'0');
            sum += common;
            pairs.n += 1;
            pairs.rare += usize::from(common <= 2);
        }
    }
    if pairs.n > 0 {
        pairs.mean = sum as f32 / pairs.n as f32;
    }
    pairs
}
