//! That a file with new data keys says what the one before it said.

use super::Error;
use super::draft::Draft;
use super::entry::Extent;
use super::error::integrity;
use super::grant::{Access, Capability};
use super::locked::LockedVault;
use super::open::Vault;
use super::session::Keys;
use crate::crypto::{Hash, RootKey, hash};
use crate::name::EnvName;
use crate::order;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// The keys that read all of a vault: the root key, and the slot that holds it.
pub(super) struct Reader<'a> {
    pub root: &'a RootKey,
    pub key: &'a Keys,
    pub now: u64,
}

impl Reader<'_> {
    /// Opens every record of some environments in the new file, by keys that
    /// are unwrapped from it, and compares it with the old file. Every slot's
    /// keys and grant are opened, too.
    ///
    /// One value is in memory at a time, and 32 bytes for each that was seen.
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
            if *digests(&old, env)? != *digests(&new, env)? {
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

/// A digest of each version of each secret of an environment, sorted: of its
/// path, number, metadata and value, whatever key it lies under.
fn digests(vault: &Vault, env: &EnvName) -> Result<Zeroizing<Vec<Hash>>, Error> {
    let mut digests = Zeroizing::new(Vec::new());
    let scopes = vault.locked.doc.head.scopes.iter().enumerate();
    for (index, _) in scopes.filter(|(_, scope)| scope.env == *env) {
        vault.each_entry(env, index, Extent::Kept, &mut |entry| {
            for version in &entry.versions {
                let value = vault.value(&entry, version)?;
                let number = version.version.to_le_bytes();
                let meta = version.meta.write();
                let path = entry.path.as_str().as_bytes();
                let parts = [path, &number, meta.as_bytes(), value.expose()];
                digests.push(hash("compared", &parts));
            }
            Ok(())
        })?;
    }
    order::sort(&mut digests);
    Ok(digests)
}
