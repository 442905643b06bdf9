//! Credential and key files whose name, place or first bytes are the mark.
