//! Where content comes from.
