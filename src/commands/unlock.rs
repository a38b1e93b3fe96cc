//! `unlock`: begins a session.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure, quoted};
use crate::summary::{self, SCHEMA_VERSION};
use crate::time::Span;
use serde_json::json;

/// Open the vault once for the commands that follow
///
/// Verifies the whole vault and keeps what the slot may read and sign, for you
/// alone, in the kernel's keyring or, where that is refused, in a file in
/// memory. No admin's right is kept: key add, key remove, passwd, env create,
/// env remove and rotate --key ask as before.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets unlock
  secrets unlock --for 1h --idle 5m")]
pub struct Args {
    /// End it after this time, at most 30d [default: 8h]
    #[arg(long = "for", value_name = "DURATION")]
    pub length: Option<String>,

    /// End it after this time without use [default: 15m]
    #[arg(long, value_name = "DURATION")]
    pub idle: Option<String>,
}

/// Begins a session of the vault in use.
///
/// # Errors
/// A duration that is none, no place for a session, nothing that opens the vault.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let (length, idle) = (
        duration("--for", args.length.as_deref())?,
        duration("--idle", args.idle.as_deref())?,
    );
    let begun = custody::begin(ctx, length, idle)?;
    let open = &begun.open;
    if let Some(refused) = &begun.refused {
        ctx.terminal.warn(&format!(
            "the kernel keyring cannot be used here: {refused}; the session is in a file in memory"
        ));
    }
    ctx.terminal.say(&format!(
        "slot \"{}\" stays open until {}, or for {} without use; kept in {}",
        begun.label,
        summary::instant(begun.until).unwrap_or_default(),
        begun.idle,
        open.place,
    ));
    if ctx.globals.json {
        let session = summary::session(Some(open));
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "session": session}))?;
    }
    Ok(Exit::DONE)
}

fn duration(flag: &str, text: Option<&str>) -> Result<Option<Span>, Failure> {
    let wrong = |text: &str, why: String| Failure::usage(format!("{flag} {}: {why}", quoted(text)));
    let Some(text) = text else {
        return Ok(None);
    };
    match Span::parse(text) {
        Ok(span) if span.seconds() > 0 => Ok(Some(span)),
        Ok(_) => Err(wrong(text, "a session lasts at least a second".to_owned())),
        Err(error) => Err(wrong(text, error.to_string())),
    }
}
