//! Help texts that clap does not write: the first screen, groups, topics.

use super::later;
use super::verbs::{self, Group, VERBS};
use crate::failure::{Failure, exit_status_help};

/// What `secrets --help` prints: 24 lines of 80 columns at most.
pub(super) fn screen() -> String {
    let mut text = String::from(
        "Keeps secrets in one encrypted file and hands them to the programs that need them\n\n\
         Usage: secrets [FLAGS] COMMAND [ARGS]\n\n",
    );
    for group in [Group::Daily, Group::Vault, Group::Tools] {
        text.push_str(match group {
            Group::Daily => "",
            Group::Vault => "\n",
            Group::Tools => "",
        });
        for entry in VERBS.iter().filter(|entry| entry.group == group) {
            let names = std::iter::once(&entry.name).chain(entry.aliases);
            let names = names.copied().collect::<Vec<_>>().join(", ");
            text.push_str(&format!("  {names:<23}{}\n", entry.summary()));
        }
    }
    text.push_str(
        "\n  -e ENV, -p FOLDER      Environment and folder\n  \
           -g, --vault PATH       Your own vault, or another one, not the project's\n  \
           --json, -q, -v         JSON output; say less; say more\n\n\
         secrets help COMMAND says more, secrets help exit-status lists the exit codes\n",
    );
    text
}

/// What `secrets env --help` prints.
pub(super) fn group(group: &str) -> String {
    let mut text = format!("Usage: secrets {group} COMMAND [ARGS]\n\n");
    for (_, entry) in verbs::members(group) {
        text.push_str(&format!("  {:<15}{}\n", entry.name, entry.summary()));
    }
    text.push_str(&format!("\nsecrets help {group} COMMAND says more\n"));
    text
}

/// The failure of `secrets env` alone.
pub(super) fn no_word(group: &str) -> Failure {
    let failure = Failure::usage(format!("{group} needs a command"));
    verbs::members(group).fold(failure, |failure, (_, entry)| {
        failure.hint(format!("secrets {}", entry.name))
    })
}

/// What `secrets help TOPIC…` prints.
pub(super) fn topic(words: &[String]) -> Result<String, Failure> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(screen()),
        ["exit-status"] => Ok(exit_status_help()),
        [word] if later::SECOND_WORDS.contains(&("help", word)) => {
            Err(Failure::not_in_this_version(&format!("help {word}")))
        }
        [word] if verbs::group_named(word).is_some() => Ok(group(word)),
        [word] => of_verb(word).ok_or_else(|| later::unknown(word)),
        [first, second] => match verbs::group_named(first) {
            Some(group) => of_verb(&format!("{group} {second}"))
                .ok_or_else(|| later::unknown_in(group, second)),
            None => Err(too_many()),
        },
        _ => Err(too_many()),
    }
}

fn of_verb(name: &str) -> Option<String> {
    let entry = verbs::named(name)?;
    Some(entry.command().render_long_help().to_string())
}

fn too_many() -> Failure {
    Failure::usage("help takes one command or topic").hint("all commands: secrets --help")
}
