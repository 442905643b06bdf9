//! The masks of blocks in vector instructions, where the processor has them. Holds the call of a function for an instruction
//! set that was found present, and loads from arrays.

#![expect(
    unsafe_code,
    reason = "vector loads take pointers, and a function for an instruction set may only be called where it exists"
)]

use super::{BLOCK, Masks, Set};

/// Does what `portable` does; `false` if this processor has no version for it.
pub(super) fn fill<const N: usize>(
    sets: &[Set; N],
    blocks: &[[u8; BLOCK]],
    masks: &mut [Masks<N>],
) -> bool {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the instruction set was just found.
        unsafe { avx2::fill(sets, blocks, masks) };
        return true;
    }
    let _ = (sets, blocks, masks);
    false
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2 {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256,
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    };

    use super::{BLOCK, Masks, Set};

    /// The bit of each upper half of a byte; those beyond ASCII have none.
    const UPPER: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

    /// A table of 16 bytes, once for each half of a vector.
    #[target_feature(enable = "avx2")]
    pub(crate) fn table(bytes: &[u8; 16]) -> __m256i {
        // SAFETY: the pointer is to 16 readable bytes; the load asks for no alignment.
        let half = unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) };
        _mm256_broadcastsi128_si256(half)
    }

    #[target_feature(enable = "avx2")]
    pub(crate) fn load(bytes: &[u8; 32]) -> __m256i {
        // SAFETY: the pointer is to 32 readable bytes; the load asks for no alignment.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast::<__m256i>()) }
    }

    /// The bits of the upper halves of 32 bytes.
    #[target_feature(enable = "avx2")]
    fn uppers(bytes: __m256i) -> __m256i {
        let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(15));
        _mm256_shuffle_epi8(table(&UPPER), upper)
    }

    /// Which of 32 bytes a set holds. A shuffle takes the lower halves of ASCII bytes, and gives 0 for others.
    #[target_feature(enable = "avx2")]
    fn held(set: &Set, bytes: __m256i, uppers: __m256i) -> u64 {
        let held = _mm256_and_si256(_mm256_shuffle_epi8(table(&set.lower), bytes), uppers);
        let none = _mm256_cmpeq_epi8(held, _mm256_setzero_si256());
        !bits(none) & u64::from(u32::MAX)
    }

    /// The highest bit of each of 32 bytes.
    #[target_feature(enable = "avx2")]
    fn bits(bytes: __m256i) -> u64 {
        u64::from(_mm256_movemask_epi8(bytes).cast_unsigned())
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn fill<const N: usize>(
        sets: &[Set; N],
        blocks: &[[u8; BLOCK]],
        masks: &mut [Masks<N>],
    ) {
        for (block, mask) in blocks.iter().zip(masks) {
            let (Some(low), Some(high)) = (block.first_chunk(), block.last_chunk()) else {
                return;
            };
            let (low, high) = (load(low), load(high));
            let (uppers_low, uppers_high) = (uppers(low), uppers(high));
            for (set, to) in sets.iter().zip(&mut mask.held) {
                *to = held(set, low, uppers_low) | held(set, high, uppers_high) << 32;
            }
            let zero = _mm256_setzero_si256();
            let zeros =
                _mm256_or_si256(_mm256_cmpeq_epi8(low, zero), _mm256_cmpeq_epi8(high, zero));
            mask.has_zero = _mm256_movemask_epi8(zeros) != 0;
            mask.high = bits(low) | bits(high) << 32;
        }
    }
}
