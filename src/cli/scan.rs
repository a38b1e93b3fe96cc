//! A walk over arguments that tells flags, their values and operands apart.
//!
//! It needs no parse that succeeds, so it answers what is asked of a wrong
//! command line too: which verb, whether `--json`, which flags.

use std::ffi::OsString;

use clap::{Arg, Command};

/// Where the walk ends; it never goes past `--`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// At the end of the arguments.
    End,
    /// After the first operand.
    FirstOperand,
}

/// What an argument is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// `--`
    Escape,
    /// A flag by its long name with dashes where it is known, else as typed.
    Flag(String),
    /// Anything else.
    Operand,
}

/// One flag or operand, and the argument that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) index: usize,
    pub(super) what: What,
}

impl Piece {
    pub(super) fn is_operand(&self) -> bool {
        self.what == What::Operand
    }

    pub(super) fn is_flag(&self, name: &str) -> bool {
        matches!(&self.what, What::Flag(flag) if flag == name)
    }
}

/// Walks over `args` with the flags of `command`.
pub(super) fn pieces(args: &[OsString], command: &Command, until: Until) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = args.iter().enumerate();
    while let Some((index, arg)) = rest.next() {
        let arg = arg.to_string_lossy();
        let mut push = |what| found.push(Piece { index, what });
        let takes_next = if arg == "--" {
            push(What::Escape);
            break;
        } else if let Some(long) = arg.strip_prefix("--") {
            let (name, attached) = match long.split_once('=') {
                Some((name, _)) => (name, true),
                None => (long, false),
            };
            let known = command.get_arguments().find(|a| has_long(a, name));
            push(What::Flag(known.map_or(format!("--{name}"), long_name)));
            known.is_some_and(takes_value) && !attached
        } else if let Some(cluster) = arg.strip_prefix('-').filter(|c| !c.is_empty()) {
            let (flags, takes_next) = walk_cluster(cluster, command);
            flags.into_iter().for_each(|flag| push(What::Flag(flag)));
            takes_next
        } else {
            push(What::Operand);
            if until == Until::FirstOperand {
                break;
            }
            false
        };
        if takes_next {
            rest.next();
        }
    }
    found
}

/// `-qe prod` and `-eprod`: the flags, and whether the last takes the next argument.
fn walk_cluster(cluster: &str, command: &Command) -> (Vec<String>, bool) {
    let mut flags = Vec::new();
    for (at, short) in cluster.char_indices() {
        let known = command
            .get_arguments()
            .find(|arg| arg.get_short() == Some(short));
        flags.push(known.map_or(format!("-{short}"), long_name));
        if known.is_some_and(takes_value) {
            return (flags, at + short.len_utf8() == cluster.len());
        }
    }
    (flags, false)
}

pub(super) fn has_long(arg: &Arg, name: &str) -> bool {
    arg.get_long() == Some(name)
        || arg
            .get_all_aliases()
            .is_some_and(|aliases| aliases.contains(&name))
}

fn long_name(arg: &Arg) -> String {
    match (arg.get_long(), arg.get_short()) {
        (Some(long), _) => format!("--{long}"),
        (None, short) => short.map_or(String::new(), |short| format!("-{short}")),
    }
}

/// Whether the flag takes the argument after it.
pub(super) fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values() && !arg.is_require_equals_set()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::verbs;

    fn walk(line: &str, verb: &str, until: Until) -> Vec<String> {
        let args: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        let command = verbs::named(verb).unwrap().command();
        let show = |piece: Piece| match piece.what {
            What::Escape => "--".to_owned(),
            What::Flag(name) => name,
            What::Operand => args[piece.index].to_string_lossy().into_owned(),
        };
        pieces(&args, &command, until)
            .into_iter()
            .map(show)
            .collect()
    }

    #[test]
    fn flags_values_and_operands_are_told_apart() {
        for (line, verb, expected) in [
            ("-qe prod X", "get", "--quiet --env X"),
            ("-eprod X", "get", "--env X"),
            (
                "--env=prod --env stg X -o f",
                "get",
                "--env --env X --output",
            ),
            ("X --generate Y --confirm", "set", "X --generate Y --yes"),
            ("- --wat -Z", "set", "- --wat -Z"),
            ("X -- --json", "set", "X --"),
            ("--env --json X", "get", "--env X"),
        ] {
            assert_eq!(walk(line, verb, Until::End).join(" "), expected, "{line}");
        }
    }

    #[test]
    fn the_command_of_run_is_not_walked_over() {
        for (line, expected) in [
            ("-r cmd --json", "--recursive cmd"),
            ("--only A cmd --json", "--only cmd"),
            ("--keep-env cmd --json", "--keep-env cmd"),
            ("--json -- cmd", "--json --"),
        ] {
            let walked = walk(line, "run", Until::FirstOperand);
            assert_eq!(walked.join(" "), expected, "{line}");
        }
    }
}
