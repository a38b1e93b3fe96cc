//! `generate`: prints a random value.

use crate::context::Context;
use crate::crypto::SystemRandom;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::summary::SCHEMA_VERSION;
use serde_json::json;

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

/// Prints a random value and a line feed. No vault is touched.
///
/// # Errors
/// A description that is none.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let spec = input::spec(args.spec.as_deref())?;
    let value = spec
        .generate(&mut SystemRandom)
        .map_err(crate::vault::Error::from)?;
    if ctx.globals.json {
        let text = String::from_utf8_lossy(value.expose());
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "value": text}))?;
    } else {
        ctx.terminal.data_line(value.expose())?;
    }
    Ok(Exit::DONE)
}
