//! What opens a slot again without its credential (`secrets-vault(5)`, SESSIONS).
//!
//! It holds the key of the slot's grant as it is now, the seed of the slot's
//! signing key, and which messages were verified: neither the slot's key nor
//! what only that opens, which is the root key, the log key and every later
//! grant.

use super::Error;
use super::error::integrity;
use super::format::Slot;
use super::id::{SlotId, VaultId};
use super::locked::LockedVault;
use super::memo::MAX_MEMOS;
use super::open::Vault;
use super::unlock::SlotSecret;
use crate::crypto::{GrantKey, Hash, KEY_BYTES, PublicKey, Signer, SigningSeed, SlotKey};
use crate::secret::SecretValue;
use std::rc::Rc;

/// The version of the writing.
const VERSION: u8 = 1;
/// The flag of a session that a token began.
const BY_TOKEN: u8 = 1;
/// Everything before the memos, in bytes.
const FIXED_BYTES: usize = 2 + 16 + 8 + 8 + 3 * KEY_BYTES + 8 + 8 + 2;

/// A session: what one slot may do, until it ends.
///
/// Keys are wiped on drop.
pub struct Session {
    vault: VaultId,
    slot: SlotId,
    token: bool,
    keys: Rc<SessionKeys>,
    admin: PublicKey,
    until: u64,
    idle: u64,
    memos: Vec<Hash>,
}

/// The keys of a session.
pub(super) struct SessionKeys {
    /// The number of the grant that the key is for.
    grant_seq: u64,
    grant: GrantKey,
    seed: SigningSeed,
}

/// The keys that opened a vault.
#[derive(Clone)]
pub(super) enum Keys {
    /// Those of a session.
    Session(Rc<SessionKeys>),
    /// The slot's own, from which all others come.
    Slot(Rc<SlotKey>),
}

impl Keys {
    /// The slot's key.
    ///
    /// # Errors
    /// [`Error::SlotKeyNeeded`] with a session.
    pub(super) fn slot_key(&self) -> Result<&Rc<SlotKey>, Error> {
        match self {
            Keys::Session(_) => Err(Error::SlotKeyNeeded),
            Keys::Slot(key) => Ok(key),
        }
    }

    /// The key of the grant that the slot has now.
    ///
    /// # Errors
    /// [`Error::RightsChanged`] where a session has the key of another one.
    pub(super) fn with_grant<T>(
        &self,
        vault: &VaultId,
        slot: &Slot,
        open: impl FnOnce(&GrantKey) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let seq = slot.entry.grant_seq;
        match self {
            Keys::Slot(key) => open(&key.grant_key(&vault.0, &slot.entry.id.0, seq)),
            Keys::Session(keys) if keys.grant_seq == seq => open(&keys.grant),
            Keys::Session(_) => Err(Error::RightsChanged {
                label: slot.entry.label.clone(),
            }),
        }
    }

    /// The slot's signing key, which must be the one that the head names.
    ///
    /// # Errors
    /// An integrity error for another one.
    pub(super) fn signer(&self, vault: &VaultId, slot: &Slot) -> Result<Signer, Error> {
        let signer = match self {
            Keys::Session(keys) => keys.seed.signer(),
            Keys::Slot(key) => key.signer(&vault.0, &slot.entry.id.0),
        };
        match signer.public() == slot.entry.public {
            true => Ok(signer),
            false => integrity(format!(
                "the slot \"{}\" has another signing key than the head says",
                slot.entry.label
            )),
        }
    }
}

impl Session {
    /// The slot.
    pub fn slot(&self) -> SlotId {
        self.slot
    }

    /// When it ends whatever happens, Unix seconds.
    pub fn until(&self) -> u64 {
        self.until
    }

    /// After how many seconds without use it ends.
    pub fn idle(&self) -> u64 {
        self.idle
    }

    /// The bytes to be kept, in a buffer that never moved:
    ///
    /// version 1 · flags (1: by a token) · vault 16 · slot 8 · number of the
    /// grant · grant key 32 · signing seed 32 · admin's public key 32 · end ·
    /// idle time · number of memos (16 bits) · memos of 32 bytes. Other numbers
    /// are of 64 bits, all little-endian, times in seconds.
    pub fn write(&self) -> SecretValue {
        let mut out = Vec::with_capacity(FIXED_BYTES + self.memos.len() * KEY_BYTES);
        out.extend([VERSION, if self.token { BY_TOKEN } else { 0 }]);
        out.extend(self.vault.0);
        out.extend(self.slot.0);
        out.extend(self.keys.grant_seq.to_le_bytes());
        out.extend(self.keys.grant.bytes());
        out.extend(self.keys.seed.bytes());
        out.extend(self.admin.0);
        out.extend(self.until.to_le_bytes());
        out.extend(self.idle.to_le_bytes());
        let memos = self.memos.iter().take(MAX_MEMOS);
        out.extend((memos.len() as u16).to_le_bytes());
        memos.for_each(|memo| out.extend(memo));
        SecretValue::new(out)
    }

