//! The command line: from arguments to a verb with its flags, or to a failure.
//!
//! One table (`verbs`) lists the verbs. The verb is found by walking over the
//! global flags in front of it; then one flat clap command is built for that
//! verb alone, globals included, so the others cost nothing and a global flag
//! means the same on either side of the verb. The plainest lines of `get`,
//! `list`, `run` and `set` are read without clap (`plain`). clap never prints:
//! help is text, and an error becomes a [`Failure`].

mod completion;
mod family;
mod found;
mod group;
mod help;
mod later;
mod manual;
mod plain;
mod refusal;
mod scan;
mod trap;
mod verbs;

pub use verbs::Verb;

use std::ffi::OsString;

use clap::{Command, error::ErrorKind};

use crate::context::Globals;
use crate::failure::{Failure, quoted};
use found::{Found, find_verb};
use scan::{Piece, Until, pieces};
use verbs::Entry;

/// What the arguments ask for.
pub struct Parsed {
    /// The flags that every verb takes.
    pub globals: Globals,
    /// Its name: `get`, `env create`.
    pub name: &'static str,
    /// The verb, with its own flags.
    pub verb: Verb,
}

/// A command line that is read as far as to know its verb.
///
/// Whether errors are JSON and whether the verb is `run` is known from here on,
/// also when the rest does not parse.
pub struct Line(Form);

/// How a line is read.
enum Form {
    /// One that clap's tree is needed for.
    Built(Box<Built>),
    /// A plain one, read whole.
    Plain(Box<Parsed>),
}

/// A line with the clap command that reads it.
struct Built {
    /// The arguments without the verb, global flags included.
    rest: Vec<OsString>,
    verb: Found,
    /// The clap command of the verb, or of the global flags alone.
    command: Command,
    pieces: Vec<Piece>,
}

impl Line {
    /// Finds the verb. `args` begins with the program's own name.
    pub fn read(args: Vec<OsString>) -> Self {
        match plain::read(&args) {
            Some(parsed) => Line(Form::Plain(Box::new(parsed))),
            None => Line(Form::Built(Box::new(Built::read(args)))),
        }
    }

    /// Whether errors are to be JSON. A `--json` of the command of `run` is not ours.
    pub fn json(&self) -> bool {
        match &self.0 {
            Form::Built(built) => built.json(),
            Form::Plain(parsed) => parsed.globals.json,
        }
    }

    /// Whether the verb is `run`, so that a failure of ours is 125.
    pub fn is_run(&self) -> bool {
        match &self.0 {
            Form::Built(built) => built.is_run(),
            Form::Plain(parsed) => matches!(parsed.verb, Verb::Run(_)),
        }
    }

    /// Whether a shell evaluates what is printed: `export --format shell`. Then
    /// a failure has to reach that shell too.
    pub fn feeds_shell(&self) -> bool {
        match &self.0 {
            Form::Built(built) => built.feeds_shell(),
            Form::Plain(_) => false,
        }
    }

    /// Reads the flags and operands.
    ///
    /// # Errors
    /// A usage failure: exit status 2, or 125 for `run`.
    pub fn parse(self) -> Result<Parsed, Failure> {
        match self.0 {
            Form::Built(built) => built.parse(),
            Form::Plain(parsed) => Ok(*parsed),
        }
    }
}

impl Built {
    fn read(args: Vec<OsString>) -> Self {
        let mut rest: Vec<OsString> = args.into_iter().skip(1).collect();
        let globals = verbs::global_command();
        let verb = find_verb(&mut rest, &globals);
        let (command, until) = match verb {
            Found::Entry(entry) => (entry.complete(globals), entry.until()),
            _ => (globals, Until::End),
        };
        let pieces = pieces(&rest, &command, until);
        Built {
            rest,
            verb,
            command,
            pieces,
        }
    }

    fn json(&self) -> bool {
        self.pieces.iter().any(|piece| piece.is_flag("--json"))
    }

    fn is_run(&self) -> bool {
        matches!(self.verb, Found::Entry(entry) if entry.name == "run")
    }

    fn feeds_shell(&self) -> bool {
        let argument = |at: usize| self.rest.get(at).is_some_and(|word| word == "shell");
        let asks = |piece: &Piece| {
            let attached = self.rest.get(piece.index).filter(|arg| *arg != "--format");
            piece.is_flag("--format")
                && match attached {
                    Some(arg) => arg == "--format=shell",
                    None => argument(piece.index + 1),
                }
        };
        matches!(self.verb, Found::Entry(entry) if entry.name == "export")
            && self.pieces.iter().any(asks)
    }

