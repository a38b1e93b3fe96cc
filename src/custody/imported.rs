//! Where the pairs of a file belong in the vault.

use super::{Import, Open};
use crate::context::Context;
use crate::exchange::{Found, Known};
use crate::failure::{Failure, quoted};
use crate::name::{Address, EnvName};
use crate::time::Timestamp;
use std::collections::HashSet;

/// What is kept of a secret beside its value, checked.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// When it expires, Unix seconds, or 0.
    pub expires: u64,
    /// Its type.
    pub kind: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// An owner.
    pub owner: Option<String>,
    /// Tags.
    pub tags: Option<Vec<String>>,
}

/// Finds the place of every pair. `names` are their names, prefix and all.
///
/// Without `-e` a pair belongs to the environment that the file names, and an
/// outermost map of exactly an environment's name is that environment.
///
/// # Errors
/// An environment that is not there, a path that may not be written or is too
/// long; two pairs of one address.
pub fn placed(
    ctx: &Context,
    open: &Open,
    names: &[String],
    found: Vec<Found>,
) -> Result<Vec<Import>, Failure> {
    let mut items = Vec::new();
    let mut seen = HashSet::new();
    for (name, found) in names.iter().zip(found) {
        let (env, folders) = environment(ctx, open, &found);
        let mut text = String::new();
        if let Some(env) = env {
            text = format!("{env}:");
        }
        for folder in folders {
            text.push_str(folder);
            text.push('/');
        }
        text.push_str(name);
        let bad = |error| Failure::bad_name("address", &text, error);
        let address = Address::parse(&text).map_err(bad)?;
        let (env, path) = open.resolve(ctx, &address, &text)?;
        let may = open.vault.check_write(&env, &path);
        may.map_err(|error| open.blame(error))?;
        let item = Import {
            kept: kept(&found.known, found.line)?,
            value: found.value,
            env,
            path,
        };
        if !seen.insert(item.address()) {
            let message = format!(
                "line {}: {} comes twice",
                found.line,
                quoted(&item.address())
            );
            return Err(open.blame(Failure::usage(message)));
        }
        items.push(item);
    }
    Ok(items)
}

/// The environment that the file means, and the folders in it.
fn environment<'a>(
    ctx: &Context,
    open: &Open,
    found: &'a Found,
) -> (Option<&'a str>, &'a [String]) {
    if ctx.globals.env.is_some() {
        return (None, &found.folders);
    }
    let is_environment = |name: &str| {
        let mut environments = open.environments.iter();
        EnvName::parse(name).is_ok() && environments.any(|env| env.name.as_str() == name)
    };
    match (&found.env, found.folders.split_first()) {
        (Some(env), _) => (Some(env), &found.folders),
        (None, Some((first, rest))) if is_environment(first) => (Some(first), rest),
        (None, _) => (None, &found.folders),
    }
}

fn kept(known: &Known, line: usize) -> Result<Kept, Failure> {
    let expires = known.expires.as_deref().map(|text| {
        Timestamp::parse(text)
            .map(Timestamp::seconds)
            .map_err(|error| Failure::usage(format!("line {line}: expires: {error}")))
    });
    Ok(Kept {
        expires: expires.transpose()?.unwrap_or(0),
        kind: known.kind.clone(),
        note: known.note.clone(),
        owner: known.owner.clone(),
        tags: (!known.tags.is_empty()).then(|| known.tags.clone()),
    })
}
