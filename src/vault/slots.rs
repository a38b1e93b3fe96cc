//! Slots that come and go (`secrets-vault(5)`, OPERATIONS).

use super::Error;
use super::enrol::Enrolment;
use super::format::{Extra, Extras, Role, Sealer};
use super::grant::{Access, Capability};
use super::id::SlotId;
use super::open::Vault;
use super::wrap::NewSlot;
use super::{MAX_SLOTS, is_label};
use crate::crypto::Random;
use crate::order;
use std::collections::BTreeSet;

/// A slot to be added, which may read and write everything.
pub struct NewMember<'a> {
    /// Its label, of which there is none yet.
    pub label: &'a str,
    /// Whether it is an admin's, who holds the root key besides.
    pub admin: bool,
    /// What opens it.
    pub opener: NewSlot<'a>,
    /// Whether its passphrase is handed out, and opens nothing before its
    /// holder has chosen another one.
    pub handed_out: bool,
}

impl Vault {
    /// Stages a new slot.
    ///
    /// # Errors
    /// [`Error::SlotExists`], [`Error::KeyInUse`], [`Error::NotPermitted`] for
    /// other slots than an admin's, a bound of the format.
    pub fn add_slot(
        &mut self,
        new: &NewMember<'_>,
        random: &mut dyn Random,
    ) -> Result<SlotId, Error> {
        self.check_new_slot(new.label)?;
        if let NewSlot::Key(key) = &new.opener
            && let Some(id) = self.locked.slot_of_key(key)?
        {
            return Err(Error::KeyInUse(self.label_of(&id)));
        }
        let root = self.begin_admin_change()?;
        let vault = self.locked.doc.vault;
        let mut capabilities = Vec::new();
        for scope in &self.locked.doc.head.scopes {
            capabilities.push(Capability {
                scope: scope.id,
                epoch: scope.epoch,
                access: Access::Scope(self.scope_key(&root, scope)?, true),
            });
        }
        let mut x = Extras::default();
        if new.handed_out {
            x.insert("once", Extra::Number(1));
        }
        let enrolment = Enrolment {
            label: new.label,
            role: match new.admin {
                true => Role::Admin,
                false => Role::Member,
            },
            opener: &new.opener,
            x,
        };
        let slot = enrolment.slot(&vault, &root, &capabilities, random)?;
        let id = slot.entry.id;
        let doc = &mut self.locked.doc;
        doc.slots.push(slot);
        for scope in &mut doc.head.scopes {
            scope.writers.push(id);
            order::sort_by_key(&mut scope.writers, SlotId::text);
        }
        self.raise_head(root)?;
        Ok(id)
    }

    /// Whether a slot of this label may be added, before a key is made for it.
    ///
    /// # Errors
    /// As [`Vault::add_slot`], but for the key.
    pub fn check_new_slot(&self, label: &str) -> Result<(), Error> {
        self.root()?;
        let slots = &self.locked.doc.slots;
        if !is_label(label) {
            return Err(Error::Label(label.to_owned()));
        }
        if slots.iter().any(|slot| slot.entry.label == label) {
            return Err(Error::SlotExists(label.to_owned()));
        }
        if slots.len() >= MAX_SLOTS {
            return Err(Error::Limit {
                limit: "1000 slots",
                line: 0,
            });
        }
        Ok(())
    }

    /// Stages the end of a slot: every scope that its keys could read gets a
    /// new data key, every scope that it sealed is sealed by the admin.
    ///
    /// What it has read it keeps, and so does an old copy of the file.
    ///
    /// # Errors
    /// [`Error::UnknownSlot`], [`Error::LastAdmin`], [`Error::OwnSlot`],
    /// [`Error::NotPermitted`] for other slots than an admin's.
    pub fn remove_slot(&mut self, label: &str, random: &mut dyn Random) -> Result<(), Error> {
        let root = self.begin_admin_change()?;
        let at = self.check_removable(label)?;
        // Once the slot is gone nothing says any more that its seals are good.
        (0..self.stored).try_for_each(|index| self.verify_seal(index))?;
        let Some(slot) = self.locked.doc.slots.get(at) else {
            return Err(Error::UnknownSlot(label.to_owned()));
        };
        let (id, is_admin) = (slot.entry.id, slot.entry.role == Role::Admin);
        let key = self.escrowed_key(&root, slot)?;
        let rights = self.locked.read_grant(slot, &key)?;
        let read = |index: &usize| is_admin || rights.contains_key(index);
        let read: BTreeSet<usize> = order::set((0..self.stored).filter(read));
        let mut sealed = Vec::new();
        for index in (0..self.stored).filter(|index| !read.contains(index)) {
            if self.locked.scope(index)?.seal.by == Sealer::Slot(id) {
                sealed.push(index);
            }
        }
        for index in sealed {
            self.draft_scope(index)?;
            self.draft.by_admin.insert(index);
        }
        let doc = &mut self.locked.doc;
        doc.slots.remove(at);
        for scope in &mut doc.head.scopes {
            scope.writers.retain(|writer| *writer != id);
        }
        if at < self.slot {
            self.slot -= 1;
        }
        self.rekey(&root, &read, random)?;
        self.raise_head(root)
    }

    /// Where the slot of a label stands, if it may go.
    pub(super) fn check_removable(&self, label: &str) -> Result<usize, Error> {
        let slots = &self.locked.doc.slots;
        let at = slots.iter().position(|slot| slot.entry.label == label);
        let Some((at, slot)) = at.and_then(|at| slots.get(at).map(|slot| (at, slot))) else {
            return Err(Error::UnknownSlot(label.to_owned()));
        };
        let is_other_admin = |(other, slot): (usize, &super::format::Slot)| {
            other != at && slot.entry.role == Role::Admin
        };
        if slot.entry.role == Role::Admin && !slots.iter().enumerate().any(is_other_admin) {
            return Err(Error::LastAdmin(label.to_owned()));
        }
        if at == self.slot {
            return Err(Error::OwnSlot(label.to_owned()));
        }
        Ok(at)
    }
}

#[cfg(test)]
mod tests;
