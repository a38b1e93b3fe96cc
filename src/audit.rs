//! The audit log: who read or changed what on this machine, in a file that
//! cannot be edited without being found out (`secrets-vault(5)`, AUDIT LOG).
//!
//! An entry is a line of JSON, hashed onto the one before and tagged with a
//! key that is forgotten at once ([`crate::crypto::ChainKey`]): whoever takes
//! the machine over later can change nothing that was written before. Values
//! are never logged, not even hashed; the type that holds them is unknown here.
//! Reports are pure functions over [`Event`]s.

mod event;
pub mod report;

pub use event::{Action, ChainStart, Event};
