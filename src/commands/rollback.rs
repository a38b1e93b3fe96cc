//! `rollback`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Make an earlier version the current one again
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets rollback STRIPE_KEY
  secrets rollback STRIPE_KEY --to 3")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The version; without it the one before the current
    #[arg(long, value_name = "N")]
    pub to: Option<u64>,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
