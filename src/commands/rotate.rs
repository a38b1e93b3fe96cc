//! `rotate`: a new value for a secret, or new data keys for the vault.

mod hooked;
mod key;
mod secret;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use std::ffi::OsString;
use std::path::PathBuf;

/// Replace a value, or the data keys of the vault
///
/// The secret must exist. The new value is asked for on a terminal, unless the
/// command line or the project's settings say where it comes from. The old one
/// stays readable as NAME@previous, the last version with another value: for
/// the time of --grace, after which it ends, or without an end. After a leak
/// use --expire-old, and withdraw the old value where it is used: it ends every
/// kept version that holds the old value, those that came of meta, undelete or
/// rollback too. With --key no value changes, but the keys under
/// which all of them are sealed.
///
/// The project's settings may name a hook: a command that carries the new value
/// to where it is used. It runs once secrets allow has let it, in the directory
/// of the project, without a shell and without our credentials. It reads the
/// new value from its standard input, the secret's address from
/// SECRETS_ADDRESS and the number of the version that waits from
/// SECRETS_VERSION. Until it ends the new value is NAME@pending and the old one
/// is current. If it ends with status 0 the new value becomes current; with
/// any other the new value goes and rotate ends with status 9.
#[derive(clap::Args)]
#[command(after_help = "In .vault/config.toml:
  [rotation.\"DB_*\"]
  generate = \"password:32\"
  grace = \"24h\"
  hook = [\"./set-db-password\", \"--host\", \"db1\"]

Examples:
  secrets rotate STRIPE_KEY
  secrets rotate SESSION_KEY --generate=hex:32 --grace 24h
  secrets rotate API_KEY --generate --expire-old
  secrets rotate --key
  secrets rotate --key production")]
pub struct Args {
    /// The secret and its new value (- reads standard input); with --key an environment
    #[arg(value_name = "ADDRESS")]
    pub operands: Vec<OsString>,
    /// Make new data keys for every scope, or for those of one environment
    #[arg(long, conflicts_with_all = ["from_file", "generate", "grace", "expire_old", "expires", "if_version", "allow_empty", "raw"])]
    pub key: bool,
    /// Read the value from this file, byte for byte
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    pub from_file: Option<PathBuf>,
    /// Make a random value; SPEC as in secrets help generate
    #[arg(long, value_name = "SPEC", num_args = 0..=1, require_equals = true)]
    pub generate: Option<Option<String>>,
    /// Keep the old version readable for this long
    #[arg(long, value_name = "TIME")]
    pub grace: Option<String>,
    /// Make the old value unreadable at once, in every version that holds it
    #[arg(long, conflicts_with = "grace")]
    pub expire_old: bool,
    /// Let the new value expire: 90d, 2027-01-31, never
    #[arg(long, value_name = "WHEN")]
    pub expires: Option<String>,
    /// Write only if this is the current version
    #[arg(long, value_name = "N")]
    pub if_version: Option<u64>,
    /// Accept an empty value
    #[arg(long)]
    pub allow_empty: bool,
    /// Keep the input byte for byte, trailing newline and emptiness too
    #[arg(long)]
    pub raw: bool,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Replaces the value of a secret, or the data keys.
///
/// # Errors
/// What either of them is refused for.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    match args.key {
        true => key::run(ctx, args),
        false => secret::run(ctx, args),
    }
}
