//! Command lines that mean something in other programs and would go wrong here.

use std::ffi::OsString;

use super::scan::{Piece, What};
use super::verbs::Entry;
use super::{Parsed, Verb};
use crate::failure::Failure;
use crate::name::{Address, VarName};

/// Traps that clap would read as other flags.
pub(super) fn before_parsing(
    entry: &Entry,
    args: &[OsString],
    pieces: &[Piece],
) -> Result<(), Failure> {
    let mut address = None;
    for piece in pieces {
        let arg = args.get(piece.index).and_then(|arg| arg.to_str());
        match piece.what {
            What::Operand if address.is_none() => {
                address = arg.filter(|text| Address::parse(text).is_ok());
            }
            What::Flag(_) => check_flag(entry, arg.unwrap_or_default(), address)?,
            _ => {}
        }
    }
    Ok(())
}

fn check_flag(entry: &Entry, arg: &str, address: Option<&str>) -> Result<(), Failure> {
    if let Some(version) = arg.strip_prefix("-version") {
        let version = version.strip_prefix('=').unwrap_or("N");
        let is_number = version.parse::<u64>().is_ok();
        let version = if is_number { version } else { "N" };
        let address = address.map_or("NAME", |address| {
            address.split_once('@').map_or(address, |(bare, _)| bare)
        });
        return Err(Failure::usage("a version is part of the address")
            .hint(format!("secrets get {address}@{version}")));
    }
    let unknown_short = arg.starts_with('-')
        && !arg.starts_with("--")
        && arg.chars().nth(1).is_some_and(|short| {
            short != 'h'
                && !entry
                    .command()
                    .get_arguments()
                    .any(|a| a.get_short() == Some(short))
        });
    match address {
        Some(address) if entry.takes_values() && unknown_short => Err(Failure::usage(
            "a value that begins with \"-\" would be taken for a flag",
        )
        .hint(format!("secrets set {address} -- -VALUE"))),
        _ => Ok(()),
    }
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
