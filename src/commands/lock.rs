//! `lock`: ends a session.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary::SCHEMA_VERSION;
use serde_json::json;

/// End the session of this vault
///
/// It takes no credential, and the vault may be damaged.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets lock
  secrets lock --all")]
pub struct Args {
    /// End your sessions of every vault on this machine
    #[arg(long)]
    pub all: bool,
}

/// Ends one session, or all of this user on this machine.
///
/// # Errors
/// No vault, a place that cannot be written.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let ended = match args.all {
        true => custody::end_all(ctx)?,
        false => usize::from(custody::end(ctx)?),
    };
    ctx.terminal.say(&match (ended, args.all) {
        (0, _) => "there was no session".to_owned(),
        (1, _) => "the session has ended".to_owned(),
        (ended, _) => format!("{ended} sessions have ended"),
    });
    if ended == 0 && custody::keyring_is_refused(ctx) {
        ctx.terminal.warn(
            "the kernel keyring cannot be looked into from here: a session that it may hold goes on",
        );
    }
    if ctx.globals.json {
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "ended": ended}))?;
    }
    Ok(Exit::DONE)
}
