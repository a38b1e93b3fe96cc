//! What a coding agent may see.
//!
//! A guard against accidents, and no more: whoever runs commands can unset a
//! variable, or start a program with `run` that prints what it was given.

use crate::config::{Agents, agent};
use crate::context::Context;
use crate::failure::{Failure, Kind};

/// Whether a coding agent runs us that may only hand secrets to programs.
///
/// # Errors
/// `SECRETS_AGENTS` says something that it cannot say.
pub fn agent_is_bound(ctx: &Context) -> Result<bool, Failure> {
    let agents = Agents::decide(&ctx.snapshot, &ctx.user)?;
    Ok(agents == Agents::RunOnly && agent(&ctx.snapshot).is_some())
}

/// Asked by every verb before it shows a value or writes one to a file.
///
/// # Errors
/// A coding agent runs us, and the user lets agents run programs only.
pub fn may_show_values(ctx: &Context) -> Result<(), Failure> {
    if !agent_is_bound(ctx)? {
        return Ok(());
    }
    let agent = agent(&ctx.snapshot).unwrap_or("agent");
    let message = format!("values are not shown to a coding agent ({agent})");
    Err(Failure::new(Kind::Denied, message).hint("secrets run -- COMMAND"))
}
