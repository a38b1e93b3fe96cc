//! `which`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Say which secret a text is
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets which -
  secrets which - < leaked.txt")]
pub struct Args {
    /// - is standard input
    #[arg(value_name = "-")]
    pub input: String,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
