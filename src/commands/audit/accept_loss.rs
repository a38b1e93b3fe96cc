//! `audit accept-loss`: goes on after entries were lost, and says so for ever.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::input;

/// Go on after entries of the log were lost, and record that
///
/// Needs --reason. What is lost stays lost; the entry names it, who accepted
/// it and why. A log that does not verify is moved aside and kept.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets audit accept-loss --reason 'disk of the old laptop died'
  secrets audit accept-loss --reason OPS-81 --yes")]
pub struct Args {}

/// Records that a loss is accepted.
///
/// # Errors
/// No reason, nothing lost, nobody to ask, no credential.
pub fn run(ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    let reason = ctx.globals.reason.as_deref().unwrap_or_default();
    if reason.trim().is_empty() {
        return Err(Failure::usage("a reason is needed")
            .hint("secrets audit accept-loss --reason 'disk of the old laptop died'"));
    }
    let loss = custody::loss(ctx)?;
    if loss.findings.is_empty() {
        ctx.terminal.say("nothing is lost; nothing was changed");
        return Ok(Exit::DONE);
    }
    for finding in &loss.findings {
        ctx.terminal.say(&format!("lost: {finding}"));
    }
    if !input::confirm(ctx, "Accept the loss and go on")? {
        return Ok(Exit::DONE);
    }
    loss.accept(ctx)?;
    ctx.terminal.say("recorded; the log goes on");
    Ok(Exit::DONE)
}
