//! `audit usage`: which secrets are read, by whom, from where.

use crate::audit::report::{USAGE_HEADER, Usage};
use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::input::{past, place};

/// Show how often each secret is read, by whom and from where
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets audit usage
  secrets audit usage production:/STRIPE_KEY --since 90d
  secrets audit usage --json")]
pub struct Args {
    /// Only this secret, folder/ or glob
    #[arg(value_name = "SECRET")]
    pub target: Option<String>,

    /// From this time on: 24h (ago), 2027-01-31, RFC 3339
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
}

/// Counts reads.
///
/// # Errors
/// No vault, filters that are none, a log that cannot be read.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let journal = custody::journal(ctx, None)?;
    journal.warn(ctx);
    let mut filter = place(ctx, args.target.as_deref(), &journal.environments)?;
    filter.since = past("--since", args.since.as_deref(), ctx.clock.now()?)?;
    let mut usage = Usage::new(filter);
    journal.entries(ctx).for_each(|entry| usage.add(entry));
    if ctx.globals.json {
        ctx.terminal.json(&usage.object())?;
        return Ok(Exit::DONE);
    }
    let person = ctx.terminal.stdout_is_terminal();
    let now = person.then(|| ctx.clock.now()).transpose()?;
    let rows = usage.rows(now);
    ctx.terminal.table(&USAGE_HEADER, &rows)?;
    if person && rows.is_empty() {
        ctx.terminal
            .say("no read of this is recorded on this machine");
    }
    Ok(Exit::DONE)
}
