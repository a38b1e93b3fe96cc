//! A key for the day on which every other one is lost.

use super::{Change, Open, change};
use crate::audit::Action;
use crate::context::Context;
use crate::crypto::{Random, SystemRandom};
use crate::failure::Failure;
use crate::secret::SecretValue;
use crate::vault::{self, NewMember, NewSlot};

/// Adds an admin's slot for a new random key, and gives the key's text: padded
/// base64 and a line feed. It is kept nowhere else.
///
/// # Errors
/// A label that is taken, no right, or whatever a change says.
pub fn add_recovery(ctx: &Context, open: Open, label: &str) -> Result<SecretValue, Failure> {
    let random: &mut dyn Random = &mut SystemRandom;
    let key = random.key().map_err(vault::Error::from)?;
    change(ctx, open, |vault, random| {
        let new = NewMember {
            label,
            admin: true,
            opener: NewSlot::Key(&key),
            handed_out: false,
        };
        vault.add_slot(&new, random)?;
        Ok(((), Change::of(Action::Access)))
    })?;
    Ok(key.to_text())
}
