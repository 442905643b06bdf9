//! The strings of a page's content stream.

use super::font;

/// What a page shows, in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    String(Vec<u8>),
    /// A gap as wide as a space, or a move on the same line.
    Space,
    Line,
}

/// Whether a stream has text operators.
pub(super) fn is_page(content: &[u8]) -> bool {
    let head = content.get(..64 << 10).unwrap_or(content);
    let has = |word: &[u8]| memchr::memmem::find(head, word).is_some();
    (has(b"Tj") || has(b"TJ")) && has(b"BT")
}

impl Piece {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::String(string) => string.len(),
            Self::Space | Self::Line => 1,
        }
    }
}

/// All texts of the pieces: the strings that are readable as they are, and for each font those that its map knows.
pub(super) fn show(pieces: &[Piece], fonts: &[font::Map]) -> impl Iterator<Item = Vec<u8>> {
    let plain = std::iter::once_with(|| {
        render(pieces, |string| {
            is_readable(string).then(|| string.to_vec())
        })
    });
    let mapped = fonts
        .iter()
        .map(|font| render(pieces, |string| font.show(string).map(String::into_bytes)));
    plain
        .chain(mapped)
        .filter(|text| text.iter().any(u8::is_ascii_graphic))
}

fn render(pieces: &[Piece], show: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::String(string) => out.extend(show(string).unwrap_or_default()),
            Piece::Space => out.push(b' '),
            Piece::Line => out.push(b'\n'),
        }
    }
    out
}

/// The pieces as they are, where there are too many for the fonts' maps.
pub(super) fn show_plainly(piece: &Piece, out: &mut Vec<u8>) {
    match piece {
        Piece::String(string) => {
            if is_readable(string) {
                out.extend_from_slice(string);
            }
        }
        Piece::Space => out.push(b' '),
        Piece::Line => out.push(b'\n'),
    }
}

fn is_readable(string: &[u8]) -> bool {
    let control = string.iter().filter(|&&b| b < b' ').count();
    control * 10 <= string.len()
}

/// Reads the operators of a content stream.
pub(super) fn parse(content: &[u8], sink: &mut dyn FnMut(Piece)) {
    /// Thousandths of the font's size; kerning is smaller, a space is about 250.
    const SPACE: f32 = -180.0;
    /// Operands that wait for their operator.
    const MAX_PENDING: usize = 1 << 16;
    // Operands come before their operator.
    let mut pending = Vec::new();
    let mut numbers: Vec<f32> = Vec::new();
    let mut is_array = false;
    let mut rest = content;
    while let Some(&byte) = rest.first() {
        if pending.len() >= MAX_PENDING {
            pending.drain(..).for_each(&mut *sink);
        }
        if numbers.len() >= MAX_PENDING {
            numbers.clear();
        }
        let mut len = 1;
        match byte {
            b'(' => {
                let (string, used) = literal(rest);
                pending.push(Piece::String(string));
                len = used;
            }
            b'<' if !rest.starts_with(b"<<") => {
                let end = rest.iter().position(|&b| b == b'>').unwrap_or(rest.len());
                pending.push(Piece::String(hex(rest.get(1..end).unwrap_or_default())));
                len = end + 1;
            }
            b'<' => len = 2,
            b'[' => is_array = true,
            b']' => is_array = false,
            b'%' => len = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len()),
            b'/' => len = 1 + word_len(rest.get(1..).unwrap_or_default()),
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                len = word_len(rest).max(1);
                let number = number(rest.get(..len).unwrap_or_default());
                if !is_array {
                    numbers.push(number);
                } else if number < SPACE {
                    pending.push(Piece::Space);
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'\'' | b'"' => {
                len = word_len(rest).max(1);
                operator(
                    rest.get(..len).unwrap_or_default(),
                    &numbers,
                    &mut pending,
                    sink,
                );
                numbers.clear();
            }
            _ => {}
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    sink(Piece::Line);
}

fn operator(name: &[u8], numbers: &[f32], pending: &mut Vec<Piece>, sink: &mut dyn FnMut(Piece)) {
    match name {
        b"Tj" | b"TJ" => pending.drain(..).for_each(sink),
        b"'" | b"\"" => {
            sink(Piece::Line);
            pending.drain(..).for_each(sink);
        }
        b"Td" | b"TD" => {
            let is_same_line = numbers.last().is_some_and(|&y| y == 0.0);
            sink(if is_same_line {
                Piece::Space
            } else {
                Piece::Line
            });
        }
        b"T*" | b"Tm" | b"ET" => sink(Piece::Line),
        _ => {}
    }
    pending.clear();
}

/// Length of a name, number or operator.
fn word_len(text: &[u8]) -> usize {
    text.iter()
        .position(|b| b.is_ascii_whitespace() || b"()<>[]{}/%\0".contains(b))
        .unwrap_or(text.len())
}

fn number(text: &[u8]) -> f32 {
    std::str::from_utf8(text)
        .unwrap_or_default()
        .parse()
        .unwrap_or(0.0)
}

/// The bytes of a string in parentheses and its length in the text.
fn literal(text: &[u8]) -> (Vec<u8>, usize) {
    let mut out = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                let next = text.get(at).copied().unwrap_or(b'\\');
                at += 1;
                match next {
                    b'n' => out.push(b'\n'),
                    b'r' => out.push(b'\r'),
                    b't' => out.push(b'\t'),
                    b'b' | b'f' => out.push(b' '),
                    b'\n' | b'\r' => {}
                    b'0'..=b'7' => {
                        let digits = text.get(at - 1..).unwrap_or_default();
                        let digits = digits
                            .iter()
                            .take(3)
                            .take_while(|b| matches!(b, b'0'..=b'7'));
                        let mut code = 0u8;
                        for digit in digits.clone() {
                            code = code << 3 | (digit - b'0');
                        }
                        at += digits.count() - 1;
                        out.push(code);
                    }
                    other => out.push(other),
                }
            }
            b'(' => {
                depth += 1;
                if depth > 1 {
                    out.push(byte);
                }
            }
            b')' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
                out.push(byte);
            }
            _ => out.push(byte),
        }
    }
    (out, at.min(text.len()))
}

/// The bytes of hexadecimal digits; others are skipped, a missing last one is 0.
pub(super) fn hex(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text
        .iter()
        .filter_map(|&b| char::from(b).to_digit(16))
        .map(|digit| u8::try_from(digit).unwrap_or(0))
        .collect();
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => high << 4 | low,
            [high] => high << 4,
            _ => 0,
        })
        .collect()
}
