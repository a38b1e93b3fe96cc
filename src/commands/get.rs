//! `get`: prints values.

use std::ffi::OsString;
use std::path::PathBuf;

/// Print the value of a secret
///
/// Prints the exact bytes; on a terminal a newline follows and control
/// characters are escaped. Several secrets need --json.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets get DATABASE_URL
  secrets get production:/infra/DATABASE_URL@2
  secrets get LOG_LEVEL --default info
  secrets get SERVICE_ACCOUNT --field /client_email
  secrets get TLS_KEY -o server.key
  secrets get DATABASE_URL STRIPE_KEY --json")]
pub struct Args {
    /// The secrets: NAME, folder/NAME, /folder/NAME, env:/folder/NAME, each with an optional
    /// @VERSION or @previous
    #[arg(value_name = "ADDRESS", required = true)]
    pub addresses: Vec<String>,

    /// Print this if there is no such secret
    #[arg(long, value_name = "VALUE")]
    pub default: Option<OsString>,

    /// Print one field of a JSON value: a key, or a JSON pointer
    #[arg(long, value_name = "POINTER")]
    pub field: Option<String>,

    /// Print a value that has expired
    #[arg(long)]
    pub allow_expired: bool,

    /// Write the value to this file, for its owner only
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Print control characters unescaped on a terminal too
    #[arg(long)]
    pub raw: bool,
}
