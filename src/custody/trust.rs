//! A vault that is another one than this machine has seen, accepted by its user.

use super::attempt::append_unkeyed;
use super::{actor, guard, location};
use crate::audit::Action;
use crate::context::Context;
use crate::failure::Failure;
use crate::store::{self, Known, Machine};
use crate::vault::{Guard, LockedVault, Pin, Seen};
use serde_json::json;
use std::path::PathBuf;

/// The vault as it is, and what this machine had seen at its place.
pub struct Trust {
    /// The vault that was at this path before.
    pub before: Option<Known>,
    /// The vault that is there now.
    pub now: Known,
    /// The number of the head seen before, if it is the same vault.
    pub head_before: Option<u64>,
    /// The number of its head.
    pub head: u64,
    /// What is older or other than what this machine has seen, a sentence each.
    pub differences: Vec<String>,
    machine: Machine,
    path: PathBuf,
    pin: Option<Pin>,
    seen: Seen,
}

/// Looks at the vault that is to be trusted. It verifies under its own admin
/// key; whether that key is the right one is what the user is asked.
///
/// # Errors
/// No vault, one that does not verify, no place for a record.
pub fn trust(ctx: &Context) -> Result<Trust, Failure> {
    let location = location(ctx)?;
    let shown = location.shown.display().to_string();
    look(ctx, &location).map_err(|failure| failure.in_vault(shown))
}

fn look(ctx: &Context, location: &store::Location) -> Result<Trust, Failure> {
    let Some(machine) = guard::machine(ctx) else {
        return Err(
            Failure::io("there is no place to remember a vault: HOME is not set")
                .hint("set SECRETS_STATE_DIR to a directory that can be written"),
        );
    };
    let opened = store::open(&ctx.files, location)?;
    let path = opened.canonical_path().to_owned();
    let locked = LockedVault::read(Box::new(opened))?;
    locked.verify()?;
    locked.check_clock(ctx.clock.now()?.seconds())?;
    let id = locked.id();
    let Some(seen) = locked.seen() else {
        return Err(Failure::integrity("the vault was not verified"));
    };
    // A damaged pin is replaced by what is trusted now.
    let pin = machine.pin(&id).unwrap_or_default();
    let differences = match &pin {
        Some(pin) => differences(ctx, location, pin)?,
        None => Vec::new(),
    };
    Ok(Trust {
        before: machine.known(&path)?,
        now: Known {
            vault: id,
            fingerprint: seen.fingerprint,
        },
        head_before: pin.as_ref().map(|pin| pin.head.0),
        head: seen.head.0,
        differences,
        machine,
        path,
        pin,
        seen,
    })
}

/// How the vault differs from what this machine has seen of it.
fn differences(
    ctx: &Context,
    location: &store::Location,
    pin: &Pin,
) -> Result<Vec<String>, Failure> {
    let guard = Guard {
        pin: Some(pin.clone()),
        accept_older: true,
        ..Guard::default()
    };
    let opened = store::open(&ctx.files, location)?;
    let locked = LockedVault::read(Box::new(opened))?.guarded(guard);
    let verified = locked.and_then(|locked| locked.verify().map(|()| locked));
    Ok(match verified {
        Ok(locked) => locked.older(),
        Err(error) => vec![error.to_string()],
    })
}

impl Trust {
    /// Whether this is the vault that is expected here anyway.
    pub fn is_known(&self) -> bool {
        self.before == Some(self.now) && self.pin.is_some() && self.differences.is_empty()
    }

    /// From now on this vault, as it is, is the one that is expected here.
    ///
    /// # Errors
    /// The record cannot be written.
    pub fn accept(self, ctx: &Context) -> Result<(), Failure> {
        let id = self.now.vault;
        let mut pin = Pin::of(&self.seen);
        // The chains of this machine stay known, or losing one would go unseen.
        for chain in self.pin.iter().flat_map(|pin| &pin.chains) {
            pin.add_chain(*chain);
        }
        self.machine.set_pin(&id, &pin)?;
        self.machine.set_known(&self.path, &self.now)?;
        let mut event = actor::of_process(ctx, Action::Access)?;
        let text = |known: &Known| json!({"vault": known.vault.hex(), "fingerprint": known.fingerprint.hex()});
        event.data = Some(json!({
            "before": self.before.as_ref().map(text),
            "now": text(&self.now),
        }));
        // On a machine without a chain nobody has a key for one yet. A log that
        // does not verify must not keep anybody from saying which vault is right.
        if let Err(failure) = append_unkeyed(ctx, &id, event) {
            ctx.terminal
                .warn(&format!("this was not recorded: {}", failure.message));
        }
        Ok(())
    }
}
