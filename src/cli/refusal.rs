//! Turns clap's errors into failures of ours.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::verbs::{self, Entry};
use crate::failure::{Failure, quoted, similar};

/// The failure for an error of clap that is neither help nor version.
pub(super) fn from_clap(error: &clap::Error, entry: Option<&Entry>) -> Failure {
    let verb = entry.map_or("secrets", |entry| entry.name);
    let arg = text_of(error, ContextKind::InvalidArg);
    let value = text_of(error, ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => unknown(entry, &arg),
        ErrorKind::InvalidValue if value.is_empty() => format!("{} needs a value", bare(&arg)),
        ErrorKind::InvalidValue => wrong_value(entry, &arg, &value),
        ErrorKind::ValueValidation => {
            let cause = std::error::Error::source(error).map(number_error);
            let cause = cause.unwrap_or_default();
            format!("{}{cause}", wrong_value(entry, &arg, &value))
        }
        ErrorKind::MissingRequiredArgument => format!("{verb} needs {}", bare(&arg)),
        ErrorKind::ArgumentConflict => {
            let prior = text_of(error, ContextKind::PriorArg);
            format!("{} and {} exclude each other", bare(&prior), bare(&arg))
        }
        ErrorKind::InvalidUtf8 => "an argument that must be text is not UTF-8".to_owned(),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("{} has too many values", bare(&arg))
        }
        _ => format!("{verb} cannot be read from these arguments"),
    };
    let failure = Failure::usage(message);
    let command = entry.map_or_else(verbs::global_command, Entry::command);
    let failure = match arg.strip_prefix("--") {
        Some(name) if error.kind() == ErrorKind::UnknownArgument => {
            match similar(name, verbs::long_flags(&command)) {
                Some(flag) => failure.hint(format!("similar flag: --{flag}")),
                None => failure,
            }
        }
        _ => failure,
    };
    let failure = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => {
            failure.hint(format!("one of: {}", values.join(", ")))
        }
        _ => failure,
    };
    match entry {
        Some(entry) => failure.hint(format!("see: secrets help {}", entry.name)),
        None => failure.hint("see: secrets --help"),
    }
}

/// What a parser says, in words of ours where it is the standard library's.
fn number_error(cause: &(dyn std::error::Error + 'static)) -> String {
    use std::num::IntErrorKind;
    let Some(error) = cause.downcast_ref::<std::num::ParseIntError>() else {
        return format!(": {cause}");
    };
    match error.kind() {
        IntErrorKind::PosOverflow => ": it is too large".to_owned(),
        IntErrorKind::NegOverflow => ": it is too small".to_owned(),
        _ => ": it is no number".to_owned(),
    }
}

/// A value that a flag does not take.
fn wrong_value(entry: Option<&Entry>, arg: &str, value: &str) -> String {
    match entry.is_some_and(Entry::hides_flag_values) {
        true => format!("{} does not take this value", bare(arg)),
        false => format!("{} does not take {}", bare(arg), quoted(value)),
    }
}

/// An argument that the verb does not know. Where it may be a value or a
/// passphrase in the wrong place, it is not repeated.
fn unknown(entry: Option<&Entry>, arg: &str) -> String {
    let verb = entry.map_or("secrets", |entry| entry.name);
    match arg.starts_with('-') {
        is_flag if entry.is_some_and(Entry::hides_arguments) => match is_flag {
            true => format!("{verb} has no such flag"),
            false => format!("{verb} has no place for one of the arguments"),
        },
        true => format!("{verb} has no flag {}", quoted(arg)),
        false => format!("{verb} does not take {}", quoted(arg)),
    }
}

fn text_of(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(" "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    }
}

/// `--env <NAME>` → `--env`, `<ADDRESS>...` → `ADDRESS`.
fn bare(arg: &str) -> &str {
    match arg.starts_with('-') {
        true => arg.split([' ', '=', '[']).next().unwrap_or(arg),
        false => arg
            .trim_end_matches("...")
            .trim_matches(['<', '>', '[', ']']),
    }
}
