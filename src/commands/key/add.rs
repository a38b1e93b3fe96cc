//! `key add`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Let another passphrase or key open the vault
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets key add --label rui --passphrase
  secrets key add --label ci --key-file ci.key
  secrets key add --recovery")]
pub struct Args {
    /// The label of the new slot
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
    /// Make a passphrase that its holder changes at first use, and print it once
    #[arg(long, conflicts_with = "recovery")]
    pub passphrase: bool,
    /// Make a recovery key, and print it once
    #[arg(long)]
    pub recovery: bool,
    /// What the slot may do; a member reads and writes everything
    #[arg(long, value_name = "ROLE", value_parser = ["member", "admin"])]
    pub role: Option<String>,
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
