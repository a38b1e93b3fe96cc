//! `passwd`.

use crate::context::Context;
use crate::failure::{Exit, Failure};
use std::path::PathBuf;

/// Change a passphrase
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets passwd
  secrets passwd --new-passphrase-file new.txt
  secrets passwd --slot rui --key-file recovery.key")]
pub struct Args {
    /// Read the new passphrase from this file
    #[arg(long, value_name = "FILE")]
    pub new_passphrase_file: Option<PathBuf>,
    /// Stretch the passphrase this often
    #[arg(long, value_name = "N")]
    pub iterations: Option<u32>,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
