//! The plain lines of `get` and `run`, read without clap.
//!
//! `get NAME` and `run -- COMMAND` are what scripts start again and again, and
//! clap's tree for them is more work than either needs for its own part: some
//! 200,000 of a `get`'s instructions. This reader knows a few flags and gives up
//! at everything else, also at everything wrong, so clap alone refuses, helps
//! and decides what is unusual. A test holds it to what clap reads.

use std::ffi::OsString;

use super::{Parsed, Verb};
use crate::commands::{get, run};
use crate::context::Globals;
use crate::custody::Selector;

/// The verbs that have plain lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Get,
    Run,
}

/// Reads a plain line; `args` begins with the program's own name. `None` says
/// nothing of the line but that clap has to read it.
pub(super) fn read(args: &[OsString]) -> Option<Parsed> {
    let mut rest = args.get(1..)?;
    let mut globals = Globals::default();
    let mut verb = None;
    let mut addresses = Vec::new();
    let mut command = Vec::new();
    while let Some((arg, after)) = rest.split_first() {
        rest = after;
        let word = arg.to_str()?;
        match (word, verb) {
            ("-e" | "--env", _) => globals.env = Some(value(&mut rest, "=")?),
            ("-p" | "--path", _) => globals.path.push(value(&mut rest, "")?),
            ("--json", _) => globals.json = true,
            ("-q" | "--quiet", _) => globals.quiet = true,
            ("--no-input", _) => globals.no_input = true,
            ("--", Some(Plain::Run)) => {
                command = after.to_vec();
                break;
            }
            _ if word.is_empty() || word.starts_with('-') => return None,
            ("get", None) => verb = Some(Plain::Get),
            ("run" | "exec", None) => verb = Some(Plain::Run),
            (_, None) => return None,
            (_, Some(Plain::Get)) => addresses.push(word.to_owned()),
            (_, Some(Plain::Run)) => {
                command.push(arg.clone());
                command.extend_from_slice(after);
                break;
            }
        }
    }
    let (name, verb) = match verb? {
        Plain::Get if !addresses.is_empty() => ("get", Verb::Get(get_args(addresses))),
        Plain::Run if !command.is_empty() => ("run", Verb::Run(run_args(command))),
        _ => return None,
    };
    Some(Parsed {
        globals,
        name,
        verb,
    })
}

/// Takes the value of a flag: the next argument, if nothing about it is unusual
/// and none of `refused` is in it.
fn value(rest: &mut &[OsString], refused: &str) -> Option<String> {
    let (arg, after) = rest.split_first()?;
    *rest = after;
    let text = arg.to_str()?;
    let is_odd = text.is_empty() || text.starts_with('-');
    let is_refused = text.chars().any(|c| refused.contains(c));
    (!is_odd && !is_refused).then(|| text.to_owned())
}

fn get_args(addresses: Vec<String>) -> get::Args {
    get::Args {
        addresses,
        default: None,
        field: None,
        allow_expired: false,
        output: None,
        force: false,
        raw: false,
    }
}

fn run_args(command: Vec<OsString>) -> run::Args {
    run::Args {
        selector: Selector {
            recursive: false,
            only: Vec::new(),
            except: Vec::new(),
            map: Vec::new(),
            prefix: None,
            allow_expired: None,
            allow_empty: false,
        },
        shell: None,
        keep_env: None,
        clean_env: false,
        pass: Vec::new(),
        allow_env: Vec::new(),
        command,
    }
}
