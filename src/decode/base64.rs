//! Base64: both alphabets, with or without padding, on one line or wrapped over several, in YAML blocks and literals.

use std::ops::Range;

use super::{Decoded, Decoder, Map, Marks, base32, run, worth};
use crate::finding::Step;

pub(super) const DECODER: Decoder = Decoder {
    name: "base64",
    find,
};

/// The shortest run looked at: 18 decoded bytes, less than any token that a rule can find without its name beside it.
pub(super) const MIN: usize = 24;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES: [u8; 256] = values();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at build time, where a wrong index is an error"
)]
const fn values() -> [u8; 256] {
    let mut values = [0u8; 256];
    let mut value = 0u8;
    let mut rest = ALPHABET;
    while let [first, others @ ..] = rest {
        values[*first as usize] = value;
        value += 1;
        rest = others;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
}

/// Either alphabet, without padding.
pub(super) fn is_digit(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'/') <= b'9' - b'/')
        | (byte == b'+')
        | (byte == b'-')
        | (byte == b'_')
}

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    let mut at = 0;
    for run in &marks.runs {
        // What was taken with a run before may reach into this one.
        let mut first = run.start.max(at)..run.end;
        if first.len() < MIN {
            continue;
        }
        // UTF-7 writes it after a `+`.
        if text.get(first.start) == Some(&b'+') && !is_promising(text, &first) {
            first.start += 1;
        }
        let decoded = if !is_promising(text, &first) {
            base32::decoded(text, &first, text.len())
        } else if !is_jwt_part(text, &first) {
            Some(block(text, first, text.len()))
        } else {
            None
        };
        if let Some(decoded) = decoded {
            at = decoded.span.end;
            sink(decoded);
        }
    }
}

/// Whether the beginning decodes to what is worth a scan. Nearly all runs are identifiers: a few bytes tell.
fn is_promising(text: &[u8], run: &Range<usize>) -> bool {
    let Some(quads) = text
        .get(run.clone())
        .and_then(|run| run.first_chunk::<16>())
    else {
        return false;
    };
    let mut few = [0u8; 12];
    for (out, quad) in few
        .as_chunks_mut::<3>()
        .0
        .iter_mut()
        .zip(quads.as_chunks::<4>().0)
    {
        let bits = quad.iter().fold(0, |bits, &b| bits << 6 | value(b));
        let [_, a, b, c] = bits.to_be_bytes();
        *out = [a, b, c];
    }
    if !worth::may_be(&few) {
        return false;
    }
    let end = run.end.min(run.start + worth::SAMPLE / 3 * 4);
    let mut beginning = Vec::with_capacity(worth::SAMPLE);
    decode(text, run.start..end, &mut Bits::default(), &mut beginning);
    worth::is_worth(&beginning)
}

fn value(byte: u8) -> u32 {
    VALUES.get(usize::from(byte)).copied().map_or(0, u32::from)
}

/// Bits read but not yet written.
#[derive(Default)]
struct Bits {
    value: u32,
    count: u32,
}

/// Decodes the characters of one run, carrying bits over to the next.
fn decode(text: &[u8], run: Range<usize>, bits: &mut Bits, out: &mut Vec<u8>) {
    for &byte in text.get(run).unwrap_or_default() {
        bits.value = bits.value << 6 | value(byte);
        bits.count += 6;
        if bits.count >= 8 {
            bits.count -= 8;
            let [.., low] = (bits.value >> bits.count).to_be_bytes();
            out.push(low);
        }
    }
}

/// Decodes a value that is base64 as a whole, padded and of the standard alphabet; also returns where it ends.
pub(super) fn decode_value(text: &[u8], start: usize) -> Option<(Vec<u8>, usize)> {
    let end = run::end(text, start, is_digit);
    let rest = text.get(end..)?;
    let n_padding = rest.iter().take(2).take_while(|&&b| b == b'=').count();
    let is_whole = (end - start + n_padding).is_multiple_of(4) && end > start;
    let is_ended = rest
        .get(n_padding)
        .is_none_or(|b| matches!(b, b'"' | b'\'' | b' ' | b'\r' | b'\n' | b',' | b'}'));
    (is_whole && is_ended).then_some(())?;
    let mut bytes = Vec::new();
    decode(text, start..end, &mut Bits::default(), &mut bytes);
    Some((bytes, end + n_padding))
}

/// Yields a run and the lines that continue it, as long as they are taken: as long as the first, the last one may be shorter.
pub(super) fn lines(
    text: &[u8],
    first: Range<usize>,
    limit: usize,
    mut take: impl FnMut(&Range<usize>) -> bool,
) {
    let width = first.len();
    let mut line = first;
    while take(&line) && line.len() == width && line.end < limit {
        let Some(start) = separator(text, line.end) else {
            break;
        };
        line = start..run::end(text, start, is_digit);
        if line.is_empty() || line.len() > width {
            break;
        }
    }
}

/// Decodes a run and the lines that continue it.
fn block(text: &[u8], first: Range<usize>, limit: usize) -> Decoded {
    let mut span = first.clone();
    let mut bytes = Vec::with_capacity(first.len() / 4 * 3 + 3);
    let mut map = Map::default();
    let mut bits = Bits::default();
    lines(text, first, limit, |line| {
        map.push(bytes.len(), line.start);
        decode(text, line.clone(), &mut bits, &mut bytes);
        map.push(bytes.len(), line.end);
        span.end = line.end;
        true
    });
    let padding = text.get(span.end..).unwrap_or_default();
    span.end += padding.iter().take(2).take_while(|&&b| b == b'=').count();
    map.push(bytes.len(), span.end);
    Decoded {
        span,
        bytes,
        step: Step::Decoded("base64"),
        map,
    }
}

/// Where the next line of a wrapped text begins, if `at` is the end of a line: after the line's end, real or written
/// as `\n`, after indentation, and after the end and start of string literals with what joins them.
fn separator(text: &[u8], at: usize) -> Option<usize> {
    const MAX: usize = 80;
    let rest = text.get(at..)?;
    let rest = rest.get(..MAX).unwrap_or(rest);
    let mut is_broken = false;
    let mut quotes = 0;
    let mut i = 0;
    loop {
        match rest.get(i..)? {
            [b'\n', ..] => is_broken = true,
            [b'\\', b'n' | b'r', ..] => {
                is_broken = true;
                i += 1;
            }
            [b'"' | b'\'' | b'`', ..] => quotes += 1,
            [b' ' | b'\t' | b'\r' | b'\\' | b'>' | b'#', ..] => {}
            [b'+' | b'.' | b',' | b'&' | b'|', ..] if quotes == 1 => {}
            _ => break,
        }
        i += 1;
        if quotes == 1 {
            // Between literals `+` is an operator, not a digit of base64.
            while rest.get(i) == Some(&b'+') {
                i += 1;
            }
        }
    }
    (is_broken && (quotes == 0 || quotes == 2)).then_some(at + i)
}

/// Parts of a JSON web token are judged as a whole by their own rule.
fn is_jwt_part(text: &[u8], run: &Range<usize>) -> bool {
    text.get(run.clone())
        .is_some_and(|run| run.starts_with(b"eyJ"))
        && (text.get(run.start.wrapping_sub(1)) == Some(&b'.')
            || text.get(run.end) == Some(&b'.')
                && text.get(run.end + 1).is_some_and(|&b| is_digit(b)))
}
