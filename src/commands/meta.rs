//! `meta`.

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Show or change what stands beside a value
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets meta STRIPE_KEY
  secrets meta STRIPE_KEY --tags +payment,-old --owner rui
  secrets meta TLS_CERT --expires 2027-01-31")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Replace the tags, or add +TAG and take away -TAG
    #[arg(
        long,
        value_name = "A,+B,-C",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
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
