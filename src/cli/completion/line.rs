//! A command line before the cursor, as far as it is understood.

use std::ffi::OsString;

use clap::{Arg, Command, FromArgMatches};

use super::super::scan::{Until, has_long, takes_value};
use super::super::{Found, find_verb, verbs};
use crate::context::Globals;

/// The global flags that say which vault is asked, and how it is opened.
const PLACE: [&str; 8] = [
    "env",
    "global",
    "key_file",
    "passphrase_fd",
    "passphrase_file",
    "path",
    "slot",
    "vault",
];

/// The words before the cursor; it need not parse.
pub(super) struct Line {
    pub(super) verb: Found,
    /// Whether the verb has two words and only its first stands there.
    pub(super) half: bool,
    /// The verb's own command, or that of the global flags.
    pub(super) command: Command,
    pub(super) operands: Vec<String>,
    /// The flag whose value comes next.
    pub(super) open: Option<Arg>,
    /// Whether everything that follows is an operand.
    pub(super) closed: bool,
    flags: Vec<(Arg, Option<String>)>,
}

impl Line {
    /// Reads the words; the first one is the program.
    pub(super) fn read(words: &[OsString]) -> Self {
        // `A=1 secrets …`: some shells count the assignment as a word.
        let is_set = |word: &&OsString| {
            let word = word.to_string_lossy();
            word.split_once('=')
                .is_some_and(|(name, _)| !name.contains('/'))
        };
        let words = words.iter().skip_while(is_set).skip(1);
        let mut rest: Vec<OsString> = words.cloned().collect();
        let all = rest.len();
        let globals = verbs::global_command();
        let verb = find_verb(&mut rest, &globals);
        let (command, until, half) = match verb {
            Found::Entry(entry) => {
                let half = entry.name.contains(' ') && all == rest.len() + 1;
                (entry.complete(globals), entry.until(), half)
            }
            _ => (globals, Until::End, false),
        };
        let mut line = Line {
            verb,
            half,
            command,
            operands: Vec::new(),
            open: None,
            closed: false,
            flags: Vec::new(),
        };
        for word in rest {
            line.take(&word.to_string_lossy(), until);
        }
        line
    }

    fn take(&mut self, word: &str, until: Until) {
        if let Some(arg) = self.open.take() {
            self.flags.push((arg, Some(word.to_owned())));
        } else if self.closed || !word.starts_with('-') || word == "-" {
            self.operands.push(word.to_owned());
            self.closed |= until == Until::FirstOperand;
        } else if word == "--" {
            self.closed = true;
        } else if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            if let Some(arg) = self.long(name) {
                self.give(arg, value);
            }
        } else {
            self.take_cluster(word.trim_start_matches('-'));
        }
    }

    /// `-qe prod`, `-eprod`.
    fn take_cluster(&mut self, cluster: &str) {
        for (at, short) in cluster.char_indices() {
            let is_it = |arg: &&Arg| arg.get_short() == Some(short);
            let Some(arg) = self.command.get_arguments().find(is_it).cloned() else {
                continue;
            };
            let rest = cluster.get(at + short.len_utf8()..).unwrap_or_default();
            let takes = takes_value(&arg);
            self.give(arg, (takes && !rest.is_empty()).then(|| rest.to_owned()));
            if takes {
                return;
            }
        }
    }

    fn give(&mut self, arg: Arg, value: Option<String>) {
        match value.is_none() && takes_value(&arg) {
            true => self.open = Some(arg),
            false => self.flags.push((arg, value)),
        }
    }

    /// The flag of a long name.
    pub(super) fn long(&self, name: &str) -> Option<Arg> {
        let mut known = self.command.get_arguments();
        known.find(|arg| has_long(arg, name)).cloned()
    }

    /// Whether a flag stands there.
    pub(super) fn has(&self, id: &str) -> bool {
        self.flags.iter().any(|(arg, _)| arg.get_id() == id)
    }

    /// The flags that say which vault is asked; `None` if they contradict.
    pub(super) fn globals(&self) -> Option<Globals> {
        let place = self
            .flags
            .iter()
            .filter(|(arg, _)| PLACE.contains(&arg.get_id().as_str()));
        let args = place.filter_map(|(arg, value)| {
            let long = arg.get_long()?;
            Some(match value {
                Some(value) => format!("--{long}={value}"),
                None => format!("--{long}"),
            })
        });
        let args = std::iter::once("secrets".to_owned()).chain(args);
        let matches = verbs::global_command().try_get_matches_from(args);
        Globals::from_arg_matches(&matches.ok()?).ok()
    }
}
