//! `key remove`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Take a slot away, and make new data keys
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets key remove rui
  secrets key remove ci --dry-run")]
pub struct Args {
    /// The label of the slot
    #[arg(value_name = "LABEL")]
    pub label: String,
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
