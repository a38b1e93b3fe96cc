//! `verify`: checks the whole vault file.

/// Check the whole vault file: form, signatures, order
///
/// Needs no credential where the admin key of the vault is known to this
/// machine.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets verify
  secrets verify --json
  secrets verify --vault old/vault.json")]
pub struct Args {}
