//! A new vault, recorded before it takes its place.

use super::actor;
use super::guard;
use super::record::Recorder;
use crate::audit::Action;
use crate::context::Context;
use crate::crypto::SystemRandom;
use crate::failure::Failure;
use crate::store::{self, Created, Known, Location};
use crate::vault::{Fingerprint, NewSlot, NewVault, VaultId};

/// What [`create`] made.
pub struct Made {
    /// The new files.
    pub created: Created,
    /// The admin key's fingerprint.
    pub fingerprint: Fingerprint,
    /// The vault's id.
    pub id: VaultId,
}

/// Makes a vault: begins its audit chain, seals it with the chain's anchor,
/// records, puts it in its place, and pins it for its path.
///
/// # Errors
/// The log, the disk. A vault that is there already is left alone: `None`.
pub fn create(
    ctx: &Context,
    location: &Location,
    new: &NewVault<'_>,
) -> Result<Option<Made>, Failure> {
    let machine = guard::machine(ctx);
    let drawn = new.draw(&mut SystemRandom)?;
    let slot = drawn.slot();
    let (kind, credential) = match new.opener {
        NewSlot::Key(_) => ("secret", "key"),
        NewSlot::Passphrase(..) => ("pass", "passphrase"),
    };
    let recorder = Recorder::of_new(ctx, machine.as_ref(), &drawn, kind)?;
    let anchor = recorder.ready()?;
    let id = drawn.id();
    let sealed = drawn.build(anchor.as_slice())?;
    let mut event = actor::of_process(ctx, Action::Access)?;
    event.credential = Some(credential.to_owned());
    event.slot = Some(slot);
    event.label = Some(new.label.to_owned());
    event.seals.clone_from(&sealed.seals);
    let events = [event];
    recorder.append(&events, true)?;
    let created = match store::create(&ctx.files, location, &sealed.bytes()) {
        Ok(created) => created,
        Err(error) => {
            if !error.is_durability_unknown() {
                recorder.abort(&events);
            }
            return match error.class() {
                store::Class::Exists => Ok(None),
                _ => Err(error.into()),
            };
        }
    };
    let fingerprint = sealed.seen.fingerprint;
    if let Some(machine) = &machine {
        let opened = store::open(&ctx.files, location)?;
        let known = Known {
            vault: id,
            fingerprint,
        };
        let kept = machine
            .raise(&id, &sealed.seen, recorder.chain())
            .and_then(|_| machine.set_known(opened.canonical_path(), &known));
        if let Err(error) = kept {
            ctx.terminal.warn(&format!(
                "this machine does not remember the vault: {error}"
            ));
        }
    }
    Ok(Some(Made {
        created,
        fingerprint,
        id,
    }))
}
