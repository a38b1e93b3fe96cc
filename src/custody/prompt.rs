//! Asking for the passphrase of a slot.

use super::{attempt, guard};
use crate::context::Context;
use crate::failure::Failure;
use crate::secret::{Credential, Passphrase};
use crate::terminal::PromptError;
use crate::vault::{self, LockedVault, SlotId, SlotSecret, VaultId};

/// What a credential that was typed is said to come from.
pub const FROM: &str = "prompt";

/// How often a passphrase is asked for.
const MAX_TRIES: usize = 3;

/// Asks on the controlling terminal, three times at most.
///
/// # Errors
/// No terminal, Ctrl-C, three wrong answers.
pub fn prompt(
    ctx: &Context,
    locked: &LockedVault,
    label: Option<&str>,
    first: Option<SlotId>,
) -> Result<SlotSecret, Failure> {
    if !ctx.terminal.may_prompt() {
        return Err(no_terminal(ctx, locked));
    }
    match locked.takes_passphrase(label) {
        Err(vault::Error::NoPassphraseSlot) => return Err(no_terminal(ctx, locked)),
        other => other?,
    }
    let last = first.or_else(|| last_slot(ctx, &locked.id()));
    locked.check_before_prompt(label, last)?;
    let question = match label {
        Some(label) => format!("Passphrase of slot \"{label}\""),
        None => "Passphrase".to_owned(),
    };
    for left in (0..MAX_TRIES).rev() {
        let typed = match ctx.terminal.prompt_hidden(&question) {
            Ok(typed) => typed,
            Err(PromptError::NoTerminal) => return Err(no_terminal(ctx, locked)),
            Err(error @ PromptError::Interrupted(_)) => return Err(error.into()),
            Err(error) => return Err(Failure::locked(error.to_string())),
        };
        let wrong = match Passphrase::parse(typed.expose()) {
            Err(error) => error.to_string(),
            Ok(passphrase) => {
                match locked.unwrap(&Credential::Passphrase(passphrase), label, last) {
                    Ok(secret) => {
                        remember_slot(ctx, &locked.id(), secret.slot());
                        return Ok(secret);
                    }
                    Err(error) => {
                        attempt::misfit(ctx, &locked.id(), "passphrase", &error);
                        match error {
                            vault::Error::WrongPassphrase => error.to_string(),
                            error => return Err(error.into()),
                        }
                    }
                }
            }
        };
        if left == 0 {
            return Err(way_back(locked, label, Failure::locked(wrong)));
        }
        ctx.terminal.warn(&format!("{wrong}; try again"));
    }
    Err(Failure::from(vault::Error::WrongPassphrase))
}

/// What an admin's key is for, once the passphrase is forgotten.
fn way_back(locked: &LockedVault, label: Option<&str>, failure: Failure) -> Failure {
    let has_key = locked
        .slots()
        .any(|slot| slot.kind == "secret" && slot.admin);
    let forgotten = locked
        .slots()
        .find(|slot| slot.kind == "pass" && label.is_none_or(|label| label == slot.label));
    match forgotten.filter(|_| has_key) {
        Some(slot) => failure.hint(format!(
            "forgotten? with the recovery key in a file: SECRETS_KEY_FILE=FILE secrets passwd --slot {}",
            slot.label
        )),
        None => failure,
    }
}

/// Nothing is set and nobody can be asked: what would do.
fn no_terminal(ctx: &Context, locked: &LockedVault) -> Failure {
    let (mut key, mut passphrase) = (false, false);
    for slot in locked.slots() {
        key |= slot.kind == "secret";
        passphrase |= slot.kind == "pass";
    }
    let failure = match (passphrase, key) {
        (false, true) => Failure::locked("a key is needed and none is given"),
        _ if ctx.globals.no_input || ctx.snapshot.ci() => {
            Failure::locked("a passphrase is needed and nobody may be asked (--no-input or CI)")
        }
        _ => Failure::locked("a passphrase is needed but there is no terminal"),
    };
    match (passphrase, key) {
        (true, false) => failure.hint("set SECRETS_PASSPHRASE_FILE, or SECRETS_TOKEN for a CI job"),
        _ => failure.hint("set SECRETS_KEY_FILE, or SECRETS_TOKEN for a CI job"),
    }
}

/// The slot that a passphrase opened last on this machine.
fn last_slot(ctx: &Context, vault: &VaultId) -> Option<SlotId> {
    let (slot, _) = guard::machine(ctx)?.last(vault)?;
    Some(slot)
}

/// When a passphrase was typed last on this machine, Unix seconds.
pub(super) fn last_prompt(ctx: &Context, vault: &VaultId) -> Option<u64> {
    let (_, time) = guard::machine(ctx)?.last(vault)?;
    Some(time)
}

/// Keeps which slot a passphrase opened, so that it is tried first next time.
fn remember_slot(ctx: &Context, vault: &VaultId, slot: SlotId) {
    if let (Some(machine), Ok(now)) = (guard::machine(ctx), ctx.clock.now()) {
        machine.set_last(vault, &slot, now.seconds());
    }
}
