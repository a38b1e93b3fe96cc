//! The inside of `secrets`.
//!
//! This library exists for the program, its benchmarks and its tests. It
//! promises no stable interface.
//!
//! The rooms, from the ground up. A room uses the floors below it and nothing
//! else; a test holds it to that.
//!
//! - floor 0: [`secret`], [`name`], [`time`], [`mod@file`], [`escape`], [`order`]
//! - floor 1: [`crypto`], [`masking`]
//! - floor 2: [`vault`]
//! - floor 3: [`store`], [`audit`], [`terminal`], [`process`], [`config`], [`generator`],
//!   [`exchange`], [`scratch`], [`session`]
//! - floor 4: [`failure`], [`context`], [`input`], [`custody`], [`summary`]; each
//!   sees those before it
//! - floor 5: [`commands`]
//! - floor 6: [`cli`]

pub mod name;
pub mod secret;

pub mod escape;
pub mod file;
pub mod order;
pub mod time;

pub use secrets_crypto as crypto;
pub mod masking;

pub mod vault;

pub mod audit;
pub mod config;
pub mod exchange;
pub mod generator;
pub mod process;
pub mod scratch;
pub mod session;
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
use std::cell::Cell;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use terminal::{Options, Terminal};

/// The program: arguments in, exit status out.
///
/// Before anything secret is read, the process is closed to others, and a
/// panic is told to say nothing of what it knew.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let refused = process::harden();
    terminal::hide_panics();
    guarded(|in_run| program(args, &refused, in_run)).into()
}

/// Runs `work`; a panic in it is a failure like another, and what unwinding
/// drops is wiped. `work` says whether the verb is `run`, as soon as it knows.
fn guarded(work: impl FnOnce(&Cell<bool>) -> Exit) -> Exit {
    let in_run = Cell::new(false);
    catch_unwind(AssertUnwindSafe(|| work(&in_run))).unwrap_or_else(|_| {
        let failure = Failure::io("internal error");
        Exit(
            if in_run.get() {
                failure.for_run()
            } else {
                failure
            }
            .exit_status(),
        )
    })
}

/// The line is read as far as its verb, so that even a mistake in it is told
/// in the right form; then the context is built, and the verb does its work.
fn program(args: Vec<OsString>, refused: &[String], in_run: &Cell<bool>) -> Exit {
    if let Some(text) = cli::at_once(&args)
        && !process::is_setuid()
    {
        let terminal = Terminal::new(Options::default());
        let told = terminal.data(text.as_bytes()).map_err(Failure::from);
        return told.map_or_else(|failure| Exit(failure.exit_status()), |()| Exit::DONE);
    }
    let snapshot = Snapshot::of_process();
    let terminal = Terminal::new(Options {
        no_color: snapshot.no_color(),
        ..Options::default()
    });
    let line = cli::Line::read(args);
    let json = line.json();
    in_run.set(line.is_run());
    let feeds_shell = line.feeds_shell();
    let end = |terminal: &Terminal, failure: Failure| {
        if feeds_shell {
            // So that `eval "$(secrets export --format shell)"` fails too.
            let _ = terminal.data(b"false\n");
        }
        let failure = if in_run.get() {
            failure.for_run()
        } else {
            failure
        };
        tell(terminal, &failure, json);
        Exit(failure.exit_status())
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
            Ok(()) => Exit::DONE,
            Err(error) => end(&terminal, error.into()),
        };
    }
    // As for a text, nothing from outside has to be right for it.
    if let Verb::Page(page) = &parsed.verb {
        return commands::man::run(&terminal, &snapshot, page)
            .unwrap_or_else(|failure| end(&terminal, failure));
    }
    let is_typing = matches!(parsed.verb, Verb::Complete(_));
    let ctx = match Context::new(parsed.globals, snapshot, parsed.name) {
        Ok(ctx) => ctx,
        Err(_) if is_typing => return Exit::DONE,
        Err(failure) => return end(&terminal, failure),
    };
    refused.iter().for_each(|line| ctx.terminal.detail(line));
    act(&ctx, parsed.verb).unwrap_or_else(|failure| end(&ctx.terminal, failure))
}

