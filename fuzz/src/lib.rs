//! What is fuzzed: functions from any bytes to nothing, which panic where a promise does not hold. `fuzz_targets/` hands
//! them to libFuzzer, `tests/fuzz.rs` runs each for a moment with fixed seeds. Seeds are made at run time, so that no text
//! of a token's shape is stored.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a target fails by panicking"
)]

pub mod bytes;
pub mod configured;
pub mod filtered;
pub mod imported;
pub mod packed;
pub mod parsed;
pub mod pushed;
#[path = "../../src/pack/visit/tests/raw.rs"]
pub mod raw;
pub mod reported;
pub mod scanned;
mod wrapped;

/// One function that is fuzzed.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// Where a search begins.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target; `fuzz_targets/` has a file for each.
pub const TARGETS: &[Target] = &[
    Target {
        name: "scan",
        run: scanned::run,
        seeds: scanned::seeds,
    },
    Target {
        name: "nested",
        run: scanned::nested,
        seeds: scanned::nested_seeds,
    },
    Target {
        name: "prefilter",
        run: filtered::run,
        seeds: filtered::seeds,
    },
    Target {
        name: "pack",
        run: packed::run,
        seeds: packed::seeds,
    },
    Target {
        name: "input",
        run: parsed::run,
        seeds: parsed::seeds,
    },
    Target {
        name: "config",
        run: configured::run,
        seeds: configured::seeds,
    },
    Target {
        name: "import",
        run: imported::run,
        seeds: imported::seeds,
    },
    Target {
        name: "report",
        run: reported::run,
        seeds: reported::seeds,
    },
    Target {
        name: "push",
        run: pushed::run,
        seeds: pushed::seeds,
    },
];
