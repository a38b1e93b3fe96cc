//! `undelete`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Bring hidden secrets back, as new versions
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets undelete OLD_KEY
  secrets undelete -e staging /infra/DB_URL")]
pub struct Args {
    /// The secrets: their addresses
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
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