/// One verb does its work.
fn act(ctx: &Context, verb: Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::Allow(args) => commands::allow::run(ctx, &args),
        Verb::AuditAcceptLoss(args) => commands::audit::accept_loss::run(ctx, &args),
        Verb::AuditExport(args) => commands::audit::export::run(ctx, &args),
        Verb::AuditList(args) => commands::audit::list::run(ctx, &args),
        Verb::AuditNote(args) => commands::audit::note::run(ctx, &args),
        Verb::AuditUsage(args) => commands::audit::usage::run(ctx, &args),
        Verb::AuditVerify(args) => commands::audit::verify::run(ctx, &args),
        Verb::Check(args) => commands::check::run(ctx, &args),
        Verb::Complete(question) => commands::completions::run(ctx, &question),
        Verb::Cp(args) => commands::cp::run(ctx, &args),
        Verb::Destroy(args) => commands::destroy::run(ctx, &args),
        Verb::Diff(args) => commands::diff::run(ctx, &args),
        Verb::Doctor(args) => commands::doctor::run(ctx, &args),
        Verb::Edit(args) => commands::edit::run(ctx, &args),
        Verb::EnvCreate(args) => commands::env::create::run(ctx, &args),
        Verb::EnvList(args) => commands::env::list::run(ctx, &args),
        Verb::EnvRemove(args) => commands::env::remove::run(ctx, &args),
        Verb::Export(args) => commands::export::run(ctx, &args),
        Verb::Generate(args) => commands::generate::run(ctx, &args),
        Verb::Get(args) => commands::get::run(ctx, &args),
        Verb::History(args) => commands::history::run(ctx, &args),
        Verb::Import(args) => commands::import::run(ctx, &args),
        Verb::Init(args) => commands::init::run(ctx, &args),
        Verb::Inject(args) => commands::inject::run(ctx, &args),
        Verb::KeyAdd(args) => commands::key::add::run(ctx, &args),
        Verb::KeyList(args) => commands::key::list::run(ctx, &args),
        Verb::KeyRemove(args) => commands::key::remove::run(ctx, &args),
        Verb::List(args) => commands::list::run(ctx, &args),
        Verb::Lock(args) => commands::lock::run(ctx, &args),
        Verb::Meta(args) => commands::meta::run(ctx, &args),
        Verb::Mv(args) => commands::mv::run(ctx, &args),
        Verb::Passwd(args) => commands::passwd::run(ctx, &args),
        Verb::Redact(args) => commands::redact::run(ctx, &args),
        Verb::Refs(args) => commands::refs::run(ctx, &args),
        Verb::Rm(args) => commands::rm::run(ctx, &args),
        Verb::Rollback(args) => commands::rollback::run(ctx, &args),
        Verb::Rotate(args) => commands::rotate::run(ctx, &args),
        Verb::Run(args) => commands::run::run(ctx, &args),
        Verb::Same(args) => commands::same::run(ctx, &args),
        Verb::Set(args) => commands::set::run(ctx, &args),
        Verb::Status(args) => commands::status::run(ctx, &args),
        Verb::Trust(args) => commands::trust::run(ctx, &args),
        Verb::Undelete(args) => commands::undelete::run(ctx, &args),
        Verb::Undo(args) => commands::undo::run(ctx, &args),
        Verb::Unlock(args) => commands::unlock::run(ctx, &args),
        Verb::Verify(args) => commands::verify::run(ctx, &args),
        Verb::Which(args) => commands::which::run(ctx, &args),
        // These were answered before anything was read.
        Verb::Completions(_) | Verb::Help(_) | Verb::Man(_) | Verb::Page(_) | Verb::Text(_) => {
            Ok(Exit::DONE)
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_as_a_failure_of_ours_and_drops_what_was_held() {
        struct Held<'a>(&'a Cell<bool>);
        impl Drop for Held<'_> {
            fn drop(&mut self) {
                self.0.set(true);
            }
        }
        for (is_run, status) in [(false, 1), (true, 125)] {
            let dropped = Cell::new(false);
            let exit = guarded(|in_run| {
                in_run.set(is_run);
                let _held = Held(&dropped);
                std::panic::resume_unwind(Box::new("on purpose"))
            });
            assert_eq!(exit, Exit(status));
            assert!(dropped.get());
        }
        assert_eq!(guarded(|_| Exit(7)), Exit(7));
    }
}
