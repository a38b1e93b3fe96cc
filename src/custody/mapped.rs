//! Secrets that are named one by one, each for its variable.

use super::selection::Candidate;
use super::{Open, Selection, Selector, missing};
use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::name::{Address, EnvName, SecretPath, VarName};
use std::rc::Rc;

/// A variable and the secret that it is to hold, as it was named.
pub(super) type Mapped = (VarName, Address, String);

impl Selector {
    /// Selects by the `--map` of the command line alone.
    ///
    /// # Errors
    /// As [`Selector::select`].
    pub fn select_mapped(
        &self,
        ctx: &Context,
        open: &Open,
        at: Option<u64>,
    ) -> Result<Selection, Failure> {
        let mut selection = Selection::default();
        self.add(ctx, open, at, self.maps()?, &mut selection)?;
        Ok(selection)
    }

    /// What `--map VAR=NAME` names.
    pub(super) fn maps(&self) -> Result<Vec<Mapped>, Failure> {
        let mut maps: Vec<Mapped> = Vec::new();
        for text in &self.map {
            let wrong = || Failure::usage(format!("--map {} is no VAR=NAME", quoted(text)));
            let (name, target) = text.split_once('=').ok_or_else(wrong)?;
            let variable =
                VarName::parse(name).map_err(|error| Failure::bad_name("variable", name, error))?;
            let address = Address::parse(target)
                .map_err(|error| Failure::bad_name("address", target, error))?;
            maps.push((variable, address, target.to_owned()));
        }
        Ok(maps)
    }

    /// Adds secrets that are named one by one, or notes what is wrong with them.
    ///
    /// # Errors
    /// An unknown environment, whatever the vault says.
    pub(super) fn add(
        &self,
        ctx: &Context,
        open: &Open,
        at: Option<u64>,
        named: Vec<Mapped>,
        selection: &mut Selection,
    ) -> Result<(), Failure> {
        for (variable, address, text) in named {
            let (env, path): (EnvName, SecretPath) = open.resolve(ctx, &address, &text)?;
            let version = address.version;
            let found = match at {
                Some(_) => open.vault.find(&env, &path),
                None => open.vault.find_for(&env, &path, version),
            };
            match found.map_err(|error| open.blame(error))? {
                Some(entry) => {
                    let candidate = Candidate {
                        entry: Rc::new(entry),
                        version,
                        variable: Some(variable),
                    };
                    let taken = self.take(open, candidate, at, selection);
                    selection.selected.extend(taken);
                }
                None => {
                    let failure = missing(open, &env, &path, version, None);
                    selection.miss(failure, format!("{env}:{path}"));
                }
            }
        }
        Ok(())
    }
}
