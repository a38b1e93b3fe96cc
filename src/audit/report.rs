//! What the log says, for people and for programs.
//!
//! Everything here is a pure function over events: a [`Filter`] picks
//! [`Row`]s, which become objects and files ([`Export`]), lines of a table
//! ([`cells`]), counts ([`Totals`]) or a [`Usage`]. Nothing is read, opened or
//! printed, and the names, reasons and labels in it are foreign text: what goes
//! into a file is escaped here, cells and lines by whoever prints them.

mod counts;
mod event_type;
mod export;
mod filter;
mod row;
mod selection;
mod table;
mod totals;
mod usage;

pub use event_type::{EVENT_TYPES, is_event_type};
pub use export::{CSV_HEADER, Export, Format};
pub use filter::{Actor, Filter, Named, Paths};
pub use row::{Entry, Record, Row, entries};
pub use selection::Selection;
pub use table::{HEADER, Table, cells};
pub use totals::{Rotation, Totals};
pub use usage::{USAGE_HEADER, Usage};

/// The version of the objects, raised when a key goes or changes meaning.
const SCHEMA_VERSION: u64 = 1;

#[cfg(test)]
mod tests;
