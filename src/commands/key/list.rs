//! `key list`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// List what opens the vault
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets key list
  secrets key list --json")]
pub struct Args {}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
