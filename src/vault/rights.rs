//! New grants and a new head, as every change of rights needs them.

use super::Error;
use super::admin::scope_key_aad;
use super::enrol::{key_hash, seal_grant};
use super::error::integrity;
use super::format::{ScopeEntry, Slot};
use super::grant::Capability;
use super::id::SlotId;
use super::open::Vault;
use crate::crypto::{Random, RootKey, ScopeKey};
use std::collections::BTreeMap;

/// What a slot may do, by the index of the scope.
pub(super) type Rights = BTreeMap<usize, Capability>;

impl Vault {
    /// The root key, after showing that every key under it serves.
    pub(super) fn begin_admin_change(&self) -> Result<RootKey, Error> {
        self.check_admin()?;
        self.root()
    }

    /// Stages a new head. Its number rises above every one that was seen here,
    /// and it says how far each scope is, so that no older one goes with it.
    pub(super) fn raise_head(&mut self, root: RootKey) -> Result<(), Error> {
        for index in 0..self.stored {
            let seq = match self.draft.rekeyed.contains(&index) {
                true => 1,
                false => self.locked.scope(index)?.seal.seq,
            };
            if let Some(scope) = self.locked.doc.head.scopes.get_mut(index) {
                scope.min_seal = seq;
            }
        }
        let seen = self.locked.guard.pin.as_ref().map_or(0, |pin| pin.head.0);
        let head = &mut self.locked.doc.head;
        head.seq = head.seq.max(seen) + 1;
        head.time = self.now;
        self.draft.root = Some(root);
        Ok(())
    }

    /// Seals the grants anew that `change` makes others of; `None` leaves a
    /// slot as it is. Its holder is not needed: the key comes from escrow, so
    /// slots of every kind take part.
    pub(super) fn regrant(
        &mut self,
        root: &RootKey,
        random: &mut dyn Random,
        mut change: impl FnMut(&SlotId, Rights) -> Result<Option<Vec<Capability>>, Error>,
    ) -> Result<(), Error> {
        let vault = self.locked.doc.vault;
        for at in 0..self.locked.doc.slots.len() {
            let Some(slot) = self.locked.doc.slots.get(at) else {
                continue;
            };
            let id = slot.entry.id;
            let key = self.escrowed_key(root, slot)?;
            let rights = self.locked.read_grant(slot, &key)?;
            let Some(capabilities) = change(&id, rights)? else {
                continue;
            };
            let mut entry = slot.entry.clone();
            entry.grant_seq += 1;
            let mut keys = slot.keys.clone();
            keys.grant = seal_grant(&vault, &id, entry.grant_seq, &key, &capabilities, random)?;
            entry.key_hash = key_hash(&vault, &id, &keys);
            let fresh = Slot::assemble(entry, keys, slot.wrap.clone(), slot.wrap_signature);
            if let Some(old) = self.locked.doc.slots.get_mut(at) {
                *old = fresh;
            }
        }
        Ok(())
    }

    /// The data key of a scope by the root key: an admin reads everything,
    /// whatever his own grant holds.
    pub(super) fn scope_key(&self, root: &RootKey, scope: &ScopeEntry) -> Result<ScopeKey, Error> {
        let vault = &self.locked.doc.vault;
        let aad = scope_key_aad(vault, &scope.id, scope.epoch);
        let plain = root.scope_wrap().open(&aad, &scope.wrapped_key).ok();
        let key = plain.and_then(|plain| ScopeKey::read(&plain));
        match key.filter(|key| super::admin::commits(key, vault, scope)) {
            Some(key) => Ok(key),
            None => integrity(format!(
                "the wrapped data key of {} is damaged",
                scope.title()
            )),
        }
    }
}
