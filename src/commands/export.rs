//! `export`.

use crate::context::Context;
use crate::failure::{Exit, Failure};
use std::path::PathBuf;

/// Print secrets as a .env file or for a shell
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets export > .env
  secrets export --format shell --only 'DB_*'
  secrets export -e production -o prod.env")]
pub struct Args {
    /// The format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
    /// Write to this file, mode 0600
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write even where git would not ignore the file
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Show values on a terminal
    #[arg(long)]
    pub reveal: bool,
    /// Take what lies in folders below, too
    #[arg(short, long)]
    pub recursive: bool,
    /// Only these names
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Not these names
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub except: Vec<String>,
    /// Give a secret this variable
    #[arg(long, value_name = "VAR=NAME")]
    pub map: Vec<String>,
    /// Put this in front of every variable
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,
    /// Take expired secrets too; all, or these
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, value_delimiter = ',')]
    pub allow_expired: Option<Vec<String>>,
    /// Print nothing where nothing is selected
    #[arg(long)]
    pub allow_empty: bool,
}

/// A format of files.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A .env file
    #[default]
    Dotenv,
    /// Lines for a shell to evaluate
    Shell,
}

/// Does it.
///
/// # Errors
/// Always.
pub fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
