//! The inside of `secrets`.
//!
//! This library exists for the program, its benchmarks and its tests. It
//! promises no stable interface.
//!
//! The rooms, from the ground up. A room uses the floors below it and nothing
//! else; a test holds it to that.
//!
//! - floor 0: [`secret`], [`name`], [`time`], [`mod@file`], [`escape`]
//! - floor 1: [`crypto`]
//! - floor 2: [`vault`]
//! - floor 3: [`store`], [`audit`], [`terminal`], [`process`], [`config`], [`generator`]
//! - floor 4: [`failure`], [`context`], [`input`], [`custody`], [`summary`]; each
//!   sees those before it
//! - floor 5: [`commands`]
//! - floor 6: [`cli`]

pub mod name;
pub mod secret;

pub mod escape;
pub mod file;
pub mod time;

pub mod crypto;

pub mod vault;

pub mod audit;
pub mod config;
pub mod generator;
pub mod process;
pub mod store;
pub mod terminal;

pub mod context;
pub mod custody;
pub mod failure;
pub mod input;
pub mod summary;

pub mod commands;

pub mod cli;

use cli::Verb;
use config::Snapshot;
use context::Context;
use failure::{Exit, Failure, Kind};
use std::ffi::OsString;
use std::process::ExitCode;
use terminal::{Options, Terminal};

/// The program: arguments in, exit status out.
///
/// The line is read as far as its verb, so that even a mistake in it is told
/// in the right form; then the context is built, and the verb does its work.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let snapshot = Snapshot::of_process();
    let terminal = Terminal::new(Options {
        no_color: snapshot.no_color(),
        ..Options::default()
    });
    let line = cli::Line::read(args);
    let (json, in_run) = (line.json(), line.is_run());
    let end = |terminal: &Terminal, failure: Failure| {
        let failure = if in_run { failure.for_run() } else { failure };
        tell(terminal, &failure, json);
        Exit(failure.exit_status()).into()
    };
    if process::is_setuid() {
        let message = "refusing to run with the rights of another user (setuid)";
        return end(&terminal, Failure::io(message));
    }
    let parsed = match line.parse() {
        Ok(parsed) => parsed,
        Err(failure) => return end(&terminal, failure),
    };
    if let Verb::Text(text) = &parsed.verb {
        return match terminal.data(text.as_bytes()) {
            Ok(()) => Exit::DONE.into(),
            Err(error) => end(&terminal, error.into()),
        };
    }
    let ctx = match Context::new(parsed.globals, snapshot, parsed.name) {
        Ok(ctx) => ctx,
        Err(failure) => return end(&terminal, failure),
    };
    match act(&ctx, parsed.verb) {
        Ok(exit) => exit.into(),
        Err(failure) => end(&ctx.terminal, failure),
    }
}

/// One verb does its work.
fn act(ctx: &Context, verb: Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::AuditAcceptLoss(args) => commands::audit::accept_loss::run(ctx, &args),
        Verb::AuditExport(args) => commands::audit::export::run(ctx, &args),
        Verb::AuditList(args) => commands::audit::list::run(ctx, &args),
        Verb::AuditNote(args) => commands::audit::note::run(ctx, &args),
        Verb::AuditUsage(args) => commands::audit::usage::run(ctx, &args),
        Verb::AuditVerify(args) => commands::audit::verify::run(ctx, &args),
        Verb::EnvCreate(args) => commands::env::create::run(ctx, &args),
        Verb::EnvList(args) => commands::env::list::run(ctx, &args),
        Verb::Generate(args) => commands::generate::run(ctx, &args),
        Verb::Get(args) => commands::get::run(ctx, &args),
        Verb::Init(args) => commands::init::run(ctx, &args),
        Verb::List(args) => commands::list::run(ctx, &args),
        Verb::Run(args) => commands::run::run(ctx, &args),
        Verb::Set(args) => commands::set::run(ctx, &args),
        Verb::Status(args) => commands::status::run(ctx, &args),
        Verb::Trust(args) => commands::trust::run(ctx, &args),
        Verb::Verify(args) => commands::verify::run(ctx, &args),
        // The command line has answered these as text.
        Verb::Completions(_) | Verb::Help(_) | Verb::Text(_) => Ok(Exit::DONE),
    }
}

/// Says what went wrong, as text or as one JSON object.
fn tell(terminal: &Terminal, failure: &Failure, json: bool) {
    if json {
        return terminal.error_json(&failure.to_json());
    }
    let mut message = failure.message.clone();
    let mut hints = failure.hints.clone();
    if let Some(vault) = failure
        .vault
        .as_ref()
        .filter(|vault| !message.contains(*vault))
    {
        // A damaged vault is the subject; another one than the one here is news.
        let here = std::env::current_dir().map(|dir| dir.join(".vault/vault.json"));
        let is_here = here.is_ok_and(|here| here.as_os_str() == vault.as_str());
        match failure.kind {
            Kind::Integrity if message.starts_with("refusing: ") => {}
            Kind::Integrity => message = format!("\"{vault}\": {message}"),
            _ if is_here => {}
            _ => hints.push(format!("the vault used is \"{vault}\"")),
        }
    }
    match failure.problems.as_slice() {
        [] | [_] => terminal.error(&message, &hints),
        [others @ .., last] => {
            terminal.error(&message, &[]);
            others
                .iter()
                .for_each(|problem| terminal.error(&problem.message, &[]));
            terminal.error(&last.message, &hints);
        }
    }
}
