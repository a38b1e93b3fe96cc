//! `status`: what is in use, and why.

/// Show which vault, environment and credential are used
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets status
  secrets status --short
  secrets status --json")]
pub struct Args {
    /// Print one line
    #[arg(long)]
    pub short: bool,
}
