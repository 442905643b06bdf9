//! The id of a secret: short, the same wherever the value stands, and of no use to someone who does not have the value.

/// Hex digits of an id.
const DIGITS: usize = 16;

/// The key of an organisation, derived from its text; without one ids are unkeyed (DESIGN D12).
#[derive(Clone)]
pub struct IdKey([u8; 32]);

impl std::fmt::Debug for IdKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdKey")
    }
}

impl IdKey {
    /// Derives the key from the text that an administrator configured.
    #[must_use]
    pub fn derive(text: &[u8]) -> Self {
        Self(blake3::derive_key("keysieve 2026-11 finding id", text))
    }
}

/// BLAKE3 over rule and value, keyed where the organisation has a key; 16 hex digits.
#[must_use]
pub fn fingerprint(key: Option<&IdKey>, rule: &str, value: &[u8]) -> String {
    let mut hasher = key.map_or_else(blake3::Hasher::new, |key| blake3::Hasher::new_keyed(&key.0));
    hasher.update(rule.as_bytes());
    hasher.update(&[0]);
    hasher.update(value);
    let mut id = hasher.finalize().to_hex().to_string();
    id.truncate(DIGITS);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_value_same_id_and_a_key_changes_it() {
        let plain = fingerprint(None, "rule", b"value");
        assert_eq!(plain, fingerprint(None, "rule", b"value"));
        assert_eq!(plain.len(), DIGITS);
        assert_ne!(plain, fingerprint(None, "rule2", b"value"));
        assert_ne!(
            plain,
            fingerprint(Some(&IdKey::derive(b"org")), "rule", b"value")
        );
        assert_eq!(format!("{:?}", IdKey::derive(b"org")), "IdKey");
    }
}
