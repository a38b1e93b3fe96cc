//! New data keys (`secrets-vault(5)`, OPERATIONS).

use super::Error;
use super::bound::Bound;
use super::draft::ScopeDraft;
use super::enrol::{copy, wrap_scope_key};
use super::entry::{Entry, Extent};
use super::error::integrity;
use super::grant::{Access, Capability, NamedKey};
use super::open::Vault;
use super::rights::Rights;
use crate::crypto::{Random, RootKey, ScopeKey};
use crate::name::EnvName;
use crate::order;
use std::collections::{BTreeMap, BTreeSet};

/// The data key of a scope in its next epoch, and the epoch that it ends.
struct Fresh {
    before: u64,
    bound: Bound,
    key: ScopeKey,
}

impl Vault {
    /// Stages new data keys for the scopes of one environment, or for all.
    ///
    /// Every record is opened and sealed again under a new id, every grant
    /// that held the old key gets the new one, and the head is signed anew.
    /// [`Vault::seal`] shows that all of it opens before anything is written.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] for other slots than an admin's, an unknown
    /// environment, and whatever does not verify.
    pub fn rotate_keys(
        &mut self,
        env: Option<&EnvName>,
        random: &mut dyn Random,
    ) -> Result<(), Error> {
        let root = self.begin_admin_change()?;
        let scopes = self.locked.doc.head.scopes.iter().enumerate();
        let meant = scopes.filter(|(_, scope)| env.is_none_or(|env| scope.env == *env));
        let meant: BTreeSet<usize> = order::set(meant.map(|(index, _)| index));
        if let Some(env) = env.filter(|_| meant.is_empty()) {
            return Err(Error::UnknownEnvironment(env.to_string()));
        }
        self.rekey(&root, &meant, random)?;
        self.raise_head(root)
    }

    /// Stages new keys for some scopes and for everybody who held the old
    /// ones. The seals will be the admin's.
    pub(super) fn rekey(
        &mut self,
        root: &RootKey,
        scopes: &BTreeSet<usize>,
        random: &mut dyn Random,
    ) -> Result<(), Error> {
        let mut fresh = BTreeMap::new();
        for index in scopes {
            fresh.insert(*index, self.rekey_scope(*index, root, random)?);
        }
        self.regrant(root, random, |_, rights| {
            match rights.keys().any(|index| fresh.contains_key(index)) {
                true => exchanged(rights, &fresh).map(Some),
                false => Ok(None),
            }
        })
    }

    fn rekey_scope(
        &mut self,
        index: usize,
        root: &RootKey,
        random: &mut dyn Random,
    ) -> Result<Fresh, Error> {
        if self.draft.scope(index).is_some() {
            return integrity("a scope that is changed already cannot get a new key");
        }
        let env = self.read_as_admin(index, root)?;
        let before = self.bound(index)?;
        let pin = self.locked.guard.pin.as_ref();
        let seen = pin.and_then(|pin| pin.scopes.get(&before.scope));
        let bound = Bound {
            epoch: before.epoch.max(seen.map_or(0, |(epoch, ..)| *epoch)) + 1,
            ..before
        };
        let key = ScopeKey::draw(random)?;
        let mut draft = ScopeDraft::default();
        self.each_entry(&env, index, Extent::Kept, &mut |entry| {
            let (rid, record) = bound.record(&key, &entry.path);
            for version in &entry.versions {
                let value = self.value(&entry, version)?;
                let sealed = bound.seal(
                    (&rid, &record),
                    version.version,
                    &version.meta,
                    &value,
                    random,
                )?;
                draft.insert(rid, version.version, sealed);
            }
            Ok(())
        })?;
        let vault = self.locked.doc.vault;
        let wrapped = wrap_scope_key(root, &vault, &bound.scope, bound.epoch, &key, random)?;
        if let Some(scope) = self.locked.doc.head.scopes.get_mut(index) {
            scope.epoch = bound.epoch;
            scope.commitment = key.commitment(&vault.0, &bound.scope.0, bound.epoch);
            scope.wrapped_key = wrapped;
        }
        self.draft.stage(index, draft);
        self.draft.rekeyed.insert(index);
        let fresh = Fresh {
            before: before.epoch,
            bound,
            key,
        };
        self.capabilities.insert(index, fresh.capability(true)?);
        self.committed.borrow_mut().remove(&index);
        Ok(fresh)
    }

    /// Every secret of a scope, by the root key, which opens it from here on.
    pub(super) fn entries_as_admin(
        &mut self,
        index: usize,
        root: &RootKey,
    ) -> Result<Vec<Entry>, Error> {
        let env = self.read_as_admin(index, root)?;
        let mut entries = Vec::new();
        self.scope_entries(&env, index, Extent::Kept, &mut entries)?;
        Ok(entries)
    }

    /// Lets the root key open a scope from here on; which environment it is of.
    fn read_as_admin(&mut self, index: usize, root: &RootKey) -> Result<EnvName, Error> {
        let Some(scope) = self.locked.doc.head.scopes.get(index).cloned() else {
            return integrity("a scope is missing in the head");
        };
        let capability = Capability {
            scope: scope.id,
            epoch: scope.epoch,
            access: Access::Scope(self.scope_key(root, &scope)?, true),
        };
        self.capabilities.insert(index, capability);
        Ok(scope.env)
    }
}

impl Fresh {
    fn capability(&self, writes: bool) -> Result<Capability, Error> {
        Ok(Capability {
            scope: self.bound.scope,
            epoch: self.bound.epoch,
            access: Access::Scope(copy(&self.key)?, writes),
        })
    }
}

/// Rights under new keys. What was of no use any more, being of an epoch
/// before, is not brought back to life.
fn exchanged(rights: Rights, fresh: &BTreeMap<usize, Fresh>) -> Result<Vec<Capability>, Error> {
    let mut all = Vec::new();
    for (index, old) in rights {
        let Some(fresh) = fresh.get(&index) else {
            all.push(old);
            continue;
        };
        if old.epoch != fresh.before {
            continue;
        }
        all.push(match old.access {
            Access::Scope(_, writes) => fresh.capability(writes)?,
            Access::Names(names) => {
                let named = |old: NamedKey| {
                    let (rid, key) = fresh.bound.record(&fresh.key, &old.path);
                    NamedKey {
                        path: old.path,
                        rid,
                        key,
                    }
                };
                Capability {
                    scope: fresh.bound.scope,
                    epoch: fresh.bound.epoch,
                    access: Access::Names(names.into_iter().map(named).collect()),
                }
            }
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
