//! Where else a value is the current one.

use super::Error;
use super::entry::Entry;
use super::open::Vault;
use crate::crypto::equal;
use crate::name::{EnvName, SecretPath};
use crate::secret::SecretValue;

impl Vault {
    /// The other environments, of those that the slot reads, in which the
    /// secret of the same path has this very value now, staged changes
    /// included.
    ///
    /// Values are opened here and go nowhere; they are compared in a time that
    /// depends on their lengths alone.
    ///
    /// # Errors
    /// Whatever does not verify. What the slot may not read is passed over.
    pub fn same_value_in(
        &self,
        env: &EnvName,
        path: &SecretPath,
        value: &SecretValue,
    ) -> Result<Vec<EnvName>, Error> {
        let mut same = Vec::new();
        for other in self.environments() {
            if !other.readable || other.name == *env {
                continue;
            }
            let entry = match self.find(&other.name, path) {
                Err(Error::NotPermitted(_) | Error::UnknownPlace(_)) => None,
                found => found?,
            };
            if let Some(entry) = entry
                && self.holds_now(&entry, value)?
            {
                same.push(other.name);
            }
        }
        Ok(same)
    }

    /// Every secret that the slot reads, in every environment, whose current
    /// value is this one. Staged changes are not looked at.
    ///
    /// # Errors
    /// Whatever does not verify.
    pub fn holders(&self, value: &SecretValue) -> Result<Vec<(EnvName, SecretPath)>, Error> {
        let mut holders = Vec::new();
        for env in self.environments().into_iter().filter(|env| env.readable) {
            for entry in self.entries(&env.name)? {
                if self.holds_now(&entry, value)? {
                    holders.push((entry.env, entry.path));
                }
            }
        }
        Ok(holders)
    }

    /// Whether the current version is live and has this value.
    fn holds_now(&self, entry: &Entry, value: &SecretValue) -> Result<bool, Error> {
        match entry.live() {
            // The length stands in the metadata: most values need not be opened.
            Some(live) if live.meta.len == value.len() as u64 => {
                let held = self.value(entry, live)?;
                Ok(equal(held.expose(), value.expose()))
            }
            _ => Ok(false),
        }
    }
}
