//! The helper of the user's settings that prints a credential.

use super::credential::{MAX_CREDENTIAL_BYTES, one_line};
use crate::context::Context;
use crate::failure::Failure;
use crate::process::{Environment, Rules, capture};
use crate::secret::{Credential, KeyBytes, Passphrase, TokenText};
use crate::vault::TOKEN_PREFIX;
use std::ffi::OsString;

/// What messages call the settings' command.
pub(super) const COMMAND: &str = "key_command";

/// Runs a helper of the user's settings: it prints a key, a token or a passphrase.
///
/// A text may be read in two ways (64 hex digits are a key and a passphrase);
/// then both are tried, the key first, which costs nothing.
pub(super) fn run_command(ctx: &Context, command: &[String]) -> Result<Vec<Credential>, Failure> {
    let named = |failure: Failure| failure.about(COMMAND);
    let argv: Vec<OsString> = command.iter().map(OsString::from).collect();
    let environment = Environment::build(ctx.snapshot.pairs(), Vec::new(), &Rules::default());
    let Ok(environment) = environment else {
        return Err(named(Failure::locked("its environment cannot be built")));
    };
    let limit = usize::try_from(MAX_CREDENTIAL_BYTES).unwrap_or(usize::MAX);
    let output = capture(&argv, &environment, None, limit);
    let output = output.map_err(|error| named(error.into()))?;
    let text = output.expose();
    let wrong = |error| named(Failure::bad_credential("its output", error));
    if text.trim_ascii().starts_with(TOKEN_PREFIX.as_bytes()) {
        return Ok(vec![
            TokenText::parse(text)
                .map(Credential::Token)
                .map_err(wrong)?,
        ]);
    }
    let mut credentials = Vec::new();
    credentials.extend(KeyBytes::parse_file(text).map(Credential::Key).ok());
    match Passphrase::parse(one_line(text)) {
        Ok(passphrase) => credentials.push(Credential::Passphrase(passphrase)),
        Err(error) if credentials.is_empty() => return Err(wrong(error)),
        Err(_) => {}
    }
    Ok(credentials)
}
