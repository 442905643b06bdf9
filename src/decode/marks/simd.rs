//! The classes of bytes in vector instructions, where the processor has them. The one module of the decoders with `unsafe`:
//! it holds the call of a function for an instruction set that was found present, and loads from arrays.

#![expect(
    unsafe_code,
    reason = "vector loads take pointers, and a function for an instruction set may only be called where it exists"
)]

use super::{BLOCK, Classes};

/// Does what `portable` does; `false` if this processor has no version for it.
pub(super) fn fill(blocks: &[[u8; BLOCK]], classes: &mut [Classes]) -> bool {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the instruction set was just found.
        unsafe { avx2::fill(blocks, classes) };
        return true;
    }
    let _ = (blocks, classes);
    false
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256,
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    };

    use super::super::SIGNS;
    use super::{BLOCK, Classes};

    /// A set of ASCII bytes: by the lower half of a byte, a bit for each upper half with which it is of the set.
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    const fn set(bytes: &[u8]) -> [u8; 16] {
        let mut table = [0; 16];
        let mut i = 0;
        while i < bytes.len() {
            table[(bytes[i] & 15) as usize] |= 1 << (bytes[i] >> 4);
            i += 1;
        }
        table
    }

    const DIGITS: [u8; 16] =
        set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");
    const SIGN: [u8; 16] = set(&SIGNS);
    /// The bit of each upper half; those beyond ASCII have none.
    const UPPER: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

    /// A table of 16 bytes, once for each half of a vector.
    #[target_feature(enable = "avx2")]
    fn table(bytes: &[u8; 16]) -> __m256i {
        // SAFETY: the pointer is to 16 readable bytes; the load asks for no alignment.
        let half = unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) };
        _mm256_broadcastsi128_si256(half)
    }

    #[target_feature(enable = "avx2")]
    fn load(bytes: &[u8; 32]) -> __m256i {
        // SAFETY: the pointer is to 32 readable bytes; the load asks for no alignment.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast::<__m256i>()) }
    }

    /// Which of 32 bytes are of each set.
    #[target_feature(enable = "avx2")]
    fn of_sets(bytes: __m256i, sets: [__m256i; 2]) -> [u64; 2] {
        let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(15));
        let bit = _mm256_shuffle_epi8(table(&UPPER), upper);
        sets.map(|set| {
            // Bytes beyond ASCII choose nothing.
            let held = _mm256_and_si256(_mm256_shuffle_epi8(set, bytes), bit);
            let none = _mm256_cmpeq_epi8(held, _mm256_setzero_si256());
            u64::from(!_mm256_movemask_epi8(none).cast_unsigned())
        })
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn fill(blocks: &[[u8; BLOCK]], classes: &mut [Classes]) {
        let sets = [table(&DIGITS), table(&SIGN)];
        for (block, class) in blocks.iter().zip(classes) {
            let (Some(low), Some(high)) = (block.first_chunk(), block.last_chunk()) else {
                return;
            };
            let (low, high) = (load(low), load(high));
            let [digits, signs] = of_sets(low, sets);
            let [digits_high, signs_high] = of_sets(high, sets);
            let zero = _mm256_setzero_si256();
            let zeros =
                _mm256_or_si256(_mm256_cmpeq_epi8(low, zero), _mm256_cmpeq_epi8(high, zero));
            *class = Classes {
                digits: digits | digits_high << 32,
                signs: signs | signs_high << 32,
                is_ascii: _mm256_movemask_epi8(_mm256_or_si256(low, high)) == 0,
                has_zero: _mm256_movemask_epi8(zeros) != 0,
            };
        }
    }
}
