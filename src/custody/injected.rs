//! The secrets that a template refers to.

use super::{Open, Selection, Wanted, missing, reveal};
use crate::context::Context;
use crate::exchange::Reference;
use crate::failure::{Failure, Kind};
use crate::name::{Address, Pattern};
use crate::secret::SecretValue;
use crate::vault::Entry;
use std::rc::Rc;

/// What became of a reference.
#[derive(Clone)]
pub enum Referred {
    /// The secret is not there, and the default stands in.
    Default,
    /// A secret and the number of its version.
    Found(Rc<Entry>, u64),
    /// Nothing stands in, and why.
    Missing(Kind, String),
}

/// Looks for the secret of every reference. Those outside of `only`, if there
/// is any, are refused; an expired secret is, too, unless that is allowed, and
/// its default does not hide that.
///
/// # Errors
/// An unknown environment, whatever the vault says.
pub fn refer(
    ctx: &Context,
    open: &Open,
    references: &[Reference],
    only: &[Pattern],
    allow_expired: bool,
) -> Result<Vec<Referred>, Failure> {
    let mut found: Vec<(&Address, Referred)> = Vec::new();
    let mut all = Vec::new();
    for reference in references {
        let address = &reference.address;
        let known = found.iter().find(|(other, _)| *other == address);
        let referred = match known {
            Some((_, known)) => known.clone(),
            None => {
                let referred = find(ctx, open, reference, only, allow_expired)?;
                found.push((address, referred.clone()));
                referred
            }
        };
        all.push(match (referred, &reference.default) {
            (Referred::Missing(Kind::NotFound, _), Some(_)) => Referred::Default,
            (referred, _) => referred,
        });
    }
    Ok(all)
}

fn find(
    ctx: &Context,
    open: &Open,
    reference: &Reference,
    only: &[Pattern],
    allow_expired: bool,
) -> Result<Referred, Failure> {
    let address = &reference.address;
    let (env, path) = open.resolve(ctx, address, &reference.text)?;
    if !only.is_empty() && !only.iter().any(|pattern| pattern.matches(&path)) {
        let message = format!("\"{env}:{path}\" is outside of --only");
        return Ok(Referred::Missing(Kind::Denied, message));
    }
    let entry = open.vault.find_for(&env, &path, address.version);
    let Some(entry) = entry.map_err(|error| open.blame(error))? else {
        let failure = missing(open, &env, &path, address.version, None);
        return Ok(Referred::Missing(failure.kind, failure.message.clone()));
    };
    let chosen = entry.select(address.version, open.vault.now(), allow_expired);
    let chosen = chosen.map(|version| version.version);
    Ok(match chosen {
        Ok(version) => Referred::Found(Rc::new(entry), version),
        Err(absence) => {
            let found = Some((&entry, absence));
            let failure = missing(open, &env, &path, address.version, found);
            Referred::Missing(failure.kind, failure.message.clone())
        }
    })
}

/// Opens the value of every reference, each secret once; none where a default
/// stands in.
///
/// # Errors
/// All references that nothing stands in for, with their lines; a log that
/// cannot be written; whatever does not verify.
pub fn referred_values(
    ctx: &Context,
    open: &Open,
    references: &[Reference],
    referred: &[Referred],
) -> Result<(Vec<SecretValue>, Vec<Option<usize>>), Failure> {
    let mut wrong = Selection::default();
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    let mut places = Vec::new();
    for (reference, one) in references.iter().zip(referred) {
        let place = match one {
            Referred::Default => None,
            Referred::Found(entry, number) => {
                let is_it = |other: &Wanted<'_>| {
                    let other_is = (&other.entry.env, &other.entry.path);
                    other_is == (&entry.env, &entry.path) && other.version.version == *number
                };
                match wanted.iter().position(is_it) {
                    Some(place) => Some(place),
                    None => {
                        let version = entry.version(*number);
                        wanted.extend(version.map(|version| Wanted { entry, version }));
                        wanted.len().checked_sub(1)
                    }
                }
            }
            Referred::Missing(kind, why) => {
                let message = format!("line {}: {why}", reference.line);
                wrong.fail(*kind, Some(reference.text.clone()), message, None);
                None
            }
        };
        places.push(place);
    }
    let checked = wrong.check("keep the template from being filled; nothing was written");
    checked.map_err(|failure| open.blame(failure))?;
    Ok((reveal(ctx, open, &wanted, None)?, places))
}
