//! `destroy`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Destroy values for good
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets destroy OLD_KEY --all
  secrets destroy API_KEY --versions 1,2")]
pub struct Args {
    /// Secrets: addresses, folders with a trailing /, or globs
    #[arg(value_name = "NAME", required = true)]
    pub targets: Vec<String>,
    /// Destroy these versions only
    #[arg(
        long,
        value_name = "N,N",
        value_delimiter = ',',
        conflicts_with = "all"
    )]
    pub versions: Vec<u64>,
    /// Destroy every version
    #[arg(long)]
    pub all: bool,
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
