//! What labels call a secret and is none; `train` and `evaluate` leave it aside.

/// Categories of labels that are identifiers, as the corpus' scoring has them.
pub(crate) const IDENTIFIERS: &[&str] = &[
    "UUID",
    "Firebase Domain",
    "AWS S3 Bucket",
    "Dropbox App secret",
    "OTP / 2FA Secret",
];
