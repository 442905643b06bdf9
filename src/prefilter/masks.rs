//! The first stage of the prefilter: which places of a block of text may be the last byte of a window.
//!
//! Places are told by their codes (`rule/rarity.rs`): the pair that ends one byte earlier must be a first pair of some
//! window, the pair that ends here a second one. The portable version here defines what the one in `simd` gives.

use super::tables::Tables;
use crate::rule::rarity::CODE;

/// Bytes looked at in one step; a bit each in a mask.
pub(super) const BLOCK: usize = 64;

/// What the next block must know of those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Carry {
    /// Code of the last byte.
    pub(super) code: u8,
    /// Whether a first pair ended there.
    pub(super) first: bool,
}

/// Writes the mask of each block; both lists are of the same length.
pub(super) fn fill(tables: &Tables, carry: &mut Carry, blocks: &[[u8; BLOCK]], masks: &mut [u64]) {
    if !super::simd::fill(&tables.planes, carry, blocks, masks) {
        portable(tables, carry, blocks, masks);
    }
}

/// For processors without a version of their own.
pub(super) fn portable(
    tables: &Tables,
    carry: &mut Carry,
    blocks: &[[u8; BLOCK]],
    masks: &mut [u64],
) {
    let mut before = carry.code;
    let mut first = u64::from(carry.first);
    for (block, mask) in blocks.iter().zip(masks) {
        *mask = 0;
        for (i, &byte) in block.iter().enumerate() {
            let code = CODE.get(usize::from(byte)).copied().unwrap_or(0);
            let row = tables.rows.get(usize::from(code)).copied().unwrap_or(0);
            // Bit 0: the pair of the byte before and this one is a first pair; bit 32: it is a second one.
            let pairs = row >> (before & 31);
            *mask |= (pairs >> 32 & first & 1) << i;
            first = pairs & 1;
            before = code;
        }
    }
    *carry = Carry {
        code: before,
        first: first == 1,
    };
}
