//! `import`.

use crate::context::Context;
use crate::failure::{Exit, Failure};
use std::path::PathBuf;

/// Read secrets from a .env file
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets import .env
  secrets import -e production prod.env --overwrite
  secrets import - --prefix APP_ < app.env")]
pub struct Args {
    /// The file; - is standard input
    #[arg(value_name = "FILE|-")]
    pub file: PathBuf,
    /// The format of the file
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
    /// Put this in front of every name
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,
    /// Replace values that differ
    #[arg(long, conflicts_with = "skip_existing")]
    pub overwrite: bool,
    /// Leave secrets that exist as they are
    #[arg(long)]
    pub skip_existing: bool,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// A format of files.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A .env file
    #[default]
    Dotenv,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
