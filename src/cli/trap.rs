//! Command lines that mean something in other programs and would go wrong here.

use std::ffi::OsString;

use clap::Command;

use super::scan::{Piece, What};
use super::verbs::{Entry, long_flags};
use super::{Parsed, Verb};
use crate::failure::{Failure, similar};
use crate::name::{Address, VarName};

/// Traps that clap would read as other flags, or whose error would repeat a value.
pub(super) fn before_parsing(
    entry: &Entry,
    command: &Command,
    args: &[OsString],
    pieces: &[Piece],
) -> Result<(), Failure> {
    let mut operand = None;
    for piece in pieces {
        let arg = args.get(piece.index).and_then(|arg| arg.to_str());
        match &piece.what {
            What::Operand => operand = operand.or(Some(arg.unwrap_or_default())),
            What::Flag(flag) => {
                let arg = arg.unwrap_or_default();
                check_single_dash(command, arg, operand)?;
                if entry.takes_values() && !is_known(command, flag) {
                    check_value(command, flag, operand)?;
                }
            }
            What::Escape => {}
        }
    }
    Ok(())
}

/// `-version=2`, and a long flag with one dash: `-env prod` would be `-e nv prod`.
fn check_single_dash(command: &Command, arg: &str, operand: Option<&str>) -> Result<(), Failure> {
    let Some(word) = arg.strip_prefix('-').filter(|word| word.len() > 2) else {
        return Ok(());
    };
    let (name, value) = word.split_once('=').unwrap_or((word, "N"));
    if name == "version" {
        let number = if value.parse::<u64>().is_ok() {
            value
        } else {
            "N"
        };
        let address = operand.filter(|text| Address::parse(text).is_ok());
        let address = address.map_or("NAME", |text| text.split('@').next().unwrap_or(text));
        return Err(Failure::usage("a version is part of the address")
            .hint(format!("secrets get {address}@{number}")));
    }
    match long_flags(command).find(|long| *long == name) {
        Some(long) => {
            Err(Failure::usage(format!("\"-{long}\" has two dashes here"))
                .hint(format!("--{long}")))
        }
        None => Ok(()),
    }
}

/// `set NAME -abc`: after the address, what is no flag is a value.
fn check_value(command: &Command, flag: &str, operand: Option<&str>) -> Result<(), Failure> {
    let is_typo = flag
        .strip_prefix("--")
        .is_some_and(|name| similar(name, long_flags(command)).is_some());
    let Some(operand) = operand.filter(|_| !is_typo) else {
        return Ok(());
    };
    let address = Address::parse(operand).map_or("NAME", |_| operand);
    Err(
        Failure::usage("a value that begins with \"-\" would be taken for a flag")
            .hint(format!("secrets set {address} -- -VALUE"))
            .hint("see: secrets help set"),
    )
}

/// Whether the walk found the flag, by its long name, in the command.
fn is_known(command: &Command, flag: &str) -> bool {
    flag.strip_prefix("--")
        .is_some_and(|name| long_flags(command).any(|long| long == name))
}

/// Traps that parse and mean something else than was meant.
pub(super) fn after_parsing(parsed: &Parsed) -> Result<(), Failure> {
    let env = parsed.globals.env.as_deref();
    if let Some((variable, _)) = env.and_then(|env| env.split_once('=')) {
        let variable = match VarName::parse(variable) {
            Ok(_) => variable,
            Err(_) => "NAME",
        };
        return Err(
            Failure::usage("-e names an environment and sets no variable")
                .hint(format!("{variable}=VALUE secrets run -- COMMAND")),
        );
    }
    match &parsed.verb {
        Verb::Set(args) if args.generate == Some(None) && args.operands.len() > 1 => {
            Err(Failure::usage("--generate stands beside a value")
                .hint("secrets set NAME --generate=SPEC"))
        }
        _ => Ok(()),
    }
}
