//! The second and the third stage of the prefilter: which places that passed the first one may end the window of a literal.

use super::masks::BLOCK;
use super::tables::{self, Tables};
use super::{Around, CHUNK, Places};
use crate::rule::rarity::code;

/// Lists the places of some blocks that pass, from the first block on, and says how many there are. What stands in the list
/// after them is of no account.
pub(super) fn sift(tables: &Tables, near: &Around, masks: &[u64], places: &mut Places) -> usize {
    match super::simd::sift(tables, near, masks, places) {
        Some(n) => n,
        None => portable(tables, near, masks, places),
    }
}

/// For processors without a version of their own, and what that is made of.
#[inline(always)]
pub(super) fn portable(
    tables: &Tables,
    near: &Around,
    masks: &[u64],
    places: &mut Places,
) -> usize {
    let n = second(tables, near, masks, places);
    third(tables, near, n, places)
}

/// The frame of a place, from the bytes around its chunk.
#[inline(always)]
pub(super) fn eight(near: &Around, place: u16) -> [u8; 8] {
    // A place is below the number of a chunk's bytes: no bound has to be asked for.
    let place = usize::from(place) % (CHUNK * BLOCK);
    let frame = near.get(place..place + 8).and_then(<[u8]>::first_chunk);
    frame.copied().unwrap_or_default()
}

/// Keeps the places whose window has a hash that occurs, with neighbours that occur. There is no branch on the outcome, which
/// no processor could foresee.
#[inline(always)]
fn second(tables: &Tables, near: &Around, masks: &[u64], places: &mut Places) -> usize {
    let (of_hash, shift) = (&*tables.neighbours, tables.shift);
    let passes = |place| {
        let [_, _, before, a, b, c, after, _] = eight(near, place);
        let hash = tables::hash(tables::half_folded([a, b, c]), shift);
        let neighbours = of_hash.get(hash).copied().unwrap_or(0);
        neighbours >> code(before) & (neighbours >> 32) >> code(after) & 1 != 0
    };
    let mut n = 0;
    for (first, &mask) in (0..).step_by(BLOCK).zip(masks) {
        let mut mask = mask;
        while mask != 0 {
            let place = first + mask.trailing_zeros() as u16;
            mask &= mask - 1;
            if let Some(to) = places.get_mut(n) {
                *to = place;
            }
            n += usize::from(passes(place));
        }
    }
    n
}

/// Keeps, of the first `n` places, those where, as far as eight bytes tell, some entry may stand.
#[inline(always)]
fn third(tables: &Tables, near: &Around, n: usize, places: &mut Places) -> usize {
    let (heads, lines, shift) = (&*tables.heads, &*tables.lines, tables.shift);
    let passes = |place| {
        let frame = eight(near, place);
        let [_, _, _, a, b, c, ..] = frame;
        let frame = u64::from_le_bytes(frame);
        let hash = tables::hash(tables::folded([a, b, c]), shift);
        let head = heads.get(hash).copied().unwrap_or(0);
        lines.get(usize::from(head)).is_some_and(|line| {
            let fits = line.frames.iter().map(|part| part.fits(frame));
            fits.fold(false, |any, fits| any | fits)
        })
    };
    let mut kept = 0;
    let places = std::cell::Cell::from_mut(places.as_mut_slice()).as_slice_of_cells();
    for place in places.iter().take(n) {
        let place = place.get();
        if let Some(to) = places.get(kept) {
            to.set(place);
        }
        kept += usize::from(passes(place));
    }
    kept
}
