//! `doctor`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Check everything, and say how to mend it
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets doctor
  secrets doctor --fix")]
pub struct Args {
    /// Mend what can be mended without a question
    #[arg(long)]
    pub fix: bool,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
