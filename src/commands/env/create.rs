//! `env create`: makes an environment.

/// Make an environment
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets env create qa
  secrets env create pr-1234 --reason 'review of the new checkout'")]
pub struct Args {
    /// The name of the new environment: a-z, 0-9 and -, at most 32 characters
    #[arg(value_name = "NAME")]
    pub name: String,
}
