//! keysieve keeps secrets out of git repositories.
//!
//! The bytes that are new come from a [`source`]; [`scan`] runs them through [`prefilter`], [`rule`] patterns, [`check`]
//! and [`generic`] judgement, and [`decode`], which yields further content. Findings are data in [`finding`] and [`outcome`].

pub mod archive;
pub mod check;
pub mod decode;
pub mod finding;
pub mod generic;
pub mod keyfile;
pub mod known;
pub mod outcome;
pub mod pack;
pub mod prefilter;
pub mod rule;
pub mod scan;
pub mod source;
pub mod table;
pub mod template;
