//! Credential and key files whose name, place or first bytes are the mark.
pub struct KeyfileMatch {
    pub value: std::ops::Range<usize>,
    pub rule: &'static str,
    pub confidence: crate::finding::Confidence,
    pub evidence: Vec<crate::finding::Evidence>,
}
pub fn scan(_p: &[u8], _b: &[u8], _o: &mut Vec<KeyfileMatch>) {}