    fn parse(self) -> Result<Parsed, Failure> {
        let is_run = self.is_run();
        self.parse_any()
            .map_err(|failure| if is_run { failure.for_run() } else { failure })
    }

    fn parse_any(self) -> Result<Parsed, Failure> {
        match self.verb {
            Found::Entry(entry) => self.parse_verb(entry),
            Found::Family(family, None) => {
                self.without_verb(|| help::family(family), || help::no_word(family.name))
            }
            Found::Family(family, Some(word)) => Err(later::unknown_in(family.name, &word)),
            Found::Nothing => self.without_verb(help::screen, || {
                Failure::usage("no command is given")
                    .hint("see: secrets --help")
                    .hint("begin with: secrets init")
            }),
            Found::Word(word) => Err(later::unknown(&word)),
        }
    }

    /// A line without a verb: help, version, a wrong flag, or what `missing` says.
    fn without_verb(
        self,
        help: impl FnOnce() -> String,
        missing: impl FnOnce() -> Failure,
    ) -> Result<Parsed, Failure> {
        match self.command.try_get_matches_from(with_name(self.rest)) {
            Ok(_) => Err(missing()),
            Err(error) => match error.kind() {
                ErrorKind::DisplayHelp => Ok(text(help())),
                ErrorKind::DisplayVersion => Ok(text(version())),
                _ => Err(refusal::from_clap(&error, None)),
            },
        }
    }

    fn parse_verb(self, entry: &'static Entry) -> Result<Parsed, Failure> {
        if let Some(flag) = later::flag_of(entry.name, &self.pieces) {
            return Err(Failure::not_in_this_version(flag));
        }
        trap::before_parsing(entry, &self.command, &self.rest, &self.pieces)?;
        let in_full = self.rest.iter().any(|arg| arg == "--help");
        let parsed = self
            .command
            .try_get_matches_from(with_name(self.rest))
            .and_then(|mut matches| {
                let globals = clap::FromArgMatches::from_arg_matches_mut(&mut matches)?;
                let verb = (entry.take)(&mut matches)?;
                let name = entry.name;
                Ok(Parsed {
                    globals,
                    name,
                    verb,
                })
            });
        match parsed {
            Ok(parsed) => {
                trap::after_parsing(&parsed)?;
                resolve(parsed)
            }
            Err(error) => match error.kind() {
                ErrorKind::DisplayHelp => Ok(text(help::verb(entry, in_full))),
                ErrorKind::DisplayVersion => Ok(text(version())),
                _ => Err(refusal::from_clap(&error, Some(entry))),
            },
        }
    }
}

/// The answer to a line of `--version` alone, for which nothing is built.
pub fn at_once(args: &[OsString]) -> Option<String> {
    let asks = matches!(args, [_, flag] if flag == "--version" || flag == "-V");
    asks.then(version)
}

/// Reads a whole command line; `args` begins with the program's own name.
///
/// # Errors
/// As [`Line::parse`].
pub fn parse(args: Vec<OsString>) -> Result<Parsed, Failure> {
    Line::read(args).parse()
}

/// Turns the verbs that only this room can answer into their text.
fn resolve(parsed: Parsed) -> Result<Parsed, Failure> {
    let Parsed {
        mut globals,
        name,
        verb,
    } = parsed;
    let verb = match verb {
        Verb::Completions(args) => return Ok(completion::answer(&args)),
        // What these two flags name is the subject here, and not what opens the vault.
        Verb::KeyAdd(mut args) => {
            args.key_file = globals.key_file.take();
            Verb::KeyAdd(args)
        }
        Verb::Passwd(mut args) => {
            args.slot = globals.slot.take();
            Verb::Passwd(args)
        }
        Verb::Help(args) => Verb::Text(help::topic(&args.topic)?),
        Verb::Man(args) => Verb::Page(manual::page(&args.page)?),
        verb => verb,
    };
    Ok(Parsed {
        globals,
        name,
        verb,
    })
}

fn text(text: String) -> Parsed {
    Parsed {
        globals: Globals::default(),
        name: "help",
        verb: Verb::Text(text),
    }
}

/// What `--version` prints.
fn version() -> String {
    concat!("secrets ", env!("CARGO_PKG_VERSION"), "\n").to_owned()
}

fn with_name(rest: Vec<OsString>) -> impl Iterator<Item = OsString> + Clone {
    std::iter::once(OsString::from("secrets")).chain(rest)
}

/// The failure for a word that is no verb, before hints.
fn no_command(word: &str) -> Failure {
    Failure::usage(format!("{} is no command", quoted(word)))
}

#[cfg(test)]
mod tests;
