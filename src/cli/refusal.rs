//! Turns clap's errors into failures of ours.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::verbs::Entry;
use crate::failure::{Failure, quoted};

/// The failure for an error of clap that is neither help nor version.
pub(super) fn from_clap(error: &clap::Error, entry: Option<&Entry>) -> Failure {
    let verb = entry.map_or("secrets", |entry| entry.name);
    let arg = text_of(error, ContextKind::InvalidArg);
    let value = text_of(error, ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => unknown(error, entry, &arg),
        ErrorKind::InvalidValue if value.is_empty() => format!("{} needs a value", bare(&arg)),
        ErrorKind::InvalidValue => format!("{} does not take {}", bare(&arg), quoted(&value)),
        ErrorKind::ValueValidation => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
            let cause = cause.unwrap_or_default();
            format!("{} does not take {}{cause}", bare(&arg), quoted(&value))
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
    let failure = match error.get(ContextKind::SuggestedArg) {
        Some(ContextValue::String(flag)) => failure.hint(format!("similar flag: {}", bare(flag))),
        _ => failure,
    };
    let failure = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => {
            failure.hint(format!("one of: {}", values.join(", ")))
        }
        _ => failure,
    };
    match entry {
        Some(entry) => failure.hint(format!("its flags: secrets help {}", entry.name)),
        None => failure.hint("all commands: secrets --help"),
    }
}

/// An argument that the verb does not know. It may be a value that was meant
/// for `set`, so it is repeated only where it is close to a flag.
fn unknown(error: &clap::Error, entry: Option<&Entry>, arg: &str) -> String {
    let verb = entry.map_or("secrets", |entry| entry.name);
    let secret = entry.is_some_and(Entry::takes_values);
    if secret && error.get(ContextKind::SuggestedArg).is_none() {
        return format!("{verb} has no such flag");
    }
    match arg.starts_with('-') {
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
