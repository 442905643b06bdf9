//! Hooks in real git life: real repositories, real git, hermetic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a test that cannot go on panics"
)]

mod address;
mod allow;
mod baseline;
mod bulk;
mod bypass;
mod commands;
mod commit;
mod content;
mod damage;
mod disk;
mod doctor;
mod everywhere;
mod faults;
mod forged;
mod games;
mod history;
mod hostile;
mod hosts;
mod housekeeping;
mod http;
mod import;
mod install;
mod installed;
mod interrupted;
mod managers;
mod merge;
mod message;
mod objects;
mod orders;
mod outgoing;
mod policy;
mod pushed;
mod race;
#[path = "../../src/pack/visit/tests/raw.rs"]
#[allow(
    dead_code,
    reason = "of the part that is common, deltas are not used here"
)]
mod raw;
mod readme;
mod receive;
mod recipe;
mod reference;
mod repository;
mod review;
mod sandbox;
mod server;
mod sources;
mod staged;
mod tarball;
mod trace;
