//! `env list`: lists the environments.

/// List the environments
///
/// Says which of them you can read and write.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets env list
  secrets env list --json")]
pub struct Args {}
