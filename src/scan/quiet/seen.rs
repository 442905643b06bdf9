//! What was quiet before, by keyed hashes.
//!
//! A polynomial over the field of 2^61 − 1 elements at a point that is drawn by chance in each run (Carter and Wegman, *Universal
//! classes of hash functions*, 1979): two different texts of n words of seven bytes have the same hash with a probability
//! of at most (n + 1) / 2^61, whatever they are, and nobody who writes them knows the point.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ops::Range;

/// The field's elements are below this prime.
const PRIME: u64 = (1 << 61) - 1;
/// Bytes of a word: every word is an element.
const WORD: usize = 7;

/// What tells a window from others.
pub(super) type Key = u64;

/// Windows that were quiet, as many as there is room for: a newer one takes the place of an older one.
pub struct Seen {
    point: u64,
    /// Its lower powers, from that of zero.
    powers: [u64; 64],
    /// Zero is an empty slot; there are none before the first key.
    slots: Vec<Key>,
    n_slots: usize,
    /// How often contents at a path came, for many paths together.
    visits: Vec<u8>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seen({} slots)", self.n_slots)
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self::with_room(0)
    }
}

impl Seen {
    /// Room for about so many windows, of some hundred bytes each.
    #[must_use]
    pub fn with_room(windows: usize) -> Self {
        const LEAST: usize = 1 << 12;
        const MOST: usize = 1 << 17;
        let point = RandomState::new().hash_one(0u8) % PRIME;
        let mut powers = [1; 64];
        let mut power = 1;
        for next in powers.iter_mut().skip(1) {
            power = multiply(power, point);
            *next = power;
        }
        Self {
            point,
            powers,
            slots: Vec::new(),
            n_slots: windows.clamp(LEAST, MOST).next_power_of_two(),
            visits: vec![0; LEAST],
        }
    }

    /// Counts a content at a path, and tells whether it is one of several: of a path that is seldom met nothing need be
    /// remembered.
    pub(super) fn visit(&mut self, path: u64) -> bool {
        const SEVERAL: u8 = 8;
        let at = path as usize & (self.visits.len() - 1);
        let Some(visits) = self.visits.get_mut(at) else {
            return true;
        };
        *visits = visits.saturating_add(1);
        *visits >= SEVERAL
    }

    /// The hash of a text.
    pub(super) fn hash(&self, text: &[u8]) -> u64 {
        let mut lanes = [0u64; 4];
        let [_, _, _, _, fourth, ..] = self.powers;
        let (blocks, rest) = text.as_chunks::<{ 4 * WORD }>();
        for block in blocks {
            let words = [
                word(block, 0),
                word(block, WORD),
                word(block, 2 * WORD),
                // The last word ends with the block: it is read with the byte before it.
                word(block, 3 * WORD - 1) >> 8,
            ];
            let [a, b, c, _] = words.map(|word| word & (u64::MAX >> 8));
            let [.., d] = words;
            for (lane, word) in lanes.iter_mut().zip([a, b, c, d]) {
                *lane = multiply(*lane, fourth) + word;
            }
        }
        let mut sum = 0;
        for lane in lanes {
            sum = multiply(sum, self.point) + reduce(lane);
        }
        for part in rest.chunks(WORD) {
            let mut bytes = [0; 8];
            for (to, from) in bytes.iter_mut().zip(part) {
                *to = *from;
            }
            sum = multiply(reduce(sum), self.point) + u64::from_le_bytes(bytes);
        }
        // The length tells texts apart that differ in zeros at the end.
        multiply(reduce(sum), self.point) + text.len() as u64
    }

