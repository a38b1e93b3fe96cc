//! `same`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Say whether a value is the one of a secret, without showing it
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets same STRIPE_KEY -
  secrets same production:/DB_URL - < url.txt")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Where the value comes from: - is standard input
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
