//! Rows for a terminal and for a pipe.

use std::collections::BTreeSet;

use crate::audit::Action;
use crate::time::Timestamp;

use super::Row;

/// What stands above the cells on a terminal.
pub const HEADER: [&str; 8] = [
    "TIME", "ACTOR", "ACTION", "VERB", "WHAT", "RESULT", "FROM", "REASON",
];

/// Stands for what is absent.
pub(super) const NONE: &str = "-";

/// The cells of a row, under [`HEADER`], not escaped.
///
/// With `now` they are for a person: relative times, and long names and
/// reasons cut, so that all before the reason fits into 100 columns beside an
/// address of 27; which secret it was is never cut. Without, they are for a program: RFC 3339 and everything whole.
/// The verb `run` is followed by the program that it became.
pub fn cells(row: &Row, now: Option<Timestamp>) -> Vec<String> {
    let (entry, event) = (row.entry(), &row.entry().event);
    let cut = |text: String, columns: usize| match now {
        Some(_) => shortened(text, columns),
        None => text,
    };
    let text = |value: Option<&str>| value.unwrap_or(NONE).to_owned();
    let verb = match (&event.verb, &event.command) {
        (Some(verb), Some(command)) => format!("{verb} {command}"),
        (verb, _) => text(verb.as_deref()),
    };
    let result = match (event.is_done(), event.error.as_deref()) {
        (true, _) => "ok",
        (false, error) => error.unwrap_or("failed"),
    };
    vec![
        moment(Timestamp::clamped(event.time), now),
        cut(text(entry.actor()), 14),
        event.action.as_str().to_owned(),
        cut(verb, 10),
        what(row),
        result.to_owned(),
        cut(text(entry.origin().as_deref()), 12),
        cut(text(event.reason.as_deref()), 24),
    ]
}

/// The rows of one list as a person reads them on 80 columns.
///
/// A column in which nothing stands is left out; so is where from, where it is
/// the same everywhere, as it is in the log of one machine.
pub struct Table {
    /// What stands above the columns that are left.
    pub header: Vec<&'static str>,
    /// The cells under it, not escaped.
    pub rows: Vec<Vec<String>>,
    /// Where everything was done from, if that is one place; whole, and not escaped.
    pub from: Option<String>,
}

/// The column of where from, under [`HEADER`].
const FROM: usize = 6;

impl Table {
    /// Lays out rows for a person who reads them at `now`.
    pub fn new<'a>(rows: impl Iterator<Item = &'a Row>, now: Timestamp) -> Self {
        let mut sources = BTreeSet::new();
        let mut whole: Vec<Vec<String>> = Vec::new();
        for row in rows {
            let mut cells = cells(row, Some(now));
            // An entry of the log itself names no machine; its chain does.
            match row.entry().event.host {
                Some(_) => sources.extend(row.entry().origin()),
                None => cells
                    .iter_mut()
                    .skip(FROM)
                    .take(1)
                    .for_each(|cell| NONE.clone_into(cell)),
            }
            whole.push(cells);
        }
        let is_told = |column: usize| match column {
            FROM => sources.len() > 1,
            column => whole
                .iter()
                .any(|row| row.get(column).is_some_and(|cell| cell != NONE)),
        };
        let told: Vec<bool> = (0..HEADER.len()).map(is_told).collect();
        Table {
            header: kept(&told, HEADER),
            rows: whole.into_iter().map(|row| kept(&told, row)).collect(),
            from: sources.pop_first().filter(|_| sources.is_empty()),
        }
    }
}

/// The items whose column is told.
fn kept<T>(told: &[bool], items: impl IntoIterator<Item = T>) -> Vec<T> {
    let pairs = told.iter().zip(items);
    pairs
        .filter_map(|(told, item)| told.then_some(item))
        .collect()
}

/// Which secret, with its version; for a note, its type.
fn what(row: &Row) -> String {
    let address = match (&row.entry().event.action, row.address()) {
        (Action::Note, None) => Some(row.record().event_type),
        (_, address) => address,
    };
    let version = row.version().map(|version| format!("@{version}"));
    address.unwrap_or_else(|| NONE.to_owned()) + &version.unwrap_or_default()
}

/// An instant, for a person who reads it at `now`, or for a program.
pub(super) fn moment(at: Timestamp, now: Option<Timestamp>) -> String {
    match now {
        Some(now) => at.relative(now),
        None => at.to_string(),
    }
}

/// At most so many characters, the last of them `…` where some are missing.
fn shortened(text: String, columns: usize) -> String {
    match text.char_indices().nth(columns) {
        None => text,
        Some(_) => {
            let kept = text.chars().take(columns.saturating_sub(1));
            kept.chain(['…']).collect()
        }
    }
}
