//! `lock`: ends a session.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary::SCHEMA_VERSION;
use serde_json::json;

/// End the session of this vault
///
/// It takes no credential, and the vault may be damaged. A command that still
/// waits for its input changes nothing any more. A session that is in a file
/// in memory is looked for below $XDG_RUNTIME_DIR, as it is set now.
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
    let is_unseen = custody::keyring_is_refused(ctx);
    if is_unseen {
        ctx.terminal.warn(custody::UNSEEN);
    }
    if ctx.globals.json {
        ctx.terminal.json(&json!({
            "schema_version": SCHEMA_VERSION,
            "ended": ended,
            "keyring_refused": is_unseen,
        }))?;
    }
    Ok(Exit::DONE)
}
