//! `undo`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Undo the last change that this machine made
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets undo
  secrets undo --dry-run")]
pub struct Args {
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
