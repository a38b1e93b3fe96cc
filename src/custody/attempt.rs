//! Entries without a vault that is open: attempts that failed, and what needs
//! no key.

use super::record::{told, write_lines};
use super::{actor, guard};
use crate::audit::{self, Action, Event, Log, Origin, plain_line};
use crate::config::AuditSink;
use crate::context::Context;
use crate::crypto::SystemRandom;
use crate::failure::{Failure, Kind};
use crate::vault::{self, SlotId, VaultId};

/// Records a credential that did not fit, where a chain exists already. The
/// attempt fails for a reason of its own, so nothing more is said here.
///
/// `kind` is what was tried, as the log calls it. What a person types is
/// recorded on this machine, wherever `SECRETS_AUDIT` points: that is for keys
/// and tokens.
pub(super) fn misfit(ctx: &Context, vault: &VaultId, kind: &str, error: &vault::Error) {
    let _ = try_misfit(ctx, vault, kind, error);
}

fn try_misfit(
    ctx: &Context,
    vault: &VaultId,
    tried: &str,
    error: &vault::Error,
) -> Result<(), Failure> {
    let kind = Kind::from(error.class());
    if !matches!(kind, Kind::Locked | Kind::Denied | Kind::Integrity) {
        return Ok(());
    }
    let mut event = actor::of_process(ctx, Action::Unlock)?;
    event.ok = Some(false);
    event.error = Some(kind.code().to_owned());
    match tried {
        "passphrase" => append_here(ctx, vault, event),
        _ => append_unkeyed(ctx, vault, event),
    }
    .map(|_| ())
}

/// Appends to a log that has a chain already; whether it has one. Without,
/// nothing is recorded.
pub(super) fn append_unkeyed(
    ctx: &Context,
    vault: &VaultId,
    event: Event,
) -> Result<bool, Failure> {
    match AuditSink::decide(&ctx.snapshot)? {
        AuditSink::Descriptor(number) => {
            write_lines(ctx, number, &plain_line(&event)).map(|()| true)
        }
        AuditSink::Local => append_here(ctx, vault, event),
    }
}

/// The same, in the log of this machine.
fn append_here(ctx: &Context, vault: &VaultId, mut event: Event) -> Result<bool, Failure> {
    let Some(machine) = guard::machine(ctx) else {
        return Ok(false);
    };
    let Some(directory) = machine.existing(vault)? else {
        return Ok(false);
    };
    let device = machine.device(&mut SystemRandom)?;
    event.host = Some(device.alias);
    let origin = Origin {
        vault: *vault,
        device: device.id,
        slot: SlotId([0; 8]),
        key: None,
        time: event.time,
    };
    match Log::new(directory).append(&origin, &[event], false, &mut SystemRandom) {
        Err(audit::Error::NoChain) => Ok(false),
        done => {
            told(ctx, &done?);
            Ok(true)
        }
    }
}
