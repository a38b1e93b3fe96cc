//! What only an admin's keys can show: that every key in the file is the right one.

use super::Error;
use super::error::integrity;
use super::format::{Role, ScopeEntry, Slot};
use super::grant::Access;
use super::id::{ScopeId, VaultId};
use super::open::Vault;
use crate::crypto::{Message, RootKey, ScopeKey, SlotKey, equal};

/// What a scope's wrapped key is bound to.
pub(super) fn scope_key_aad(vault: &VaultId, scope: &ScopeId, epoch: u64) -> Message {
    Message::new("scope-wk", &[&vault.0, &scope.0, &epoch.to_le_bytes()])
}

impl Vault {
    /// Checks what the root key opens: every slot's escrow, log key, root key
    /// and grant, every scope's data key. Nothing for slots of other roles, and
    /// nothing in a session, which does not open the root key.
    ///
    /// Signatures say that an admin wrote these; only opening them says that
    /// they will serve. A head is never signed over keys that do not.
    ///
    /// # Errors
    /// The first that is not the right one.
    pub fn check_admin(&self) -> Result<(), Error> {
        let own = self.locked.doc.slots.get(self.slot);
        if self.is_in_session() || own.is_none_or(|slot| slot.entry.role != Role::Admin) {
            return Ok(());
        }
        self.check_keys(&self.root()?)
    }

    /// The same, with the root key at hand.
    pub(super) fn check_keys(&self, root: &RootKey) -> Result<(), Error> {
        for scope in &self.locked.doc.head.scopes {
            self.scope_key(root, scope)?;
        }
        self.locked
            .doc
            .slots
            .iter()
            .try_for_each(|slot| self.check_slot_keys(root, slot))
    }

    /// The slot key in escrow, proved against the slot's signing key.
    pub(super) fn escrowed_key(&self, root: &RootKey, slot: &Slot) -> Result<SlotKey, Error> {
        let (vault, id) = (&self.locked.doc.vault.0, &slot.entry.id.0);
        let aad = Message::new("escrow", &[vault, id]);
        let plain = root.escrow().open(&aad, &slot.keys.escrow).ok();
        match plain.and_then(|plain| SlotKey::read(&plain)) {
            Some(key) if key.signer(vault, id).public() == slot.entry.public => Ok(key),
            _ => integrity(format!(
                "the escrow of slot \"{}\" is damaged",
                slot.entry.label
            )),
        }
    }

    fn check_slot_keys(&self, root: &RootKey, slot: &Slot) -> Result<(), Error> {
        let key = self.escrowed_key(root, slot)?;
        let vault = &self.locked.doc.vault;
        let (id, label) = (&slot.entry.id.0, &slot.entry.label);
        let log = self.locked.log_key(slot, &key)?;
        if !equal(log.bytes(), root.audit_key(&vault.0, id).bytes()) {
            return integrity(format!("the log key of slot \"{label}\" is damaged"));
        }
        if let Some(sealed) = &slot.keys.root_key {
            let aad = Message::new("root", &[&vault.0, id]);
            let plain = key.root_wrap(&vault.0, id).open(&aad, sealed).ok();
            if !plain.is_some_and(|plain| equal(&plain, root.bytes())) {
                return integrity(format!("the root key of slot \"{label}\" is damaged"));
            }
        }
        for (index, capability) in self.locked.read_grant(slot, &key)? {
            let scope = self.locked.doc.head.scopes.get(index);
            let Some(scope) = scope.filter(|scope| scope.epoch == capability.epoch) else {
                continue;
            };
            let serves = match &capability.access {
                Access::Scope(key, _) => commits(key, vault, scope),
                Access::Names(names) => {
                    let key = self.scope_key(root, scope)?;
                    let bound = self.bound(index)?;
                    names.iter().all(|name| {
                        let (rid, key) = bound.record(&key, &name.path);
                        rid == name.rid && equal(key.bytes(), name.key.bytes())
                    })
                }
            };
            if !serves {
                return integrity(format!("the grant of slot \"{label}\" holds a wrong key"));
            }
        }
        Ok(())
    }
}

/// Whether a key is the one that the head commits to.
pub(super) fn commits(key: &ScopeKey, vault: &VaultId, scope: &ScopeEntry) -> bool {
    equal(
        &key.commitment(&vault.0, &scope.id.0, scope.epoch),
        &scope.commitment,
    )
}
