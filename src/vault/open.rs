//! A vault that a slot has opened.

use super::draft::Draft;
use super::error::integrity;
use super::format::{Extras, Slot};
use super::grant::{self, Capability};
use super::id::Fingerprint;
use super::session::Keys;
use super::unlock::{Depth, SlotSecret};
use super::{Error, LockedVault, padding};
use crate::crypto::{GrantKey, Message, SlotKey, sha256};
use crate::name::EnvName;
use crate::time::Timestamp;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Least padded length of a grant, in bytes.
pub(super) const GRANT_PADDING: usize = 512;

/// An open vault: what its slot may read can be read, and changes are staged.
///
/// Keys are wiped when it is dropped.
pub struct Vault {
    pub(super) locked: LockedVault,
    /// Index of the slot that opened it.
    pub(super) slot: usize,
    pub(super) key: Keys,
    /// What it may do, by the index of the scope.
    pub(super) capabilities: BTreeMap<usize, Capability>,
    /// Unix seconds: the latest of the clock, the head, and the heads that
    /// were seen before.
    pub(super) now: u64,
    /// Scopes whose key is the one that the head commits to.
    pub(super) committed: RefCell<BTreeSet<usize>>,
    pub(super) draft: Draft,
    /// How many scopes the file has that was read.
    pub(super) stored: usize,
}

/// What a slot may do in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentAccess {
    /// Its name.
    pub name: EnvName,
    /// Whether the slot reads anything in it.
    pub readable: bool,
    /// Whether the slot may seal one of its scopes.
    pub writable: bool,
}

impl LockedVault {
    /// Opens the vault with the key of a slot, after verifying what a command
    /// of this `depth` relies on.
    ///
    /// `clock` is this machine's time in Unix seconds.
    ///
    /// # Errors
    /// [`Error::TokenSlot`] if the slot is gone, [`Error::SlotChanged`] if its
    /// wrap is another one, [`Error::Older`] and its like for what is known of
    /// the vault beforehand, and whatever does not verify.
    pub fn unlock(mut self, secret: &SlotSecret, clock: u64, depth: Depth) -> Result<Vault, Error> {
        if secret.token && !self.guard.token {
            // What was let pass for a person is judged again.
            self.guard.token = true;
            self.forget();
        }
        let doc = &self.doc;
        let index = doc
            .slots
            .iter()
            .position(|slot| slot.entry.id == secret.slot);
        let (index, slot) = match index.and_then(|at| doc.slots.get(at).map(|slot| (at, slot))) {
            Some(found) => found,
            None => return Err(Error::TokenSlot),
        };
        let same = |wrap| sha256(&slot.wrap_raw) == wrap;
        if !secret.wrap.is_none_or(same) {
            return Err(Error::SlotChanged {
                label: slot.entry.label.clone(),
            });
        }
        if secret.admin != doc.head.admin {
            return integrity(format!(
                "vault is signed by admin {}, slot \"{}\" expects {}",
                self.fingerprint().hex(),
                slot.entry.label,
                Fingerprint::of(&secret.admin).hex()
            ));
        }
        self.memo.recall(&secret.memos);
        self.own = Some(secret.slot);
        let doc = &self.doc;
        match depth {
            Depth::Reader => {
                self.verify_head()?;
                self.verify_slot(slot)?;
                self.check_expected()?;
            }
            Depth::Whole => self.verify()?,
        }
        // A session, which is to cost no step on the curve, shows it when it seals.
        if secret.key.slot_key().is_ok() {
            secret.key.signer(&doc.vault, slot)?;
        }
        self.check_clock(clock)?;
        let pinned = self.guard.pin.as_ref().map_or(0, |pin| pin.time);
        let now = clock.max(doc.head.time).max(pinned);
        check_time(slot, now, clock)?;
        if slot.is_handed_out() && !secret.renews {
            return Err(Error::PassphraseHandedOut {
                label: slot.entry.label.clone(),
            });
        }
        let open = |key: &GrantKey| self.open_grant(slot, key);
        let capabilities = secret.key.with_grant(&doc.vault, slot, open)?;
        let stored = doc.head.scopes.len();
        Ok(Vault {
            stored,
            locked: self,
            slot: index,
            key: secret.key.clone(),
            capabilities,
            now,
            committed: RefCell::default(),
            draft: Draft::default(),
        })
    }

    /// Opens a slot's grant; capabilities of unknown scopes are left out.
    pub(super) fn read_grant(
        &self,
        slot: &Slot,
        key: &SlotKey,
    ) -> Result<BTreeMap<usize, Capability>, Error> {
        let (vault, id, seq) = (&self.doc.vault.0, &slot.entry.id.0, slot.entry.grant_seq);
        self.open_grant(slot, &key.grant_key(vault, id, seq))
    }

    fn open_grant(
        &self,
        slot: &Slot,
        key: &GrantKey,
    ) -> Result<BTreeMap<usize, Capability>, Error> {
        let (vault, id, seq) = (&self.doc.vault.0, &slot.entry.id.0, slot.entry.grant_seq);
        let plain = key.open(&grant_aad(vault, id, seq), &slot.keys.grant).ok();
        let list = plain
            .as_ref()
            .and_then(|plain| padding::unpad(plain, GRANT_PADDING));
        let Some(list) = list.and_then(grant::parse) else {
            return integrity(format!(
                "the grant of slot \"{}\" is damaged",
                slot.entry.label
            ));
        };
        let scopes = &self.doc.head.scopes;
        let indexed = list.into_iter().filter_map(|capability| {
            let index = scopes
                .iter()
                .position(|scope| scope.id == capability.scope)?;
            Some((index, capability))
        });
        Ok(indexed.collect())
    }
}

/// What a grant's ciphertext is bound to.
pub(super) fn grant_aad(vault: &[u8; 16], slot: &[u8; 8], seq: u64) -> Message {
    Message::new("grant", &[vault, slot, &seq.to_le_bytes()])
}

/// Expiry counts from the latest time that is known, "not before" from the clock.
fn check_time(slot: &Slot, now: u64, clock: u64) -> Result<(), Error> {
    let (label, x): (&str, &Extras) = (&slot.entry.label, &slot.entry.x);
    let told = |seconds, from| match (
        Timestamp::from_seconds(seconds),
        Timestamp::from_seconds(from),
    ) {
        (Ok(at), Ok(from)) => format!("{} ({at})", at.relative(from)),
        _ => format!("at {seconds} seconds after 1970"),
    };
    if slot.entry.expires != 0 && now >= slot.entry.expires {
        let expired = told(slot.entry.expires, now);
        return Err(Error::SlotTime(format!(
            "the slot \"{label}\" expired {expired}"
        )));
    }
    if let Some(from) = x.number("nbf").filter(|from| clock < *from) {
        let valid = told(from, clock);
        return Err(Error::SlotTime(format!(
            "the slot \"{label}\" becomes valid {valid}"
        )));
    }
    Ok(())
}
