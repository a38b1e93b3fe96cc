//! `refs`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// List the tracked files that use a secret
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets refs STRIPE_KEY
  secrets refs infra/DB_URL --json")]
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
