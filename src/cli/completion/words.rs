//! What may stand where the cursor is.

use clap::{Arg, ArgAction};

use super::super::Found;
use super::super::family;
use super::super::scan::takes_value;
use super::super::verbs::{self, VERBS};
use super::line::Line;
use crate::custody::{Kind, Question, Which};

/// Words, or who knows them.
pub(super) enum Words {
    /// Only the vault knows.
    Ask(Question),
    /// Only the shell knows: `files`, `commands`.
    Shell(&'static str),
    /// These, each with what it is.
    These(Vec<(String, String)>),
}

/// What a value or an operand is.
enum Value {
    Commands,
    Files,
    Nothing,
    Topics,
    Vault(Kind),
}

const NOTHING: Words = Words::These(Vec::new());

/// The words that go on from `typed`, which may be empty.
pub(super) fn follow(line: &Line, typed: &str) -> Words {
    if let Some(arg) = &line.open {
        return value(arg, "", typed);
    }
    if !line.closed && typed.starts_with('-') {
        let attached = typed
            .strip_prefix("--")
            .and_then(|long| long.split_once('='));
        return match attached {
            Some((name, rest)) => match line.long(name) {
                Some(arg) => value(&arg, &format!("--{name}="), rest),
                None => NOTHING,
            },
            None => Words::These(flags(line, typed)),
        };
    }
    let entry = match &line.verb {
        Found::Nothing => return Words::These(all_verbs(typed)),
        Found::Family(family, None) => return Words::These(seconds(family.name)),
        Found::Family(_, Some(_)) | Found::Word(_) => return NOTHING,
        Found::Entry(entry) => entry,
    };
    if line.half
        && line.operands.is_empty()
        && let Some((first, _)) = entry.name.split_once(' ')
    {
        let second = seconds(first);
        if second.iter().any(|(word, _)| word.starts_with(typed)) {
            return Words::These(second);
        }
    }
    let nth = line.operands.len();
    let all: Vec<&Arg> = line.command.get_positionals().collect();
    let many = |arg: &&&Arg| matches!(arg.get_action(), ArgAction::Append);
    match all.get(nth).or_else(|| all.last().filter(many)) {
        Some(arg) => possible(arg, "")
            .unwrap_or_else(|| told(operand(line, entry.name, arg, nth), "", typed)),
        None if nth == 0 && !line.closed => Words::These(flags(line, typed)),
        None => NOTHING,
    }
}

/// Every verb; other words for one only where they are begun.
fn all_verbs(typed: &str) -> Vec<(String, String)> {
    let single = VERBS.iter().filter(|entry| !entry.name.contains(' '));
    let single = single.map(|entry| (entry.name, entry.aliases, entry.summary()));
    let families = family::all();
    let families = families.map(|family| (family.name, family.aliases, family.summary.to_owned()));
    let mut words = Vec::new();
    for (name, aliases, about) in single.chain(families) {
        words.push((name.to_owned(), about.clone()));
        if !typed.is_empty() {
            words.extend(
                aliases
                    .iter()
                    .map(|alias| ((*alias).to_owned(), about.clone())),
            );
        }
    }
    words
}

/// The second words behind a first one.
fn seconds(first: &str) -> Vec<(String, String)> {
    let members = verbs::members(first);
    members
        .map(|(second, entry)| (second.to_owned(), entry.summary()))
        .collect()
}

/// The flags; those that stand there already are left out, and a short one is
/// only offered where it is typed.
fn flags(line: &Line, typed: &str) -> Vec<(String, String)> {
    let shown = |arg: &&Arg| {
        let again = matches!(arg.get_action(), ArgAction::Append);
        !arg.is_positional() && !arg.is_hide_set() && (again || !line.has(arg.get_id().as_str()))
    };
    let all = line.command.get_arguments().filter(shown);
    let mut words = Vec::new();
    for arg in all {
        let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let long = arg.get_long().map(|long| format!("--{long}"));
        let short = arg.get_short().map(|short| format!("-{short}"));
        let short = short.filter(|short| long.is_none() || short == typed);
        words.extend(
            long.into_iter()
                .chain(short)
                .map(|word| (word, about.clone())),
        );
    }
    words
}

/// The values of a flag; `before` is `--flag=` where they are in one word.
fn value(arg: &Arg, before: &str, typed: &str) -> Words {
    if !takes_value(arg) && before.is_empty() {
        return NOTHING;
    }
    if let Some(words) = possible(arg, before) {
        return words;
    }
    let kind = match (arg.get_id().as_str(), value_name(arg)) {
        ("env", _) => Value::Vault(Kind::Environment),
        ("path", _) => Value::Vault(Kind::Folder),
        ("slot", _) => Value::Vault(Kind::Label),
        ("allow_expired", _) | (_, "GLOB") => Value::Vault(Kind::Name),
        (_, "FILE" | "DIR" | "PATH") => Value::Files,
        ("map", _) => match typed.split_once('=') {
            Some((variable, rest)) => {
                return told(live(false), &format!("{before}{variable}="), rest);
            }
            None => Value::Nothing,
        },
        _ => Value::Nothing,
    };
    // One of several, apart by commas: the last one is completed.
    match typed
        .rsplit_once(',')
        .filter(|_| arg.get_value_delimiter().is_some())
    {
        Some((others, last)) => told(kind, &format!("{before}{others},"), last),
        None => told(kind, before, typed),
    }
}

/// The values that clap knows of.
fn possible(arg: &Arg, before: &str) -> Option<Words> {
    let all = arg.get_possible_values();
    let shown = all.iter().filter(|value| !value.is_hide_set());
    let words = shown.map(|value| {
        let about = value.get_help().map(ToString::to_string);
        let word = format!("{before}{}", value.get_name());
        (word, about.unwrap_or_default())
    });
    let words: Vec<_> = words.collect();
    (!words.is_empty()).then_some(Words::These(words))
}

/// What the operand of that number is.
fn operand(line: &Line, verb: &str, arg: &Arg, nth: usize) -> Value {
    match (verb, value_name(arg)) {
        ("set", _) if nth > 0 => Value::Nothing,
        ("rotate", _) if line.has("key") => Value::Vault(Kind::Environment),
        ("rotate", _) if nth > 0 => Value::Nothing,
        ("env create", _) => Value::Nothing,
        ("env remove", _) => Value::Vault(Kind::Environment),
        ("key remove", _) => Value::Vault(Kind::Label),
        ("help" | "man", _) => Value::Topics,
        ("run", _) if nth > 0 => Value::Files,
        ("run", _) => Value::Commands,
        ("undelete", _) => address(Which::Deleted, false),
        ("history", _) => address(Which::All, false),
        ("destroy", _) => address(Which::All, true),
        ("list" | "rm" | "diff" | "mv" | "cp" | "audit list" | "audit export", _) => live(true),
        (_, "ADDRESS" | "NAME" | "SECRET") => live(false),
        (_, "FILE|-") => Value::Files,
        _ => Value::Nothing,
    }
}

fn live(folders: bool) -> Value {
    address(Which::Live, folders)
}

fn address(which: Which, folders: bool) -> Value {
    Value::Vault(Kind::Address { which, folders })
}

/// Who is asked for a value.
fn told(value: Value, before: &str, typed: &str) -> Words {
    match value {
        Value::Commands => Words::Shell("commands"),
        Value::Files => Words::Shell("files"),
        Value::Nothing => NOTHING,
        Value::Topics => {
            let mut topics = all_verbs("");
            for (name, about) in [
                ("agents", "What a coding agent should know"),
                ("exit-status", "What the exit codes mean"),
            ] {
                topics.push((name.to_owned(), about.to_owned()));
            }
            Words::These(topics)
        }
        Value::Vault(kind) => Words::Ask(Question {
            before: before.to_owned(),
            typed: typed.to_owned(),
            kind,
        }),
    }
}

fn value_name(arg: &Arg) -> &str {
    let names = arg.get_value_names().unwrap_or_default();
    names.first().map_or("", |name| name.as_str())
}
