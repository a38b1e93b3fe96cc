//! What follows once the new value of a rotation with a hook is pending.

use crate::audit::Action;
use crate::context::Context;
use crate::custody::{self, Change, Closed, Hook};
use crate::failure::{Failure, quoted};
use crate::secret::SecretValue;
use crate::vault::{Rotated, Written};

/// Runs the hook while nobody is locked out, and then promotes the pending
/// version, or takes it away.
///
/// What a hook has set where the secret is used must not be lost: after one
/// that did its part the pending version stays even if it cannot be promoted.
///
/// # Errors
/// The hook (rotation), a secret that was changed meanwhile (conflict), or
/// whatever stands against the change.
pub(super) fn carry_on(
    ctx: &Context,
    closed: Closed,
    hook: &Hook,
    rotated: &Rotated,
    value: &SecretValue,
) -> Result<Written, Failure> {
    let pending = &rotated.written;
    let address = format!("{}:{}", pending.env, pending.path);
    let (version, from) = (pending.version, rotated.from);
    ctx.terminal.say(&format!(
        "{address} v{version} is pending; its hook runs: {}",
        quoted(&hook.program())
    ));
    if let Err(failure) = hook.run(ctx, &address, version, value) {
        match withdraw(ctx, closed, rotated) {
            Ok(()) => ctx.terminal.say(&format!(
                "nothing was rotated: {address} is still at v{from}"
            )),
            Err(error) => ctx.terminal.warn(&format!(
                "the pending version of {address} is still there, the next rotation takes it \
                 away: {}",
                error.message
            )),
        }
        return Err(failure);
    }
    let promoted = closed.open(ctx).and_then(|open| {
        custody::change(ctx, open, |vault, random| {
            let written = vault.promote(rotated, random)?;
            let change = Change {
                action: Action::Rotate,
                ..Change::written(std::slice::from_ref(&written))
            };
            Ok((written, change))
        })
    });
    promoted.map_err(|failure| {
        failure
            .about("the hook has run, but its value is not the current one")
            .hint(format!(
                "the value, until the next rotation: secrets get {address}@pending"
            ))
            .hint(format!("secrets history {address}"))
    })
}

/// Takes the pending version away.
fn withdraw(ctx: &Context, closed: Closed, rotated: &Rotated) -> Result<(), Failure> {
    let open = closed.open(ctx)?;
    custody::change(ctx, open, |vault, _| {
        vault.withdraw(rotated)?;
        let change = Change {
            action: Action::Delete,
            ..Change::written(std::slice::from_ref(&rotated.written))
        };
        Ok(((), change))
    })
}
