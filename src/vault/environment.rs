//! New environments (`secrets-vault(5)`, OPERATIONS).

use super::Error;
use super::draft::ScopeDraft;
use super::enrol::{NewScope, key_hash, seal_grant};
use super::format::{ScopeEntry, Slot};
use super::grant::{Access, Capability};
use super::id::SlotId;
use super::open::Vault;
use crate::crypto::{Random, RootKey};
use crate::name::EnvName;

impl Vault {
    /// Stages a new environment. Slots that may write everywhere may write
    /// there too. The head's number rises above every one that was seen here.
    ///
    /// # Errors
    /// [`Error::EnvironmentExists`], [`Error::NotPermitted`] for other slots
    /// than an admin's, a bound of the format.
    pub fn create_environment(
        &mut self,
        env: &EnvName,
        random: &mut dyn Random,
    ) -> Result<(), Error> {
        if self.locked.doc.head.environments().contains(&env) {
            return Err(Error::EnvironmentExists(env.to_string()));
        }
        if self.locked.doc.head.scopes.len() >= super::MAX_SCOPES {
            return Err(Error::Limit {
                limit: "1000 scopes",
                line: 0,
            });
        }
        self.check_admin()?;
        let root = self.root()?;
        let vault = self.locked.doc.vault;
        let scope = NewScope::draw(env, random)?;
        let mut entry = scope.entry(&vault, &root, Vec::new(), random)?;
        let stored = self.stored;
        let mut gained = Vec::new();
        for at in 0..self.locked.doc.slots.len() {
            if let Some(slot) = self.granted_everywhere(at, &root, &scope, stored, random)? {
                entry.writers.push(slot.entry.id);
                gained.push((at, slot));
            }
        }
        entry.writers.sort_by_key(SlotId::text);
        for index in 0..stored {
            let seq = self.locked.scope(index)?.seal.seq;
            if let Some(scope) = self.locked.doc.head.scopes.get_mut(index) {
                scope.min_seal = seq;
            }
        }
        let doc = &mut self.locked.doc;
        for (at, slot) in gained {
            if let Some(old) = doc.slots.get_mut(at) {
                *old = slot;
            }
        }
        doc.head.scopes.push(entry);
        let seen = self.locked.guard.pin.as_ref().map_or(0, |pin| pin.head.0);
        doc.head.seq = doc.head.seq.max(seen) + 1;
        doc.head.time = self.now;
        self.capabilities.insert(stored, scope.capability()?);
        self.draft.root = Some(root);
        self.draft.stage(stored, ScopeDraft::default());
        Ok(())
    }

    /// A slot with the new scope in its grant, if it may write in all others.
    fn granted_everywhere(
        &self,
        at: usize,
        root: &RootKey,
        scope: &NewScope,
        scopes: usize,
        random: &mut dyn Random,
    ) -> Result<Option<Slot>, Error> {
        let vault = self.locked.doc.vault;
        let Some(slot) = self.locked.doc.slots.get(at) else {
            return Ok(None);
        };
        let id = slot.entry.id;
        let key = self.escrowed_key(root, slot)?;
        let mut capabilities = self.locked.read_grant(slot, &key)?;
        let head = &self.locked.doc.head;
        let writes = |(index, scope): (usize, &ScopeEntry)| {
            capabilities.get(&index).is_some_and(|capability| {
                capability.epoch == scope.epoch
                    && matches!(capability.access, Access::Scope(_, true))
            })
        };
        if scopes == 0 || !head.scopes.iter().take(scopes).enumerate().all(writes) {
            return Ok(None);
        }
        capabilities.insert(scopes, scope.capability()?);
        let capabilities: Vec<Capability> = capabilities.into_values().collect();
        let mut entry = slot.entry.clone();
        entry.grant_seq += 1;
        let mut keys = slot.keys.clone();
        keys.grant = seal_grant(&vault, &id, entry.grant_seq, &key, &capabilities, random)?;
        entry.key_hash = key_hash(&vault, &id, &keys);
        Ok(Some(Slot::assemble(
            entry,
            keys,
            slot.wrap.clone(),
            slot.wrap_signature,
        )))
    }
}
