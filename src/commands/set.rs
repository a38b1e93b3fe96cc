//! `set`: stores secrets.

use std::ffi::OsString;
use std::path::PathBuf;

/// Store a secret, or several
///
/// Without a value it is asked for on a terminal, twice and hidden, else read
/// from standard input. Input of one line loses its trailing newline; input
/// of several lines is kept byte for byte. A value on the command line can be
/// seen by other programs while the command runs.
#[derive(clap::Args)]
#[command(override_usage = "secrets set [OPTIONS] ADDRESS [VALUE|-]
       secrets set [OPTIONS] NAME=VALUE...")]
#[command(after_help = "Examples:
  secrets set DATABASE_URL
  secrets set STRIPE_KEY - < key.txt
  secrets set HOST=localhost PORT=5432
  secrets set TLS_KEY --from-file server.key --type cert
  secrets set SESSION_KEY --generate=hex:32 --rotate-every 90d
  secrets set -e production STRIPE_KEY --expires 2027-01-31")]
pub struct Args {
    /// An address and its value (- reads standard input), or NAME=VALUE pairs only
    #[arg(value_name = "ADDRESS", required = true)]
    pub operands: Vec<OsString>,

    /// Read the value from this file, byte for byte
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    pub from_file: Option<PathBuf>,

    /// Make a random value; see secrets help generate for SPEC
    #[arg(long, value_name = "SPEC", num_args = 0..=1, require_equals = true)]
    pub generate: Option<Option<String>>,

    /// Replace the tags
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub tags: Option<Vec<String>>,

    /// Note what the secret is for
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,

    /// Name who answers for the secret
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,

    /// Let the value expire: 90d, 2027-01-31, never
    #[arg(long, value_name = "WHEN")]
    pub expires: Option<String>,

    /// Have the value replaced this often: 90d, never
    #[arg(long, value_name = "TIME")]
    pub rotate_every: Option<String>,

    /// Say what the value is
    #[arg(long = "type", value_name = "TYPE", value_parser = ["text", "binary", "json", "cert"])]
    pub kind: Option<String>,

    /// Write only if this is the current version; 0 for none
    #[arg(long, value_name = "N")]
    pub if_version: Option<u64>,

    /// Accept an empty value
    #[arg(long)]
    pub allow_empty: bool,

    /// Keep the input byte for byte, trailing newline and emptiness too
    #[arg(long)]
    pub raw: bool,
}
