//! `env remove`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Remove an environment and all its secrets
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets env remove qa
  secrets env remove pr-1234 --dry-run")]
pub struct Args {
    /// The environment
    #[arg(value_name = "NAME")]
    pub name: String,
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
