//! `mv`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Move or rename secrets, with all their versions
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets mv DB_URL DATABASE_URL
  secrets mv DB_URL DB_USER infra/
  secrets mv staging:/KEY production:/KEY")]
pub struct Args {
    /// The secrets, then the new address or a folder with a trailing /
    #[arg(value_name = "ADDRESS", required = true, num_args = 2..)]
    pub operands: Vec<String>,
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
