//! .env files: read as python-dotenv and the Node package dotenv do, written
//! so that both read the same bytes back.
//!
//! No standard says what a .env file means. Both readings are made; where they
//! agree there is nothing to decide. Where they do not, python-dotenv's is
//! ours for the whole file, and every line that Node's differs in is told:
//! its reading keeps a `#` inside of a value (`pa#ss`), knows all escapes of
//! its double quotes and never takes half of a broken quote for a value. Ours
//! is without interpolation.

mod node;
mod python;

use crate::order;
use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use super::{Error, Found, Note, Pair, Reading, Refusal, Remark, Writing, quote};
use crate::name::SecretPath;
use crate::secret::SecretValue;

/// Names that are longer are not repeated in a note, in bytes: a line of a key
/// that lost its quotes looks like one.
const MAX_SHOWN_NAME_BYTES: usize = 48;

/// One assignment of a file; a later one of the same name takes its place.
struct Assignment<'a> {
    /// Where the name begins, in bytes.
    at: usize,
    name: &'a str,
    /// The value; python-dotenv knows a name without one.
    value: Option<Zeroizing<String>>,
}

/// Reads a file.
///
/// # Errors
/// [`Error::NotText`], [`Error::Nul`].
pub(super) fn read(input: &[u8]) -> Result<Reading, Error> {
    let line_of = |at: usize| {
        let before = input.get(..at).unwrap_or_default();
        before.iter().filter(|b| **b == b'\n').count() + 1
    };
    let text = std::str::from_utf8(input).map_err(|e| Error::NotText(line_of(e.valid_up_to())))?;
    if let Some(at) = text.find('\0') {
        return Err(Error::Nul(line_of(at)));
    }
    let text = with_line_feeds(text);
    let read = python::read(&text);
    let mut node = last(node::read(&text));
    let lines = Lines::of(&text);
    let mut reading = Reading::default();
    let mut note = |at: usize, name: Option<&str>, what: Remark| {
        reading.notes.push(Note {
            line: lines.number(at),
            name: name.filter(|name| is_shown(name)).map(str::to_owned),
            what,
        });
    };
    let mut seen = HashMap::new();
    for one in &read.assignments {
        if seen.insert(one.name, one.at).is_some() {
            note(one.at, Some(one.name), Remark::Again);
        }
    }
    let mut found = Vec::new();
    let mut silent: Vec<usize> = read.errors;
    let mut ours: Vec<_> = last(read.assignments).into_values().collect();
    order::sort_by_key(&mut ours, |one| one.at);
    for one in ours {
        let theirs = node.remove(one.name).and_then(|other| other.value);
        match (one.value, theirs) {
            (Some(value), theirs) => {
                match theirs {
                    None => note(one.at, Some(one.name), Remark::Extra),
                    Some(theirs) if theirs != value => {
                        note(one.at, Some(one.name), Remark::Differs);
                    }
                    Some(_) => {}
                }
                found.push((one.at, one.name, value));
            }
            (None, Some(_)) => note(one.at, Some(one.name), Remark::LeftOut),
            (None, None) => silent.push(one.at),
        }
    }
    let mut told = HashSet::new();
    for other in node.into_values() {
        told.insert(lines.number(other.at));
        note(other.at, Some(other.name), Remark::LeftOut);
    }
    for at in silent {
        if !told.contains(&lines.number(at)) {
            note(at, None, Remark::Unread);
        }
    }
    order::sort_by_key(&mut reading.notes, |note| note.line);
    reading.found = found
        .into_iter()
        .map(|(at, name, value)| {
            let value = SecretValue::copy_from(value.as_bytes());
            Found::new(lines.number(at), name.to_owned(), value)
        })
        .collect();
    Ok(reading)
}

/// Writes a file: for each value the plainest form that both readers take for
/// it. The whole is read again before it is given out.
///
/// # Errors
/// Every value for which there is none.
pub(super) fn write(pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut lines = Vec::new();
    for pair in pairs {
        match line(pair) {
            Ok(line) => lines.push(line),
            Err(reason) => refusals.push(Refusal {
                variable: pair.variable.clone(),
                reason,
            }),
        }
    }
    if refusals.is_empty() {
        let len = lines.iter().map(|line| line.len()).sum();
        let mut text = Zeroizing::new(String::with_capacity(len));
        lines.iter().for_each(|line| text.push_str(line));
        refusals = misread(&text, pairs);
        if refusals.is_empty() {
            let expands = |pair: &&Pair<'_>| pair.value.expose().windows(2).any(|w| w == b"${");
            let expandable = pairs.iter().filter(expands);
            return Ok(Writing {
                expandable: expandable.map(|pair| pair.variable.clone()).collect(),
                text: SecretValue::new(std::mem::take(&mut *text).into_bytes()),
            });
        }
    }
    Err(refusals)
}

/// `NAME=value` and a line feed.
fn line(pair: &Pair<'_>) -> Result<Zeroizing<String>, &'static str> {
    let Ok(value) = std::str::from_utf8(pair.value.expose()) else {
        return Err("is no UTF-8 text");
    };
    if value.contains('\0') {
        return Err("holds a NUL byte, which no variable can carry");
    }
    let name = pair.variable.as_str();
    for form in quote::dotenv(value) {
        let len = name.len() + form.len() + 2;
        let mut line = Zeroizing::new(String::with_capacity(len));
        for part in [name, "=", form.as_str(), "\n"] {
            line.push_str(part);
        }
        if misread(&line, std::slice::from_ref(pair)).is_empty() {
            return Ok(line);
        }
    }
    Err("mixes quotes, backslashes or line ends in a way that .env readers do not agree on")
}

/// The pairs that one of the readers does not find in `text`.
fn misread(text: &str, pairs: &[Pair<'_>]) -> Vec<Refusal> {
    let text = with_line_feeds(text);
    let (python, node) = (
        last(python::read(&text).assignments),
        last(node::read(&text)),
    );
    let reads = |found: &HashMap<&str, Assignment<'_>>, pair: &Pair<'_>| {
        let found = found.get(pair.variable.as_str());
        let value = found.and_then(|found| found.value.as_ref());
        value.is_some_and(|value| value.as_bytes() == pair.value.expose())
    };
    let whole = python.len() == pairs.len() && node.len() == pairs.len();
    pairs
        .iter()
        .filter(|pair| !whole || !reads(&python, pair) || !reads(&node, pair))
        .map(|pair| Refusal {
            variable: pair.variable.clone(),
            reason: "is not read back from a .env file as it is",
        })
        .collect()
}

/// What is assigned in the end.
fn last(assignments: Vec<Assignment<'_>>) -> HashMap<&str, Assignment<'_>> {
    assignments.into_iter().map(|one| (one.name, one)).collect()
}

/// Both readers take `\r\n` and `\r` for `\n`, inside of quotes too.
fn with_line_feeds(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\r') {
        out.push_str(line);
        out.push('\n');
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    out.push_str(rest);
    out
}

/// Whether a name may be repeated to a person. Any text in front of `=` is a
/// name to a reader, a line of a key too.
fn is_shown(name: &str) -> bool {
    name.len() <= MAX_SHOWN_NAME_BYTES && !name.contains('/') && SecretPath::parse(name).is_ok()
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Lines(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The number of the line of a byte, from 1.
    fn number(&self, at: usize) -> usize {
        self.0.partition_point(|end| *end < at) + 1
    }
}

#[cfg(test)]
mod tests;
