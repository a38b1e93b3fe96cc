//! `allow`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Allow the commands of the project's settings
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets allow
  secrets allow --yes")]
pub struct Args {}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
