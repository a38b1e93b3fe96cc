//! The plain lines of the everyday verbs, read without clap.
//!
//! `get NAME` and `run -- COMMAND`, and `list` and `set` beside them, are what
//! is started again and again, and clap's tree for them is more work than they
//! need for their own part: some 200,000 of a `get`'s instructions. This reader
//! knows a few flags and gives up at everything else, also at everything wrong,
//! so clap alone refuses, helps and decides what is unusual. A test holds it to
//! what clap reads.

use std::ffi::OsString;

use super::{Parsed, Verb};
use crate::commands::{get, list, run, set};
use crate::context::Globals;
use crate::custody::Selector;

/// The verbs that have plain lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Get,
    List,
    Run,
    Set,
}

/// Reads a plain line; `args` begins with the program's own name. `None` says
/// nothing of the line but that clap has to read it.
pub(super) fn read(args: &[OsString]) -> Option<Parsed> {
    let mut rest = args.get(1..)?;
    let mut globals = Globals::default();
    let mut verb = None;
    let mut operands = Vec::new();
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
                operands = after.to_vec();
                break;
            }
            _ if word.is_empty() || word.starts_with('-') => return None,
            ("get", None) => verb = Some(Plain::Get),
            ("list", None) => verb = Some(Plain::List),
            ("run" | "exec", None) => verb = Some(Plain::Run),
            ("set", None) => verb = Some(Plain::Set),
            (_, None) => return None,
            (_, Some(Plain::Run)) => {
                operands.push(arg.clone());
                operands.extend_from_slice(after);
                break;
            }
            (_, Some(_)) => operands.push(arg.clone()),
        }
    }
    let (name, verb) = with_operands(verb?, operands)?;
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

/// The verb with its operands and none of its own flags.
fn with_operands(verb: Plain, operands: Vec<OsString>) -> Option<(&'static str, Verb)> {
    let text = |operand: OsString| operand.into_string().ok();
    if operands.is_empty() && verb != Plain::List {
        return None;
    }
    Some(match verb {
        Plain::Get => {
            let addresses = operands.into_iter().map(text).collect::<Option<_>>()?;
            ("get", Verb::Get(get_args(addresses)))
        }
        Plain::List if operands.len() > 1 => return None,
        Plain::List => {
            // What `read` took for an operand is text.
            let target = operands.into_iter().next().and_then(text);
            ("list", Verb::List(list_args(target)))
        }
        Plain::Run => ("run", Verb::Run(run_args(operands))),
        Plain::Set => ("set", Verb::Set(set_args(operands))),
    })
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
        copy: false,
        clear_copied: None,
    }
}

fn list_args(target: Option<String>) -> list::Args {
    list::Args {
        target,
        tags: Vec::new(),
        expiring: None,
        stale: None,
        all_envs: false,
        names: false,
        active: false,
        pattern: None,
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
        plan: run::PlanArgs {
            env_file: None,
            at: None,
            dry_run: false,
        },
        shell: None,
        keep_env: None,
        clean_env: false,
        pass: Vec::new(),
        allow_env: Vec::new(),
        delivery: Default::default(),
        supervision: Default::default(),
        command,
    }
}

fn set_args(operands: Vec<OsString>) -> set::Args {
    set::Args {
        operands,
        from_file: None,
        generate: None,
        tags: None,
        note: None,
        owner: None,
        expires: None,
        rotate_every: None,
        kind: None,
        if_version: None,
        allow_empty: false,
        raw: false,
        dry_run: false,
    }
}