    /// The chunks of a part, so summed that a window of them costs the same whatever its length: after each, the polynomial whose
    /// words are the hashes so far.
    pub(super) fn sums<'t>(&self, chunks: impl Iterator<Item = &'t [u8]>) -> Vec<u64> {
        let mut sum = 0;
        let mut sums = vec![sum];
        sums.extend(chunks.map(|chunk| {
            sum = multiply(reduce(sum), self.point) + reduce(self.hash(chunk));
            sum
        }));
        sums
    }

    /// The key of a window: the chunks in it, of those that were summed, which of them is meant, and whether the content begins
    /// and ends with it.
    pub(super) fn key(
        &self,
        path: u64,
        sums: &[u64],
        window: Range<usize>,
        nth: usize,
        edges: [bool; 2],
    ) -> Key {
        let sum = |at: usize| sums.get(at).map_or(0, |sum| remainder(*sum));
        let before = remainder(multiply(sum(window.start), self.power(window.len())));
        let chunks = sum(window.end) + PRIME - before;
        let [begins, ends] = edges.map(u64::from);
        let place = ((nth - window.start) as u64) << 2 | begins << 1 | ends;
        let mut key = path;
        for part in [chunks, place, window.len() as u64] {
            key = multiply(reduce(key), self.point) + reduce(part);
        }
        remainder(key).max(1)
    }

    /// A power of the point.
    fn power(&self, exponent: usize) -> u64 {
        if let Some(power) = self.powers.get(exponent) {
            return *power;
        }
        let half = self.power(exponent / 2);
        let square = multiply(half, half);
        if exponent.is_multiple_of(2) {
            square
        } else {
            multiply(square, self.point)
        }
    }

    /// Whether a window at a path was quiet.
    pub(super) fn holds(&self, path: u64, key: Key) -> bool {
        self.places(path, key)
            .into_iter()
            .any(|place| self.slots.get(place) == Some(&key))
    }

    /// Remembers a quiet window at a path.
    pub(super) fn add(&mut self, path: u64, key: Key) {
        let [first, second] = self.places(path, key);
        if self.slots.is_empty() {
            self.slots = vec![0; self.n_slots];
        }
        let Some(old) = self.slots.get_mut(first) else {
            return;
        };
        if *old == key {
            return;
        }
        let old = std::mem::replace(old, key);
        if let Some(slot) = self.slots.get_mut(second).filter(|_| old != 0) {
            *slot = old;
        }
    }

    /// Where a key may be. Those of one path are near each other: its contents mostly come one after the other.
    fn places(&self, path: u64, key: Key) -> [usize; 2] {
        const NEAR: u64 = (1 << 15) - 1;
        let first = (path.wrapping_add(key & NEAR)) as usize & (self.n_slots - 1);
        [first, first ^ 1]
    }
}

/// Eight bytes of a block from a place.
fn word(block: &[u8; 4 * WORD], at: usize) -> u64 {
    let bytes = block.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The product of two numbers below 2^62, as a number below 2^62.
fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    reduce((product as u64 & PRIME) + (product >> 61) as u64)
}

/// The same element, as a number below 2^61 + 8.
fn reduce(a: u64) -> u64 {
    (a & PRIME) + (a >> 61)
}

/// The same element, as the least number.
fn remainder(a: u64) -> u64 {
    let a = reduce(a);
    if a >= PRIME { a - PRIME } else { a }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_elements() {
        let plain = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64;
        for a in [0, 1, 2, PRIME - 1, PRIME, PRIME + 7, (1 << 62) - 1] {
            for b in [0, 1, 3, PRIME - 1, PRIME, (1 << 62) - 1] {
                let product = multiply(a, b);
                assert!(product < 1 << 62);
                assert_eq!(remainder(product), plain(a, b), "{a} {b}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_hash_is_the_polynomial_of_words_and_length(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let seen = Seen::with_room(0);
            let words = text.chunks(WORD).map(|word| {
                word.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
            });
            let sum = words.chain([text.len() as u64]).fold(0, |sum: u128, word| {
                (sum * u128::from(seen.point) + u128::from(word)) % u128::from(PRIME)
            });
            prop_assert_eq!(u128::from(remainder(seen.hash(&text))), sum);
        }

        #[test]
        fn a_window_has_one_key_wherever_it_stands(
            before in prop::collection::vec("[a-c]{0,3}", 0..80),
            window in prop::collection::vec("[a-c]{0,3}", 1..80),
            other in prop::collection::vec("[a-c]{0,3}", 1..80),
            nth in 0usize..80,
        ) {
            let seen = Seen::with_room(0);
            let nth = nth % window.len();
            let texts = |parts: &[&[String]]| -> Vec<String> { parts.concat() };
            let key = |parts: &[String], from: usize, len: usize, nth: usize, edges| {
                let sums = seen.sums(parts.iter().map(String::as_bytes));
                seen.key(5, &sums, from..from + len, from + nth, edges)
            };
            let alone = key(&window, 0, window.len(), nth, [false, false]);
            let amid = texts(&[&before, &window, &other]);
            prop_assert_eq!(alone, key(&amid, before.len(), window.len(), nth, [false, false]));
            prop_assert_ne!(alone, key(&window, 0, window.len(), nth, [true, false]));
            prop_assert_ne!(alone, key(&window, 0, window.len(), nth, [false, true]));
            prop_assert_ne!(alone, key(&window, 0, window.len(), nth + 1, [false, false]));
            if window != other {
                let nth = nth % other.len();
                prop_assert_ne!(alone, key(&other, 0, other.len(), nth, [false, false]));
            }
        }

        #[test]
        fn what_is_held_was_added(keys in prop::collection::vec((0u64..4, 1u64..1 << 61), 1..300)) {
            let mut seen = Seen::with_room(0);
            for (path, key) in &keys {
                prop_assert!(!seen.holds(*path, *key) || keys.contains(&(*path, *key)));
                seen.add(*path, *key);
                prop_assert!(seen.holds(*path, *key));
            }
        }
    }
}
