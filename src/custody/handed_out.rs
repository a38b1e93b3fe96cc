//! A passphrase that was handed out ends with the first use by its holder.

use super::credential::Source;
use super::opener::{iterations, typed};
use super::{Change, Open, Origin, change, guard, place};
use crate::audit::Action;
use crate::context::Context;
use crate::failure::Failure;
use crate::secret::Credential;
use crate::store::Location;
use crate::vault::{Depth, SlotSecret};

/// Has the holder choose a passphrase, twice, and writes it; the command then
/// goes on with that one.
///
/// # Errors
/// Nobody answers, a weak one, or whatever a change says.
pub(super) fn renew(
    ctx: &Context,
    location: &Location,
    secret: SlotSecret,
    credential: Origin,
    label: &str,
) -> Result<Source, Failure> {
    ctx.terminal.say(&format!(
        "the passphrase of slot \"{label}\" was handed out; choose one that nobody else knows"
    ));
    let iterations = iterations(ctx, None)?;
    let passphrase = typed(ctx)?;
    let (locked, known) = guard::read(ctx, location, false, ctx.globals.accept_older)?;
    let secret = secret.to_renew();
    let vault = locked.unlock(&secret, ctx.clock.now()?.seconds(), Depth::Reader)?;
    let open = Open {
        environments: vault.environments(),
        vault,
        location: location.clone(),
        project: place::project_settings(ctx, location)?,
        credential: credential.clone(),
        known,
        secret,
        session: None,
    };
    change(ctx, Box::new(open), |vault, random| {
        vault.change_passphrase(None, &passphrase, iterations, random)?;
        Ok(((), Change::of(Action::Access)))
    })?;
    ctx.terminal
        .say(&format!("changed the passphrase of slot \"{label}\""));
    Ok(Source::Given(
        Credential::Passphrase(passphrase),
        credential.from,
    ))
}
