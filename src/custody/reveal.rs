//! Plaintext, recorded before it is handed out.

use super::record::Recorder;
use super::{Open, actor, settle};
use crate::audit::Action;
use crate::context::Context;
use crate::failure::Failure;
use crate::secret::SecretValue;
use crate::vault::{Entry, VersionEntry};
use std::ffi::OsStr;

/// One version of one secret that is to be shown.
pub struct Wanted<'a> {
    /// The secret.
    pub entry: &'a Entry,
    /// The version.
    pub version: &'a VersionEntry,
}

/// Opens values. Every path to plaintext for a person or a program is this one.
///
/// The entries of the log come first, one for each environment: what cannot be
/// recorded is not opened. `command` is the program that will have the values.
///
/// # Errors
/// A log that cannot be written, a vault older than one seen before, or
/// whatever does not verify.
pub fn reveal(
    ctx: &Context,
    open: &Open,
    wanted: &[Wanted<'_>],
    command: Option<&OsStr>,
) -> Result<Vec<SecretValue>, Failure> {
    let names = wanted
        .iter()
        .map(|one| (&one.entry.env, &one.entry.path, one.version.version));
    let mut events = actor::events(ctx, open, Action::Read, names)?;
    for event in &mut events {
        event.command = command.map(|command| command.to_string_lossy().into_owned());
    }
    let mut chain = None;
    if !events.is_empty() {
        let recorder = Recorder::of(ctx, open)?;
        recorder.write(events, recorder.flushes_reads())?;
        chain = recorder.chain();
    }
    settle(ctx, open, chain);
    let value = |one: &Wanted<'_>| open.vault.value(one.entry, one.version);
    wanted
        .iter()
        .map(value)
        .collect::<Result<_, _>>()
        .map_err(|error| open.blame(error))
}
