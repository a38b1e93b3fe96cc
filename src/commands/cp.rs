//! `cp`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Copy one version of a secret to another address
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets cp staging:/STRIPE_KEY development:/STRIPE_KEY
  secrets cp DB_URL@3 DB_URL_OLD")]
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
