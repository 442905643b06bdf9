//! Assertions between bytes.

/// Assertions between bytes, ASCII only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    Word,
    NotWord,
    WordStart,
    WordEnd,
}

/// Every assertion, by its number.
pub(super) const LOOKS: [Look; 8] = [
    Look::TextStart,
    Look::TextEnd,
    Look::LineStart,
    Look::LineEnd,
    Look::Word,
    Look::NotWord,
    Look::WordStart,
    Look::WordEnd,
];

impl Look {
    pub(super) fn holds(self, bytes: &[u8], at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|i| bytes.get(i)).copied();
        let after = bytes.get(at).copied();
        let word = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
        match self {
            Self::TextStart => before.is_none(),
            Self::TextEnd => after.is_none(),
            Self::LineStart => before.is_none_or(|b| b == b'\n'),
            Self::LineEnd => after.is_none_or(|b| b == b'\n'),
            Self::Word => word(before) != word(after),
            Self::NotWord => word(before) == word(after),
            Self::WordStart => !word(before) && word(after),
            Self::WordEnd => word(before) && !word(after),
        }
    }
}
