//! `man`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Print a page of the manual
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets man rotate
  secrets man env create")]
pub struct Args {
    /// The page: a command, or secrets-vault, secrets-audit, secrets-recipes
    #[arg(value_name = "PAGE")]
    pub page: Vec<String>,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
