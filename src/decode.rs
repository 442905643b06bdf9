//! Encoded text and archives as new content, within limits.
