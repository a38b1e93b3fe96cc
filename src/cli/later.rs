//! Words and flags that the grammar keeps and this version does not have.
//!
//! Whoever types one is told so. No other text names one: a test holds every
//! help text and hint to that.

use super::scan::{Piece, What};
use super::{no_command, verbs};
use crate::failure::{Failure, quoted, similar};

/// Verbs and aliases of later versions.
pub(super) const WORDS: &[&str] = &[
    "access",
    "alerts",
    "approve",
    "backup",
    "config",
    "download",
    "folder",
    "git",
    "grant",
    "identity",
    "incident",
    "kms",
    "lease",
    "login",
    "mcp",
    "member",
    "merge",
    "policy",
    "provider",
    "recover",
    "report",
    "restore",
    "revoke",
    "scan",
    "schedule",
    "service-token",
    "slot",
    "sync",
    "token",
    "tui",
    "upgrade",
];

/// Words of other programs, and what they are called here.
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("deploy", &["secrets run -- COMMAND"]),
    ("kv", &["secrets get NAME", "secrets set NAME"]),
    ("read", &["secrets get NAME"]),
    ("setup", &["secrets init"]),
    ("write", &["secrets set NAME"]),
];

/// Flags of later versions, by verb: the long form, and the short one.
const FLAGS: &[(&str, &[(&str, &str)])] = &[
    ("get", &[("--reveal", "")]),
    ("list", &[("--reveal", "")]),
    ("run", &[("--reveal", "")]),
];

/// The first of the given flags that a later version of the verb has.
pub(super) fn flag_of<'a>(verb: &str, pieces: &'a [Piece]) -> Option<&'a str> {
    let own = FLAGS
        .iter()
        .find(|(name, _)| *name == verb)
        .map_or(&[][..], |(_, flags)| flags);
    let later = |flag: &str| {
        let mut flags = own.iter();
        flags.any(|(long, short)| flag == *long || flag == *short)
    };
    pieces.iter().find_map(|piece| match &piece.what {
        What::Flag(flag) if later(flag) => Some(flag.as_str()),
        _ => None,
    })
}

/// The answer to a word that is no verb of this version.
pub(super) fn unknown(word: &str) -> Failure {
    if WORDS.contains(&word) {
        return Failure::not_in_this_version(word);
    }
    if let Some((_, hints)) = ELSEWHERE.iter().find(|(name, _)| *name == word) {
        return hints.iter().fold(no_command(word), |failure, hint| {
            failure.hint(format!("here it is: {hint}"))
        });
    }
    match similar(word, verbs::words()) {
        Some(verb) => no_command(word).hint(format!("similar command: secrets {verb}")),
        None => no_command(word).hint("see: secrets --help"),
    }
}

/// The answer to a second word that the group does not have in this version.
pub(super) fn unknown_in(group: &str, word: &str) -> Failure {
    let failure = Failure::usage(format!("{} is no command of {group}", quoted(word)));
    match similar(word, verbs::members(group).map(|(second, _)| second)) {
        Some(second) => failure.hint(format!("similar command: secrets {group} {second}")),
        None => failure.hint(format!("see: secrets {group} --help")),
    }
}
