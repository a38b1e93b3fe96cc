//! Tests of the whole command line.

mod parsing;
mod plain;
mod refusals;
mod texts;

use std::ffi::OsString;

use super::{Parsed, Verb, parse};
use crate::failure::Failure;

/// Splits like a shell would: single quotes, and nothing after a redirection.
fn line(text: &str) -> Vec<OsString> {
    let text = text.split([';', '<', '>']).next().unwrap();
    let mut words: Vec<String> = vec![String::new()];
    for (at, part) in text.split('\'').enumerate() {
        let mut pieces = part.split(|c: char| at % 2 == 0 && c == ' ');
        words.last_mut().unwrap().push_str(pieces.next().unwrap());
        words.extend(pieces.map(str::to_owned));
    }
    words.retain(|word| !word.is_empty());
    words.into_iter().map(OsString::from).collect()
}

fn parsed(text: &str) -> Parsed {
    parse(line(text)).unwrap_or_else(|failure| panic!("{text}: {failure:?}"))
}

fn failure(text: &str) -> Failure {
    parse(line(text))
        .err()
        .unwrap_or_else(|| panic!("{text} parses"))
}

/// The failure as one line: status, message, hints.
fn refused(text: &str) -> String {
    let failure = failure(text);
    let hints = failure.hints.iter().map(|hint| format!(" | {hint}"));
    let hints: String = hints.collect();
    format!("{} {}{hints}", failure.exit_status(), failure.message)
}

fn printed(text: &str) -> String {
    match parsed(text).verb {
        Verb::Text(text) => text,
        _ => panic!("{text} prints nothing"),
    }
}
