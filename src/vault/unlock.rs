//! From a credential to the key of one slot (`secrets-vault(5)`, SLOTS and TRUST).

use super::error::integrity;
use super::format::{Slot, SlotWrap};
use super::id::SlotId;
use super::session::Keys;
use super::token::Token;
use super::{Error, LockedVault};
use crate::crypto::{Hash, Iterations, Kek, Message, PublicKey, SlotInput, SlotKey, equal, sha256};
use crate::order;
use crate::secret::{Credential, KeyBytes, Passphrase};
use std::rc::Rc;

/// How many passphrase slots are tried without `--slot`.
pub(super) const MAX_TRIES: usize = 4;
/// How many iterations are spent on them in all.
const MAX_TOTAL_ITERATIONS: u64 = 20_000_000;

/// How much of the file a command relies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What it reads: head, its own slot, the seals and pages it uses.
    Reader,
    /// The whole file.
    Whole,
}

/// The key of one slot, unwrapped or from a session: the one slow step, done once.
///
/// It opens every later state of the vault in which the slot's wrap is the
/// same, so nobody is asked twice when the file is read again under a lock.
pub struct SlotSecret {
    pub(super) slot: SlotId,
    pub(super) key: Keys,
    /// The admin's public key that wrap or session vouches for.
    pub(super) admin: PublicKey,
    /// The hash of the raw wrap it was unwrapped from; a session is bound to none.
    pub(super) wrap: Option<Hash>,
    /// Whether a token gave it.
    pub(super) token: bool,
    /// Whether a passphrase that was handed out opens the slot, to be changed.
    pub(super) renews: bool,
    /// What a session knows to be verified.
    pub(super) memos: Vec<Hash>,
}

impl SlotSecret {
    /// The slot.
    pub fn slot(&self) -> SlotId {
        self.slot
    }

    /// The same, for no other purpose than to change the passphrase: one that
    /// was handed out opens the slot too.
    #[must_use]
    pub fn to_renew(mut self) -> Self {
        self.renews = true;
        self
    }
}

impl LockedVault {
    /// Whether asking for a passphrase can lead anywhere, before anybody is asked.
    ///
    /// # Errors
    /// [`Error::UnknownSlot`], [`Error::SlotKind`], [`Error::Iterations`],
    /// [`Error::NoPassphraseSlot`].
    pub fn takes_passphrase(&self, label: Option<&str>) -> Result<(), Error> {
        let slots = self.passphrase_slots(label, None)?;
        let mut refused = Err(Error::NoPassphraseSlot);
        for slot in slots {
            match Iterations::new(slot.wrap.iterations) {
                Ok(_) => return Ok(()),
                Err(error) => refused = Err(Error::Iterations(error)),
            }
        }
        refused
    }

    /// How many iterations a passphrase that fits none costs: all of the slots
    /// that are tried.
    ///
    /// # Errors
    /// [`Error::UnknownSlot`], [`Error::SlotKind`].
    pub fn passphrase_iterations(&self, label: Option<&str>) -> Result<u64, Error> {
        let slots = self.passphrase_slots(label, None)?;
        let each = slots.iter().map(|slot| slot.wrap.iterations);
        Ok(each.fold(0, u64::saturating_add))
    }

    /// Opens the wrap that fits the credential. `label` is `--slot`;
    /// `preferred` is the slot that a passphrase opened last on this machine.
    ///
    /// # Errors
    /// What does not fit, is unknown, or asks for unsafe work.
    pub fn unwrap(
        &self,
        credential: &Credential,
        label: Option<&str>,
        preferred: Option<SlotId>,
    ) -> Result<SlotSecret, Error> {
        match credential {
            Credential::Token(text) => self.unwrap_token(&Token::parse(text)?, label),
            Credential::Key(key) => self.unwrap_key(key, label),
            Credential::Passphrase(passphrase) => {
                self.unwrap_passphrase(passphrase, label, preferred)
            }
        }
    }

    fn unwrap_token(&self, token: &Token, label: Option<&str>) -> Result<SlotSecret, Error> {
        let slot = self
            .doc
            .slots
            .iter()
            .find(|slot| slot.entry.id == token.slot);
        let slot = slot.ok_or(Error::TokenSlot)?;
        if label.is_some_and(|label| label != slot.entry.label) {
            return Err(Error::TokenOfOtherSlot {
                label: slot.entry.label.clone(),
            });
        }
        let found = self.fingerprint();
        if found != token.fingerprint {
            let expected = token.fingerprint.hex();
            return Err(Error::TokenVault {
                found: found.hex(),
                expected,
            });
        }
        if slot.wrap.kind != "secret" {
            return Err(unknown_kind(slot));
        }
        self.check_wrap(slot)?;
        let input = SlotInput::from_key(token.key.expose());
        let secret = self.open_wrap(slot, &input)?.ok_or(Error::WrongKey)?;
        Ok(SlotSecret {
            token: true,
            ..secret
        })
    }

    fn unwrap_key(&self, key: &KeyBytes, label: Option<&str>) -> Result<SlotSecret, Error> {
        let input = SlotInput::from_key(key.expose());
        for slot in self.slots_of_kind("secret", label)? {
            self.check_wrap(slot)?;
            if let Some(secret) = self.open_wrap(slot, &input)? {
                return Ok(secret);
            }
        }
        Err(Error::WrongKey)
    }

