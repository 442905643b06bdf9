//! keysieve keeps secrets out of git repositories. The program is the git hook; this library is its scanner: bytes in,
//! values with their evidence out, without git, files or network.
//!
//! ```
//! let scanner = keysieve::Scanner::builder().build();
//! let scanned = scanner.scan(b"src/main.rs", b"fn main() {}");
//! assert!(scanned.matches.is_empty());
//! ```
//!
//! [`Scanner`] holds rules and limits. Its [`scan`](Scanner::scan) gives a [`Scanned`]: each [`Match`] with its rule, place,
//! severity, [`Confidence`] and evidence in words, and each [`Gap`], which is what could not be looked at. A [`Secret`] cannot
//! be printed by accident: it has neither `Display` nor serialisation, and [`Secret::masked`] is all that it shows.
//!
//! What is named on this page follows semantic versioning. Everything else that can be reached is the program's own, is left
//! out of this documentation, and may change at any time.

pub use finding::{
    Confidence, Evidence, Excerpt, Gap, GapReason, InlineAllow, Match, Position, Scanned, Secret,
    Severity, Step,
};
pub use rule::{Rule, RuleRef};
pub use scan::{Scanner, ScannerBuilder};
pub use table::Problems;

#[doc(hidden)]
pub mod finding;
#[doc(hidden)]
pub mod fingerprint;
#[doc(hidden)]
pub mod outcome;
#[doc(hidden)]
pub mod sets;
#[doc(hidden)]
pub mod table;
#[doc(hidden)]
pub mod template;

#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod known;
#[doc(hidden)]
pub mod rule;

#[doc(hidden)]
pub mod archive;
#[doc(hidden)]
pub mod decode;
#[doc(hidden)]
pub mod generic;
#[doc(hidden)]
pub mod judge;
#[doc(hidden)]
pub mod keyfile;
#[doc(hidden)]
pub mod prefilter;
#[doc(hidden)]
pub mod scan;

#[doc(hidden)]
pub mod attribute;
#[doc(hidden)]
pub mod host;
#[doc(hidden)]
pub mod pack;
#[doc(hidden)]
pub mod source;

#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod confine;
#[doc(hidden)]
pub mod import;
#[doc(hidden)]
pub mod policy;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod suppress;

#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod install;
#[doc(hidden)]
pub mod run;
