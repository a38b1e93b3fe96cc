//! `init`: makes the vault.

/// Make the vault of this project
///
/// Writes .vault/vault.json in the current directory and nothing outside
/// .vault. A passphrase is asked for twice; with --key-file a key opens the
/// vault instead, and the file is made if it is not there.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets init
  secrets init --environments dev,prod
  secrets init --key-file ~/project.key --if-missing")]
pub struct Args {
    /// Make these environments instead of development, staging and production
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub environments: Vec<String>,

    /// Name the slot that opens the vault
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,

    /// Derive the key from the passphrase with this many iterations
    #[arg(long, value_name = "N")]
    pub iterations: Option<u32>,

    /// Succeed if there is a vault already
    #[arg(long)]
    pub if_missing: bool,
}
