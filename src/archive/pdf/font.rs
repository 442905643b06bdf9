//! Maps from a font's codes to characters (`ToUnicode`).

use super::text;

/// Codes of two bytes (or one) and what they show.
#[derive(Debug)]
pub(super) struct Map {
    /// By code; 0 where nothing is known.
    chars: Vec<u16>,
    /// Bytes of a code.
    width: usize,
}

/// Characters that one map may tell: all, and some more than once.
const MAX_TOLD: usize = 1 << 17;

/// Whether a stream is such a map.
pub(super) fn is_map(content: &[u8]) -> bool {
    memchr::memmem::find(content, b"begincmap").is_some()
}

impl Map {
    /// Reads `beginbfchar` and `beginbfrange` sections; the first character of each target is enough.
    pub(super) fn parse(content: &[u8]) -> Self {
        let mut map = Self {
            chars: vec![0; 1 << 16],
            width: 2,
        };
        let mut codes: Vec<Vec<u8>> = Vec::new();
        let mut is_array = false;
        let mut told = 0;
        let mut rest = content;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'<' if !after.starts_with(b"<") => {
                    let len = after.iter().position(|&b| b == b'>').unwrap_or(after.len());
                    codes.push(text::hex(after.get(..len).unwrap_or_default()));
                    rest = after.get(len + 1..).unwrap_or_default();
                }
                b'[' => is_array = true,
                // `beginbfchar`, `endbfrange` and so on: what was collected belongs to the section that ends.
                b'e' if after.starts_with(b"ndcodespacerange") => {
                    map.width = codes.first().map_or(2, |code| code.len().clamp(1, 2));
                    codes.clear();
                }
                b'e' if after.starts_with(b"ndbfchar") => {
                    for pair in codes.as_chunks::<2>().0 {
                        let [code, target] = pair;
                        map.insert(number(code), 0, target);
                    }
                    codes.clear();
                }
                b'e' if after.starts_with(b"ndbfrange") => {
                    if !is_array {
                        for [first, last, target] in codes.as_chunks::<3>().0 {
                            let range = number(first)..=number(last);
                            told += range.len();
                            if told > MAX_TOLD {
                                return map;
                            }
                            for (step, code) in (0..).zip(range) {
                                map.insert(code, step, target);
                            }
                        }
                    }
                    codes.clear();
                    is_array = false;
                }
                b'b' if after.starts_with(b"eginbf") => {
                    codes.clear();
                    is_array = false;
                }
                _ => {}
            }
        }
        map
    }

    /// `target` is UTF-16; `step` is added to it.
    fn insert(&mut self, code: u16, step: u16, target: &[u8]) {
        let target = number(target.get(..2).unwrap_or(target));
        if let Some(char) = self.chars.get_mut(usize::from(code)) {
            *char = target.wrapping_add(step);
        }
    }

    /// What a string shows, if nearly all of its codes are known.
    pub(super) fn show(&self, string: &[u8]) -> Option<String> {
        let codes = string.chunks(self.width);
        let count = codes.len();
        let shown: String = codes
            .filter_map(|code| self.chars.get(usize::from(number(code))))
            .filter(|&&char| char != 0)
            .filter_map(|&char| char::from_u32(char.into()))
            .collect();
        (shown.chars().count() * 10 >= count * 9).then_some(shown)
    }
}

fn number(code: &[u8]) -> u16 {
    code.iter()
        .fold(0, |number, &byte| number << 8 | u16::from(byte))
}
