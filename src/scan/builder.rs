//! The library's way to a scanner: rules of one's own, what is switched off, limits.

use std::sync::Arc;
use std::time::Instant;

use super::{Limits, Scanner};
use crate::rule::{Rule, user};
use crate::table::Problems;

/// Makes a [`Scanner`] ready; see [`Scanner::builder`].
#[derive(Debug, Default)]
pub struct ScannerBuilder {
    rules: Vec<Arc<Rule>>,
    disabled: Vec<String>,
    limits: Limits,
}

impl ScannerBuilder {
    /// Adds the `[[rule]]` tables of a TOML text, in the form that `.keysieve.toml` has. The error names every problem with
    /// its line and column.
    ///
    /// ```
    /// let scanner = keysieve::Scanner::builder()
    ///     .rules(
    ///         r#"
    ///         [[rule]]
    ///         id = "acme-token"
    ///         pattern = '\b(?<secret>acme_[0-9a-f]{16})\b'
    ///         "#,
    ///     )?
    ///     .build();
    /// let scanned = scanner.scan(b"notes.txt", b"use acme_0f1e2d3c4b5a6978 for this");
    /// assert_eq!(scanned.matches[0].rule.id, "acme-token");
    ///
    /// let problems = keysieve::Scanner::builder().rules("[[rule]]\nid = 1\n").unwrap_err();
    /// assert!(problems.to_string().contains(":2:6: `id` must be a string"));
    /// # Ok::<(), keysieve::Problems>(())
    /// ```
    pub fn rules(mut self, toml: &str) -> Result<Self, Problems> {
        for rule in user::read("rules", toml)? {
            self.rules.push(Arc::new(rule));
        }
        Ok(self)
    }

    /// Switches a built-in rule off, by its id.
    #[must_use]
    pub fn disable(mut self, id: &str) -> Self {
        self.disabled.push(id.to_owned());
        self
    }

    /// Encodings and archives within each other that are opened; 4 unless set.
    #[must_use]
    pub fn max_depth(mut self, depth: usize) -> Self {
        self.limits.max_depth = depth;
        self
    }

    /// When every scan must be over; what could not be looked at until then is a gap.
    #[must_use]
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.limits.deadline = Some(deadline);
        self
    }

    /// The scanner. Cheap to share between threads.
    #[must_use]
    pub fn build(self) -> Scanner {
        Scanner::new(self.rules, self.disabled, self.limits)
    }
}
