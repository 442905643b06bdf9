//! The tables that the prefilter searches with, made from a list of literals. Shared by the build script, which writes
//! them out as static data for the built-in rules, and by the program, which makes them for a user's rules.
//!
//! Each literal is watched through one window, three neighbouring bytes of it, chosen so that few places of source code
//! look like a window of any literal. A place is asked four questions, each only where the one before said yes:
//!
//! 1. Do its last two pairs of bytes occur as first and second pair of windows? Two tables of 32 by 32 bits, small
//!    enough for SIMD registers (`masks` in the parent module), over the codes of `rule/rarity.rs`.
//! 2. Is it, by hash, a window with the right neighbours to its left and right?
//! 3. Do the eight bytes around it fit one of the four frames under which the hash's literals are summed up?
//! 4. Does the literal stand there, byte by byte, with the right bytes beside it?

#![expect(
    clippy::indexing_slicing,
    reason = "tables are indexed by codes, which are below CODES, and by positions of the same list"
)]

use std::borrow::Cow;
use std::ops::Range;

use super::windows::{WINDOW, choose_windows, near};
use crate::rule::bytes::ByteSet;
use crate::rule::derive::Literal;
use crate::rule::rarity::CODES;

/// What must stand around a window for a literal to be there, as far as eight bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Of the bytes from three before the window to two after it, little-endian, the bits that count.
    pub mask: u64,
    pub value: u64,
}

/// The entries of a hash, as far as four frames tell: where none of them fits, no entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub struct Line {
    pub frames: [Frame; 4],
}

/// A watched literal under the hash of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub literal: u32,
    /// Distance from the literal's start to the window's last byte.
    pub back: u8,
    /// Bytes of the literal.
    pub len: u16,
    /// Whether its frame holds all of the literal.
    pub framed: bool,
    /// What may stand beside it: places in `Tables::beside`.
    pub left: u16,
    pub right: u16,
}

/// Everything that a search reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// By code of a byte: bit `a` says that the codes `a` and this one are a window's first pair, bit `32 + a` that they
    /// are its second.
    pub rows: Cow<'static, [u64; CODES]>,
    /// The same by byte of a row, for lookups by shuffling.
    pub planes: Cow<'static, [[u8; CODES]; 8]>,
    /// By hash of a window whose first byte is in its case: the codes of bytes that may stand before it (low half) and
    /// after it.
    pub neighbours: Cow<'static, [u64]>,
    /// By hash of a window in lower case: the place of its line; the first line is that of no window.
    pub heads: Cow<'static, [u16]>,
    pub lines: Cow<'static, [Line]>,
    /// Where each line's entries begin, and after them where the last one's end.
    pub firsts: Cow<'static, [u32]>,
    pub frames: Cow<'static, [Frame]>,
    pub entries: Cow<'static, [Entry]>,
    /// Sets of bytes, and of nothing, that may stand beside a literal.
    pub beside: Cow<'static, [ByteSet]>,
    /// The hash is the upper bits of a product, shifted down this much.
    pub shift: u32,
    /// The literals, one after another, and where each ends.
    pub text: Cow<'static, [u8]>,
    pub ends: Cow<'static, [u32]>,
    /// Greatest `back` of an entry.
    pub reach: usize,
}

/// A window as one number, case folded. Folding joins some other bytes too (`_` with DEL); comparing sorts that out.
#[must_use]
pub fn folded([a, b, c]: [u8; WINDOW]) -> u32 {
    u32::from_le_bytes([a, b, c, 0]) | 0x0020_2020
}

/// The same with the case of the first byte kept: a capital that follows a small letter begins a name, other letters
/// between letters do not.
#[must_use]
pub fn half_folded([a, b, c]: [u8; WINDOW]) -> u32 {
    u32::from_le_bytes([a, b, c, 0]) | 0x0020_2000
}

/// The hash of such a number.
#[must_use]
pub fn hash(key: u32, shift: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B1) >> shift) as usize
}

/// Bytes of a frame before its window's last byte.
pub const FRAME_BACK: usize = 5;

/// The part of a literal in the frame of its window. Of a letter in either case, the bit that tells its case is out.
fn frame(text: &[u8], back: usize) -> Frame {
    let (mut mask, mut value) = (0, 0);
    for (i, &byte) in text.iter().enumerate() {
        let Some(place) = (i + FRAME_BACK)
            .checked_sub(back)
            .filter(|&place| place < 8)
        else {
            continue;
        };
        let bits = if byte.is_ascii_lowercase() {
            0xdf
        } else {
            0xff
        };
        mask |= u64::from(bits) << (8 * place);
        value |= u64::from(byte & bits) << (8 * place);
    }
    Frame { mask, value }
}

impl Frame {
    /// Fits nowhere.
    const NOWHERE: Self = Self { mask: 0, value: 1 };

    /// What two frames have in common: fits wherever one of them does.
    fn common(self, other: Self) -> Self {
        let mask = self.mask & other.mask & !(self.value ^ other.value);
        Self {
            mask,
            value: self.value & mask,
        }
    }

    #[must_use]
    pub fn fits(&self, bytes: u64) -> bool {
        bytes & self.mask == self.value
    }
}

impl Line {
    /// Brings the most similar frames together until four are left.
    fn new(frames: &[Frame]) -> Self {
        let mut left = frames.to_vec();
        while left.len() > 4 {
            let pairs = (1..left.len()).flat_map(|i| (0..i).map(move |k| (k, i)));
            let alike = |&(k, i): &(usize, usize)| left[k].common(left[i]).mask.count_ones();
            let Some((k, i)) = pairs.max_by_key(alike) else {
                break;
            };
            left[k] = left[k].common(left[i]);
            left.swap_remove(i);
        }
        Self {
            frames: std::array::from_fn(|i| left.get(i).copied().unwrap_or(Frame::NOWHERE)),
        }
    }
}

