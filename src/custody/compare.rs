//! Whether values are the same, recorded before it is told.

use super::record::Recorder;
use super::{Open, Wanted, actor, settle};
use crate::audit::Action;
use crate::context::Context;
use crate::crypto::equal;
use crate::failure::Failure;
use crate::secret::SecretValue;

/// Says of each pair whether the two values are equal. No value leaves.
///
/// # Errors
/// A log that cannot be written, a vault older than one seen before, or
/// whatever does not verify.
pub fn compare(
    ctx: &Context,
    open: &Open,
    pairs: &[(Wanted<'_>, Wanted<'_>)],
) -> Result<Vec<bool>, Failure> {
    examine(ctx, open, &[], pairs, &mut |_, _| {})
}

/// Shows each of `singles` to `look`, by its place, and says of each pair
/// whether the two values are equal.
///
/// Who may ask this of many values can find one out by comparing it with
/// guesses, so the entry of the log comes first and names all of them. Values
/// of different lengths differ and are not opened; others are compared in a
/// time that depends on their length alone.
///
/// # Errors
/// A log that cannot be written, a vault older than one seen before, or
/// whatever does not verify.
pub(super) fn examine(
    ctx: &Context,
    open: &Open,
    singles: &[Wanted<'_>],
    pairs: &[(Wanted<'_>, Wanted<'_>)],
    look: &mut dyn FnMut(usize, &SecretValue),
) -> Result<Vec<bool>, Failure> {
    let wanted = pairs.iter().flat_map(|(one, other)| [one, other]);
    let wanted = singles.iter().chain(wanted);
    let names = wanted.map(|one| (&one.entry.env, &one.entry.path, one.version.version));
    let events = actor::events(ctx, open, Action::Check, names)?;
    let mut chain = None;
    if !events.is_empty() {
        let recorder = Recorder::of(ctx, open)?;
        recorder.write(events, recorder.flushes_reads())?;
        chain = recorder.chain();
    }
    settle(ctx, open, chain);
    let value = |one: &Wanted<'_>| {
        let value = open.vault.value(one.entry, one.version);
        value.map_err(|error| open.blame(error))
    };
    for (at, one) in singles.iter().enumerate() {
        look(at, &value(one)?);
    }
    let same = |(one, other): &(Wanted<'_>, Wanted<'_>)| {
        if one.version.meta.len != other.version.meta.len {
            return Ok(false);
        }
        Ok(equal(value(one)?.expose(), value(other)?.expose()))
    };
    pairs.iter().map(same).collect()
}
