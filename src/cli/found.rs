//! Which verb a line means, before its flags are read.

use std::ffi::OsString;

use clap::Command;

use super::family::{self, Family};
use super::scan::{Until, pieces};
use super::verbs::{self, Entry};

/// What stands where the verb belongs.
pub(super) enum Found {
    Entry(&'static Entry),
    /// The first word of verbs of two words, and what follows it.
    Family(&'static Family, Option<String>),
    Nothing,
    Word(String),
}

/// Takes the word or words of the verb out of the arguments.
pub(super) fn find_verb(rest: &mut Vec<OsString>, globals: &Command) -> Found {
    let Some((at, word)) = operand(rest, 0, globals) else {
        return Found::Nothing;
    };
    rest.remove(at);
    if let Some((verb, flag)) = with_flag(&word) {
        rest.insert(at, flag.into());
        return Found::Entry(verb);
    }
    let Some(family) = family::named(&word) else {
        return verbs::named(&word).map_or(Found::Word(word), Found::Entry);
    };
    // A flag of the default verb may stand before the second word, with its value.
    let default = family.default.and_then(verbs::named);
    let second = match default {
        Some(entry) => operand(rest, at, &entry.complete(globals.clone())),
        None => operand(rest, at, globals),
    };
    let member = second.as_ref().and_then(|(at, second)| {
        let entry = verbs::named(&format!("{} {second}", family.name))?;
        Some((*at, entry))
    });
    let wants_help = || rest.iter().any(|arg| arg == "--help" || arg == "-h");
    match (member, default, second) {
        (Some((at, entry)), _, _) => {
            rest.remove(at);
            Found::Entry(entry)
        }
        (None, Some(default), second) if second.is_some() || !wants_help() => Found::Entry(default),
        (None, _, second) => Found::Family(family, second.map(|(_, word)| word)),
    }
}

/// Words for a verb with one of its flags.
const WITH_FLAGS: &[(&str, &str, &str)] = &[("key-rotate", "rotate", "--key")];

/// The verb and the flag that a word stands for together.
fn with_flag(word: &str) -> Option<(&'static Entry, &'static str)> {
    let (_, verb, flag) = WITH_FLAGS.iter().find(|(name, ..)| *name == word)?;
    Some((verbs::named(verb)?, flag))
}

/// The first operand at or after `from`, with its place.
fn operand(rest: &[OsString], from: usize, globals: &Command) -> Option<(usize, String)> {
    let found = pieces(rest.get(from..)?, globals, Until::FirstOperand);
    let at = from + found.last().filter(|piece| piece.is_operand())?.index;
    let word = rest.get(at)?.to_string_lossy().into_owned();
    Some((at, word))
}
