//! Help texts that clap does not write: the first screen, groups, topics.

use super::family::{self, Family};
use super::verbs::{self, Entry, Group, VERBS};
use super::{later, no_command};
use crate::failure::{self, Failure, exit_status_help, similar};

/// How wide every text is, in columns.
const COLUMNS: usize = 80;

/// Where the verbs of a group begin on the first screen, in columns.
const INDENT: usize = 12;

/// What `secrets --help` prints: 24 lines of 80 columns at most.
///
/// The daily verbs have a line each, the others share the line of their group.
pub(super) fn screen() -> String {
    let mut text = String::from(
        "Keeps secrets in one encrypted file and gives them to the programs you run\n\n\
         Usage: secrets [OPTIONS] COMMAND [ARGS]\n\n",
    );
    for entry in VERBS.iter().filter(|entry| entry.group == Group::Daily) {
        let alias = match entry.aliases {
            [alias] => format!(", {alias}"),
            _ => String::new(),
        };
        let names = format!("{}{alias}", entry.name);
        text.push_str(&format!("  {names:<INDENT$}{}\n", entry.summary()));
    }
    text.push('\n');
    for group in Group::AFTER_DAILY {
        let mut title = group.title();
        for line in failure::wrapped(&words_of(*group).join(" "), COLUMNS - 2 - INDENT) {
            text.push_str(&format!("  {title:<INDENT$}{line}\n"));
            title = "";
        }
    }
    text.push_str(
        "
  -e, --env NAME        Use this environment; -p, --path FOLDER for a folder
  --vault PATH, -g      Use this vault, or your own, instead of the project's
  --json, -q, -v        Print JSON; say less; say more

secrets help COMMAND says what it does; secrets man opens the manual
",
    );
    for Topic { name, about, .. } in TOPICS {
        text.push_str(&format!("secrets help {name}: {about}\n"));
    }
    text
}

/// The verbs of a group, by the first word that a user types: a family is one.
fn words_of(group: Group) -> Vec<&'static str> {
    let mut words = Vec::new();
    for entry in VERBS.iter().filter(|entry| entry.home() == group) {
        if !words.contains(&entry.first_word()) {
            words.push(entry.first_word());
        }
    }
    words
}

/// What `secrets help` knows beside the verbs.
struct Topic {
    name: &'static str,
    about: &'static str,
    text: fn() -> String,
}

const TOPICS: &[Topic] = &[
    Topic {
        name: "exit-status",
        about: "what each exit status means",
        text: exit_status_help,
    },
    Topic {
        name: "agents",
        about: "eight lines for the AGENTS.md of a project",
        text: agents,
    },
];

/// What a coding agent should know of secrets in a project.
fn agents() -> String {
    "\
Secrets of this project are in .vault/, encrypted, and nowhere else.
Run what needs them with: secrets run -- COMMAND (-e NAME for an environment).
See names, never values: secrets list, secrets run --dry-run -- COMMAND.
Do not print, log or commit a value, and do not ask for one in a chat.
Do not write .env files. A new secret: ask me to type secrets set NAME.
Code reads secrets from environment variables and fails if one is missing.
Is a text a secret? Pipe it to: secrets which -. Before sharing: secrets redact.
Exit status 5 of secrets means not permitted: ask me, do not work around it.
"
    .to_owned()
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
        [word] => match TOPICS.iter().find(|topic| topic.name == *word) {
            Some(topic) => Ok((topic.text)()),
            None => of_word(word),
        },
        [first, second] => match family::named(first) {
            Some(family) => of_verb(&format!("{} {second}", family.name))
                .ok_or_else(|| later::unknown_in(family.name, second)),
            None => Err(too_many()),
        },
        _ => Err(too_many()),
    }
}

/// The help of a verb or a family; a near miss may be a topic, too.
fn of_word(word: &str) -> Result<String, Failure> {
    if let Some(found) = family::named(word) {
        return Ok(family(found));
    }
    of_verb(word).ok_or_else(
        || match similar(word, TOPICS.iter().map(|topic| topic.name)) {
            Some(topic) if !later::WORDS.contains(&word) => {
                no_command(word).hint(format!("similar topic: secrets help {topic}"))
            }
            _ => later::unknown(word),
        },
    )
}

fn of_verb(name: &str) -> Option<String> {
    verbs::named(name).map(|entry| verb(entry, true))
}

fn too_many() -> Failure {
    Failure::usage("help takes one command or topic").hint("see: secrets --help")
}
