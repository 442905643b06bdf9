//! Hooks in real git life: real repositories, real git, hermetic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test that cannot go on panics"
)]

mod commit;
mod history;
mod hostile;
mod merge;
mod message;
mod outgoing;
mod receive;
mod sandbox;
mod sources;
