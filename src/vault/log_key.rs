//! What a vault holds for audit logs: the log keys of its slots, and anchors
//! of the chains of all machines (`secrets-vault(5)`, AUDIT LOG).

use super::error::integrity;
use super::format::{Anchor, Slot};
use super::id::SlotId;
use super::open::Vault;
use super::{Error, LockedVault};
use crate::crypto::{AuditKey, Message, SlotKey};
use crate::order;

impl LockedVault {
    /// The anchors in the seals of all scopes, ascending by chain and number;
    /// of one chain all that differ. Head and seals are verified for it.
    ///
    /// # Errors
    /// What does not verify.
    pub fn anchors(&self) -> Result<Vec<Anchor>, Error> {
        self.anchors_of(self.doc.head.scopes.len())
    }

    /// The anchors of the first scopes.
    fn anchors_of(&self, scopes: usize) -> Result<Vec<Anchor>, Error> {
        if self.seen().is_none() {
            self.verify_head()?;
        }
        let mut all = Vec::new();
        for index in 0..scopes {
            self.verify_seal(index)?;
            all.extend(self.scope(index)?.seal.anchors.iter().cloned());
        }
        order::sort_by_key(&mut all, |anchor| {
            (anchor.chain.text(), anchor.entries, anchor.hash)
        });
        all.dedup();
        Ok(all)
    }

    /// The log key in a slot's sealed keys.
    pub(super) fn log_key(&self, slot: &Slot, key: &SlotKey) -> Result<AuditKey, Error> {
        let (vault, id) = (&self.doc.vault.0, &slot.entry.id.0);
        let aad = Message::new("audit-key", &[vault, id]);
        let plain = key.audit_wrap(vault, id).open(&aad, &slot.keys.audit_key);
        match plain.ok().and_then(|plain| AuditKey::read(&plain)) {
            Some(key) => Ok(key),
            None => integrity(format!(
                "the log key of slot \"{}\" is damaged",
                slot.entry.label
            )),
        }
    }
}

impl Vault {
    /// As [`LockedVault::anchors`], of the file that was read.
    ///
    /// # Errors
    /// What does not verify.
    pub fn anchors(&self) -> Result<Vec<Anchor>, Error> {
        self.locked.anchors_of(self.stored)
    }

    /// The log key of the own slot.
    ///
    /// # Errors
    /// A key that is damaged, [`Error::SlotKeyNeeded`] with a session.
    pub fn audit_key(&self) -> Result<AuditKey, Error> {
        match self.locked.doc.slots.get(self.slot) {
            Some(slot) => self.locked.log_key(slot, self.key.slot_key()?),
            None => Err(Error::TokenSlot),
        }
    }

    /// The log key of a slot: the own one, and for an admin of every slot that
    /// there is or was.
    pub fn audit_key_of(&self, slot: &SlotId) -> Option<AuditKey> {
        let own = self.locked.doc.slots.get(self.slot)?;
        if own.entry.id == *slot {
            return self.audit_key().ok();
        }
        let root = self.root().ok()?;
        Some(root.audit_key(&self.locked.doc.vault.0, &slot.0))
    }

    /// Whether the admin wants entries of reads on the disk before anything is
    /// shown (`head.x.sync`).
    pub fn flushes_reads(&self) -> bool {
        self.locked.doc.head.x.text("sync") == Some("always")
    }

    /// Whether the admin wants the log of the own slot on the machine's disk,
    /// never on a stream alone.
    pub fn audit_is_local(&self) -> bool {
        let own = self.locked.doc.slots.get(self.slot);
        own.is_some_and(|slot| slot.entry.x.text("audit") == Some("local"))
    }
}

#[cfg(test)]
mod tests;
