//! Pushes made to exhaust a server, each with a key hidden past the point where a scanner might give up: the hook refuses,
//! or says what it did not look at, within its time and within bounds of memory.
//!
//! The large ones take minutes and a binary that was built for speed:
//! `cargo build --profile quick && KEYSIEVE_BINARY=$PWD/target/quick/keysieve cargo test --test attacks -- --ignored --nocapture`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stderr,
    unreachable_pub,
    dead_code,
    reason = "a test that cannot go on panics; the sandbox is the one of tests/git"
)]

mod content;
mod formats;
mod keyfiles;
mod measured;
mod misses;
mod objects;
#[path = "../git/pushed.rs"]
mod pushed;
mod quine;
#[path = "../git/sandbox.rs"]
mod sandbox;
mod values;
