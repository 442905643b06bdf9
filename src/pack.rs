//! Bulk reading of a repository's objects, straight from its packs and in the order of their deltas.
//!
//! Every wanted object is inflated once: a delta chain is walked from its root down, and a base is kept only while a
//! delta on it is still to come. With each object the visitor is handed what the delta says about it, namely which ranges were
//! copied from the base and what is fresh, and the state it returned for that base; so a scanner looks at what is new and
//! inherits the rest. Whatever cannot be read is data in the [`Report`], after `git2` was asked for it as well.

mod cache;
mod delta;
mod entry;
mod fallback;
mod forest;
mod header;
mod id;
mod index;
pub mod loose;
mod map;
mod store;
pub mod trace;
mod visit;
mod way;

pub use cache::Cache;
pub use delta::Copy;
pub use entry::{Kind, beginning};
pub use id::{HashKind, IdState, Oid};
pub use store::{Reader, Store};
pub use visit::{Delta, Object, Options, Report, TooLarge, Unread, Visitor, visit};
pub use way::Ways;