    /// Reads what [`Session::write`] writes, of this vault and no other.
    pub fn read(bytes: &[u8], vault: &VaultId) -> Option<Self> {
        let mut rest = bytes;
        let [version, flags] = take(&mut rest)?;
        if version != VERSION || flags & !BY_TOKEN != 0 || take(&mut rest)? != vault.0 {
            return None;
        }
        let slot = SlotId(take(&mut rest)?);
        let grant_seq = u64::from_le_bytes(take(&mut rest)?);
        let (grant, after) = rest.split_at_checked(KEY_BYTES)?;
        let (seed, after) = after.split_at_checked(KEY_BYTES)?;
        rest = after;
        let keys = SessionKeys {
            grant_seq,
            grant: GrantKey::read(grant)?,
            seed: SigningSeed::read(seed)?,
        };
        let admin = PublicKey(take(&mut rest)?);
        let until = u64::from_le_bytes(take(&mut rest)?);
        let idle = u64::from_le_bytes(take(&mut rest)?);
        let count = usize::from(u16::from_le_bytes(take(&mut rest)?));
        let (memos, odd) = rest.as_chunks::<KEY_BYTES>();
        let fits = count <= MAX_MEMOS && memos.len() == count && odd.is_empty();
        fits.then(|| Session {
            vault: *vault,
            slot,
            token: flags & BY_TOKEN != 0,
            keys: Rc::new(keys),
            admin,
            until,
            idle,
            memos: memos.to_vec(),
        })
    }
}

/// The next bytes.
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

impl LockedVault {
    /// What a session opens. `label` is `--slot`.
    ///
    /// # Errors
    /// [`Error::SessionSlot`] if its slot is gone, [`Error::SessionOfOtherSlot`],
    /// [`Error::Older`] for its wrap, as with the slot's credential.
    pub fn resume(&self, session: &Session, label: Option<&str>) -> Result<SlotSecret, Error> {
        let mut slots = self.doc.slots.iter();
        let slot = slots.find(|slot| slot.entry.id == session.slot);
        let Some(slot) = slot.filter(|_| self.doc.vault == session.vault) else {
            return Err(Error::SessionSlot);
        };
        if label.is_some_and(|label| label != slot.entry.label) {
            return Err(Error::SessionOfOtherSlot {
                label: slot.entry.label.clone(),
            });
        }
        self.check_wrap(slot)?;
        Ok(SlotSecret {
            slot: session.slot,
            key: Keys::Session(Rc::clone(&session.keys)),
            admin: session.admin,
            wrap: None,
            token: session.token,
            renews: false,
            memos: session.memos.clone(),
        })
    }
}

impl Vault {
    /// What opens this slot again as long as its grant stays what it is now,
    /// staged changes included, with what was verified so far.
    ///
    /// Times are in seconds, `until` since 1970.
    ///
    /// # Errors
    /// None that can happen: the slot was found when the vault was opened.
    pub fn session(&self, until: u64, idle: u64) -> Result<Session, Error> {
        let doc = &self.locked.doc;
        let slot = doc.slots.get(self.slot).ok_or(Error::TokenSlot)?;
        let (vault, id) = (&doc.vault.0, &slot.entry.id.0);
        let keys = match &self.key {
            Keys::Session(keys) => Rc::clone(keys),
            Keys::Slot(key) => Rc::new(SessionKeys {
                grant_seq: slot.entry.grant_seq,
                grant: key.grant_key(vault, id, slot.entry.grant_seq),
                seed: key.signing_seed(vault, id),
            }),
        };
        Ok(Session {
            vault: doc.vault,
            slot: slot.entry.id,
            token: self.locked.guard.token,
            keys,
            admin: doc.head.admin,
            until,
            idle,
            memos: self.locked.memo.names(),
        })
    }

    /// Whether a session opened it.
    pub fn is_in_session(&self) -> bool {
        matches!(self.key, Keys::Session(_))
    }

    /// Whether more was verified than the session knew of.
    pub fn learned(&self) -> bool {
        self.locked.memo.grew()
    }

    /// The number of the own slot's grant, staged changes included.
    pub fn grant_seq(&self) -> u64 {
        let own = self.locked.doc.slots.get(self.slot);
        own.map_or(0, |slot| slot.entry.grant_seq)
    }
}

#[cfg(test)]
mod tests;
