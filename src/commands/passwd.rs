//! `passwd`: changes a passphrase.

use crate::audit::Action;
use crate::context::Context;
use crate::custody::{self, Change};
use crate::failure::{Exit, Failure};
use crate::summary::SCHEMA_VERSION;
use serde_json::json;
use std::path::PathBuf;

/// Change a passphrase
///
/// Asks for the passphrase of now, then twice for the new one. With --slot an
/// admin sets another slot's anew, by any credential: the way back after a
/// passphrase was forgotten, with the recovery key. Nothing else of the vault
/// changes, and an older copy of the file still opens with the old passphrase.
/// A file that holds a passphrase or a key must be for its owner alone: make it
/// under umask 077, or chmod 600 it before.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets passwd
  (umask 077; secrets generate passphrase > new.txt)
  secrets passwd --new-passphrase-file new.txt
  secrets passwd --slot rui --key-file recovery.key")]
pub struct Args {
    /// Read the new passphrase from this file, of mode 0600 or 0400
    #[arg(long, value_name = "FILE")]
    pub new_passphrase_file: Option<PathBuf>,

    /// Derive the key from the passphrase with this many iterations
    #[arg(long, value_name = "N")]
    pub iterations: Option<u32>,

    /// `--slot`: whose passphrase it is, and not what opens the vault.
    #[arg(skip)]
    pub slot: Option<String>,
}

/// Changes the passphrase of the own slot, or of another one as an admin.
///
/// # Errors
/// A slot that has no passphrase, no right, a weak new one, nobody to ask.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let iterations = custody::iterations(ctx, args.iterations)?;
    let slot = args.slot.as_deref();
    let open = custody::open_to_renew(ctx, slot)?;
    if let Err(error) = open.vault.check_passphrase_change(slot) {
        let failure = open.blame_slot(error);
        return Err(match slot {
            None => failure.hint("for the slot of a person: secrets passwd --slot LABEL"),
            Some(_) => failure,
        });
    }
    let own = open.vault.slot()?.label;
    let label = slot.map_or(own, str::to_owned);
    let passphrase = custody::new_passphrase(ctx, args.new_passphrase_file.as_deref())?;
    let vault = open.vault.id();
    let changed = custody::change(ctx, open, |vault, random| {
        let changed = vault.change_passphrase(slot, &passphrase, iterations, random)?;
        Ok((changed, Change::of(Action::Access)))
    })?;
    ctx.terminal
        .say(&format!("changed the passphrase of slot \"{label}\""));
    custody::end_of(ctx, &vault, &changed);
    ctx.terminal.say(
        "older copies of the file still open with the old one; if others know it, remove the slot \
         and add another",
    );
    if ctx.globals.json {
        let object = json!({"schema_version": SCHEMA_VERSION, "changed": label});
        ctx.terminal.json(&object)?;
    }
    Ok(Exit::DONE)
}
