//! From where to where secrets are moved or copied.

use super::folder::Folder;
use super::target::version_given;
use super::{Open, missing};
use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::name::{Address, EnvName, SecretPath, Version};
use crate::vault::{Absence, Error};
use std::collections::BTreeSet;

/// One secret on its way.
pub struct Route {
    /// Where it is.
    pub from: (EnvName, SecretPath),
    /// Which version of it, for a copy.
    pub version: Version,
    /// Where it goes.
    pub to: (EnvName, SecretPath),
}

/// The operands of `mv` and `cp`: secrets, then an address or a folder.
pub struct Routes {
    sources: Vec<(Address, String)>,
    target: Target,
}

enum Target {
    Address(Box<Address>, String),
    Folder(Folder),
}

impl Routes {
    /// Reads the operands; `versions` says whether one version may be meant.
    ///
    /// # Errors
    /// Names that are none, a version where none can be, several secrets and
    /// no folder to put them in.
    pub fn parse(operands: &[String], versions: bool) -> Result<Self, Failure> {
        let parse = |text: &String| {
            let address = Address::parse(text);
            address.map_err(|error| Failure::bad_name("address", text, error))
        };
        let (last, first) = match operands.split_last() {
            Some((last, first)) if !first.is_empty() => (last, first),
            _ => return Err(Failure::usage("a secret and its new address are needed")),
        };
        let mut sources = Vec::new();
        for text in first {
            if let Some(_folder) = Folder::parse(text)? {
                let message = format!("{} is a folder; name the secrets", quoted(text));
                return Err(Failure::usage(message).hint(format!("secrets list {text}")));
            }
            let address = parse(text)?;
            if address.version != Version::Current && !versions {
                return Err(version_given(text));
            }
            sources.push((address, text.clone()));
        }
        let target = match Folder::parse(last)? {
            Some(folder) => Target::Folder(folder),
            None if sources.len() > 1 => {
                let message = format!(
                    "several secrets need a folder, and {} is none",
                    quoted(last)
                );
                return Err(Failure::usage(message).hint("a folder ends with \"/\""));
            }
            None => {
                let address = parse(last)?;
                if address.version != Version::Current {
                    return Err(Failure::usage(
                        "a version cannot be written; a new one is made",
                    ));
                }
                Target::Address(Box::new(address), last.clone())
            }
        };
        Ok(Routes { sources, target })
    }

    /// The secrets with their new addresses: every one is there and readable,
    /// and none is where one would go. Rights to write are checked for the new
    /// place alone.
    ///
    /// # Errors
    /// What is said above, an operand given twice, and whatever the vault says.
    pub fn resolve(&self, ctx: &Context, open: &Open) -> Result<Vec<Route>, Failure> {
        let mut routes = Vec::new();
        let (mut from, mut to) = (BTreeSet::new(), BTreeSet::new());
        for (address, text) in &self.sources {
            let route = self.route(ctx, open, address, text)?;
            let shown = |(env, path): &(EnvName, SecretPath)| format!("\"{env}:{path}\"");
            if route.from == route.to {
                let message = format!("{} is where it should go", shown(&route.from));
                return Err(Failure::usage(message));
            }
            if !from.insert(route.from.clone()) {
                let message = format!("{} is given twice", shown(&route.from));
                return Err(Failure::usage(message));
            }
            if !to.insert(route.to.clone()) {
                let message = format!("two secrets would become {}", shown(&route.to));
                return Err(Failure::usage(message));
            }
            check(open, &route)?;
            routes.push(route);
        }
        Ok(routes)
    }

    fn route(
        &self,
        ctx: &Context,
        open: &Open,
        address: &Address,
        text: &str,
    ) -> Result<Route, Failure> {
        let from = open.resolve(ctx, address, text)?;
        let (to, text) = match &self.target {
            Target::Address(address, text) => (open.resolve(ctx, address, text)?, text.as_str()),
            Target::Folder(folder) => {
                let (env, folder) = folder.resolve(ctx, open)?;
                let path = folder.join(from.1.name());
                let path = path.map_err(|error| Failure::bad_name("address", text, error))?;
                ((env, path), text)
            }
        };
        to.1.check_new()
            .map_err(|error| Failure::bad_name("address", text, error))?;
        Ok(Route {
            from,
            version: address.version,
            to,
        })
    }
}

/// The source is there, the target is not and may be written.
fn check(open: &Open, route: &Route) -> Result<(), Failure> {
    let (env, path) = &route.to;
    let may = open.vault.check_write(env, path);
    may.map_err(|error| open.blame(error))?;
    let (from_env, from_path) = &route.from;
    let source = open.vault.find(from_env, from_path);
    let source = source.map_err(|error| open.blame(error))?;
    let absent = |found| missing(open, from_env, from_path, route.version, found);
    match &source {
        None => return Err(absent(None)),
        Some(entry) if entry.live().is_none() => {
            return Err(absent(Some((entry, Absence::Deleted))));
        }
        // What has expired has expired in its new place, too.
        Some(entry) => {
            let chosen = entry.select(route.version, open.vault.now(), true);
            chosen.map_err(|absence| absent(Some((entry, absence))))?;
        }
    }
    let target = open.vault.find(env, path);
    let target = target.map_err(|error| open.blame(error))?;
    match target.is_some_and(|entry| entry.live().is_some()) {
        true => Err(open.blame(Error::Occupied(format!("{env}:{path}")))),
        false => Ok(()),
    }
}
