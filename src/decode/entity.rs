//! Character references of HTML and XML: `&#65;`, `&#x41;`, `&amp;`.

use super::window::{self, Syntax, Unit};
use super::{Decoded, Decoder, Marks, run, zero_width};

pub(super) const DECODER: Decoder = Decoder {
    name: "entity",
    find,
};

/// Those that show nothing.
const INVISIBLE: &[(&[u8], char)] = &[
    (b"shy;", '\u{ad}'),
    (b"zwj;", '\u{200d}'),
    (b"zwnj;", '\u{200c}'),
    (b"lrm;", '\u{200e}'),
    (b"rlm;", '\u{200f}'),
    (b"ZeroWidthSpace;", '\u{200b}'),
    (b"NoBreak;", '\u{2060}'),
];

/// Those of the named ones that stand for ASCII, and the space. Brackets are as common in HTML as they are useless
/// to look behind, so they are undone but not looked for.
const NAMED: &[(&[u8], char, bool)] = &[
    (b"amp;", '&', true),
    (b"lt;", '<', false),
    (b"gt;", '>', false),
    (b"quot;", '"', true),
    (b"apos;", '\'', true),
    (b"nbsp;", ' ', false),
    (b"equals;", '=', true),
    (b"plus;", '+', true),
    (b"sol;", '/', true),
    (b"colon;", ':', true),
    (b"period;", '.', true),
    (b"lowbar;", '_', true),
    (b"num;", '#', true),
    (b"dollar;", '$', true),
    (b"percnt;", '%', true),
    (b"commat;", '@', true),
];

pub(super) const SYNTAX: Syntax = Syntax {
    name: DECODER.name,
    next: |text, range| run::byte(text, range, b'&'),
    unit,
};

fn find(text: &[u8], marks: &Marks, sink: &mut dyn FnMut(Decoded)) {
    window::find_at(&SYNTAX, text, &marks.entity, sink);
}

/// Whether this byte can follow the sign of a unit.
pub(super) fn may_begin(next: u8) -> bool {
    matches!(next, b'#' | b'a'..=b'z' | b'Z' | b'N')
}

fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let rest = text.get(at + 1..)?;
    let (digits, radix, mark) = match rest {
        [b'#', b'x' | b'X', digits @ ..] => (digits, 16, 3),
        [b'#', digits @ ..] => (digits, 10, 2),
        [b'a'..=b'z' | b'Z' | b'N', ..] => {
            let named = NAMED.iter().find(|(name, ..)| rest.starts_with(name));
            if let Some((name, char, is_telling)) = named {
                return Some(Unit::char(1 + name.len(), *char).telling_if(*is_telling));
            }
            let mut invisible = INVISIBLE.iter();
            let (name, char) = invisible.find(|(name, _)| rest.starts_with(name))?;
            return Some(zero_width::written(text, at, 1 + name.len(), *char));
        }
        _ => return None,
    };
    let mut code = 0u32;
    let mut count = 0;
    for &byte in digits.iter().take(8) {
        let Some(digit) = char::from(byte).to_digit(radix) else {
            break;
        };
        code = code.checked_mul(radix)?.checked_add(digit)?;
        count += 1;
    }
    (count > 0).then_some(())?;
    // Browsers do without the semicolon.
    let end = match digits.get(count) {
        Some(b';') => count + 1,
        Some(b) if b.is_ascii_alphanumeric() => return None,
        Some(_) | None => count,
    };
    let char = char::from_u32(code)?;
    Some(zero_width::written(text, at, mark + end, char))
}
