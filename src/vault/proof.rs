//! That a file with new data keys says what the one before it said.

use super::Error;
use super::draft::Draft;
use super::entry::Entry;
use super::error::integrity;
use super::grant::{Access, Capability};
use super::locked::LockedVault;
use super::open::Vault;
use super::session::Keys;
use crate::crypto::{RootKey, equal};
use crate::name::EnvName;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The keys that read all of a vault: the root key, and the slot that holds it.
pub(super) struct Reader<'a> {
    pub root: &'a RootKey,
    pub key: &'a Keys,
    pub now: u64,
}

impl Reader<'_> {
    /// Opens every record of some environments in the new file, by keys that
    /// are unwrapped from it, and compares it with the old file, one value at
    /// a time. Every slot's keys and grant are opened, too.
    ///
    /// # Errors
    /// Whatever does not open, or is not the same.
    pub fn compare(
        &self,
        old: LockedVault,
        new: LockedVault,
        envs: &BTreeSet<EnvName>,
    ) -> Result<(), Error> {
        let (old, new) = (self.open(old)?, self.open(new)?);
        new.check_keys(self.root)?;
        for env in envs {
            let (before, after) = (old.entries(env)?, new.entries(env)?);
            let mut same = before.len() == after.len();
            for (a, b) in before.iter().zip(&after) {
                same = same && same_entry((&old, a), (&new, b))?;
            }
            if !same {
                return integrity(format!(
                    "the records of {env} would not be the same under the new key"
                ));
            }
        }
        Ok(())
    }

    /// A vault in which every scope is read by the root key.
    fn open(&self, locked: LockedVault) -> Result<Vault, Error> {
        locked.verify_head()?;
        let mut vault = Vault {
            stored: locked.doc.head.scopes.len(),
            locked,
            slot: 0,
            key: self.key.clone(),
            capabilities: BTreeMap::new(),
            now: self.now,
            committed: RefCell::default(),
            draft: Draft::default(),
        };
        for (index, scope) in vault.locked.doc.head.scopes.iter().enumerate() {
            let capability = Capability {
                scope: scope.id,
                epoch: scope.epoch,
                access: Access::Scope(vault.scope_key(self.root, scope)?, true),
            };
            vault.capabilities.insert(index, capability);
        }
        Ok(vault)
    }
}

/// Whether two secrets have the same versions with the same metadata and values.
fn same_entry(
    (old, before): (&Vault, &Entry),
    (new, after): (&Vault, &Entry),
) -> Result<bool, Error> {
    if before.path != after.path || before.versions.len() != after.versions.len() {
        return Ok(false);
    }
    for (a, b) in before.versions.iter().zip(&after.versions) {
        let same = a.version == b.version
            && a.meta == b.meta
            && equal(
                old.value(before, a)?.expose(),
                new.value(after, b)?.expose(),
            );
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}
