//! Sets of bytes, as they may stand beside a literal.

use super::rarity;

/// Some of the 256 bytes, and whether nothing at all may stand there: the start or the end of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSet {
    pub bytes: [u64; 4],
    pub edge: bool,
}

impl ByteSet {
    pub const NONE: Self = Self {
        bytes: [0; 4],
        edge: false,
    };
    pub const ALL: Self = Self {
        bytes: [u64::MAX; 4],
        edge: true,
    };

    pub fn add(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            if let Some(word) = self.bytes.get_mut(usize::from(byte / 64)) {
                *word |= 1 << (byte % 64);
            }
        }
    }

    /// Whether this byte, or nothing, may stand here.
    #[must_use]
    pub fn holds(&self, byte: Option<u8>) -> bool {
        let Some(byte) = byte else {
            return self.edge;
        };
        let word = self.bytes.get(usize::from(byte / 64));
        word.is_some_and(|word| word >> (byte % 64) & 1 == 1)
    }

    /// Only what is no letter, digit or `_`.
    #[must_use]
    pub fn without_word(mut self) -> Self {
        for byte in 0..=u8::MAX {
            if (byte.is_ascii_alphanumeric() || byte == b'_')
                && let Some(word) = self.bytes.get_mut(usize::from(byte / 64))
            {
                *word &= !(1 << (byte % 64));
            }
        }
        self
    }

    /// The codes (`rarity`) of its bytes, one bit each; the edge counts as a byte 0.
    #[must_use]
    pub fn codes(&self) -> u32 {
        let held = (0..=u8::MAX).filter(|&byte| self.holds(Some(byte)));
        held.fold(u32::from(self.edge), |codes, byte| {
            codes | 1 << rarity::code(byte)
        })
    }

    /// The share of places in source code that hold one of its bytes.
    #[must_use]
    pub fn share(&self) -> f32 {
        if *self == Self::ALL {
            return 1.0;
        }
        let held = (0..=u8::MAX).filter(|&byte| self.holds(Some(byte)));
        held.map(rarity::share_of_byte).sum()
    }
}
