//! A key for the day on which every other one is lost.

use super::{Change, Open, Opener, change, open_made, program};
use crate::audit::Action;
use crate::context::Context;
use crate::crypto::{Random, SystemRandom};
use crate::failure::Failure;
use crate::secret::{KeyBytes, SecretValue};
use crate::store::Location;
use crate::vault::{self, NewMember, NewSlot};

/// The label of a recovery key for which none is given.
pub const RECOVERY: &str = "recovery";

/// Asks on a terminal whether the vault that was just made gets a recovery
/// key, and whether one was made; elsewhere says how to get one.
///
/// The vault is made already, so no answer is no failure.
///
/// # Errors
/// As [`add_recovery`].
pub fn offer_recovery(
    ctx: &Context,
    location: Location,
    opener: Opener,
    print: impl FnOnce(&SecretValue) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let globals = &ctx.globals;
    let asks = !globals.quiet && !globals.json && ctx.terminal.may_prompt();
    let question = "Make a recovery key now, for the day when what opens it is lost";
    let wanted = asks && (globals.yes || matches!(ctx.terminal.confirm(question, true), Ok(true)));
    if !wanted {
        ctx.terminal.hint(&format!(
            "a way back when what opens it is lost: {} key add --recovery",
            program(&location)
        ));
        return Ok(false);
    }
    let open = open_made(ctx, location, opener)?;
    add_recovery(ctx, open, RECOVERY, print)?;
    Ok(true)
}

/// Adds an admin's slot for a new random key. The key's text, padded base64 and
/// a line feed, goes to `print` first and is kept nowhere else: where it cannot
/// be printed there is no slot that nobody opens.
///
/// # Errors
/// Whatever `print` says, a label that is taken, no right, or whatever a change
/// says.
pub fn add_recovery(
    ctx: &Context,
    open: Box<Open>,
    label: &str,
    print: impl FnOnce(&SecretValue) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let random: &mut dyn Random = &mut SystemRandom;
    let key = KeyBytes::from_drawn(random.key().map_err(vault::Error::from)?);
    print(&key.to_text())?;
    let added = change(ctx, open, |vault, random| {
        let new = NewMember {
            label,
            admin: true,
            opener: NewSlot::Key(&key),
            handed_out: false,
        };
        vault.add_slot(&new, random)?;
        Ok(((), Change::of(Action::Access)))
    });
    added.map_err(printed_in_vain)
}

/// The failure of a change before which a secret was printed that it was to let in.
pub fn printed_in_vain(failure: Failure) -> Failure {
    failure.hint("what was printed opens nothing, unless secrets key list shows the new slot")
}