/// What is known of a literal before it is filed under a hash.
struct Filed {
    window: [u8; WINDOW],
    /// Codes of bytes before the window (low half) and after it.
    near: u64,
    frame: Frame,
    entry: Entry,
}

impl Tables {
    /// Makes the tables. A literal shorter than two bytes, or longer than 65,535, is never found.
    #[must_use]
    pub fn new(literals: &[Literal]) -> Self {
        let texts: Vec<&[u8]> = literals.iter().map(|l| l.text.as_slice()).collect();
        let (pairs, backs) = choose_windows(literals);
        let (mut filed, beside) = file(literals, &backs);
        let bits = (filed.len() * 4).max(64).ilog2().min(12);
        let shift = 32 - bits;
        let mut neighbours = vec![0u64; 1 << bits];
        for Filed { window, near, .. } in &filed {
            let [a, b, c] = *window;
            // A capital must be one, of a small letter either case may stand.
            for a in [a, a.to_ascii_uppercase()] {
                if let Some(word) = neighbours.get_mut(hash(half_folded([a, b, c]), shift)) {
                    *word |= near;
                }
            }
        }
        let of = |filed: &Filed| hash(folded(filed.window), shift);
        filed.sort_by_key(|filed| (of(filed), filed.entry.literal));
        // The many windows of a literal of two bytes may share a hash.
        filed.dedup_by_key(|filed| (of(filed), filed.entry.literal));
        let mut heads = vec![0u16; 1 << bits];
        let mut lines = vec![Line::new(&[])];
        let mut firsts = vec![0, 0];
        for same in filed.chunk_by(|a, b| of(a) == of(b)) {
            if let Some(head) = heads.get_mut(same.first().map_or(0, of)) {
                *head = u16::try_from(lines.len()).expect("there are at most 4096 hashes");
            }
            let frames: Vec<Frame> = same.iter().map(|filed| filed.frame).collect();
            lines.push(Line::new(&frames));
            let first = firsts.last().copied().unwrap_or(0);
            firsts.push(first + u32::try_from(frames.len()).unwrap_or(0));
        }
        let rows: [u64; CODES] = std::array::from_fn(|second| pairs.row(second));
        let planes = std::array::from_fn(|plane| {
            std::array::from_fn(|second| rows[second].to_le_bytes()[plane])
        });
        let mut end = 0;
        let ends = texts.iter().map(|literal| {
            end += u32::try_from(literal.len()).unwrap_or(0);
            end
        });
        Self {
            rows: Cow::Owned(rows),
            planes: Cow::Owned(planes),
            neighbours: neighbours.into(),
            heads: heads.into(),
            lines: lines.into(),
            firsts: firsts.into(),
            frames: filed.iter().map(|filed| filed.frame).collect(),
            entries: filed.iter().map(|filed| filed.entry).collect(),
            beside: beside.into(),
            shift,
            ends: ends.collect(),
            text: texts.concat().into(),
            reach: backs.into_iter().max().unwrap_or(0),
        }
    }

    /// The entries whose window has this hash.
    #[must_use]
    pub fn under(&self, hash: usize) -> Range<usize> {
        let head = usize::from(self.heads.get(hash).copied().unwrap_or(0));
        match self.firsts.get(head..).and_then(<[u32]>::first_chunk) {
            Some(&[first, end]) => first as usize..end as usize,
            None => 0..0,
        }
    }

    /// The literal of this number, empty if there is none. A capital must be one; a small letter may be either.
    #[must_use]
    pub fn literal(&self, i: u32) -> &[u8] {
        let i = i as usize;
        let start = i
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(i).copied().unwrap_or(start);
        self.text
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

/// Files each literal under its window; and the sets that the entries name.
fn file(literals: &[Literal], backs: &[usize]) -> (Vec<Filed>, Vec<ByteSet>) {
    let mut filed = Vec::new();
    let mut beside = Vec::new();
    let mut place = |set: ByteSet| -> Option<u16> {
        let known = beside.iter().position(|known| *known == set);
        u16::try_from(known.unwrap_or_else(|| {
            beside.push(set);
            beside.len() - 1
        }))
        .ok()
    };
    let everything = place(ByteSet::ALL).unwrap_or(0);
    for ((number, literal), &back) in (0..).zip(literals).zip(backs) {
        let text = literal.text.as_slice();
        let Ok(len) = u16::try_from(text.len()) else {
            continue;
        };
        let frame = frame(text, back);
        let entry = Entry {
            literal: number,
            back: u8::try_from(back).unwrap_or(0),
            len,
            framed: back <= FRAME_BACK && text.len() <= back + 8 - FRAME_BACK,
            left: place(literal.left).unwrap_or(everything),
            right: place(literal.right).unwrap_or(everything),
        };
        let [before, after] = near(literal, back).map(u64::from);
        let near = before | after << 32;
        if let [a, b] = *text {
            // Whatever stands before a literal of two bytes completes its window; what is before that is not told.
            filed.extend((0..=u8::MAX).map(|any| Filed {
                window: [any, a, b],
                near: near | u64::from(u32::MAX),
                frame,
                entry,
            }));
        } else if let Some(&window) = (back + 1)
            .checked_sub(WINDOW)
            .and_then(|first| text.get(first..)?.first_chunk())
        {
            filed.push(Filed {
                window,
                near,
                frame,
                entry,
            });
        }
    }
    (filed, beside)
}
