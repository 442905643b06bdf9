//! The stages of the prefilter in instructions that not all processors have, where this one has them. Holds the call of a
//! function for an instruction set that was found present.

#![expect(
    unsafe_code,
    reason = "a function for an instruction set may only be called where it exists"
)]

use super::masks::{BLOCK, Carry};
use super::tables::Tables;
use super::{Around, Places};
use crate::rule::rarity::CODES;

/// Does what `stages::portable` does; `None` if this processor has no version for it.
pub(super) fn sift(
    tables: &Tables,
    near: &Around,
    masks: &[u64],
    places: &mut Places,
) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("bmi1") && std::arch::is_x86_feature_detected!("bmi2") {
        // SAFETY: the instruction sets were just found.
        return Some(unsafe { with_bmi(tables, near, masks, places) });
    }
    let _ = (tables, near, masks, places);
    None
}

/// The same code: these instructions take a bit out of a mask, and shift by any number, in one step.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2")]
fn with_bmi(tables: &Tables, near: &Around, masks: &[u64], places: &mut Places) -> usize {
    super::stages::portable(tables, near, masks, places)
}

/// Does what `masks::portable` does, from the same table by bytes; `false` if this processor has no version for it.
pub(super) fn fill(
    planes: &[[u8; CODES]; 8],
    carry: &mut Carry,
    blocks: &[[u8; BLOCK]],
    masks: &mut [u64],
) -> bool {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the instruction set was just found.
        unsafe { avx2::fill(planes, carry, blocks, masks) };
        return true;
    }
    let _ = (planes, carry, blocks, masks);
    false
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm256_adds_epu8, _mm256_alignr_epi8, _mm256_and_si256, _mm256_cmpeq_epi8,
        _mm256_cmpgt_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_permute2x128_si256,
        _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_xor_si256,
    };

    use super::super::masks::{BLOCK, Carry};
    use crate::rule::rarity::{CODE, CODES, code};
    use crate::sets::simd::avx2::{load, table};

    /// `CODE` of the bytes from `first` to `first + 15`.
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    const fn codes(first: usize) -> [u8; 16] {
        let mut some = [0; 16];
        let mut i = 0;
        while i < 16 {
            some[i] = CODE[first + i];
            i += 1;
        }
        some
    }

    /// What a shuffle takes: an index below 16 chooses a byte, one with the upper bit set gives 0.
    #[target_feature(enable = "avx2")]
    fn below_16(index: __m256i) -> __m256i {
        _mm256_adds_epu8(index, _mm256_set1_epi8(0x70))
    }

    /// The codes of 32 bytes.
    #[target_feature(enable = "avx2")]
    fn encode(bytes: __m256i) -> __m256i {
        let of = |first: u8, codes: &[u8; 16]| {
            let index = _mm256_xor_si256(bytes, _mm256_set1_epi8(first.cast_signed()));
            _mm256_shuffle_epi8(table(codes), below_16(index))
        };
        // Signed: bytes from 0x80 on are less.
        let letters = _mm256_and_si256(
            _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(0x3f)),
            _mm256_and_si256(bytes, _mm256_set1_epi8(31)),
        );
        let signs = of(0x20, const { &codes(0x20) });
        let digits = of(0x30, const { &codes(0x30) });
        _mm256_or_si256(letters, _mm256_or_si256(signs, digits))
    }

    /// For the codes of 32 bytes, as indices: the bits of their planes' tables that the codes before them leave.
    #[target_feature(enable = "avx2")]
    fn pairs(planes: &[[u8; CODES]; 4], index: [__m256i; 2], bits: [__m256i; 4]) -> u32 {
        let mut found = _mm256_setzero_si256();
        for (plane, bit) in planes.iter().zip(bits) {
            let (Some(low), Some(high)) = (plane.first_chunk(), plane.last_chunk()) else {
                continue;
            };
            let row = _mm256_or_si256(
                _mm256_shuffle_epi8(table(low), index[0]),
                _mm256_shuffle_epi8(table(high), index[1]),
            );
            found = _mm256_or_si256(found, _mm256_and_si256(row, bit));
        }
        let none = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
        !_mm256_movemask_epi8(none).cast_unsigned()
    }

    /// First and second pairs that end at each of 32 bytes; `last` are the codes before them and then theirs.
    #[target_feature(enable = "avx2")]
    fn step(planes: &[[[u8; CODES]; 4]; 2], bytes: &[u8; 32], last: &mut __m256i) -> [u32; 2] {
        let code = encode(load(bytes));
        let across = _mm256_permute2x128_si256::<0x21>(*last, code);
        let before = _mm256_alignr_epi8::<15>(code, across);
        *last = code;
        let high = _mm256_set1_epi8(16);
        let index = |code| [below_16(code), below_16(_mm256_xor_si256(code, high))];
        let [low, high] = index(before);
        let bit_below_8 = table(&[1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0]);
        let bit_from_8 = table(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128]);
        let bits = [
            _mm256_shuffle_epi8(bit_below_8, low),
            _mm256_shuffle_epi8(bit_from_8, low),
            _mm256_shuffle_epi8(bit_below_8, high),
            _mm256_shuffle_epi8(bit_from_8, high),
        ];
        let index = index(code);
        [
            pairs(&planes[0], index, bits),
            pairs(&planes[1], index, bits),
        ]
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn fill(
        planes: &[[u8; CODES]; 8],
        carry: &mut Carry,
        blocks: &[[u8; BLOCK]],
        masks: &mut [u64],
    ) {
        let (planes, _) = planes.as_chunks::<4>();
        let Some(planes) = planes.first_chunk::<2>() else {
            return;
        };
        let mut last = _mm256_set1_epi8(carry.code.cast_signed());
        let mut first = u64::from(carry.first);
        for (block, mask) in blocks.iter().zip(masks) {
            let (Some(low), Some(high)) = (block.first_chunk(), block.last_chunk()) else {
                return;
            };
            let low = step(planes, low, &mut last);
            let high = step(planes, high, &mut last);
            let firsts = u64::from(low[0]) | u64::from(high[0]) << 32;
            let seconds = u64::from(low[1]) | u64::from(high[1]) << 32;
            *mask = seconds & (firsts << 1 | first);
            first = firsts >> 63;
        }
        if let Some([.., last]) = blocks.last() {
            *carry = Carry {
                code: code(*last) as u8,
                first: first == 1,
            };
        }
    }
}
