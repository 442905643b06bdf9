//! Values that are public knowledge: samples of documentation, known by hash, and placeholders, known by form.

/// Whether a value reads like a placeholder.
#[must_use]
pub fn looks_like_placeholder(_value: &[u8]) -> bool {
    false
}

/// A published sample value's source, if `value` is one.
#[must_use]
pub fn is_documentation_sample(_value: &[u8]) -> Option<&'static str> {
    None
}
