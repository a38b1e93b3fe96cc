//! Help texts that clap does not write: the first screen, groups, topics.

use super::later;
use super::verbs::{self, Entry, Family, Group, VERBS};
use crate::failure::{Failure, exit_status_help};

/// What `secrets --help` prints: 24 lines of 80 columns at most.
pub(super) fn screen() -> String {
    let mut text = String::from(
        "Keeps secrets in one encrypted file and gives them to the programs you run\n\n\
         Usage: secrets [OPTIONS] COMMAND [ARGS]\n",
    );
    for group in [Group::Daily, Group::Vault, Group::Tools] {
        if group != Group::Tools {
            text.push('\n');
        }
        let entries = VERBS.iter().filter(|entry| entry.group == group);
        for entry in entries.filter(|entry| !entry.name.contains(' ')) {
            let alias = match entry.aliases {
                [alias] if group == Group::Daily => format!(", {alias}"),
                _ => String::new(),
            };
            let names = format!("{}{alias}", entry.name);
            text.push_str(&format!("  {names:<20}  {}\n", entry.summary()));
        }
        if group == Group::Vault {
            for family in verbs::families() {
                text.push_str(&format!("  {:<20}  {}\n", family.name, family.summary));
            }
        }
    }
    text.push_str(
        "
  -e, --env NAME        Use this environment; -p, --path FOLDER for a folder
  --vault PATH, -g      Use this vault, or your own, instead of the project's
  --json, -q, -v        Print JSON; say less; say more

secrets help COMMAND says more; secrets help exit-status explains exit codes
",
    );
    text
}

/// What `secrets VERB -h` prints, or in full `secrets VERB --help`.
pub(super) fn verb(entry: &Entry, in_full: bool) -> String {
    let mut command = entry.command();
    if in_full {
        let about = command
            .get_long_about()
            .or(command.get_about())
            .cloned()
            .unwrap_or_default();
        command = command
            .about(about)
            .mut_args(|arg| arg.hide_short_help(false))
            .mut_arg("help", |arg| arg.help("Print this; -h is shorter"));
    }
    command.render_help().to_string()
}

/// What `secrets env --help` prints.
pub(super) fn family(family: &Family) -> String {
    let Family { name, summary, .. } = family;
    let usage = match family.default {
        Some(_) => format!("secrets {name} [COMMAND] [ARGS]"),
        None => format!("secrets {name} COMMAND [ARGS]"),
    };
    let mut text = format!("{summary}\n\nUsage: {usage}\n\n");
    for (_, entry) in verbs::members(name) {
        text.push_str(&format!("  {:<19}{}\n", entry.name, entry.summary()));
    }
    if let Some(default) = family.default {
        text.push_str(&format!("\nsecrets {name} alone is secrets {default}\n"));
    }
    text.push_str(&format!("\nsecrets help {name} COMMAND says more\n"));
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
        [word] => match verbs::family_named(word) {
            Some(found) => Ok(family(found)),
            None => of_verb(word).ok_or_else(|| later::unknown(word)),
        },
        [first, second] => match verbs::family_named(first) {
            Some(family) => of_verb(&format!("{} {second}", family.name))
                .ok_or_else(|| later::unknown_in(family.name, second)),
            None => Err(too_many()),
        },
        _ => Err(too_many()),
    }
}

fn of_verb(name: &str) -> Option<String> {
    verbs::named(name).map(|entry| verb(entry, true))
}

fn too_many() -> Failure {
    Failure::usage("help takes one command or topic").hint("see: secrets --help")
}