    /// The slot that a key opens, if there is one.
    pub(super) fn slot_of_key(&self, key: &KeyBytes) -> Result<Option<SlotId>, Error> {
        match self.unwrap_key(key, None) {
            Ok(secret) => Ok(Some(secret.slot)),
            Err(Error::WrongKey) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn unwrap_passphrase(
        &self,
        passphrase: &Passphrase,
        label: Option<&str>,
        preferred: Option<SlotId>,
    ) -> Result<SlotSecret, Error> {
        let mut refused = None;
        let mut spent = 0;
        let mut tried = 0;
        for slot in self.passphrase_slots(label, preferred)? {
            let iterations = match Iterations::new(slot.wrap.iterations) {
                Ok(iterations) => iterations,
                // The more telling of two reasons.
                Err(error) if self.check_wrap(slot).is_err() => {
                    return Err(Error::Iterations(error));
                }
                Err(error) => {
                    refused = Some(error);
                    continue;
                }
            };
            self.check_wrap(slot)?;
            spent += u64::from(iterations.get());
            tried += 1;
            if tried > MAX_TRIES || spent > MAX_TOTAL_ITERATIONS {
                return Err(Error::TooManySlots);
            }
            let input =
                SlotInput::from_passphrase(passphrase.expose(), &slot.wrap.salt, iterations);
            if let Some(secret) = self.open_wrap(slot, &input)? {
                return Ok(secret);
            }
        }
        Err(refused.map_or(Error::WrongPassphrase, Error::Iterations))
    }

    /// The passphrase slots in the order in which they are tried.
    pub(super) fn passphrase_slots(
        &self,
        label: Option<&str>,
        preferred: Option<SlotId>,
    ) -> Result<Vec<&Slot>, Error> {
        let mut slots = self.slots_of_kind("pass", label)?;
        order::sort_by_key(&mut slots, |slot| Some(slot.entry.id) != preferred);
        Ok(slots)
    }

    /// The slots of a kind, or the one of that label, which must be of it.
    fn slots_of_kind(&self, kind: &str, label: Option<&str>) -> Result<Vec<&Slot>, Error> {
        let slots = self.doc.slots.iter();
        let Some(label) = label else {
            return Ok(slots.filter(|slot| slot.wrap.kind == kind).collect());
        };
        let slot = slots.into_iter().find(|slot| slot.entry.label == label);
        match slot.ok_or_else(|| Error::UnknownSlot(label.to_owned()))? {
            slot if slot.wrap.kind == kind => Ok(vec![slot]),
            slot if matches!(slot.wrap.kind.as_str(), "pass" | "secret") => {
                let (label, kind) = (slot.entry.label.clone(), slot.wrap.kind.clone());
                Err(Error::OtherCredential { label, kind })
            }
            slot => Err(unknown_kind(slot)),
        }
    }

    /// Opens one wrap; `None` if the input is another one's.
    fn open_wrap(&self, slot: &Slot, input: &SlotInput) -> Result<Option<SlotSecret>, Error> {
        let SlotWrap {
            salt,
            iterations,
            kind,
            seq,
            ..
        } = &slot.wrap;
        let (vault, id) = (&self.doc.vault.0, &slot.entry.id.0);
        let (kek, commitment) = input.kek(salt, vault, id, kind, *iterations);
        if !equal(&commitment, &slot.wrap.commitment) {
            return Ok(None);
        }
        let SlotWrap { kind_data, .. } = &slot.wrap;
        if !kind_data.is_empty() || (kind == "secret" && *iterations != 0) {
            let label = &slot.entry.label;
            return integrity(format!(
                "slot \"{label}\" has data that its kind does not take"
            ));
        }
        let damaged = || {
            integrity(format!(
                "the wrap of slot \"{}\" was altered",
                slot.entry.label
            ))
        };
        let aad = wrap_aad(vault, id, *seq);
        let Ok(plain) = Kek::open(&kek, &aad, &slot.wrap.sealed) else {
            return damaged();
        };
        let parts = plain.split_at_checked(32);
        let Some((Some(key), Ok(admin))) =
            parts.map(|(key, admin)| (SlotKey::read(key), <[u8; 32]>::try_from(admin)))
        else {
            return damaged();
        };
        Ok(Some(SlotSecret {
            slot: slot.entry.id,
            key: Keys::Slot(Rc::new(key)),
            admin: PublicKey(admin),
            wrap: Some(sha256(&slot.wrap_raw)),
            token: false,
            renews: false,
            memos: Vec::new(),
        }))
    }
}

/// What a wrap's ciphertext is bound to.
pub(super) fn wrap_aad(vault: &[u8; 16], slot: &[u8; 8], seq: u64) -> Message {
    Message::new("wrap-ct", &[vault, slot, &seq.to_le_bytes()])
}

fn unknown_kind(slot: &Slot) -> Error {
    Error::SlotKind {
        label: slot.entry.label.clone(),
        kind: slot.wrap.kind.clone(),
    }
}
