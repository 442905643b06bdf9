//! keysieve keeps secrets out of git repositories.
//!
//! The bytes that may be new come from a [`source`] and [`attribute`] says which are; [`scan`] runs them through [`prefilter`], [`rule`] patterns, [`check`]
//! and [`generic`] judgement, and [`decode`], which yields further content. Findings are data in [`finding`] and [`outcome`].

pub mod finding;
pub mod fingerprint;
pub mod outcome;
pub mod table;
pub mod template;

pub mod check;
pub mod known;
pub mod rule;

pub mod archive;
pub mod decode;
pub mod generic;
pub mod judge;
pub mod keyfile;
pub mod prefilter;
pub mod scan;

pub mod attribute;
pub mod host;
pub mod pack;
pub mod source;

pub mod config;
pub mod import;
pub mod policy;
pub mod report;
pub mod suppress;

pub mod cli;
pub mod install;
pub mod run;
