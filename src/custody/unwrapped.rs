//! What opens a slot, from wherever it came.

use super::opened::Origin;
use super::session::{self, Held};
use super::{Wish, attempt};
use crate::context::Context;
use crate::failure::Failure;
use crate::vault::{self, LockedVault, SlotSecret};

/// What opens a slot, and how it came to be at hand.
pub struct Unwrapped {
    /// The key.
    pub secret: SlotSecret,
    /// Where it came from.
    pub origin: Origin,
    /// The session, if that is where.
    pub session: Option<Held>,
}

impl Unwrapped {
    /// By a credential of this kind.
    pub fn by(secret: SlotSecret, kind: &'static str, from: impl Into<String>) -> Self {
        let from = from.into();
        Unwrapped {
            secret,
            origin: Origin { kind, from },
            session: None,
        }
    }

    /// By the open session, unless it cannot do what is wanted. One that does
    /// not fit is recorded, and no other source is asked.
    ///
    /// # Errors
    /// It is of another slot, or of one that is gone.
    pub fn by_session(
        ctx: &Context,
        locked: &LockedVault,
        wish: &Wish<'_>,
        label: Option<&str>,
    ) -> Result<Option<Self>, Failure> {
        let held = match wish.keyed {
            true => None,
            false => session::held(ctx, &locked.id(), !wish.tells)?,
        };
        let Some(held) = held else {
            return Ok(None);
        };
        let secret = match locked.resume(&held.session, label) {
            Err(error @ vault::Error::SessionSlot) if wish.tells => {
                session::tell_stale(ctx, &error);
                return Ok(None);
            }
            other => other.inspect_err(|error| {
                attempt::misfit(ctx, &locked.id(), session::FROM, error);
            })?,
        };
        Ok(Some(Unwrapped {
            session: Some(held),
            ..Unwrapped::by(secret, session::FROM, session::FROM)
        }))
    }
}
