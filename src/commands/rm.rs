//! `rm`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Hide secrets; they can be brought back
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets rm OLD_KEY
  secrets rm -e staging 'TMP_*'
  secrets rm infra/old/ --dry-run")]
pub struct Args {
    /// Secrets: addresses, folders with a trailing /, or globs
    #[arg(value_name = "NAME", required = true)]
    pub targets: Vec<String>,
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
