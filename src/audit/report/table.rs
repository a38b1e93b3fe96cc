//! Rows for a terminal and for a pipe.

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
