//! `history`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Show the versions of a secret
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets history STRIPE_KEY
  secrets history production:/STRIPE_KEY --json")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
