//! Characters that look like ASCII ones inside a token: mathematical, circled and Roman forms, letters of other scripts, and the
//! hyphens into which writing programs turn one.

use std::ops::Range;

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks, base64};

pub(super) const DECODER: Decoder = Decoder {
    name: "look-alike",
    find,
};

/// With which mathematical letters begin, and few others.
pub(super) const FAR: u8 = 0xf0;

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| {
        let start = range.start;
        let mut bytes = text.get(range)?.iter();
        bytes.position(|&b| is_lead(b)).map(|i| start + i)
    },
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    if marks.alike.is_empty() && marks.far.is_empty() {
        return;
    }
    let mut places = [marks.alike.as_slice(), &marks.far].concat();
    places.sort_unstable();
    window::find_at(&SYNTAX, text, &places, sink);
}

/// A character of what could be a token. One beside ASCII tells, and the mathematical ones do: a word of another script has
/// neither.
fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let (ascii, len) = plain_at(text, at)?;
    let mut count = 1;
    let mut end = at + len;
    while !window::is_enough(count)
        && let Some(next) = after(text, end)
    {
        end += next;
        count += 1;
    }
    let mut start = at;
    while !window::is_enough(count) {
        start -= before(text, start)?;
        count += 1;
    }
    let is_digit = |at: Option<usize>| {
        let byte = at.and_then(|at| text.get(at));
        byte.is_some_and(|&b| base64::is_digit(b))
    };
    let tells = is_digit(at.checked_sub(1))
        || is_digit(Some(at + len))
        || text.get(at).is_some_and(|&b| b == FAR);
    Some(Unit::byte(len, ascii).telling_if(tells))
}

/// Length of the character at a place, if it can be one of a token.
fn after(text: &[u8], at: usize) -> Option<usize> {
    let first = *text.get(at)?;
    if first.is_ascii() {
        return window::is_token(first).then_some(1);
    }
    plain_at(text, at).map(|(_, len)| len)
}

/// Length of the one before a place.
fn before(text: &[u8], at: usize) -> Option<usize> {
    let last = *text.get(at.checked_sub(1)?)?;
    if last.is_ascii() {
        return window::is_token(last).then_some(1);
    }
    let start = start_of(text, at - 1);
    let (_, len) = plain_at(text, start)?;
    (start + len == at).then_some(len)
}

/// Where the character begins that a byte is part of.
pub(super) fn start_of(text: &[u8], at: usize) -> usize {
    let bytes = text.get(at.saturating_sub(3)..=at).unwrap_or_default();
    let rest = bytes.iter().rev().take_while(|b| matches!(b, 0x80..=0xbf));
    at.saturating_sub(rest.count())
}

/// Whether a character that looks like an ASCII one may begin with this byte.
pub(super) fn is_lead(byte: u8) -> bool {
    matches!(byte, 0xc4 | 0xc9 | 0xce..=0xd6 | 0xe2 | FAR)
}

/// Whether such a character may begin so that it reaches into a range. Told without a branch for each byte.
pub(super) fn leads_in(text: &[u8], range: Range<usize>) -> bool {
    let from = range.start.saturating_sub(3);
    let bytes = text
        .get(from..range.end.min(text.len()))
        .unwrap_or_default();
    bytes.iter().fold(false, |any, &byte| any | is_lead(byte))
}

/// The ASCII character that the one at a place looks like, and its length.
fn plain_at(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let len = match text.get(at)? {
        0xc2..=0xdf => 2,
        0xe2 => 3,
        &FAR => 4,
        _ => return None,
    };
    let bytes = text.get(at..at + len)?;
    let char = std::str::from_utf8(bytes).ok()?.chars().next()?;
    Some((plain(char)?, len))
}

