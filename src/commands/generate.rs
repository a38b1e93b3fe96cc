//! `generate`: prints a random value.

/// Print a random value
///
/// SPEC is one of: password, password:LENGTH, password:LENGTH:CHARSET (else 32
/// letters and digits; CHARSET is alnum, alpha, digits, hex, ascii or
/// =CHARACTERS), base64:BYTES, hex:BYTES, uuid, passphrase, passphrase:WORDS
/// (else six).
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets generate
  secrets generate password:20:ascii
  secrets generate hex:32
  secrets generate passphrase:8")]
pub struct Args {
    /// What to make; password if not given
    #[arg(value_name = "SPEC")]
    pub spec: Option<String>,
}
