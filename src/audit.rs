//! The audit log: who read or changed what on this machine, in a file that
//! cannot be edited without being found out (`secrets-vault(5)`, AUDIT LOG).
//!
//! An entry is a line of JSON, hashed onto the one before and tagged with a
//! key that is forgotten at once ([`crate::crypto::ChainKey`]): whoever takes
//! the machine over later can change nothing that was written before. Values
//! are never logged, not even hashed; the type that holds them is unknown here.
//! Reports are pure functions over [`Event`]s.

mod error;
mod event;
mod json;
mod line;
mod log;
mod notice;
mod place;
mod repair;
pub mod report;
mod state;
mod tail;
#[cfg(test)]
mod tests;
mod text;
mod verifier;
mod verify;

pub use error::{Class, Error};
pub use event::{Action, ChainStart, Event};
pub use line::{Fault, plain_line};
pub use log::{Content, Done, LOG, Log, Origin};
pub use notice::Notice;
pub use state::State;
pub use verifier::Verifier;
pub use verify::{BadLine, ChainReport, Evidence, Finding, Report, events, verify, verify_watched};