fn plain(char: char) -> Option<u8> {
    let nth = |from: u32, first: u8| {
        let nth = u8::try_from(u32::from(char) - from).ok()?;
        first.checked_add(nth)
    };
    let either = |nth: u32| {
        let nth = u8::try_from(nth % 52).ok()?;
        Some(if nth < 26 {
            b'A' + nth
        } else {
            b'a' + nth - 26
        })
    };
    match char {
        // Thirteen alphabets of either case, five rows of digits.
        '\u{1d400}'..='\u{1d6a3}' => either(u32::from(char) - 0x1d400),
        '\u{1d7ce}'..='\u{1d7ff}' => nth(0x1d7ce, 0).map(|nth| b'0' + nth % 10),
        '\u{1fbf0}'..='\u{1fbf9}' => nth(0x1fbf0, b'0'),
        '\u{1f130}'..='\u{1f149}' => nth(0x1f130, b'A'),
        '\u{1f150}'..='\u{1f169}' => nth(0x1f150, b'A'),
        '\u{1f170}'..='\u{1f189}' => nth(0x1f170, b'A'),
        '\u{24b6}'..='\u{24cf}' => nth(0x24b6, b'A'),
        '\u{24d0}'..='\u{24e9}' => nth(0x24d0, b'a'),
        '\u{2460}'..='\u{2468}' => nth(0x2460, b'1'),
        // Greek, Cyrillic and Armenian letters, single ones of other kinds.
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2212}' => Some(b'-'),
        '\u{2024}' => Some(b'.'),
        '\u{24ea}' => Some(b'0'),
        '\u{391}' | '\u{410}' => Some(b'A'),
        '\u{392}' | '\u{412}' | '\u{212c}' => Some(b'B'),
        '\u{3f9}' | '\u{421}' | '\u{216d}' | '\u{2102}' | '\u{212d}' => Some(b'C'),
        '\u{216e}' | '\u{2145}' => Some(b'D'),
        '\u{395}' | '\u{415}' | '\u{2130}' => Some(b'E'),
        '\u{3dc}' | '\u{2131}' => Some(b'F'),
        '\u{50c}' => Some(b'G'),
        '\u{397}' | '\u{41d}' | '\u{210b}' | '\u{210c}' | '\u{210d}' => Some(b'H'),
        '\u{399}' | '\u{406}' | '\u{4c0}' | '\u{2160}' | '\u{2110}' | '\u{2111}' => Some(b'I'),
        '\u{408}' => Some(b'J'),
        '\u{39a}' | '\u{41a}' | '\u{212a}' => Some(b'K'),
        '\u{53c}' | '\u{216c}' | '\u{2112}' => Some(b'L'),
        '\u{39c}' | '\u{41c}' | '\u{216f}' | '\u{2133}' => Some(b'M'),
        '\u{39d}' | '\u{2115}' => Some(b'N'),
        '\u{39f}' | '\u{41e}' | '\u{555}' => Some(b'O'),
        '\u{3a1}' | '\u{420}' | '\u{2119}' => Some(b'P'),
        '\u{51a}' | '\u{211a}' => Some(b'Q'),
        '\u{211b}' | '\u{211c}' | '\u{211d}' => Some(b'R'),
        '\u{405}' | '\u{54f}' => Some(b'S'),
        '\u{3a4}' | '\u{422}' => Some(b'T'),
        '\u{54d}' => Some(b'U'),
        '\u{474}' | '\u{2164}' => Some(b'V'),
        '\u{51c}' => Some(b'W'),
        '\u{3a7}' | '\u{425}' | '\u{2169}' => Some(b'X'),
        '\u{3a5}' | '\u{423}' | '\u{4ae}' => Some(b'Y'),
        '\u{396}' | '\u{2124}' | '\u{2128}' => Some(b'Z'),
        '\u{251}' | '\u{3b1}' | '\u{430}' => Some(b'a'),
        '\u{3f2}' | '\u{441}' | '\u{217d}' => Some(b'c'),
        '\u{501}' | '\u{217e}' | '\u{2146}' => Some(b'd'),
        '\u{435}' | '\u{212f}' | '\u{2147}' => Some(b'e'),
        '\u{261}' | '\u{581}' | '\u{210a}' => Some(b'g'),
        '\u{4bb}' | '\u{570}' | '\u{210e}' => Some(b'h'),
        '\u{131}' | '\u{3b9}' | '\u{456}' | '\u{2170}' | '\u{2139}' | '\u{2148}' => Some(b'i'),
        '\u{3f3}' | '\u{458}' | '\u{575}' | '\u{2149}' => Some(b'j'),
        '\u{3ba}' | '\u{43a}' => Some(b'k'),
        '\u{4cf}' | '\u{217c}' | '\u{2113}' => Some(b'l'),
        '\u{217f}' => Some(b'm'),
        '\u{578}' => Some(b'n'),
        '\u{3bf}' | '\u{43e}' | '\u{585}' | '\u{2134}' => Some(b'o'),
        '\u{3c1}' | '\u{440}' => Some(b'p'),
        '\u{51b}' | '\u{566}' => Some(b'q'),
        '\u{455}' => Some(b's'),
        '\u{3c5}' | '\u{57d}' => Some(b'u'),
        '\u{3bd}' | '\u{475}' | '\u{2174}' => Some(b'v'),
        '\u{51d}' => Some(b'w'),
        '\u{3c7}' | '\u{445}' | '\u{2179}' => Some(b'x'),
        '\u{3b3}' | '\u{443}' => Some(b'y'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_begins_as_one_may() {
        let mut n_alike = 0;
        for char in '\u{80}'..=char::MAX {
            let Some(ascii) = plain(char) else { continue };
            n_alike += 1;
            let mut bytes = [0; 4];
            let bytes = char.encode_utf8(&mut bytes).as_bytes();
            assert_eq!(plain_at(bytes, 0), Some((ascii, bytes.len())), "{char}");
            assert!(is_lead(bytes[0]) && window::is_token(ascii), "{char}");
        }
        assert_eq!(n_alike, 676 + 50 + 10 + 3 * 26 + 2 * 26 + 9 + 132);
    }

    #[test]
    fn alphabets_and_digits_are_in_order() {
        for (first, expected) in [
            ('\u{1d5a0}', "ABC"),
            ('\u{1d5ba}', "abc"),
            ('\u{1d7e2}', "012"),
            ('\u{1fbf0}', "012"),
            ('\u{24d0}', "abc"),
            ('\u{1f170}', "ABC"),
            ('\u{2460}', "123"),
        ] {
            let chars = (0..3).map(|nth| char::from_u32(u32::from(first) + nth).unwrap());
            let folded: Vec<u8> = chars.filter_map(plain).collect();
            assert_eq!(folded, expected.as_bytes());
        }
    }
}
