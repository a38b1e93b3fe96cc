//! `diff`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Compare secrets, folders or environments
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets diff staging: production:
  secrets diff STRIPE_KEY@2 STRIPE_KEY
  secrets diff --check staging:/web/ production:/web/")]
pub struct Args {
    /// A secret, a folder with a trailing /, or an environment with a trailing :
    #[arg(value_name = "A")]
    pub first: String,
    /// What it is compared with
    #[arg(value_name = "B")]
    pub second: String,
    /// Show the values
    #[arg(long)]
    pub reveal: bool,
    /// Exit with 10 if there is a difference
    #[arg(long)]
    pub check: bool,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
