//! How much a slot or an environment has, for the question before it goes.

use super::Error;
use super::entry::Entry;
use super::format::Role;
use super::grant::Access;
use super::open::Vault;
use crate::name::EnvName;

impl Vault {
    /// How many live secrets a slot can read; for an admin's, all there are.
    /// No value is opened.
    ///
    /// # Errors
    /// As [`Vault::remove_slot`].
    pub fn slot_reach(&mut self, label: &str) -> Result<usize, Error> {
        let root = self.root()?;
        let at = self.check_removable(label)?;
        let Some(slot) = self.locked.doc.slots.get(at) else {
            return Err(Error::UnknownSlot(label.to_owned()));
        };
        let is_admin = slot.entry.role == Role::Admin;
        let key = self.escrowed_key(&root, slot)?;
        let rights = self.locked.read_grant(slot, &key)?;
        let mut count = 0;
        for index in 0..self.stored {
            let right = rights.get(&index);
            if !is_admin && right.is_none() {
                continue;
            }
            let named = |entry: &Entry| match right.map(|right| &right.access) {
                Some(Access::Names(names)) => {
                    is_admin || names.iter().any(|name| name.path == entry.path)
                }
                _ => true,
            };
            let entries = self.entries_as_admin(index, &root)?;
            let live = entries.iter().filter(|entry| entry.live().is_some());
            count += live.filter(|entry| named(entry)).count();
        }
        Ok(count)
    }

    /// How many live secrets an environment has, or all of them together.
    ///
    /// # Errors
    /// An unknown environment, [`Error::NotPermitted`] for other slots than an
    /// admin's, and whatever does not verify.
    pub fn live_secrets(&mut self, env: Option<&EnvName>) -> Result<usize, Error> {
        let root = self.root()?;
        let scopes = self.locked.doc.head.scopes.iter().enumerate();
        let own = scopes.filter(|(_, scope)| env.is_none_or(|env| scope.env == *env));
        let own: Vec<usize> = own.map(|(index, _)| index).collect();
        if let Some(env) = env.filter(|_| own.is_empty()) {
            return Err(Error::UnknownEnvironment(env.to_string()));
        }
        let mut count = 0;
        for index in own {
            let entries = self.entries_as_admin(index, &root)?;
            count += entries
                .iter()
                .filter(|entry| entry.live().is_some())
                .count();
        }
        Ok(count)
    }
}
