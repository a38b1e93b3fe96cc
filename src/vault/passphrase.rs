//! Another passphrase for a slot (`secrets-vault(5)`, OPERATIONS).

use super::Error;
use super::format::Slot;
use super::id::SlotId;
use super::open::Vault;
use super::wrap::NewSlot;
use crate::crypto::{Iterations, Random, SlotKey};
use crate::secret::{Credential, Passphrase};
use std::rc::Rc;

impl Vault {
    /// Whether a slot's passphrase may be changed by the one that opened the
    /// vault: its own, or an admin's.
    ///
    /// # Errors
    /// [`Error::UnknownSlot`], [`Error::OtherCredential`] and
    /// [`Error::SlotKind`] for a slot that has none, [`Error::NotPermitted`].
    pub fn check_passphrase_change(&self, label: Option<&str>) -> Result<(), Error> {
        let (_, slot) = self.slot_named(label)?;
        self.key_of(slot).map(|_| ())
    }

    /// Stages another passphrase for the own slot, or for the one of a label.
    ///
    /// Only the wrap changes: whoever has an older copy of the file and the
    /// passphrase before opens that copy, and the slot's key with it.
    ///
    /// # Errors
    /// As [`Vault::check_passphrase_change`]; [`Error::SamePassphrase`] where
    /// the old one was handed out.
    pub fn change_passphrase(
        &mut self,
        label: Option<&str>,
        passphrase: &Passphrase,
        iterations: Iterations,
        random: &mut dyn Random,
    ) -> Result<SlotId, Error> {
        let (at, slot) = self.slot_named(label)?;
        let key = self.key_of(slot)?;
        let id = slot.entry.id;
        if slot.is_handed_out() && self.opens(slot, passphrase) {
            return Err(Error::SamePassphrase);
        }
        let pin = self.locked.guard.pin.as_ref();
        let seen = pin.and_then(|pin| pin.slots.get(&id));
        let seq = slot.wrap.seq.max(seen.map_or(0, |(seq, _)| *seq)) + 1;
        let (vault, admin) = (self.locked.doc.vault, self.locked.doc.head.admin);
        let opener = NewSlot::Passphrase(passphrase, iterations);
        let (wrap, signature) = opener.wrap((&vault, &id), seq, &key, &admin, random)?;
        let fresh = Slot::assemble(slot.entry.clone(), slot.keys.clone(), wrap, signature);
        if let Some(old) = self.locked.doc.slots.get_mut(at) {
            *old = fresh;
        }
        self.draft.wraps = true;
        Ok(id)
    }

    fn slot_named(&self, label: Option<&str>) -> Result<(usize, &Slot), Error> {
        let slots = &self.locked.doc.slots;
        let at = match label {
            None => Some(self.slot),
            Some(label) => slots.iter().position(|slot| slot.entry.label == label),
        };
        let found = at.and_then(|at| slots.get(at).map(|slot| (at, slot)));
        let unknown = || Error::UnknownSlot(label.unwrap_or_default().to_owned());
        let (at, slot) = found.ok_or_else(unknown)?;
        let (label, kind) = (slot.entry.label.clone(), slot.wrap.kind.clone());
        match kind.as_str() {
            "pass" => Ok((at, slot)),
            "secret" => Err(Error::OtherCredential { label, kind }),
            _ => Err(Error::SlotKind { label, kind }),
        }
    }

    /// The key of a slot: the own one, or by an admin's from escrow.
    fn key_of(&self, slot: &Slot) -> Result<Rc<SlotKey>, Error> {
        let own = self.locked.doc.slots.get(self.slot);
        if own.is_some_and(|own| own.entry.id == slot.entry.id) {
            return self.key.slot_key().map(Rc::clone);
        }
        let root = self.root()?;
        self.escrowed_key(&root, slot).map(Rc::new)
    }

    fn opens(&self, slot: &Slot, passphrase: &Passphrase) -> bool {
        let again = Passphrase::parse(passphrase.expose());
        let credential = again.map(Credential::Passphrase).ok();
        credential.is_some_and(|credential| {
            let label = Some(slot.entry.label.as_str());
            self.locked.unwrap(&credential, label, None).is_ok()
        })
    }
}

#[cfg(test)]
mod tests;
